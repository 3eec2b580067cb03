// Retries of conflicts, and atomicity of transactions.
#include <array>
#include <thread>

#include "superuser_fixture.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::testing {
namespace {

using db::Effect;
using db::Params;
using db::Statement;

const Statement conflict_until{"conflict_until", Effect::writes,
                               "select taskward.conflict_until($1::bigint)"};
const Statement add_to_both{"add_to_both", Effect::writes,
                            "select taskward.add_to_both($1::bigint, $2::bigint)"};
const Statement read_sum{"read_sum", Effect::reads, "select sum(n)::bigint from taskward.numbers"};
const Statement add_one{"add_one", Effect::writes, "update taskward.numbers set n = n + 1 where id = 1"};

struct TransactionFixture : SuperuserFixture {
  TransactionFixture() {
    execute(R"(
create table taskward.numbers (id bigint primary key, n bigint not null);
insert into taskward.numbers values (1, 0), (2, 0);
create sequence taskward.tries;
create function taskward.conflict_until(wanted bigint) returns bigint language plpgsql as $$
begin
  update taskward.numbers set n = n + 1 where id = 1;
  if nextval('taskward.tries') < wanted then raise exception 'again' using errcode = '40001'; end if;
  return wanted;
end $$;
create function taskward.add_to_both(first bigint, second bigint) returns bigint language plpgsql as $$
begin
  perform nextval('taskward.tries');
  update taskward.numbers set n = n + 1 where id = first;
  update taskward.numbers set n = n + 1 where id = second;
  return 0;
end $$)");
    connection.connect();
  }
  db::Connection connection{{database.owner(), "test-subject"}, log};

  std::int64_t sum() { return number("select sum(n)::bigint from taskward.numbers"); }
  std::int64_t tries() { return number("select last_value from taskward.tries"); }
};

BOOST_FIXTURE_TEST_SUITE(conflicts, TransactionFixture)

BOOST_AUTO_TEST_CASE(serialization_failure_is_retried_and_applied_once) {
  BOOST_TEST(connection.run(conflict_until, Params().number(3)).row(0).number() == 3);
  BOOST_TEST(tries() == 3);
  BOOST_TEST(sum() == 1);
}

BOOST_AUTO_TEST_CASE(persistent_conflict_fails_and_changes_nothing) {
  BOOST_CHECK_THROW(connection.run(conflict_until, Params().number(100)), db::Unavailable);
  BOOST_TEST(tries() == db::kConflictTries);
  BOOST_TEST(sum() == 0);
  BOOST_TEST(connection.is_connected());
}

BOOST_AUTO_TEST_CASE(conflict_inside_a_transaction_is_not_retried) {
  const db::Transaction transaction(connection);
  BOOST_CHECK_THROW(connection.run(conflict_until, Params().number(3)), db::Unavailable);
  BOOST_TEST(tries() == 1);
}

BOOST_AUTO_TEST_CASE(deadlock_victim_is_retried) {
  // Only one of the two sessions checks for deadlocks soon, so it is always the victim.
  superuser.execute("set deadlock_timeout = '30s'");
  db::Transaction transaction(superuser);
  superuser.execute("update taskward.numbers set n = n + 10 where id = 2");
  std::jthread subject([&] { connection.run(add_to_both, Params().number(1).number(2)); });
  wait_until([&] {
    return superuser
               .query(
                   "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
                   " where not l.granted and a.application_name = 'test-subject'",
                   Params())
               .row(0)
               .number() > 0;
  });
  superuser.execute("update taskward.numbers set n = n + 10 where id = 1");
  transaction.commit();
  subject.join();
  // If the retry locks its first row before the other session wakes up, they deadlock again.
  BOOST_TEST(tries() >= 2);
  BOOST_TEST(sum() == 22);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(transactions, TransactionFixture)

BOOST_AUTO_TEST_CASE(committed_work_persists) {
  db::Transaction transaction(connection);
  connection.run(add_one, Params());
  BOOST_TEST(sum() == 0);
  transaction.commit();
  BOOST_TEST(sum() == 1);
}

BOOST_AUTO_TEST_CASE(uncommitted_work_is_rolled_back_and_the_connection_survives) {
  {
    const db::Transaction transaction(connection);
    connection.run(add_one, Params());
  }
  BOOST_TEST(connection.is_connected());
  BOOST_TEST(connection.run(read_sum, Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(commit_of_a_failed_transaction_throws) {
  db::Transaction transaction(connection);
  connection.run(add_one, Params());
  BOOST_CHECK_THROW(connection.execute("select 1 / 0"), db::StatementFailed);
  BOOST_CHECK_THROW(transaction.commit(), db::Unavailable);
  BOOST_TEST(sum() == 0);
}

BOOST_AUTO_TEST_CASE(commit_on_a_lost_connection_throws) {
  db::Transaction transaction(connection);
  connection.run(add_one, Params());
  terminate();
  BOOST_CHECK_THROW(transaction.commit(), std::runtime_error);
  BOOST_TEST(sum() == 0);
}

BOOST_AUTO_TEST_CASE(statements_fail_after_the_transaction_loses_its_connection) {
  {
    db::Transaction transaction(connection);
    connection.run(add_one, Params());
    terminate();
    BOOST_CHECK_THROW(connection.run(read_sum, Params()), db::Unavailable);
    BOOST_CHECK_THROW(connection.run(add_one, Params()), db::Unavailable);
    BOOST_CHECK_THROW(connection.execute("update taskward.numbers set n = 7"), db::Unavailable);
    BOOST_CHECK_THROW(connection.query("update taskward.numbers set n = 7", Params()), db::Unavailable);
    BOOST_CHECK_THROW(transaction.commit(), db::Unavailable);
  }
  BOOST_TEST(sum() == 0);
  connection.run(add_one, Params());
  BOOST_TEST(sum() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
