// Import of tasks: valid tasks are created, invalid ones are reported by line, and an invalid file creates
// none.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "task_owner.hpp"
#include "tls_connection.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

constexpr std::size_t kMaxBytes = 16UL * 1024 * 1024;

Texts errors_of(const Json& outcome) { return issues_of(outcome["refused"]); }
Texts warnings_of(const Json& outcome) { return issues_of(outcome["warnings"]); }

std::string padded(std::size_t size) {
  std::string file = R"([{"title":"Tea"}])";
  file.insert(1, size - file.size(), ' ');
  return file;
}

struct ImportFixture : TaskOwner {
  Response send(const std::string& file, const std::string& type = "application/json",
                const Texts& headers = {}) {
    Texts all{"Content-Type:" + (type.empty() ? "" : ' ' + type)};
    all.insert(all.end(), headers.begin(), headers.end());
    return request("POST", "/tasks/import", file, all);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_import, ImportFixture, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(invalid_json_tasks_are_reported_by_line_and_the_rest_imported) {
  const Json outcome = import(
      "[\n"
      R"({"title":"one"},)"
      "\n"
      R"({"title":""},)"
      "\n"
      "\n"
      R"({"title":"two",)"
      "\n"
      R"("description":"over\nlines"},)"
      "\n"
      R"({"titel":"x","status":"soon"}, {"title":"three"},7,null,)"
      "\n"
      R"({"title":"x","deleted_at":null},[{"title":"x"}], "x",)"
      "\n"
      R"({"title":"x","tags":["a",""],"due_at":"tomorrow"})"
      "\n"
      "]\n");
  BOOST_TEST(outcome["imported"].number() == 3);
  BOOST_TEST(
      errors_of(outcome) == (Texts{"3 too_short", "7 required", "7 wrong_type", "7 wrong_type",
                                   "8 unknown_member", "8 wrong_type", "8 wrong_type", "9 invalid_format"}),
      each);
  BOOST_TEST(titles("?sort=title") == (Texts{"one", "three", "two"}), each);
}

BOOST_AUTO_TEST_CASE(byte_order_mark_before_json_does_not_shift_lines) {
  BOOST_TEST(
      errors_of(import("\xEF\xBB\xBF[\n{\"title\":\"\"},\n7]")) == (Texts{"2 too_short", "3 wrong_type"}),
      each);
}

BOOST_AUTO_TEST_CASE(invalid_csv_rows_are_reported_by_line_and_the_rest_imported) {
  const Json outcome = import(
      "title,status,priority,due_at,tags\n"
      "one,done,high,2026-03-01T12:00:00+01:00,\"a,\"\"b, c\"\"\"\n"
      "two\n"
      "\n"
      "\"over\n\nlines\",,,,\n"
      "\"over\nlines\",soon,,,\n"
      ",todo,,,\n"
      "x,,,tomorrow,\n"
      "x,,big,,\n"
      "x,,,,\"\"\"\"\n"
      "a\"b,,,,\n"
      "\"a\"b,,,,\n"
      "\xFF,,,,\n"
      "last,,,,",
      "text/csv");
  BOOST_TEST(outcome["imported"].number() == 3);
  BOOST_TEST(errors_of(outcome) == (Texts{"3 invalid_format", "8 invalid_value", "10 required",
                                          "11 invalid_format", "12 invalid_value", "13 invalid_format",
                                          "14 invalid_format", "15 invalid_format", "16 invalid_format"}),
             each);
  BOOST_TEST(titles("?sort=title") == (Texts{"last", "one", "over\n\nlines"}), each);
  const Json one = list("?q=one")["items"].at(0);
  BOOST_TEST(texts_in(one["tags"]) == (Texts{"a", "b, c"}), each);
  BOOST_TEST(one["due_at"].text() == "2026-03-01T11:00:00.000Z");
  BOOST_TEST(one["status"].text() == "done");
  BOOST_TEST(one["priority"].text() == "high");
}

BOOST_AUTO_TEST_CASE(csv_is_accepted_with_any_line_ends_and_column_order) {
  for (const std::string& file :
       {std::string("\xEF\xBB\xBFtags,title\r\n\"a,b\",Tea\r\n"), std::string("tags, title \n\"a,b\",Tea"),
        std::string("\r\n\r\ntags,title\r\n\r\n\"a,b\",Tea\r\n\r\n"),
        std::string("id,version,updated_at,tags,title\nmine,x,y,\"a,b\",Tea\n")}) {
    BOOST_TEST_CONTEXT(file) {
      ImportFixture one;
      const Json outcome = one.import(file, "text/csv; header=present; charset=UTF-8");
      BOOST_TEST(outcome["imported"].number() == 1);
      BOOST_TEST(outcome["refused"].size() == 0U);
      BOOST_TEST(one.titles("?tag=a&tag=b") == Texts{"Tea"}, each);
    }
  }
  // Line ends within a cell are normalised to LF.
  static_cast<void>(import("title,description\r\nTea,\"one\r\n\r\ntwo\r\n\"\r\n", "text/csv"));
  BOOST_TEST(list("?q=tea")["items"].at(0)["description"].text() == "one\n\ntwo\n");
}

BOOST_DATA_TEST_CASE(csv_without_a_header_of_known_columns_imports_nothing,
                     data::make({"", "\n", "Tea\n", "title,colour\nTea,red\n", "title;colour\nTea;red\n",
                                 "title,Title\na,b\n", "status\ndone\n", "sep=;\n", "\"title\nTea\n",
                                 "title\rTea\r", "title,\nTea,\n", "sep=;\ntitle,status\nTea,done\n"}),
                     file) {
  const Response response = send(file, "text/csv");
  expect_problem(response, 422, "validation_failed");
  BOOST_TEST(ids().empty());
}

BOOST_DATA_TEST_CASE(malformed_json_imports_nothing,
                     data::make({"", " ", "[", "[{\"title\":\"a\"},", "[{\"title\":\"a\"}",
                                 "[{\"title\":\"a\"}]]", "[{\"title\":\"a\"}] x",
                                 "[{\"title\":\"a\"},{\"title\":\"b\",\"title\":\"c\"}]",
                                 "[{\"title\":\"a\"},{\"title\":\"\\ud800\"}]", "[{\"title\":\"a\"},]",
                                 "title\nTea\n", "[{\"title\":\"a\"},\xFF]", "[{\"title\":\"a\"}\xC2\xA0]"}),
                     file) {
  expect_problem(send(file), 400, "malformed_json");
  BOOST_TEST(ids().empty());
}

BOOST_AUTO_TEST_CASE(nul_bytes_deep_nesting_and_non_arrays_are_rejected) {
  using namespace std::string_literals;
  expect_problem(send("[{\"title\":\"a\"}]\0"s), 400, "malformed_json");
  expect_problem(send("[{\"title\":\"a\"},"s + repeated("[", 100'000) + repeated("]", 100'000) + ']'), 400,
                 "malformed_json");
  for (const std::string value : {"{}", "7", "\"title\"", "null", R"({"title":"Tea"})"})
    expect_faults(send(value), {":wrong_type"});
  const Json outcome = import("title\na\0b\nTea\n"s, "text/csv");
  BOOST_TEST(errors_of(outcome).size() == 1U);
  BOOST_TEST(titles() == Texts{"Tea"}, each);
}

BOOST_AUTO_TEST_CASE(file_of_16_MiB_is_accepted_and_one_byte_more_is_413) {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    client = stack.client(version);
    BOOST_TEST(send(padded(kMaxBytes)).status == 200);
  }
  expect_problem(send(padded(kMaxBytes + 1)), 413, "payload_too_large");
  expect_problem(request("POST", "/tasks", padded(70'000)), 413, "payload_too_large");
  BOOST_TEST(count() == 2U);
}

BOOST_AUTO_TEST_CASE(chunked_file_has_the_same_size_limit) {
  const auto chunked = [&](std::size_t size) {
    return raw_chunked_post(stack, "/tasks/import", token, padded(size), 1024 * 1024);
  };
  BOOST_TEST(chunked(kMaxBytes).status == 200);
  expect_problem(chunked(kMaxBytes + 1), 413, "payload_too_large");
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(file_with_more_than_20000_tasks_is_rejected) {
  const auto file_of = [](std::size_t items) { return "[7" + repeated(",\n7", items - 1) + ']'; };
  const Json report = import(file_of(20'000));
  BOOST_TEST(report["refused"].size() == 20'000U);
  BOOST_TEST(report["refused"].at(19'999)["line"].number() == 20'000);
  expect_faults(send(R"([{"title":"Tea"},)" + file_of(20'000).substr(1)), {":too_many"});
  expect_faults(send("title\n" + repeated("Tea\n", 20'001), "text/csv"), {":too_many"});
  BOOST_TEST(count() == 0U);
}

BOOST_DATA_TEST_CASE(unsupported_file_type_is_415,
                     data::make({"", "text/plain", "text/calendar; charset=iso-8859-1",
                                 "text/csv; charset=iso-8859-1", "text/tab-separated-values",
                                 "application/merge-patch+json", "application/vnd.ms-excel",
                                 "application/csv", "multipart/form-data; boundary=x"}),
                     type) {
  expect_problem(send("title\nTea\n", type), 415, "unsupported_media_type");
  BOOST_TEST(ids().empty());
}

BOOST_AUTO_TEST_CASE(compressed_file_is_415) {
  expect_problem(send(R"([{"title":"Tea"}])", "application/json", {"Content-Encoding: gzip"}), 415,
                 "unsupported_media_type");
  BOOST_TEST(send(R"([{"title":"Tea"}])", "application/json", {"Content-Encoding: identity"}).status == 200);
}

BOOST_AUTO_TEST_CASE(imported_timestamps_are_kept_or_refused_but_never_changed) {
  const Json outcome = import(
      R"([{"title":"a","created_at":"2020-01-01T00:00:00Z","status":"done","completed_at":"2021-01-01T00:00:00Z"},
    {"title":"b","created_at":"2999-01-01T00:00:00Z"},
    {"title":"b","status":"done","completed_at":"2999-01-01T00:00:00Z"},
    {"title":"c","created_at":"2020-01-01T00:00:00Z","status":"todo","completed_at":"2021-01-01T00:00:00Z"},
    {"title":"d","completed_at":"2021-01-01T00:00:00Z"},
    {"title":"e","created_at":"2020-01-01T00:00:00Z","status":"done"},
    {"title":"f","created_at":null,"completed_at":null,"id":7,"updated_at":[],"version":"x"},
    {"title":"g","created_at":"2022-01-01T00:00:00Z","status":"done","completed_at":"2021-01-01T00:00:00Z"}])");
  BOOST_TEST(outcome["imported"].number() == 6);
  BOOST_TEST(errors_of(outcome) == (Texts{"2 out_of_range", "3 out_of_range"}), each);
  BOOST_TEST(
      warnings_of(outcome) == (Texts{"4 not_imported", "7 not_imported", "7 not_imported", "7 not_imported"}),
      each);
  const Json items = list("?sort=title")["items"];
  const std::string now = items.at(4)["created_at"].text();
  const auto expect_times = [&](std::size_t index, const std::string& created, const std::string& completed) {
    BOOST_TEST(items.at(index)["created_at"].text() == created);
    const Json found = items.at(index)["completed_at"];
    BOOST_TEST((found.is_null() ? "" : found.text()) == completed);
    BOOST_TEST(items.at(index)["updated_at"].text() == now);
    BOOST_TEST(items.at(index)["version"].number() == 1);
  };
  BOOST_TEST(now > "2026");
  expect_times(0, "2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z");
  expect_times(1, "2020-01-01T00:00:00.000Z", "");
  // A task that was completed and has no status is done, and was created no later.
  expect_times(2, "2021-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z");
  expect_times(3, "2020-01-01T00:00:00.000Z", now);
  expect_times(4, now, "");
  expect_times(5, "2022-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(each_imported_task_is_audited_as_created) {
  const Response response = send(R"([{"title":"a"},{"title":""},{"title":"b"}])");
  BOOST_TEST(stack.sql("select action, count(distinct object_id) from taskward.audit where request_id = '" +
                       response.header("x-request-id") + "' group by action") == "task.create|2");
}

BOOST_AUTO_TEST_SUITE_END()
