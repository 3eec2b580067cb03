#include "taskward/domain/tasks.hpp"

#include "new_ids.hpp"
#include "task_cursor.hpp"
#include "taskward/crypto/digest.hpp"

namespace taskward::domain {
namespace {

/// Limits a batch of tasks of maximum size to a few megabytes.
constexpr std::int64_t kExportBatch = 200;

FieldFault fault_of(const store::BatchConflict& obstacle) {
  using store::BatchConflict;
  const std::string index = '[' + std::to_string(obstacle.index) + ']';
  const bool is_update = obstacle.part == BatchConflict::Part::update;
  if (obstacle.kind == BatchConflict::Kind::stale_version)
    return {"update" + index + ".version", FaultCode::stale_version,
            "is not the current version of the task; get the task again"};
  return {is_update ? "update" + index + ".id" : "delete" + index, FaultCode::not_found,
          "is not the id of one of your tasks"};
}

}  // namespace

IdempotencyKey idempotency_key(std::string_view key, std::string_view route, std::string_view content_type,
                               std::string_view body) {
  std::string request;
  for (const std::string_view part : {route, content_type}) {
    request += part;
    request += '\0';
  }
  request += body;
  IdempotencyKey hashes{crypto::sha256(key), crypto::sha256(request)};
  wipe(request);
  return hashes;
}

Result<model::Task> create_task(const Resources& resources, const WriteTasks& access,
                                const model::NewTask& task, const std::optional<IdempotencyKey>& key,
                                const model::Origin& origin) {
  return store::insert_task(resources.database, resources.owner_hints, access,
                            TaskId::make(resources.clock, resources.random), task,
                            resources.rules.tasks_per_user, key, resources.stamp(origin));
}

Result<Done> delete_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                         const model::Precondition& precondition, const model::Origin& origin) {
  return store::delete_task(resources.database, access, id, precondition, resources.rules.tasks_per_user,
                            AuditId::make(resources.clock, resources.random), resources.stamp(origin));
}

Result<model::Task> restore_task(const Resources& resources, const WriteTasks& access, const TaskId& id,
                                 const model::Precondition& precondition, const model::Origin& origin) {
  return store::restore_task(resources.database, access, id, precondition, resources.rules.tasks_per_user,
                             resources.stamp(origin));
}

Result<BatchDone> apply_batch(const Resources& resources, const WriteTasks& access,
                              const model::TaskBatch& batch, const std::optional<IdempotencyKey>& key,
                              const model::Origin& origin) {
  const auto created = new_ids<TaskId>(resources, batch.create.size());
  const auto records = new_ids<AuditId>(resources, store::records_of(batch));
  auto outcome = store::apply_batch(resources.database, access, batch, created, records,
                                    resources.rules.tasks_per_user, key, origin);
  if (!outcome) return std::move(outcome).error();
  if (auto* done = std::get_if<BatchDone>(&*outcome)) return std::move(*done);
  std::vector<FieldFault> faults;
  for (const auto& obstacle : std::get<std::vector<store::BatchConflict>>(*outcome))
    faults.push_back(fault_of(obstacle));
  return validation_failed(std::move(faults));
}

Result<TaskPage> list_tasks(const Resources& resources, const ReadTasks& access, const TaskQuery& query) {
  const Secret& key = resources.derived_keys.cursors;
  // One item more than shown, to detect whether there is a next page.
  store::TaskListing listing{query.filter, query.limit + 1, query.offset, std::nullopt, query.total};
  if (query.cursor) {
    listing.after = read_task_cursor(*query.cursor, key, access.user(), query.filter);
    if (!listing.after) {
      return validation_failed({{"cursor", FaultCode::invalid_value,
                                 "must be a next_cursor of a list with the same filter and sort"}});
    }
  }
  auto listed =
      store::list_tasks(resources.database, resources.owner_hints, access, listing, resources.replica);
  if (!listed) return std::move(listed).error();
  TaskPage page{{}, std::nullopt, listed->total};
  const auto limit = static_cast<std::size_t>(query.limit);
  if (listed->tasks.size() > limit) {
    page.next_cursor = task_cursor(listed->position(limit - 1), key, access.user(), query.filter);
    listed->tasks.resize(limit);
  }
  page.tasks = std::move(listed->tasks);
  return page;
}

Result<std::vector<model::Task>> TaskExport::next() {
  if (is_over_) return std::vector<model::Task>();
  auto tasks =
      store::export_tasks(resources_.database, access_, last_, kExportBatch, stamp_, resources_.replica);
  if (!tasks) return std::move(tasks).error();
  is_over_ = tasks->size() < static_cast<std::size_t>(kExportBatch);
  if (!tasks->empty()) last_ = tasks->back().id;
  return tasks;
}

}  // namespace taskward::domain
