#include "task_formats.hpp"

#include <sstream>

#include "taskward/api/task_bodies.hpp"
#include "taskward/base/csv.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using model::Task;

std::string moment_or_empty(const std::optional<Timestamp>& moment) {
  return moment ? rfc3339(*moment) : std::string();
}

/// A CSV column. Free text gets a guard against being read as a spreadsheet formula.
struct Column {
  std::string_view name;
  std::string (*write)(const Task& task);
};

constexpr std::array kColumns{
    Column{"id", [](const Task& task) { return task.id.text(); }},
    Column{"title", [](const Task& task) { return with_formula_guard(task.title); }},
    Column{"description", [](const Task& task) { return with_formula_guard(task.description); }},
    Column{"status", [](const Task& task) { return std::string(model::name(task.status)); }},
    Column{"priority", [](const Task& task) { return std::string(model::name(task.priority)); }},
    Column{"due_at", [](const Task& task) { return moment_or_empty(task.due_at); }},
    Column{"tags", [](const Task& task) { return with_formula_guard(tags_in_a_cell(task.tags)); }},
    Column{"created_at", [](const Task& task) { return rfc3339(task.created_at); }},
    Column{"updated_at", [](const Task& task) { return rfc3339(task.updated_at); }},
    Column{"completed_at", [](const Task& task) { return moment_or_empty(task.completed_at); }},
    Column{"version", [](const Task& task) { return std::to_string(task.version); }},
};

// ---------------------------------------------------------------- iCalendar

/// A content line, folded to lines of at most 75 octets (RFC 5545, 3.1) without splitting characters.
void add_line(std::string& out, std::string_view line) {
  std::size_t most = 75;
  while (line.size() > most) {
    const std::string_view part = beginning(line, most);
    out += part;
    out += "\r\n ";
    line.remove_prefix(part.size());
    most = 74;  // a continuation line starts with a space
  }
  out += line;
  out += "\r\n";
}

/// A TEXT (RFC 5545, 3.3.11).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

/// A DATE-TIME in UTC (RFC 5545, 3.3.5), which has no fractional seconds.
std::string calendar_time(Timestamp moment) {
  std::string out;
  for (const char c : rfc3339(moment).substr(0, 19)) {
    if (c != '-' && c != ':') out += c;
  }
  return out + 'Z';
}

std::string_view calendar_status(model::TaskStatus status) noexcept {
  switch (status) {
    case model::TaskStatus::todo:
      return "NEEDS-ACTION";
    case model::TaskStatus::in_progress:
      return "IN-PROCESS";
    case model::TaskStatus::done:
      return "COMPLETED";
  }
  return "";
}

/// 1 is the highest and 9 the lowest priority, 0 is undefined (RFC 5545, 3.8.1.9).
int calendar_priority(model::TaskPriority priority) noexcept {
  switch (priority) {
    case model::TaskPriority::none:
      return 0;
    case model::TaskPriority::low:
      return 9;
    case model::TaskPriority::normal:
      return 5;
    case model::TaskPriority::high:
      return 3;
    case model::TaskPriority::urgent:
      return 1;
  }
  return 0;
}

void add_todo(std::string& out, const Task& task) {
  add_line(out, "BEGIN:VTODO");
  add_line(out, "UID:" + task.id.text());
  // Without a METHOD, DTSTAMP is the time of the last change (3.8.7.2).
  add_line(out, "DTSTAMP:" + calendar_time(task.updated_at));
  add_line(out, "CREATED:" + calendar_time(task.created_at));
  add_line(out, "LAST-MODIFIED:" + calendar_time(task.updated_at));
  add_line(out, "SEQUENCE:" + std::to_string(task.version - 1));
  add_line(out, "SUMMARY:" + escaped(task.title));
  if (!task.description.empty()) add_line(out, "DESCRIPTION:" + escaped(task.description));
  add_line(out, "STATUS:" + std::string(calendar_status(task.status)));
  add_line(out, "PRIORITY:" + std::to_string(calendar_priority(task.priority)));
  if (task.due_at) add_line(out, "DUE:" + calendar_time(*task.due_at));
  if (task.completed_at) add_line(out, "COMPLETED:" + calendar_time(*task.completed_at));
  if (!task.tags.empty()) {
    std::string categories;
    for (const std::string& tag : task.tags) categories += (categories.empty() ? "" : ",") + escaped(tag);
    add_line(out, "CATEGORIES:" + categories);
  }
  add_line(out, "END:VTODO");
}

/// A calendar must have at least one component (RFC 5545, 3.6); an empty export has a time zone.
void add_time_zone(std::string& out) {
  for (const std::string_view line :
       {"BEGIN:VTIMEZONE", "TZID:Etc/UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000", "TZNAME:UTC", "END:STANDARD", "END:VTIMEZONE"}) {
    add_line(out, line);
  }
}

}  // namespace

std::string_view name(TaskFormat format) noexcept {
  constexpr auto names = std::to_array<std::string_view>({"json", "csv", "ics"});
  return names[static_cast<std::size_t>(format)];
}

std::string_view media_type(TaskFormat format) noexcept {
  constexpr auto types = std::to_array<std::string_view>(
      {"application/json", "text/csv; charset=utf-8; header=present", "text/calendar; charset=utf-8"});
  return types[static_cast<std::size_t>(format)];
}

std::span<const std::string_view> csv_columns() noexcept {
  static const auto names = [] {
    std::array<std::string_view, kColumns.size()> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = kColumns[i].name;
    return out;
  }();
  return names;
}

std::string tags_in_a_cell(const std::vector<std::string>& tags) {
  std::string out;
  for (const std::string& tag : tags) {
    if (!out.empty()) out += ',';
    if (tag.find_first_of(",\"") == std::string::npos)
      out += tag;
    else
      append_csv_field(out, tag);
  }
  return out;
}

std::optional<std::vector<std::string>> tags_of_a_cell(const std::string& cell) {
  // The reader strips one leading byte order mark, so that one is added; a mark within the cell is kept.
  std::istringstream in(std::string(kByteOrderMark) + cell);
  CsvReader reader(in, cell.size() + 4);
  auto record = reader.next();
  if (!record) return std::vector<std::string>();
  if (!record->fault.empty() || reader.next()) return std::nullopt;
  return std::move(record->fields);
}

void TaskFile::begin(std::string& out) const {
  switch (format_) {
    case TaskFormat::json:
      out += '[';
      break;
    case TaskFormat::csv:
      for (const Column& column : kColumns) {
        if (column.name != kColumns.front().name) out += ',';
        out += column.name;
      }
      out += "\r\n";
      break;
    case TaskFormat::ics:
      add_line(out, "BEGIN:VCALENDAR");
      add_line(out, "VERSION:2.0");
      add_line(out, "PRODID:-//Taskward//Tasks//EN");
      break;
  }
}

void TaskFile::add(std::string& out, const Task& task) {
  switch (format_) {
    case TaskFormat::json: {
      // One task per line, so that import errors can name the line.
      out += count_ == 0 ? "\n" : ",\n";
      json::Writer w;
      write_object(w, task, task_parts());
      out += w.take();
      break;
    }
    case TaskFormat::csv: {
      for (const Column& column : kColumns) {
        if (column.name != kColumns.front().name) out += ',';
        append_csv_field(out, column.write(task));
      }
      out += "\r\n";
      break;
    }
    case TaskFormat::ics:
      add_todo(out, task);
      break;
  }
  ++count_;
}

void TaskFile::end(std::string& out) const {
  switch (format_) {
    case TaskFormat::json:
      out += "\n]\n";
      break;
    case TaskFormat::csv:
      break;
    case TaskFormat::ics:
      if (count_ == 0) add_time_zone(out);
      add_line(out, "END:VCALENDAR");
      break;
  }
}

}  // namespace taskward::api
