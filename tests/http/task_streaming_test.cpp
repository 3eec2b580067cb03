// An export goes out in pieces: it needs no memory for the whole, and a part is never taken for one.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "calendar.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

/// Somebody with tasks of 10 kB, more than the setting permits, on a stack whose workers were never given a
/// large file.
struct Hoarder : TaskOwner {
  explicit Hoarder(std::size_t tasks) : TaskOwner(running_stack({{"TASKS_PER_USER", "20"}})) {
    static_cast<void>(stack.sql(
        "set client_min_messages = error; insert into taskward.tasks (owner_id, id, title, description, "
        "status) select '" +
        person.id +
        "', overlay(gen_random_uuid()::text placing '7' from 15)::uuid, 'Task ' || n, "
        "repeat('x', 10000), 'todo' from generate_series(1, " +
        std::to_string(tasks) + ") n"));
  }
  // So that what looks at all databases afterwards need not look at this.
  ~Hoarder() {
    try {
      static_cast<void>(stack.sql("delete from taskward.tasks where owner_id = '" + person.id + "'"));
    } catch (const std::exception& fault) {
      BOOST_TEST_MESSAGE(fault.what());
    }
  }
  Hoarder(const Hoarder&) = delete;
  Hoarder& operator=(const Hoarder&) = delete;

  Answer get(const std::string& format) { return ask("GET", "/tasks/export?format=" + format); }
  /// The most memory that each of the workers ever held, in MB.
  [[nodiscard]] std::map<std::string, std::size_t> peaks() const {
    std::map<std::string, std::size_t> found;
    for (const auto& [name, pid] : stack.workers()) {
      if (!name.starts_with("api")) continue;
      std::ifstream status("/proc/" + std::to_string(pid) + "/status");
      for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) found[name] = std::stoul(line.substr(6)) / 1024;
      }
    }
    return found;
  }
};

bool is_sanitized() {
  const char* variant = std::getenv("VARIANT");  // NOLINT: nothing in the tests sets a variable
  return variant != nullptr && std::string(variant) == "sanitize";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task_streaming)

BOOST_AUTO_TEST_CASE(sixty_megabytes_of_tasks_take_a_worker_a_few) {
  Hoarder hoarder(6000);
  const auto before = hoarder.peaks();
  BOOST_TEST(before.size() >= 1U);
  BOOST_TEST(Json::parse(hoarder.get("json").body).size() == 6000U);
  BOOST_TEST(read_calendar(hoarder.get("ics").body).size() == 6000U);
  BOOST_TEST(hoarder.get("csv").body.size() > 60'000'000U);
  for (const auto& [name, after] : hoarder.peaks()) {
    BOOST_TEST_MESSAGE(name << " held " << before.at(name) << " MB before and " << after << " MB after");
    // The sanitizer's allocator keeps what was freed.
    if (!is_sanitized()) BOOST_TEST(after < before.at(name) + 30);
  }
}

BOOST_AUTO_TEST_CASE(an_export_whose_session_ends_meanwhile_is_broken_off_and_not_cut_short) {
  Hoarder hoarder(3000);
  bool is_broken_off = false;
  for (int tries = 0; tries < 5 && !is_broken_off; ++tries) {
    for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
      const Tokens tokens = log_in(hoarder.stack, hoarder.person);
      std::jthread ending([&, other = hoarder.stack.client(), refresh = tokens.refresh, tries]() mutable {
        std::this_thread::sleep_for(std::chrono::milliseconds(30 + 40 * tries));
        static_cast<void>(other.post("/auth/logout", R"({"refresh_token":")" + refresh + "\"}"));
      });
      HttpClient one = hoarder.stack.client(version);
      try {
        // Ended before it began, or after its last piece.
        const Answer answer = one.get("/tasks/export?format=csv", tokens.access);
        BOOST_TEST((answer.status == 401 || answer.body.size() > 30'000'000U), answer.status);
      } catch (const NoAnswer& fault) {
        BOOST_TEST_MESSAGE(fault.what());
        is_broken_off = true;
      }
    }
  }
  BOOST_TEST(is_broken_off);
  // The worker goes on.
  BOOST_TEST(hoarder.client.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
