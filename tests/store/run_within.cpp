// Statements with a time limit, and the metrics of a connection.
#include <array>
#include <map>
#include <thread>

#include "fixture.hpp"
#include "mute_server.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using db::Effect;
using db::Params;
using db::Statement;
using SteadyClock = std::chrono::steady_clock;

const Statement nap{"nap", Effect::reads, "select pg_sleep($1::bigint)::text"};
const Statement failing_write{"failing_write", Effect::writes, "insert into taskward.nothing values (null)"};

class CountingMeter final : public model::Meter {
 public:
  void add(model::Metric metric, Labels labels, std::int64_t by) noexcept override {
    std::string name(facts(metric).name);
    for (const std::string_view label : labels) name.append(" ").append(label);
    counts[name] += by;
  }
  void observe(model::Metric metric, std::chrono::nanoseconds taken, Labels) noexcept override {
    longest = std::max(longest, taken);
    ++counts[std::string(facts(metric).name)];
  }
  [[nodiscard]] model::Samples samples() const override { return {}; }

  std::map<std::string, std::int64_t> counts;
  std::chrono::nanoseconds longest{0};
};

struct RunWithinFixture : StoreFixture {
  RunWithinFixture() { execute("create table taskward.nothing (n bigint not null)"); }
  CountingMeter meter;
  db::Connection connection{{database.owner(), "test", db::Preparation::on_first_use, 10s, &meter}, log};

  /// Expects Unavailable, and returns how long the call took.
  static std::chrono::milliseconds expect_unavailable(db::Connection& connection,
                                                      std::chrono::milliseconds limit) {
    const auto begun = SteadyClock::now();
    BOOST_CHECK_THROW(connection.run_within(limit, nap, Params().number(30)), db::Unavailable);
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begun);
  }
};

BOOST_FIXTURE_TEST_SUITE(run_within, RunWithinFixture)

BOOST_AUTO_TEST_CASE(statement_over_its_limit_is_abandoned_and_the_next_has_full_time) {
  connection.connect();
  const auto taken = expect_unavailable(connection, 300ms);
  BOOST_TEST(taken.count() >= 300);
  BOOST_TEST(taken.count() < 5'000);
  BOOST_CHECK_NO_THROW(connection.run(nap, Params().number(1)));
  BOOST_CHECK_NO_THROW(connection.run_within(10s, nap, Params().number(0)));
}

BOOST_AUTO_TEST_CASE(unresponsive_server_is_abandoned_within_the_limit) {
  const MuteServer server;
  const Secret conninfo(server.conninfo());
  db::Connection mute({conninfo, "test"}, log);
  const auto taken = expect_unavailable(mute, 300ms);
  BOOST_TEST(taken.count() >= 300);
  BOOST_TEST(taken.count() < 1'900);  // libpq's minimum connect_timeout is two seconds
  BOOST_TEST(!mute.is_connected());
  // The next attempt fails immediately.
  BOOST_TEST(expect_unavailable(mute, 300ms).count() < 200);
}

BOOST_AUTO_TEST_CASE(connection_opened_within_the_limit_is_kept) {
  BOOST_TEST(!connection.is_connected());
  BOOST_CHECK_NO_THROW(connection.run_within(10s, nap, Params().number(0)));
  BOOST_TEST(connection.is_connected());
}

BOOST_AUTO_TEST_CASE(statement_may_exceed_the_timeout_while_the_caller_keeps_waiting,
                     *boost::unit_test::label("slow")) {
  db::Connection hasty({database.owner(), "test", db::Preparation::on_first_use, 500ms}, log);
  int asked = 0;
  BOOST_CHECK_NO_THROW(hasty.run_unless([&] { return ++asked < 0; }, nap, Params().number(3)));
  BOOST_TEST(asked >= 2);
  const auto begun = SteadyClock::now();
  BOOST_CHECK_THROW(hasty.run_unless([] { return true; }, nap, Params().number(30)), db::Unavailable);
  BOOST_TEST((SteadyClock::now() - begun < 5s));
  BOOST_TEST(!hasty.is_connected());
  // The next statement has its usual limit.
  BOOST_CHECK_THROW(hasty.run(nap, Params().number(30)), db::Unavailable);
}

BOOST_AUTO_TEST_CASE(connections_errors_and_wait_times_are_counted) {
  BOOST_CHECK_NO_THROW(connection.run(nap, Params().number(2)));
  BOOST_CHECK_THROW(connection.run(failing_write, Params()), db::StatementFailed);
  expect_unavailable(connection, 100ms);
  const std::map<std::string, std::int64_t> expected{{"taskward_database_connections_total", 1},
                                                     {"taskward_database_errors_total failed", 1},
                                                     {"taskward_database_errors_total unavailable", 1},
                                                     {"taskward_database_wait_seconds", 3}};
  BOOST_TEST((meter.counts == expected));
  // The wait is counted from when the statement was sent, so on a busy machine it is less than the nap.
  BOOST_TEST((meter.longest >= 1s));
}

BOOST_AUTO_TEST_CASE(two_reads_return_their_rows_within_their_limits) {
  const Statement number{"number_plus_one", Effect::reads, "select $1::bigint + 1"};
  const Statement conflict{"conflicts", Effect::reads, "select taskward.conflicts()"};
  db::Connection superuser({database.superuser(), "test"}, log);
  superuser.execute(
      "create function taskward.conflicts() returns integer language plpgsql as"
      " $$ begin raise exception using errcode = '40001'; end $$");
  const auto both = [](db::Connection& connection, std::chrono::milliseconds limit, const db::Query& first,
                       const db::Query& second) {
    connection.send_reads(60s, first, second);
    db::Rows one = connection.receive_first_read(limit);
    return std::pair(std::move(one), connection.receive_last_read(limit));
  };
  for (const auto preparation : {db::Preparation::on_first_use, db::Preparation::each_time}) {
    const auto connection = connect(preparation);
    Params first, second, long_time, none, one_second;
    first.number(1);
    second.number(2);
    long_time.number(20);
    one_second.number(1);
    for (int i = 0; i < 2; ++i) {
      const auto [a, b] = both(*connection, 60s, {number, first}, {number, second});
      BOOST_TEST(a.row(0).number() == 2);
      BOOST_TEST(b.row(0).number() == 3);
    }
    BOOST_TEST(connection->run(number, second).row(0).number() == 3);

    // Each failure closes the connection, and the next call opens another.
    BOOST_CHECK_THROW(both(*connection, 60s, {number, first}, {conflict, none}), db::NotLocked);
    BOOST_TEST(!connection->is_connected());
    BOOST_CHECK_THROW(both(*connection, 60s, {conflict, none}, {number, first}), db::NotLocked);
    BOOST_CHECK_THROW(both(*connection, 60s, {failing_write, none}, {number, first}), db::StatementFailed);
    const auto begun = SteadyClock::now();
    connection->send_reads(60s, {number, first}, {nap, long_time});
    BOOST_TEST(connection->receive_first_read(60s).row(0).number() == 2);
    BOOST_CHECK_THROW(static_cast<void>(connection->receive_last_read(300ms)), db::TimedOut);
    BOOST_TEST((SteadyClock::now() - begun < 15s));
    BOOST_TEST(connection->run(number, first).row(0).number() == 2);

    // The limit of sending is not that of what follows.
    connection->send_reads(200ms, {number, first}, {number, second});
    std::this_thread::sleep_for(300ms);
    BOOST_TEST(connection->receive_first_read(60s).row(0).number() == 2);
    BOOST_TEST(connection->receive_last_read(60s).row(0).number() == 3);
    BOOST_CHECK_NO_THROW(static_cast<void>(connection->run(nap, one_second)));
    // What was not received is not taken for the rows of the next statement.
    connection->send_reads(200ms, {number, first}, {number, second});
    BOOST_CHECK_NO_THROW(static_cast<void>(connection->run(nap, one_second)));
    connection->send_reads(60s, {number, first}, {number, first});
    BOOST_TEST(connection->receive_first_read(60s).row(0).number() == 2);
    BOOST_TEST(connection->run(number, second).row(0).number() == 3);
    connection->send_reads(60s, {number, first}, {number, first});
    connection->send_reads(60s, {number, second}, {number, second});
    BOOST_TEST(connection->receive_first_read(60s).row(0).number() == 3);
    BOOST_TEST(connection->receive_last_read(60s).row(0).number() == 3);
  }
  const MuteServer mute;
  const Secret conninfo(mute.conninfo());
  db::Connection nowhere({conninfo, "test"}, log);
  Params none;
  BOOST_CHECK_THROW(nowhere.send_reads(200ms, {number, none}, {number, none}), db::Unavailable);
}

BOOST_AUTO_TEST_CASE(host_that_is_lost_is_passed_over) {
  const MuteServer lost(MuteServer::Connections::lost);
  const std::string there(database.service().reveal());
  const std::string socket = there.substr(0, there.find(' ')).substr(std::string_view("host=").size());
  const Secret both(there + " host=127.0.0.1," + socket + " port=" + lost.port() + ",5432");
  db::Connection patient({both, "test"}, log);
  expect_unavailable(patient, 2s);
  db::Connection hasty({both, "test", db::Preparation::on_first_use, 10s, nullptr, 1s}, log);
  Params none;
  BOOST_CHECK_NO_THROW(
      static_cast<void>(hasty.run_within(20s, {"one", Effect::reads, "select 1::bigint"}, none)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
