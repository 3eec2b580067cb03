// What breaks comes back: the database stopped under load, a worker killed.
#include <signal.h>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
using std::chrono::seconds;

struct Outage {
  const Stack& stack = running_stack({{"API_WORKERS", "2"}, {"DATABASE_TIMEOUT", "5000"}});
  Person person = join(stack);
  HttpClient client = stack.client();
  const std::string& token = person.tokens.access;

  void database(const std::string& action) {
    std::vector<std::string> words{"pg_ctl", "-w", action};
    if (action == "stop") words.insert(words.end(), {"-m", "fast"});
    const Finished done = stack.exec(words);
    BOOST_TEST(done.status == 0, done.out + done.err);
  }
  std::string own_tasks() const {
    return stack.sql("select count(*) from taskward.tasks where owner_id = '" + person.id + "'");
  }
  bool is_ready() { return client.get("/readyz").status == 200; }
  /// Until the load has got that many more answers.
  static bool goes_on(const Load& load, std::size_t more) {
    const std::size_t now = load.answered();
    return eventually(seconds(20), [&] { return load.answered() >= now + more; });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outages, Outage)

BOOST_AUTO_TEST_CASE(a_stopped_database_is_503_and_comes_back_without_a_restart) {
  const auto workers = stack.workers();
  Load writes(stack, 6,
              [&](HttpClient& one, std::size_t) { return one.post("/tasks", R"({"title":"Tea"})", token); });
  Load reads(stack, 6, [&](HttpClient& one, std::size_t) { return one.get("/tasks", token); });
  BOOST_TEST(goes_on(writes, 50));
  database("stop");
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(goes_on(writes, 20));
    BOOST_TEST(client.get("/healthz").status == 200);
    expect_problem(client.get("/readyz"), 503, "service_unavailable");
    expect_problem(client.get("/auth/me", token), 503, "service_unavailable");
    expect_problem(client.post("/login", credentials(person)), 503, "service_unavailable");
  }
  database("start");
  BOOST_TEST(eventually(seconds(10), [&] { return is_ready(); }));
  BOOST_TEST(eventually(seconds(10), [&] { return client.get("/tasks", token).status == 200; }));
  BOOST_TEST(goes_on(writes, 100));
  const Tally written = writes.finish();
  const Tally read = reads.finish();
  for (const Tally& tally : {written, read}) {
    BOOST_TEST(tally.unanswered == 0U, tally.summary());
    BOOST_TEST(tally.count(503) > 0U, tally.summary());
    BOOST_TEST(tally.answered() == tally.count(200) + tally.count(201) + tally.count(503), tally.summary());
    for (const Answer& refusal : tally.refusals) expect_problem(refusal, 503, "service_unavailable");
  }
  // Each 201 is really there. A task whose commit was cut off may be there as well, told as 503.
  BOOST_TEST(std::stoul(own_tasks()) >= written.count(201));
  BOOST_TEST(std::stoul(own_tasks()) <= written.count(201) + written.count(503));
  BOOST_TEST((stack.workers() == workers));
  // What was prepared, and what was logged in, still works.
  BOOST_TEST(client.post("/login", credentials(person)).status == 200);
}

BOOST_AUTO_TEST_CASE(connections_that_the_database_ends_are_made_anew_and_no_write_is_refused) {
  const std::string ended = stack.sql(
      "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'taskward'");
  BOOST_TEST(std::stoi(ended) >= 3);
  for (int i = 0; i < 40; ++i) BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", token).status == 201);
  Load load(stack, 8, [&](HttpClient& one, std::size_t) { return one.get("/tasks", token); });
  BOOST_TEST(goes_on(load, 200));
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  BOOST_TEST(own_tasks() == "40");
}

BOOST_AUTO_TEST_CASE(a_killed_worker_comes_back_and_the_others_go_on) {
  const auto before = stack.workers();
  Load load(stack, 16,
            [&](HttpClient& one, std::size_t) { return one.post("/tasks", R"({"title":"Tea"})", token); });
  BOOST_TEST(goes_on(load, 100));
  ::kill(before.at("api-1"), SIGKILL);
  BOOST_TEST(eventually(seconds(20), [&] {
    const auto now = stack.workers();
    return now.count("api-1") == 1 && now.at("api-1") != before.at("api-1");
  }));
  BOOST_TEST(goes_on(load, 300));
  const Tally tally = load.finish();
  BOOST_TEST(stack.workers().at("api-2") == before.at("api-2"));
  BOOST_TEST(tally.unanswered == 0U, tally.summary());
  BOOST_TEST(tally.answered() == tally.count(201) + tally.count(502), tally.summary());
  // What was under way in its threads, and what nginx had just sent on its idle connections.
  BOOST_TEST(tally.count(502) <= 16U, tally.summary());
  for (const Answer& refusal : tally.refusals) expect_problem(refusal, 502, "bad_gateway");
  BOOST_TEST(std::stoul(own_tasks()) >= tally.count(201));
  BOOST_TEST(std::stoul(own_tasks()) <= tally.count(201) + tally.count(502));
}

BOOST_AUTO_TEST_CASE(with_every_worker_gone_nginx_answers_until_they_are_back) {
  const auto before = stack.workers();
  for (const auto& [name, pid] : before) ::kill(pid, SIGKILL);
  // The sockets stay, so a request waits in their queue for the next worker.
  BOOST_TEST(eventually(seconds(20), [&] {
    const Answer answer = client.get("/tasks", token);
    if (answer.status != 200) expect_problem(answer, 502, "bad_gateway");
    return answer.status == 200;
  }));
  BOOST_TEST(
      eventually(seconds(20), [&] { return client.post("/login", credentials(person)).status == 200; }));
}

BOOST_AUTO_TEST_SUITE_END()
