#include "taskward/domain/password_policy.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/common_passwords.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::domain {
namespace {

using testing::repeat;

std::string fault(std::string_view password) {
  const auto found = password_fault("new_password", Secret(password));
  if (!found) return "fine";
  BOOST_TEST(found->field == "new_password");
  return std::string(name(found->code)) + ": " + found->message;
}

constexpr std::string_view kTooShort = "too_short: must have at least 8 characters";
constexpr std::string_view kTooLong = "too_long: must have at most 256 characters";

BOOST_AUTO_TEST_SUITE(password_policy)

BOOST_AUTO_TEST_CASE(password_has_at_least_8_characters_of_any_byte_length) {
  for (const char* piece : {"x", "é", "語", "🦊"}) {
    BOOST_TEST(fault(repeat(7, piece)) == kTooShort);
    BOOST_TEST(fault(repeat(8, piece)) == "fine");
  }
  BOOST_TEST(fault("") == kTooShort);
}

BOOST_AUTO_TEST_CASE(password_has_at_most_256_characters_in_form_kc) {
  for (const char* piece : {"x", "é", "語", "🦊", "e\u0301"}) {
    BOOST_TEST(fault(repeat(256, piece)) == "fine");
    BOOST_TEST(fault(repeat(257, piece)) == kTooLong);
  }
  // Four characters that become eight.
  BOOST_TEST(fault(repeat(4, "\ufb01")) == "fine");
  BOOST_TEST(fault(repeat(8, "e\u0301").substr(0, 21)) == kTooShort);
}

BOOST_AUTO_TEST_CASE(password_with_a_nul_is_rejected) {
  for (const std::size_t position : {0UL, 4UL, 8UL}) {
    std::string password = "password9";
    password[position] = '\0';
    BOOST_TEST(fault(password) == "invalid_character: must not contain NUL characters");
  }
}

BOOST_AUTO_TEST_CASE(password_has_no_composition_rules) {
  for (const char* password : {"aaaaaaaa", "        ", "12345678", "\t\n\x01\x7f\x1b[0m", "пароль пароль"}) {
    BOOST_TEST(fault(password) == "fine", password);
  }
}

BOOST_AUTO_TEST_CASE(invalid_utf8_does_not_count_as_characters) {
  BOOST_TEST(fault(repeat(20, "\xff")) == kTooShort);
}

struct PolicyFixture {
  PasswordPolicy policy{testing::common_passwords({"password1", "short", "iloveyou!\r", "пароль123"})};

  std::string fault(std::string_view password, const AccountNames& names = {}) const {
    const auto found = policy.fault("password", Secret(password), names);
    return found ? std::string(name(found->code)) : "fine";
  }
};

BOOST_FIXTURE_TEST_CASE(common_password_is_rejected_ignoring_case, PolicyFixture) {
  for (const char* common :
       {"password1", "Password1", "PASSWORD1", "ILoveYou!", "пароль123", "ｐａｓｓｗｏｒｄ１"})
    BOOST_TEST(fault(common) == "too_common", common);
  for (const char* other : {"password2x", "password1 ", " password1", "password11", "correct horse battery"})
    BOOST_TEST(fault(other) == "fine", other);
}

BOOST_FIXTURE_TEST_CASE(password_policy_includes_the_length_and_character_rules, PolicyFixture) {
  BOOST_TEST(fault("short") == "too_short");
  BOOST_TEST(fault(repeat(257, "x")) == "too_long");
  BOOST_TEST(fault(std::string_view("password\0", 9)) == "invalid_character");
}

BOOST_FIXTURE_TEST_CASE(account_and_service_names_are_rejected_ignoring_case, PolicyFixture) {
  const AccountNames ada{"Ada.Lovelace@example.org", "countess-ada"};
  for (const char* name :
       {"ada.lovelace@example.org", "ADA.LOVELACE", "Ada.Lovelace", "Countess-Ada", "taskward", "TaskWard"}) {
    BOOST_TEST(fault(name, ada) == "too_common", name);
  }
  BOOST_TEST(fault("ada.lovelace", {}) == "fine");
  BOOST_TEST(fault("example.org", ada) == "fine");
  BOOST_TEST(fault("ada.lovelace1", ada) == "fine");
  // The local part ends at the last '@'.
  BOOST_TEST(fault("strange@part", {"strange@part@example.org", ""}) == "too_common");
}

BOOST_AUTO_TEST_CASE(account_names_can_be_taken_from_any_account_type) {
  // static, because gcc 12 with sanitizers reports the string in an empty local optional as uninitialized.
  static struct {
    std::optional<std::string> email = "ada@example.org";
    std::optional<std::string> username;
  } account;
  const auto names = AccountNames::of(account);
  BOOST_TEST(names.email == "ada@example.org");
  BOOST_TEST(names.username == "");
}

BOOST_AUTO_TEST_CASE(short_or_invalid_password_list_is_rejected) {
  const auto error_of = [](const std::string& list) -> std::string {
    try {
      const PasswordPolicy policy(list);
      return "fine";
    } catch (const BadPasswordList& fault) {
      return fault.what();
    }
  };
  BOOST_TEST(error_of("") == "has only 0 lines; a list of common passwords must have at least 10000");
  BOOST_TEST(error_of(testing::common_passwords({}, 9'999)).starts_with("has only 9999 lines"));
  BOOST_TEST(error_of(testing::common_passwords({}, 10'000)) == "fine");
  BOOST_TEST(error_of(testing::common_passwords({"\xff\xff"}, 10'000)) == "line 10001 is not UTF-8");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
