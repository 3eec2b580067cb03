#include "calendar_task_reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/calendar/calendar_file.hpp"
#include "taskward/calendar/time_zones.hpp"
#include "taskward/calendar/values.hpp"

namespace taskward::api {
namespace {

using calendar::CalendarReader;
using calendar::Component;
using calendar::Property;
using calendar::TimeZones;
using Names = std::vector<std::string>;

constexpr auto kMapped = std::to_array<std::string_view>(
    {"SUMMARY", "DESCRIPTION", "STATUS", "PRIORITY", "DUE", "COMPLETED", "CREATED", "CATEGORIES"});
/// Properties that every to-do has, and for which a new task has its own value.
constexpr auto kOfEveryTodo =
    std::to_array<std::string_view>({"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"});
/// Properties of the calendar that describe the file.
constexpr auto kOfTheFile = std::to_array<std::string_view>({"VERSION", "PRODID", "CALSCALE", "METHOD"});

/// Reads one VTODO.
class Todo {
 public:
  Todo(const TimeZones& zones, TaskFileCollector& into) : zones_(zones), into_(into) {}

  void read(const Component& todo) {
    line_ = todo.line;
    for (const Property& property : todo.properties) read(property);
    for (const Component& part : todo.components) lost_.push_back(part.name);
    std::sort(lost_.begin(), lost_.end());
    lost_.erase(std::unique(lost_.begin(), lost_.end()), lost_.end());
    if (!categories_.empty())
      task_.emplace_back("tags", text_array(fitting_tags(std::move(categories_), "the category", lost_)));
    into_.not_imported(line_, lost_);
    into_.take(line_, task_, std::move(faults_));
  }

 private:
  void read(const Property& property) {
    if (contains(kOfEveryTodo, property.name)) return into_.not_imported_once(line_, property.name);
    if (!contains(kMapped, property.name)) {
      // Done or not begun is what the status says.
      const bool says_nothing =
          property.name == "PERCENT-COMPLETE" && (property.value == "0" || property.value == "100");
      if (!says_nothing) lost_.push_back(property.name);
      return;
    }
    if (property.is_too_long) return fault(property, FaultCode::too_long, "is too long");
    if (!property.parameter("ENCODING").empty())
      return fault(property, FaultCode::invalid_format, "must not have the parameter ENCODING");
    if (property.name == "CATEGORIES") {
      for (std::string& text : calendar::texts_of(property.value)) categories_.push_back(std::move(text));
      return;
    }
    if (std::find(seen_.begin(), seen_.end(), property.name) != seen_.end())
      return fault(property, FaultCode::duplicate, "appears more than once");
    seen_.push_back(property.name);
    read_single(property);
  }

  void read_single(const Property& property) {
    if (property.name == "SUMMARY")
      add("title", calendar::text_of(property.value));
    else if (property.name == "DESCRIPTION")
      add("description", calendar::text_of(property.value));
    else if (property.name == "STATUS")
      read_status(property);
    else if (property.name == "PRIORITY")
      read_priority(property);
    else if (property.name == "DUE")
      read_time(property, "due_at");
    else if (property.name == "COMPLETED")
      read_time(property, "completed_at");
    else
      read_time(property, "created_at");
  }

  void read_status(const Property& property) {
    if (equal_ignoring_case(property.value, "NEEDS-ACTION"))
      add("status", "todo");
    else if (equal_ignoring_case(property.value, "IN-PROCESS"))
      add("status", "in_progress");
    else if (equal_ignoring_case(property.value, "COMPLETED"))
      add("status", "done");
    else
      fault(property, FaultCode::invalid_value, "must be NEEDS-ACTION, IN-PROCESS or COMPLETED");
  }

  /// 1 is the highest, 9 the lowest, 0 none (section 3.8.1.9).
  void read_priority(const Property& property) {
    const auto number = calendar::number_of(property.value);
    if (!number || *number > 9) return fault(property, FaultCode::out_of_range, "must be from 0 to 9");
    constexpr auto names = std::to_array<std::string_view>(
        {"none", "urgent", "high", "high", "high", "normal", "low", "low", "low", "low"});
    add("priority", std::string(names.at(static_cast<std::size_t>(*number))));
  }

  void read_time(const Property& property, const char* member) {
    const auto read = calendar::date_time_of(property.value);
    if (!read) return fault(property, FaultCode::invalid_format, "must be a date or a date with a time");
    calendar::Moment moment{Timestamp(read->time.time_since_epoch())};
    if (!read->is_date && !read->is_utc) moment = zones_.moment(read->time, property.parameter("TZID"));
    if (moment.is_assumed_utc) into_.assumed_utc(line_, property.name);
    add(member, rfc3339(moment.at));
  }

  void add(const char* member, std::string text) { task_.emplace_back(member, text_value(std::move(text))); }
  void fault(const Property& property, FaultCode code, std::string message) {
    faults_.push_back({property.name, code, std::move(message)});
  }

  const TimeZones& zones_;
  TaskFileCollector& into_;
  std::size_t line_ = 0;
  json::Object task_;
  Names categories_;
  Names seen_;
  Names lost_;
  Faults faults_;
};

/// The zones, which may follow the to-dos that use them.
TimeZones zones_of(std::string_view text) {
  TimeZones zones;
  CalendarReader calendar(text);
  while (const auto entry = calendar.next()) {
    if (entry->component && entry->component->name == "VTIMEZONE") zones.define(*entry->component);
  }
  return zones;
}

}  // namespace

Result<Done> read_calendar_tasks(std::string_view text, TaskFileCollector& into) {
  if (!CalendarReader::is_calendar(text))
    return validation_failed({{"", FaultCode::invalid_format, "the file must begin with BEGIN:VCALENDAR"}});
  const TimeZones zones = zones_of(text);
  CalendarReader calendar(text);
  while (const auto entry = calendar.next()) {
    const bool is_todo = entry->component && entry->component->name == "VTODO";
    if (is_todo || !entry->fault.empty()) {
      if (auto room = into.expect_room(); !room) return room;
    }
    if (!entry->fault.empty())
      into.refuse(entry->line, {{"", FaultCode::invalid_format, entry->fault}});
    else if (is_todo)
      Todo(zones, into).read(*entry->component);
    else if (entry->property && !contains(kOfTheFile, entry->property->name))
      into.not_imported_once(entry->line, entry->property->name);
    else if (entry->component && entry->component->name != "VTIMEZONE")
      into.not_imported(entry->line, {entry->component->name});
  }
  return Done{};
}

}  // namespace taskward::api
