// Response headers (request id, security, CORS), and request headers that must have no effect.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

const Environment kWithOrigins{{"CORS_ORIGINS", "https://app.example.org,http://localhost:3000"}};

std::string origin(const std::string& value) { return "Origin: " + value; }

std::size_t cors_headers(const Response& response) {
  std::size_t count = 0;
  for (const auto& [name, value] : response.headers) count += name.starts_with("access-control-") ? 1U : 0U;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(headers, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(every_response_has_a_unique_request_id_and_security_headers) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  HttpClient client = stack.client();
  std::set<std::string> ids;
  const std::vector<Request> requests{
      {.path = "/healthz"},
      {.path = "/nowhere"},
      {.path = "/auth/me"},
      {.path = "/auth/me", .token = user.tokens.access},
      {.method = "OPTIONS", .path = "/tasks"},
      {.method = "PUT", .path = "/tasks"},
      {.method = "HEAD", .path = "/readyz"},
      {.method = "POST", .path = "/login", .body = credentials(user)},
      {.method = "POST", .path = "/login", .body = std::string(70000, ' ')},
      {.method = "POST", .path = "/tasks", .body = R"({"title":"Tea"})", .token = user.tokens.access},
      {.path = "/tasks?limit=1&count=true", .token = user.tokens.access},
      {.path = "/tasks/export?format=ics", .token = user.tokens.access},
      {.method = "HEAD", .path = "/tasks/export", .token = user.tokens.access},
      {.method = "POST", .path = "/tasks/import", .body = "[]", .token = user.tokens.access},
      {.method = "POST", .path = "/tasks/batch", .body = "{}", .token = user.tokens.access},
      {.path = "/%00"}};
  for (const Request& request : requests) {
    BOOST_TEST_CONTEXT(request.method << ' ' << request.path) {
      const Response response = client.send(request);
      expect_common_headers(response);
      ids.insert(response.header("x-request-id"));
    }
  }
  BOOST_TEST(ids.size() == requests.size());
}

BOOST_DATA_TEST_CASE(client_cannot_choose_its_request_id,
                     data::make({"X-Request-Id", "Request-Id", "X_Request_Id"}), name) {
  const Response response =
      running_stack().client().send({.path = "/nowhere", .headers = {std::string(name) + ": mine"}});
  expect_problem(response, 404, "not_found");
  BOOST_TEST(response.body.find("mine") == std::string::npos);
}

BOOST_DATA_TEST_CASE(client_cannot_forge_its_address_or_method,
                     data::make({"X-Forwarded-For", "X-Real-IP", "Forwarded", "Remote-Addr", "REMOTE_ADDR",
                                 "X-Client-IP", "True-Client-IP", "Client-Address", "Request-Method",
                                 "Document-Uri", "Proxy"}),
                     name) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const Response response = stack.client().send({.method = "POST",
                                                 .path = "/auth/login",
                                                 .body = credentials(user),
                                                 .headers = {std::string(name) + ": 192.0.2.66"}});
  BOOST_TEST(response.status == 200);
  const std::string id = response.header("x-request-id");
  BOOST_TEST(stack.sql("select host(client_address) from taskward.audit where request_id = '" + id + "'") ==
             "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(audit_record_has_request_id_and_user_agent) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const Response created =
      stack.client().send({.method = "POST",
                           .path = "/tasks",
                           .body = R"({"title":"Tea"})",
                           .token = user.tokens.access,
                           .headers = {"User-Agent: kettle/1 \xFF'\" " + std::string(400, 'x')}});
  BOOST_TEST(created.status == 201, created.body);
  const std::string record = stack.sql(
      "select action, outcome, actor_id, object_id, user_agent from taskward.audit where request_id = '" +
      created.header("x-request-id") + "'");
  BOOST_TEST(record.starts_with("task.create|success|" + user.id + '|' + created.json()["id"].text() +
                                "|kettle/1 ?'\" xxx"),
             record);
  BOOST_TEST(record.size() < 400U);
}

BOOST_AUTO_TEST_CASE(responses_with_tokens_must_not_be_cached) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  HttpClient client = stack.client();
  BOOST_TEST(client.post("/login", credentials(user)).header("cache-control") == "no-store");
  const Response response = client.post("/refresh", R"({"refresh_token":")" + user.tokens.refresh + "\"}");
  BOOST_TEST(response.header("cache-control") == "no-store");
  BOOST_TEST(client.get("/tasks", tokens_of(response).access).header("cache-control") == "private");
}

BOOST_AUTO_TEST_CASE(no_cors_headers_are_sent_by_default) {
  HttpClient client = running_stack().client();
  for (const std::string method : {"GET", "OPTIONS"}) {
    const Response response =
        client.send({.method = method,
                     .path = "/tasks",
                     .headers = {origin("https://app.example.org"), "Access-Control-Request-Method: POST"}});
    BOOST_TEST(cors_headers(response) == 0U);
  }
}

BOOST_DATA_TEST_CASE(listed_origin_is_allowed_in_responses_and_preflights,
                     data::make({"https://app.example.org", "http://localhost:3000"}), listed_origin) {
  HttpClient client = running_stack(kWithOrigins).client();
  const Response response = client.send({.path = "/auth/me", .headers = {origin(listed_origin)}});
  expect_problem(response, 401, "authentication_required");
  BOOST_TEST(response.header("access-control-allow-origin") == listed_origin);
  BOOST_TEST(response.header("vary") == "Origin");
  BOOST_TEST(response.count("access-control-allow-credentials") == 0U);
  const Response preflight =
      client.send({.method = "OPTIONS",
                   .path = "/tasks",
                   .headers = {origin(listed_origin), "Access-Control-Request-Method: POST"}});
  BOOST_TEST(preflight.status == 204);
  BOOST_TEST(preflight.header("access-control-allow-origin") == listed_origin);
  BOOST_TEST(split_list(preflight.header("access-control-allow-methods")).count("POST") == 1U);
  BOOST_TEST(split_list(preflight.header("access-control-allow-headers")).count("Authorization") == 1U);
}

BOOST_AUTO_TEST_CASE(listed_origin_may_send_and_read_all_headers_of_the_task_api) {
  const Stack& stack = running_stack(kWithOrigins);
  const User user = new_user(stack);
  HttpClient client = stack.client();
  const std::string from = origin("https://app.example.org");
  for (const std::string path :
       {"/tasks", "/tasks/batch", "/tasks/import", "/tasks/018f0000-0000-7000-8000-000000000000"}) {
    const Response preflight = client.send(
        {.method = "OPTIONS",
         .path = path,
         .headers = {from, "Access-Control-Request-Method: POST",
                     "Access-Control-Request-Headers: idempotency-key, if-match, if-none-match"}});
    BOOST_TEST(preflight.status == 204);
    const auto allowed = split_list(preflight.header("access-control-allow-headers"));
    for (const char* name : {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"})
      BOOST_TEST(allowed.count(name) == 1U, name);
    BOOST_TEST(
        split_list(preflight.header("access-control-allow-methods")) == split_list(preflight.header("allow")),
        boost::test_tools::per_element());
  }
  for (int i = 0; i < 2; ++i) static_cast<void>(new_task(stack, user.tokens.access));
  for (const std::string path : {"/tasks?limit=1", "/tasks/export?format=csv", "/tasks/none"}) {
    const Response response = client.send({.path = path, .token = user.tokens.access, .headers = {from}});
    const auto exposed = split_list(response.header("access-control-expose-headers"));
    for (const char* name : {"Content-Disposition", "ETag", "Link", "Location", "Retry-After",
                             "WWW-Authenticate", "X-Request-Id"})
      BOOST_TEST(exposed.count(name) == 1U, name);
    BOOST_TEST(response.header("access-control-allow-origin") == "https://app.example.org");
    BOOST_TEST(response.header("vary") == "Origin");
  }
}

BOOST_DATA_TEST_CASE(unlisted_origin_is_not_allowed,
                     data::make({"https://app.example.org.evil.example", "http://app.example.org",
                                 "https://APP.example.org", "null", "https://app.example.org:8443", "*",
                                 "https://evil.example, https://app.example.org"}),
                     other) {
  HttpClient client = running_stack(kWithOrigins).client();
  const Response response = client.send({.path = "/healthz", .headers = {origin(other)}});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(cors_headers(response) == 0U);
  BOOST_TEST(response.header("vary") == "Origin");
}

BOOST_AUTO_TEST_SUITE_END()
