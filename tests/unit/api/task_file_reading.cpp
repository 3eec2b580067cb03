#include "src/api/task_file_reading.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/api/support_import.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

using testing::read_file;
using testing::repeat;
using testing::summary_of;

std::string read_csv(const std::string& text) { return summary_of(read_file("text/csv", text)); }
std::string read_json(const std::string& text) { return summary_of(read_file("application/json", text)); }

/// The message of the only rejected row.
std::string rejection_message(const Result<domain::ImportedFile>& read) {
  BOOST_REQUIRE(read);
  BOOST_REQUIRE_EQUAL(read->refused.size(), 1U);
  return read->refused.front().message;
}

BOOST_AUTO_TEST_SUITE(task_file_reading)

BOOST_AUTO_TEST_CASE(content_type_selects_the_import_format) {
  for (const char* type :
       {"text/csv", "text/csv; charset=utf-8; header=present", "Text/CSV;charset=\"UTF-8\""})
    BOOST_TEST(summary_of(read_file(type, "title\nx\n")) == "2:x", type);
  for (const char* type : {"text/calendar", "Text/Calendar; charset=utf-8; method=PUBLISH"})
    BOOST_TEST(summary_of(read_file(type, "title\nx\n")) == " invalid_format", type);
  for (const char* type : {"application/json", "application/json; charset=utf-8"})
    BOOST_TEST(summary_of(read_file(type, R"([{"title":"x"}])")) == "1:x", type);
  for (const char* type : {"", "text/plain", "application/merge-patch+json", "text/csv; charset=latin1",
                           "text/calendar; charset=latin1", "application/octet-stream"})
    BOOST_TEST(summary_of(read_file(type, "title\nx\n")) == "unsupported_media_type", type);
}

BOOST_AUTO_TEST_CASE(oversized_or_compressed_import_file_is_rejected) {
  for (const char* type : {"text/csv", "application/json", "text/plain"}) {
    http::Request request;
    request.content_type = type;
    request.body_max = 16UL * 1024 * 1024;
    request.body_too_large = true;
    const auto read = read_task_file(request);
    BOOST_TEST(testing::outcome(read) == "payload_too_large", type);
    BOOST_TEST(read.error().detail == "The request body exceeds 16384 KiB.");
    request.body_too_large = false;
    request.content_encoding = "gzip";
    BOOST_TEST(testing::outcome(read_task_file(request)) == "unsupported_media_type", type);
  }
}

BOOST_AUTO_TEST_CASE(empty_import_file_is_rejected_but_one_without_tasks_is_accepted) {
  BOOST_TEST(read_json("") == "malformed_json");
  BOOST_TEST(read_json("[]") == "");
  BOOST_TEST(read_csv("") == "title required");
  BOOST_TEST(read_csv("\r\n\n") == "title required");
  BOOST_TEST(read_csv("title\r\n") == "");
  BOOST_TEST(read_csv("title") == "");
}

BOOST_AUTO_TEST_CASE(csv_rows_are_reported_by_their_first_line) {
  BOOST_TEST(read_csv("title\na\nb\n") == "2:a | 3:b");
  BOOST_TEST(read_csv("title\r\na\r\nb\r\n") == "2:a | 3:b");
  BOOST_TEST(read_csv("title\n\n\na\n\r\nb") == "4:a | 6:b");
  BOOST_TEST(read_csv("title,status\n\"a\n\nb\",x\n\"\",done\nc,todo\n") ==
             "6:c | 2! invalid_value | 5! required");
  BOOST_TEST(read_csv("title,status\r\n\"a\r\n\r\nb\",x\r\n,\r\nc,\r\n") ==
             "6:c | 2! invalid_value | 5! required");
  BOOST_TEST(read_csv("\xEF\xBB\xBFtitle,tags\r\na,\"x\ny\"\r\nb,\r\n") == "4:b | 2! invalid_format");
  BOOST_TEST(read_csv("\"ti\ntle\"\nx\n").starts_with("ti\ntle unknown_member"));
  BOOST_TEST(read_csv("\n\n\"title\"\n\nx\n") == "5:x");
}

BOOST_AUTO_TEST_CASE(json_items_are_reported_by_their_first_line) {
  BOOST_TEST(read_json(R"([{"title":"a"},{"title":"b"},5])") == "1:a | 1:b | 1! wrong_type");
  BOOST_TEST(read_json("[\n{\"title\":\"a\"},\n{\"title\":\"\"},\n\n5]") ==
             "2:a | 3! too_short | 5! wrong_type");
  BOOST_TEST(read_json("\r\n[\r\n{\r\n\"title\":\"a\"\r\n}\r\n,\r\n{\"x\":1}\r\n]") == "3:a | 7! required");
  BOOST_TEST(read_json("[{\"title\":\n\"a\"},{\"title\":\"b\"}]") == "1:a | 2:b");
}

BOOST_AUTO_TEST_CASE(malformed_row_is_rejected_and_the_other_rows_are_imported) {
  const std::string names = "title,status\n";
  BOOST_TEST(read_csv(names + "a\nb,done\nc,done,\nd,todo\n") ==
             "3:b | 5:d | 2! invalid_format | 4! invalid_format");
  BOOST_TEST(rejection_message(read_file("text/csv", names + "a\n")) ==
             "wrong number of fields: 1 instead of 2");
  BOOST_TEST(rejection_message(read_file("text/csv", names + ",,\n")) ==
             "wrong number of fields: 3 instead of 2");
  BOOST_TEST(rejection_message(read_file("text/csv", names + "\"a,done\n")) ==
             "has an unterminated quoted field");
  BOOST_TEST(read_csv(names + "\"a\"b,done\nc,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(read_csv(names + "a\xff,done\nc,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(read_csv(names + std::string("a\0,done\n", 8) + "c,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(read_csv(names + std::string(300UL * 1024, 'x') + ",done\nc,done\n") ==
             "3:c | 2! invalid_format");
  BOOST_TEST(read_json(R"([null,{"title":"a"},"x",[],true,1.5])") ==
             "1:a | 1! wrong_type | 1! wrong_type | 1! wrong_type | 1! wrong_type | 1! wrong_type");
  BOOST_TEST(rejection_message(read_file("application/json", "[1]")) == "must be an object");
}

BOOST_AUTO_TEST_CASE(row_is_rejected_with_its_first_code_and_all_messages) {
  const auto rejected = read_file("text/csv", "title,status,due_at\n,soon,2026\n");
  BOOST_TEST(summary_of(rejected) == "2! required");
  BOOST_TEST(rejection_message(rejected) ==
             "title is required; status must be one of todo, in_progress, done; due_at must be an RFC 3339 "
             "date and time "
             "with a UTC offset, such as 2026-01-31T12:00:00Z");
  BOOST_TEST(rejection_message(read_file("application/json", R"([{"title":"x","nonsense":1}])")) ==
             "nonsense is an unknown field");
}

BOOST_AUTO_TEST_CASE(malformed_json_or_non_array_rejects_the_file) {
  for (const char* bad :
       {"[", "[{\"title\":\"a\"}", "[{\"title\":\"a\"},]", "[{\"title\":\"a\",\"title\":\"b\"}]", "x",
        "[{\"title\":\"a\"}] x", "title\nx\n", "[{\"title\":\"\xff\"}]"})
    BOOST_TEST(read_json(bad) == "malformed_json", bad);
  BOOST_TEST(read_json(std::string("[]\0", 3)) == "malformed_json");
  for (const char* bad : {"{}", "{\"title\":\"a\"}", "null", "\"x\"", "5"})
    BOOST_TEST(read_json(bad) == " wrong_type", bad);
}

BOOST_AUTO_TEST_CASE(csv_header_may_list_the_columns_in_any_order) {
  const auto read = read_file("text/csv", " status\t, title ,tags\nin progress, a ,\"b,a\"\n");
  BOOST_TEST(summary_of(read) == "2: a ");
  BOOST_TEST((read->tasks[0].task.status == model::TaskStatus::in_progress));
  BOOST_TEST((read->tasks[0].task.tags == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(unknown_missing_or_duplicate_columns_reject_the_file) {
  BOOST_TEST(read_csv("title,colour\nx,y\n") == "colour unknown_member");
  BOOST_TEST(read_csv("title,\nx,\n") == " unknown_member");
  BOOST_TEST(read_csv("title,deleted_at\nx,\n") == "deleted_at unknown_member");
  BOOST_TEST(read_csv("title,status, title\nx,y,z\n") == "title duplicate");
  BOOST_TEST(read_csv("status\ndone\n") == "title required");
  BOOST_TEST(read_csv("x,y,status,status\n") ==
             "x unknown_member | y unknown_member | status duplicate | title required");
  BOOST_TEST(read_csv("Title;Colour;TITLE\nx;y;z\n") == "Colour unknown_member | TITLE duplicate");
  BOOST_TEST(read_csv("\"title\nx\n") == " invalid_format");
  BOOST_TEST(read_csv("title\xff\nx\n") == " invalid_format");
  BOOST_TEST(read_csv("ti\"tle\nx\n") == " invalid_format");
}

BOOST_AUTO_TEST_CASE(at_most_20_invalid_columns_are_reported_each_truncated_to_100_bytes) {
  const auto read = read_file("text/csv", "title," + repeat(500, std::string(300, 'x'), ",") + "\n");
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().faults.size() == 20U);
  for (const FieldFault& fault : read.error().faults) BOOST_TEST(fault.field.size() <= 100U);
}

BOOST_AUTO_TEST_CASE(empty_cell_counts_as_absent) {
  const auto read = read_file(
      "text/csv",
      "id,title,description,status,priority,due_at,tags,created_at,updated_at,completed_at,version\n"
      ",x,,,,,,,,,\n");
  BOOST_TEST(summary_of(read) == "2:x");
  const model::ImportedTask& task = read->tasks[0].task;
  BOOST_TEST(task.description == "");
  BOOST_TEST((task.status == model::TaskStatus::todo && task.priority == model::TaskPriority::none));
  BOOST_TEST((!task.due_at && !task.created_at && !task.completed_at && task.tags.empty()));
  BOOST_TEST(read_csv("title,description\n\"\",x\n") == "2! required");
}

BOOST_AUTO_TEST_CASE(cells_accept_crlf_and_the_formula_guard) {
  const auto read = read_file(
      "text/csv", "title,description\r\n'=1+1,\"a\r\nb\r\n\"\r\n''=1,'tis\r\n=2,\"a;'=1\r\n'-b\"\r\n");
  BOOST_TEST(summary_of(read) == "2:=1+1 | 5:'=1 | 6:=2");
  BOOST_TEST(read->tasks[0].task.description == "a\nb\n");
  BOOST_TEST(read->tasks[1].task.description == "'tis");
  BOOST_TEST(read->tasks[2].task.description == "a;=1\n-b");
  BOOST_TEST(read_csv("title\n\"a\rb\"\n") == "2! invalid_character");
}

BOOST_AUTO_TEST_CASE(malformed_tags_cell_rejects_the_row) {
  for (const char* bad : {"\"\"\"a\"", "\"a\"\"b\"", "\"a\nb\"", "\"\"\"a\"\"b\""})
    BOOST_TEST(read_csv("title,tags\nx," + std::string(bad) + "\n") == "2! invalid_format", bad);
  BOOST_TEST(read_csv("title,tags\nx,\"a,,b\"\n") == "2! too_short");
  BOOST_TEST(read_csv("title,tags\nx,\"" + repeat(21, "t", ",") + "\"\n") == "2! too_many");
  BOOST_TEST(read_csv("title,tags\nx,\"'-a,=b\"\n") == "2:x");
}

BOOST_AUTO_TEST_CASE(import_file_has_at_most_20000_tasks, *boost::unit_test::label("slow")) {
  static_assert(domain::kImportMax == 20'000);
  const std::string item = R"({"title":"x"})";
  const auto largest = read_file("application/json", '[' + repeat(20'000, item, ",") + ']');
  BOOST_REQUIRE(largest);
  BOOST_TEST(largest->tasks.size() == 20'000U);
  BOOST_TEST(read_json('[' + repeat(20'001, item, ",") + ']') == " too_many");
  // Rejected tasks count, and nothing after the limit is parsed.
  BOOST_TEST(read_json('[' + repeat(20'001, "1", ",") + ']') == " too_many");
  BOOST_TEST(read_json('[' + repeat(20'001, "1", ",") + " nonsense") == " too_many");
  const auto lines = read_file("text/csv", "title\n" + repeat(20'000, "x\n", ""));
  BOOST_REQUIRE(lines);
  BOOST_TEST(lines->tasks.size() == 20'000U);
  BOOST_TEST(lines->tasks.back().line == 20'001U);
  BOOST_TEST(read_csv("title\n" + repeat(20'001, "x\n", "")) == " too_many");
  BOOST_TEST(read_csv("title,status\n" + repeat(19'999, "x\n", "") + "x,\nx,\n") == " too_many");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
