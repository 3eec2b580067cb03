// The text search configuration of tasks, and changing it.
#include "taskward/store/search_configuration.hpp"

#include "task_fixture.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::testing {
namespace {

BOOST_FIXTURE_TEST_SUITE(search_configuration, TaskFixture)

BOOST_AUTO_TEST_CASE(new_database_does_not_stem_words) {
  BOOST_TEST(store::search_configuration(owner) == "simple");
  new_task(ann, "running");
  BOOST_TEST(found("runs").empty());
}

BOOST_AUTO_TEST_CASE(change_reindexes_every_task) {
  new_task(ann, "running");
  new_task(bob, "ran");
  bool was_told = false;
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>(), [&] { was_told = true; }));
  BOOST_TEST(was_told);
  BOOST_TEST(store::search_configuration(owner) == "english");
  BOOST_TEST(found("runs") == "running");
  new_task(ann, "runner");
  BOOST_TEST(text("select reason from taskward.audit where action = 'search.configure'") == "english");
  BOOST_TEST(store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(found("runs").empty());
  BOOST_TEST(found("runn") == "runner running");
}

BOOST_AUTO_TEST_CASE(prefixes_are_found_with_a_stemming_configuration) {
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>()));
  new_task(ann, "reorganization");
  new_task(ann, "universities");
  new_task(ann, "the");
  for (const char* text : {"r", "reorgan", "reorgani", "reorganiza", "reorganization", "reorganizing"})
    BOOST_TEST(found(text) == "reorganization", text);
  for (const char* text : {"univers", "universit", "university"})
    BOOST_TEST(found(text) == "universities", text);
  BOOST_TEST(found("th") == "the");
  BOOST_TEST(found("the") == "the");
  BOOST_TEST(found("organ").empty());
}

BOOST_AUTO_TEST_CASE(simple_configuration_matches_the_migration) {
  const std::string made_by =
      "select trim(prosrc) from pg_proc where oid = 'taskward.search_vector'::regproc";
  const std::string migrated = text(made_by);
  BOOST_TEST(store::set_search_configuration(owner, "german", new_id<AuditId>()));
  BOOST_TEST(text(made_by) != migrated);
  BOOST_TEST(store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(text(made_by) == migrated);
}

BOOST_AUTO_TEST_CASE(current_configuration_changes_nothing) {
  const std::string version = "select xmin::text from pg_proc where oid = 'taskward.search_vector'::regproc";
  const std::string before = text(version);
  BOOST_TEST(!store::set_search_configuration(owner, "simple", new_id<AuditId>()));
  BOOST_TEST(text(version) == before);
}

BOOST_AUTO_TEST_CASE(unknown_configuration_is_named_and_changes_nothing) {
  new_task(ann, "running");
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

BOOST_AUTO_TEST_CASE(service_cannot_change_the_configuration) {
  BOOST_CHECK_THROW(store::set_search_configuration(service, "english", new_id<AuditId>()),
                    db::StatementFailed);
  BOOST_TEST(store::search_configuration(owner) == "simple");
}

BOOST_AUTO_TEST_CASE(running_worker_continues_after_a_change) {
  new_task(ann, "running");
  BOOST_TEST(found("runn") == "running");
  BOOST_TEST(store::set_search_configuration(owner, "english", new_id<AuditId>()));
  // The connection had prepared the statement before the change.
  BOOST_TEST(found("runs") == "running");
  BOOST_TEST(outcome(change(ann, new_task(ann, "x").id, {"y"})) == "ok");
  BOOST_TEST(titles(ann) == "y running");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
