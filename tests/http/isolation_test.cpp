// The ids, cursors and idempotency keys of another user reveal nothing and give no access.
#include <algorithm>
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

using Texts = std::vector<std::string>;

/// Appears only in the tasks of one of the users.
const std::string kSecret = "marmalade";

struct TwoOwners {
  TaskOwner ada;
  TaskOwner eve;
  std::string listed = create_one("list");
  std::string trashed = create_one("trash");
  std::string own = eve.create_titled("own");

  TwoOwners() { BOOST_TEST(ada.request("DELETE", trashed).status == 204); }

  std::string create_one(const std::string& where) {
    return ada
        .create(R"({"title":"Tea )" + kSecret + where + R"(","description":")" + kSecret +
                R"(","status":"done","priority":"high","due_at":"2026-03-01T12:00:00Z","tags":[")" + kSecret +
                "\"]}")["id"]
        .text();
  }
  /// All rows that belong to Ada, and the number of audit records about them.
  [[nodiscard]] std::string rows_of_ada() const {
    std::string parts;
    for (const std::string table : {"tasks", "task_room", "idempotency_keys"})
      parts += "select 'row' as part, t::text as text from taskward." + table +
               " t where owner_id = p.id union all ";
    return ada.stack.sql("select part, a.text from (select '" + ada.user.id +
                         "'::uuid as id) p cross join lateral (" + parts +
                         "select 'records', count(*)::text from taskward.audit where actor_id = p.id or "
                         "object_id in (select id from "
                         "taskward.tasks where owner_id = p.id)) a order by 1, 2");
  }
  static void expect_nothing_of_ada(const Response& response) {
    BOOST_TEST(response.body.find(kSecret) == std::string::npos, response.body);
    for (const auto& [name, value] : response.headers)
      BOOST_TEST(value.find(kSecret) == std::string::npos, name << ": " << value);
  }
  /// The response is the same as for a task that does not exist.
  void expect_no_difference(const std::string& method, const std::string& suffix,
                            const std::optional<std::string>& body, const Texts& headers = {}) {
    const Response none =
        eve.request(method, "/tasks/018f0000-0000-7000-8000-000000000000" + suffix, body, headers);
    for (const std::string& id : {listed, trashed}) {
      const Response response = eve.request(method, "/tasks/" + id + suffix, body, headers);
      expect_problem(response, 404, "not_found");
      BOOST_TEST(response.json()["detail"].text() == none.json()["detail"].text());
      BOOST_TEST(response.headers.size() == none.headers.size());
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, TwoOwners)

BOOST_AUTO_TEST_CASE(task_of_another_user_is_404_on_every_route) {
  const std::string before = rows_of_ada();
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
  BOOST_TEST(eve.request("HEAD", listed).status == 404);
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(batch_with_a_task_of_another_user_changes_nothing) {
  const std::string before = rows_of_ada();
  const std::string own_before = eve.rows();
  const std::string own_update = R"({"id":")" + own + R"(","title":"changed"})";
  expect_faults(eve.request("POST", "/tasks/batch",
                            R"({"create":[{"title":"x"}],"update":[)" + own_update + R"(,{"id":")" + listed +
                                R"(","title":"mine now","version":1},{"id":")" + trashed +
                                R"(","title":"mine now"}]})"),
                {"update[1].id:not_found", "update[2].id:not_found"});
  expect_faults(
      eve.request("POST", "/tasks/batch",
                  R"({"update":[)" + own_update + R"(],"delete":[")" + listed + "\",\"" + trashed + "\"]}"),
      {"delete[0]:not_found", "delete[1]:not_found"});
  BOOST_TEST(rows_of_ada() == before);
  BOOST_TEST(eve.rows() == own_before);
}

BOOST_AUTO_TEST_CASE(lists_searches_and_exports_show_only_own_tasks) {
  const std::string before = rows_of_ada();
  for (const std::string& query :
       Texts{"?limit=100", "?trash=true", "?q=" + kSecret, "?q=" + kSecret + "&trash=true", "?tag=" + kSecret,
             "?q=te&tag=" + kSecret, "?status=done&priority=high&due_after=2026-03-01T12:00:00Z",
             "?sort=title", "?sort=-due_at", "?sort=updated_at"}) {
    const Response response = eve.request("GET", query + "&count=true");
    BOOST_TEST(response.status == 200, response.body);
    expect_nothing_of_ada(response);
    const Texts ids = texts_of(response.json()["items"], "id");
    BOOST_TEST((ids.empty() || ids == Texts{own}));
    BOOST_TEST(response.json()["total"].number() == static_cast<std::int64_t>(ids.size()));
  }
  for (const std::string format : {"json", "csv", "ics"}) {
    const Response response = eve.request("GET", "/tasks/export?format=" + format);
    expect_nothing_of_ada(response);
    BOOST_TEST(response.body.find(listed) == std::string::npos);
    BOOST_TEST(response.body.find(own) != std::string::npos);
  }
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(cursor_of_another_user_is_rejected) {
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(create_one("more"));
    static_cast<void>(eve.create_titled("more"));
  }
  const std::string before = rows_of_ada();
  for (const std::string query :
       {"?limit=1", "?limit=1&sort=title", "?limit=1&sort=-due_at", "?limit=1&q=tea"}) {
    const Response response = eve.request("GET", query + "&cursor=" + ada.list(query)["next_cursor"].text());
    expect_faults(response, {"cursor:invalid_value"});
    expect_nothing_of_ada(response);
  }
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(idempotency_key_of_another_user_reveals_nothing) {
  const std::string with_secret = R"({"title":"Tea )" + kSecret + R"("})";
  const std::map<std::string, std::string> bodies{{"/tasks", with_secret},
                                                  {"/tasks/batch", R"({"create":[)" + with_secret + "]}"},
                                                  {"/tasks/import", '[' + with_secret + ']'}};
  for (const auto& [path, body] : bodies)
    BOOST_TEST(ada.request("POST", path, body, {"Idempotency-Key: key" + path}).status < 300);
  const std::string before = rows_of_ada();
  const std::size_t own_count = eve.count();
  for (const auto& [path, body] : bodies) {
    // Both the same request and another one are new for Eve.
    const Response same = eve.request("POST", path, body, {"Idempotency-Key: key" + path});
    BOOST_TEST(same.status < 300);
    const Response other = eve.request("POST", path,
                                       path == "/tasks"         ? R"({"title":"x"})"
                                       : path == "/tasks/batch" ? "{}"
                                                                : "[]",
                                       {"Idempotency-Key: other" + path});
    BOOST_TEST(other.status < 300);
    expect_nothing_of_ada(other);
  }
  BOOST_TEST(eve.count() == own_count + 4);
  const Texts ids_of_eve = eve.ids("?limit=100");
  for (const std::string& id : ada.ids("?limit=100"))
    BOOST_TEST((std::find(ids_of_eve.begin(), ids_of_eve.end(), id) == ids_of_eve.end()));
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(ids_in_an_imported_file_are_ignored) {
  const std::string file = ada.request("GET", "/tasks/export").body;
  const std::string csv = ada.request("GET", "/tasks/export?format=csv").body;
  const std::string before = rows_of_ada();
  BOOST_TEST(eve.import(file)["imported"].number() == 1);
  BOOST_TEST(eve.import(csv, "text/csv")["imported"].number() == 1);
  const Texts ids_of_eve = eve.ids("?q=" + kSecret);
  BOOST_TEST(ids_of_eve.size() == 2U);
  for (const std::string& id : ids_of_eve) {
    BOOST_TEST(id != listed);
    BOOST_TEST(eve.request("DELETE", id + "?permanent=true").status == 204);
  }
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(administrator_has_no_access_to_tasks_of_other_users) {
  const User admin = new_user(ada.stack, "admin");
  const std::string before = rows_of_ada();
  HttpClient client = ada.stack.client();
  const std::string path = "/tasks/" + listed;
  for (const Request& request :
       std::vector<Request>{{.path = path},
                            {.method = "PATCH", .path = path, .body = R"({"title":"x"})"},
                            {.method = "DELETE", .path = path + "?permanent=true"},
                            {.method = "POST", .path = "/tasks/" + trashed + "/restore"}}) {
    Request as_admin = request;
    as_admin.token = admin.tokens.access;
    expect_problem(client.send(as_admin), 404, "not_found");
  }
  for (const std::string& read :
       Texts{"/tasks?q=" + kSecret, "/tasks?trash=true", "/tasks/export?format=csv"})
    expect_nothing_of_ada(client.get(read, admin.tokens.access));
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_CASE(concurrent_requests_of_another_user_change_nothing) {
  const std::string before = rows_of_ada();
  const auto responses = concurrently(ada.stack, 16, [&](HttpClient& one, std::size_t index) {
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
  for (const Response& response : responses)
    BOOST_TEST((response.status == 404 || response.status == 422), response.body);
  BOOST_TEST(rows_of_ada() == before);
}

BOOST_AUTO_TEST_SUITE_END()
