#include <memory>
#include <utility>

#include "conditions.hpp"
#include "query_parameters.hpp"
#include "task_file_reading.hpp"
#include "task_formats.hpp"
#include "taskward/api/bodies.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/tasks.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

Result<TaskFormat> read_format(std::string_view query) {
  auto parameters = http::parse_query(query);
  if (!parameters) return std::move(parameters).error();
  TaskFormat format = TaskFormat::json;
  Faults faults;
  bool seen = false;
  for (const auto& [parameter, value] : *parameters) {
    if (parameter != "format") {
      refuse_unknown(parameter, faults);
      continue;
    }
    const auto* known = std::find_if(kTaskFormats.begin(), kTaskFormats.end(),
                                     [&, &value = value](TaskFormat one) { return name(one) == value; });
    if (std::exchange(seen, true))
      faults.push_back({parameter, FaultCode::duplicate, "must be given once"});
    else if (known == kTaskFormats.end())
      faults.push_back({parameter, FaultCode::invalid_value, "must be one of json, csv, ics"});
    else
      format = *known;
  }
  if (!faults.empty()) return validation_failed(std::move(faults));
  return format;
}

}  // namespace

Result<http::Response> export_tasks(const Call& call, const ReadTasks& access) {
  auto format = read_format(call.request.query);
  if (!format) return std::move(format).error();
  domain::TaskExport source(call.resources, access, call.resources.stamp(call.origin()));
  // The first of them now, as long as a refusal can still be told.
  auto tasks = source.next();
  if (!tasks) return std::move(tasks).error();
  http::Response response(200);
  response.with("Content-Type", std::string(media_type(*format)));
  response.with("Content-Disposition", "attachment; filename=\"tasks." + std::string(name(*format)) + '"');
  TaskFile file(*format);
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
  auto key = read_idempotency_key(call);
  if (!key) return std::move(key).error();
  auto read = read_task_file(call.request);
  if (!read) return std::move(read).error();
  auto outcome = domain::import_tasks(call.resources, access, read->tasks, std::move(read->refused), *key,
                                      call.origin());
  if (!outcome) return std::move(outcome).error();
  json::Writer w;
  w.begin_object();
  w.key("imported");
  w.number(static_cast<std::int64_t>(outcome->imported));
  w.key("refused");
  write_array(w, outcome->refused, refused_task_parts());
  w.end_object();
  return json_response(200, w);
}

}  // namespace taskward::api
