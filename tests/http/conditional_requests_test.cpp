// Conditional requests on a task (RFC 9110, section 13): entity tags, If-None-Match and If-Match.
#include <cstdint>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct TaskAtVersion3 : TaskOwner {
  /// The id of a task at version 3.
  std::string id = create_titled("Tea");

  TaskAtVersion3() {
    static_cast<void>(change(id, R"({"title":"Coffee"})"));
    static_cast<void>(change(id, R"({"title":"Juice"})"));
  }
  Response write(const std::string& method, const std::vector<std::string>& headers,
                 const std::string& query = {}) {
    std::optional<std::string> body;
    if (method != "DELETE") body = R"({"title":"Milk"})";
    return request(method, "/tasks/" + id + query, body, headers);
  }
};

/// The requests that change a task: method and query.
const auto kWrites =
    data::make({"PUT", "PATCH", "DELETE", "DELETE"}) ^ data::make({"", "", "", "?permanent=true"});

}  // namespace

BOOST_FIXTURE_TEST_SUITE(conditional_requests, TaskAtVersion3)

BOOST_AUTO_TEST_CASE(every_change_of_a_task_changes_its_strong_etag) {
  const Response created = request("POST", "/tasks", R"({"title":"Tea"})");
  const std::string path = created.header("location");
  std::set<std::string> tags{created.header("etag")};
  BOOST_TEST(request("GET", path).header("etag") == created.header("etag"));
  BOOST_TEST(request("HEAD", path).header("etag") == created.header("etag"));
  for (const std::string method : {"PUT", "PATCH"}) {
    const std::string tag = request(method, path, R"({"title":")" + method + "\"}").header("etag");
    BOOST_TEST(tags.insert(tag).second);
    BOOST_TEST(request("GET", path).header("etag") == tag);
  }
  BOOST_TEST(request("DELETE", path).status == 204);
  BOOST_TEST(tags.insert(request("POST", path + "/restore").header("etag")).second);
  BOOST_TEST(request("GET", path).header("etag") == *tags.rbegin());
  for (const std::string& tag : tags)
    BOOST_TEST((tag.size() >= 3 && tag.front() == '"' && tag.back() == '"'), tag);
}

BOOST_DATA_TEST_CASE(accept_encoding_changes_neither_etag_nor_body,
                     data::make({"gzip", "gzip, deflate, br", "*", "identity;q=0, *"}), encoding) {
  const Response plain = request("GET", id);
  const Response response = request("GET", id, std::nullopt, {"Accept-Encoding: " + std::string(encoding)});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("etag") == R"("3")");
  BOOST_TEST(response.count("content-encoding") == 0U);
  BOOST_TEST(response.body == plain.body);
  BOOST_TEST(request("GET", id, std::nullopt, {"Accept-Encoding: gzip", R"(If-None-Match: "3")"}).status ==
             304);
}

BOOST_DATA_TEST_CASE(matching_if_none_match_is_304_without_a_body,
                     data::make({R"("3")", R"(W/"3")", R"("1", "3")", R"("x",W/"3" , "7")", R"(, "3",,)",
                                 "*"}),
                     tags) {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient one = stack.client(version);
    for (const std::string method : {"GET", "HEAD"}) {
      const Response response = one.send({.method = method,
                                          .path = "/tasks/" + id,
                                          .token = token,
                                          .headers = {"If-None-Match: " + std::string(tags)}});
      BOOST_TEST(response.status == 304);
      BOOST_TEST(response.body.empty());
      BOOST_TEST(response.header("etag") == R"("3")");
      BOOST_TEST(response.count("content-type") == 0U);
      expect_common_headers(response);
    }
    // The connection stays in sync.
    BOOST_TEST(one.get("/tasks/" + id, token).json()["title"].text() == "Juice");
  }
}

BOOST_DATA_TEST_CASE(stale_if_none_match_returns_the_task,
                     data::make({R"("2")", R"("4")", R"(W/"1", "2")", R"("03")", R"("")", R"("-3")",
                                 R"("99999999999999999999999")", R"("*")"}),
                     tags) {
  const Response response = request("GET", id, std::nullopt, {"If-None-Match: " + std::string(tags)});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.json()["title"].text() == "Juice");
}

BOOST_AUTO_TEST_CASE(malformed_entity_tag_list_is_400) {
  const std::string before = rows();
  for (const std::string value : {"3", "\"", "\"3", "3\"", "'3'", "w/\"3\"", "W/3", "*, \"3\"", "\"3\" \"4\"",
                                  "\"3\";", ",", "**", "\"a b\""}) {
    BOOST_TEST_CONTEXT(value) {
      expect_problem(request("GET", id, std::nullopt, {"If-None-Match: " + value}), 400, "bad_request");
      for (const std::string header : {"If-Match: ", "If-None-Match: "}) {
        for (const std::string method : {"PUT", "PATCH", "DELETE"})
          expect_problem(write(method, {header + value}), 400, "bad_request");
      }
    }
  }
  BOOST_TEST(rows() == before);
}

BOOST_DATA_TEST_CASE(matching_precondition_permits_the_change, kWrites, method, query) {
  for (const std::string tags : {R"("3")", R"("1", "3", "x")", "*"}) {
    TaskAtVersion3 one;
    const Response response = one.write(method, {"If-Match: " + tags}, query);
    BOOST_TEST(response.status == (std::string(method) == "DELETE" ? 204 : 200), response.body);
  }
  TaskAtVersion3 one;
  BOOST_TEST(one.write(method, {R"(If-None-Match: "2", "4")"}, query).status < 300);
}

BOOST_DATA_TEST_CASE(failed_precondition_is_412_and_changes_nothing, kWrites, method, query) {
  const std::string before = rows();
  for (const std::string header :
       {R"(If-Match: "2")", R"(If-Match: "4")", R"(If-Match: W/"3")", R"(If-Match: "03")", R"(If-Match: "x")",
        R"(If-Match: "1", "2", W/"3")", R"(If-Match: "")", R"(If-Match: "0")", R"(If-None-Match: *)",
        R"(If-None-Match: "3")", R"(If-None-Match: W/"3")", R"(If-None-Match: "1", "3")"}) {
    BOOST_TEST_CONTEXT(header) { expect_problem(write(method, {header}, query), 412, "precondition_failed"); }
  }
  expect_problem(write(method, {R"(If-Match: "3")", R"(If-None-Match: "3")"}, query), 412,
                 "precondition_failed");
  BOOST_TEST(rows() == before);
  BOOST_TEST(
      stack.sql("select count(*) from taskward.audit where action in ('task.delete', 'task.erase') and "
                "object_id = '" +
                id + "'") == "0");
}

BOOST_DATA_TEST_CASE(missing_task_is_404_whatever_the_precondition, kWrites, method, query) {
  const std::string deleted = id;
  BOOST_TEST(request("DELETE", deleted + "?permanent=true").status == 204);
  for (const std::string header : {"If-Match: *", R"(If-Match: "3")", "If-None-Match: *"})
    expect_problem(write(method, {header}, query), 404, "not_found");
  expect_problem(request("GET", deleted, std::nullopt, {"If-None-Match: *"}), 404, "not_found");
}

BOOST_AUTO_TEST_CASE(restore_requires_the_version_in_the_trash) {
  BOOST_TEST(request("DELETE", id).status == 204);
  const std::string path = "/tasks/" + id + "/restore";
  const std::string before = rows();
  for (const char* header : {R"(If-Match: "3")", R"(If-Match: "5", W/"4")", R"(If-None-Match: "4")"})
    expect_problem(request("POST", path, std::nullopt, {header}), 412, "precondition_failed");
  BOOST_TEST(rows() == before);
  BOOST_TEST(request("POST", path, std::nullopt, {R"(If-Match: "4")"}).status == 200);
}

BOOST_AUTO_TEST_CASE(if_match_on_creation_is_412) {
  const std::string before = rows();
  expect_problem(request("POST", "/tasks", R"({"title":"Tea"})", {"If-Match: *"}), 412,
                 "precondition_failed");
  expect_problem(request("POST", "/tasks/batch", R"({"create":[{"title":"Tea"}]})", {R"(If-Match: "1")"}),
                 412, "precondition_failed");
  expect_problem(request("POST", "/tasks/import", R"([{"title":"Tea"}])", {"If-Match: *"}), 412,
                 "precondition_failed");
  BOOST_TEST(rows() == before);
}

// "Name;" makes the client send the header with an empty value.
BOOST_DATA_TEST_CASE(empty_precondition_is_400_and_changes_nothing,
                     kWrites* data::make({"If-Match;", "If-None-Match;", "If-Match: ,"}), method, query,
                     header) {
  const std::string before = rows();
  const std::optional<std::string> body =
      *method == 'D' ? std::nullopt : std::optional<std::string>(R"({"title":"Tea"})");
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient client = stack.client(version);
    expect_problem(client.send({.method = method,
                                .path = "/tasks/" + id + query,
                                .body = body,
                                .token = token,
                                .headers = {header}}),
                   400, "bad_request");
  }
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(empty_headers_are_not_missing_ones) {
  const std::string before = rows();
  const std::string task = R"({"title":"Tea"})";
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient client = stack.client(version);
    const auto send = [&](std::string_view path, std::string_view body, std::string_view header) {
      return client.send({.method = "POST",
                          .path = std::string(path),
                          .body = std::string(body),
                          .token = token,
                          .headers = {std::string(header)}});
    };
    expect_problem(send("/tasks", task, "Idempotency-Key;"), 422, "validation_failed");
    expect_problem(send("/tasks", task, "If-Match;"), 412, "precondition_failed");
    expect_problem(send("/tasks/import", '[' + task + ']', "Idempotency-Key;"), 422, "validation_failed");
    expect_problem(send("/tasks/batch", R"({"create":[)" + task + "]}", "Idempotency-Key;"), 422,
                   "validation_failed");
    expect_problem(send("/tasks", task, "Content-Type;"), 415, "unsupported_media_type");
    expect_problem(client.send({.path = "/tasks", .headers = {"Authorization;"}}), 401, "invalid_token");
    expect_problem(client.send({.path = "/tasks/" + id, .token = token, .headers = {"If-None-Match;"}}), 400,
                   "bad_request");
  }
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(no_line_of_a_repeated_header_is_ignored) {
  // Depending on its version, nginx refuses two lines or passes both.
  const std::string before = rows();
  const int status =
      request("PATCH", id, R"({"title":"Tea"})", {R"(If-Match: "7")", R"(If-Match: "2")"}).status;
  BOOST_TEST((status == 400 || status == 412), status);
  expect_problem(
      request("POST", "/tasks", R"({"title":"Tea"})", {"Idempotency-Key: a", "Idempotency-Key: b"}), 422,
      "validation_failed");
  BOOST_TEST(request("POST", "/tasks", R"({"title":"Tea"})", {"Authorization: Bearer x"}).status != 201);
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(task_list_has_no_etag_and_ignores_conditions) {
  const Response response = request("GET", "?limit=1", std::nullopt, {"If-None-Match: *"});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.count("etag") == 0U);
}

BOOST_AUTO_TEST_CASE(concurrent_writers_with_if_match_lose_no_update) {
  constexpr std::size_t writers = 8;
  constexpr int rounds = 8;
  const std::string path = "/tasks/" + create(R"({"title":"Counter","description":"0"})")["id"].text();
  const auto results = concurrently(stack, writers, [&](HttpClient& one, std::size_t) {
    for (int done = 0; done < rounds;) {
      const Response read = one.get(path, token);
      const int next = std::stoi(read.json()["description"].text()) + 1;
      const Response written = one.send({.method = "PATCH",
                                         .path = path,
                                         .body = R"({"description":")" + std::to_string(next) + "\"}",
                                         .token = token,
                                         .headers = {"If-Match: " + read.header("etag")}});
      if (written.status != 200 && written.status != 412) return written;
      if (written.status == 200) ++done;
    }
    return Response{.status = 200, .version = {}, .headers = {}, .body = {}};
  });
  for (const Response& response : results) BOOST_TEST(response.status == 200, response.body);
  const Json task = client.get(path, token).json();
  BOOST_TEST(task["description"].text() == std::to_string(writers * rounds));
  BOOST_TEST(task["version"].number() == static_cast<std::int64_t>(writers * rounds) + 1);
}

BOOST_DATA_TEST_CASE(only_one_of_concurrent_conditional_deletes_succeeds, data::make({"", "?permanent=true"}),
                     query) {
  const auto responses = concurrently(stack, 12, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "DELETE",
                     .path = "/tasks/" + id + query,
                     .token = token,
                     .headers = {R"(If-Match: "3")"}});
  });
  int done = 0;
  for (const Response& response : responses) {
    if (response.status == 204)
      ++done;
    else
      expect_problem(response, 404, "not_found");
  }
  BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_SUITE_END()
