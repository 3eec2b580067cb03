// The trash: what is deleted can be taken back as it was, until it is deleted for good.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const std::string kWhole =
    R"({"title":"Tea <&> \"\u00e4\"","description":"line\n\tline","status":"done","priority":"high",)"
    R"("due_at":"2026-03-01T12:00:00.5+01:00","tags":["b","a, c"]})";

struct Bin : TaskOwner {
  Answer remove(const std::string& id, const std::string& query = {}) { return ask("DELETE", id + query); }
  Answer restore(const std::string& id) { return ask("POST", "/tasks/" + id + "/restore"); }
  /// How many more tasks the database believes there may be.
  [[nodiscard]] std::string room() const {
    return stack.sql("select max(quota) - sum(room) from taskward.task_room where owner_id = '" + person.id +
                     "'");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trash, Bin)

BOOST_AUTO_TEST_CASE(what_is_in_the_trash_is_nowhere_else) {
  const std::string id = make(kWhole)["id"].text();
  static_cast<void>(make_titled("other"));
  BOOST_TEST(remove(id).status == 204);
  expect_problem(ask("GET", id), 404, "not_found");
  for (const std::string method : {"PUT", "PATCH"})
    expect_problem(ask(method, id, R"({"title":"x"})"), 404, "not_found");
  expect_problem(remove(id), 404, "not_found");
  expect_faults(ask("POST", "/tasks/batch", R"({"update":[{"id":")" + id + R"("}]})"),
                {"update[0].id:not_found"});
  expect_faults(ask("POST", "/tasks/batch", R"({"delete":[")" + id + R"("]})"), {"delete[0]:not_found"});
  for (const std::string query : {"", "?q=tea", "?tag=b", "?status=done", "?sort=title", "?trash=false"})
    BOOST_TEST(texts_of(list(query)["items"], "id") != Texts{id}, query);
  BOOST_TEST(list("?count=true")["total"].number() == 1);
  for (const std::string format : {"json", "csv", "ics"})
    BOOST_TEST(ask("GET", "/tasks/export?format=" + format).body.find(id) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_trash_is_a_list_like_the_other_and_shows_first_what_was_deleted_last) {
  Texts deleted;
  for (const char* title : {"one", "two", "three", "four"}) deleted.push_back(make_titled(title));
  static_cast<void>(change(deleted[2], R"({"status":"done","tags":["a"],"due_at":"2026-03-01T12:00:00Z"})"));
  static_cast<void>(make_titled("stays"));
  for (const std::size_t i : {1U, 0U, 3U, 2U}) BOOST_TEST(remove(deleted[i]).status == 204);
  BOOST_TEST(titles("?trash=true") == (Texts{"three", "four", "one", "two"}), each);
  BOOST_TEST(titles("?trash=true&sort=title") == (Texts{"four", "one", "three", "two"}), each);
  BOOST_TEST(titles("?trash=true&sort=created_at&offset=1&limit=2") == (Texts{"two", "three"}), each);
  for (const std::string narrow : {"q=thr", "tag=a", "status=done", "due_before=2026-03-02T00:00:00Z"})
    BOOST_TEST(titles("?trash=true&" + narrow) == Texts{"three"}, each);
  BOOST_TEST(walk("?trash=true&limit=1") == (Texts{deleted[2], deleted[3], deleted[0], deleted[1]}), each);
  const Json page = list("?trash=true&count=true");
  BOOST_TEST(page["total"].number() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Json task = page["items"].at(i);
    BOOST_TEST(task["deleted_at"].text() == task["updated_at"].text());
    BOOST_TEST(task["deleted_at"].text() >= task["created_at"].text());
  }
  BOOST_TEST(!list("")["items"].at(0).has("deleted_at"));
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_is_as_it_was) {
  const Json made = make(kWhole);
  const std::string id = made["id"].text();
  BOOST_TEST(remove(id).status == 204);
  const Answer back = restore(id);
  BOOST_TEST(back.status == 200, back.body);
  BOOST_TEST(content_of(back.json()) == content_of(made));
  BOOST_TEST(back.json()["version"].number() == 3);
  BOOST_TEST(back.header("etag") == R"("3")");
  BOOST_TEST(ask("GET", id).body == back.body);
  BOOST_TEST(ids("?q=tea&tag=b") == Texts{id}, each);
  BOOST_TEST(ids("?trash=true").empty());
  // Once more it is where it should be already.
  const Answer again = restore(id);
  BOOST_TEST(again.status == 200);
  BOOST_TEST(again.body == back.body);
  BOOST_TEST(stack.sql("select string_agg(action, ' ' order by id) from taskward.audit where object_id = '" +
                       id + "'") == "task.create task.delete task.restore");
}

BOOST_DATA_TEST_CASE(what_is_deleted_for_good_is_gone, data::make({"list", "trash"}), from) {
  const std::string id = make(kWhole)["id"].text();
  if (std::string(from) == "trash") BOOST_TEST(remove(id).status == 204);
  BOOST_TEST(remove(id, "?permanent=true").status == 204);
  BOOST_TEST(ids("?trash=true").empty());
  expect_problem(restore(id), 404, "not_found");
  expect_problem(remove(id, "?permanent=true"), 404, "not_found");
  BOOST_TEST(count() == 0U);
  BOOST_TEST(room() == "0");
}

BOOST_AUTO_TEST_CASE(how_to_delete_is_said_properly_or_nothing_is_deleted) {
  const std::string id = make_titled("Tea");
  expect_faults(remove(id, "?permanent=1"), {"permanent:invalid_value"});
  expect_faults(remove(id, "?permanent="), {"permanent:invalid_value"});
  expect_faults(remove(id, "?permanently=true&permanent=yes"),
                {"permanently:unknown_member", "permanent:invalid_value"});
  expect_faults(remove(id, "?permanent=true&permanent=true"), {"permanent:duplicate"});
  expect_problem(remove(id, "?permanent=%ff"), 400, "bad_request");
  BOOST_TEST(ids() == Texts{id}, each);
  BOOST_TEST(remove(id, "?permanent=false").status == 204);
  BOOST_TEST(ids("?trash=true") == Texts{id}, each);
}

BOOST_DATA_TEST_CASE(what_is_no_id_can_neither_be_taken_back_nor_deleted,
                     data::make({"1", "018f0000-0000-7000-8000-000000000000",
                                 "00000000-0000-0000-0000-000000000000", "%27", "restore", "batch",
                                 "export"}),
                     id) {
  expect_problem(restore(id), 404, "not_found");
  const Answer answer = remove(id, "?permanent=true");
  BOOST_TEST((answer.status == 404 || answer.status == 405), answer.status);
}

BOOST_AUTO_TEST_CASE(who_deletes_and_takes_back_at_once_never_breaks_the_count) {
  const std::string id = make_titled("Tea");
  Load load(stack, 8, [&](HttpClient& one, std::size_t round) {
    if (round % 2 == 0) return one.send({.method = "DELETE", .path = "/tasks/" + id, .token = token});
    return one.send({.method = "POST", .path = "/tasks/" + id + "/restore", .token = token});
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(200) + tally.count(204) + tally.count(404), tally.summary());
  BOOST_TEST(tally.count(204) > 1U, tally.summary());
  // Each went in and came out in turn, and what was counted meanwhile is what is there.
  const std::string version = stack.sql("select version from taskward.tasks where id = '" + id + "'");
  const std::string records = stack.sql("select 1 + count(*) from taskward.audit where object_id = '" + id +
                                        "' and action in ('task.delete', 'task.restore')");
  BOOST_TEST(version == records);
  BOOST_TEST(room() == std::to_string(count("not trashed")));
}

BOOST_AUTO_TEST_CASE(of_many_who_delete_for_good_and_take_back_each_gets_a_sensible_answer) {
  for (int round = 0; round < 10; ++round) {
    const std::string id = make_titled("Tea");
    BOOST_TEST(remove(id).status == 204);
    const auto answers = at_once(stack, 8, [&](HttpClient& one, std::size_t index) {
      return index % 2 == 0
                 ? one.send({.method = "POST", .path = "/tasks/" + id + "/restore", .token = token})
                 : one.send({.method = "DELETE", .path = "/tasks/" + id + "?permanent=true", .token = token});
    });
    int gone = 0;
    for (const Answer& answer : answers) {
      BOOST_TEST((answer.status == 200 || answer.status == 204 || answer.status == 404), answer.body);
      if (answer.status == 204) ++gone;
    }
    BOOST_TEST(gone == 1);
  }
  BOOST_TEST(count() == 0U);
  BOOST_TEST(room() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
