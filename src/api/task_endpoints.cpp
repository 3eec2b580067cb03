#include "task_query.hpp"
#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {
namespace {

/// An id of another form names no task, and neither does the nil id: so the statement tells the caller
/// what it would of a task that does not exist.
TaskId task_id(const Call& call) { return TaskId::parse(call.id).value_or(TaskId{}); }

}  // namespace

Result<http::Response> list_tasks(const Call& call, const ReadTasks& access) {
  auto query = read_task_query(call.request.query);
  if (!query) return std::move(query).error();
  auto tasks = domain::list_tasks(call.resources, access, *query);
  if (!tasks) return std::move(tasks).error();
  json::Writer w;
  w.begin_object();
  w.key("items");
  w.begin_array();
  for (const model::Task& task : *tasks) write_object(w, task, task_parts());
  w.end_array();
  w.key("limit");
  w.number(query->limit);
  w.key("offset");
  w.number(query->offset);
  w.end_object();
  return json_response(200, w);
}

Result<http::Response> create_task(const Call& call, const WriteTasks& access) {
  auto body = read_body(new_task_shape(), call.request);
  if (!body) return std::move(body).error();
  auto task = domain::create_task(call.resources, access, *body, call.origin());
  if (!task) return std::move(task).error();
  http::Response response = object_response(201, *task, task_parts());
  response.with("Location", "/tasks/" + task->id.text());
  return response;
}

Result<http::Response> read_task(const Call& call, const ReadTasks& access) {
  auto task = domain::read_task(call.resources, access, task_id(call));
  if (!task) return std::move(task).error();
  return object_response(200, *task, task_parts());
}

Result<http::Response> change_task(const Call& call, const WriteTasks& access) {
  auto body = read_body(task_change_shape(), call.request);
  if (!body) return std::move(body).error();
  auto task = domain::change_task(call.resources, access, task_id(call), *body, call.origin());
  if (!task) return std::move(task).error();
  return object_response(200, *task, task_parts());
}

Result<http::Response> delete_task(const Call& call, const WriteTasks& access) {
  auto done = domain::delete_task(call.resources, access, task_id(call), call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

}  // namespace taskward::api
