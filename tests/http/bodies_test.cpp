// What a body may be: its type, its size, its JSON, its members.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"
#include "tls_connection.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

constexpr std::size_t kMostBytes = 65536;

struct Writer {
  const Stack& stack = running_stack();
  Person person = join(stack);
  HttpClient client = stack.client();
  const std::string& token = person.tokens.access;

  Answer create(const std::string& body) { return client.post("/tasks", body, token); }
  Answer create_as(const std::string& content_type, HttpVersion version = HttpVersion::http2) {
    return stack.client(version).send(
        {.method = "POST",
         .path = "/tasks",
         .body = R"({"title":"Tea"})",
         .token = token,
         .headers = {"Content-Type:" + (content_type.empty() ? "" : ' ' + content_type)}});
  }
  std::string tasks() const {
    return stack.sql("select count(*) from taskward.tasks where owner_id = '" + person.id + "'");
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

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bodies, Writer)

BOOST_DATA_TEST_CASE(a_body_of_another_type_is_refused,
                     data::make({"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
                                 "json", "application/json; charset=iso-8859-1",
                                 "application/json;charset=\"utf-16\"", "multipart/form-data; boundary=x",
                                 "application/xml, application/json"}),
                     content_type) {
  expect_problem(create_as(content_type), 415, "unsupported_media_type");
  expect_problem(create_as(content_type, HttpVersion::http1_1), 415, "unsupported_media_type");
  BOOST_TEST(tasks() == "0");
}

BOOST_DATA_TEST_CASE(json_is_known_by_each_of_its_spellings,
                     data::make({"application/json", "Application/JSON", "application/json; charset=utf-8",
                                 "application/json;charset=\"UTF-8\"", "application/json ; charset=UTF-8"}),
                     content_type) {
  BOOST_TEST(create_as(content_type).status == 201);
}

BOOST_AUTO_TEST_CASE(a_body_of_exactly_64_KiB_is_taken_and_one_byte_more_is_not) {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient one = stack.client(version);
    BOOST_TEST(one.post("/tasks", padded(kMostBytes), token).status == 201);
    expect_problem(one.post("/tasks", padded(kMostBytes + 1), token), 413, "payload_too_large");
  }
  BOOST_TEST(tasks() == "2");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_has_the_same_limit) {
  const auto chunked = [&](std::size_t size) {
    const std::string body = padded(size);
    std::string bytes = "POST /tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
                        "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 4096) {
      const std::string piece = body.substr(at, 4096);
      char length[16];
      static_cast<void>(std::snprintf(length, sizeof length, "%zx\r\n", piece.size()));
      bytes += length + piece + "\r\n";
    }
    return raw_request(stack, bytes + "0\r\n\r\n");
  };
  BOOST_TEST(chunked(kMostBytes).status == 201);
  expect_problem(chunked(kMostBytes + 1), 413, "payload_too_large");
  BOOST_TEST(tasks() == "1");
}

BOOST_AUTO_TEST_CASE(text_of_the_longest_allowed_length_is_taken) {
  const std::string longest = repeated("\xF0\x9F\x8D\xB5", 10000);
  BOOST_TEST(create(R"({"title":"Tea","description":")" + longest + "\"}").status == 201);
  expect_faults(create(R"({"title":"Tea","description":")" + longest + "x\"}"), {"description:too_long"});
}

struct Malformed {
  const char* body;
  int offset;
};
std::ostream& operator<<(std::ostream& out, const Malformed& one) { return out << one.body; }

BOOST_DATA_TEST_CASE(broken_json_is_told_with_the_place,
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
  const Answer answer = create(sample.body);
  expect_problem(answer, 400, "malformed_json");
  const std::string detail = answer.json()["detail"].text();
  BOOST_TEST(detail.find("at byte " + std::to_string(sample.offset) + ',') != std::string::npos, detail);
  BOOST_TEST(tasks() == "0");
}

BOOST_DATA_TEST_CASE(
    json_beyond_the_limits_is_malformed,
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
  const Answer answer = create(body);
  expect_problem(answer, 400, "malformed_json");
  BOOST_TEST(answer.json()["detail"].text().find("at byte ") != std::string::npos, answer.body);
  BOOST_TEST(tasks() == "0");
}

BOOST_AUTO_TEST_CASE(nesting_of_32_levels_is_read) {
  expect_faults(create(nested(32)), {"x:unknown_member"});
}

BOOST_DATA_TEST_CASE(an_empty_body_is_malformed_where_one_is_needed,
                     data::make({"/auth/register", "/auth/login", "/login", "/tasks"}), path) {
  expect_problem(client.send({.method = "POST", .path = path, .token = token}), 400, "malformed_json");
  expect_problem(client.post(path, "", token), 400, "malformed_json");
}

BOOST_DATA_TEST_CASE(json_that_is_no_object_is_of_the_wrong_type,
                     data::make({"[]", "null", "1", "\"title\"", "true"}), body) {
  expect_faults(create(body), {":wrong_type"});
}

BOOST_AUTO_TEST_CASE(all_faults_of_a_registration_are_told_at_once) {
  const Answer answer = client.post(
      "/auth/register",
      R"({"email":"nobody at home","username":"!!!","password":"short","role":"king","admin":true,"n":1})");
  expect_faults(answer, {"email:invalid_format", "username:invalid_format", "password:too_short",
                         "role:invalid_value", "admin:unknown_member", "n:unknown_member"});
}

BOOST_AUTO_TEST_CASE(all_faults_of_a_task_are_told_at_once) {
  expect_faults(
      create(R"({"title":"","description":5,"status":"later","owner_id":"x"})"),
      {"title:too_short", "description:wrong_type", "status:invalid_value", "owner_id:unknown_member"});
  expect_faults(create(R"({"description":["x"]})"), {"title:required", "description:wrong_type"});
  expect_faults(create(R"({"title":" \t\n"})"), {"title:invalid_value"});
  expect_faults(create(R"({"title":"a\u0000b","description":"\u001b[2J"})"),
                {"title:invalid_character", "description:invalid_character"});
  BOOST_TEST(tasks() == "0");
}

BOOST_AUTO_TEST_CASE(all_faults_of_a_login_and_a_logout_are_told_at_once) {
  expect_faults(client.post("/login", R"({"email":1,"username":2,"password":3,"x":4})"),
                {"email:wrong_type", "username:wrong_type", "username:invalid_value", "password:wrong_type",
                 "x:unknown_member"});
  expect_faults(client.post("/login", R"({"password":"x"})"), {"email:required"});
  expect_faults(client.post("/login", R"({"email":"a","username":"b","password":"x"})"),
                {"username:invalid_value"});
  expect_faults(client.post("/auth/logout", R"({"refresh_token":1,"scope":"mine"})", token),
                {"refresh_token:wrong_type", "scope:invalid_value"});
}

BOOST_AUTO_TEST_CASE(all_faults_of_a_query_are_told_at_once) {
  expect_faults(
      client.get("/tasks?limit=0&offset=-1&status=later&colour=red", token),
      {"limit:out_of_range", "offset:out_of_range", "status:invalid_value", "colour:unknown_member"});
  expect_faults(client.get("/tasks?limit=101&offset=x", token), {"limit:out_of_range", "offset:wrong_type"});
  expect_faults(client.get("/tasks?limit=1&limit=2", token), {"limit:duplicate"});
  expect_faults(client.get("/tasks?limit=99999999999999999999&offset=%201&status=", token),
                {"limit:out_of_range", "offset:wrong_type", "status:invalid_value"});
}

BOOST_DATA_TEST_CASE(a_query_that_cannot_be_decoded_is_refused,
                     data::make({"limit=%", "limit=%1", "limit=%zz", "%ff=1", "status=%c0%af", "limit=%00"}),
                     query) {
  expect_problem(client.get(std::string("/tasks?") + query, token), 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(a_refused_change_changes_nothing) {
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
