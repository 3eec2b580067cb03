// Request ids, addresses and CORS: what the headers of an answer say, and what a client's cannot.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

const Environment kWithOrigins{{"CORS_ORIGINS", "https://app.example.org,http://localhost:3000"}};

std::string origin(const std::string& value) { return "Origin: " + value; }

std::size_t cors_headers(const Answer& answer) {
  std::size_t count = 0;
  for (const auto& [name, value] : answer.headers) count += name.starts_with("access-control-") ? 1U : 0U;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(headers)

BOOST_AUTO_TEST_CASE(every_answer_has_an_id_of_its_own_and_the_security_headers) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  HttpClient client = stack.client();
  std::set<std::string> ids;
  const std::vector<Ask> asks{
      {.path = "/healthz"},
      {.path = "/nowhere"},
      {.path = "/auth/me"},
      {.path = "/auth/me", .token = person.tokens.access},
      {.method = "OPTIONS", .path = "/tasks"},
      {.method = "PUT", .path = "/tasks"},
      {.method = "HEAD", .path = "/readyz"},
      {.method = "POST", .path = "/login", .body = credentials(person)},
      {.method = "POST", .path = "/login", .body = std::string(70000, ' ')},
      {.method = "POST", .path = "/tasks", .body = R"({"title":"Tea"})", .token = person.tokens.access},
      {.path = "/tasks?limit=1&count=true", .token = person.tokens.access},
      {.path = "/tasks/export?format=ics", .token = person.tokens.access},
      {.method = "HEAD", .path = "/tasks/export", .token = person.tokens.access},
      {.method = "POST", .path = "/tasks/import", .body = "[]", .token = person.tokens.access},
      {.method = "POST", .path = "/tasks/batch", .body = "{}", .token = person.tokens.access},
      {.path = "/%00"}};
  for (const Ask& ask : asks) {
    BOOST_TEST_CONTEXT(ask.method << ' ' << ask.path) {
      const Answer answer = client.send(ask);
      expect_common_headers(answer);
      ids.insert(answer.header("x-request-id"));
    }
  }
  BOOST_TEST(ids.size() == asks.size());
}

BOOST_DATA_TEST_CASE(a_client_cannot_choose_its_request_id,
                     data::make({"X-Request-Id", "Request-Id", "X_Request_Id"}), name) {
  const Answer answer =
      running_stack().client().send({.path = "/nowhere", .headers = {std::string(name) + ": mine"}});
  expect_problem(answer, 404, "not_found");
  BOOST_TEST(answer.body.find("mine") == std::string::npos);
}

BOOST_DATA_TEST_CASE(a_client_cannot_forge_its_address_or_method,
                     data::make({"X-Forwarded-For", "X-Real-IP", "Forwarded", "Remote-Addr", "REMOTE_ADDR",
                                 "X-Client-IP", "True-Client-IP", "Client-Address", "Request-Method",
                                 "Document-Uri", "Proxy"}),
                     name) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const Answer answer = stack.client().send({.method = "POST",
                                             .path = "/auth/login",
                                             .body = credentials(person),
                                             .headers = {std::string(name) + ": 192.0.2.66"}});
  BOOST_TEST(answer.status == 200);
  const std::string id = answer.header("x-request-id");
  BOOST_TEST(stack.sql("select host(client_address) from taskward.audit where request_id = '" + id + "'") ==
             "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(the_record_of_a_deed_names_its_request_and_its_agent) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const Answer made =
      stack.client().send({.method = "POST",
                           .path = "/tasks",
                           .body = R"({"title":"Tea"})",
                           .token = person.tokens.access,
                           .headers = {"User-Agent: kettle/1 \xFF'\" " + std::string(400, 'x')}});
  BOOST_TEST(made.status == 201, made.body);
  const std::string record = stack.sql(
      "select action, outcome, actor_id, object_id, user_agent from taskward.audit where request_id = '" +
      made.header("x-request-id") + "'");
  BOOST_TEST(record.starts_with("task.create|success|" + person.id + '|' + made.json()["id"].text() +
                                "|kettle/1 ?'\" xxx"),
             record);
  BOOST_TEST(record.size() < 400U);
}

BOOST_AUTO_TEST_CASE(nothing_with_a_token_in_it_may_be_stored) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  HttpClient client = stack.client();
  BOOST_TEST(client.post("/login", credentials(person)).header("cache-control") == "no-store");
  const Answer answer = client.post("/refresh", R"({"refresh_token":")" + person.tokens.refresh + "\"}");
  BOOST_TEST(answer.header("cache-control") == "no-store");
  BOOST_TEST(client.get("/tasks", tokens_of(answer).access).header("cache-control") == "private");
}

BOOST_AUTO_TEST_CASE(by_default_no_origin_is_told_anything) {
  HttpClient client = running_stack().client();
  for (const std::string method : {"GET", "OPTIONS"}) {
    const Answer answer =
        client.send({.method = method,
                     .path = "/tasks",
                     .headers = {origin("https://app.example.org"), "Access-Control-Request-Method: POST"}});
    BOOST_TEST(cors_headers(answer) == 0U);
  }
}

BOOST_DATA_TEST_CASE(a_listed_origin_is_named_in_answers_and_preflights,
                     data::make({"https://app.example.org", "http://localhost:3000"}), listed_origin) {
  HttpClient client = running_stack(kWithOrigins).client();
  const Answer answer = client.send({.path = "/auth/me", .headers = {origin(listed_origin)}});
  expect_problem(answer, 401, "authentication_required");
  BOOST_TEST(answer.header("access-control-allow-origin") == listed_origin);
  BOOST_TEST(answer.header("vary") == "Origin");
  BOOST_TEST(answer.count("access-control-allow-credentials") == 0U);
  const Answer preflight =
      client.send({.method = "OPTIONS",
                   .path = "/tasks",
                   .headers = {origin(listed_origin), "Access-Control-Request-Method: POST"}});
  BOOST_TEST(preflight.status == 204);
  BOOST_TEST(preflight.header("access-control-allow-origin") == listed_origin);
  BOOST_TEST(listed(preflight.header("access-control-allow-methods")).count("POST") == 1U);
  BOOST_TEST(listed(preflight.header("access-control-allow-headers")).count("Authorization") == 1U);
}

BOOST_AUTO_TEST_CASE(a_script_of_a_listed_origin_may_send_and_read_every_header_that_tasks_have) {
  const Stack& stack = running_stack(kWithOrigins);
  const Person person = join(stack);
  HttpClient client = stack.client();
  const std::string from = origin("https://app.example.org");
  for (const std::string path :
       {"/tasks", "/tasks/batch", "/tasks/import", "/tasks/018f0000-0000-7000-8000-000000000000"}) {
    const Answer preflight = client.send(
        {.method = "OPTIONS",
         .path = path,
         .headers = {from, "Access-Control-Request-Method: POST",
                     "Access-Control-Request-Headers: idempotency-key, if-match, if-none-match"}});
    BOOST_TEST(preflight.status == 204);
    const auto allowed = listed(preflight.header("access-control-allow-headers"));
    for (const char* name : {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"})
      BOOST_TEST(allowed.count(name) == 1U, name);
    BOOST_TEST(listed(preflight.header("access-control-allow-methods")) == listed(preflight.header("allow")),
               boost::test_tools::per_element());
  }
  for (int i = 0; i < 2; ++i) static_cast<void>(new_task(stack, person.tokens.access));
  for (const std::string path : {"/tasks?limit=1", "/tasks/export?format=csv", "/tasks/none"}) {
    const Answer answer = client.send({.path = path, .token = person.tokens.access, .headers = {from}});
    const auto exposed = listed(answer.header("access-control-expose-headers"));
    for (const char* name : {"Content-Disposition", "ETag", "Link", "Location", "Retry-After",
                             "WWW-Authenticate", "X-Request-Id"})
      BOOST_TEST(exposed.count(name) == 1U, name);
    BOOST_TEST(answer.header("access-control-allow-origin") == "https://app.example.org");
    BOOST_TEST(answer.header("vary") == "Origin");
  }
}

BOOST_DATA_TEST_CASE(another_origin_is_not_named,
                     data::make({"https://app.example.org.evil.example", "http://app.example.org",
                                 "https://APP.example.org", "null", "https://app.example.org:8443", "*",
                                 "https://evil.example, https://app.example.org"}),
                     other) {
  HttpClient client = running_stack(kWithOrigins).client();
  const Answer answer = client.send({.path = "/healthz", .headers = {origin(other)}});
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(cors_headers(answer) == 0U);
  BOOST_TEST(answer.header("vary") == "Origin");
}

BOOST_AUTO_TEST_SUITE_END()
