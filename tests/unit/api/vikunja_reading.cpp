// JSON as Vikunja exports it.
#include "src/api/vikunja_reading.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/base/rfc3339.hpp"
#include "tests/unit/api/support_import.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

using testing::Lines;
using testing::lines_of;
using testing::repeat;
using testing::summary_of;
using Tags = std::vector<std::string>;

constexpr auto each = boost::test_tools::per_element();

Result<domain::ImportedFile> read(const std::string& text) {
  return testing::read_file("application/json", text);
}

/// The file of a project with one task.
Result<domain::ImportedFile> read_task(const std::string& members) {
  return read("[{\"title\":\"Home\",\"tasks\":[\n{\"title\":\"x\"," + members + "}]}]");
}

BOOST_AUTO_TEST_SUITE(vikunja_reading)

BOOST_AUTO_TEST_CASE(export_with_projects_is_read) {
  const auto file = read(
      "[{\"id\":1,\"title\":\"Home\",\"description\":\"\",\"hex_color\":\"\",\"views\":[{\"id\":1}],"
      "\"tasks\":[\n"
      "{\"id\":7,\"title\":\"Buy soil\",\"description\":\"<p>Two &amp; more</p>\",\"done\":true,"
      "\"done_at\":\"2026-02-01T10:00:00+01:00\",\"due_date\":\"2026-02-03T08:00:00Z\",\"reminders\":null,"
      "\"priority\":4,\"labels\":[{\"id\":3,\"title\":\"garden\",\"hex_color\":\"00ff00\"}],\"percent_done\":"
      "0,"
      "\"created\":\"2026-01-30T10:00:00Z\",\"updated\":\"2026-02-01T10:00:00Z\"},\n"
      "{\"id\":8,\"title\":\"Prune\",\"done\":false,\"done_at\":\"0001-01-01T00:00:00Z\","
      "\"due_date\":\"0001-01-01T00:00:00Z\",\"repeat_after\":86400,\"priority\":0,\"labels\":null,"
      "\"assignees\":[{\"id\":1}],\"attachments\":[],\"comments\":[{\"comment\":\"hm\"}],"
      "\"related_tasks\":{\"subtask\":[{\"id\":7}]},\"percent_done\":0.5,\"start_date\":\"2026-01-01T00:00:"
      "00Z\","
      "\"hex_color\":\"ff0000\",\"is_favorite\":true}]},\n"
      "{\"title\":\"Work\",\"hex_color\":\"ff0000\",\"tasks\":[{\"title\":\"Call\"}],\"buckets\":[{}]},\n"
      "{\"title\":\"Empty\",\"tasks\":null}]");
  BOOST_TEST(summary_of(file) == "2:Buy soil | 3:Prune | 4:Call");
  const model::ImportedTask& first = file->tasks.at(0).task;
  BOOST_TEST(first.description == "<p>Two &amp; more</p>");
  BOOST_TEST((first.status == model::TaskStatus::done && first.priority == model::TaskPriority::urgent));
  BOOST_TEST((first.tags == Tags{"Home", "garden"}));
  BOOST_TEST(rfc3339(first.due_at.value()) == "2026-02-03T08:00:00.000Z");
  BOOST_TEST(rfc3339(first.created_at.value()) == "2026-01-30T10:00:00.000Z");
  BOOST_TEST(rfc3339(first.completed_at.value()) == "2026-02-01T09:00:00.000Z");
  const model::ImportedTask& second = file->tasks.at(1).task;
  BOOST_TEST((second.status == model::TaskStatus::todo && second.priority == model::TaskPriority::none));
  BOOST_TEST((!second.due_at && !second.completed_at && !second.created_at));
  BOOST_TEST((second.tags == Tags{"Home"}));
  BOOST_TEST((file->tasks.at(2).task.tags == Tags{"Work"}));
  BOOST_TEST(lines_of(file->warnings) ==
                 (Lines{"2 not_imported: id is not imported, here and in the rest of the file",
                        "2 not_imported: updated is not imported, here and in the rest of the file",
                        "3 not_imported: repeat_after, assignees, comments, related_tasks, percent_done, "
                        "start_date, hex_color and is_favorite are not imported",
                        "4 not_imported: the project's hex_color is not imported"}),
             each);
}

BOOST_AUTO_TEST_CASE(object_with_projects_or_tasks_is_read) {
  BOOST_TEST(summary_of(read(R"({"projects":[{"tasks":[{"title":"a"}],"title":"p"}]})")) == "1:a");
  const auto tasks = read("{\"tasks\":[\n{\"title\":\"a\",\"done\":true},\n7]}");
  BOOST_TEST(summary_of(tasks) == "2:a | 3! wrong_type");
  BOOST_TEST(tasks->tasks.at(0).task.tags.empty());
  // The title may follow the tasks.
  BOOST_TEST((read(R"([{"tasks":[{"title":"a"}],"title":"p"}])")->tasks.at(0).task.tags == Tags{"p"}));
}

BOOST_AUTO_TEST_CASE(invalid_tasks_are_refused_by_line) {
  for (const char* members :
       {R"("priority":6)", R"("priority":-1)", R"("priority":"high")", R"("priority":1.5)"})
    BOOST_TEST(summary_of(read_task(members)) == "2! out_of_range", members);
  for (const char* members : {R"("done":"yes")", R"("labels":{"a":1})", R"("labels":[1])", R"("labels":[{}])",
                              R"("due_date":7)", R"("description":[1])"})
    BOOST_TEST(summary_of(read_task(members)) == "2! wrong_type", members);
  BOOST_TEST(summary_of(read_task(R"("due_date":"tomorrow")")) == "2! invalid_format");
  BOOST_TEST(summary_of(read(R"([{"tasks":[{"title":""},{"done":true}]}])")) == "1! required | 1! required");
  BOOST_TEST(summary_of(read(R"([{"tasks":[{"title":"a"},]}])")) == "malformed_json");
}

BOOST_AUTO_TEST_CASE(labels_and_project_titles_that_are_no_tags_are_not_imported) {
  const std::string longest(50, 'l');
  const std::string too_long(51, 'l');
  const auto labels = read_task(R"("labels":[{"title":")" + longest + R"("},{"title":")" + too_long + "\"}]");
  BOOST_TEST((labels->tasks.at(0).task.tags == Tags{"Home", longest}));
  BOOST_TEST(
      lines_of(labels->warnings) == Lines{"2 not_imported: the label " + too_long + " is not imported"},
      each);
  const auto project = read("[{\"title\":\"" + too_long + "\",\"tasks\":[{\"title\":\"a\"}]}]");
  BOOST_TEST(project->tasks.at(0).task.tags.empty());
  BOOST_TEST(lines_of(project->warnings) == Lines{"1 not_imported: the project's title is not imported"},
             each);
  std::string many;
  for (int i = 0; i < 20; ++i) many += (i == 0 ? "" : ",") + ("{\"title\":\"l" + std::to_string(i)) + "\"}";
  const auto full = read_task("\"labels\":[" + many + ']');
  BOOST_TEST(full->tasks.at(0).task.tags.size() == 20U);
  BOOST_TEST(lines_of(full->warnings) == Lines{"2 not_imported: the project's title is not imported"}, each);
}

BOOST_AUTO_TEST_CASE(project_may_have_more_values_than_an_item, *boost::unit_test::label("slow")) {
  const std::string many = repeat(5000, R"({"task_id":1,"position":2.5})", ",");
  BOOST_TEST(summary_of(read("[{\"title\":\"p\",\"positions\":[" + many +
                             "],\"tasks\":[{\"title\":\"a\"}]}]")) == "1:a");
  const std::string tasks = repeat(domain::kImportMax, R"({"title":"a"})", ",");
  BOOST_TEST(read("[{\"tasks\":[" + tasks + "]},{\"tasks\":[]}]")->tasks.size() == domain::kImportMax);
  BOOST_TEST(summary_of(read("[{\"tasks\":[" + tasks + "]},{\"tasks\":[{}]}]")) == " too_many");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
