// Limits of request bodies: content type, size, JSON syntax and fields.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "task_owner.hpp"
#include "tls_connection.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

constexpr std::size_t kMaxBytes = 65536;

struct BodyFixture {
  const Stack& stack = running_stack();
  User user = new_user(stack);
  HttpClient client = stack.client();
  const std::string& token = user.tokens.access;

  Response create(const std::string& body) { return client.post("/tasks", body, token); }
  Response create_as(const std::string& content_type, HttpVersion version = HttpVersion::http2) {
    return stack.client(version).send(
        {.method = "POST",
         .path = "/tasks",
         .body = R"({"title":"Tea"})",
         .token = token,
         .headers = {"Content-Type:" + (content_type.empty() ? "" : ' ' + content_type)}});
  }
  std::string task_count() const {
    return stack.sql("select count(*) from taskward.tasks where owner_id = '" + user.id + "'");
  }
};

std::string padded(std::size_t size) {
  std::string body = R"({"title":"Tea"})";
  body.insert(1, size - body.size(), ' ');
  return body;
}

std::string nested(int levels) {
  std::string body = R"({"title":"Tea","x":)";
  for (int i = 1; i < levels; ++i) body += '[';
  for (int i = 1; i < levels; ++i) body += ']';
  return body + '}';
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_bodies, BodyFixture, *boost::unit_test::label("sanitize"))

BOOST_DATA_TEST_CASE(unsupported_content_type_is_415,
                     data::make({"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
                                 "json", "text/json; charset=utf-8", "multipart/form-data; boundary=x",
                                 "application/xml, application/json"}),
                     content_type) {
  expect_problem(create_as(content_type), 415, "unsupported_media_type");
  expect_problem(create_as(content_type, HttpVersion::http1_1), 415, "unsupported_media_type");
  BOOST_TEST(task_count() == "0");
}

BOOST_DATA_TEST_CASE(json_content_type_is_accepted_in_any_spelling,
                     data::make({"application/json", "Application/JSON", "application/json; charset=utf-8",
                                 "application/json;charset=\"UTF-8\"", "application/json; charset=utf8",
                                 "application/json; charset=iso-8859-1", "application/json ; charset=UTF-8"}),
                     content_type) {
  BOOST_TEST(create_as(content_type).status == 201);
}

BOOST_AUTO_TEST_CASE(body_of_64_KiB_is_accepted_and_one_byte_more_is_413) {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient one = stack.client(version);
    BOOST_TEST(one.post("/tasks", padded(kMaxBytes), token).status == 201);
    expect_problem(one.post("/tasks", padded(kMaxBytes + 1), token), 413, "payload_too_large");
  }
  BOOST_TEST(task_count() == "2");
}

BOOST_AUTO_TEST_CASE(chunked_body_has_the_same_size_limit) {
  const auto chunked = [&](std::size_t size) {
    return raw_chunked_post(stack, "/tasks", token, padded(size), 4096);
  };
  BOOST_TEST(chunked(kMaxBytes).status == 201);
  expect_problem(chunked(kMaxBytes + 1), 413, "payload_too_large");
  BOOST_TEST(task_count() == "1");
}

BOOST_AUTO_TEST_CASE(text_of_maximum_length_is_accepted) {
  const std::string longest = repeated("\xF0\x9F\x8D\xB5", 10000);
  BOOST_TEST(create(R"({"title":"Tea","description":")" + longest + "\"}").status == 201);
  expect_faults(create(R"({"title":"Tea","description":")" + longest + "x\"}"), {"description:too_long"});
}

struct Malformed {
  const char* body;
  int offset;
};
std::ostream& operator<<(std::ostream& out, const Malformed& one) { return out << one.body; }

BOOST_DATA_TEST_CASE(malformed_json_is_reported_with_its_byte_offset,
                     data::make(std::vector<Malformed>{{"{\"title\"", 8},
                                                       {"{\"title\":\"Tea\"", 14},
                                                       {"{\"title\":\"Tea\"}x", 15},
                                                       {"{\"title\":\"Tea\"}{}", 15},
                                                       {"{\"title\":\"Tea\",}", 15},
                                                       {"{'title':\"Tea\"}", 1},
                                                       {"{\"title\":Tea}", 9},
                                                       {"{\"title\":01}", 10},
                                                       {"[", 1},
                                                       {"   ", 3},
                                                       {"// no\n{}", 0}}),
                     sample) {
  const Response response = create(sample.body);
  expect_problem(response, 400, "malformed_json");
  const std::string detail = response.json()["detail"].text();
  BOOST_TEST(detail.find("at byte " + std::to_string(sample.offset) + ',') != std::string::npos, detail);
  BOOST_TEST(task_count() == "0");
}

BOOST_DATA_TEST_CASE(
    json_beyond_the_parser_limits_is_malformed,
    data::make({std::string(R"({"title":"a","title":"b"})"),
                std::string(R"({"title":"a","x":{"y":1,"y":2}})"),
                std::string("{\"title\":\"a\",\"t\\u0069tle\":\"b\"}"), nested(33), nested(20000),
                std::string("{\"title\":\"\xFF\"}"), std::string("{\"title\":\"\xC0\xAF\"}"),
                std::string("{\"title\":\"\xED\xA0\x80\"}"), std::string("{\"title\":\"\xF4\x90\x80\x80\"}"),
                std::string("{\"title\":\"\xC3\"}"), std::string(R"({"title":"\ud800"})"),
                std::string(R"({"title":"\udc00\ud800"})"), std::string(R"({"title":"\x"})"),
                std::string("{\"title\":\"a\nb\"}"), std::string("{\"title\":\"a\0b\"}", 15),
                std::string("{\"title\":\"Tea\"}\0", 16), std::string("\xEF\xBB\xBF{\"title\":\"Tea\"}"),
                std::string(R"({"title":NaN})"), std::string(R"({"title":1e999})")}),
    body) {
  const Response response = create(body);
  expect_problem(response, 400, "malformed_json");
  BOOST_TEST(response.json()["detail"].text().find("at byte ") != std::string::npos, response.body);
  BOOST_TEST(task_count() == "0");
}

BOOST_AUTO_TEST_CASE(nesting_of_32_levels_is_accepted) {
  expect_faults(create(nested(32)), {"x:unknown_member"});
}

BOOST_DATA_TEST_CASE(empty_body_is_malformed_where_one_is_required,
                     data::make({"/auth/register", "/auth/login", "/login", "/tasks"}), path) {
  expect_problem(client.send({.method = "POST", .path = path, .token = token}), 400, "malformed_json");
  expect_problem(client.post(path, "", token), 400, "malformed_json");
}

BOOST_DATA_TEST_CASE(json_other_than_an_object_is_a_wrong_type,
                     data::make({"[]", "null", "1", "\"title\"", "true"}), body) {
  expect_faults(create(body), {":wrong_type"});
}

BOOST_AUTO_TEST_CASE(all_registration_errors_are_reported_together) {
  const Response response = client.post(
      "/auth/register",
      R"({"email":"nobody at home","username":"!!!","password":"short","role":"king","admin":true,"n":1})");
  expect_faults(response, {"email:invalid_format", "username:invalid_format", "password:too_short",
                           "role:invalid_value", "admin:unknown_member", "n:unknown_member"});
}

BOOST_AUTO_TEST_CASE(all_task_errors_are_reported_together) {
  expect_faults(
      create(R"({"title":"","description":5,"status":"later","owner_id":"x"})"),
      {"title:too_short", "description:wrong_type", "status:invalid_value", "owner_id:unknown_member"});
  expect_faults(create(R"({"description":["x"]})"), {"title:required", "description:wrong_type"});
  expect_faults(create(R"({"title":" \t\n"})"), {"title:invalid_value"});
  expect_faults(create(R"({"title":"a\u0000b","description":"\u001b[2J"})"),
                {"title:invalid_character", "description:invalid_character"});
  BOOST_TEST(task_count() == "0");
}

BOOST_AUTO_TEST_CASE(all_login_and_logout_errors_are_reported_together) {
  expect_faults(client.post("/login", R"({"email":1,"username":2,"password":3,"x":4})"),
                {"email:wrong_type", "username:wrong_type", "username:invalid_value", "password:wrong_type",
                 "x:unknown_member"});
  expect_faults(client.post("/login", R"({"password":"x"})"), {"email:required"});
  expect_faults(client.post("/login", R"({"email":"a","username":"b","password":"x"})"),
                {"username:invalid_value"});
  expect_faults(client.post("/auth/logout", R"({"refresh_token":1,"scope":"mine"})", token),
                {"refresh_token:wrong_type", "scope:invalid_value"});
}

BOOST_AUTO_TEST_CASE(all_query_errors_are_reported_together) {
  expect_faults(
      client.get("/tasks?limit=0&offset=-1&status=later&colour=red", token),
      {"limit:out_of_range", "offset:out_of_range", "status:invalid_value", "colour:unknown_member"});
  expect_faults(client.get("/tasks?limit=101&offset=x", token), {"limit:out_of_range", "offset:wrong_type"});
  expect_faults(client.get("/tasks?limit=1&limit=2", token), {"limit:duplicate"});
  expect_faults(client.get("/tasks?limit=99999999999999999999&offset=%201&status=", token),
                {"limit:out_of_range", "offset:wrong_type", "status:invalid_value"});
}

BOOST_DATA_TEST_CASE(undecodable_query_is_400,
                     data::make({"limit=%", "limit=%1", "limit=%zz", "%ff=1", "status=%c0%af", "limit=%00"}),
                     query) {
  expect_problem(client.get(std::string("/tasks?") + query, token), 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(rejected_change_changes_nothing) {
  const std::string id = new_task(stack, token);
  const std::string before = client.get("/tasks/" + id, token).body;
  expect_faults(client.send({.method = "PATCH",
                             .path = "/tasks/" + id,
                             .body = R"({"title":"New","status":"?"})",
                             .token = token}),
                {"status:invalid_value"});
  BOOST_TEST(client.get("/tasks/" + id, token).body == before);
}

BOOST_AUTO_TEST_SUITE_END()
