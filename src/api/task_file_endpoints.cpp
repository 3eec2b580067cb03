#include "task_file_endpoints.hpp"

#include <utility>

#include "conditions.hpp"
#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "task_endpoints.hpp"
#include "task_file_reading.hpp"
#include "task_formats.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/api/task_bodies.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/domain/tasks.hpp"

namespace taskward::api {
namespace {

constexpr std::string_view kTag = "Tasks";

struct ExportQuery {
  TaskFormat format = TaskFormat::json;
};

const Parameters<ExportQuery>& export_parameters() {
  static const Parameters<ExportQuery> table{
      one_of<ExportQuery>(
          "format", kTaskFormats, [](ExportQuery& into) -> TaskFormat& { return into.format; },
          "The file format: JSON, CSV (RFC 4180) or iCalendar (RFC 5545)."),
  };
  return table;
}

}  // namespace

Result<http::Response> export_tasks(const Call& call, const ReadTasks& access) {
  auto query = read_parameters(call.request.query, export_parameters());
  if (!query) return std::move(query).error();
  const TaskFormat format = query->format;
  http::Response response(200);
  response.with("Content-Type", std::string(media_type(format)));
  response.with("Content-Disposition", "attachment; filename=\"tasks." + std::string(name(format)) + '"');
  if (call.request.method == "HEAD") {
    // No data leaves the service, so no export is recorded.
    auto confirmed = store::check_access(call.resources.database, access, call.stamp());
    if (!confirmed) return std::move(confirmed).error();
    response.rest = [](std::string&) { return http::Piece::end; };
    return response;
  }
  domain::TaskExport source(call.resources, access, call.stamp());
  // The first part is read before the response begins, while an error can still be returned.
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
  // A large body is parsed only for a caller who has the permission.
  auto confirmed = store::check_access(call.resources.database, access, call.stamp());
  if (!confirmed) return std::move(confirmed).error();
  auto read = read_task_file(call.request);
  if (!read) return std::move(read).error();
  auto outcome = domain::import_tasks(call.resources, access, std::move(*read), *key, call.origin());
  if (!outcome) return std::move(outcome).error();
  return object_response(200, *outcome, import_outcome_parts());
}

// ---------------------------------------------------------------- contract

namespace {

AnswerFacts json_file() {
  json::Writer w;
  w.begin_array();
  write_object(w, samples::task(), task_parts());
  w.end_array();
  return {200,
          "The file in the requested format.",
          "application/json",
          array_schema(object_schema(facts_of(task_parts()))),
          {"Content-Disposition"},
          w.take()};
}

AnswerFacts text_file(std::string_view media_type, std::string example) {
  return {200,
          "The file in the requested format.",
          media_type,
          Schema(),
          {"Content-Disposition"},
          std::move(example)};
}

BodyFacts imported_file() {
  Schema schema =
      array_schema(object_schema(facts_of(imported_task_shape())),
                   "As text/csv: a line of column names, then one line per task. As text/calendar: "
                   "one VTODO per task. The exports of Todoist (CSV) and Vikunja (JSON) are accepted "
                   "too.");
  schema.most = static_cast<std::int64_t>(domain::kImportMax);
  return {Presence::required,
          {"application/json", "text/csv", "text/calendar"},
          std::move(schema),
          {R"([{"title":"Water the plants","status":"done"},{"title":"Call Bob"}])"},
          {}};
}

}  // namespace

Operations task_file_operations() {
  return {
      {.route = "export_tasks",
       .tag = kTag,
       .summary = "Export tasks",
       .description = "Streams all tasks of the caller, without the trash. Every export can be imported "
                      "unchanged.",
       .query = facts_of(export_parameters()),
       .answers = {json_file(),
                   text_file("text/csv; charset=utf-8", "title,status\r\nWater the plants,todo\r\n"),
                   text_file("text/calendar; charset=utf-8",
                             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")}},
      {.route = "import_tasks",
       .tag = kTag,
       .summary = "Import tasks",
       .description =
           "Accepts JSON, CSV with column names in the first line, or iCalendar, as written by an "
           "export, by Todoist (CSV), by Vikunja (JSON) or by a calendar, of up to 16 MiB. Invalid "
           "tasks are reported and skipped. Values that were not imported are reported as warnings.",
       .headers = {"Idempotency-Key"},
       .body = imported_file(),
       .answers = {answer_of(200, "The number of created tasks, the skipped ones, and warnings.",
                             domain::ImportOutcome{2,
                                                   {{3, "required", "title is required"}},
                                                   {{2, std::string(domain::kNotImported),
                                                     "RRULE and VALARM are not imported"}}},
                             import_outcome_parts())},
       .problems = creation_problems()},
  };
}

}  // namespace taskward::api
