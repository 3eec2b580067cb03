#include "src/api/task_file_reading.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/support_outcome.hpp"

namespace taskward::api {
namespace {

Result<TaskFileContents> file(const std::string& type, const std::string& text) {
  http::Request request;
  request.content_type = type;
  request.body = text;
  return read_task_file(request);
}

/// "line:title" of each task, then "line! code" of each that was refused; or why all of it was.
std::string shown(const Result<TaskFileContents>& read) {
  std::string out;
  const auto add = [&](const std::string& piece) { out += (out.empty() ? "" : " | ") + piece; };
  if (!read) {
    for (const std::string& fault : testing::faults_of(read)) add(fault);
    return out.empty() ? testing::outcome(read) : out;
  }
  for (const auto& one : read->tasks) add(std::to_string(one.line) + ':' + one.task.title);
  for (const auto& one : read->refused) add(std::to_string(one.line) + "! " + one.code);
  return out;
}
std::string csv(const std::string& text) { return shown(file("text/csv", text)); }
std::string json(const std::string& text) { return shown(file("application/json", text)); }

/// What is said of the one row that is refused.
std::string message(const Result<TaskFileContents>& read) {
  BOOST_REQUIRE(read);
  BOOST_REQUIRE_EQUAL(read->refused.size(), 1U);
  return read->refused.front().message;
}

std::string many(std::size_t count, const std::string& piece, const std::string& between) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : between) + piece;
  return out;
}

BOOST_AUTO_TEST_SUITE(task_file_reading)

BOOST_AUTO_TEST_CASE(the_type_of_the_body_says_how_it_is_read) {
  for (const char* type :
       {"text/csv", "text/csv; charset=utf-8; header=present", "Text/CSV;charset=\"UTF-8\""})
    BOOST_TEST(shown(file(type, "title\nx\n")) == "2:x", type);
  for (const char* type : {"application/json", "application/json; charset=utf-8"})
    BOOST_TEST(shown(file(type, R"([{"title":"x"}])")) == "1:x", type);
  for (const char* type :
       {"", "text/plain", "text/calendar", "application/merge-patch+json", "text/csv; charset=latin1",
        "application/json; charset=utf-16", "application/octet-stream"})
    BOOST_TEST(shown(file(type, "title\nx\n")) == "unsupported_media_type", type);
}

BOOST_AUTO_TEST_CASE(a_body_that_was_too_large_or_is_compressed_is_not_read) {
  for (const char* type : {"text/csv", "application/json", "text/plain"}) {
    http::Request request;
    request.content_type = type;
    request.body_max = 16UL * 1024 * 1024;
    request.body_too_large = true;
    const auto read = read_task_file(request);
    BOOST_TEST(testing::outcome(read) == "payload_too_large", type);
    BOOST_TEST(read.error().detail == "The body is larger than 16384 KiB.");
    request.body_too_large = false;
    request.content_encoding = "gzip";
    BOOST_TEST(testing::outcome(read_task_file(request)) == "unsupported_media_type", type);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_none_and_one_without_tasks_is_good) {
  BOOST_TEST(json("") == "malformed_json");
  BOOST_TEST(json("[]") == "");
  BOOST_TEST(csv("") == "title required");
  BOOST_TEST(csv("\r\n\n") == "title required");
  BOOST_TEST(csv("title\r\n") == "");
  BOOST_TEST(csv("title") == "");
}

BOOST_AUTO_TEST_CASE(rows_of_csv_are_told_by_the_line_they_begin_on) {
  BOOST_TEST(csv("title\na\nb\n") == "2:a | 3:b");
  BOOST_TEST(csv("title\r\na\r\nb\r\n") == "2:a | 3:b");
  BOOST_TEST(csv("title\n\n\na\n\r\nb") == "4:a | 6:b");
  BOOST_TEST(csv("title,status\n\"a\n\nb\",x\n\"\",done\nc,todo\n") ==
             "6:c | 2! invalid_value | 5! required");
  BOOST_TEST(csv("title,status\r\n\"a\r\n\r\nb\",x\r\n,\r\nc,\r\n") ==
             "6:c | 2! invalid_value | 5! required");
  BOOST_TEST(csv("\xEF\xBB\xBFtitle,tags\r\na,\"x\ny\"\r\nb,\r\n") == "4:b | 2! invalid_format");
  BOOST_TEST(csv("\"ti\ntle\"\nx\n").starts_with("ti\ntle unknown_member"));
  BOOST_TEST(csv("\n\n\"title\"\n\nx\n") == "5:x");
}

BOOST_AUTO_TEST_CASE(items_of_json_are_told_by_the_line_they_begin_on) {
  BOOST_TEST(json(R"([{"title":"a"},{"title":"b"},5])") == "1:a | 1:b | 1! wrong_type");
  BOOST_TEST(json("[\n{\"title\":\"a\"},\n{\"title\":\"\"},\n\n5]") == "2:a | 3! too_short | 5! wrong_type");
  BOOST_TEST(json("\r\n[\r\n{\r\n\"title\":\"a\"\r\n}\r\n,\r\n{\"x\":1}\r\n]") == "3:a | 7! required");
  BOOST_TEST(json("[{\"title\":\n\"a\"},{\"title\":\"b\"}]") == "1:a | 2:b");
}

BOOST_AUTO_TEST_CASE(what_is_no_row_of_its_file_is_refused_and_the_rest_is_read) {
  const std::string names = "title,status\n";
  BOOST_TEST(csv(names + "a\nb,done\nc,done,\nd,todo\n") ==
             "3:b | 5:d | 2! invalid_format | 4! invalid_format");
  BOOST_TEST(message(file("text/csv", names + "a\n")) == "has 1 fields, and the first line has 2 names");
  BOOST_TEST(message(file("text/csv", names + ",,\n")) == "has 3 fields, and the first line has 2 names");
  BOOST_TEST(message(file("text/csv", names + "\"a,done\n")) == "has a quoted field that is not closed");
  BOOST_TEST(csv(names + "\"a\"b,done\nc,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(csv(names + "a\xff,done\nc,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(csv(names + std::string("a\0,done\n", 8) + "c,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(csv(names + std::string(300UL * 1024, 'x') + ",done\nc,done\n") == "3:c | 2! invalid_format");
  BOOST_TEST(json(R"([null,{"title":"a"},"x",[],true,1.5])") ==
             "1:a | 1! wrong_type | 1! wrong_type | 1! wrong_type | 1! wrong_type | 1! wrong_type");
  BOOST_TEST(message(file("application/json", "[1]")) == "must be an object");
}

BOOST_AUTO_TEST_CASE(a_row_is_refused_by_its_first_fault_and_all_of_them_are_said) {
  const auto refused = file("text/csv", "title,status,due_at\n,soon,2026\n");
  BOOST_TEST(shown(refused) == "2! required");
  BOOST_TEST(
      message(refused) ==
      "title is required; status must be one of todo, in_progress, done; due_at must be a date and time of "
      "RFC 3339 with its offset, such as 2026-01-31T12:00:00Z");
  BOOST_TEST(message(file("application/json", R"([{"title":"x","nonsense":1}])")) ==
             "nonsense is not a member this route knows");
}

BOOST_AUTO_TEST_CASE(json_that_is_none_or_no_array_is_refused_as_a_whole) {
  for (const char* bad :
       {"[", "[{\"title\":\"a\"}", "[{\"title\":\"a\"},]", "[{\"title\":\"a\",\"title\":\"b\"}]", "x",
        "[{\"title\":\"a\"}] x", "title\nx\n", "[{\"title\":\"\xff\"}]"})
    BOOST_TEST(json(bad) == "malformed_json", bad);
  BOOST_TEST(json(std::string("[]\0", 3)) == "malformed_json");
  for (const char* bad : {"{}", "{\"title\":\"a\"}", "null", "\"x\"", "5"})
    BOOST_TEST(json(bad) == " wrong_type", bad);
}

BOOST_AUTO_TEST_CASE(the_first_line_of_csv_names_the_columns_in_any_order) {
  const auto read = file("text/csv", " status\t, title ,tags\nin progress, a ,\"b,a\"\n");
  BOOST_TEST(shown(read) == "2: a ");
  BOOST_TEST((read->tasks[0].task.status == model::TaskStatus::in_progress));
  BOOST_TEST((read->tasks[0].task.tags == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(columns_that_are_unknown_missing_or_there_twice_refuse_the_file) {
  BOOST_TEST(csv("title,colour\nx,y\n") == "colour unknown_member");
  BOOST_TEST(csv("Title\nx\n") == "Title unknown_member | title required");
  BOOST_TEST(csv("title,\nx,\n") == " unknown_member");
  BOOST_TEST(csv("title,deleted_at\nx,\n") == "deleted_at unknown_member");
  BOOST_TEST(csv("title,status, title\nx,y,z\n") == "title duplicate");
  BOOST_TEST(csv("status\ndone\n") == "title required");
  BOOST_TEST(csv("x,y,status,status\n") ==
             "x unknown_member | y unknown_member | status duplicate | title required");
  BOOST_TEST(csv("title;status\nx;done\n") == "title;status unknown_member | title required");
  BOOST_TEST(csv("\"title\nx\n") == " invalid_format");
  BOOST_TEST(csv("title\xff\nx\n") == " invalid_format");
  BOOST_TEST(csv("ti\"tle\nx\n") == " invalid_format");
}

BOOST_AUTO_TEST_CASE(no_more_than_20_wrong_columns_are_named_each_cut_to_100_bytes) {
  const auto read = file("text/csv", "title," + many(500, std::string(300, 'x'), ",") + "\n");
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().faults.size() == 20U);
  for (const FieldFault& fault : read.error().faults) BOOST_TEST(fault.field.size() <= 100U);
}

BOOST_AUTO_TEST_CASE(an_empty_cell_is_the_same_as_none) {
  const auto read =
      file("text/csv",
           "id,title,description,status,priority,due_at,tags,created_at,updated_at,completed_at,version\n"
           ",x,,,,,,,,,\n");
  BOOST_TEST(shown(read) == "2:x");
  const model::ImportedTask& task = read->tasks[0].task;
  BOOST_TEST(task.description == "");
  BOOST_TEST((task.status == model::TaskStatus::todo && task.priority == model::TaskPriority::none));
  BOOST_TEST((!task.due_at && !task.created_at && !task.completed_at && task.tags.empty()));
  BOOST_TEST(csv("title,description\n\"\",x\n") == "2! required");
}

BOOST_AUTO_TEST_CASE(cells_are_taken_as_people_and_spreadsheets_write_them) {
  const auto read = file("text/csv", "title,description\r\n'=1+1,\"a\r\nb\r\n\"\r\n''=1,'tis\r\n=2,'\r\n");
  BOOST_TEST(shown(read) == "2:=1+1 | 5:'=1 | 6:=2");
  BOOST_TEST(read->tasks[0].task.description == "a\nb\n");
  BOOST_TEST(read->tasks[1].task.description == "'tis");
  BOOST_TEST(read->tasks[2].task.description == "'");
  BOOST_TEST(csv("title\n\"a\rb\"\n") == "2! invalid_character");
}

BOOST_AUTO_TEST_CASE(a_cell_of_tags_that_is_no_record_refuses_its_row) {
  for (const char* bad : {"\"\"\"a\"", "\"a\"\"b\"", "\"a\nb\"", "\"\"\"a\"\"b\""})
    BOOST_TEST(csv("title,tags\nx," + std::string(bad) + "\n") == "2! invalid_format", bad);
  BOOST_TEST(csv("title,tags\nx,\"a,,b\"\n") == "2! too_short");
  BOOST_TEST(csv("title,tags\nx,\"" + many(21, "t", ",") + "\"\n") == "2! too_many");
  BOOST_TEST(csv("title,tags\nx,\"'-a,=b\"\n") == "2:x");
}

BOOST_AUTO_TEST_CASE(a_file_has_20000_tasks_at_most) {
  static_assert(domain::kImportMax == 20'000);
  const std::string sound = R"({"title":"x"})";
  const auto most = file("application/json", '[' + many(20'000, sound, ",") + ']');
  BOOST_REQUIRE(most);
  BOOST_TEST(most->tasks.size() == 20'000U);
  BOOST_TEST(json('[' + many(20'001, sound, ",") + ']') == " too_many");
  // Those that are refused count, and what stands behind the last one that may be there is not looked at.
  BOOST_TEST(json('[' + many(20'001, "1", ",") + ']') == " too_many");
  BOOST_TEST(json('[' + many(20'001, "1", ",") + " nonsense") == " too_many");
  const auto lines = file("text/csv", "title\n" + many(20'000, "x\n", ""));
  BOOST_REQUIRE(lines);
  BOOST_TEST(lines->tasks.size() == 20'000U);
  BOOST_TEST(lines->tasks.back().line == 20'001U);
  BOOST_TEST(csv("title\n" + many(20'001, "x\n", "")) == " too_many");
  BOOST_TEST(csv("title,status\n" + many(19'999, "x\n", "") + "x,\nx,\n") == " too_many");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
