#include "taskward/api/responses.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/account_bodies.hpp"
#include "taskward/api/task_bodies.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward::api {
namespace {

using testing::object_in;
using testing::text_of;

std::string header(const http::Response& response, std::string_view name) {
  std::string out;
  for (const auto& [key, value] : response.headers) {
    if (key == name) out += (out.empty() ? "" : " | ") + value;
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(problems)

BOOST_AUTO_TEST_CASE(every_error_is_a_problem_document_with_the_facts_of_its_code) {
  for (const ErrorFacts& known : every_error()) {
    BOOST_TEST_CONTEXT(known.name) {
      const auto response = problem(known.code, "request-1");
      BOOST_TEST(response.status == known.status);
      BOOST_TEST(header(response, "Content-Type") == "application/problem+json");
      const auto object = object_in(response.body);
      BOOST_TEST(object.size() == 6U);
      BOOST_TEST(text_of(object, "type") == "about:blank");
      BOOST_TEST(text_of(object, "title") == known.title);
      BOOST_TEST(*json::find(object, "status")->get_if<std::int64_t>() == known.status);
      BOOST_TEST(text_of(object, "detail") == known.detail);
      BOOST_TEST(text_of(object, "code") == known.name);
      BOOST_TEST(text_of(object, "request_id") == "request-1");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_401_and_nothing_else_carries_a_challenge_with_an_error) {
  for (const ErrorFacts& known : every_error()) {
    const std::string challenge = header(problem(known.code, ""), "WWW-Authenticate");
    if (known.status == 401) {
      BOOST_TEST(challenge == R"(Bearer realm="taskward", error="invalid_token", error_description=")" +
                                  std::string(known.detail) + '"');
    } else {
      BOOST_TEST(challenge == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_detail_of_one_refusal_never_gets_into_a_header) {
  const auto response = problem({ErrorCode::invalid_token, "a\"\r\nSet-Cookie: x=y"}, "");
  for (const auto& [name, value] : response.headers) {
    BOOST_TEST(value.find("Set-Cookie") == std::string::npos);
  }
  BOOST_TEST(text_of(object_in(response.body), "detail") == "a\"\r\nSet-Cookie: x=y");
}

BOOST_AUTO_TEST_CASE(a_503_says_when_to_try_again_and_others_only_when_they_know) {
  BOOST_TEST(header(problem(ErrorCode::service_unavailable, ""), "Retry-After") == "1");
  BOOST_TEST(header(problem(ErrorCode::not_found, ""), "Retry-After") == "");
  Error error(ErrorCode::too_many_requests);
  error.retry_after = std::chrono::seconds(42);
  BOOST_TEST(header(problem(error, ""), "Retry-After") == "42");
  error.code = ErrorCode::service_unavailable;
  BOOST_TEST(header(problem(error, ""), "Retry-After") == "42");
}

BOOST_AUTO_TEST_CASE(the_internal_text_stays_here) {
  const auto response = problem({ErrorCode::internal_error, {}, "relation \"users\" does not exist"}, "r");
  BOOST_TEST(response.body.find("relation") == std::string::npos);
  for (const auto& [name, value] : response.headers) BOOST_TEST(value.find("relation") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_are_listed_in_their_order_with_whatever_name_the_client_gave) {
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

const Timestamp kMoment =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::microseconds(1999);

template <class T>
std::string written(const T& value, const Parts<T>& parts) {
  auto response = object_response(200, value, parts);
  BOOST_TEST(header(response, "Content-Type") == "application/json");
  return response.body;
}

model::User someone() {
  model::User user;
  user.email = "ada@example.org";
  user.created_at = kMoment;
  return user;
}

BOOST_AUTO_TEST_CASE(a_user_is_written_without_anything_secret) {
  BOOST_TEST(
      written(someone(), user_parts()) ==
      R"({"id":"00000000-0000-0000-0000-000000000000","email":"ada@example.org","username":null,)"
      R"("name":null,"email_verified":false,"role":"user","is_active":true,"created_at":"2026-01-31T00:00:00.001Z"})");
}

BOOST_AUTO_TEST_CASE(a_task_is_written_with_null_for_a_completion_that_was_not) {
  model::Task task;
  task.title = "t\"";
  task.created_at = task.updated_at = kMoment;
  task.version = 3;
  const std::string text = written(task, task_parts());
  BOOST_TEST(text ==
             R"({"id":"00000000-0000-0000-0000-000000000000","title":"t\"","description":"","status":"todo",)"
             R"("priority":"none","due_at":null,"tags":[],)"
             R"("created_at":"2026-01-31T00:00:00.001Z","updated_at":"2026-01-31T00:00:00.001Z",)"
             R"("completed_at":null,"version":3})");
  task.completed_at = kMoment;
  BOOST_TEST(text_of(object_in(written(task, task_parts())), "completed_at") == "2026-01-31T00:00:00.001Z");
}

BOOST_AUTO_TEST_CASE(a_token_pair_is_written_as_rfc_6749_has_it_with_its_user) {
  model::TokenPair pair;
  pair.access_token = Secret("a.b.c");
  pair.refresh_token = Secret("d.e.f");
  pair.expires_in = std::chrono::minutes(15);
  pair.refresh_expires_in = std::chrono::hours(168);
  pair.user = someone();
  const auto object = object_in(written(pair, token_pair_parts()));
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
