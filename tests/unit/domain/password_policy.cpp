#include "taskward/domain/password_policy.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace taskward::domain {
namespace {

std::string fault(std::string_view password) {
  const auto found = password_fault("new_password", Secret(password));
  if (!found) return "fine";
  BOOST_TEST(found->field == "new_password");
  return std::string(name(found->code)) + ": " + found->message;
}

std::string times(int count, std::string_view piece) {
  std::string out;
  for (int i = 0; i < count; ++i) out += piece;
  return out;
}

constexpr std::string_view kShort = "too_short: must have at least 8 characters";
constexpr std::string_view kLong = "too_long: must have at most 72 bytes";

BOOST_AUTO_TEST_SUITE(password_policy)

BOOST_AUTO_TEST_CASE(eight_characters_are_enough_whatever_their_bytes) {
  for (const char* piece : {"x", "é", "語", "🦊"}) {
    BOOST_TEST(fault(times(7, piece)) == kShort);
    BOOST_TEST(fault(times(8, piece)) == "fine");
  }
  BOOST_TEST(fault("") == kShort);
}

BOOST_AUTO_TEST_CASE(seventy_two_bytes_are_the_most_whatever_they_spell) {
  BOOST_TEST(fault(times(72, "x")) == "fine");
  BOOST_TEST(fault(times(73, "x")) == kLong);
  BOOST_TEST(fault(times(18, "🦊")) == "fine");
  BOOST_TEST(fault(times(18, "🦊") + 'x') == kLong);
  BOOST_TEST(fault(times(36, "é")) == "fine");
  BOOST_TEST(fault(times(37, "é")) == kLong);
}

BOOST_AUTO_TEST_CASE(a_nul_is_refused_wherever_it_stands) {
  for (const std::size_t place : {0UL, 4UL, 8UL}) {
    std::string password = "password9";
    password[place] = '\0';
    BOOST_TEST(fault(password) == "invalid_character: must not hold a NUL");
  }
}

BOOST_AUTO_TEST_CASE(there_are_no_rules_about_kinds_of_characters) {
  for (const char* password : {"aaaaaaaa", "        ", "12345678", "\t\n\x01\x7f\x1b[0m", "пароль пароль"}) {
    BOOST_TEST(fault(password) == "fine", password);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_no_characters) {
  BOOST_TEST(fault(times(20, "\xff")) == kShort);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
