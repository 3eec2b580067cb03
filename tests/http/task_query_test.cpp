// Invalid query parameters of lists.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_query, TaskOwner, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(all_query_errors_are_reported_together) {
  expect_faults(
      request("GET",
              "?limit=0&offset=-1&status=soon&priority=big&tag=&due_before=tomorrow&due_after=2026-01-01"
              "&q=%20&sort=size&count=1&trash=yes&colour=red&limit=5"),
      {"limit:out_of_range", "limit:duplicate", "offset:out_of_range", "status:invalid_value",
       "priority:invalid_value", "tag:invalid_value", "due_before:invalid_format", "due_after:invalid_format",
       "q:too_short", "sort:invalid_value", "count:invalid_value", "trash:invalid_value",
       "colour:unknown_member"});
}

BOOST_DATA_TEST_CASE(invalid_parameter_is_named,
                     data::make({"limit=101",
                                 "limit=1e1",
                                 "limit=%2B5",
                                 "limit=",
                                 "limit=99999999999999999999",
                                 "offset=1000001",
                                 "status=todo,,soon",
                                 "status=",
                                 "priority=,",
                                 "sort=-",
                                 "sort=+title",
                                 "sort=relevance",
                                 "sort=title,-due_at",
                                 "sort=Title",
                                 "count=TRUE",
                                 "q=",
                                 "Q=tea",
                                 "due_at=2026-01-01T00:00:00Z",
                                 "due_after=2026-01-01T00:00:00+01:00",
                                 "cursor=",
                                 "cursor=x",
                                 "=",
                                 "trash=1"}),
                     parameter) {
  const Response response = request("GET", std::string("?") + parameter);
  expect_problem(response, 422, "validation_failed");
  const std::string text = parameter;
  if (response.status == 422)
    BOOST_TEST(response.json()["errors"].at(0)["field"].text() == text.substr(0, text.find('=')));
}

BOOST_AUTO_TEST_CASE(routes_without_parameters_reject_any_parameter) {
  const std::string id = create_titled("Tea");
  const std::string before = rows();
  const std::string task = R"({"title":"Milk"})";
  expect_faults(request("POST", "/tasks?dry_run=true", task), {"dry_run:unknown_member"});
  expect_faults(request("POST", "/tasks/batch?x=1", R"({"create":[{"title":"x"}]})"), {"x:unknown_member"});
  expect_faults(request("POST", "/tasks/import?format=csv", "[" + task + "]"), {"format:unknown_member"});
  expect_faults(request("POST", "/tasks/" + id + "/restore?x", std::nullopt), {"x:unknown_member"});
  for (const std::string method : {"PUT", "PATCH"})
    expect_faults(request(method, "/tasks/" + id + "?x=1", task), {"x:unknown_member"});
  expect_faults(request("GET", "/tasks/" + id + "?fields=title"), {"fields:unknown_member"});
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(search_text_and_tags_are_limited) {
  const std::string cup = "%F0%9F%8D%B5";
  BOOST_TEST(request("GET", "?q=" + repeated(cup, 200)).status == 200);
  expect_faults(request("GET", "?q=" + repeated(cup, 201)), {"q:too_long"});
  BOOST_TEST(request("GET", "?tag=" + repeated(cup, 50)).status == 200);
  expect_faults(request("GET", "?tag=" + repeated(cup, 51)), {"tag:invalid_value"});
  std::string tags = "?limit=1";
  for (int i = 0; i < 20; ++i) tags += "&tag=t" + std::to_string(i);
  BOOST_TEST(request("GET", tags).status == 200);
  expect_faults(request("GET", tags + "&tag=t20"), {"tag:too_many"});
}

BOOST_DATA_TEST_CASE(undecodable_query_is_400,
                     data::make({"q=%", "q=%f", "q=%zz", "q=%ff", "q=%00", "tag=%c0%80", "%00=1",
                                 "cursor=%ed%a0%80"}),
                     parameter) {
  expect_problem(request("GET", std::string("?") + parameter), 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(number_of_reported_errors_is_limited) {
  std::string query = "?a=1";
  for (int i = 0; i < 500; ++i) query += "&x" + std::to_string(i) + "=1";
  const Response response = request("GET", query);
  expect_problem(response, 422, "validation_failed");
  BOOST_TEST(response.json()["errors"].size() == 20U);
}

BOOST_AUTO_TEST_CASE(queries_of_any_accepted_length_are_answered) {
  for (int i = 0; i < 3; ++i) static_cast<void>(create_titled("Tea"));
  // Each comma takes three bytes in the link to the next page.
  for (const std::size_t times : {100U, 900U, 1300U, 1550U}) {
    const Response response = request("GET", "?limit=1&status=todo" + repeated(",todo", times));
    BOOST_TEST(response.status == 200,
               times << " statuses: " << response.status << ' ' << response.body.substr(0, 300));
  }
}

BOOST_AUTO_TEST_CASE(randomly_damaged_queries_never_cause_a_server_error) {
  for (int i = 0; i < 3; ++i)
    static_cast<void>(create(R"({"title":"Tea","tags":["a"],"due_at":"2026-03-01T00:00:00Z"})"));
  const std::string start =
      "limit=1&q=te%20a&tag=a&status=todo,done&priority=none&due_after=2026-03-01T00:00:00Z&"
      "due_before=2026-03-02T00:00:00%2B01:00&sort=-due_at&count=true&trash=false&offset=0";
  const std::string cursor = list("?limit=1")["next_cursor"].text();
  const std::vector<std::string> pieces{"%",
                                        "%00",
                                        "%ff",
                                        "&",
                                        "=",
                                        "&&",
                                        "%27",
                                        "%5C",
                                        "\xC3\xA4",
                                        "+",
                                        "-",
                                        "9999999",
                                        "%F0%9F%8D%B5",
                                        "true",
                                        "#",
                                        "&q=",
                                        "&tag=",
                                        "&cursor=" + cursor,
                                        "sort=title",
                                        "%20",
                                        "infinity",
                                        "NaN",
                                        "%22",
                                        "*",
                                        "\"",
                                        "'",
                                        "\\",
                                        "{}",
                                        "&limit=100"};
  std::mt19937 random(3);
  std::map<int, int> statuses;
  for (int round = 0; round < 500; ++round) {
    std::string query = start;
    for (auto times = 1 + random() % 3; times > 0; --times) {
      const std::size_t at = random() % query.size();
      switch (random() % 3) {
        case 0:
          query.erase(at, random() % 12);
          break;
        case 1:
          query.insert(at, pieces[random() % pieces.size()]);
          break;
        default:
          query.replace(at, random() % 4, pieces[random() % pieces.size()]);
      }
    }
    const Response response = request("GET", '?' + query);
    ++statuses[response.status];
    BOOST_TEST((response.status == 200 || response.status == 400 || response.status == 422),
               response.status << " to " << query);
  }
  BOOST_TEST(statuses[200] > 5);
  BOOST_TEST(statuses[400] > 5);
  BOOST_TEST(statuses[422] > 100);
}

BOOST_AUTO_TEST_SUITE_END()
