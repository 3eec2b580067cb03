// Tasks as iCalendar (RFC 5545).
#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"
#include "tests/unit/api/support_bodies.hpp"
#include "tests/unit/api/support_tasks.hpp"

namespace taskward::api {
namespace {

using testing::file_of;
using testing::full_task;
using testing::repeat;

/// The physical lines, each of which must end with CRLF.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find("\r\n", begin);
    BOOST_REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(begin, end - begin));
    BOOST_TEST_REQUIRE(lines.back().find_first_of("\r\n") == std::string::npos);
    begin = end + 2;
  }
  return lines;
}

/// The unfolded content lines (RFC 5545, 3.1).
std::vector<std::string> unfolded(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(' ') || line.starts_with('\t')) {
      BOOST_REQUIRE(!out.empty());
      out.back() += line.substr(1);
    } else {
      out.push_back(line);
    }
  }
  return out;
}

/// The unescaped TEXT values of a comma-separated list (RFC 5545, 3.3.11).
std::vector<std::string> text_values(std::string_view value) {
  std::vector<std::string> out{""};
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ',') {
      out.emplace_back();
    } else if (value[i] == '\\') {
      BOOST_REQUIRE(++i < value.size());
      BOOST_TEST_REQUIRE(std::string_view("\\;,nN").find(value[i]) != std::string_view::npos);
      out.back() += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
    } else {
      BOOST_TEST_REQUIRE(value[i] != ';');
      out.back() += value[i];
    }
  }
  return out;
}

/// The value of the only content line with this name in the calendar of one task, or "none".
std::string value_of(const model::Task& task, const std::string& name) {
  std::string out = "none";
  for (const std::string& line : unfolded(file_of(TaskFormat::ics, {task}))) {
    if (!line.starts_with(name + ':')) continue;
    BOOST_TEST(out == "none", name);
    out = line.substr(name.size() + 1);
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(task_calendar)

BOOST_AUTO_TEST_CASE(task_becomes_a_vtodo) {
  std::string text;
  for (const std::string& line : unfolded(file_of(TaskFormat::ics, {full_task()}))) text += line + '\n';
  BOOST_TEST(text ==
             "BEGIN:VCALENDAR\n"
             "VERSION:2.0\n"
             "PRODID:-//Taskward//Tasks//EN\n"
             "BEGIN:VTODO\n"
             "UID:0190b3a0-7a1b-7c3d-8e4f-0123456789ab\n"
             "DTSTAMP:20260131T110000Z\n"
             "CREATED:20260130T100000Z\n"
             "LAST-MODIFIED:20260131T110000Z\n"
             "SEQUENCE:6\n"
             "SUMMARY:Water the plants\n"
             "DESCRIPTION:All of them\n"
             "STATUS:COMPLETED\n"
             "PRIORITY:3\n"
             "DUE:20260201T083015Z\n"
             "COMPLETED:20260131T105959Z\n"
             "CATEGORIES:garden,home\n"
             "END:VTODO\n"
             "END:VCALENDAR\n");
}

BOOST_AUTO_TEST_CASE(absent_task_fields_have_no_calendar_line) {
  model::Task task;
  task.title = "x";
  for (const char* name : {"DESCRIPTION", "DUE", "COMPLETED", "CATEGORIES"})
    BOOST_TEST(value_of(task, name) == "none");
  for (const char* name : {"UID", "DTSTAMP", "CREATED", "SUMMARY", "STATUS"})
    BOOST_TEST(value_of(task, name) != "none");
  BOOST_TEST(value_of(task, "SEQUENCE") == "0");
}

BOOST_AUTO_TEST_CASE(statuses_and_priorities_use_icalendar_values) {
  model::Task task = full_task();
  for (const auto& [status, name] : {std::pair{model::TaskStatus::todo, "NEEDS-ACTION"},
                                     {model::TaskStatus::in_progress, "IN-PROCESS"},
                                     {model::TaskStatus::done, "COMPLETED"}}) {
    task.status = status;
    BOOST_TEST(value_of(task, "STATUS") == name);
  }
  for (const auto& [priority, number] : {std::pair{model::TaskPriority::none, "0"},
                                         {model::TaskPriority::low, "9"},
                                         {model::TaskPriority::normal, "5"},
                                         {model::TaskPriority::high, "3"},
                                         {model::TaskPriority::urgent, "1"}}) {
    task.priority = priority;
    BOOST_TEST(value_of(task, "PRIORITY") == number);
  }
}

BOOST_AUTO_TEST_CASE(calendar_times_are_utc_and_rounded_down_to_seconds) {
  model::Task task = full_task();
  const auto due = [&](std::string_view timestamp) {
    task.due_at = parse_rfc3339(timestamp);
    return value_of(task, "DUE");
  };
  BOOST_TEST(due("2026-12-31T23:59:59.999Z") == "20261231T235959Z");
  BOOST_TEST(due("2026-01-01T00:30:00+01:00") == "20251231T233000Z");
  BOOST_TEST(due("0001-02-03T04:05:06Z") == "00010203T040506Z");
  BOOST_TEST(due("9999-12-31T23:59:59.999Z") == "99991231T235959Z");
}

BOOST_AUTO_TEST_CASE(calendar_texts_are_escaped_and_can_be_parsed_back) {
  model::Task task = full_task();
  task.title = "a\\b;c,d\ne\"f:g";
  BOOST_TEST(value_of(task, "SUMMARY") == R"(a\\b\;c\,d\ne"f:g)");
  for (const std::string& text : testing::awkward_texts()) {
    task.title = task.description = text;
    BOOST_TEST((text_values(value_of(task, "SUMMARY")) == std::vector{text}), text);
    BOOST_TEST((text_values(value_of(task, "DESCRIPTION")) == std::vector{text}), text);
  }
  task.tags = {"a,b", "c;d", "e\\", "\"f\"", "n"};
  BOOST_TEST((text_values(value_of(task, "CATEGORIES")) == task.tags));
}

BOOST_AUTO_TEST_CASE(task_text_cannot_inject_a_content_line) {
  model::Task task = full_task();
  const std::size_t before = unfolded(file_of(TaskFormat::ics, {task})).size();
  task.title = "x\nEND:VTODO\nBEGIN:VALARM\nACTION:DISPLAY";
  task.description = "y\nEND:VCALENDAR\n";
  task.tags = {"z:END:VTODO"};
  BOOST_TEST(unfolded(file_of(TaskFormat::ics, {task})).size() == before);
}

BOOST_AUTO_TEST_CASE(calendar_lines_are_folded_at_75_bytes_between_characters) {
  model::Task task = full_task();
  for (const std::string piece : {"x", "é", "€", "🦊", ",", "\n", "a\\"}) {
    for (std::size_t count :
         {std::size_t{1}, std::size_t{16}, std::size_t{17}, std::size_t{18}, std::size_t{22}, std::size_t{33},
          std::size_t{34}, std::size_t{66}, std::size_t{67}, std::size_t{68}, std::size_t{140},
          std::size_t{141}, std::size_t{142}, std::size_t{143}, std::size_t{200}}) {
      task.title = repeat(count, piece);
      const std::string text = file_of(TaskFormat::ics, {task});
      for (const std::string& line : lines_of(text)) {
        BOOST_TEST_REQUIRE(line.size() <= 75U);
        BOOST_TEST_REQUIRE(line != " ");
        BOOST_TEST_REQUIRE(code_points(line).has_value());
      }
      BOOST_TEST((text_values(value_of(task, "SUMMARY")) == std::vector{task.title}), piece << ' ' << count);
    }
  }
  task.description = repeat(10'000, "🦊");
  BOOST_TEST((text_values(value_of(task, "DESCRIPTION")) == std::vector{task.description}));
}

BOOST_AUTO_TEST_CASE(calendar_line_of_75_bytes_is_not_folded_but_one_of_76_is) {
  model::Task task = full_task();
  task.description.clear();
  task.title = repeat(67, "x");  // 75 bytes with "SUMMARY:"
  BOOST_TEST(file_of(TaskFormat::ics, {task}).find("\r\n ") == std::string::npos);
  task.title = repeat(68, "x");
  BOOST_TEST(file_of(TaskFormat::ics, {task}).find("\r\nSUMMARY:" + repeat(67, "x") + "\r\n x\r\n") !=
             std::string::npos);
  task.title = repeat(67 + 74, "x");
  BOOST_TEST(file_of(TaskFormat::ics, {task}).find("\r\n " + repeat(74, "x") + "\r\nSTATUS:") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(calendar_without_tasks_still_has_one_component) {
  const auto lines = unfolded(file_of(TaskFormat::ics, {}));
  BOOST_TEST(lines.front() == "BEGIN:VCALENDAR");
  BOOST_TEST(lines.back() == "END:VCALENDAR");
  int open = 0, components = 0;
  for (const std::string& line : lines) {
    if (line.starts_with("BEGIN:") && ++open == 2) ++components;
    if (line.starts_with("END:")) --open;
    BOOST_TEST(line.find("VTODO") == std::string::npos);
  }
  BOOST_TEST(open == 0);
  BOOST_TEST(components == 1);
  for (const std::string& line : unfolded(file_of(TaskFormat::ics, {full_task()})))
    BOOST_TEST(line.find("VTIMEZONE") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_tasks_are_in_one_calendar) {
  model::Task other = full_task();
  other.title = "another";
  const auto lines = unfolded(file_of(TaskFormat::ics, {full_task(), other, full_task()}));
  std::string shape;
  for (const std::string& line : lines) {
    if (line.starts_with("BEGIN:") || line.starts_with("END:"))
      shape += line.substr(0, 1) + line.substr(line.find(':') + 1) + ' ';
  }
  BOOST_TEST(shape == "BVCALENDAR BVTODO EVTODO BVTODO EVTODO BVTODO EVTODO EVCALENDAR ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
