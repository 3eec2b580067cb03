#include <cstdint>

#include "conditions.hpp"
#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "task_query.hpp"
#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/tasks.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

enum class Deletion : std::uint8_t { into_trash, for_good };
struct DeletionQuery {
  Deletion deletion = Deletion::into_trash;
};

/// An id of another form names no task, and neither does the nil id: so the statement tells the caller
/// what it would of a task that does not exist.
TaskId task_id(const Call& call) { return TaskId::parse(call.id).value_or(TaskId{}); }

http::Response task_response(int status, const model::Task& task) {
  http::Response response = object_response(status, task, task_parts());
  response.with("ETag", etag_of(task));
  return response;
}

const Parameters<DeletionQuery>& deletion_parameters() {
  using Query = DeletionQuery;
  static const Parameters<Query> table{
      true_or_false<Query>(
          "permanent", Deletion::for_good, Deletion::into_trash,
          [](Query& into) -> Deletion& { return into.deletion; },
          "Whether it is deleted for good, from where it is."),
  };
  return table;
}

/// What a request that makes something is checked for before its body is read, which takes the body apart.
Result<std::optional<domain::IdempotencyKey>> before_making(const Call& call) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  if (auto none = refuse_if_match(call.request); !none) return std::move(none).error();
  return read_idempotency_key(call);
}

}  // namespace

std::vector<ParameterFacts> task_deletion_query_facts() { return facts_of(deletion_parameters()); }

Result<http::Response> list_tasks(const Call& call, const ReadTasks& access) {
  auto query = read_task_query(call.request.query);
  if (!query) return std::move(query).error();
  auto page = domain::list_tasks(call.resources, access, *query);
  if (!page) return std::move(page).error();
  const bool is_trash = query->filter.place == model::TaskPlace::trash;
  TaskPageBody body{std::move(page->tasks), query->limit, std::nullopt, page->next_cursor, page->total};
  if (!query->cursor) body.offset = query->offset;
  http::Response response = object_response(200, body, is_trash ? trash_page_parts() : task_page_parts());
  if (page->next_cursor)
    response.with("Link",
                  "</tasks?" + next_page_query(call.request.query, *page->next_cursor) + ">; rel=\"next\"");
  return response;
}

Result<http::Response> create_task(const Call& call, const WriteTasks& access) {
  auto key = before_making(call);
  if (!key) return std::move(key).error();
  auto body = read_body(new_task_shape(), call.request);
  if (!body) return std::move(body).error();
  auto task = domain::create_task(call.resources, access, *body, *key, call.origin());
  if (!task) return std::move(task).error();
  http::Response response = task_response(201, *task);
  response.with("Location", "/tasks/" + task->id.text());
  return response;
}

Result<http::Response> read_task(const Call& call, const ReadTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto task = domain::read_task(call.resources, access, task_id(call));
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
  auto task = domain::change_task(call.resources, access, task_id(call), *body, *precondition, call.origin());
  if (!task) return std::move(task).error();
  return task_response(200, *task);
}

Result<http::Response> delete_task(const Call& call, const WriteTasks& access) {
  auto precondition = read_precondition(call.request);
  if (!precondition) return std::move(precondition).error();
  auto query = read_parameters(call.request.query, deletion_parameters());
  if (!query) return std::move(query).error();
  const auto remove = query->deletion == Deletion::for_good ? domain::erase_task : domain::delete_task;
  auto done = remove(call.resources, access, task_id(call), *precondition, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> restore_task(const Call& call, const WriteTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto precondition = read_precondition(call.request);
  if (!precondition) return std::move(precondition).error();
  auto task = domain::restore_task(call.resources, access, task_id(call), *precondition, call.origin());
  if (!task) return std::move(task).error();
  return task_response(200, *task);
}

Result<http::Response> apply_batch(const Call& call, const WriteTasks& access) {
  auto key = before_making(call);
  if (!key) return std::move(key).error();
  auto body = read_body(task_batch_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done = domain::apply_batch(call.resources, access, *body, *key, call.origin());
  if (!done) return std::move(done).error();
  return object_response(200, *done, batch_done_parts());
}

}  // namespace taskward::api
