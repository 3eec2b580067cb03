// Whatever somebody does with the ids, cursors and keys of another, they learn nothing and change nothing.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

using Texts = std::vector<std::string>;

/// Words that stand in the tasks of one of them only.
const std::string kSecret = "marmalade";

struct TwoPeople {
  TaskOwner ada;
  TaskOwner eve;
  std::string listed = make_one("list");
  std::string trashed = make_one("trash");
  std::string own = eve.make_titled("own");

  TwoPeople() { BOOST_TEST(ada.ask("DELETE", trashed).status == 204); }

  std::string make_one(const std::string& where) {
    return ada
        .make(R"({"title":"Tea )" + kSecret + where + R"(","description":")" + kSecret +
              R"(","status":"done","priority":"high","due_at":"2026-03-01T12:00:00Z","tags":[")" + kSecret +
              "\"]}")["id"]
        .text();
  }
  /// Everything that Ada has, and all that is kept and recorded of it.
  [[nodiscard]] std::string all_of_ada() const {
    std::string parts;
    for (const std::string table : {"tasks", "task_room", "idempotency_keys"})
      parts += "select 'row' as part, t::text as text from taskward." + table +
               " t where owner_id = p.id union all ";
    return ada.stack.sql("select part, a.text from (select '" + ada.person.id +
                         "'::uuid as id) p cross join lateral (" + parts +
                         "select 'records', count(*)::text from taskward.audit where actor_id = p.id or "
                         "object_id in (select id from "
                         "taskward.tasks where owner_id = p.id)) a order by 1, 2");
  }
  static void expect_nothing_of_ada(const Answer& answer) {
    BOOST_TEST(answer.body.find(kSecret) == std::string::npos, answer.body);
    for (const auto& [name, value] : answer.headers)
      BOOST_TEST(value.find(kSecret) == std::string::npos, name << ": " << value);
  }
  /// The same answer as for a task that does not exist at all.
  void expect_no_difference(const std::string& method, const std::string& suffix,
                            const std::optional<std::string>& body, const Texts& headers = {}) {
    const Answer none =
        eve.ask(method, "/tasks/018f0000-0000-7000-8000-000000000000" + suffix, body, headers);
    for (const std::string& id : {listed, trashed}) {
      const Answer answer = eve.ask(method, "/tasks/" + id + suffix, body, headers);
      expect_problem(answer, 404, "not_found");
      BOOST_TEST(answer.json()["detail"].text() == none.json()["detail"].text());
      BOOST_TEST(answer.headers.size() == none.headers.size());
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, TwoPeople)

BOOST_AUTO_TEST_CASE(a_task_of_another_is_none_for_every_route_that_takes_an_id) {
  const std::string before = all_of_ada();
  expect_no_difference("GET", "", std::nullopt);
  for (const std::string header : {R"(If-None-Match: "1")", "If-None-Match: *"})
    expect_no_difference("GET", "", std::nullopt, {header});
  for (const std::string method : {"PUT", "PATCH"}) {
    expect_no_difference(method, "", R"({"title":"mine now"})");
    expect_no_difference(method, "", "{}");
    for (const std::string header :
         {R"(If-Match: "1")", R"(If-Match: "7")", "If-Match: *", "If-None-Match: *"})
      expect_no_difference(method, "", R"({"title":"mine now"})", {header});
  }
  for (const std::string suffix : {"", "?permanent=true", "?permanent=false"}) {
    expect_no_difference("DELETE", suffix, std::nullopt);
    expect_no_difference("DELETE", suffix, std::nullopt, {R"(If-Match: "1")"});
  }
  expect_no_difference("POST", "/restore", std::nullopt);
  BOOST_TEST(eve.ask("HEAD", listed).status == 404);
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(a_batch_reaches_no_task_of_another_and_then_does_nothing_at_all) {
  const std::string before = all_of_ada();
  const std::string own_before = eve.rows();
  const std::string own_update = R"({"id":")" + own + R"(","title":"changed"})";
  expect_faults(
      eve.ask("POST", "/tasks/batch",
              R"({"create":[{"title":"x"}],"update":[)" + own_update + R"(,{"id":")" + listed +
                  R"(","title":"mine now","version":1},{"id":")" + trashed + R"(","title":"mine now"}]})"),
      {"update[1].id:not_found", "update[2].id:not_found"});
  expect_faults(
      eve.ask("POST", "/tasks/batch",
              R"({"update":[)" + own_update + R"(],"delete":[")" + listed + "\",\"" + trashed + "\"]}"),
      {"delete[0]:not_found", "delete[1]:not_found"});
  BOOST_TEST(all_of_ada() == before);
  BOOST_TEST(eve.rows() == own_before);
}

BOOST_AUTO_TEST_CASE(no_list_search_or_export_shows_what_belongs_to_another) {
  const std::string before = all_of_ada();
  for (const std::string& query :
       Texts{"?limit=100", "?trash=true", "?q=" + kSecret, "?q=" + kSecret + "&trash=true", "?tag=" + kSecret,
             "?q=te&tag=" + kSecret, "?status=done&priority=high&due_after=2026-03-01T12:00:00Z",
             "?sort=title", "?sort=-due_at", "?sort=updated_at"}) {
    const Answer answer = eve.ask("GET", query + "&count=true");
    BOOST_TEST(answer.status == 200, answer.body);
    expect_nothing_of_ada(answer);
    const Texts ids = texts_of(answer.json()["items"], "id");
    BOOST_TEST((ids.empty() || ids == Texts{own}));
    BOOST_TEST(answer.json()["total"].number() == static_cast<std::int64_t>(ids.size()));
  }
  for (const std::string format : {"json", "csv", "ics"}) {
    const Answer answer = eve.ask("GET", "/tasks/export?format=" + format);
    expect_nothing_of_ada(answer);
    BOOST_TEST(answer.body.find(listed) == std::string::npos);
    BOOST_TEST(answer.body.find(own) != std::string::npos);
  }
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(the_cursor_of_another_leads_nowhere) {
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(make_one("more"));
    static_cast<void>(eve.make_titled("more"));
  }
  const std::string before = all_of_ada();
  for (const std::string query :
       {"?limit=1", "?limit=1&sort=title", "?limit=1&sort=-due_at", "?limit=1&q=tea"}) {
    const Answer answer = eve.ask("GET", query + "&cursor=" + ada.list(query)["next_cursor"].text());
    expect_faults(answer, {"cursor:invalid_value"});
    expect_nothing_of_ada(answer);
  }
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(the_key_of_another_gives_no_answer_of_theirs) {
  const std::string with_secret = R"({"title":"Tea )" + kSecret + R"("})";
  const std::map<std::string, std::string> bodies{{"/tasks", with_secret},
                                                  {"/tasks/batch", R"({"create":[)" + with_secret + "]}"},
                                                  {"/tasks/import", '[' + with_secret + ']'}};
  for (const auto& [path, body] : bodies)
    BOOST_TEST(ada.ask("POST", path, body, {"Idempotency-Key: key" + path}).status < 300);
  const std::string before = all_of_ada();
  const std::size_t own_count = eve.count();
  for (const auto& [path, body] : bodies) {
    // The very same request, and another one: for her they are both new.
    const Answer same = eve.ask("POST", path, body, {"Idempotency-Key: key" + path});
    BOOST_TEST(same.status < 300);
    const Answer other = eve.ask("POST", path,
                                 path == "/tasks"         ? R"({"title":"x"})"
                                 : path == "/tasks/batch" ? "{}"
                                                          : "[]",
                                 {"Idempotency-Key: other" + path});
    BOOST_TEST(other.status < 300);
    expect_nothing_of_ada(other);
  }
  BOOST_TEST(eve.count() == own_count + 4);
  const Texts hers = eve.ids("?limit=100");
  for (const std::string& id : ada.ids("?limit=100"))
    BOOST_TEST((std::find(hers.begin(), hers.end(), id) == hers.end()));
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(the_ids_in_a_file_are_nobodys) {
  const std::string file = ada.ask("GET", "/tasks/export").body;
  const std::string csv = ada.ask("GET", "/tasks/export?format=csv").body;
  const std::string before = all_of_ada();
  BOOST_TEST(eve.import(file)["imported"].number() == 1);
  BOOST_TEST(eve.import(csv, "text/csv")["imported"].number() == 1);
  const Texts hers = eve.ids("?q=" + kSecret);
  BOOST_TEST(hers.size() == 2U);
  for (const std::string& id : hers) {
    BOOST_TEST(id != listed);
    BOOST_TEST(eve.ask("DELETE", id + "?permanent=true").status == 204);
  }
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(not_even_an_administrator_reaches_the_tasks_of_others) {
  const Person admin = join(ada.stack, "admin");
  const std::string before = all_of_ada();
  HttpClient client = ada.stack.client();
  const std::string path = "/tasks/" + listed;
  for (const Ask& ask : std::vector<Ask>{{.path = path},
                                         {.method = "PATCH", .path = path, .body = R"({"title":"x"})"},
                                         {.method = "DELETE", .path = path + "?permanent=true"},
                                         {.method = "POST", .path = "/tasks/" + trashed + "/restore"}}) {
    Ask as_admin = ask;
    as_admin.token = admin.tokens.access;
    expect_problem(client.send(as_admin), 404, "not_found");
  }
  for (const std::string& read :
       Texts{"/tasks?q=" + kSecret, "/tasks?trash=true", "/tasks/export?format=csv"})
    expect_nothing_of_ada(client.get(read, admin.tokens.access));
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(many_strangers_at_once_change_nothing_either) {
  const std::string before = all_of_ada();
  const auto answers = at_once(ada.stack, 16, [&](HttpClient& one, std::size_t index) {
    const std::string& id = index % 2 == 0 ? listed : trashed;
    const std::string batch = R"({"delete":[")" + id + "\"]}";
    switch (index % 8) {
      case 0:
      case 1:
        return one.send({.method = "DELETE", .path = "/tasks/" + id + "?permanent=true", .token = eve.token});
      case 2:
      case 3:
        return one.send({.method = "POST", .path = "/tasks/" + id + "/restore", .token = eve.token});
      case 4:
      case 5:
        return one.post("/tasks/batch", batch, eve.token);
      default:
        return one.send(
            {.method = "PATCH", .path = "/tasks/" + id, .body = R"({"title":"x"})", .token = eve.token});
    }
  });
  for (const Answer& answer : answers)
    BOOST_TEST((answer.status == 404 || answer.status == 422), answer.body);
  BOOST_TEST(all_of_ada() == before);
}

BOOST_AUTO_TEST_SUITE_END()
