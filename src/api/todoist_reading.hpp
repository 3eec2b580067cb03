// Reading tasks from CSV as Todoist writes it for the export of a project.
//
// TYPE is task, section, note or meta. A note belongs to the task before it. Priority 1 is the highest, 4 is
// none. Labels are words of CONTENT that begin with @.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "task_file_collector.hpp"
#include "taskward/base/csv.hpp"
#include "taskward/calendar/time_zones.hpp"

namespace taskward::api {

class TodoistReader {
 public:
  /// `names` are in lower case.
  [[nodiscard]] static bool is_header(const std::vector<std::string>& names);

  /// `names` and `into` must outlive the reader.
  TodoistReader(const std::vector<std::string>& names, TaskFileCollector& into)
      : names_(names), into_(into) {}

  /// The record has as many fields as there are names. 422 if the file has too many tasks.
  [[nodiscard]] Result<Done> take(CsvRecord&& record);
  /// Passes on the last task, which notes may have followed.
  void finish();

 private:
  struct Task {
    std::size_t line = 0;
    json::Object members;
    std::string description;
    std::size_t characters = 0;  ///< of the description with its notes
    Faults faults;
  };

  [[nodiscard]] std::string_view cell(const CsvRecord& record, std::string_view name) const;
  void take_task(const CsvRecord& record);
  void take_date(const CsvRecord& record, std::vector<std::string>& lost);
  void take_note(const CsvRecord& record);

  const std::vector<std::string>& names_;
  TaskFileCollector& into_;
  calendar::TimeZones zones_;
  std::optional<Task> task_;
};

}  // namespace taskward::api
