#include "task_endpoints.hpp"

#include <cstdint>

#include "conditions.hpp"
#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "task_query.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/api/task_bodies.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Tasks";

enum class Deletion : std::uint8_t { into_trash, permanent };
struct DeletionQuery {
  Deletion deletion = Deletion::into_trash;
};

http::Response task_response(int status, const model::Task& task) {
  http::Response response = object_response(status, task, task_parts());
  response.with("ETag", etag_of(task));
  return response;
}

const Parameters<DeletionQuery>& deletion_parameters() {
  using Query = DeletionQuery;
  static const Parameters<Query> table{
      true_or_false<Query>(
          "permanent", Deletion::permanent, Deletion::into_trash,
          [](Query& into) -> Deletion& { return into.deletion; },
          "Whether to delete the task permanently instead of moving it to the trash."),
  };
  return table;
}

/// The checks of a request that creates tasks. The key covers the body, so it is computed before the body is
/// parsed, which modifies it.
Result<std::optional<domain::IdempotencyKey>> before_creation(const Call& call) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  if (auto none = refuse_if_match(call.request); !none) return std::move(none).error();
  return read_idempotency_key(call);
}

}  // namespace

Result<http::Response> list_tasks(const Call& call, const ReadTasks& access) {
  auto query = read_task_query(call.request.query);
  if (!query) return std::move(query).error();
  auto page = domain::list_tasks(call.resources, access, *query);
  if (!page) return std::move(page).error();
  const bool is_trash = query->filter.place == model::TaskLocation::trash;
  TaskPageBody body{std::move(page->tasks), query->limit, std::nullopt, page->next_cursor, page->total};
  if (!query->cursor) body.offset = query->offset;
  http::Response response = object_response(200, body, is_trash ? trash_page_parts() : task_page_parts());
  link_next_page(response, "/tasks", call.request.query, page->next_cursor);
  return response;
}

Result<http::Response> create_task(const Call& call, const WriteTasks& access) {
  auto key = before_creation(call);
  if (!key) return std::move(key).error();
  auto body = read_body(new_task_shape(), call.request);
  if (!body) return std::move(body).error();
  auto task = domain::create_task(call.resources, access, *body, *key, call.origin());
  if (!task) return std::move(task).error();
  http::Response response = task_response(201, *task);
  response.with("Location", "/tasks/" + task->id.text());
  return response;
}

Result<http::Response> get_task(const Call& call, const ReadTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto task = store::find_task(call.resources.database, access, call.id_as<TaskId>());
  if (!task) return std::move(task).error();
  auto is_known = is_known_to_client(call.request, *task);
  if (!is_known) return std::move(is_known).error();
  if (!*is_known) return task_response(200, *task);
  http::Response response(304);
  response.with("ETag", etag_of(*task));
  return response;
}

Result<http::Response> change_task(const Call& call, const WriteTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto precondition = read_precondition(call.request);
  if (!precondition) return std::move(precondition).error();
  auto body = read_body(task_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto task = store::update_task(call.resources.database, access, call.id_as<TaskId>(), *body, *precondition,
                                 call.stamp());
  if (!task) return std::move(task).error();
  return task_response(200, *task);
}

Result<http::Response> delete_task(const Call& call, const WriteTasks& access) {
  auto precondition = read_precondition(call.request);
  if (!precondition) return std::move(precondition).error();
  auto query = read_parameters(call.request.query, deletion_parameters());
  if (!query) return std::move(query).error();
  auto done =
      query->deletion == Deletion::permanent
          ? store::erase_task(call.resources.database, access, call.id_as<TaskId>(), *precondition,
                              call.stamp())
          : domain::delete_task(call.resources, access, call.id_as<TaskId>(), *precondition, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> restore_task(const Call& call, const WriteTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto precondition = read_precondition(call.request);
  if (!precondition) return std::move(precondition).error();
  auto task =
      domain::restore_task(call.resources, access, call.id_as<TaskId>(), *precondition, call.origin());
  if (!task) return std::move(task).error();
  return task_response(200, *task);
}

Result<http::Response> apply_batch(const Call& call, const WriteTasks& access) {
  auto key = before_creation(call);
  if (!key) return std::move(key).error();
  auto body = read_body(task_batch_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done = domain::apply_batch(call.resources, access, *body, *key, call.origin());
  if (!done) return std::move(done).error();
  return object_response(200, *done, batch_done_parts());
}

// ---------------------------------------------------------------- contract

namespace {

static_assert(model::kTrashPeriod == std::chrono::days(30), "the description of delete_task names 30 days");
constexpr const char* kTask =
    R"({"title":"Water the plants","priority":"normal","due_at":"2026-02-01T18:00:00Z","tags":["home"]})";
constexpr const char* kChange = R"({"status":"done"})";

AnswerFacts task_answer(int status, std::string_view meaning,
                        std::vector<std::string_view> headers = {"ETag"}) {
  return answer_of(status, meaning, samples::task(), task_parts(), std::move(headers));
}

/// A page of tasks or of the trash, which have different members.
AnswerFacts page_answer() {
  AnswerFacts page =
      answer_of(200, "A page of tasks.",
                TaskPageBody{{samples::task()}, model::kPageLimitDefault, 0, std::nullopt, std::nullopt},
                task_page_parts(), {"Link"});
  page.schema = either_schema(facts_of(task_page_parts()), facts_of(trash_page_parts()));
  return page;
}

Operation change_operation(std::string_view route, std::string_view summary) {
  return {.route = route,
          .tag = kTag,
          .summary = summary,
          .description =
              "Omitted members keep their values; null clears an optional member. With `If-Match`, the task "
              "changes only if it still has that version.",
          .headers = {"If-Match", "If-None-Match"},
          .body = body_of(task_change_shape(), {kChange, R"({"due_at":null})"}),
          .answers = {task_answer(200, "The changed task.")},
          .problems = {E::bad_request, E::precondition_failed}};
}

}  // namespace

std::vector<ErrorCode> creation_problems() {
  return {E::bad_request,
          E::precondition_failed,
          E::quota_exceeded,
          E::idempotency_key_reused,
          E::idempotency_key_in_use,
          E::answer_erased,
          E::validation_failed};
}

Operations task_operations() {
  return {
      {.route = "list_tasks",
       .tag = kTag,
       .summary = "List tasks",
       .description = "Returns the caller's tasks that match all filters. The next page is given by "
                      "`next_cursor`, and by the `Link` header with `rel=\"next\"`.",
       .query = task_query_facts(),
       .answers = {page_answer()}},
      {.route = "create_task",
       .tag = kTag,
       .summary = "Create a task",
       .description = "With an `Idempotency-Key`, a repeated request returns the first response and creates "
                      "no further task.",
       .headers = {"Idempotency-Key"},
       .body = body_of(new_task_shape(), {kTask, R"({"title":"Call Bob"})"}),
       .answers = {task_answer(201, "The created task.", {"ETag", "Location"})},
       .problems = creation_problems()},
      {.route = "batch_tasks",
       .tag = kTag,
       .summary = "Create, change and delete tasks in a batch",
       .description =
           "Either the whole batch is applied or nothing. Errors name the item, such as `update[2].title`.",
       .headers = {"Idempotency-Key"},
       .body = body_of(
           task_batch_shape(),
           {R"({"create":[{"title":"Call Bob"}],"update":[{"id":"01936b60-1f00-7c52-8e4f-7a1d3c9b0e55",)"
            R"("version":1,"status":"done"}],"delete":["01936b60-2a00-7d63-9f50-8b2e4dac1f66"]})"}),
       .answers = {answer_of(200, "The results, in the order of the batch.",
                             domain::BatchDone{{samples::task()}, {}, {samples::task().id}},
                             batch_done_parts())},
       .problems = creation_problems()},
      {.route = "read_task",
       .tag = kTag,
       .summary = "Get a task",
       .description = "A task in the trash returns 404.",
       .headers = {"If-None-Match"},
       .answers = {task_answer(200, "The task."),
                   {304, "The client has the current version.", {}, {}, {"ETag"}}},
       .problems = {E::bad_request, E::validation_failed}},
      change_operation("replace_task", "Change a task (PUT)"),
      change_operation("change_task", "Change a task"),
      {.route = "delete_task",
       .tag = kTag,
       .summary = "Delete a task",
       .description = "Moves the task to the trash, where it is kept for 30 days, or deletes it permanently.",
       .query = facts_of(deletion_parameters()),
       .headers = {"If-Match", "If-None-Match"},
       .answers = {no_content("The task was deleted.")},
       .problems = {E::bad_request, E::precondition_failed}},
      {.route = "restore_task",
       .tag = kTag,
       .summary = "Restore a task from the trash",
       .description = "Moves the task back to the list and increments its version.",
       .headers = {"If-Match", "If-None-Match"},
       .answers = {task_answer(200, "The restored task.")},
       .problems = {E::bad_request, E::precondition_failed, E::quota_exceeded, E::validation_failed}},
  };
}

}  // namespace taskward::api
