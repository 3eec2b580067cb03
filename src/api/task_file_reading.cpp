#include "task_file_reading.hpp"

#include "calendar_task_reading.hpp"
#include "csv_task_reading.hpp"
#include "json_task_reading.hpp"
#include "task_file_collector.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {

Result<domain::ImportedFile> read_task_file(http::Request& request) {
  if (auto refusal = unreadable(request)) return std::move(*refusal);
  TaskFileCollector collector;
  Result<Done> done =
      Error(ErrorCode::unsupported_media_type,
            "The request body must be application/json, text/csv or text/calendar, in UTF-8.");
  if (http::is_json(request.content_type))
    done = read_json_tasks(request.body, collector);
  else if (http::is_csv(request.content_type))
    done = read_csv_tasks(std::move(request.body), collector);
  else if (http::is_calendar(request.content_type))
    done = read_calendar_tasks(request.body, collector);
  if (!done) return std::move(done).error();
  return collector.take_all();
}

}  // namespace taskward::api
