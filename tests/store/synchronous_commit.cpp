// Writes that are interrupted while they wait for a synchronous standby: they are committed on the primary,
// but the client must not report success, because a failover may lose them.
#include <signal.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "fixture.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using db::Effect;
using db::Params;
using db::Statement;

// A rollback does not undo nextval(), so the sequence counts executions.
const Statement add_one{"add_one", Effect::writes,
                        "with executed as (select nextval('executions'))"
                        " update numbers set n = n + 1 from executed returning n"};

constexpr std::string_view kWaiting = " from pg_stat_activity where wait_event = 'SyncRep'";

std::unique_ptr<ThrowawayServer> primary;

/// A server for the whole suite. It requires a synchronous standby that does not exist, of sessions that ask
/// for it.
struct Primary {
  Primary() {
    primary = std::make_unique<ThrowawayServer>(
        std::vector<std::string>{"wal_level=replica", "max_wal_senders=4", "synchronous_commit=local",
                                 "synchronous_standby_names=missing"});
  }
  Primary(const Primary&) = delete;
  Primary& operator=(const Primary&) = delete;
  ~Primary() { primary.reset(); }
};

struct StandbyFixture {
  SystemClock clock;
  Log log{STDERR_FILENO, LogLevel::error, clock};
  Secret conninfo{primary->conninfo("postgres", "postgres")};
  Secret synchronous{primary->conninfo("postgres", "postgres") + " options='-c synchronous_commit=on'"};
  db::Connection observer{{conninfo, "test-observer"}, log};
  db::Connection connection{{synchronous, "test-subject", db::Preparation::on_first_use, 60s}, log};

  StandbyFixture() {
    observer.execute(
        "drop table if exists numbers; create table numbers (n bigint not null);"
        "insert into numbers values (0);"
        "drop sequence if exists executions; create sequence executions");
    connection.connect();
  }
  StandbyFixture(const StandbyFixture&) = delete;
  StandbyFixture& operator=(const StandbyFixture&) = delete;

  std::int64_t number(const std::string& sql) { return observer.query(sql, Params()).row(0).number(); }
  std::int64_t stored() { return number("select n from numbers"); }
  std::int64_t waiting() { return number("select count(*)" + std::string(kWaiting)); }
  std::int64_t executions() { return number("select last_value from executions"); }

  /// Runs `write`, and `function` on its session as soon as that waits for the standby.
  void interrupt(const std::string& function, const std::function<void()>& write) {
    std::jthread interrupter([&](const std::stop_token& stop) {
      while (!stop.stop_requested() && waiting() == 0) std::this_thread::sleep_for(5ms);
      observer.execute("select " + function + "(pid)" + std::string(kWaiting));
    });
    write();
  }
  static bool reports_replication(const db::OutcomeUnknown& failure) {
    return std::string_view(failure.what()).find("replicated") != std::string_view::npos;
  }
};

BOOST_AUTO_TEST_SUITE(synchronous_commit, *boost::unit_test::fixture<Primary>())

BOOST_FIXTURE_TEST_CASE(terminated_write_has_an_unknown_outcome, StandbyFixture) {
  interrupt("pg_terminate_backend", [&] {
    BOOST_CHECK_EXCEPTION(connection.run(add_one, Params()), db::OutcomeUnknown, reports_replication);
  });
  BOOST_TEST(!connection.is_connected());
  BOOST_TEST(executions() == 1);
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(cancelled_write_has_an_unknown_outcome, StandbyFixture) {
  interrupt("pg_cancel_backend", [&] {
    BOOST_CHECK_EXCEPTION(connection.run(add_one, Params()), db::OutcomeUnknown, reports_replication);
  });
  BOOST_TEST(connection.is_connected());
  BOOST_TEST(executions() == 1);
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(write_whose_session_is_killed_has_an_unknown_outcome, StandbyFixture) {
  const auto session =
      static_cast<pid_t>(connection.query("select pg_backend_pid()", Params()).row(0).number());
  std::jthread killer([&](const std::stop_token& stop) {
    while (waiting() == 0) {
      if (stop.stop_requested()) return;
      std::this_thread::sleep_for(5ms);
    }
    // No warning is sent, as when the server or its host dies.
    ::kill(session, SIGKILL);
  });
  BOOST_CHECK_THROW(connection.run(add_one, Params()), db::OutcomeUnknown);
  BOOST_TEST(!connection.is_connected());
  // The server now restarts all its sessions.
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  const auto is_stored = [&] {
    try {
      return stored() == 1;
    } catch (const db::Unavailable&) {
      return false;
    } catch (const db::OutcomeUnknown&) {
      return false;
    }
  };
  bool is_there = is_stored();
  for (; !is_there && std::chrono::steady_clock::now() < deadline; is_there = is_stored())
    std::this_thread::sleep_for(20ms);
  BOOST_TEST(is_there);
}

BOOST_FIXTURE_TEST_CASE(write_that_waits_too_long_has_an_unknown_outcome, StandbyFixture) {
  db::Connection impatient{{synchronous, "test-impatient", db::Preparation::on_first_use, 300ms}, log};
  BOOST_CHECK_THROW(impatient.run(add_one, Params()), db::OutcomeUnknown);
  BOOST_TEST(executions() == 1);
  // It still waits, and is not rolled back.
  BOOST_TEST(stored() == 0);
  observer.execute("select pg_terminate_backend(pid, 5000)" + std::string(kWaiting));
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(terminated_commit_has_an_unknown_outcome, StandbyFixture) {
  interrupt("pg_terminate_backend", [&] {
    db::Transaction transaction(connection);
    connection.run(add_one, Params());
    BOOST_CHECK_EXCEPTION(transaction.commit(), db::OutcomeUnknown, reports_replication);
  });
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(cancelled_commit_has_an_unknown_outcome, StandbyFixture) {
  interrupt("pg_cancel_backend", [&] {
    db::Transaction transaction(connection);
    connection.run(add_one, Params());
    BOOST_CHECK_EXCEPTION(transaction.commit(), db::OutcomeUnknown, reports_replication);
  });
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(error_after_a_commit_in_doubt_does_not_hide_the_doubt, StandbyFixture) {
  interrupt("pg_cancel_backend", [&] {
    BOOST_CHECK_EXCEPTION(connection.execute("begin; update numbers set n = n + 1; commit; select 1 / 0"),
                          db::OutcomeUnknown, reports_replication);
  });
  BOOST_TEST(stored() == 1);
}

BOOST_FIXTURE_TEST_CASE(doubt_ends_with_its_statement, StandbyFixture) {
  interrupt("pg_cancel_backend",
            [&] { BOOST_CHECK_THROW(connection.run(add_one, Params()), db::OutcomeUnknown); });
  connection.execute("set synchronous_commit = local");
  BOOST_TEST(connection.run(add_one, Params()).row(0).number() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
