// The times of imported tasks are compared with the clock; a repeated import refuses the same tasks.
#include "domain_fixture.hpp"
#include "taskward/domain/task_import.hpp"
#include "tests/support/fixed_clock.hpp"

namespace taskward::testing {
namespace {

struct ImportTimesFixture : DomainFixture {
  TestUser ann = new_user(model::Role::user, "ann");
  // A key expires by the clock of the database.
  FixedClock stopped{std::chrono::floor<std::chrono::milliseconds>(clock.now())};
  domain::Resources at_that_time{service, stopped,         random,       keys,  passwords,
                                 hashing, password_policy, derived_keys, rules, meter,
                                 health,  hints,           known_tokens};

  ImportTimesFixture() { rules.tasks_per_user = 10; }

  static domain::FileTask task(std::size_t line, std::optional<Timestamp> created,
                               std::optional<Timestamp> completed) {
    const auto status = completed ? model::TaskStatus::done : model::TaskStatus::todo;
    return {line, {{"t", "", status}, created, completed}};
  }
  domain::ImportOutcome import(const domain::ImportedFile& file,
                               const std::optional<store::IdempotencyKey>& key = {}) {
    auto done = domain::import_tasks(at_that_time, ann.write_access(), file, key, origin);
    BOOST_TEST_REQUIRE(outcome(done) == "ok");
    return std::move(*done);
  }
};

Lines lines_of(const std::vector<domain::ImportIssue>& issues) {
  Lines lines;
  for (const auto& one : issues)
    lines.push_back(std::to_string(one.line) + ' ' + one.code + ": " + one.message);
  return lines;
}

BOOST_FIXTURE_TEST_SUITE(task_import_times, ImportTimesFixture)

BOOST_AUTO_TEST_CASE(task_with_a_time_in_the_future_is_refused) {
  const Timestamp now = stopped.now();
  const Timestamp later = now + std::chrono::milliseconds(1);
  const auto done = import(
      {{task(2, now, {}), task(3, later, {}), task(5, {}, now), task(6, now, later), task(7, later, later)},
       {{4, "required", "title is required"}},
       {{2, "not_imported", "RRULE is not imported"}}});
  BOOST_TEST(done.imported == 2U);
  BOOST_TEST(lines_of(done.refused) == (Lines{"3 out_of_range: created_at must not be in the future",
                                              "4 required: title is required",
                                              "6 out_of_range: completed_at must not be in the future",
                                              "7 out_of_range: created_at must not be in the future"}),
             boost::test_tools::per_element());
  BOOST_TEST(lines_of(done.warnings) == Lines{"2 not_imported: RRULE is not imported"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(repeated_import_has_the_same_outcome_after_the_time_has_come) {
  const Timestamp later = stopped.now() + std::chrono::minutes(1);
  rules.tasks_per_user = 1;
  const domain::ImportedFile file{{task(2, later, {}), task(3, {}, {}), task(4, {}, {})}, {}, {}};
  const store::IdempotencyKey key{new_hash(), new_hash()};
  const auto first = import(file, key);
  BOOST_TEST(first.imported == 1U);
  BOOST_TEST(first.refused.size() == 2U);
  stopped.advance(std::chrono::hours(1));
  const auto again = import(file, key);
  BOOST_TEST(again.imported == 1U);
  BOOST_TEST(lines_of(again.refused) == lines_of(first.refused), boost::test_tools::per_element());
  BOOST_TEST(count_rows("tasks") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
