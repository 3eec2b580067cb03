#include <utility>

#include "conditions.hpp"
#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "task_file_reading.hpp"
#include "task_formats.hpp"
#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {
namespace {

struct ExportQuery {
  TaskFormat format = TaskFormat::json;
};

const Parameters<ExportQuery>& export_parameters() {
  static const Parameters<ExportQuery> table{
      one_of<ExportQuery>(
          "format", kTaskFormats, [](ExportQuery& into) -> TaskFormat& { return into.format; },
          "What the file is: JSON, CSV (RFC 4180) or iCalendar (RFC 5545)."),
  };
  return table;
}

}  // namespace

std::vector<ParameterFacts> task_export_query_facts() { return facts_of(export_parameters()); }

Result<http::Response> export_tasks(const Call& call, const ReadTasks& access) {
  auto query = read_parameters(call.request.query, export_parameters());
  if (!query) return std::move(query).error();
  const TaskFormat format = query->format;
  http::Response response(200);
  response.with("Content-Type", std::string(media_type(format)));
  response.with("Content-Disposition", "attachment; filename=\"tasks." + std::string(name(format)) + '"');
  if (call.request.method == "HEAD") {
    // Nobody takes anything, which is what would be recorded.
    auto confirmed = domain::Authentication::confirm(call.resources, access, call.origin());
    if (!confirmed) return std::move(confirmed).error();
    response.rest = [](std::string&) { return http::Piece::end; };
    return response;
  }
  domain::TaskExport source(call.resources, access, call.resources.stamp(call.origin()));
  // The first of them now, as long as a refusal can still be told.
  auto tasks = source.next();
  if (!tasks) return std::move(tasks).error();
  TaskFile file(format);
  file.begin(response.body);
  for (const model::Task& task : *tasks) file.add(response.body, task);
  response.rest = [file, source](std::string& into) mutable {
    auto more = source.next();
    if (!more) return http::Piece::broken;
    for (const model::Task& task : *more) file.add(into, task);
    if (!more->empty()) return http::Piece::more;
    file.end(into);
    return http::Piece::end;
  };
  return response;
}

Result<http::Response> import_tasks(const Call& call, const WriteTasks& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  if (auto none = refuse_if_match(call.request); !none) return std::move(none).error();
  auto key = read_idempotency_key(call);
  if (!key) return std::move(key).error();
  // A large body is not looked at for somebody who may not.
  auto confirmed = domain::Authentication::confirm(call.resources, access, call.origin());
  if (!confirmed) return std::move(confirmed).error();
  auto read = read_task_file(call.request);
  if (!read) return std::move(read).error();
  auto outcome = domain::import_tasks(call.resources, access, read->tasks, std::move(read->refused), *key,
                                      call.origin());
  if (!outcome) return std::move(outcome).error();
  return object_response(200, *outcome, import_outcome_parts());
}

}  // namespace taskward::api
