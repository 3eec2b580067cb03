// What was exported comes back when it is imported.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "src/api/task_file_reading.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/api/support_bodies.hpp"
#include "tests/unit/api/support_tasks.hpp"

namespace taskward::api {
namespace {

using testing::file_of;
using testing::full_task;
using testing::nasty_texts;

const std::vector<TaskFormat> kFormats{TaskFormat::json, TaskFormat::csv};

/// The tasks of the file, of which none may be refused.
std::vector<domain::FileTask> read(TaskFormat format, const std::string& text) {
  http::Request request;
  request.content_type = media_type(format);
  request.body = text;
  auto read = read_task_file(request);
  BOOST_REQUIRE_MESSAGE(read, testing::outcome(read));
  for (const auto& one : read->refused) BOOST_TEST(one.message == "", one.line);
  return std::move(read->tasks);
}

bool is_same(const model::ImportedTask& read, const model::Task& task) {
  return read.title == task.title && read.description == task.description && read.status == task.status &&
         read.priority == task.priority && read.due_at == task.due_at && read.tags == task.tags &&
         read.created_at == task.created_at && read.completed_at == task.completed_at;
}

/// Whether the tasks are those that come back by way of a file.
void come_back(const std::vector<model::Task>& tasks) {
  for (const TaskFormat format : kFormats) {
    const auto back = read(format, file_of(format, tasks));
    BOOST_REQUIRE_EQUAL(back.size(), tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      BOOST_TEST(is_same(back[i].task, tasks[i]), name(format) << ' ' << tasks[i].title);
  }
}

BOOST_AUTO_TEST_SUITE(task_file_round_trip)

BOOST_AUTO_TEST_CASE(a_task_comes_back_with_all_that_an_import_keeps) {
  model::Task least;
  least.title = "x";
  least.created_at = full_task().created_at;
  come_back({});
  come_back({full_task(), least});
}

BOOST_AUTO_TEST_CASE(every_status_and_priority_comes_back) {
  std::vector<model::Task> tasks;
  for (const auto status : model::kTaskStatuses) {
    for (const auto priority : model::kTaskPriorities) {
      tasks.push_back(full_task());
      tasks.back().status = status;
      tasks.back().priority = priority;
    }
  }
  come_back(tasks);
}

BOOST_AUTO_TEST_CASE(texts_that_are_hard_on_a_format_come_back) {
  std::vector<model::Task> tasks;
  for (const std::string& text : nasty_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = text;
    tasks.push_back(full_task());
    tasks.back().description = text;
  }
  come_back(tasks);
}

BOOST_AUTO_TEST_CASE(tags_that_are_hard_on_a_format_come_back) {
  std::vector<model::Task> tasks;
  for (const std::string& text : nasty_texts()) {
    if (text.find_first_of("\n\t") != std::string::npos) continue;
    tasks.push_back(full_task());
    tasks.back().tags = {text};
    tasks.push_back(full_task());
    tasks.back().tags = model::as_tag_set({text, "=x", "a, b", "\"", "'"});
  }
  come_back(tasks);
}

BOOST_AUTO_TEST_CASE(the_largest_texts_come_back) {
  model::Task task = full_task();
  task.title = testing::times(model::kTitleMaxCharacters, "🦊");
  task.description = testing::times(model::kDescriptionMaxCharacters, "\"");
  task.tags.clear();
  for (std::size_t i = 0; i < model::kTagsMax; ++i)
    task.tags.push_back(testing::times(model::kTagMaxCharacters - 1, "\"") + static_cast<char>('a' + i));
  come_back({task});
  task.description = testing::times(model::kDescriptionMaxCharacters, "\n");
  come_back({task});
  task.description = testing::times(model::kDescriptionMaxCharacters, "🦊");
  come_back({task});
}

BOOST_AUTO_TEST_CASE(moments_come_back_to_the_millisecond) {
  model::Task task = full_task();
  task.due_at = parse_rfc3339("9999-12-31T23:59:59.999Z");
  task.created_at = *parse_rfc3339("0001-01-01T00:00:00Z");
  task.completed_at = parse_rfc3339("1969-12-31T23:59:59.001Z");
  come_back({task});
}

BOOST_AUTO_TEST_CASE(a_file_that_a_spreadsheet_has_saved_comes_back_too) {
  // A byte order mark, and the line ends of its system within cells as well.
  std::vector<model::Task> tasks;
  for (const std::string& text : nasty_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = tasks.back().description = text;
  }
  std::string text = file_of(TaskFormat::csv, tasks);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; ++at) {
    if (text[at - 1] != '\r') text.insert(at++, 1, '\r');
  }
  const auto back = read(TaskFormat::csv, "\xEF\xBB\xBF" + text);
  BOOST_REQUIRE_EQUAL(back.size(), tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) BOOST_TEST(is_same(back[i].task, tasks[i]), tasks[i].title);
}

BOOST_AUTO_TEST_CASE(lines_of_an_export_are_those_that_an_import_tells) {
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
