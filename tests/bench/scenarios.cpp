#include "scenarios.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace taskward::bench {
namespace {

constexpr std::string_view kBody =
    R"({"title":"Answer the letter of the bank","description":"Write the report, check the figures, and send them",)"
    R"("priority":"high","tags":["work"]})";

std::string get(const Session& s, std::string_view path) { return line("GET", path, s.access_token); }

std::string read(const Session& s, Random& r) { return get(s, "/tasks/" + pick(s.tasks, r)); }
std::string list(const Session& s, Random&) { return get(s, "/tasks?limit=20"); }
std::string list_of_status(const Session& s, Random& r) {
  constexpr std::array kStatuses{"todo", "in_progress", "done"};
  return get(s, std::string("/tasks?limit=20&status=") + pick(kStatuses, r));
}
std::string list_filtered(const Session& s, Random&) {
  return get(s, "/tasks?limit=20&priority=high,urgent&tag=work&sort=due_at");
}
std::string search(const Session& s, Random& r) {
  return get(s, "/tasks?limit=20&q=" + std::string(pick(words(), r)));
}
std::string create(const Session& s, Random&) { return line("POST", "/tasks", s.access_token, kBody); }
std::string update(const Session& s, Random& r) {
  return line("PATCH", "/tasks/" + pick(s.tasks, r), s.access_token,
              R"({"title":"Answer the letter, version ########"})");
}
std::string refresh(const Session&, Random&) { return line("POST", "/auth/refresh", kAnyRefreshToken); }
std::string batch(const Session& s, Random&) {
  std::string items(kBody);
  for (int i = 1; i < 20; ++i) items.append(",").append(kBody);
  return line("POST", "/tasks/batch", s.access_token, R"({"create":[)" + items + "]}");
}
std::string export_all(const Session& s, Random&) { return get(s, "/tasks/export?format=json"); }
std::string mixed(const Session& s, Random& r) { return pick_of_mix(r).request(s, r); }

// On copies of the tables without audit record, search, quota and authentication. $1 owner, $2 one of the
// owner's tasks, $3 a word, $4 a number.
#define SELECT "select * from bench.tasks where owner_id = $1 "
#define INSERT "insert into bench.tasks (owner_id, id, title, description, status, priority, tags, trashed) "
#define TASK \
  "$1, gen_random_uuid(), 'Answer the letter', 'Check the figures', 'todo', 3, array['work'], false"
constexpr const char* kRead = SELECT "and id = $2";
constexpr const char* kList = SELECT "order by created_at desc, id desc limit 20";
constexpr const char* kStatus = SELECT "and status = 'todo' order by created_at desc, id desc limit 20";
constexpr const char* kFilter =
    SELECT "and priority >= 3 and 'work' = any (tags) order by due_at, id limit 20";
constexpr const char* kSearch = SELECT
    "and (title ilike '%' || $3 || '%' or description ilike '%' || $3 || '%') order by created_at desc limit "
    "20";
constexpr const char* kCreate = INSERT "values (" TASK ") returning *";
constexpr const char* kBatch = INSERT "select " TASK " from generate_series(1, 20) returning *";
constexpr const char* kUpdate =
    "update bench.tasks set title = 'Answer the letter, version ' || $4, updated_at = now(), version = "
    "version + 1"
    " where owner_id = $1 and id = $2 returning *";
constexpr const char* kRefresh =
    "update bench.sessions set previous_token_hash = token_hash, token_hash = sha256(int8send($4)), "
    "last_used_at ="
    " now(), expires_at = now() + interval '30 days' where user_id = $1 returning id";
constexpr const char* kExport = SELECT "order by id";

// scripts/bench reads names and titles from these lines. nginx permits 16 exports at once.
constexpr std::array kScenarios{
    Scenario{"read", "read one task", 60, 1000, read, kRead},
    Scenario{"list", "list 20", 10, 1000, list, kList},
    Scenario{"status", "list 20 of one status", 10, 1000, list_of_status, kStatus},
    Scenario{"filter", "list 20 by priority and tag", 0, 1000, list_filtered, kFilter},
    Scenario{"search", "search for a word", 0, 1000, search, kSearch},
    Scenario{"create", "create a task", 10, 1000, create, kCreate},
    Scenario{"update", "update a task", 10, 1000, update, kUpdate},
    Scenario{"refresh", "refresh the tokens", 0, 100, refresh, kRefresh},
    Scenario{"batch", "create a batch of 20", 0, 1000, batch, kBatch},
    Scenario{"export", "export all tasks", 0, 12, export_all, kExport},
    Scenario{"mixed", "80 % reads, 20 % writes", 0, 1000, mixed, nullptr},
};

constexpr std::array<std::string_view, 20> kWords{"invoice",  "garden", "ticket",  "letter",  "report",
                                                  "kitchen",  "window", "bicycle", "dentist", "holiday",
                                                  "laundry",  "budget", "server",  "release", "sister",
                                                  "passport", "piano",  "harvest", "lecture", "battery"};

}  // namespace

std::span<const Scenario> scenarios() { return kScenarios; }

const Scenario& scenario(std::string_view name) {
  const auto found =
      std::find_if(kScenarios.begin(), kScenarios.end(), [&](auto& s) { return s.name == name; });
  if (found == kScenarios.end()) throw std::runtime_error("there is no scenario " + std::string(name));
  return *found;
}

const Scenario& pick_of_mix(Random& random) {
  auto rest = static_cast<int>(random() % 100);
  return *std::find_if(kScenarios.begin(), kScenarios.end(), [&](auto& s) { return (rest -= s.share) < 0; });
}

std::span<const std::string_view> words() { return kWords; }

std::string line(std::string_view method, std::string_view path, std::string_view token,
                 std::string_view body) {
  std::string text(method);
  return text.append("\t").append(path).append("\t").append(token).append("\t").append(body);
}

}  // namespace taskward::bench
