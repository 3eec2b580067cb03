// Export of tasks, read back with independent parsers.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <random>
#include <sstream>
#include <utility>

#include "calendar.hpp"
#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const Texts kFormats{"json", "csv", "ics"};
/// Texts that a spreadsheet takes for a formula, and texts that look as if they were already escaped.
const Texts kFormulas{"=1+1",
                      "+1",
                      "-1",
                      "@SUM(A1)",
                      "\t=1",
                      "\n=1",
                      "'=1",
                      "''=1",
                      "'",
                      "'tea",
                      "\xEF\xBC\x9D"
                      "1",
                      "=cmd|' /C calc'!A0",
                      "=\"a\",\"b\"",
                      " =1",
                      "'\xEF\xBC\x8B"
                      "1"};

/// The tasks of the file as Python parses them; see read_tasks.py.
Texts read_by_python(const std::string& file, const std::string& format, const std::string& extent) {
  const CommandResult done = run_command(
      {.words = {"python3", repository() / "tests/http/read_tasks.py", format, extent}, .input = file});
  BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
  Texts lines;
  std::istringstream in(done.out);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// An import file of tasks with difficult texts and all combinations of fields.
std::string hostile_file(std::size_t number) {
  std::mt19937 random(5);
  Texts texts{"Tea",
              "a,b;c:d\"e\\f",
              "two\nlines\n",
              "\ttab",
              " white space around ",
              "\\n \\, \\;",
              "BEGIN:VTODO\nEND:VCALENDAR",
              std::string(74, 'x') + "\xF0\x9F\x8D\xB5" + std::string(73, 'y') + "\xC3\xA4",
              repeated("\xF0\x9F\x8D\xB5\xD7\xA9", 60),
              "\"\"",
              "x\xE2\x80\xA8\xEF\xBB\xBF"};
  texts.insert(texts.end(), kFormulas.begin(), kFormulas.end());
  const auto one_of = [&](const Texts& values) { return values[random() % values.size()]; };
  std::string file = "[";
  for (std::size_t i = 0; i < number; ++i) {
    const std::string status = one_of({"todo", "in_progress", "done"});
    Texts tags;
    for (std::size_t k = random() % 4; k > 0; --k) {
      const std::string tag = one_of(texts).substr(0, 40);
      if (tag.find_first_of("\t\n") == std::string::npos && (tag.back() & 0x80) == 0) tags.push_back(tag);
    }
    std::sort(tags.begin(), tags.end());
    file += (i == 0 ? R"({"title":)" : R"(,{"title":)") + json_string(one_of(texts)) + R"(,"description":)" +
            json_string(random() % 3 == 0 ? std::string() : one_of(texts) + std::to_string(i)) +
            R"(,"status":")" + status + R"(","priority":")" +
            one_of({"none", "low", "normal", "high", "urgent"}) + R"(","due_at":)" +
            one_of({"null", R"("0001-01-01T00:00:00.000Z")", R"("2026-03-01T12:00:00.001Z")",
                    R"("9999-12-31T23:59:59.999Z")"}) +
            R"(,"tags":)" + json_array(tags) + R"(,"created_at":"2020-01-01T00:00:00.)" +
            std::to_string(100 + random() % 900) + R"(Z","completed_at":)" +
            (status == "done" ? R"("2021-01-01T00:00:00.007Z")" : "null") + '}';
  }
  return file + ']';
}

std::string moment_in_calendar(const Json& moment) {
  std::string out;
  for (const char c : moment.text().substr(0, 19)) {
    if (c != '-' && c != ':') out += c;
  }
  return out + 'Z';
}

/// The properties of each to-do that are imported, sorted: ids of the same moment are in no order.
Texts without_ids(const std::vector<Todo>& todos) {
  Texts lines;
  for (const Todo& todo : todos) {
    std::string line;
    for (const auto& [name, value] : todo) {
      if (name != "UID" && name != "DTSTAMP" && name != "LAST-MODIFIED") line += name + ':' + value + '|';
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

struct ExportFixture : TaskOwner {
  Response get(const std::string& format, const std::string& method = "GET") {
    return request(method, "/tasks/export?format=" + format);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_export, ExportFixture)

BOOST_AUTO_TEST_CASE(thousand_varied_tasks_survive_every_format_and_reimport,
                     *boost::unit_test::label("slow")) {
  constexpr std::size_t number = 1000;
  const std::string file = hostile_file(number);
  BOOST_TEST(import(file)["imported"].number() == static_cast<std::int64_t>(number));
  const Texts sent = read_by_python(file, "json", "content");
  const std::string as_json = get("json").body;
  const std::string as_csv = get("csv").body;
  BOOST_TEST((read_by_python(as_json, "json", "content") == sent));
  BOOST_TEST((read_by_python(as_csv, "csv", "content") == sent));
  BOOST_TEST((read_by_python(as_csv, "csv", "all") == read_by_python(as_json, "json", "all")));

  const Json tasks = Json::parse(as_json);
  const std::vector<Todo> todos = read_calendar(get("ics").body);
  BOOST_REQUIRE(todos.size() == number);
  const std::map<std::string, std::string> statuses{
      {"todo", "NEEDS-ACTION"}, {"in_progress", "IN-PROCESS"}, {"done", "COMPLETED"}};
  const std::map<std::string, std::string> priorities{
      {"none", "0"}, {"low", "9"}, {"normal", "5"}, {"high", "3"}, {"urgent", "1"}};
  for (std::size_t i = 0; i < number; ++i) {
    const Json task = tasks.at(i);
    Todo expected{{"UID", task["id"].text()},
                  {"DTSTAMP", moment_in_calendar(task["updated_at"])},
                  {"LAST-MODIFIED", moment_in_calendar(task["updated_at"])},
                  {"CREATED", moment_in_calendar(task["created_at"])},
                  {"SEQUENCE", "0"},
                  {"STATUS", statuses.at(task["status"].text())},
                  {"PRIORITY", priorities.at(task["priority"].text())}};
    if (!task["due_at"].is_null()) expected["DUE"] = moment_in_calendar(task["due_at"]);
    if (!task["completed_at"].is_null()) expected["COMPLETED"] = moment_in_calendar(task["completed_at"]);
    Todo found = todos[i];
    BOOST_TEST_CONTEXT(task["title"].text()) {
      BOOST_TEST(calendar_text(found["SUMMARY"]) == task["title"].text());
      BOOST_TEST(calendar_text(found["DESCRIPTION"]) == task["description"].text());
      BOOST_TEST(calendar_texts(found["CATEGORIES"]) ==
                     (task["tags"].size() == 0 ? Texts{""} : texts_in(task["tags"])),
                 each);
      for (const char* text : {"SUMMARY", "DESCRIPTION", "CATEGORIES"}) found.erase(text);
      BOOST_TEST((found == expected));
    }
  }

  const std::string as_calendar = get("ics").body;
  ExportFixture from_calendar;
  const Json read = from_calendar.import(as_calendar, "text/calendar");
  BOOST_TEST(read["imported"].number() == static_cast<std::int64_t>(number));
  BOOST_TEST(read["refused"].size() == 0U);
  // A calendar has no fractions of seconds.
  const Texts again = without_ids(read_calendar(from_calendar.get("ics").body));
  BOOST_TEST((again == without_ids(read_calendar(as_calendar))));

  for (const auto& [type, body] : {std::pair{"application/json", &as_json}, std::pair{"text/csv", &as_csv}}) {
    ExportFixture other;
    const Json outcome = other.import(*body, type);
    BOOST_TEST(outcome["imported"].number() == static_cast<std::int64_t>(number));
    BOOST_TEST(outcome["refused"].size() == 0U);
    BOOST_TEST((read_by_python(other.get("json").body, "json", "content") == sent), type);
  }
}

BOOST_AUTO_TEST_CASE(csv_cells_are_never_formulas_and_are_reimported_unchanged) {
  for (const std::string& text : kFormulas) {
    const std::string tag = text.find_first_of("\t\n") == std::string::npos ? text : "tag";
    static_cast<void>(create(R"({"title":)" + json_string(text) + R"(,"description":)" + json_string(text) +
                             R"(,"tags":[)" + json_string(tag) + "]}"));
  }
  const std::string file = get("csv").body;
  const CommandResult cells = run_command(
      {.words =
           {"python3", "-c",
            "import csv,io,sys\n"
            "for row in csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline=''), strict=True):\n"
            "  for cell in row:\n"
            "    assert not cell.startswith(tuple('=+-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20')), cell\n"},
       .input = file});
  BOOST_TEST(cells.status == 0, cells.err);
  ExportFixture other;
  BOOST_TEST(other.import(file, "text/csv")["refused"].size() == 0U);
  BOOST_TEST((read_by_python(other.get("json").body, "json", "content") ==
              read_by_python(get("json").body, "json", "content")));
}

BOOST_AUTO_TEST_CASE(export_without_tasks_is_a_valid_empty_file) {
  BOOST_TEST(Json::parse(get("json").body).size() == 0U);
  BOOST_TEST(get("csv").body ==
             "id,title,description,status,priority,due_at,tags,created_at,updated_at,"
             "completed_at,version\r\n");
  BOOST_TEST(read_calendar(get("ics").body).empty());
  BOOST_TEST(import(get("json").body)["imported"].number() == 0);
}

BOOST_AUTO_TEST_CASE(export_headers_describe_the_file_and_head_returns_the_same) {
  static_cast<void>(create_titled("Tea"));
  const std::map<std::string, std::string> types{{"json", "application/json"},
                                                 {"csv", "text/csv; charset=utf-8; header=present"},
                                                 {"ics", "text/calendar; charset=utf-8"}};
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    client = stack.client(version);
    for (const auto& [format, type] : types) {
      const Response response = get(format);
      const Response head = get(format, "HEAD");
      BOOST_TEST(head.body.empty());
      for (const Response& one : {response, head}) {
        BOOST_TEST(one.status == 200);
        BOOST_TEST(one.header("content-type") == type);
        BOOST_TEST(one.header("content-disposition") == "attachment; filename=\"tasks." + format + '"');
        BOOST_TEST(one.header("cache-control") == "private");
        expect_common_headers(one);
      }
    }
    BOOST_TEST(request("GET", "/tasks/export").body == get("json").body);
  }
}

BOOST_AUTO_TEST_CASE(unknown_or_repeated_parameters_are_rejected) {
  for (const auto& [query, fault] :
       std::map<std::string, std::string>{{"format=xml", "format:invalid_value"},
                                          {"format=", "format:invalid_value"},
                                          {"format=JSON", "format:invalid_value"},
                                          {"format=csv&format=csv", "format:duplicate"},
                                          {"status=done", "status:unknown_member"}}) {
    expect_faults(request("GET", "/tasks/export?" + query), {fault});
  }
  expect_problem(request("GET", "/tasks/export?format=%ff"), 400, "bad_request");
  BOOST_TEST(request("HEAD", "/tasks/export?format=xml").status == 422);
}

BOOST_AUTO_TEST_CASE(each_export_is_audited) {
  const std::string id = get("csv").header("x-request-id");
  BOOST_TEST(stack.sql("select action, outcome, object_id from taskward.audit where request_id = '" + id +
                       "'") == "task.export|success|" + user.id);
  // HEAD exports nothing.
  const std::string asked = get("csv", "HEAD").header("x-request-id");
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where request_id = '" + asked + "'") == "0");
}

BOOST_AUTO_TEST_CASE(export_contains_stable_tasks_once_during_concurrent_changes) {
  BOOST_TEST(import(hostile_file(700))["imported"].number() == 700);
  Texts stable = walk("?limit=100");
  std::sort(stable.begin(), stable.end());
  Load writers(stack, 4, [&](HttpClient& one, std::size_t round) {
    const Response created = one.post("/tasks", R"({"title":"comes and goes"})", token);
    if (created.status != 201 || round % 2 == 0) return created;
    return one.send({.method = "DELETE", .path = created.header("location"), .token = token});
  });
  for (int round = 0; round < 6; ++round) {
    Texts found = texts_of(Json::parse(get("json").body), "id");
    // In ascending order of id, so none appears more than once.
    BOOST_TEST((std::adjacent_find(found.begin(), found.end(), std::greater_equal<>()) == found.end()));
    BOOST_TEST(std::includes(found.begin(), found.end(), stable.begin(), stable.end()));
  }
  const Tally tally = writers.finish();
  BOOST_TEST(tally.answered() == tally.count(201) + tally.count(204), tally.summary());
}

BOOST_AUTO_TEST_SUITE_END()
