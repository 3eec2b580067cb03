// Tasks as JSON and as CSV (RFC 4180).
#include "src/api/task_formats.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "taskward/api/task_bodies.hpp"
#include "taskward/base/csv.hpp"
#include "tests/unit/api/support_tasks.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward::api {
namespace {

using testing::awkward_texts;
using testing::file_of;
using testing::full_task;

using Tags = std::vector<std::string>;

std::vector<CsvRecord> records_of(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in, 1024UL * 1024);
  std::vector<CsvRecord> records;
  while (auto record = reader.next()) {
    BOOST_TEST_REQUIRE(record->fault == "");
    records.push_back(std::move(*record));
  }
  return records;
}

/// The cell of this column in the CSV file of one task.
std::string cell_of(const model::Task& task, std::string_view column) {
  const auto records = records_of(file_of(TaskFormat::csv, {task}));
  BOOST_REQUIRE_EQUAL(records.size(), 2U);
  const auto& names = records[0].fields;
  const auto position = std::find(names.begin(), names.end(), column) - names.begin();
  return records[1].fields.at(static_cast<std::size_t>(position));
}

/// The items of a JSON array.
json::Array items_of(const std::string& text) {
  json::Value value = testing::parsed(text);
  auto* array = value.get_if<json::Array>();
  BOOST_REQUIRE(array != nullptr);
  return std::move(*array);
}

BOOST_AUTO_TEST_SUITE(task_formats)

BOOST_AUTO_TEST_CASE(each_export_format_has_a_name_and_a_media_type) {
  std::string all;
  for (const TaskFormat format : kTaskFormats)
    all += std::string(name(format)) + ": " + std::string(media_type(format)) + '\n';
  BOOST_TEST(all ==
             "json: application/json\n"
             "csv: text/csv; charset=utf-8; header=present\n"
             "ics: text/calendar; charset=utf-8\n");
}

BOOST_AUTO_TEST_CASE(json_export_is_an_array_with_one_task_per_line) {
  const std::vector<model::Task> tasks{full_task(), model::Task{}, full_task()};
  std::string expected = "[";
  for (const model::Task& task : tasks) {
    json::Writer w;
    write_object(w, task, task_parts());
    expected += (expected.size() == 1 ? "\n" : ",\n") + w.take();
  }
  BOOST_TEST(file_of(TaskFormat::json, tasks) == expected + "\n]\n");
  BOOST_TEST(items_of(file_of(TaskFormat::json, tasks)).size() == 3U);
}

BOOST_AUTO_TEST_CASE(json_export_without_tasks_is_an_empty_array) {
  BOOST_TEST(items_of(file_of(TaskFormat::json, {})).empty());
  BOOST_TEST(items_of(file_of(TaskFormat::json, {full_task()})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(json_export_keeps_one_line_per_task_for_any_text) {
  std::vector<model::Task> tasks;
  for (const std::string& text : awkward_texts()) {
    tasks.push_back(full_task());
    tasks.back().title = tasks.back().description = text;
  }
  const std::string file = file_of(TaskFormat::json, tasks);
  BOOST_TEST(static_cast<std::size_t>(std::count(file.begin(), file.end(), '\n')) == tasks.size() + 2);
  const auto items = items_of(file);
  BOOST_REQUIRE_EQUAL(items.size(), tasks.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    BOOST_TEST(testing::text_of(*items[i].get_if<json::Object>(), "title") == tasks[i].title);
}

BOOST_AUTO_TEST_CASE(csv_export_has_a_header_and_every_field_of_a_task) {
  BOOST_TEST(
      file_of(TaskFormat::csv, {full_task()}) ==
      "id,title,description,status,priority,due_at,tags,created_at,updated_at,completed_at,version\r\n"
      R"("0190b3a0-7a1b-7c3d-8e4f-0123456789ab","Water the plants","All of them","done","high",)"
      R"("2026-02-01T08:30:15.999Z","garden,home","2026-01-30T10:00:00.123Z","2026-01-31T11:00:00.456Z",)"
      R"("2026-01-31T10:59:59.789Z","7")"
      "\r\n");
  BOOST_TEST(
      file_of(TaskFormat::csv, {}) ==
      "id,title,description,status,priority,due_at,tags,created_at,updated_at,completed_at,version\r\n");
}

BOOST_AUTO_TEST_CASE(csv_columns_are_the_fields_of_the_json_task) {
  const auto columns = csv_columns();
  std::vector<std::string_view> members;
  for (const auto& part : task_parts().list) members.push_back(part.name);
  BOOST_TEST((std::vector<std::string_view>(columns.begin(), columns.end()) == members));
}

BOOST_AUTO_TEST_CASE(absent_task_fields_are_empty_cells) {
  model::Task task;
  task.title = "x";
  for (const char* column : {"description", "due_at", "tags", "completed_at"})
    BOOST_TEST(cell_of(task, column) == "");
  BOOST_TEST(cell_of(task, "status") == "todo");
  BOOST_TEST(cell_of(task, "priority") == "none");
  BOOST_TEST(cell_of(task, "version") == "1");
}

BOOST_AUTO_TEST_CASE(csv_export_records_end_with_crlf) {
  model::Task task = full_task();
  task.title = "two\nlines";
  const std::string file = file_of(TaskFormat::csv, {task, full_task()});
  BOOST_TEST(file.ends_with("\r\n"));
  BOOST_TEST(std::count(file.begin(), file.end(), '\r') == 3);
  BOOST_TEST(file.find("\"two\nlines\"") != std::string::npos);
  std::size_t fields = 0;
  for (const CsvRecord& record : records_of(file)) {
    BOOST_TEST(record.fields.size() == csv_columns().size());
    ++fields;
  }
  BOOST_TEST(fields == 3U);
}

BOOST_AUTO_TEST_CASE(user_text_cells_never_begin_like_a_formula) {
  for (const std::string& text : awkward_texts()) {
    model::Task task = full_task();
    task.title = task.description = text;
    task.tags = {text};
    for (const char* column : {"title", "description", "tags"}) {
      const std::string cell = cell_of(task, column);
      BOOST_TEST(
          (cell.empty() || std::string_view("=+-@\t\r\n").find(cell.front()) == std::string_view::npos),
          text);
      for (const char* fullwidth : {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"})
        BOOST_TEST(!cell.starts_with(fullwidth), text);
    }
    BOOST_TEST(without_formula_guard(cell_of(task, "title")) == text);
    BOOST_TEST(without_formula_guard(cell_of(task, "description")) == text);
  }
  model::Task task = full_task();
  task.tags = {"-a", "=b"};
  BOOST_TEST(cell_of(task, "tags") == "'-a,=b");
}

BOOST_AUTO_TEST_CASE(tags_cell_is_a_csv_record_quoted_only_if_needed) {
  BOOST_TEST(tags_in_a_cell({}) == "");
  BOOST_TEST(tags_in_a_cell({"home"}) == "home");
  BOOST_TEST(tags_in_a_cell({"a b", "c"}) == "a b,c");
  BOOST_TEST(tags_in_a_cell({"a, b", "home"}) == "\"a, b\",home");
  BOOST_TEST(tags_in_a_cell({"say \"hi\""}) == "\"say \"\"hi\"\"\"");
}

BOOST_AUTO_TEST_CASE(tags_cell_may_be_quoted_or_not) {
  const auto read = [](const std::string& cell) { return tags_of_a_cell(cell).value_or(Tags{"none"}); };
  BOOST_TEST((read("") == Tags{}));
  BOOST_TEST((read("home") == Tags{"home"}));
  BOOST_TEST((read("home,garden") == Tags{"home", "garden"}));
  BOOST_TEST((read("\"home\",\"a, b\"") == Tags{"home", "a, b"}));
  BOOST_TEST((read("a,,b,") == Tags{"a", "", "b", ""}));
  for (const char* bad : {"\"a", "a\"b", "\"a\"b", "a\nb", "\"a\"\n\"b\"", "\xff"})
    BOOST_TEST(!tags_of_a_cell(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(tags_cell_decodes_to_the_same_tags) {
  std::vector<Tags> all{{}, {"a"}, {"a", "b"}, {"a,b"}, {"\"a\"", "b"}, {",", "\"", "\",\""}, {" a ", "b "}};
  Tags pieces;
  for (const std::string& text : awkward_texts()) {
    // A tag is one line without tabs.
    if (text.find_first_of("\n\t") == std::string::npos) pieces.push_back(text);
  }
  for (const std::string& one : pieces) {
    all.push_back({one});
    for (const std::string& other : pieces) all.push_back({one, other});
  }
  for (const Tags& tags : all) {
    const auto decoded = tags_of_a_cell(tags_in_a_cell(tags));
    BOOST_TEST_REQUIRE((decoded && *decoded == tags), tags_in_a_cell(tags));
  }
  // Different tags have different encodings.
  std::set<std::string> cells;
  for (const Tags& tags : all) cells.insert(tags_in_a_cell(tags));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  BOOST_TEST(cells.size() == all.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
