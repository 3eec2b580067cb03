// The list of statements: all are checked when a connection opens, and no others are sent.
#include "taskward/store/statements.hpp"

#include <array>
#include <set>

#include "fixture.hpp"
#include "taskward/store/health.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::testing {
namespace {

using db::Effect;
using db::Statement;

bool names_nonsense(const db::StatementFailed& failure) {
  return std::string_view(failure.what()).find("nonsense") != std::string_view::npos &&
         failure.sqlstate() == "42P01";
}

BOOST_FIXTURE_TEST_SUITE(statements, StoreFixture)

BOOST_AUTO_TEST_CASE(every_statement_can_be_prepared) {
  BOOST_CHECK_NO_THROW(connect(db::Preparation::when_connecting));
  BOOST_CHECK_NO_THROW(connect(db::Preparation::each_time));
}

BOOST_AUTO_TEST_CASE(unprepared_mode_keeps_nothing_in_the_session) {
  constexpr const char* count = "select count(*) from pg_prepared_statements where name <> ''";
  const auto kept = connect(db::Preparation::when_connecting);
  const auto each_time = connect(db::Preparation::each_time);
  BOOST_TEST(kept->query(count, db::Params()).row(0).number() ==
             static_cast<std::int64_t>(store::every_statement().size()));
  BOOST_TEST(store::schema_is_current(*each_time));
  BOOST_TEST(each_time->query(count, db::Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(names_are_unique) {
  std::set<std::string> names;
  for (const Statement* statement : store::every_statement()) names.insert(statement->name);
  BOOST_TEST(names.size() == store::every_statement().size());
}

BOOST_AUTO_TEST_CASE(statement_outside_the_list_is_not_sent) {
  const Statement stray{"stray", Effect::writes, "delete from taskward.tasks"};
  BOOST_CHECK_THROW(service.run(stray, db::Params()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(invalid_statement_fails_on_connect_and_is_named) {
  const Statement sound{"sound", Effect::reads, "select 1"};
  const Statement broken{"nonsense", Effect::reads, "select 1 from taskward.nowhere"};
  const std::array list{&sound, &broken};
  for (const auto preparation : {db::Preparation::when_connecting, db::Preparation::each_time}) {
    db::Connection connection({database.service(), "test", preparation}, list, log);
    BOOST_CHECK_EXCEPTION(connection.connect(), db::StatementFailed, names_nonsense);
    BOOST_TEST(!connection.is_connected());
  }
}

BOOST_AUTO_TEST_CASE(connection_works_once_its_statements_are_valid) {
  const Statement late{"nonsense", Effect::reads, "select count(*) from taskward.later"};
  const std::array list{&late};
  db::Connection connection({database.owner(), "test"}, list, log);
  BOOST_CHECK_EXCEPTION(connection.run(late, db::Params()), db::StatementFailed, names_nonsense);
  execute("create table taskward.later ()");
  reconnect(connection);
  BOOST_TEST(connection.run(late, db::Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(exception_in_the_greeting_closes_the_connection) {
  db::Connection connection({database.service(), "test"}, {}, log,
                            [](db::Connection&) { throw store::WrongSchema("no"); });
  BOOST_CHECK_THROW(connection.connect(), store::WrongSchema);
  BOOST_TEST(!connection.is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
