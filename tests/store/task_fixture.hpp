// Shorthands for tests of tasks.
#pragma once

#include "fixture.hpp"
#include "taskward/store/task_batches.hpp"
#include "taskward/store/task_imports.hpp"
#include "taskward/store/task_lists.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {

struct TaskFixture : StoreFixture {
  Someone ann = someone(model::Role::user, "ann");
  Someone bob = someone(model::Role::user, "bob");

  model::Task make(const Someone& who, const std::string& title = "a task",
                   model::TaskStatus status = model::TaskStatus::todo) {
    auto made = store::insert_task(service, who.writes(), new_id<TaskId>(), {title, "as described", status},
                                   kQuota, {}, stamp());
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  Result<model::Task> find(const Someone& who, const TaskId& id) {
    return store::find_task(service, who.reads(), id);
  }
  Result<model::Task> change(const Someone& who, const TaskId& id, const model::TaskChange& change) {
    return store::update_task(service, who.writes(), id, change, {}, stamp());
  }
  /// Makes a task of which more is to be said than its title.
  model::Task make(const Someone& who, const model::NewTask& task) {
    auto made = store::insert_task(service, who.writes(), new_id<TaskId>(), task, kQuota, {}, stamp());
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  Result<model::Task> restore(const Someone& who, const TaskId& id, int quota = kQuota) {
    return store::restore_task(service, who.writes(), id, {}, quota, stamp());
  }
  Result<Done> erase(const Someone& who, const TaskId& id) {
    return store::erase_task(service, who.writes(), id, {}, stamp());
  }
  template <class AnId>
  std::vector<AnId> new_ids(std::size_t count) {
    std::vector<AnId> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(new_id<AnId>());
    return ids;
  }
  using BatchOutcome = std::variant<store::BatchDone, std::vector<store::BatchObstacle>>;
  Result<BatchOutcome> batch(const Someone& who, const model::TaskBatch& batch, int quota = kQuota,
                             const std::optional<store::IdempotencyKey>& key = {}) {
    return store::apply_batch(service, who.writes(), batch, new_ids<TaskId>(batch.create.size()),
                              new_ids<AuditId>(store::records_of(batch)), quota, key, origin);
  }
  Result<std::size_t> import(const Someone& who, const std::vector<model::ImportedTask>& tasks,
                             int quota = kQuota, const std::optional<store::IdempotencyKey>& key = {}) {
    return store::insert_tasks(service, who.writes(), tasks, new_ids<TaskId>(tasks.size()),
                               new_ids<AuditId>(tasks.size() + 1), quota, key, origin);
  }
  /// A key that nobody has used, for some request.
  store::IdempotencyKey new_key() { return {new_hash(), new_hash()}; }

  Result<store::ListedTasks> list(const Someone& who, const model::TaskFilter& filter = {}, int limit = 100,
                                  int offset = 0) {
    return store::list_tasks(service, who.reads(), {filter, limit, offset, {}, {}});
  }
  /// The titles in their order, parted by spaces, or the refusal.
  std::string titles(const Someone& who, const model::TaskFilter& filter = {}, int limit = 100,
                     int offset = 0) {
    auto listed = list(who, filter, limit, offset);
    if (!listed) return outcome(listed);
    std::string out;
    for (const model::Task& task : listed->tasks) out += (out.empty() ? "" : " ") + task.title;
    return out;
  }
  Result<Done> remove(const Someone& who, const TaskId& id) {
    return store::delete_task(service, who.writes(), id, {}, kQuota, new_id<AuditId>(), stamp());
  }
  /// Every task of everybody, in full.
  std::string all_tasks() {
    return text("select coalesce(string_agg(t::text, ' ' order by id), '') from taskward.tasks t");
  }
};

}  // namespace taskward::testing
