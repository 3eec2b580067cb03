#include "taskward/store/backup.hpp"

#include <map>

#include "fixture.hpp"

namespace taskward::testing {
namespace {

using db::Params;
using store::TableContent;

struct BackupFixture : StoreFixture {
  std::vector<TableContent> contents() {
    const db::Transaction transaction(owner);
    return store::table_contents(owner, [](const std::string&) {});
  }
  TableContent content_of(const std::string& table) {
    for (TableContent& one : contents())
      if (one.name == table) return std::move(one);
    throw std::logic_error("no table " + table);
  }
};

BOOST_FIXTURE_TEST_SUITE(backup, BackupFixture)

BOOST_AUTO_TEST_CASE(digest_depends_on_content_but_not_on_the_order_of_rows) {
  execute("create table taskward.a (n integer, at timestamptz); create table taskward.b (like taskward.a)");
  execute("insert into taskward.a values (1, '2026-01-31T12:00Z'), (2, null)");
  execute("set timezone = 'Asia/Tokyo'; set datestyle = 'German'");
  execute("insert into taskward.b values (2, null), (1, '2026-01-31T12:00Z')");
  const TableContent a = content_of("a");
  BOOST_TEST(a.rows == 2);
  BOOST_TEST(a.digest == content_of("b").digest);
  execute("update taskward.b set n = 3 where n = 2");
  BOOST_TEST(a.digest != content_of("b").digest);
}

BOOST_AUTO_TEST_CASE(first_difference_names_the_table) {
  const std::vector<TableContent> some{{"a", 1, "5"}, {"b", 2, "6"}};
  BOOST_TEST(!store::first_difference(some, some));
  BOOST_TEST(*store::first_difference(some, {{"a", 1, "5"}}) == "the table b is missing");
  BOOST_TEST(*store::first_difference(some, {{"a", 1, "5"}, {"b", 1, "6"}}) ==
             "the table b has 1 row instead of 2");
  BOOST_TEST(*store::first_difference(some, {{"a", 1, "4"}, {"b", 2, "6"}}) ==
             "the table a has other content");
  BOOST_TEST(store::first_difference({{"a", 1, "5"}}, some).has_value());
}

BOOST_AUTO_TEST_CASE(snapshot_is_shared_and_does_not_see_later_changes) {
  new_user();
  db::Connection reader({database.owner(), "test-reader"}, log);
  const store::Snapshot snapshot(reader);
  const auto other = connect();
  const db::Transaction transaction(*other);
  other->execute("set transaction isolation level repeatable read; set transaction snapshot '" +
                 snapshot.name() + '\'');
  new_user();
  BOOST_TEST(other->query("select count(*) from taskward.users", Params()).row(0).number() == 1);
  BOOST_TEST(service.query("select count(*) from taskward.users", Params()).row(0).number() == 2);
}

BOOST_AUTO_TEST_CASE(schema_is_found_in_the_database) {
  BOOST_TEST(*store::found_in_database(owner) == "schema taskward");
  BOOST_TEST(store::has_service_role(owner));
}

BOOST_FIXTURE_TEST_CASE(tables_of_others_are_found_in_the_database, EmptyFixture) {
  BOOST_TEST(!store::found_in_database(owner));
  execute("create schema other; create table other.things ()");
  BOOST_TEST(*store::found_in_database(owner) == "table other.things");
}

BOOST_AUTO_TEST_CASE(scratch_database_is_dropped) {
  const auto databases = [this] {
    return number("select count(*) from pg_database where datname like 'taskward_scratch_%'");
  };
  {
    const store::ScratchDatabase scratch(owner);
    BOOST_TEST(databases() == 1);
    const Secret conninfo = db::with_database(database.owner(), scratch.name());
    db::Connection inside({conninfo, "test"}, log);
    BOOST_TEST(inside.query("select current_database()::text", Params()).row(0).text() == scratch.name());
  }
  BOOST_TEST(databases() == 0);
  // What a process has left that no longer exists.
  execute("create database taskward_scratch_0");
  const store::ScratchDatabase next(owner);
  BOOST_TEST(databases() == 1);
}

BOOST_AUTO_TEST_CASE(copied_data_arrives_and_faults_are_reported) {
  execute("create table taskward.numbers (n integer)");
  const std::string copy = "copy taskward.numbers from stdin";
  const auto parts = [](std::vector<std::string_view> all) {
    std::reverse(all.begin(), all.end());
    return [all]() mutable {
      if (all.empty()) return std::string_view();
      const std::string_view part = all.back();
      all.pop_back();
      return part;
    };
  };
  owner.copy_in(copy, parts({"1\n2", "\n3\n"}));
  BOOST_TEST(number("select sum(n) from taskward.numbers") == 6);
  BOOST_CHECK_THROW(owner.copy_in(copy, parts({"4\n", "x\n", "5\n"})), db::StatementFailed);
  BOOST_CHECK_THROW(owner.copy_in("copy nothing from stdin", parts({"4\n"})), db::StatementFailed);
  BOOST_CHECK_THROW(owner.copy_in(copy, []() -> std::string_view { throw std::runtime_error("ends"); }),
                    std::runtime_error);
  BOOST_TEST(number("select sum(n) from taskward.numbers") == 6);
}

BOOST_AUTO_TEST_CASE(environment_describes_the_connection) {
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : owner.environment()) variables[name] = value.reveal();
  BOOST_TEST(variables["PGUSER"] == "taskward_owner");
  BOOST_TEST(variables["PGDATABASE"] == text("select current_database()::text"));
  BOOST_TEST(variables["PGSERVICE"].empty());
}

BOOST_AUTO_TEST_CASE(connection_string_gets_another_database) {
  const Secret given(std::string_view("postgresql://u:p%27%5C%20x@h/d?sslmode=require"));
  BOOST_TEST(db::with_database(given, "o'ther").reveal() ==
             "user='u' password='p\\'\\\\ x' host='h' sslmode='require' dbname='o\\'ther' ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
