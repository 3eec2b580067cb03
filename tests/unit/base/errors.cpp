#include "taskward/base/errors.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <set>

#include "taskward/base/result.hpp"

namespace taskward {
namespace {

bool is_snake_case(std::string_view text) {
  return !text.empty() && text.front() != '_' && text.back() != '_' &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(error_codes_have_unique_names_and_an_error_status) {
  std::set<std::string_view> names;
  for (const ErrorFacts& error : every_error()) {
    BOOST_TEST_CONTEXT(error.name) {
      BOOST_TEST(is_snake_case(error.name));
      BOOST_TEST(names.insert(error.name).second);
      BOOST_TEST(error.status >= 400);
      BOOST_TEST(error.status <= 599);
      BOOST_TEST(!error.title.empty());
      BOOST_TEST(error.detail.ends_with('.'));
      // Used in quoted strings of WWW-Authenticate (RFC 6750, 3) and of the nginx configuration.
      BOOST_TEST(std::all_of(error.detail.begin(), error.detail.end(), [](char c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '$';
      }));
    }
  }
  BOOST_TEST(names.size() >= 26U);
}

BOOST_AUTO_TEST_CASE(facts_returns_the_entry_of_the_code) {
  for (const ErrorFacts& error : every_error()) BOOST_TEST(&facts(error.code) == &error);
  BOOST_TEST(facts(ErrorCode::malformed_json).status == 400);
  BOOST_TEST(facts(ErrorCode::refresh_token_reused).name == "refresh_token_reused");
}

BOOST_AUTO_TEST_CASE(error_codes_of_one_status_share_one_title) {
  std::map<int, std::string_view> titles;
  for (const ErrorFacts& error : every_error()) {
    BOOST_TEST(titles.emplace(error.status, error.title).first->second == error.title);
  }
}

BOOST_AUTO_TEST_CASE(fault_code_names_match_the_enumerators) {
  BOOST_TEST(name(FaultCode::required) == "required");
  BOOST_TEST(name(FaultCode::unknown_member) == "unknown_member");
  BOOST_TEST(name(FaultCode::duplicate) == "duplicate");
}

BOOST_AUTO_TEST_CASE(validation_error_contains_the_field_errors) {
  const Error error = validation_failed({{"title", FaultCode::required, "is required"}});
  BOOST_TEST((error.code == ErrorCode::validation_failed));
  BOOST_REQUIRE_EQUAL(error.faults.size(), 1U);
  BOOST_TEST(error.faults.front().field == "title");
}

BOOST_AUTO_TEST_CASE(detail_and_internal_text_are_separate) {
  const Error error(ErrorCode::internal_error, "for the client", "for the journal");
  BOOST_TEST(error.detail == "for the client");
  BOOST_TEST(error.internal == "for the journal");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(accessing_the_error_of_a_value_throws) {
  Result<int> value = 7;
  BOOST_TEST(static_cast<bool>(value));
  BOOST_TEST(*value == 7);
  BOOST_CHECK_THROW(static_cast<void>(value.error()), std::bad_variant_access);
  BOOST_CHECK_THROW(static_cast<void>(std::move(value).error()), std::bad_variant_access);
}

BOOST_AUTO_TEST_CASE(accessing_the_value_of_an_error_throws) {
  Result<std::string> refusal = ErrorCode::not_found;
  BOOST_TEST(!refusal);
  BOOST_TEST((refusal.error().code == ErrorCode::not_found));
  BOOST_CHECK_THROW(static_cast<void>(*refusal), std::bad_variant_access);
  BOOST_CHECK_THROW(static_cast<void>(refusal->size()), std::bad_variant_access);
  BOOST_CHECK_THROW(static_cast<void>(*std::move(refusal)), std::bad_variant_access);
}

BOOST_AUTO_TEST_CASE(result_supports_move_only_values) {
  Result<std::unique_ptr<int>> held = std::make_unique<int>(3);
  const std::unique_ptr<int> out = *std::move(held);
  BOOST_TEST(*out == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
