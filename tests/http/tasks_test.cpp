// Tasks are created, read, listed, changed and deleted by their owner.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct TaskFixture {
  const Stack& stack = running_stack();
  User user = new_user(stack);
  HttpClient client = stack.client();
  const std::string& token = user.tokens.access;

  Response change(const std::string& method, const std::string& id, const std::string& body) {
    return client.send({.method = method, .path = "/tasks/" + id, .body = body, .token = token});
  }
  std::vector<std::string> titles(const std::string& query) {
    const Response response = client.get("/tasks" + query, token);
    BOOST_TEST(response.status == 200, response.body);
    std::vector<std::string> out;
    const Json items = response.json()["items"];
    for (std::size_t i = 0; i < items.size(); ++i) out.push_back(items.at(i)["title"].text());
    return out;
  }
};

using Titles = std::vector<std::string>;
constexpr auto each = boost::test_tools::per_element();

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tasks, TaskFixture)

BOOST_AUTO_TEST_CASE(new_task_is_complete_and_readable_at_its_location) {
  const Response created =
      client.post("/tasks/", R"({"title":"Tea","description":"green","status":"Pending"})", token);
  BOOST_TEST(created.status == 201);
  const Json task = created.json();
  const std::vector<std::string> names{"id",         "title",        "description", "status",
                                       "priority",   "due_at",       "tags",        "created_at",
                                       "updated_at", "completed_at", "version"};
  BOOST_TEST(task.names() == names, each);
  BOOST_TEST(task["status"].text() == "todo");
  BOOST_TEST(task["completed_at"].is_null());
  BOOST_TEST(task["version"].number() == 1);
  BOOST_TEST(created.header("location") == "/tasks/" + task["id"].text());
  const Response read = client.get(created.header("location"), token);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.body == created.body);
}

BOOST_DATA_TEST_CASE(status_aliases_map_to_the_canonical_status,
                     data::make({"Pending", "pending", "todo", "in_progress", "done"}) ^
                         data::make({"todo", "todo", "todo", "in_progress", "done"}),
                     spelling, canonical) {
  const std::string body = std::string(R"({"title":"Tea","status":")") + spelling + "\"}";
  const Response created = client.post("/tasks", body, token);
  BOOST_TEST(created.status == 201);
  BOOST_TEST(created.json()["status"].text() == canonical);
  BOOST_TEST(titles(std::string("?status=") + spelling) == Titles{"Tea"}, each);
}

BOOST_DATA_TEST_CASE(omitted_fields_are_unchanged, data::make({"PUT", "PATCH"}), method) {
  const Response created = client.post("/tasks", R"({"title":"Tea","description":"green"})", token);
  const Response changed = change(method, created.json()["id"].text(), R"({"status":"done"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.json()["title"].text() == "Tea");
  BOOST_TEST(changed.json()["description"].text() == "green");
  BOOST_TEST(changed.json()["status"].text() == "done");
  BOOST_TEST(!changed.json()["completed_at"].is_null());
  BOOST_TEST(changed.json()["version"].number() == 2);
}

BOOST_AUTO_TEST_CASE(deleted_task_is_404) {
  const std::string id = new_task(stack, token);
  const Response deleted = client.send({.method = "DELETE", .path = "/tasks/" + id, .token = token});
  BOOST_TEST(deleted.status == 204);
  BOOST_TEST(deleted.body.empty());
  expect_problem(client.get("/tasks/" + id, token), 404, "not_found");
  expect_problem(client.send({.method = "DELETE", .path = "/tasks/" + id, .token = token}), 404, "not_found");
  BOOST_TEST(titles("").empty());
}

BOOST_AUTO_TEST_CASE(list_is_paged_by_limit_and_offset_newest_first) {
  for (const char* title : {"one", "two", "three"}) static_cast<void>(new_task(stack, token, title));
  BOOST_TEST(titles("") == (Titles{"three", "two", "one"}), each);
  BOOST_TEST(titles("?limit=2") == (Titles{"three", "two"}), each);
  BOOST_TEST(titles("?limit=1&offset=1") == Titles{"two"}, each);
  BOOST_TEST(titles("?offset=3").empty());
  const Json page = client.get("/tasks/?limit=2&offset=1", token).json();
  BOOST_TEST(page["limit"].number() == 2);
  BOOST_TEST(page["offset"].number() == 1);
  BOOST_TEST(client.get("/tasks", token).json()["limit"].number() == 20);
}

BOOST_AUTO_TEST_CASE(list_is_filtered_by_one_or_several_statuses) {
  for (const char* status : {"todo", "in_progress", "done"}) {
    const std::string name = status;
    BOOST_TEST(
        client.post("/tasks", R"({"title":")" + name + R"(","status":")" + name + "\"}", token).status ==
        201);
  }
  BOOST_TEST(titles("?status=done") == Titles{"done"}, each);
  BOOST_TEST(titles("?status=done,todo") == (Titles{"done", "todo"}), each);
  BOOST_TEST(titles("?status=done&status=todo") == (Titles{"done", "todo"}), each);
  BOOST_TEST(titles("?status=in%5Fprogress") == Titles{"in_progress"}, each);
}

BOOST_AUTO_TEST_CASE(texts_are_returned_byte_for_byte) {
  const std::string title = "Tee \"grün\" \\ \xF0\x9F\x8D\xB5 <b>&amp; \xE2\x80\xA8 \xD7\xA9";
  const std::string description = "line one\n\tline two '; drop table tasks; -- %s $1 {{x}}";
  const Response created = client.post(
      "/tasks", R"({"title":)" + json_string(title) + R"(,"description":)" + json_string(description) + '}',
      token);
  BOOST_TEST(created.status == 201, created.body);
  const Json read = client.get(created.header("location"), token).json();
  BOOST_TEST(read["title"].text() == title);
  BOOST_TEST(read["description"].text() == description);
}

BOOST_DATA_TEST_CASE(title_limit_counts_characters_not_bytes, data::make({200, 201}) ^ data::make({201, 422}),
                     count, status) {
  std::string title;
  for (int i = 0; i < count; ++i) title += "\xF0\x9F\x8D\xB5";
  BOOST_TEST(client.post("/tasks", R"({"title":")" + title + "\"}", token).status == status);
}

BOOST_DATA_TEST_CASE(invalid_id_is_404,
                     data::make({"1", "x", "00000000-0000-0000-0000-000000000000",
                                 "018f0000-0000-7000-8000-00000000000", "%27%20or%201=1"}),
                     id) {
  expect_problem(client.get(std::string("/tasks/") + id, token), 404, "not_found");
}

BOOST_AUTO_TEST_SUITE_END()
