// Conditional requests on a task (RFC 9110, 13): entity tags, If-None-Match and If-Match.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct Versioned : TaskOwner {
  /// Of version 3.
  std::string id = make_titled("Tea");

  Versioned() {
    static_cast<void>(change(id, R"({"title":"Coffee"})"));
    static_cast<void>(change(id, R"({"title":"Juice"})"));
  }
  Answer write(const std::string& method, const std::vector<std::string>& headers,
               const std::string& query = {}) {
    std::optional<std::string> body;
    if (method != "DELETE") body = R"({"title":"Milk"})";
    return ask(method, "/tasks/" + id + query, body, headers);
  }
};

/// Each way of changing a task: method and query.
const auto kWrites =
    data::make({"PUT", "PATCH", "DELETE", "DELETE"}) ^ data::make({"", "", "", "?permanent=true"});

}  // namespace

BOOST_FIXTURE_TEST_SUITE(conditional, Versioned)

BOOST_AUTO_TEST_CASE(every_answer_with_one_task_has_its_strong_tag_and_the_tag_changes_with_the_task) {
  const Answer made = ask("POST", "/tasks", R"({"title":"Tea"})");
  const std::string path = made.header("location");
  std::set<std::string> tags{made.header("etag")};
  BOOST_TEST(ask("GET", path).header("etag") == made.header("etag"));
  BOOST_TEST(ask("HEAD", path).header("etag") == made.header("etag"));
  for (const std::string method : {"PUT", "PATCH"}) {
    const std::string tag = ask(method, path, R"({"title":")" + method + "\"}").header("etag");
    BOOST_TEST(tags.insert(tag).second);
    BOOST_TEST(ask("GET", path).header("etag") == tag);
  }
  BOOST_TEST(ask("DELETE", path).status == 204);
  BOOST_TEST(tags.insert(ask("POST", path + "/restore").header("etag")).second);
  BOOST_TEST(ask("GET", path).header("etag") == *tags.rbegin());
  for (const std::string& tag : tags)
    BOOST_TEST((tag.size() >= 3 && tag.front() == '"' && tag.back() == '"'), tag);
}

BOOST_DATA_TEST_CASE(a_client_that_takes_compression_gets_the_same_tag_and_bytes,
                     data::make({"gzip", "gzip, deflate, br", "*", "identity;q=0, *"}), encoding) {
  const Answer plain = ask("GET", id);
  const Answer answer = ask("GET", id, std::nullopt, {"Accept-Encoding: " + std::string(encoding)});
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("etag") == R"("3")");
  BOOST_TEST(answer.count("content-encoding") == 0U);
  BOOST_TEST(answer.body == plain.body);
  BOOST_TEST(ask("GET", id, std::nullopt, {"Accept-Encoding: gzip", R"(If-None-Match: "3")"}).status == 304);
}

BOOST_DATA_TEST_CASE(who_has_the_task_is_told_so_without_a_body,
                     data::make({R"("3")", R"(W/"3")", R"("1", "3")", R"("x",W/"3" , "7")", R"(, "3",,)",
                                 "*"}),
                     tags) {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient one = stack.client(version);
    for (const std::string method : {"GET", "HEAD"}) {
      const Answer answer = one.send({.method = method,
                                      .path = "/tasks/" + id,
                                      .token = token,
                                      .headers = {"If-None-Match: " + std::string(tags)}});
      BOOST_TEST(answer.status == 304);
      BOOST_TEST(answer.body.empty());
      BOOST_TEST(answer.header("etag") == R"("3")");
      BOOST_TEST(answer.count("content-type") == 0U);
      expect_common_headers(answer);
    }
    // The connection goes on in order.
    BOOST_TEST(one.get("/tasks/" + id, token).json()["title"].text() == "Juice");
  }
}

BOOST_DATA_TEST_CASE(who_has_another_version_gets_this_one,
                     data::make({R"("2")", R"("4")", R"(W/"1", "2")", R"("03")", R"("")", R"("-3")",
                                 R"("99999999999999999999999")", R"("*")"}),
                     tags) {
  const Answer answer = ask("GET", id, std::nullopt, {"If-None-Match: " + std::string(tags)});
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.json()["title"].text() == "Juice");
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_tags_is_no_condition) {
  const std::string before = rows();
  for (const std::string value : {"3", "\"", "\"3", "3\"", "'3'", "w/\"3\"", "W/3", "*, \"3\"", "\"3\" \"4\"",
                                  "\"3\";", ",", "**", "\"a b\""}) {
    BOOST_TEST_CONTEXT(value) {
      expect_problem(ask("GET", id, std::nullopt, {"If-None-Match: " + value}), 400, "bad_request");
      for (const std::string header : {"If-Match: ", "If-None-Match: "}) {
        for (const std::string method : {"PUT", "PATCH", "DELETE"})
          expect_problem(write(method, {header + value}), 400, "bad_request");
      }
    }
  }
  BOOST_TEST(rows() == before);
}

BOOST_DATA_TEST_CASE(a_change_goes_through_for_the_version_it_names, kWrites, method, query) {
  for (const std::string tags : {R"("3")", R"("1", "3", "x")", "*"}) {
    Versioned one;
    const Answer answer = one.write(method, {"If-Match: " + tags}, query);
    BOOST_TEST(answer.status == (std::string(method) == "DELETE" ? 204 : 200), answer.body);
  }
  Versioned one;
  BOOST_TEST(one.write(method, {R"(If-None-Match: "2", "4")"}, query).status < 300);
}

BOOST_DATA_TEST_CASE(a_change_for_another_version_is_refused_and_changes_nothing, kWrites, method, query) {
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

BOOST_DATA_TEST_CASE(a_task_that_is_not_there_meets_no_condition_and_fails_none, kWrites, method, query) {
  const std::string gone = id;
  BOOST_TEST(ask("DELETE", gone + "?permanent=true").status == 204);
  for (const std::string header : {"If-Match: *", R"(If-Match: "3")", "If-None-Match: *"})
    expect_problem(write(method, {header}, query), 404, "not_found");
  expect_problem(ask("GET", gone, std::nullopt, {"If-None-Match: *"}), 404, "not_found");
}

BOOST_AUTO_TEST_CASE(a_task_is_taken_back_for_the_version_in_the_trash_only) {
  BOOST_TEST(ask("DELETE", id).status == 204);
  const std::string path = "/tasks/" + id + "/restore";
  const std::string before = rows();
  for (const char* header : {R"(If-Match: "3")", R"(If-Match: "5", W/"4")", R"(If-None-Match: "4")"})
    expect_problem(ask("POST", path, std::nullopt, {header}), 412, "precondition_failed");
  BOOST_TEST(rows() == before);
  BOOST_TEST(ask("POST", path, std::nullopt, {R"(If-Match: "4")"}).status == 200);
}

BOOST_AUTO_TEST_CASE(what_makes_tasks_has_no_version_to_match) {
  const std::string before = rows();
  expect_problem(ask("POST", "/tasks", R"({"title":"Tea"})", {"If-Match: *"}), 412, "precondition_failed");
  expect_problem(ask("POST", "/tasks/batch", R"({"create":[{"title":"Tea"}]})", {R"(If-Match: "1")"}), 412,
                 "precondition_failed");
  expect_problem(ask("POST", "/tasks/import", R"([{"title":"Tea"}])", {"If-Match: *"}), 412,
                 "precondition_failed");
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(a_list_has_no_tag_and_takes_no_condition) {
  const Answer answer = ask("GET", "?limit=1", std::nullopt, {"If-None-Match: *"});
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.count("etag") == 0U);
}

BOOST_AUTO_TEST_CASE(of_writers_who_read_before_they_write_none_loses_the_change_of_another) {
  constexpr std::size_t writers = 8;
  constexpr int rounds = 8;
  const std::string path = "/tasks/" + make(R"({"title":"Counter","description":"0"})")["id"].text();
  const auto lost = at_once(stack, writers, [&](HttpClient& one, std::size_t) {
    for (int done = 0; done < rounds;) {
      const Answer read = one.get(path, token);
      const int next = std::stoi(read.json()["description"].text()) + 1;
      const Answer written = one.send({.method = "PATCH",
                                       .path = path,
                                       .body = R"({"description":")" + std::to_string(next) + "\"}",
                                       .token = token,
                                       .headers = {"If-Match: " + read.header("etag")}});
      if (written.status != 200 && written.status != 412) return written;
      if (written.status == 200) ++done;
    }
    return Answer{.status = 200, .version = {}, .headers = {}, .body = {}};
  });
  for (const Answer& answer : lost) BOOST_TEST(answer.status == 200, answer.body);
  const Json task = client.get(path, token).json();
  BOOST_TEST(task["description"].text() == std::to_string(writers * rounds));
  BOOST_TEST(task["version"].number() == static_cast<std::int64_t>(writers * rounds) + 1);
}

BOOST_DATA_TEST_CASE(of_many_who_delete_what_they_have_read_one_does, data::make({"", "?permanent=true"}),
                     query) {
  const auto answers = at_once(stack, 12, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "DELETE",
                     .path = "/tasks/" + id + query,
                     .token = token,
                     .headers = {R"(If-Match: "3")"}});
  });
  int done = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 204)
      ++done;
    else
      expect_problem(answer, 404, "not_found");
  }
  BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_SUITE_END()
