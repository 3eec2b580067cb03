// A retry with the same key returns the first answer and has no further effect.
#include <set>

#include "concurrently.hpp"
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using store::IdempotencyKey;

struct IdempotencyFixture : TaskFixture {
  const IdempotencyKey key = new_key();

  Result<model::Task> add(const TestUser& who, const IdempotencyKey& with, const std::string& title = "t",
                          int quota = kQuota) {
    return store::insert_task(
        service, hints, who.write_access(), new_id<TaskId>(),
        {title, "d \\ \" '", model::TaskStatus::done, model::TaskPriority::low, clock.now(), {"a, b", "c"}},
        quota, with, stamp());
  }
  void expire_key() {
    execute("update taskward.idempotency_keys set created_at = now() - interval '24 hours 1 second'");
  }
};

void check_same(const model::Task& a, const model::Task& b) {
  BOOST_TEST((a.id == b.id));
  BOOST_TEST(a.title == b.title);
  BOOST_TEST(a.description == b.description);
  BOOST_TEST((a.status == b.status && a.priority == b.priority && a.due_at == b.due_at));
  BOOST_TEST(a.tags == b.tags, boost::test_tools::per_element());
  BOOST_TEST((a.created_at == b.created_at && a.updated_at == b.updated_at));
  BOOST_TEST((a.completed_at == b.completed_at && a.version == b.version));
}

BOOST_FIXTURE_TEST_SUITE(idempotency, IdempotencyFixture)

BOOST_AUTO_TEST_CASE(retry_returns_the_first_answer_and_creates_nothing) {
  const auto first = add(ann, key);
  BOOST_TEST_REQUIRE(outcome(first) == "ok");
  clear_audit();
  const auto second = add(ann, key, "it does not look at this");
  BOOST_TEST_REQUIRE(outcome(second) == "ok");
  check_same(*first, *second);
  BOOST_TEST(count_rows("tasks") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(first_answer_is_kept_when_the_task_changes) {
  const auto first = add(ann, key);
  BOOST_TEST_REQUIRE(outcome(first) == "ok");
  BOOST_TEST(outcome(change(ann, first->id, {"changed"})) == "ok");
  BOOST_TEST(outcome(remove(ann, first->id)) == "ok");
  check_same(*first, *add(ann, key));
}

BOOST_AUTO_TEST_CASE(different_request_with_the_same_key_is_refused) {
  BOOST_TEST(outcome(add(ann, key)) == "ok");
  BOOST_TEST(outcome(add(ann, {key.key, new_hash()})) == "idempotency_key_reused");
  BOOST_TEST(outcome(add(ann, {new_hash(), key.request})) == "ok");
  BOOST_TEST(count_rows("tasks") == 2);
}

BOOST_AUTO_TEST_CASE(keys_of_different_owners_are_independent) {
  const auto anns = add(ann, key);
  const auto bobs = add(bob, key);
  BOOST_TEST_REQUIRE(outcome(bobs) == "ok");
  BOOST_TEST((anns->id != bobs->id));
  BOOST_TEST(count_rows("tasks") == 2);
  BOOST_TEST(outcome(add(bob, {key.key, new_hash()})) == "idempotency_key_reused");
}

BOOST_AUTO_TEST_CASE(concurrent_requests_with_one_key_create_one_task) {
  for (int round = 0; round < 5; ++round) {
    const IdempotencyKey shared_key = new_key();
    const auto before = count_rows("tasks");
    const auto made = run_concurrently<TaskId>(*this, 12, [&](db::Connection& connection, int) {
      return store::insert_task(connection, hints, ann.write_access(), new_id<TaskId>(), {"t", "", {}},
                                kQuota, shared_key, stamp())
          ->id;
    });
    BOOST_TEST((std::set<TaskId>(made.begin(), made.end()).size() == 1U));
    BOOST_TEST(count_rows("tasks") == before + 1);
  }
  // Requests that lost the race took no quota.
  BOOST_TEST(number("select sum(room)::bigint from taskward.task_room") >= kQuota - 5);
}

BOOST_AUTO_TEST_CASE(key_expires_after_24_hours) {
  const auto first = add(ann, key);
  execute("update taskward.idempotency_keys set created_at = now() - interval '23 hours 59 minutes'");
  check_same(*first, *add(ann, key));
  expire_key();
  const auto second = add(ann, {key.key, new_hash()});
  BOOST_TEST_REQUIRE(outcome(second) == "ok");
  BOOST_TEST((first->id != second->id));
  BOOST_TEST(count_rows("idempotency_keys") == 1);
  BOOST_TEST(count_rows("idempotency_keys where created_at > now() - interval '1 hour'") == 1);
}

BOOST_AUTO_TEST_CASE(refusal_is_not_stored) {
  BOOST_TEST(outcome(add(ann, new_key(), "t", 1)) == "ok");
  BOOST_TEST(outcome(add(ann, key, "t", 1)) == "quota_exceeded");
  BOOST_TEST(outcome(add(ann, key, "t", 2)) == "ok");
  BOOST_TEST(count_rows("tasks") == 2);
}

BOOST_AUTO_TEST_CASE(retry_needs_no_quota) {
  BOOST_TEST(outcome(add(ann, key, "t", 1)) == "ok");
  BOOST_TEST(outcome(add(ann, key, "t", 1)) == "ok");
  BOOST_TEST(outcome(add(ann, new_key(), "t", 1)) == "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(erased_task_is_removed_from_stored_answers) {
  const auto first = add(ann, key, "s3cret");
  BOOST_TEST(outcome(remove(ann, first->id)) == "ok");
  BOOST_TEST(outcome(erase(ann, first->id)) == "ok");
  BOOST_TEST(count_rows("idempotency_keys k where k::text like '%s3cret%'") == 0);
  BOOST_TEST(outcome(add(ann, key, "s3cret")) == "answer_erased");
  BOOST_TEST(count_rows("tasks") == 0);
}

BOOST_AUTO_TEST_CASE(key_needs_a_live_session_and_the_permission) {
  BOOST_TEST(outcome(add(ann, key)) == "ok");
  set_role(ann, model::Role::guest);
  BOOST_TEST(outcome(add(ann, key)) == "forbidden");
  revoke(ann);
  BOOST_TEST(outcome(add(ann, key)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(batch_is_stored_as_a_whole) {
  const TaskId old = new_task(ann, "old").id;
  const TaskId gone = new_task(ann, "gone").id;
  model::BatchUpdate update;
  update.id = old;
  update.title = "new";
  const model::TaskBatch changes{{{"made", "", {}}, {"too", "", {}}}, {update}, {gone}};
  const auto first = batch(ann, changes, kQuota, key);
  BOOST_TEST_REQUIRE(outcome(first) == "ok");
  clear_audit();
  const auto second = batch(ann, changes, kQuota, key);
  BOOST_TEST_REQUIRE(outcome(second) == "ok");
  const auto& a = std::get<store::BatchDone>(*first);
  const auto& b = std::get<store::BatchDone>(*second);
  BOOST_TEST_REQUIRE((a.created.size() == 2U && b.created.size() == 2U && b.updated.size() == 1U));
  check_same(a.created[0], b.created[0]);
  check_same(a.created[1], b.created[1]);
  check_same(a.updated[0], b.updated[0]);
  BOOST_TEST((a.removed == b.removed));
  BOOST_TEST(audit().empty());
  BOOST_TEST(count_rows("tasks") == 4);
  BOOST_TEST(outcome(batch(ann, changes, kQuota, IdempotencyKey{key.key, new_hash()})) ==
             "idempotency_key_reused");
  BOOST_TEST(outcome(erase(ann, old)) == "ok");
  BOOST_TEST(outcome(batch(ann, changes, kQuota, key)) == "answer_erased");
}

BOOST_AUTO_TEST_CASE(refused_batch_is_not_stored) {
  const model::TaskBatch bad{{{"made", "", {}}}, {}, {new_id<TaskId>()}};
  const auto refused = batch(ann, bad, kQuota, key);
  BOOST_TEST_REQUIRE(outcome(refused) == "ok");
  BOOST_TEST(std::get<std::vector<store::BatchConflict>>(*refused).size() == 1U);
  const auto good = batch(ann, {{{"made", "", {}}}, {}, {}}, kQuota, key);
  BOOST_TEST(std::get<store::BatchDone>(*good).created.size() == 1U);
}

BOOST_AUTO_TEST_CASE(import_stores_the_number_of_created_tasks) {
  const std::vector<model::ImportedTask> tasks_in{
      {{"a", "", {}}, {}, {}}, {{"b", "", {}}, {}, {}}, {{"c", "", {}}, {}, {}}};
  BOOST_TEST(*import(ann, tasks_in, 2, key) == 2U);
  BOOST_TEST(*import(ann, tasks_in, kQuota, key) == 2U);
  BOOST_TEST(count_rows("tasks") == 2);
  BOOST_TEST(outcome(import(ann, tasks_in, kQuota, IdempotencyKey{key.key, new_hash()})) ==
             "idempotency_key_reused");
  const auto made = run_concurrently<std::string>(*this, 6, [&](db::Connection& connection, int) {
    const IdempotencyKey shared_key{key.request, key.key};
    const auto done = store::insert_tasks(connection, ann.write_access(), tasks_in, new_ids<TaskId>(3),
                                          new_ids<AuditId>(4), kQuota, shared_key, clock.now(), origin);
    return done ? std::to_string(done->imported) : outcome(done);
  });
  // Other requests with the key do not wait for the import.
  for (const std::string& one : made) BOOST_TEST((one == "3" || one == "idempotency_key_in_use"), one);
  BOOST_TEST(count_of(made, "3") >= 1);
  BOOST_TEST(count_rows("tasks") == 5);
}

BOOST_AUTO_TEST_CASE(import_stores_its_time_with_the_key) {
  const Timestamp first = clock.now();
  const auto at = [&](Timestamp now) {
    const auto done = store::insert_tasks(service, ann.write_access(), {}, {}, new_ids<AuditId>(1), kQuota,
                                          key, now, origin);
    BOOST_TEST_REQUIRE(outcome(done) == "ok");
    return done->at;
  };
  BOOST_TEST((at(first) == first));
  BOOST_TEST((at(first + std::chrono::hours(1)) == first));
}

BOOST_AUTO_TEST_CASE(key_held_by_an_import_is_refused_immediately) {
  const auto import_under_way = connect();
  db::Transaction transaction(*import_under_way);
  static_cast<void>(import_under_way->query(
      "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || encode($2::bytea, 'hex'), 0))",
      db::Params().id(ann.user).bytes(crypto::view(key.key))));
  BOOST_TEST(outcome(add(ann, key)) == "idempotency_key_in_use");
  BOOST_TEST(outcome(batch(ann, {{{"made", "", {}}}, {}, {}}, kQuota, key)) == "idempotency_key_in_use");
  BOOST_TEST(outcome(import(ann, {{{"a", "", {}}, {}, {}}}, kQuota, key)) == "idempotency_key_in_use");
  BOOST_TEST(outcome(add(bob, key)) == "ok");
  BOOST_TEST(count_rows("tasks where owner_id = '" + ann.user.text() + "'") == 0);
  transaction.commit();
  BOOST_TEST(outcome(add(ann, key)) == "ok");
}

BOOST_AUTO_TEST_CASE(answer_much_larger_than_the_request_is_not_stored) {
  model::TaskBatch removal;
  model::TaskBatch small;
  const std::string text(10'000, 'x');
  for (int i = 0; i < 20; ++i) {
    const TaskId id = new_task(ann, {std::to_string(i), text, {}, {}, {}, {}}).id;
    (i < 5 ? small : removal).remove.push_back(id);
  }
  BOOST_TEST(outcome(batch(ann, removal, kQuota, key)) == "ok");
  BOOST_TEST(outcome(batch(ann, removal, kQuota, key)) == "answer_erased");
  const IdempotencyKey other{new_hash(), new_hash()};
  BOOST_TEST(outcome(batch(ann, small, kQuota, other)) == "ok");
  const auto again = batch(ann, small, kQuota, other);
  BOOST_TEST_REQUIRE(outcome(again) == "ok");
  BOOST_TEST((std::get<store::BatchDone>(*again).removed == small.remove));
  BOOST_TEST(number("select max(octet_length(answer::text)) from taskward.idempotency_keys") <= 128 * 1024);
}

BOOST_AUTO_TEST_CASE(keys_are_deleted_with_the_account) {
  BOOST_TEST(outcome(add(ann, key)) == "ok");
  execute("delete from taskward.users where id = '" + ann.user.text() + "'");
  BOOST_TEST(count_rows("idempotency_keys") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
