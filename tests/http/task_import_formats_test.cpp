// Import of files of other programs, through the whole service.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

struct FormatsFixture : TaskOwner {
  Response send(const std::string& file, const std::string& type, const Texts& headers = {}) {
    Texts all{"Content-Type: " + type};
    all.insert(all.end(), headers.begin(), headers.end());
    return request("POST", "/tasks/import", file, all);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_import_formats, FormatsFixture, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(csv_saved_by_a_spreadsheet_is_imported) {
  const Json outcome =
      import("\xEF\xBB\xBFsep=;\r\nTitle;STATUS;tags\r\n\"Tea;'=1\";done;\"a,b\"\r\n", "text/csv");
  BOOST_TEST(outcome["imported"].number() == 1);
  BOOST_TEST(outcome["warnings"].size() == 0U);
  const Json task = list("")["items"].at(0);
  BOOST_TEST(task["title"].text() == "Tea;=1");
  BOOST_TEST(texts_in(task["tags"]) == (Texts{"a", "b"}), each);
  BOOST_TEST(import("title\tpriority\nMilk\thigh\n", "text/csv")["imported"].number() == 1);
}

BOOST_AUTO_TEST_CASE(todoist_export_is_imported) {
  const Json outcome = import(
      "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\r\n"
      "task,Buy soil @garden,,2,1,,,2026-04-01 18:00,en,Europe/Berlin\r\n"
      "note,Peat-free,,,,,,,,\r\n"
      "task,Prune,,4,2,,,every spring,en,\r\n"
      "task,,,4,1,,,,,\r\n",
      "text/csv");
  BOOST_TEST(outcome["imported"].number() == 2);
  BOOST_TEST(issues_of(outcome["refused"]) == Texts{"5 too_short"}, each);
  BOOST_TEST(issues_of(outcome["warnings"]) == Texts{"4 not_imported"}, each);
  const Json task = list("?q=soil")["items"].at(0);
  BOOST_TEST(task["title"].text() == "Buy soil");
  BOOST_TEST(task["description"].text() == "Peat-free");
  BOOST_TEST(task["priority"].text() == "high");
  BOOST_TEST(task["due_at"].text() == "2026-04-01T16:00:00.000Z");
  BOOST_TEST(texts_in(task["tags"]) == Texts{"garden"}, each);
}

BOOST_AUTO_TEST_CASE(vikunja_export_is_imported) {
  const Json outcome = import(
      "[{\"title\":\"Home\",\"tasks\":[\n{\"title\":\"Buy "
      "soil\",\"done\":true,\"done_at\":\"2026-02-01T10:00:00Z\","
      "\"created\":\"2026-01-01T10:00:00Z\",\"priority\":5,\"labels\":[{\"title\":\"garden\"}],"
      "\"reminders\":[{\"reminder\":\"2026-01-01T00:00:00Z\"}]},\n{\"title\":\"\"}]},\n7]");
  BOOST_TEST(outcome["imported"].number() == 1);
  BOOST_TEST(issues_of(outcome["refused"]) == (Texts{"3 required", "4 wrong_type"}), each);
  BOOST_TEST(issues_of(outcome["warnings"]) == Texts{"2 not_imported"}, each);
  const Json task = list("")["items"].at(0);
  BOOST_TEST(task["status"].text() == "done");
  BOOST_TEST(task["priority"].text() == "urgent");
  BOOST_TEST(task["created_at"].text() == "2026-01-01T10:00:00.000Z");
  BOOST_TEST(task["completed_at"].text() == "2026-02-01T10:00:00.000Z");
  BOOST_TEST(texts_in(task["tags"]) == (Texts{"Home", "garden"}), each);
}

BOOST_AUTO_TEST_CASE(calendar_is_imported) {
  const Json outcome = import(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nSUMMARY:Buy "
      "soil\r\nDUE;TZID=Europe/Berlin:20260401T180000\r\n"
      "PRIORITY:9\r\nCATEGORIES:garden\r\nRRULE:FREQ=DAILY\r\nEND:VTODO\r\nBEGIN:VTODO\r\nSUMMARY:x\r\n"
      "STATUS:CANCELLED\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nSUMMARY:e\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
      "text/calendar; charset=utf-8");
  BOOST_TEST(outcome["imported"].number() == 1);
  BOOST_TEST(issues_of(outcome["refused"]) == Texts{"10 invalid_value"}, each);
  BOOST_TEST(issues_of(outcome["warnings"]) == (Texts{"3 not_imported", "14 not_imported"}), each);
  const Json task = list("")["items"].at(0);
  BOOST_TEST(task["due_at"].text() == "2026-04-01T16:00:00.000Z");
  BOOST_TEST(task["priority"].text() == "low");
  BOOST_TEST(texts_in(task["tags"]) == Texts{"garden"}, each);
}

BOOST_DATA_TEST_CASE(file_that_is_no_calendar_imports_nothing,
                     data::make({"", "title\nTea\n", "[]", "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n"}), file) {
  expect_faults(send(file, "text/calendar"), {":invalid_format"});
  BOOST_TEST(ids().empty());
}

BOOST_AUTO_TEST_CASE(hostile_calendar_is_answered_and_the_worker_lives_on) {
  const auto workers = stack.workers();
  const auto calendar = [](const std::string& content) { return "BEGIN:VCALENDAR\r\n" + content; };
  std::string zones;
  for (int i = 0; i < 100; ++i) {
    zones += "BEGIN:VTIMEZONE\nTZID:z" + std::to_string(i) + '\n' +
             repeated(
                 "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
                 "RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTH=3\nEND:STANDARD\n",
                 4) +
             "END:VTIMEZONE\nBEGIN:VTODO\nSUMMARY:x\nDUE;TZID=z" + std::to_string(i) +
             ":99990101T000000\nEND:VTODO\n";
  }
  for (const std::string& file :
       {calendar(repeated("BEGIN:VTODO\n", 250'000)),
        calendar("BEGIN:VTODO\nSUMMARY:" + std::string(1250'000, 'x')),
        calendar("BEGIN:VTODO\nSUMMARY:x\n" + repeated("A:\n", 250'000)),
        calendar(repeated("BEGIN:VEVENT\nEND:VEVENT\n", 125'000)), calendar(zones),
        calendar("BEGIN:VTODO\nSUMMARY:x\n" + repeated(" \n", 250'000) + "END:VTODO\n")}) {
    BOOST_TEST(send(file, "text/calendar").status == 200);
  }
  BOOST_TEST((stack.workers() == workers));
}

BOOST_AUTO_TEST_CASE(repeated_import_has_the_same_warnings) {
  const std::string file = "title,id,created_at\nTea,1,\nMilk,2,2999-01-01T00:00:00Z\n";
  const Texts key{"Idempotency-Key: " + unique_name()};
  const Response first = send(file, "text/csv", key);
  BOOST_TEST(first.status == 200);
  BOOST_TEST(issues_of(first.json()["refused"]) == Texts{"3 out_of_range"}, each);
  BOOST_TEST(issues_of(first.json()["warnings"]) == Texts{"1 not_imported"}, each);
  BOOST_TEST(send(file, "text/csv", key).body == first.body);
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
