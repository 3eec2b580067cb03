// Replacing the workers under load loses no request.
#include <boost/test/unit_test.hpp>
#include <set>

#include "load.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

struct RestartFixture {
  const Stack& stack = running_stack({{"TASKS_PER_USER", "1000000"}});
  User user = new_user(stack);
  const std::string& token = user.tokens.access;

  void restart_twice() {
    for (int i = 0; i < 2; ++i) {
      const auto before = stack.workers();
      const CommandResult done = stack.restart();
      BOOST_TEST(done.status == 0, done.err);
      std::set<int> pids;
      for (const auto& [name, pid] : before) pids.insert(pid);
      for (const auto& [name, pid] : stack.workers())
        BOOST_TEST(pids.count(pid) == 0U, name << " was not replaced");
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rolling_restart, RestartFixture)

BOOST_AUTO_TEST_CASE(no_post_is_lost_or_executed_twice, *boost::unit_test::label("slow")) {
  Load load(stack, 16, [&](HttpClient& client, std::size_t) {
    return client.post("/tasks", R"({"title":"Tea"})", token);
  });
  restart_twice();
  BOOST_TEST(eventually(std::chrono::seconds(60), [&] { return load.answered(201) > 500; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.count(201) > 500U);
  BOOST_TEST(tally.answered() == tally.count(201), tally.summary());
  BOOST_TEST(tally.unanswered == 0U, tally.summary());
  BOOST_TEST(stack.sql("select count(*) from taskward.tasks where owner_id = '" + user.id + "'") ==
             std::to_string(tally.count(201)));
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'task.create' and actor_id = '" +
                       user.id + "'") == std::to_string(tally.count(201)));
}

BOOST_AUTO_TEST_CASE(reads_changes_and_logins_continue, *boost::unit_test::label("slow")) {
  const std::string path = "/tasks/" + new_task(stack, token);
  const std::string login = credentials(user);
  Load load(
      stack, 16,
      [&](HttpClient& client, std::size_t round) {
        switch (round % 4) {
          case 0:
            return client.get("/tasks", token);
          case 1:
            return client.send({.method = "PUT",
                                .path = path,
                                .body = R"({"title":"Tea )" + std::to_string(round) + "\"}",
                                .token = token});
          case 2:
            return client.post("/login", login);
          default:
            return client.get(path, token);
        }
      },
      HttpVersion::http2);
  restart_twice();
  BOOST_TEST(eventually(std::chrono::seconds(60), [&] { return load.answered(200) > 500; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.count(200) > 500U);
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  BOOST_TEST(tally.unanswered == 0U, tally.summary());
}

BOOST_AUTO_TEST_SUITE_END()
