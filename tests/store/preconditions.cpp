// Conditional requests: a stale version changes nothing, and no concurrent update is lost.
#include "concurrently.hpp"
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Precondition;

Precondition match(std::vector<std::int64_t> versions) { return {{false, std::move(versions)}, {}}; }
Precondition none_match(std::vector<std::int64_t> versions) {
  return {{true, {}}, {false, std::move(versions)}};
}

struct ConditionFixture : TaskFixture {
  const model::Task made = new_task(ann, "first");  // version 1

  Result<model::Task> change_if(const Precondition& precondition, const std::string& title = "next") {
    return store::update_task(service, ann.write_access(), made.id, {title}, precondition, stamp());
  }
  std::string remove_if(const Precondition& precondition) {
    return outcome(store::delete_task(service, ann.write_access(), made.id, precondition, kQuota,
                                      new_id<AuditId>(), stamp()));
  }
  std::string erase_if(const Precondition& precondition) {
    return outcome(store::erase_task(service, ann.write_access(), made.id, precondition, stamp()));
  }
};

BOOST_FIXTURE_TEST_SUITE(preconditions, ConditionFixture)

BOOST_AUTO_TEST_CASE(change_succeeds_if_match_lists_the_version) {
  BOOST_TEST(change_if(match({7, 1}))->version == 2);
  BOOST_TEST(outcome(change_if(match({1}))) == "precondition_failed");
  BOOST_TEST(outcome(change_if(match({}))) == "precondition_failed");
  BOOST_TEST(outcome(change_if(match({-1, 0}))) == "precondition_failed");
  BOOST_TEST(change_if({}, "free")->version == 3);
}

BOOST_AUTO_TEST_CASE(change_fails_if_none_match_lists_the_version) {
  BOOST_TEST(outcome(change_if(none_match({3, 1}))) == "precondition_failed");
  BOOST_TEST(outcome(change_if({{true, {}}, {true, {}}})) == "precondition_failed");
  BOOST_TEST(change_if(none_match({2, 3}))->version == 2);
}

BOOST_AUTO_TEST_CASE(failed_precondition_changes_and_records_nothing) {
  clear_audit();
  const std::string before = all_tasks();
  BOOST_TEST(outcome(change_if(match({2}))) == "precondition_failed");
  BOOST_TEST(remove_if(match({2})) == "precondition_failed");
  BOOST_TEST(erase_if(match({2})) == "precondition_failed");
  BOOST_TEST(erase_if(none_match({1})) == "precondition_failed");
  BOOST_TEST(all_tasks() == before);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(stale_version_is_refused_even_without_an_effective_change) {
  BOOST_TEST(outcome(change_if(match({2}), "first")) == "precondition_failed");
  BOOST_TEST(change_if(match({1}), "first")->version == 1);
}

BOOST_AUTO_TEST_CASE(missing_task_is_not_found_for_any_version) {
  BOOST_TEST(outcome(store::update_task(service, bob.write_access(), made.id, {"x"}, match({1}), stamp())) ==
             "not_found");
  BOOST_TEST(outcome(store::update_task(service, bob.write_access(), made.id, {"x"}, match({2}), stamp())) ==
             "not_found");
  BOOST_TEST(outcome(store::delete_task(service, bob.write_access(), made.id, match({1}), kQuota,
                                        new_id<AuditId>(), stamp())) == "not_found");
  BOOST_TEST(outcome(store::erase_task(service, bob.write_access(), made.id, none_match({1}), stamp())) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(task_is_deleted_and_erased_by_its_version) {
  BOOST_TEST(remove_if(match({1})) == "ok");
  BOOST_TEST(erase_if(match({1})) == "precondition_failed");  // going into the trash was a change
  BOOST_TEST(erase_if(match({2})) == "ok");
}

BOOST_AUTO_TEST_CASE(no_update_is_lost_among_concurrent_read_modify_writes) {
  constexpr int threads = 8, each = 20;
  const auto tries = run_concurrently<int>(*this, threads, [&](db::Connection& connection, int) {
    int count = 0;
    for (int done = 0; done < each;) {
      const auto now = store::find_task(connection, ann.read_access(), made.id);
      const int value = now->title == "first" ? 0 : std::stoi(now->title);
      ++count;
      if (store::update_task(connection, ann.write_access(), made.id, {std::to_string(value + 1)},
                             match({now->version}), stamp()))
        ++done;
    }
    return count;
  });
  int sum = 0;
  for (const int count : tries) sum += count;
  BOOST_TEST(find(ann, made.id)->title == std::to_string(threads * each));
  BOOST_TEST(find(ann, made.id)->version == 1 + threads * each);
  BOOST_TEST(sum > threads * each);  // some updates did conflict
}

BOOST_AUTO_TEST_CASE(one_of_concurrent_conditional_changes_and_deletions_succeeds) {
  const auto outcomes = run_concurrently<std::string>(*this, 8, [&](db::Connection& connection, int thread) {
    if (thread == 0)
      return outcome(store::delete_task(connection, ann.write_access(), made.id, match({1}), kQuota,
                                        new_id<AuditId>(), stamp()));
    return outcome(store::update_task(connection, ann.write_access(), made.id, {std::to_string(thread)},
                                      match({1}), stamp()));
  });
  BOOST_TEST(count_of(outcomes, "ok") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
