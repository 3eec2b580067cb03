// Request bodies of the login methods and of the caller's own account.
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "tests/unit/api/support_bodies.hpp"

namespace taskward::api {
namespace {

using testing::body_of;
using testing::read_as;
using testing::read_of;
using testing::repeat;

BOOST_AUTO_TEST_SUITE(account_bodies)

BOOST_AUTO_TEST_CASE(code_request_requires_an_email_address) {
  const auto read = read_as(code_request_shape(), R"({"email":"Ada+Tasks@Example.org"})");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->email == "Ada+Tasks@Example.org");
  BOOST_TEST(read_of(code_request_shape(), "{}") == "email required");
  BOOST_TEST(read_of(code_request_shape(), R"({"email":null})") == "email required");
  BOOST_TEST(read_of(code_request_shape(), R"({"email":5,"purpose":"login"})") ==
             "email wrong_type, purpose unknown_member");
  BOOST_TEST(read_of(code_request_shape(), R"({"email":["ada@example.org"]})") == "email wrong_type");
  BOOST_TEST(read_of(code_request_shape(), R"({"email":"ada@example.org\r\nBcc: x@y.example"})") ==
             "email invalid_format");
  BOOST_TEST(read_of(code_request_shape(), R"({"email":"ada@example.org\u0000"})") == "email invalid_format");
  BOOST_TEST(read_of(code_request_shape(), body_of("email", repeat(255, "a"))) == "email too_long");
}

BOOST_AUTO_TEST_CASE(code_login_reports_all_errors_together) {
  BOOST_TEST(read_of(code_login_shape(), R"({"email":"ada@example.org","otp":"012345"})") == "ok");
  BOOST_TEST(read_of(code_login_shape(), R"({"email":"ada@example.org","otp":"012345","challenge":null})") ==
             "ok");
  BOOST_TEST(read_of(code_login_shape(), "{}") == "email required, otp required");
  BOOST_TEST(read_of(code_login_shape(), R"({"email":"ada","otp":"12345a","challenge":7,"password":"x"})") ==
             "email invalid_format, otp invalid_format, challenge wrong_type, password unknown_member");
  BOOST_TEST(read_of(code_login_shape(), R"({"otp":"","challenge":""})") ==
             "email required, otp too_short, challenge too_short");
}

BOOST_AUTO_TEST_CASE(code_is_a_string_of_1_to_16_digits) {
  const auto with = [](const std::string& otp) {
    return read_of(code_login_shape(), R"({"email":"ada@example.org","otp":)" + otp + '}');
  };
  // Any number of digits: the length of a code is a setting, which may have changed since the mail was sent.
  for (const char* good : {R"("0")", R"("000000")", R"("0123456789012345")"}) BOOST_TEST(with(good) == "ok");
  BOOST_TEST(with(R"("01234567890123456")") == "otp too_long");
  // A number would have lost its leading zeros.
  BOOST_TEST(with("12345") == "otp wrong_type");
  BOOST_TEST(with("null") == "otp wrong_type");
  for (const char* bad : {R"(" 12345")", R"("12 345")", R"("-12345")", R"("1234.5")", R"("٠١٢٣٤٥")",
                          R"("12345\n")", R"("12345\u0000")"})
    BOOST_TEST(with(bad) == "otp invalid_format", bad);
}

BOOST_AUTO_TEST_CASE(challenge_is_limited_to_64_characters) {
  const auto with = [](std::size_t size) {
    return read_of(code_login_shape(),
                   R"({"email":"ada@example.org","otp":"1","challenge":")" + std::string(size, 'x') + "\"}");
  };
  BOOST_TEST(with(64) == "ok");
  BOOST_TEST(with(65) == "challenge too_long");
}

BOOST_AUTO_TEST_CASE(password_rules_apply_to_the_new_password_only) {
  const auto change = [](const std::string& body) { return read_of(password_change_shape(), body); };
  BOOST_TEST(change(R"({"current_password":"x","new_password":"long enough"})") == "ok");
  BOOST_TEST(change("{}") == "current_password required, new_password required");
  BOOST_TEST(change(R"({"current_password":"","new_password":"short","old_password":"x"})") ==
             "current_password too_short, new_password too_short, old_password unknown_member");
  BOOST_TEST(change(R"({"current_password":null,"new_password":")" + std::string(257, 'x') + "\"}") ==
             "current_password wrong_type, new_password too_long");
  BOOST_TEST(change(R"({"current_password":"x","new_password":"long\u0000enough"})") ==
             "new_password invalid_character");
}

BOOST_AUTO_TEST_CASE(password_reset_requires_email_code_and_password) {
  const auto reset = [](const std::string& body) { return read_of(password_reset_shape(), body); };
  BOOST_TEST(reset(R"({"email":"ada@example.org","otp":"012345","new_password":"long enough"})") == "ok");
  BOOST_TEST(reset("{}") == "email required, otp required, new_password required");
  BOOST_TEST(reset(R"({"email":"@","otp":"x","challenge":false,"new_password":"short"})") ==
             "email too_short, otp invalid_format, challenge wrong_type, new_password too_short");
}

BOOST_AUTO_TEST_CASE(email_cannot_be_changed_together_with_a_name) {
  const auto change = [](const std::string& body) { return read_of(profile_change_shape(), body); };
  BOOST_TEST(change("{}") == "ok");
  BOOST_TEST(change(R"({"name":"Ada Lovelace","username":"ada"})") == "ok");
  BOOST_TEST(change(R"({"email":"ada@example.org"})") == "ok");
  BOOST_TEST(change(R"({"email":"ada@example.org","otp":"012345","challenge":"x"})") == "ok");
  BOOST_TEST(change(R"({"email":"ada@example.org","name":"Ada"})") == "email invalid_value");
  BOOST_TEST(change(R"({"email":"ada@example.org","username":"ada","otp":"1"})") == "email invalid_value");
  BOOST_TEST(change(R"({"otp":"012345"})") == "email required");
  BOOST_TEST(change(R"({"email":"ada@example.org","challenge":"x"})") == "otp required");
  BOOST_TEST(change(R"({"role":"admin","is_active":true,"email_verified":true,"id":"x"})") ==
             "role unknown_member, is_active unknown_member, email_verified unknown_member, id "
             "unknown_member");
  BOOST_TEST(change(R"({"name":5,"username":"a b","otp":"x"})") ==
             "name wrong_type, username invalid_format, otp invalid_format, email required");
}

BOOST_AUTO_TEST_CASE(name_is_one_line_of_100_characters_and_null_removes_it) {
  const auto with = [](std::string_view name) {
    return read_of(profile_change_shape(), body_of("name", name));
  };
  BOOST_TEST(with(repeat(100, "ü")) == "ok");
  BOOST_TEST(with(repeat(101, "ü")) == "name too_long");
  BOOST_TEST(with("") == "ok");
  for (const std::string& bad : {std::string("a\nb"), std::string("a\tb"), std::string("a\r\nb"),
                                 std::string("a\0b", 3), std::string("a\x1b[31m")})
    BOOST_TEST(with(bad) == "name invalid_character", bad);
  const auto none = read_as(profile_change_shape(), R"({"name":null})");
  BOOST_REQUIRE(none);
  BOOST_REQUIRE(none->name);
  BOOST_TEST(none->name->empty());
}

BOOST_AUTO_TEST_CASE(username_and_email_cannot_be_set_to_null) {
  BOOST_TEST(read_of(profile_change_shape(), R"({"username":null,"email":null})") ==
             "username wrong_type, email wrong_type");
}

BOOST_AUTO_TEST_CASE(account_deletion_requires_either_password_or_code) {
  const auto deletion = [](const std::string& body) { return read_of(account_deletion_shape(), body); };
  BOOST_TEST(deletion(R"({"password":"x"})") == "ok");
  BOOST_TEST(deletion(R"({"otp":"012345"})") == "ok");
  BOOST_TEST(deletion(R"({"otp":"012345","challenge":"x"})") == "ok");
  BOOST_TEST(deletion("{}") == "password required");
  BOOST_TEST(deletion("") == "malformed_json");
  BOOST_TEST(deletion(R"({"password":"x","otp":"012345"})") == "password invalid_value");
  BOOST_TEST(deletion(R"({"password":"x","challenge":"x"})") == "otp required");
  BOOST_TEST(deletion(R"({"challenge":"x"})") == "password required");
  BOOST_TEST(deletion(R"({"password":1,"email":"ada@example.org"})") ==
             "password wrong_type, email unknown_member");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
