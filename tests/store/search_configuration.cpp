// The configuration that tasks are searched by, and its change.
#include "taskward/store/search_configuration.hpp"

#include "task_fixture.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::testing {
namespace {

struct ConfigurationFixture : TaskFixture {
  std::string found(const std::string& text) {
    model::TaskFilter filter;
    filter.text = text;
    filter.sort = model::TaskSort::relevance;
    return titles(ann, filter);
  }
};

BOOST_FIXTURE_TEST_SUITE(search_configuration, ConfigurationFixture)

BOOST_AUTO_TEST_CASE(a_new_database_takes_words_as_they_are) {
  BOOST_TEST(store::search_configuration(owner) == "simple");
  make(ann, "running");
  BOOST_TEST(found("runs").empty());
}

BOOST_AUTO_TEST_CASE(a_change_makes_the_words_of_every_task_anew) {
  make(ann, "running");
  make(bob, "ran");
  bool was_told = false;
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>(), [&] { was_told = true; }));
  BOOST_TEST(was_told);
  BOOST_TEST(store::search_configuration(owner) == "english");
  BOOST_TEST(found("runs") == "running");
  make(ann, "runner");
  BOOST_TEST(text("select reason from taskward.audit where action = 'search.configure'") == "english");
  // And back.
  BOOST_TEST(store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(found("runs").empty());
  BOOST_TEST(found("runn") == "runner running");
}

BOOST_AUTO_TEST_CASE(beginnings_are_found_where_stems_are) {
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>()));
  make(ann, "reorganization");
  make(ann, "universities");
  make(ann, "the");
  for (const char* text : {"r", "reorgan", "reorgani", "reorganiza", "reorganization", "reorganizing"})
    BOOST_TEST(found(text) == "reorganization", text);
  for (const char* text : {"univers", "universit", "university"})
    BOOST_TEST(found(text) == "universities", text);
  BOOST_TEST(found("th") == "the");
  BOOST_TEST(found("the") == "the");
  BOOST_TEST(found("organ").empty());
}

BOOST_AUTO_TEST_CASE(the_words_of_simple_are_made_as_the_migration_says) {
  const std::string made_by =
      "select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d join pg_attribute a on a.attrelid = "
      "d.adrelid and"
      " a.attnum = d.adnum where d.adrelid = 'taskward.tasks'::regclass and a.attname = 'search'";
  const std::string migrated = text(made_by);
  BOOST_TEST(store::set_search_configuration(owner, "german", new_id<AuditId>()));
  BOOST_TEST(text(made_by) != migrated);
  BOOST_TEST(store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(text(made_by) == migrated);
}

BOOST_AUTO_TEST_CASE(the_one_it_has_changes_nothing) {
  const auto number_of_column = [&] {
    return number(
        "select attnum from pg_attribute where attrelid = 'taskward.tasks'::regclass and attname = 'search'");
  };
  const auto before = number_of_column();
  BOOST_TEST(!store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(number_of_column() == before);
}

BOOST_AUTO_TEST_CASE(one_that_there_is_not_is_named_and_changes_nothing) {
  make(ann, "running");
  BOOST_CHECK_EXCEPTION(store::set_search_configuration(owner, "klingon", new_id<AuditId>()),
                        store::BadMigrations, [](const store::BadMigrations& fault) {
                          const std::string text = fault.what();
                          return text.find("klingon") != std::string::npos &&
                                 text.find("english") != std::string::npos &&
                                 text.find("SEARCH_CONFIGURATION") != std::string::npos;
                        });
  BOOST_TEST(store::search_configuration(owner) == "simple");
  BOOST_TEST(found("runn") == "running");
}

BOOST_AUTO_TEST_CASE(the_service_may_not_change_it) {
  BOOST_CHECK_THROW(store::set_search_configuration(service, "english", new_id<AuditId>()),
                    db::StatementFailed);
  BOOST_TEST(store::search_configuration(owner) == "simple");
}

BOOST_AUTO_TEST_CASE(a_worker_that_runs_meanwhile_goes_on) {
  make(ann, "running");
  BOOST_TEST(found("runn") == "running");
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>()));
  // On the connection that had every statement prepared before.
  BOOST_TEST(found("runs") == "running");
  BOOST_TEST(outcome(change(ann, make(ann, "x").id, {"y"})) == "ok");
  BOOST_TEST(titles(ann) == "y running");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
