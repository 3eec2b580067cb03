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

// scripts/bench reads names and titles from these lines. The mixed load is 80 % reads.
constexpr std::array kScenarios{
    Scenario{"read", "read one task", 60, read,  //
             "select * from bench.tasks where owner_id = $1 and id = $2"},
    Scenario{"list", "list 20", 10, list,
             "select * from bench.tasks where owner_id = $1 order by created_at desc, id desc limit 20"},
    Scenario{
        "status", "list 20 of one status", 10, list_of_status,
        "select * from bench.tasks where owner_id = $1 and status = 'todo' order by created_at desc, id desc"
        " limit 20"},
    Scenario{"filter", "list 20 by priority and tag", 0, list_filtered,
             "select * from bench.tasks where owner_id = $1 and priority in (3, 4) and 'work' = any (tags)"
             " order by due_at, id limit 20"},
    Scenario{"search", "search for a word", 0, search,
             "select * from bench.tasks where owner_id = $1 and (title ilike '%' || $3 || '%' or description"
             " ilike '%' || $3 || '%') order by created_at desc, id desc limit 20"},
    Scenario{
        "create", "create", 10, create,
        "insert into bench.tasks (owner_id, id, title, description, priority, tags, trashed, status) values"
        " ($1, gen_random_uuid(), 'Answer the letter', 'Write the report, check the figures', 3,"
        " array['work'], false, 'todo') returning *"},
    Scenario{
        "update", "update", 10, update,
        "update bench.tasks set title = 'Answer the letter, version ' || $4, updated_at = now(), version ="
        " version + 1 where owner_id = $1 and id = $2 returning *"},
    Scenario{
        "refresh", "refresh", 0, refresh,
        "update bench.sessions set previous_token_hash = token_hash, token_hash = sha256(int8send($4)),"
        " last_used_at = now(), expires_at = now() + interval '30 days' where user_id = $1 returning id"},
    Scenario{
        "batch", "create a batch of 20", 0, batch,
        "insert into bench.tasks (owner_id, id, title, description, priority, tags, trashed, status) select"
        " $1, gen_random_uuid(), 'Answer the letter', 'Write the report, check the figures', 3,"
        " array['work'], false, 'todo' from generate_series(1, 20) returning *"},
    Scenario{"export", "export all tasks", 0, export_all,
             "select * from bench.tasks where owner_id = $1 order by id"},
    Scenario{"mixed", "mixed: 80 % reads, 20 % writes", 0, mixed, nullptr},
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
