// Sample tasks and export files.
#pragma once

#include <string>
#include <vector>

#include "src/api/task_formats.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/model/task.hpp"

namespace taskward::testing {

/// A task with a value in every field.
[[nodiscard]] inline model::Task full_task() {
  model::Task task;
  task.id = *TaskId::parse("0190b3a0-7a1b-7c3d-8e4f-0123456789ab");
  task.title = "Water the plants";
  task.description = "All of them";
  task.status = model::TaskStatus::done;
  task.priority = model::TaskPriority::high;
  task.due_at = parse_rfc3339("2026-02-01T08:30:15.999Z");
  task.tags = {"garden", "home"};
  task.created_at = *parse_rfc3339("2026-01-30T10:00:00.123Z");
  task.updated_at = *parse_rfc3339("2026-01-31T11:00:00.456Z");
  task.completed_at = parse_rfc3339("2026-01-31T10:59:59.789Z");
  task.version = 7;
  return task;
}

/// A complete export file.
[[nodiscard]] inline std::string file_of(api::TaskFormat format, const std::vector<model::Task>& tasks) {
  api::TaskFile file(format);
  std::string out;
  file.begin(out);
  for (const model::Task& task : tasks) file.add(out, task);
  file.end(out);
  return out;
}

/// Valid titles that are hard to represent in JSON, CSV or iCalendar.
[[nodiscard]] inline std::vector<std::string> awkward_texts() {
  return {"x",           "\"",
          "\"\"",        "a\"b",
          ",",           "a,b",
          ";",           "\\",
          "\\n",         "\\,",
          "\\\\n",       "a\nb",
          "\na",         "a\n",
          "a\n\nb",      "\ta",
          "a\t",         " a ",
          "'",           "''",
          "'a",          "=1+1",
          "'=1+1",       "''=1+1",
          "+1",          "-1",
          "@SUM(A1)",    "\uFF1D1",
          "'\uFF20x",    "\"=1\"",
          "a\n=1",       "null",
          "[]",          "{}",
          "title",       "# x",
          "é",           "🦊🦊🦊",
          "e\u0301",     "a\u2028b",
          "\u00a0x",     "a\uFEFFb",
          "\uFEFFx",     "</script>",
          "BEGIN:VTODO", "a\nEND:VTODO\nBEGIN:VALARM",
          "%0D%0A",      "a:b;c=d,e"};
}

}  // namespace taskward::testing
