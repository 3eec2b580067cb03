// Importing an export restores the tasks.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "src/api/task_file_reading.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/unicode.hpp"
#include "tests/unit/api/support_bodies.hpp"
#include "tests/unit/api/support_tasks.hpp"

namespace taskward::api {
namespace {

using testing::awkward_texts;
using testing::file_of;
using testing::full_task;

const std::vector<TaskFormat> kFormats{TaskFormat::json, TaskFormat::csv};

/// The tasks of the file; fails the test if any is rejected.
std::vector<domain::FileTask> read(TaskFormat format, const std::string& text) {
  http::Request request;
  request.content_type = media_type(format);
  request.body = text;
  auto read = read_task_file(request);
  BOOST_REQUIRE_MESSAGE(read, testing::outcome(read));
  for (const auto& one : read->refused) BOOST_TEST(one.message == "", one.line);
  return std::move(read->tasks);
}

bool equals(const model::ImportedTask& read, const model::Task& task) {
  return read.title == task.title && read.description == task.description && read.status == task.status &&
         read.priority == task.priority && read.due_at == task.due_at && read.tags == task.tags &&
         read.created_at == task.created_at && read.completed_at == task.completed_at;
}

/// Exports the tasks in each format and checks that importing the file restores them.
void expect_round_trip(const std::vector<model::Task>& tasks) {
  for (const TaskFormat format : kFormats) {
    const auto imported = read(format, file_of(format, tasks));
    BOOST_REQUIRE_EQUAL(imported.size(), tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      BOOST_TEST(equals(imported[i].task, tasks[i]), name(format) << ' ' << tasks[i].title);
  }
}

BOOST_AUTO_TEST_SUITE(task_file_round_trip)

BOOST_AUTO_TEST_CASE(round_trip_keeps_every_importable_field) {
  model::Task minimal;
  minimal.title = "x";
  minimal.created_at = full_task().created_at;
  expect_round_trip({});
  expect_round_trip({full_task(), minimal});
}

BOOST_AUTO_TEST_CASE(round_trip_keeps_every_status_and_priority) {
  std::vector<model::Task> tasks;
  for (const auto status : model::kTaskStatuses) {
    for (const auto priority : model::kTaskPriorities) {
      tasks.push_back(full_task());
      tasks.back().status = status;
      tasks.back().priority = priority;
      if (status != model::TaskStatus::done) tasks.back().completed_at.reset();
    }
  }
  expect_round_trip(tasks);
}

BOOST_AUTO_TEST_CASE(round_trip_keeps_awkward_texts) {
  std::vector<model::Task> tasks;
  for (const std::string& text : awkward_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = text;
    tasks.push_back(full_task());
    tasks.back().description = text;
  }
  expect_round_trip(tasks);
}

BOOST_AUTO_TEST_CASE(round_trip_keeps_awkward_tags) {
  std::vector<model::Task> tasks;
  for (const std::string& text : awkward_texts()) {
    if (!is_one_line(text)) continue;
    tasks.push_back(full_task());
    tasks.back().tags = {text};
    tasks.push_back(full_task());
    tasks.back().tags = model::as_tag_set({text, "=x", "a, b", "\"", "'"});
  }
  expect_round_trip(tasks);
}

BOOST_AUTO_TEST_CASE(round_trip_keeps_texts_of_maximum_length) {
  model::Task task = full_task();
  task.title = testing::repeat(model::kTitleMaxCharacters, "🦊");
  task.description = testing::repeat(model::kDescriptionMaxCharacters, "\"");
  task.tags.clear();
  for (std::size_t i = 0; i < model::kTagsMax; ++i)
    task.tags.push_back(testing::repeat(model::kTagMaxCharacters - 1, "\"") + static_cast<char>('a' + i));
  expect_round_trip({task});
  task.description = testing::repeat(model::kDescriptionMaxCharacters, "\n");
  expect_round_trip({task});
  task.description = testing::repeat(model::kDescriptionMaxCharacters, "🦊");
  expect_round_trip({task});
}

BOOST_AUTO_TEST_CASE(round_trip_keeps_timestamps_to_the_millisecond) {
  model::Task task = full_task();
  task.due_at = parse_rfc3339("9999-12-31T23:59:59.999Z");
  task.created_at = *parse_rfc3339("0001-01-01T00:00:00Z");
  task.completed_at = parse_rfc3339("1969-12-31T23:59:59.001Z");
  expect_round_trip({task});
}

BOOST_AUTO_TEST_CASE(calendar_round_trip_keeps_all_but_fractions_of_seconds) {
  std::vector<model::Task> tasks{full_task()};
  for (const auto status : model::kTaskStatuses) {
    for (const auto priority : model::kTaskPriorities) {
      tasks.push_back(full_task());
      tasks.back().status = status;
      tasks.back().priority = priority;
      if (status != model::TaskStatus::done) tasks.back().completed_at.reset();
    }
  }
  for (const std::string& text : awkward_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = tasks.back().description = text;
    if (is_one_line(text)) tasks.back().tags = model::as_tag_set({text, "a\\", "b,;"});
  }
  for (model::Task& task : tasks) {
    task.created_at = std::chrono::floor<std::chrono::seconds>(task.created_at);
    task.due_at = std::chrono::floor<std::chrono::seconds>(*task.due_at);
    if (task.completed_at) task.completed_at = std::chrono::floor<std::chrono::seconds>(*task.completed_at);
  }
  const auto imported = read(TaskFormat::ics, file_of(TaskFormat::ics, tasks));
  BOOST_REQUIRE_EQUAL(imported.size(), tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i)
    BOOST_TEST(equals(imported[i].task, tasks[i]), tasks[i].title);
  BOOST_TEST(read(TaskFormat::ics, file_of(TaskFormat::ics, {})).empty());
}

BOOST_AUTO_TEST_CASE(file_resaved_with_semicolons_or_tabs_can_be_imported) {
  std::vector<model::Task> tasks;
  for (const std::string& text : awkward_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = tasks.back().description = text;
  }
  for (const char delimiter : {';', '\t', '|'}) {
    // Every field of a record is quoted, the header is not.
    std::string text = file_of(TaskFormat::csv, tasks);
    const std::size_t header = text.find("\r\n");
    std::replace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(header), ',', delimiter);
    for (std::size_t at = 0; (at = text.find("\",\"", at)) != std::string::npos; ++at) {
      // Not one within a field, where quotes are doubled.
      if (std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 == 1)
        text[at + 1] = delimiter;
    }
    const auto imported = read(TaskFormat::csv, std::string("sep=") + delimiter + "\r\n" + text);
    BOOST_REQUIRE_EQUAL(imported.size(), tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      BOOST_TEST(equals(imported[i].task, tasks[i]), tasks[i].title);
  }
}

BOOST_AUTO_TEST_CASE(file_resaved_by_a_spreadsheet_can_be_imported) {
  // With a byte order mark, and CRLF within cells too.
  std::vector<model::Task> tasks;
  for (const std::string& text : awkward_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = tasks.back().description = text;
  }
  std::string text = file_of(TaskFormat::csv, tasks);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; ++at) {
    if (text[at - 1] != '\r') text.insert(at++, 1, '\r');
  }
  const auto imported = read(TaskFormat::csv, "\xEF\xBB\xBF" + text);
  BOOST_REQUIRE_EQUAL(imported.size(), tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i)
    BOOST_TEST(equals(imported[i].task, tasks[i]), tasks[i].title);
}

BOOST_AUTO_TEST_CASE(import_reports_the_line_numbers_of_the_export) {
  model::Task task = full_task();
  const auto items = read(TaskFormat::json, file_of(TaskFormat::json, {task, task, task}));
  for (std::size_t i = 0; i < items.size(); ++i) BOOST_TEST(items[i].line == i + 2);
  task.description = "two\nlines";
  const auto rows = read(TaskFormat::csv, file_of(TaskFormat::csv, {task, task, task}));
  for (std::size_t i = 0; i < rows.size(); ++i) BOOST_TEST(rows[i].line == 2 + 2 * i);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
