// CSV as Todoist exports a project.
#include "src/api/todoist_reading.hpp"

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

constexpr auto each = boost::test_tools::per_element();

Result<domain::ImportedFile> read(const std::string& rows,
                                  const std::string& names =
                                      "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,"
                                      "RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,"
                                      "DURATION_UNIT") {
  return testing::read_file("text/csv", names + '\n' + rows);
}

/// The only task, of a file with few columns.
model::ImportedTask task_of(const std::string& content, const std::string& more = ",,,") {
  auto file = read("task," + content + ',' + more + '\n', "type,content,priority,date,timezone,description");
  BOOST_REQUIRE_MESSAGE(summary_of(file).starts_with("2:"), summary_of(file));
  return std::move(file->tasks.at(0).task);
}

std::string due(const std::string& date, const std::string& zone = {}) {
  const auto task = task_of("x", "," + date + ',' + zone + ',');
  return task.due_at ? rfc3339(*task.due_at) : "";
}

BOOST_AUTO_TEST_SUITE(todoist_reading)

BOOST_AUTO_TEST_CASE(export_of_a_project_is_read) {
  const auto file = read(
      "meta,view_style=list,,,,,,,,,,\n"
      "task,Buy soil @garden,Two bags,1,1,Kim (1),,2026-04-01,en,Europe/Berlin,,\n"
      "note,Peat-free,,,,Kim (1),,,,,,\n"
      ",,,,,,,,,,,\n"
      "section,Later,,,,,,,,,,\n"
      "task,Prune,,4,2,Kim (1),Sam (2),every spring,en,Europe/Berlin,30,minute\n");
  BOOST_TEST(summary_of(file) == "3:Buy soil | 7:Prune");
  const model::ImportedTask& first = file->tasks.at(0).task;
  BOOST_TEST(first.description == "Two bags\n\nPeat-free");
  BOOST_TEST((first.priority == model::TaskPriority::urgent && first.status == model::TaskStatus::todo));
  BOOST_TEST((first.tags == std::vector<std::string>{"garden"}));
  BOOST_TEST(rfc3339(first.due_at.value()) == "2026-04-01T00:00:00.000Z");
  BOOST_TEST((file->tasks.at(1).task.priority == model::TaskPriority::none));
  BOOST_TEST(!file->tasks.at(1).task.due_at.has_value());
  BOOST_TEST(lines_of(file->warnings) ==
                 (Lines{"2 not_imported: meta is not imported", "3 not_imported: AUTHOR is not imported",
                        "6 not_imported: the section is not imported",
                        "7 not_imported: INDENT, DATE, AUTHOR, RESPONSIBLE and DURATION are not imported"}),
             each);
}

BOOST_AUTO_TEST_CASE(header_of_todoist_is_recognised_in_any_case_and_with_any_delimiter) {
  BOOST_TEST(summary_of(read("task;x\n", "type;Content")) == "2:x");
  BOOST_TEST(summary_of(read("Task,x\n", "\"TYPE\",\"CONTENT\"")) == "2:x");
  BOOST_TEST(summary_of(read("task,x\n", "TYPE,title")) == "TYPE unknown_member");
}

BOOST_AUTO_TEST_CASE(invalid_rows_are_refused_by_line) {
  const auto file = read("task,,1\nTask,x,5\nproject,x,1\n,x,1\ntask,x\ntask,y,\n", "TYPE,CONTENT,PRIORITY");
  BOOST_TEST(
      summary_of(file) ==
      "7:y | 2! too_short | 3! invalid_value | 4! invalid_value | 5! invalid_value | 6! invalid_format");
}

BOOST_AUTO_TEST_CASE(labels_become_tags_and_the_rest_of_the_text_is_kept) {
  const auto check = [](const std::string& content, const std::string& title, const Lines& tags) {
    const auto task = task_of(content);
    BOOST_TEST(task.title == title);
    BOOST_TEST(task.tags == tags, each);
  };
  check("Buy @home milk", "Buy milk", {"home"});
  check("@b  Buy  milk @a", "Buy  milk", {"a", "b"});
  check(" Buy  milk ", " Buy  milk ", {});
  check("mail ann@example.org @ 5", "mail ann@example.org @ 5", {});
  check("@home", "@home", {"home"});
  check("x @" + std::string(51, 'a'), "x @" + std::string(51, 'a'), {});
  check("x " + repeat(21, "@a", " "), "x @a", {"a"});
}

BOOST_AUTO_TEST_CASE(only_iso_dates_are_due_dates) {
  BOOST_TEST(due("2026-01-31") == "2026-01-31T00:00:00.000Z");
  BOOST_TEST(due("2026-01-31T18:00:30Z") == "2026-01-31T18:00:30.000Z");
  BOOST_TEST(due("2026-01-31 18:00+02:00") == "2026-01-31T16:00:00.000Z");
  BOOST_TEST(due("2026-01-31 18:00", "Europe/Berlin") == "2026-01-31T17:00:00.000Z");
  BOOST_TEST(due("2026-07-31T18:00:00", "Europe/Berlin") == "2026-07-31T16:00:00.000Z");
  BOOST_TEST(due("2026-01-31 18:00", "nowhere") == "2026-01-31T18:00:00.000Z");
  for (const char* date :
       {"tomorrow", "Oct 5 2026", "2026-02-30", "2026-01-31 25:00", "every 2026-01-31", "2026"})
    BOOST_TEST(due(date) == "", date);
  BOOST_TEST(lines_of(read("task,x,2026-01-31 18:00\n", "type,content,date")->warnings) ==
                 Lines{"2 assumed_utc: DATE has no known time zone and is taken as UTC"},
             each);
}

BOOST_AUTO_TEST_CASE(note_that_belongs_to_no_task_or_does_not_fit_is_not_imported) {
  const std::string names = "TYPE,CONTENT,DESCRIPTION";
  const auto file =
      read("note,first,\ntask,x," + std::string(9'990, 'd') + "\nnote,12345678,\nnote,1,\n", names);
  BOOST_TEST(file->tasks.at(0).task.description.size() == 10'000U);
  BOOST_TEST(lines_of(file->warnings) ==
                 (Lines{"2 not_imported: the note, which follows no task, is not imported",
                        "5 not_imported: the note, for which the description is too long, is not imported"}),
             each);
}

BOOST_AUTO_TEST_CASE(file_of_todoist_has_the_same_maximum_number_of_tasks, *boost::unit_test::label("slow")) {
  const std::string rows = repeat(domain::kImportMax, "task,x\n");
  const auto largest = read(rows + "note,y\n", "TYPE,CONTENT");
  BOOST_REQUIRE(largest);
  BOOST_TEST(largest->tasks.size() == domain::kImportMax);
  BOOST_TEST(largest->tasks.back().task.description == "y");
  BOOST_TEST(summary_of(read(rows + "task,x\n", "TYPE,CONTENT")) == " too_many");
  BOOST_TEST(summary_of(read(rows + "x\n", "TYPE,CONTENT")) == " too_many");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
