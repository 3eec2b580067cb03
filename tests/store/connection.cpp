// Reconnection, and whether a statement was executed when its connection is lost.
#include "taskward/db/connection.hpp"

#include <signal.h>

#include <array>
#include <memory>
#include <thread>

#include "superuser_fixture.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using db::Effect;
using db::Params;
using db::Statement;
using SteadyClock = std::chrono::steady_clock;

// A rollback does not undo nextval, so `tries` counts every execution.
const Statement read_number{"read_number", Effect::reads, "select n from taskward.numbers"};
const Statement add_one{"add_one", Effect::writes, "update taskward.numbers set n = n + 1 returning n"};
const Statement slow_read{"slow_read", Effect::reads,
                          "select nextval('taskward.tries'), pg_sleep($1::bigint)::text"};
const Statement slow_write{"slow_write", Effect::writes,
                           "with tried as (select nextval('taskward.tries'), pg_sleep($1::bigint)::text)"
                           " update taskward.numbers set n = n + 1 from tried returning n"};
const Statement violate_constraint{"violate_constraint", Effect::writes,
                                   "insert into taskward.numbers values (null) returning n"};

struct ConnectionFixture : SuperuserFixture {
  ConnectionFixture() {
    execute(
        "create table taskward.numbers (n bigint not null); insert into taskward.numbers values (0);"
        "create sequence taskward.tries");
    connection.connect();
  }
  db::Connection connection{{database.owner(), "test-subject"}, log};

  std::int64_t stored() { return number("select n from taskward.numbers"); }
  std::int64_t tries() {
    return number("select case when is_called then last_value else 0 end from taskward.tries");
  }

  void wait_for_sleep() {
    wait_until([&] {
      return superuser
                 .query(
                     "select count(*) from pg_stat_activity where application_name = 'test-subject'"
                     " and wait_event = 'PgSleep'",
                     Params())
                 .row(0)
                 .number() > 0;
    });
  }
};

BOOST_FIXTURE_TEST_SUITE(connection_loss, ConnectionFixture)

BOOST_AUTO_TEST_CASE(read_after_a_lost_backend_succeeds) {
  terminate();
  BOOST_TEST(connection.run(read_number, Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(write_after_a_lost_backend_runs_once_on_a_new_connection) {
  for (int i = 1; i <= 10; ++i) {
    terminate();
    BOOST_TEST(connection.run(add_one, Params()).row(0).number() == i);
  }
  BOOST_TEST(stored() == 10);
}

BOOST_AUTO_TEST_CASE(read_is_repeated_when_its_backend_is_terminated) {
  std::jthread killer([&] {
    wait_for_sleep();
    terminate();
  });
  BOOST_CHECK_NO_THROW(connection.run(slow_read, Params().number(1)));
  BOOST_TEST(tries() == 2);
}

BOOST_AUTO_TEST_CASE(write_is_not_repeated_when_its_backend_is_terminated) {
  std::jthread killer([&] {
    wait_for_sleep();
    terminate();
  });
  BOOST_CHECK_THROW(connection.run(slow_write, Params().number(30)), db::OutcomeUnknown);
  BOOST_TEST(tries() == 1);
  BOOST_TEST(stored() == 0);
  BOOST_TEST(connection.run(add_one, Params()).row(0).number() == 1);
}

BOOST_AUTO_TEST_CASE(write_has_unknown_outcome_when_the_connection_breaks) {
  const auto backend =
      static_cast<pid_t>(connection.query("select pg_backend_pid()", Params()).row(0).number());
  std::jthread killer([&] {
    wait_for_sleep();
    ::kill(backend, SIGKILL);
  });
  BOOST_CHECK_THROW(connection.run(slow_write, Params().number(30)), db::OutcomeUnknown);
  killer.join();
  // The server now restarts all its backends.
  const auto reads_again = [&] {
    try {
      return connection.run(read_number, Params()).row(0).number() == 0;
    } catch (const db::Unavailable&) {
      return false;
    }
  };
  BOOST_TEST(wait_until(reads_again));
}

BOOST_AUTO_TEST_CASE(stopped_server_is_unavailable_immediately_and_reconnects_later) {
  server().stop();
  const auto begin = SteadyClock::now();
  BOOST_CHECK_THROW(connection.run(read_number, Params()), db::Unavailable);
  BOOST_CHECK_THROW(connection.run(add_one, Params()), db::Unavailable);
  BOOST_CHECK_THROW(connection.execute("select 1"), db::Unavailable);
  BOOST_TEST((SteadyClock::now() - begin < 5s));
  BOOST_TEST(!connection.is_connected());
  server().start();
  reconnect(connection);
  BOOST_TEST(connection.run(add_one, Params()).row(0).number() == 1);
}

BOOST_AUTO_TEST_CASE(reconnection_waits_for_the_retry_pause) {
  const Secret nowhere("host=/nonexistent dbname=x");
  db::Connection lost({nowhere, "test"}, log);
  BOOST_CHECK_EXCEPTION(lost.connect(), db::Unavailable, [](const db::Unavailable& failure) {
    return std::string_view(failure.what()).starts_with("cannot connect to the database");
  });
  BOOST_CHECK_EXCEPTION(lost.connect(), db::Unavailable, [](const db::Unavailable& failure) {
    return std::string_view(failure.what()) == "the last connection attempt failed a moment ago";
  });
}

BOOST_AUTO_TEST_CASE(password_in_the_conninfo_is_not_in_the_error_message) {
  const Secret conninfo("host=/nonexistent dbname=x password=hunter2-hunter2");
  db::Connection lost({conninfo, "test"}, log);
  BOOST_CHECK_EXCEPTION(lost.connect(), db::Unavailable, [](const db::Unavailable& failure) {
    return std::string_view(failure.what()).find("hunter2") == std::string_view::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()

struct TimeoutFixture : ConnectionFixture {
  db::Connection impatient{{database.owner(), "test-subject", db::Preparation::on_first_use, 200ms}, log};
};

BOOST_FIXTURE_TEST_SUITE(connection_timeout, TimeoutFixture)

BOOST_AUTO_TEST_CASE(read_timeout_is_unavailable_and_not_repeated) {
  BOOST_CHECK_THROW(impatient.run(slow_read, Params().number(2)), db::Unavailable);
  BOOST_TEST(tries() == 1);
  BOOST_TEST(impatient.run(read_number, Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(connection_that_no_longer_responds_is_replaced_after_a_timeout_of_another) {
  const auto backend =
      static_cast<pid_t>(connection.query("select pg_backend_pid()", Params()).row(0).number());
  ::kill(backend, SIGSTOP);
  // Also if the test fails: a stopped server process cannot be ended.
  const auto resume = [](const pid_t* stopped) { ::kill(*stopped, SIGCONT); };
  const std::unique_ptr<const pid_t, decltype(resume)> resumed(&backend, resume);
  BOOST_CHECK_THROW(impatient.run(slow_read, Params().number(2)), db::Unavailable);
  const auto begin = SteadyClock::now();
  BOOST_TEST(connection.run(add_one, Params()).row(0).number() == 1);
  BOOST_TEST((SteadyClock::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(connection_that_responds_remains_after_a_timeout_of_another) {
  const auto backend = [&] { return connection.query("select pg_backend_pid()", Params()).row(0).number(); };
  const auto before = backend();
  BOOST_CHECK_THROW(impatient.run(slow_read, Params().number(2)), db::Unavailable);
  BOOST_TEST(backend() == before);
}

BOOST_AUTO_TEST_CASE(write_timeout_has_unknown_outcome_and_is_not_repeated) {
  BOOST_CHECK_THROW(impatient.run(slow_write, Params().number(1)), db::OutcomeUnknown);
  BOOST_CHECK_THROW(impatient.query("select pg_sleep(1)", Params()), db::OutcomeUnknown);
  BOOST_CHECK_THROW(impatient.execute("select pg_sleep(1)"), db::OutcomeUnknown);
  BOOST_TEST(tries() == 1);
  BOOST_TEST(impatient.run(read_number, Params()).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(connection_failures, ConnectionFixture)

BOOST_AUTO_TEST_CASE(constraint_violation_hides_its_detail_and_keeps_the_connection) {
  BOOST_CHECK_EXCEPTION(connection.run(violate_constraint, Params()), db::StatementFailed,
                        [](const db::StatementFailed& failure) {
                          // PostgreSQL's DETAIL would quote the row.
                          return failure.sqlstate() == "23502" &&
                                 std::string_view(failure.what()).find("Failing row") ==
                                     std::string_view::npos;
                        });
  BOOST_TEST(connection.is_connected());
  BOOST_TEST(connection.run(add_one, Params()).row(0).number() == 1);
}

BOOST_AUTO_TEST_CASE(first_failure_of_several_statements_is_reported) {
  BOOST_CHECK_EXCEPTION(connection.execute("select 1; select 1 / 0; select nonsense"), db::StatementFailed,
                        [](const db::StatementFailed& failure) { return failure.sqlstate() == "22012"; });
}

BOOST_AUTO_TEST_CASE(nonexistent_role_is_unavailable) {
  const Secret conninfo(server().conninfo(database.name(), "nobody-here"));
  db::Connection stranger({conninfo, "test"}, log);
  BOOST_CHECK_THROW(stranger.connect(), db::Unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
