#include "taskward/domain/password_policy.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/common_passwords.hpp"

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

struct Policy {
  PasswordPolicy policy{testing::common_passwords({"password1", "short", "iloveyou!\r", "пароль123"})};

  std::string fault(std::string_view password, const AccountNames& names = {}) const {
    const auto found = policy.fault("password", Secret(password), names);
    return found ? std::string(name(found->code)) : "fine";
  }
};

BOOST_FIXTURE_TEST_CASE(a_common_password_is_refused_in_any_case, Policy) {
  for (const char* common : {"password1", "Password1", "PASSWORD1", "ILoveYou!", "пароль123"})
    BOOST_TEST(fault(common) == "too_common", common);
  for (const char* other : {"password2x", "password1 ", " password1", "password11", "correct horse battery"})
    BOOST_TEST(fault(other) == "fine", other);
}

BOOST_FIXTURE_TEST_CASE(the_policy_refuses_what_has_a_wrong_form_as_well, Policy) {
  BOOST_TEST(fault("short") == "too_short");
  BOOST_TEST(fault(times(73, "x")) == "too_long");
  BOOST_TEST(fault(std::string_view("password\0", 9)) == "invalid_character");
}

BOOST_FIXTURE_TEST_CASE(names_of_the_account_and_the_service_are_refused_in_any_case, Policy) {
  const AccountNames ada{"Ada.Lovelace@example.org", "countess-ada"};
  for (const char* name :
       {"ada.lovelace@example.org", "ADA.LOVELACE", "Ada.Lovelace", "Countess-Ada", "taskward", "TaskWard"}) {
    BOOST_TEST(fault(name, ada) == "too_common", name);
  }
  BOOST_TEST(fault("ada.lovelace", {}) == "fine");
  BOOST_TEST(fault("example.org", ada) == "fine");
  BOOST_TEST(fault("ada.lovelace1", ada) == "fine");
  // Quoted or not, the local part ends at the last '@'.
  BOOST_TEST(fault("strange@part", {"strange@part@example.org", ""}) == "too_common");
}

BOOST_AUTO_TEST_CASE(names_are_taken_of_whatever_has_them) {
  // gcc 12 with sanitizers takes the string in an empty local optional for one that is read.
  static struct {
    std::optional<std::string> email = "ada@example.org";
    std::optional<std::string> username;
  } account;
  const auto names = AccountNames::of(account);
  BOOST_TEST(names.email == "ada@example.org");
  BOOST_TEST(names.username == "");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_too_short_or_no_text_is_refused) {
  const auto why = [](const std::string& list) -> std::string {
    try {
      const PasswordPolicy policy(list);
      return "fine";
    } catch (const BadPasswordList& fault) {
      return fault.what();
    }
  };
  BOOST_TEST(why("") == "holds 0 lines, and a list of common passwords has 10000 or more");
  BOOST_TEST(why(testing::common_passwords({}, 9'999)).starts_with("holds 9999 lines"));
  BOOST_TEST(why(testing::common_passwords({}, 10'000)) == "fine");
  BOOST_TEST(why(testing::common_passwords({"\xff\xff"}, 10'000)) == "line 10001 is not UTF-8");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
