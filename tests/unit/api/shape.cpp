// Rules that apply to every request body.
#include "taskward/api/shape.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/utf8.hpp"
#include "tests/unit/api/support_bodies.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

using testing::faults_of;
using testing::Lines;
using testing::outcome;
using testing::read_as;
using testing::read_of;
using testing::repeat;
using testing::request_with;

BOOST_AUTO_TEST_SUITE(shape)

BOOST_AUTO_TEST_CASE(body_errors_are_all_reported_together) {
  BOOST_TEST(read_of(new_task_shape(), R"({"description":5,"status":"x","nonsense":1,"more":null})") ==
             "title required, description wrong_type, status invalid_value, nonsense unknown_member, more "
             "unknown_member");
  BOOST_TEST(read_of(registration_shape(),
                     R"({"email":"x","username":"a","password":"short","role":"root","x":1})") ==
             "email too_short, username too_short, password too_short, role invalid_value, x unknown_member");
}

BOOST_AUTO_TEST_CASE(each_error_message_states_what_is_allowed) {
  const auto read = read_as(new_task_shape(), R"({"title":"","status":"x"})");
  BOOST_REQUIRE(!read);
  BOOST_REQUIRE_EQUAL(read.error().faults.size(), 2U);
  BOOST_TEST(read.error().faults[0].message == "must not be empty");
  BOOST_TEST(read.error().faults[1].message == "must be one of todo, in_progress, done");
}

BOOST_AUTO_TEST_CASE(unknown_field_is_rejected_with_its_exact_name) {
  for (const char* name : {"Title", "title ", "", "id", "owner_id", "completed_at", "__proto__"}) {
    BOOST_TEST(read_of(new_task_shape(), R"({"title":"x",")" + std::string(name) + R"(":"y"})") ==
               std::string(name) + " unknown_member");
  }
}

BOOST_AUTO_TEST_CASE(at_most_20_unknown_fields_are_reported_each_truncated_to_100_bytes) {
  std::string body = R"({"title":"x")";
  for (int i = 0; i < 500; ++i)
    body += ",\"" + std::string(static_cast<std::size_t>(i % 4), 'x') + repeat(60, "🦊") +
            std::to_string(i) + "\":1";
  const auto read = read_as(new_task_shape(), body + '}');
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().faults.size() == 20U);
  for (const FieldFault& fault : read.error().faults) {
    BOOST_TEST(fault.field.size() <= 100U);
    BOOST_TEST(fault.field.size() > 96U);
    BOOST_TEST(code_points(fault.field).has_value());
  }
}

BOOST_AUTO_TEST_CASE(field_of_another_type_is_rejected) {
  for (const char* value : {"1", "1.5", "true", "[]", "{}", "[\"x\"]", "{\"a\":\"x\"}", "null"}) {
    BOOST_TEST(read_of(new_task_shape(), R"({"title":)" + std::string(value) + '}') == "title wrong_type",
               value);
  }
}

BOOST_AUTO_TEST_CASE(body_that_is_not_an_object_is_rejected) {
  for (const char* body : {"[]", "null", "1", "\"title\"", "true", "[{\"title\":\"x\"}]"}) {
    BOOST_TEST(read_of(new_task_shape(), body) == " wrong_type", body);
  }
}

BOOST_AUTO_TEST_CASE(malformed_json_is_400) {
  for (const char* body :
       {"{", "title=x", "{\"title\":\"x\",\"title\":\"y\"}", " ", "\xef\xbb\xbf{}", "{\"title\":\"\xff\"}"}) {
    BOOST_TEST(read_of(new_task_shape(), body) == "malformed_json", body);
  }
}

BOOST_AUTO_TEST_CASE(empty_body_is_400_unless_the_body_is_optional) {
  BOOST_TEST(read_of(login_shape(), "") == "malformed_json");
  BOOST_TEST(read_of(refresh_shape(), "", Presence::optional) == "ok");
  http::Request request;  // without a Content-Type either
  BOOST_TEST(outcome(read_body(logout_shape(), request, Presence::optional)) == "ok");
  BOOST_TEST(read_of(refresh_shape(), "x", Presence::optional) == "malformed_json");
}

BOOST_AUTO_TEST_CASE(unsupported_content_type_is_415_before_the_body_is_parsed) {
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonl; charset=utf-8"}) {
    auto request = request_with("{");
    request.content_type = type;
    BOOST_TEST(outcome(read_body(new_task_shape(), request)) == "unsupported_media_type", type);
  }
}

BOOST_AUTO_TEST_CASE(merge_patch_is_accepted_by_patch_only) {
  for (const char* method : {"PATCH", "PUT", "POST", "DELETE", "patch", ""}) {
    for (const char* type : {"application/merge-patch+json", "Application/Merge-Patch+JSON; charset=utf-8"}) {
      auto request = request_with(R"({"title":"x"})");
      request.method = method;
      request.content_type = type;
      BOOST_TEST(outcome(read_body(task_change_shape(), request)) ==
                     (std::string_view(method) == "PATCH" ? "ok" : "unsupported_media_type"),
                 method << ' ' << type);
    }
  }
  for (const char* type :
       {"application/json", "application/json-patch+json", "application/merge-patch; charset=x", "text/csv",
        "application/merge-patch+jsonx"}) {
    auto request = request_with("{}");
    request.method = "PATCH";
    request.content_type = type;
    BOOST_TEST(outcome(read_body(task_change_shape(), request)) ==
                   (std::string_view(type) == "application/json" ? "ok" : "unsupported_media_type"),
               type);
  }
}

BOOST_AUTO_TEST_CASE(compressed_body_is_415_but_identity_encoding_is_accepted) {
  const auto with = [](std::string_view encoding) {
    auto request = request_with("{}");
    request.content_encoding = encoding;
    return outcome(read_body(task_change_shape(), request));
  };
  for (const char* none : {"", "identity", "Identity"}) BOOST_TEST(with(none) == "ok", none);
  for (const char* some : {"gzip", "br", "identity, gzip", "identityx", "x"})
    BOOST_TEST(with(some) == "unsupported_media_type", some);
}

BOOST_AUTO_TEST_CASE(body_size_error_states_the_limit_of_the_route) {
  http::Request request;
  BOOST_TEST(!unreadable(request));
  request.body_too_large = true;
  BOOST_TEST(unreadable(request).value_or(ErrorCode::internal_error).detail ==
             "The request body exceeds 64 KiB.");
  request.body_max = 16UL * 1024 * 1024;
  BOOST_TEST(unreadable(request).value_or(ErrorCode::internal_error).detail ==
             "The request body exceeds 16384 KiB.");
}

BOOST_AUTO_TEST_CASE(oversized_body_is_413_whatever_else_is_wrong) {
  auto request = request_with("");
  request.content_type = "text/plain";
  request.body_too_large = true;
  BOOST_TEST(outcome(read_body(new_task_shape(), request)) == "payload_too_large");
  BOOST_TEST(outcome(read_body(refresh_shape(), request, Presence::optional)) == "payload_too_large");
}

BOOST_AUTO_TEST_CASE(text_limits_count_characters_and_are_exact) {
  const TextRule rule{2, 4, NullMeans::wrong_type, "", "", {}};
  const auto fault = [&](std::string_view text) {
    const auto found = text_fault("f", text, rule);
    return found ? std::string(name(found->code)) + ": " + found->message : "fine";
  };
  BOOST_TEST(fault("é") == "too_short: must have at least 2 characters");
  BOOST_TEST(fault("éé") == "fine");
  BOOST_TEST(fault("🦊🦊🦊🦊") == "fine");
  BOOST_TEST(fault("🦊🦊🦊🦊🦊") == "too_long: must have at most 4 characters");
  BOOST_TEST(!text_fault("f", std::string(100'000, 'x'), TextRule{0, 0, NullMeans::wrong_type, "", "", {}}));
}

BOOST_AUTO_TEST_CASE(control_characters_except_tab_and_newline_are_rejected) {
  for (unsigned point = 0; point < 0x100; ++point) {
    const std::string text = testing::utf8_of(point);
    const bool control = (point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point <= 0x9f);
    BOOST_TEST(control_character_fault("f", "a" + text + "b").has_value() == control, point);
  }
  // Bytes 0x80 to 0x9F inside other characters are not control characters.
  BOOST_TEST(!control_character_fault("f", "\u2028\u0440🦊\u00c2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
