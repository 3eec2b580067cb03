// Paging through a list that changes meanwhile, and invalid cursors.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>
#include <utility>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const auto kSorts = data::make(
    {"sort=created_at", "sort=-created_at", "sort=updated_at", "sort=-updated_at", "sort=due_at",
     "sort=-due_at", "sort=priority", "sort=-priority", "sort=title", "sort=-title", "q=tea",
     "q=tea&sort=title", "tag=a&sort=-due_at", "status=todo,done&sort=created_at", "status=done,todo"});

/// A task whose title begins with `kind` and which matches all queries of kSorts.
std::string some_task(std::mt19937& random, const std::string& kind) {
  const Texts priorities{"none", "low", "high"};
  std::string body =
      R"({"title":")" + kind + (random() % 2 == 0 ? " tea" : " Tea tea") + R"(","tags":["a","b"],"status":")";
  body += random() % 2 == 0 ? "todo" : "done";
  body += R"(","priority":")" + priorities[random() % 3] + '"';
  if (random() % 3 != 0)
    body += R"(,"due_at":"2026-03-0)" + std::to_string(1 + random() % 3) + R"(T00:00:00Z")";
  return body + '}';
}

struct PagingFixture : TaskOwner {
  std::mt19937 random{23};
  Texts stable, others;

  void fill(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) stable.push_back(create(some_task(random, "stays"))["id"].text());
    for (std::size_t i = 0; i < count / 2; ++i)
      others.push_back(create(some_task(random, "other"))["id"].text());
    std::sort(stable.begin(), stable.end());
  }
  /// Creates, changes and deletes other tasks.
  void change_others() {
    for (int i = 0; i < 2; ++i) others.push_back(create(some_task(random, "other"))["id"].text());
    std::swap(others[random() % others.size()], others.back());
    static_cast<void>(change(others.back(), some_task(random, "changed")));
    std::swap(others[random() % others.size()], others.back());
    BOOST_TEST(request("DELETE", others.back()).status == 204);
    others.pop_back();
  }
  [[nodiscard]] Texts only_stable(Texts ids) const {
    std::erase_if(
        ids, [&](const std::string& id) { return !std::binary_search(stable.begin(), stable.end(), id); });
    std::sort(ids.begin(), ids.end());
    return ids;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_pages, PagingFixture)

BOOST_DATA_TEST_CASE(stable_tasks_appear_exactly_once_while_others_change, kSorts, query) {
  fill(24);
  BOOST_TEST(only_stable(walk("?limit=5&" + std::string(query), [&] { change_others(); })) == stable, each);
}

BOOST_AUTO_TEST_CASE(tasks_of_one_request_are_listed_in_its_order) {
  Texts expected;
  std::string lines = "title,status\n", members;
  for (int i = 0; i < 100; ++i) {
    expected.push_back("Step " + std::to_string(i));
    lines += expected.back() + ",todo\n";
    members += std::string(i == 0 ? "" : ",") + R"({"title":")" + expected.back() + "\"}";
  }
  const std::string whole = "?limit=100&sort=created_at";
  static_cast<void>(import(lines, "text/csv"));
  BOOST_TEST(titles(whole) == expected, each);
  TaskOwner other(stack);
  static_cast<void>(other.import('[' + members + ']'));
  BOOST_TEST(other.titles(whole) == expected, each);
  TaskOwner third(stack);
  static_cast<void>(third.batch(R"({"create":[)" + members + "]}"));
  BOOST_TEST(third.titles(whole) == expected, each);
  std::reverse(expected.begin(), expected.end());
  BOOST_TEST(third.titles("?limit=100") == expected, each);
}

BOOST_AUTO_TEST_CASE(stable_tasks_appear_exactly_once_during_concurrent_writes) {
  fill(60);
  Load writers(stack, 4, [&](HttpClient& one, std::size_t round) {
    thread_local std::mt19937 generator{std::random_device{}()};
    const Response created = one.post("/tasks", some_task(generator, "other"), token);
    if (created.status != 201 || round % 2 == 0) return created;
    return one.send({.method = "DELETE", .path = created.header("location"), .token = token});
  });
  for (const std::string query : {"sort=title", "sort=-updated_at", "q=tea", "sort=due_at", "sort=-priority"})
    BOOST_TEST(only_stable(walk("?limit=9&" + query)) == stable, each);
  BOOST_TEST(eventually(std::chrono::seconds(60), [&] { return writers.answered() > 20; }));
  const Tally tally = writers.finish();
  BOOST_TEST(tally.answered() == tally.count(201) + tally.count(204), tally.summary());
  BOOST_TEST(tally.answered() > 20U);
}

BOOST_AUTO_TEST_CASE(paging_continues_after_a_deleted_task) {
  fill(6);
  for (const std::string query : {"?limit=2&sort=due_at", "?limit=2&sort=-title", "?limit=2&q=tea"}) {
    const Json page = list(query);
    const std::string last = page["items"].at(1)["id"].text();
    const Texts all = ids(query.substr(8).insert(0, "?limit=100"));
    BOOST_TEST(request("DELETE", last).status == 204);
    BOOST_TEST(ids(query + "&cursor=" + page["next_cursor"].text()) == (Texts{all.at(2), all.at(3)}), each);
  }
}

BOOST_AUTO_TEST_CASE(link_keeps_the_query_and_the_limit) {
  fill(10);
  const Response first =
      request("GET", "?limit=3&status=done,todo&tag=a&q=te%20A&offset=2&count=true&sort=-title");
  BOOST_TEST(first.header("link") ==
             "</tasks?limit=3&status=done%2Ctodo&tag=a&q=te%20A&count=true&sort=-title&cursor=" +
                 first.json()["next_cursor"].text() + R"(>; rel="next")");
  const std::string link = first.header("link");
  const Json second = client.get(link.substr(1, link.find('>') - 1), token).json();
  BOOST_TEST(second["limit"].number() == 3);
  BOOST_TEST(texts_of(second["items"], "id") == ids("?limit=3&offset=5&sort=-title"), each);
}

BOOST_AUTO_TEST_CASE(cursor_is_valid_for_equivalent_queries_and_any_limit) {
  fill(10);
  const std::string cursor =
      list("?limit=4&status=done,todo&tag=a&tag=b&due_after=2026-03-01T00:00:00Z&sort=title")["next_cursor"]
          .text();
  for (const std::string equivalent :
       {"?limit=9&sort=title&tag=b&tag=a&due_after=2026-03-01T01:00:00%2B01:00&status=todo&status=Completed",
        "?count=true&status=todo,done&sort=title&due_after=2026-03-01T00:00:00Z&tag=a&tag=b&tag=a"}) {
    BOOST_TEST(request("GET", equivalent + "&cursor=" + cursor).status == 200, equivalent);
  }
}

BOOST_AUTO_TEST_CASE(cursor_of_another_query_is_rejected) {
  fill(10);
  const Texts queries{"?sort=created_at",
                      "?sort=-created_at",
                      "?sort=updated_at",
                      "?sort=-title",
                      "?sort=title",
                      "?sort=due_at",
                      "?sort=priority",
                      "?status=todo,done",
                      "?priority=none,low,high",
                      "?tag=a",
                      "?q=tea",
                      "?q=Tea",
                      "?q=tea&sort=-created_at",
                      "?due_after=2026-01-01T00:00:00Z",
                      "?due_after=2026-01-01T00:00:00.001Z",
                      "?due_before=2027-01-01T00:00:00Z",
                      "?status=todo,done&priority=none,low,high"};
  for (const std::string& given : queries) {
    const std::string cursor = list(given + "&limit=1")["next_cursor"].text();
    for (const std::string& asked : queries) {
      const Response response = request("GET", asked + "&limit=1&cursor=" + cursor);
      if (given == asked)
        BOOST_TEST(response.status == 200, response.body);
      else
        expect_faults(response, {"cursor:invalid_value"});
    }
    expect_faults(request("GET", given + "&trash=true&cursor=" + cursor), {"cursor:invalid_value"});
  }
}

BOOST_AUTO_TEST_CASE(cursor_of_another_owner_is_rejected) {
  fill(4);
  TaskOwner other;
  for (int i = 0; i < 4; ++i) static_cast<void>(other.create(some_task(random, "theirs")));
  for (const std::string query : {"?limit=1", "?limit=1&q=tea", "?limit=1&sort=due_at"}) {
    const std::string cursor = list(query)["next_cursor"].text();
    BOOST_TEST(request("GET", query + "&cursor=" + cursor).status == 200);
    expect_faults(other.request("GET", query + "&cursor=" + cursor), {"cursor:invalid_value"});
  }
}

BOOST_AUTO_TEST_CASE(modified_cursor_is_rejected) {
  fill(6);
  for (const std::string query : {"?limit=1&sort=title", "?limit=1&sort=-due_at"}) {
    const std::string cursor = list(query)["next_cursor"].text();
    const auto refused = [&](const std::string& changed) {
      expect_faults(request("GET", query + "&cursor=" + url_encoded(changed)), {"cursor:invalid_value"});
    };
    for (std::size_t i = 0; i < cursor.size(); ++i) {
      BOOST_TEST_CONTEXT("at " << i << " of " << cursor) {
        std::string changed = cursor;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        refused(changed);
      }
    }
    for (const std::size_t length : {0U, 1U, 21U, 22U, 42U, 43U}) refused(cursor.substr(0, length));
    refused(cursor.substr(0, cursor.size() - 1));
    for (const std::string more : {"A", "AAAA", "=", "==", " ", "\n"}) refused(cursor + more);
    refused(' ' + cursor);
    refused(std::string(6000, 'A'));
    expect_faults(request("GET", query + "&offset=0&cursor=" + cursor), {"offset:invalid_value"});
    expect_faults(request("GET", query + "&cursor=" + cursor + "&cursor=" + cursor), {"cursor:duplicate"});
  }
}

BOOST_AUTO_TEST_CASE(cursor_outlives_the_session_that_received_it) {
  fill(4);
  const std::string cursor = list("?limit=2")["next_cursor"].text();
  const Texts rest = ids("?limit=2&offset=2");
  const Tokens later = log_in(stack, user);
  BOOST_TEST(client.post("/auth/logout", "{}", token).status == 204);
  const Response response = client.get("/tasks?limit=2&cursor=" + cursor, later.access);
  BOOST_TEST(texts_of(response.json()["items"], "id") == rest, each);
}

BOOST_AUTO_TEST_SUITE_END()
