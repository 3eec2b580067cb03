// Recovery under load: the database is stopped, or workers are killed.
#include <signal.h>
#include <boost/test/unit_test.hpp>
#include <tuple>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using std::chrono::seconds;

struct OutageFixture {
  const Stack& stack = running_stack({{"API_WORKERS", "2"}, {"DATABASE_TIMEOUT", "5000"}});
  User user = new_user(stack);
  HttpClient client = stack.client();
  const std::string& token = user.tokens.access;

  void control_database(const std::string& action) {
    std::vector<std::string> words{"pg_ctl", "-w", action};
    if (action == "stop") words.insert(words.end(), {"-m", "fast"});
    const CommandResult done = stack.exec(words);
    BOOST_TEST(done.status == 0, done.out + done.err);
  }
  std::string task_count() const {
    return stack.sql("select count(*) from taskward.tasks where owner_id = '" + user.id + "'");
  }
  std::size_t logged_errors() const { return stack.log_lines("api", "58P01").size(); }
  bool is_ready() { return client.get("/readyz").status == 200; }
  /// Waits until the load has received that many more responses.
  static bool makes_progress(const Load& load, std::size_t more) {
    const std::size_t now = load.answered();
    return eventually(seconds(20), [&] { return load.answered() >= now + more; });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outages, OutageFixture)

BOOST_AUTO_TEST_CASE(stopped_database_is_503_and_recovers_without_a_restart,
                     *boost::unit_test::label("slow")) {
  const auto workers = stack.workers();
  Load writes(stack, 6,
              [&](HttpClient& one, std::size_t) { return one.post("/tasks", R"({"title":"Tea"})", token); });
  Load reads(stack, 6, [&](HttpClient& one, std::size_t) { return one.get("/tasks", token); });
  BOOST_TEST(makes_progress(writes, 50));
  control_database("stop");
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(makes_progress(writes, 20));
    BOOST_TEST(client.get("/healthz").status == 200);
    expect_problem(client.get("/readyz"), 503, "service_unavailable");
    expect_problem(client.get("/auth/me", token), 503, "service_unavailable");
    expect_problem(client.post("/login", credentials(user)), 503, "service_unavailable");
  }
  control_database("start");
  BOOST_TEST(eventually(seconds(10), [&] { return is_ready(); }));
  BOOST_TEST(eventually(seconds(10), [&] { return client.get("/tasks", token).status == 200; }));
  BOOST_TEST(makes_progress(writes, 100));
  const Tally written = writes.finish();
  const Tally read = reads.finish();
  for (const Tally& tally : {written, read}) {
    BOOST_TEST(tally.unanswered == 0U, tally.summary());
    BOOST_TEST(tally.count(503) > 0U, tally.summary());
    BOOST_TEST(tally.answered() == tally.count(200) + tally.count(201) + tally.count(503), tally.summary());
    for (const Response& refusal : tally.refusals) expect_problem(refusal, 503, "service_unavailable");
  }
  // Each 201 was stored. A task whose commit was interrupted may be stored too, although the response was
  // 503.
  BOOST_TEST(std::stoul(task_count()) >= written.count(201));
  BOOST_TEST(std::stoul(task_count()) <= written.count(201) + written.count(503));
  BOOST_TEST((stack.workers() == workers));
  // Prepared statements and sessions still work.
  BOOST_TEST(client.post("/login", credentials(user)).status == 200);
}

BOOST_AUTO_TEST_CASE(service_whose_writes_fail_is_not_ready, *boost::unit_test::label("slow")) {
  // As a server does whose files were replaced under it: reads work, a function cannot be loaded.
  std::ignore = stack.sql(
      "create function taskward.fail() returns trigger language plpgsql as $$begin raise exception 'could "
      "not "
      "access file' using errcode = '58P01'; end$$;"
      "create trigger fail before insert on taskward.tasks for each row execute function taskward.fail()");
  BOOST_TEST(is_ready());
  const auto lines_before = logged_errors();
  for (int i = 0; i < 60; ++i)
    expect_problem(client.post("/tasks", R"({"title":"Tea"})", token), 503, "service_unavailable");
  BOOST_TEST(client.get("/tasks", token).status == 200);
  // Each of two workers has seen more than five.
  for (int i = 0; i < 4; ++i) expect_problem(client.get("/readyz"), 503, "service_unavailable");
  BOOST_TEST(client.get("/metrics").body.find(R"(taskward_database_errors_total{kind="server_fault"})") !=
             std::string::npos);
  BOOST_TEST(logged_errors() - lines_before <= 40U);
  std::ignore = stack.sql("drop trigger fail on taskward.tasks; drop function taskward.fail()");
  BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", token).status == 201);
  BOOST_TEST(eventually(seconds(20), [&] { return is_ready(); }));

  // Also when no request has failed yet.
  std::ignore =
      stack.sql("alter table taskward.attempts add constraint refuses check (kind <> 'probe') not valid");
  BOOST_TEST(eventually(seconds(20), [&] { return client.get("/readyz").status >= 500; }));
  std::ignore = stack.sql("alter table taskward.attempts drop constraint refuses");
  BOOST_TEST(eventually(seconds(20), [&] { return is_ready(); }));
}

BOOST_AUTO_TEST_CASE(closed_database_connections_are_reopened_without_failed_writes) {
  const std::string ended = stack.sql(
      "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'taskward'");
  BOOST_TEST(std::stoi(ended) >= 3);
  for (int i = 0; i < 40; ++i) BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", token).status == 201);
  Load load(stack, 8, [&](HttpClient& one, std::size_t) { return one.get("/tasks", token); });
  BOOST_TEST(makes_progress(load, 200));
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  BOOST_TEST(task_count() == "40");
}

BOOST_AUTO_TEST_CASE(change_that_waits_for_a_synchronous_standby_has_an_unknown_outcome,
                     *boost::unit_test::label("slow")) {
  const auto require_standby = [&](const std::string& name) {
    std::ignore = stack.sql("alter system set synchronous_standby_names = '" + name + "'");
    std::ignore = stack.sql("select pg_reload_conf()");
  };
  const auto expect_unknown = [](const Response& response) {
    expect_problem(response, 503, "service_unavailable");
    BOOST_TEST(response.header("retry-after") == "1");
    BOOST_TEST(response.json()["detail"].text().find("outcome of the request is unknown") !=
               std::string::npos);
  };
  const auto write = [&](const std::string& key) {
    return client.send({.method = "POST",
                        .path = "/tasks",
                        .body = R"({"title":"Tea"})",
                        .token = token,
                        .headers = {"Idempotency-Key: " + key}});
  };
  require_standby("missing");
  // PostgreSQL applies it a moment after the command.
  Response first = write("timeout");
  int early = 0;
  for (; first.status == 201 && early < 100; ++early) first = write("early " + std::to_string(early));
  expect_unknown(first);
  // Ends the writes that wait, not the background jobs.
  const auto end_by = [&](const std::string& function) {
    return stack.sql("select count(" + function +
                     "(pid)) from pg_stat_activity where wait_event = 'SyncRep' and state = 'active'"
                     " and application_name = 'taskward-api'") == "1";
  };
  // It still waits, and has locks that others of the owner wait for.
  BOOST_TEST(end_by("pg_terminate_backend"));
  for (const std::string function : {"pg_terminate_backend", "pg_cancel_backend"}) {
    bool was_ended = false;
    {
      const std::jthread ending(
          [&] { was_ended = eventually(seconds(5), [&] { return end_by(function); }); });
      expect_unknown(write(function));
    }
    BOOST_TEST(was_ended);
  }
  // Reads do not wait.
  BOOST_TEST(client.get("/tasks", token).status == 200);
  require_standby("");
  BOOST_TEST(eventually(seconds(10), [&] { return write("timeout").status == 201; }));
  for (const char* key : {"pg_terminate_backend", "pg_cancel_backend"}) BOOST_TEST(write(key).status == 201);
  BOOST_TEST(task_count() == std::to_string(3 + early));
}

BOOST_AUTO_TEST_CASE(killed_worker_is_restarted_while_the_others_serve) {
  const auto before = stack.workers();
  Load load(stack, 16,
            [&](HttpClient& one, std::size_t) { return one.post("/tasks", R"({"title":"Tea"})", token); });
  BOOST_TEST(makes_progress(load, 100));
  ::kill(before.at("api-1"), SIGKILL);
  BOOST_TEST(eventually(seconds(20), [&] {
    const auto now = stack.workers();
    return now.count("api-1") == 1 && now.at("api-1") != before.at("api-1");
  }));
  BOOST_TEST(makes_progress(load, 300));
  const Tally tally = load.finish();
  BOOST_TEST(stack.workers().at("api-2") == before.at("api-2"));
  BOOST_TEST(tally.unanswered == 0U, tally.summary());
  BOOST_TEST(tally.answered() == tally.count(201) + tally.count(502), tally.summary());
  // Requests being processed by its threads, and those that nginx had just sent on idle connections.
  BOOST_TEST(tally.count(502) <= 16U, tally.summary());
  for (const Response& refusal : tally.refusals) expect_problem(refusal, 502, "bad_gateway");
  BOOST_TEST(std::stoul(task_count()) >= tally.count(201));
  BOOST_TEST(std::stoul(task_count()) <= tally.count(201) + tally.count(502));
}

BOOST_AUTO_TEST_CASE(nginx_answers_502_until_killed_workers_are_back) {
  const auto before = stack.workers();
  for (const auto& [name, pid] : before) ::kill(pid, SIGKILL);
  // The listening sockets remain, so a request waits in their queue for the next worker.
  BOOST_TEST(eventually(seconds(20), [&] {
    const Response response = client.get("/tasks", token);
    if (response.status != 200) expect_problem(response, 502, "bad_gateway");
    return response.status == 200;
  }));
  BOOST_TEST(eventually(seconds(20), [&] { return client.post("/login", credentials(user)).status == 200; }));
}

BOOST_AUTO_TEST_SUITE_END()
