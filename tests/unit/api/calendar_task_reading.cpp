// To-dos of calendars.
#include "src/api/calendar_task_reading.hpp"

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

Result<domain::ImportedFile> read(const std::string& content) {
  return testing::read_file("text/calendar",
                            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + content + "END:VCALENDAR\r\n");
}
Result<domain::ImportedFile> read_todo(const std::string& properties) {
  return read("BEGIN:VTODO\r\n" + properties + "END:VTODO\r\n");
}
model::ImportedTask task_of(const std::string& properties) {
  auto file = read_todo("SUMMARY:x\n" + properties + '\n');
  BOOST_REQUIRE_MESSAGE(summary_of(file) == "3:x", summary_of(file));
  return std::move(file->tasks.at(0).task);
}
std::string due(const std::string& property) { return rfc3339(task_of(property).due_at.value()); }

BOOST_AUTO_TEST_SUITE(calendar_task_reading)

BOOST_AUTO_TEST_CASE(to_do_is_read) {
  const auto file = read_todo(
      "UID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY;LANGUAGE=en:Buy soil\\, pots\r\nDESCRIPTION:one\\ntw\r\n "
      "o\r\n"
      "STATUS:COMPLETED\r\nPRIORITY:1\r\nDUE:20260203T080000Z\r\nCREATED:20260130T100000Z\r\n"
      "COMPLETED:20260201T090000Z\r\nCATEGORIES:home,a\\,b\r\nCATEGORIES:garden\r\nPERCENT-COMPLETE:100\r\n");
  BOOST_TEST(summary_of(file) == "3:Buy soil, pots");
  const model::ImportedTask& task = file->tasks.at(0).task;
  BOOST_TEST(task.description == "one\ntwo");
  BOOST_TEST((task.status == model::TaskStatus::done && task.priority == model::TaskPriority::urgent));
  BOOST_TEST((task.tags == std::vector<std::string>{"a,b", "garden", "home"}));
  BOOST_TEST(rfc3339(task.due_at.value()) == "2026-02-03T08:00:00.000Z");
  BOOST_TEST(rfc3339(task.created_at.value()) == "2026-01-30T10:00:00.000Z");
  BOOST_TEST(rfc3339(task.completed_at.value()) == "2026-02-01T09:00:00.000Z");
  BOOST_TEST(lines_of(file->warnings) ==
                 (Lines{"3 not_imported: UID is not imported, here and in the rest of the file",
                        "3 not_imported: DTSTAMP is not imported, here and in the rest of the file"}),
             each);
}

BOOST_AUTO_TEST_CASE(status_and_priority_are_mapped) {
  BOOST_TEST((task_of("STATUS:needs-action").status == model::TaskStatus::todo));
  BOOST_TEST((task_of("STATUS:IN-PROCESS").status == model::TaskStatus::in_progress));
  BOOST_TEST((task_of("X:1").status == model::TaskStatus::todo));
  // Without a status, what was completed is done.
  BOOST_TEST((task_of("COMPLETED:20260101T000000Z").status == model::TaskStatus::done));
  std::string priorities;
  for (int i = 0; i <= 9; ++i)
    priorities += std::string(name(task_of("PRIORITY:" + std::to_string(i)).priority)) + ' ';
  BOOST_TEST(priorities == "none urgent high high high normal low low low low ");
}

BOOST_AUTO_TEST_CASE(times_are_dates_utc_or_in_a_zone) {
  BOOST_TEST(due("DUE;VALUE=DATE:20260731") == "2026-07-31T00:00:00.000Z");
  BOOST_TEST(due("DUE:20260731T120000Z") == "2026-07-31T12:00:00.000Z");
  BOOST_TEST(due("DUE;TZID=Europe/Berlin:20260731T120000") == "2026-07-31T10:00:00.000Z");
  BOOST_TEST(due("DUE;TZID=\"Europe/Berlin\":20260131T120000") == "2026-01-31T11:00:00.000Z");
  for (const char* property : {"DUE:20260731T120000", "DUE;TZID=Mars/Phobos:20260731T120000"}) {
    const auto file = read_todo("SUMMARY:x\n" + std::string(property) + '\n');
    BOOST_TEST(rfc3339(file->tasks.at(0).task.due_at.value()) == "2026-07-31T12:00:00.000Z");
    BOOST_TEST(
        lines_of(file->warnings) == Lines{"3 assumed_utc: DUE has no known time zone and is taken as UTC"},
        each);
  }
}

BOOST_AUTO_TEST_CASE(zone_defined_after_its_use_is_known) {
  const auto file = read(
      "BEGIN:VTODO\nSUMMARY:x\nDUE;TZID=My zone:20260731T120000\nEND:VTODO\n"
      "BEGIN:VTIMEZONE\nTZID:My zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0545\n"
      "TZOFFSETTO:+0545\nEND:STANDARD\nEND:VTIMEZONE\n");
  BOOST_TEST(rfc3339(file->tasks.at(0).task.due_at.value()) == "2026-07-31T06:15:00.000Z");
  BOOST_TEST(file->warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_has_no_counterpart_is_named_by_line) {
  const auto file = read(
      "X-WR-CALNAME:Home\nBEGIN:VEVENT\nSUMMARY:e\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\nBEGIN:"
      "VTODO\nSUMMARY:x\n"
      "RRULE:FREQ=SECONDLY\nDTSTART:x\nLOCATION:y\nATTACH:a\nATTACH:b\nRELATED-TO:z\nPERCENT-COMPLETE:50\n"
      "BEGIN:VALARM\nTRIGGER:x\nEND:VALARM\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:y\nSTATUS:NEEDS-ACTION\n"
      "COMPLETED:20260101T000000Z\nEND:VTODO\nBEGIN:VJOURNAL\nEND:VJOURNAL\n");
  BOOST_TEST(summary_of(file) == "9:x | 22:y");
  BOOST_TEST(
      lines_of(file->warnings) ==
          (Lines{"3 not_imported: X-WR-CALNAME is not imported, here and in the rest of the file",
                 "4 not_imported: VEVENT is not imported",
                 "9 not_imported: ATTACH, DTSTART, LOCATION, PERCENT-COMPLETE, RELATED-TO, RRULE and VALARM "
                 "are not imported",
                 "22 not_imported: completed_at is not imported, because the status is not done",
                 "27 not_imported: VJOURNAL is not imported"}),
      each);
}

BOOST_AUTO_TEST_CASE(invalid_to_dos_are_refused_by_line_and_the_others_read) {
  const auto code = [](const std::string& properties) { return summary_of(read_todo(properties)); };
  BOOST_TEST(code("") == "3! required");
  BOOST_TEST(code("SUMMARY:\n") == "3! too_short");
  BOOST_TEST(code("SUMMARY:" + std::string(201, 'x') + '\n') == "3! too_long");
  BOOST_TEST(code("SUMMARY:x\nSTATUS:CANCELLED\n") == "3! invalid_value");
  BOOST_TEST(code("SUMMARY:x\nSUMMARY:y\n") == "3! duplicate");
  BOOST_TEST(code("SUMMARY;ENCODING=QUOTED-PRINTABLE:x\n") == "3! invalid_format");
  for (const char* priority : {"10", "-1", "high", ""})
    BOOST_TEST(code("SUMMARY:x\nPRIORITY:" + std::string(priority) + '\n') == "3! out_of_range", priority);
  for (const char* time : {"tomorrow", "20260230", "", "20260101T000000X"})
    BOOST_TEST(code("SUMMARY:x\nDUE:" + std::string(time) + '\n') == "3! invalid_format", time);
  BOOST_TEST(code("SUMMARY:x\nDESCRIPTION:" + std::string(300'000, 'x') + '\n') == "3! too_long");
  BOOST_TEST(code("SUMMARY:x\x07\n") == "3! invalid_character");
  BOOST_TEST(summary_of(read("BEGIN:VTODO\nx\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:y\nEND:VTODO\n")) ==
             "6:y | 3! invalid_format");
  BOOST_TEST(code("SUMMARY:x\nBEGIN:VALARM\n") == "3! invalid_format");
}

BOOST_AUTO_TEST_CASE(categories_that_are_no_tags_are_not_imported) {
  const auto file = read_todo("SUMMARY:x\nCATEGORIES:" + std::string(51, 'c') + ",ok\n");
  BOOST_TEST((file->tasks.at(0).task.tags == std::vector<std::string>{"ok"}));
  BOOST_TEST(lines_of(file->warnings) ==
                 Lines{"3 not_imported: the category " + std::string(51, 'c') + " is not imported"},
             each);
}

BOOST_AUTO_TEST_CASE(calendar_has_the_same_maximum_number_of_tasks, *boost::unit_test::label("slow")) {
  const std::string todo = "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n";
  BOOST_TEST(read(repeat(domain::kImportMax, todo) + "BEGIN:VEVENT\nEND:VEVENT\n")->tasks.size() ==
             domain::kImportMax);
  BOOST_TEST(summary_of(read(repeat(domain::kImportMax + 1, todo))) == " too_many");
  BOOST_TEST(summary_of(read(repeat(domain::kImportMax + 1, "x\n"))) == " too_many");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
