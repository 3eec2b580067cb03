// Shorthands for tests of tasks.
#pragma once

#include "fixture.hpp"
#include "taskward/store/task_batches.hpp"
#include "taskward/store/task_imports.hpp"
#include "taskward/store/task_lists.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {

struct TaskFixture : StoreFixture {
  // Every task is indexed, so that lists can be read both ways.
  explicit TaskFixture(ThrowawayServer& on = testing::server())
      : StoreFixture(ThrowawayDatabase::Schema::migrated, on) {
    execute(
        "alter table taskward.users alter column tasks_indexed set default 1; update taskward.users set"
        " tasks_indexed = 1; alter table taskward.tasks alter column is_indexed set default true");
  }

  TestUser ann = new_user(model::Role::user, "ann");
  TestUser bob = new_user(model::Role::user, "bob");

  model::Task new_task(const TestUser& who, const std::string& title = "a task",
                       model::TaskStatus status = model::TaskStatus::todo) {
    return new_task(who, model::NewTask{title, "as described", status});
  }
  Result<model::Task> find(const TestUser& who, const TaskId& id) {
    return store::find_task(service, who.read_access(), id);
  }
  Result<model::Task> change(const TestUser& who, const TaskId& id, const model::TaskChange& change) {
    return store::update_task(service, who.write_access(), id, change, {}, stamp());
  }
  model::Task new_task(const TestUser& who, const model::NewTask& task) {
    auto made =
        store::insert_task(service, hints, who.write_access(), new_id<TaskId>(), task, kQuota, {}, stamp());
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  Result<model::Task> restore(const TestUser& who, const TaskId& id, int quota = kQuota) {
    return store::restore_task(service, who.write_access(), id, {}, quota, stamp());
  }
  Result<Done> erase(const TestUser& who, const TaskId& id) {
    return store::erase_task(service, who.write_access(), id, {}, stamp());
  }
  template <class Id>
  std::vector<Id> new_ids(std::size_t count) {
    std::vector<Id> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(new_id<Id>());
    return ids;
  }
  using BatchOutcome = std::variant<store::BatchDone, std::vector<store::BatchConflict>>;
  Result<BatchOutcome> batch(const TestUser& who, const model::TaskBatch& batch, int quota = kQuota,
                             const std::optional<store::IdempotencyKey>& key = {}) {
    return store::apply_batch(service, who.write_access(), batch, new_ids<TaskId>(batch.create.size()),
                              new_ids<AuditId>(store::records_of(batch)), quota, key, origin);
  }
  Result<std::size_t> import(const TestUser& who, const std::vector<model::ImportedTask>& tasks,
                             int quota = kQuota, const std::optional<store::IdempotencyKey>& key = {}) {
    auto done = store::insert_tasks(service, who.write_access(), tasks, new_ids<TaskId>(tasks.size()),
                                    new_ids<AuditId>(tasks.size() + 1), quota, key, clock.now(), origin);
    if (!done) return std::move(done).error();
    return done->imported;
  }
  /// A new key, for an arbitrary request.
  store::IdempotencyKey new_key() { return {new_hash(), new_hash()}; }

  Result<store::ListedTasks> list(const TestUser& who, const model::TaskFilter& filter = {}, int limit = 100,
                                  int offset = 0) {
    return list(who, store::TaskListing{filter, limit, offset, {}, {}});
  }
  /// Reads the list as that of an owner with few tasks and as that of one with many, and compares.
  Result<store::ListedTasks> list(const TestUser& who, const store::TaskListing& listing) {
    use_index(who, false);
    auto of_few = store::list_tasks(service, hints, who.read_access(), listing);
    use_index(who, true);
    auto of_many = store::list_tasks(service, hints, who.read_access(), listing);
    use_index(who, false);
    BOOST_TEST_REQUIRE(outcome(of_few) == outcome(of_many));
    if (of_few) {
      BOOST_TEST((of_few->total == of_many->total));
      BOOST_TEST_REQUIRE(of_few->tasks.size() == of_many->tasks.size());
      for (std::size_t i = 0; i < of_few->tasks.size(); ++i) {
        BOOST_TEST((of_few->tasks[i].id == of_many->tasks[i].id));
        BOOST_TEST((of_few->position(i).key == of_many->position(i).key));
      }
    }
    return of_few;
  }
  void use_index(const TestUser& who, bool is_used) {
    owner.query("update taskward.users set tasks_indexed = $2::smallint where id = $1::uuid",
                db::Params().id(who.user).number(is_used ? 2 : 1));
  }
  /// The titles in order, separated by spaces, or the error code.
  std::string titles(const TestUser& who, const model::TaskFilter& filter = {}, int limit = 100,
                     int offset = 0) {
    auto listed = list(who, filter, limit, offset);
    if (!listed) return outcome(listed);
    std::string out;
    for (const model::Task& task : listed->tasks) out += (out.empty() ? "" : " ") + task.title;
    return out;
  }
  /// Matches the words of the text, best match first.
  static model::TaskFilter words(const std::string& text) {
    model::TaskFilter filter;
    filter.text = text;
    filter.sort = model::TaskSort::relevance;
    return filter;
  }
  /// The titles of Ann's tasks that match the words.
  std::string found(const std::string& text) { return titles(ann, words(text)); }
  Result<Done> remove(const TestUser& who, const TaskId& id) {
    return store::delete_task(service, who.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp());
  }
  /// All tasks of all owners, as text.
  std::string all_tasks() {
    return text("select coalesce(string_agg(t::text, ' ' order by id), '') from taskward.tasks t");
  }
};

}  // namespace taskward::testing
