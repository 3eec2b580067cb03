// The statements, and when they are prepared and deallocated.
#include "taskward/store/statements.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fixture.hpp"
#include "taskward/store/health.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::testing {
namespace {

using db::Effect;
using db::Statement;

BOOST_FIXTURE_TEST_SUITE(statements, StoreFixture)

BOOST_AUTO_TEST_CASE(every_statement_can_be_prepared, *boost::unit_test::label("slow")) {
  const auto connection = connect();
  for (const Statement* statement : store::every_statement()) {
    BOOST_CHECK_NO_THROW(connection->execute("prepare \"" + statement->name + "\" as " + statement->sql));
    connection->execute("deallocate all");
  }
}

BOOST_AUTO_TEST_CASE(every_statement_of_a_caller_can_be_prepared_for_a_token,
                     *boost::unit_test::label("slow")) {
  const auto connection = connect();
  const auto all = store::every_statement_by_token();
  BOOST_TEST(all.size() > 1000U);
  for (const Statement& statement : all) {
    BOOST_TEST(statement.sql.find("taskward.personal_tokens") != std::string::npos);
    // PostgreSQL compares that many bytes of a name.
    BOOST_TEST(statement.name.size() < 64U);
    BOOST_CHECK_NO_THROW(connection->execute("prepare \"" + statement.name + "\" as " + statement.sql));
    connection->execute("deallocate all");
  }
}

BOOST_AUTO_TEST_CASE(statement_runs_in_its_form_and_one_with_another_beginning_has_none) {
  static constexpr db::Form form{"/two", "select 1", "select 2"};
  const Statement one{"one", Effect::reads, "select 1 + 10"};
  const Statement other{"other", Effect::reads, "select 3"};
  BOOST_TEST(service.run(one, db::Params().in_form(form)).row(0).number() == 12);
  BOOST_TEST(service.run(one, db::Params()).row(0).number() == 11);
  BOOST_CHECK_THROW(service.run(other, db::Params().in_form(form)), std::logic_error);
  BOOST_TEST(service.run(other, db::Params()).row(0).number() == 3);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Whether each mention of a table with the tasks of owners compares its owner, or inserts it: of an alias,
/// as many comparisons as mentions.
bool names_owner_of_tasks(std::string_view sql) {
  constexpr std::string_view word = "abcdefghijklmnopqrstuvwxyz_";
  std::map<std::string, std::size_t> mentions;
  for (const std::string_view table : {"taskward.tasks", "taskward.task_index", "taskward.task_room"}) {
    for (std::size_t at = sql.find(table); at != sql.npos; at = sql.find(table, at + 1)) {
      std::string_view rest = sql.substr(at + table.size());
      // A regclass, or another table.
      if (rest.starts_with('\'') || (!rest.empty() && word.find(rest.front()) != word.npos)) continue;
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      if (rest.starts_with("as ")) rest.remove_prefix(3);
      if (sql.substr(0, at).ends_with("insert into ")) {
        if (rest.substr(std::min(rest.find('('), rest.size())).starts_with("(owner_id,")) continue;
        return false;
      }
      ++mentions[std::string(rest.substr(0, rest.find_first_not_of(word)))];
    }
  }
  return std::all_of(mentions.begin(), mentions.end(), [&](const auto& mention) {
    const std::string owner = mention.first + ".owner_id";
    return count(sql, ' ' + owner + " = ") + count(sql, '(' + owner + " = ") + count(sql, "= " + owner) >=
           mention.second;
  });
}

// Some are for all owners: two pages of the administration, the choice of owners for upkeep, and the emptying
// of the trash.
BOOST_AUTO_TEST_CASE(every_statement_on_tasks_names_their_owner) {
  BOOST_TEST(!names_owner_of_tasks("select from taskward.tasks t where t.id = $1"));
  BOOST_TEST(!names_owner_of_tasks("select from taskward.tasks t, taskward.tasks o where t.owner_id = $1"));
  BOOST_TEST(
      !names_owner_of_tasks("with a as (select from taskward.tasks t where t.trashed)"
                            " delete from taskward.tasks t using a where t.owner_id = a.owner_id"));
  BOOST_TEST(!names_owner_of_tasks("select from taskward.tasks"));
  BOOST_TEST(!names_owner_of_tasks("insert into taskward.tasks (id, owner_id) values ($1, $2)"));
  BOOST_TEST(names_owner_of_tasks("delete from taskward.tasks t where t.owner_id = $1"));
  const std::set<std::string> of_all{"read_dashboard", "read_statistics", "choose_quota_to_recount",
                                     "empty_trash"};
  std::size_t on_tasks = 0;
  for (const Statement* statement : store::every_statement()) {
    if (statement->sql.find("taskward.task") == std::string::npos) continue;
    ++on_tasks;
    BOOST_TEST_CONTEXT(statement->name)
    BOOST_TEST(names_owner_of_tasks(statement->sql) == !of_all.contains(statement->name));
  }
  BOOST_TEST(on_tasks > 100U);
}

BOOST_AUTO_TEST_CASE(names_are_unique) {
  std::set<std::string> names;
  for (const Statement* statement : store::every_statement()) names.insert(statement->name);
  BOOST_TEST(names.size() == store::every_statement().size());
}

BOOST_AUTO_TEST_CASE(statement_is_prepared_once_unless_each_time_is_chosen) {
  constexpr const char* count = "select count(*) from pg_prepared_statements where name <> ''";
  for (const auto preparation : {db::Preparation::on_first_use, db::Preparation::each_time}) {
    const auto connection = connect(preparation);
    BOOST_TEST(connection->query(count, db::Params()).row(0).number() == 0);
    for (int i = 0; i < 3; ++i) BOOST_TEST(store::schema_is_current(*connection));
    BOOST_TEST(connection->query(count, db::Params()).row(0).number() ==
               (preparation == db::Preparation::on_first_use ? 1 : 0));
  }
}

BOOST_AUTO_TEST_CASE(least_recently_used_statements_are_deallocated) {
  const Statement favourite{"favourite", Effect::reads, "select 0"};
  std::list<Statement> others;
  for (std::size_t i = 0; i < 2 * db::kMaxPrepared; ++i) {
    others.push_back({"other_" + std::to_string(i), Effect::reads, "select " + std::to_string(i)});
    BOOST_TEST(service.run(others.back(), db::Params()).row(0).number() == static_cast<std::int64_t>(i));
    BOOST_TEST(service.run(favourite, db::Params()).row(0).number() == 0);
  }
  const auto kept = [&](const std::string& where) {
    return service.query("select count(*) from pg_prepared_statements where name " + where, db::Params())
        .row(0)
        .number();
  };
  BOOST_TEST(kept("<> ''") == static_cast<std::int64_t>(db::kMaxPrepared));
  BOOST_TEST(kept("in ('favourite', 'other_" + std::to_string(others.size() - 1) + "')") == 2);
  BOOST_TEST(kept("= 'other_0'") == 0);
  BOOST_TEST(service.run(others.front(), db::Params()).row(0).number() == 0);
}

BOOST_AUTO_TEST_CASE(invalid_statement_is_named_and_leaves_the_connection_usable) {
  const Statement late{"nonsense", Effect::reads, "select count(*) from taskward.later"};
  for (const auto preparation : {db::Preparation::on_first_use, db::Preparation::each_time}) {
    const auto connection = connect(preparation);
    BOOST_CHECK_EXCEPTION(connection->run(late, db::Params()), db::StatementFailed,
                          [](const db::StatementFailed& failure) {
                            return std::string_view(failure.what()).starts_with("statement nonsense: ") &&
                                   failure.sqlstate() == "42P01";
                          });
    BOOST_TEST(connection->is_connected());
    execute("create table taskward.later (); grant select on taskward.later to taskward");
    BOOST_TEST(connection->run(late, db::Params()).row(0).number() == 0);
    execute("drop table taskward.later");
  }
}

BOOST_AUTO_TEST_CASE(exception_in_the_greeting_closes_the_connection) {
  db::Connection connection({database.service(), "test"}, log,
                            [](db::Connection&) { throw store::WrongSchema("no"); });
  BOOST_CHECK_THROW(connection.connect(), store::WrongSchema);
  BOOST_TEST(!connection.is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
