// CSV files as spreadsheets save them, and warnings about what is not imported.
#include "src/api/csv_task_reading.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/api/support_import.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

using testing::Lines;
using testing::lines_of;
using testing::read_file;
using testing::repeat;
using testing::summary_of;

constexpr auto each = boost::test_tools::per_element();

std::string read_csv(const std::string& text) { return summary_of(read_file("text/csv", text)); }
Lines csv_warnings(const std::string& text) { return lines_of(read_file("text/csv", text)->warnings); }

BOOST_AUTO_TEST_SUITE(csv_task_reading)

BOOST_AUTO_TEST_CASE(delimiter_of_a_spreadsheet_is_accepted) {
  BOOST_TEST(read_csv("title;status\nx, y;done\n") == "2:x, y");
  BOOST_TEST(read_csv("title\tstatus\nx;y\tdone\n") == "2:x;y");
  BOOST_TEST(read_csv("sep=;\r\ntitle;status\r\nx;done\r\n") == "3:x");
  BOOST_TEST(read_csv("\xEF\xBB\xBFsep=,\ntitle\nx;y\n") == "3:x;y");
  BOOST_TEST(read_csv("sep=|\ntitle|tags\nx|\"a,b\"\n") == "3:x");
  BOOST_TEST(read_csv("sep=;\n") == "title required");
  BOOST_TEST(read_csv("sep=;\ntitle,status\nx,done\n") == "title,status unknown_member | title required");
  const auto read = read_file("text/csv", "title;tags\nx;\"a,b\"\n");
  BOOST_TEST((read->tasks.at(0).task.tags == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(case_and_spaces_of_column_names_are_ignored) {
  BOOST_TEST(read_csv("Title, STATUS \nx,done\n") == "2:x");
  BOOST_TEST(read_csv("Title,titlE\nx,y\n") == "titlE duplicate");
}

BOOST_AUTO_TEST_CASE(columns_that_are_not_imported_are_mentioned_once) {
  BOOST_TEST(csv_warnings("\nid,title,Version,updated_at\n1,x,2,3\n1,y,2,3\n") ==
                 (Lines{"2 not_imported: id is not imported, here and in the rest of the file",
                        "2 not_imported: updated_at is not imported, here and in the rest of the file",
                        "2 not_imported: version is not imported, here and in the rest of the file"}),
             each);
  BOOST_TEST(csv_warnings("title\nx\n").empty());
}

BOOST_AUTO_TEST_CASE(completion_time_is_only_for_done_tasks) {
  const std::string time = "2026-01-31T12:00:00Z";
  const auto read = read_file("text/csv", "title,status,completed_at\na,done," + time + "\nb,todo," + time +
                                              "\nc,," + time + "\nd,done,\n");
  BOOST_TEST(summary_of(read) == "2:a | 3:b | 4:c | 5:d");
  BOOST_TEST(lines_of(read->warnings) ==
                 Lines{"3 not_imported: completed_at is not imported, because the status is not done"},
             each);
  BOOST_TEST((read->tasks[0].task.completed_at && !read->tasks[1].task.completed_at));
  BOOST_TEST((read->tasks[1].task.status == model::TaskStatus::todo));
  // Without a status, a task that was completed is done.
  BOOST_TEST((read->tasks[2].task.completed_at && read->tasks[2].task.status == model::TaskStatus::done));
  BOOST_TEST((!read->tasks[3].task.completed_at && read->tasks[3].task.status == model::TaskStatus::done));
  const auto without_status = read_file("text/csv", "title,completed_at\na," + time + "\nb,\n");
  BOOST_TEST((without_status->tasks[0].task.status == model::TaskStatus::done));
  BOOST_TEST((without_status->tasks[1].task.status == model::TaskStatus::todo));
}

BOOST_AUTO_TEST_CASE(number_of_warnings_is_limited) {
  const auto read = [](std::size_t rows) {
    return read_file("text/csv",
                     "title,status,completed_at\n" + repeat(rows, "x,todo,2026-01-31T12:00:00Z\n"));
  };
  BOOST_TEST(read(999)->warnings.size() == 999U);
  BOOST_TEST(read(999)->warnings.back().code == "not_imported");
  const auto all = read(1002);
  BOOST_TEST(all->tasks.size() == 1002U);
  BOOST_TEST(all->warnings.size() == domain::kImportWarningsMax);
  BOOST_TEST(lines_of(all->warnings).back() == "1003 too_many: there are 3 further warnings");
}

BOOST_AUTO_TEST_CASE(json_members_that_are_not_imported_are_mentioned_once) {
  const auto read = read_file("application/json",
                              "[{\"title\":\"a\",\"id\":null},\n{\"title\":\"b\",\"id\":1},\n"
                              "{\"title\":\"c\",\"id\":2,\"version\":1,\"status\":\"todo\","
                              "\"completed_at\":\"2026-01-31T12:00:00Z\"}]");
  BOOST_TEST(lines_of(read->warnings) ==
                 (Lines{"2 not_imported: id is not imported, here and in the rest of the file",
                        "3 not_imported: version is not imported, here and in the rest of the file",
                        "3 not_imported: completed_at is not imported, because the status is not done"}),
             each);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
