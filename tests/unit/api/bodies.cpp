// The fields of each request body, their limits, and the meaning of null.
#include "taskward/api/account_bodies.hpp"
#include "taskward/api/auth_bodies.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/api/support_bodies.hpp"

namespace taskward::api {
namespace {

using testing::body_of;
using testing::read_as;
using testing::read_of;
using testing::repeat;

BOOST_AUTO_TEST_SUITE(bodies)

BOOST_AUTO_TEST_CASE(title_has_1_to_200_characters_of_any_byte_length) {
  BOOST_TEST(read_of(new_task_shape(), body_of("title", "")) == "title too_short");
  for (const char* piece : {"x", "é", "🦊"}) {
    BOOST_TEST(read_of(new_task_shape(), body_of("title", piece)) == "ok");
    BOOST_TEST(read_of(new_task_shape(), body_of("title", repeat(200, piece))) == "ok");
    BOOST_TEST(read_of(new_task_shape(), body_of("title", repeat(201, piece))) == "title too_long");
  }
}

BOOST_AUTO_TEST_CASE(blank_titles_and_control_characters_are_rejected) {
  for (const char* blank : {" ", "\t", "\n", " \t\n "}) {
    BOOST_TEST(read_of(new_task_shape(), body_of("title", blank)) == "title invalid_value");
  }
  for (const std::string& text : {std::string("a\0b", 3), std::string("a\x1b[31m"), std::string("a\rb"),
                                  std::string("a\x7f"), std::string("a\u009bb")}) {
    BOOST_TEST(read_of(new_task_shape(), body_of("title", text)) == "title invalid_character");
    BOOST_TEST(read_of(task_change_shape(), body_of("title", text)) == "title invalid_character");
  }
  BOOST_TEST(read_of(new_task_shape(), body_of("title", " two\twords\n")) == "ok");
}

BOOST_AUTO_TEST_CASE(description_may_be_empty_and_has_at_most_10000_characters) {
  const auto with = [](std::string_view description) {
    const auto read = read_of(task_change_shape(), body_of("description", description));
    return read;
  };
  BOOST_TEST(with("") == "ok");
  BOOST_TEST(with(repeat(10'000, "🦊")) == "ok");
  BOOST_TEST(with(repeat(10'001, "🦊")) == "description too_long");
  BOOST_TEST(with(std::string("a\0", 2)) == "description invalid_character");
  BOOST_TEST(with("line\n\ttab") == "ok");
}

BOOST_AUTO_TEST_CASE(new_task_defaults_to_todo_and_an_empty_description) {
  const auto minimal = read_as(new_task_shape(), R"({"title":"x"})");
  BOOST_REQUIRE(minimal);
  BOOST_TEST(minimal->description == "");
  BOOST_TEST((minimal->status == model::TaskStatus::todo));
  const auto complete =
      read_as(new_task_shape(), R"({"status":"In Progress","description":"d","title":"t"})");
  BOOST_REQUIRE(complete);
  BOOST_TEST(complete->title == "t");
  BOOST_TEST(complete->description == "d");
  BOOST_TEST((complete->status == model::TaskStatus::in_progress));
}

BOOST_AUTO_TEST_CASE(task_change_contains_only_the_fields_present) {
  const auto none = read_as(task_change_shape(), "{}");
  BOOST_REQUIRE(none);
  BOOST_TEST((!none->title && !none->description && !none->status));
  const auto one = read_as(task_change_shape(), R"({"status":"done"})");
  BOOST_REQUIRE(one);
  BOOST_TEST((!one->title && !one->description && one->status == model::TaskStatus::done));
}

BOOST_AUTO_TEST_CASE(null_clears_a_description_but_not_a_title_or_status) {
  const auto emptied = read_as(task_change_shape(), R"({"description":null})");
  BOOST_REQUIRE(emptied);
  BOOST_REQUIRE(emptied->description);
  BOOST_TEST(*emptied->description == "");
  BOOST_TEST(read_of(task_change_shape(), R"({"title":null,"status":null})") ==
             "title wrong_type, status wrong_type");
  BOOST_TEST(read_of(new_task_shape(), R"({"title":null})") == "title wrong_type");
}

BOOST_AUTO_TEST_CASE(registration_requires_an_email_or_username_and_a_password) {
  const auto registration_errors = [](const std::string& body) {
    return read_of(registration_shape(), body);
  };
  BOOST_TEST(registration_errors(R"({"email":"ada@example.org","password":"long enough"})") == "ok");
  BOOST_TEST(registration_errors(R"({"username":"ada","password":"long enough"})") == "ok");
  BOOST_TEST(registration_errors(
                 R"({"email":"ada@example.org","username":"ada","password":"long enough","role":"admin"})") ==
             "ok");
  BOOST_TEST(registration_errors(R"({"password":"long enough"})") == "email required");
  BOOST_TEST(registration_errors(R"({"email":"ada@example.org"})") == "password required");
  BOOST_TEST(registration_errors(R"({"email":"ada","password":"x"})") ==
             "email invalid_format, password too_short");
  BOOST_TEST(registration_errors("{}") == "password required, email required");
  BOOST_TEST(registration_errors(R"({"email":"ada@example","password":"long enough"})") ==
             "email invalid_format");
  BOOST_TEST(registration_errors(R"({"username":"a b c","password":"long enough"})") ==
             "username invalid_format");
  BOOST_TEST(registration_errors(R"({"username":"ada","password":"long enough","role":"Admin"})") ==
             "role invalid_value");
  BOOST_TEST(registration_errors(R"({"username":"ada","password":"long enough","role":null})") ==
             "role wrong_type");
  BOOST_TEST(registration_errors(R"({"username":"ada","password":null})") == "password wrong_type");
  BOOST_TEST(registration_errors(R"({"username":"ada","password":12345678})") == "password wrong_type");
}

BOOST_AUTO_TEST_CASE(null_email_or_username_counts_as_absent) {
  const auto read =
      read_as(registration_shape(), R"({"email":null,"username":"ada","password":"long enough"})");
  BOOST_REQUIRE(read);
  BOOST_TEST(!read->email);
  BOOST_TEST(!read->role);
  BOOST_TEST(read->password.reveal() == "long enough");
  BOOST_TEST(read_of(registration_shape(), R"({"email":null,"username":null,"password":"long enough"})") ==
             "email required");
  BOOST_TEST(read_of(login_shape(), R"({"email":null,"username":"ada","password":"x"})") == "ok");
}

BOOST_AUTO_TEST_CASE(password_rules_apply_at_registration_but_not_at_login) {
  BOOST_TEST(read_of(registration_shape(), R"({"username":"ada","password":"seven77"})") ==
             "password too_short");
  BOOST_TEST(read_of(registration_shape(), R"({"username":"ada","password":")" + std::string(257, 'x') +
                                               "\"}") == "password too_long");
  BOOST_TEST(read_of(registration_shape(), R"({"username":"ada","password":"long\u0000enough"})") ==
             "password invalid_character");
  BOOST_TEST(read_of(login_shape(), R"({"username":"ada","password":"s"})") == "ok");
  BOOST_TEST(read_of(login_shape(), R"({"username":"ada","password":")" + std::string(1024, 'x') + "\"}") ==
             "ok");
  BOOST_TEST(read_of(login_shape(), R"({"username":"ada","password":")" + std::string(1025, 'x') + "\"}") ==
             "password too_long");
  BOOST_TEST(read_of(login_shape(), R"({"username":"ada","password":""})") == "password too_short");
}

BOOST_AUTO_TEST_CASE(login_accepts_either_an_email_or_a_username) {
  BOOST_TEST(read_of(login_shape(), R"({"email":"a@b.example","username":"ada","password":"x"})") ==
             "username invalid_value");
  BOOST_TEST(read_of(login_shape(), R"({"password":"x"})") == "email required");
  BOOST_TEST(read_of(login_shape(), R"({"email":"not an address","password":"x"})") == "ok");
  BOOST_TEST(read_of(login_shape(), R"({"email":"","password":"x"})") == "email too_short");
  BOOST_TEST(read_of(login_shape(), R"({"username":"a\u0000b","password":"x"})") ==
             "username invalid_character");
  BOOST_TEST(read_of(login_shape(), R"({"username":")" + std::string(320, 'x') + R"(","password":"x"})") ==
             "ok");
  BOOST_TEST(read_of(login_shape(), R"({"username":")" + std::string(321, 'x') + R"(","password":"x"})") ==
             "username too_long");
}

BOOST_AUTO_TEST_CASE(refresh_token_in_the_body_is_optional) {
  const auto with = read_as(refresh_shape(), R"({"refresh_token":"abc"})");
  BOOST_REQUIRE(with);
  BOOST_TEST(with->refresh_token->reveal() == "abc");
  const auto without = read_as(refresh_shape(), R"({"refresh_token":null})");
  BOOST_REQUIRE(without);
  BOOST_TEST(!without->refresh_token);
  BOOST_TEST(read_of(refresh_shape(), R"({"refresh_token":""})") == "refresh_token too_short");
  BOOST_TEST(read_of(refresh_shape(), R"({"refresh_token":1,"scope":"all"})") ==
             "refresh_token wrong_type, scope unknown_member");
  for (const char* scope : {"session", "others", "all"})
    BOOST_TEST(read_of(logout_shape(), body_of("scope", scope)) == "ok");
  for (const char* scope : {"", "All", "everything"}) {
    BOOST_TEST(read_of(logout_shape(), body_of("scope", scope)) == "scope invalid_value");
  }
  BOOST_TEST(!read_as(logout_shape(), "{}")->scope);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
