#include "taskward/api/responses.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/account_bodies.hpp"
#include "taskward/api/task_bodies.hpp"
#include "tests/unit/support_json.hpp"
#include "tests/unit/support_responses.hpp"

namespace taskward::api {
namespace {

using testing::header_value;
using testing::object_in;
using testing::text_of;

BOOST_AUTO_TEST_SUITE(problems)

BOOST_AUTO_TEST_CASE(every_error_becomes_a_problem_document_of_its_code) {
  for (const ErrorFacts& error_facts : every_error()) {
    BOOST_TEST_CONTEXT(error_facts.name) {
      const auto response = problem(error_facts.code, "request-1");
      BOOST_TEST(response.status == error_facts.status);
      BOOST_TEST(header_value(response, "Content-Type") == "application/problem+json");
      const auto object = object_in(response.body);
      BOOST_TEST(object.size() == 6U);
      BOOST_TEST(text_of(object, "type") == "about:blank");
      BOOST_TEST(text_of(object, "title") == error_facts.title);
      BOOST_TEST(*json::find(object, "status")->get_if<std::int64_t>() == error_facts.status);
      BOOST_TEST(text_of(object, "detail") == error_facts.detail);
      BOOST_TEST(text_of(object, "code") == error_facts.name);
      BOOST_TEST(text_of(object, "request_id") == "request-1");
    }
  }
}

BOOST_AUTO_TEST_CASE(exactly_the_responses_about_tokens_carry_a_bearer_challenge) {
  for (const ErrorFacts& error_facts : every_error()) {
    const std::string challenge = header_value(problem(error_facts.code, ""), "WWW-Authenticate");
    if (error_facts.status == 401) {
      BOOST_TEST(challenge == R"(Bearer realm="taskward", error="invalid_token", error_description=")" +
                                  std::string(error_facts.detail) + '"');
    } else if (error_facts.code == ErrorCode::insufficient_scope) {
      BOOST_TEST(challenge == R"(Bearer realm="taskward", error="insufficient_scope", error_description=")" +
                                  std::string(error_facts.detail) + '"');
    } else {
      BOOST_TEST(challenge == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(challenge_names_the_missing_scope) {
  Error error(ErrorCode::insufficient_scope, "Not this one.");
  error.scope = "tasks:write";
  BOOST_TEST(header_value(problem(error, ""), "WWW-Authenticate") ==
             R"(Bearer realm="taskward", error="insufficient_scope", error_description="The personal access )"
             R"(token does not have the required scope.", scope="tasks:write")");
}

BOOST_AUTO_TEST_CASE(custom_detail_is_never_copied_into_a_header) {
  const auto response = problem({ErrorCode::invalid_token, "a\"\r\nSet-Cookie: x=y"}, "");
  for (const auto& [name, value] : response.headers) {
    BOOST_TEST(value.find("Set-Cookie") == std::string::npos);
  }
  BOOST_TEST(text_of(object_in(response.body), "detail") == "a\"\r\nSet-Cookie: x=y");
}

BOOST_AUTO_TEST_CASE(retry_after_is_always_sent_with_503_and_otherwise_only_if_known) {
  BOOST_TEST(header_value(problem(ErrorCode::service_unavailable, ""), "Retry-After") == "1");
  BOOST_TEST(header_value(problem(ErrorCode::not_found, ""), "Retry-After") == "");
  Error error(ErrorCode::too_many_requests);
  error.retry_after = std::chrono::seconds(42);
  BOOST_TEST(header_value(problem(error, ""), "Retry-After") == "42");
  error.code = ErrorCode::service_unavailable;
  BOOST_TEST(header_value(problem(error, ""), "Retry-After") == "42");
}

BOOST_AUTO_TEST_CASE(internal_error_text_is_not_sent_to_the_client) {
  const auto response = problem({ErrorCode::internal_error, {}, "relation \"users\" does not exist"}, "r");
  BOOST_TEST(response.body.find("relation") == std::string::npos);
  for (const auto& [name, value] : response.headers) BOOST_TEST(value.find("relation") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(validation_errors_keep_their_order_and_exact_field_names) {
  const auto response = problem(validation_failed({{"title", FaultCode::required, "is required"},
                                                   {"\"},\n{", FaultCode::unknown_member, "is not known"}}),
                                "r");
  BOOST_TEST(response.status == 422);
  const auto object = object_in(response.body);
  const auto& errors = *json::find(object, "errors")->get_if<json::Array>();
  BOOST_REQUIRE_EQUAL(errors.size(), 2U);
  const auto& second = *errors[1].get_if<json::Object>();
  BOOST_TEST(second.size() == 3U);
  BOOST_TEST(text_of(*errors[0].get_if<json::Object>(), "code") == "required");
  BOOST_TEST(text_of(second, "field") == "\"},\n{");
  BOOST_TEST(text_of(second, "code") == "unknown_member");
  BOOST_TEST(text_of(second, "message") == "is not known");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(documents)

const Timestamp kTime =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::microseconds(1999);

template <class T>
std::string response_body(const T& value, const Parts<T>& parts) {
  auto response = object_response(200, value, parts);
  BOOST_TEST(header_value(response, "Content-Type") == "application/json");
  return response.body;
}

model::User sample_user() {
  model::User user;
  user.email = "ada@example.org";
  user.created_at = kTime;
  return user;
}

BOOST_AUTO_TEST_CASE(user_json_contains_no_secret) {
  BOOST_TEST(response_body(sample_user(), user_parts()) ==
             R"({"id":"00000000-0000-0000-0000-000000000000","email":"ada@example.org","username":null,)"
             R"("name":null,"email_verified":false,"role":"user","is_active":true,)"
             R"("has_second_factor":false,"created_at":"2026-01-31T00:00:00.001Z"})");
}

BOOST_AUTO_TEST_CASE(uncompleted_task_has_null_completed_at) {
  model::Task task;
  task.title = "t\"";
  task.created_at = task.updated_at = kTime;
  task.version = 3;
  const std::string text = response_body(task, task_parts());
  BOOST_TEST(text ==
             R"({"id":"00000000-0000-0000-0000-000000000000","title":"t\"","description":"","status":"todo",)"
             R"("priority":"none","due_at":null,"tags":[],)"
             R"("created_at":"2026-01-31T00:00:00.001Z","updated_at":"2026-01-31T00:00:00.001Z",)"
             R"("completed_at":null,"version":3})");
  task.completed_at = kTime;
  BOOST_TEST(text_of(object_in(response_body(task, task_parts())), "completed_at") ==
             "2026-01-31T00:00:00.001Z");
}

BOOST_AUTO_TEST_CASE(token_response_follows_rfc_6749_and_includes_the_user) {
  model::TokenPair pair;
  pair.access_token = Secret("a.b.c");
  pair.refresh_token = Secret("d.e.f");
  pair.expires_in = std::chrono::minutes(15);
  pair.refresh_expires_in = std::chrono::hours(168);
  pair.user = sample_user();
  const auto object = object_in(response_body(pair, token_pair_parts()));
  BOOST_TEST(object.size() == 6U);
  BOOST_TEST(text_of(object, "access_token") == "a.b.c");
  BOOST_TEST(text_of(object, "refresh_token") == "d.e.f");
  BOOST_TEST(text_of(object, "token_type") == "Bearer");
  BOOST_TEST(*json::find(object, "expires_in")->get_if<std::int64_t>() == 900);
  BOOST_TEST(*json::find(object, "refresh_expires_in")->get_if<std::int64_t>() == 604'800);
  BOOST_TEST(text_of(*json::find(object, "user")->get_if<json::Object>(), "email") == "ada@example.org");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
