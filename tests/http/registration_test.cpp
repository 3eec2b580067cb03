// Which accounts can be created, and by whom.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "expectations.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct RegistrationFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  std::string email = new_email();

  Response register_as(const std::string& role, const std::string& token = {}) {
    const std::string body =
        R"({"email":")" + email + R"(","password":"a long enough secret","role":")" + role + "\"}";
    return client.post("/auth/register", body, token);
  }
  std::string account_count() const {
    return stack.sql("select count(*) from taskward.users where email = '" + email + "'");
  }
  std::string audit_of(const Response& response) const {
    return stack.sql(
        "select action, outcome, reason, host(client_address) from taskward.audit where request_id = '" +
        response.header("x-request-id") + "'");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registration, RegistrationFixture)

BOOST_AUTO_TEST_CASE(registration_as_administrator_without_a_token_is_403) {
  const Response response = register_as("admin");
  expect_problem(response, 403, "forbidden");
  BOOST_TEST(account_count() == "0");
  BOOST_TEST(audit_of(response) == "access.denied|denied|account.register|127.0.0.1");
}

BOOST_AUTO_TEST_CASE(internationalised_domain_name_is_stored_and_compared_in_a_labels) {
  const std::string name = unique_name();
  const std::string ascii = name + "@xn--bcher-kva.example";
  const auto with_password = [](const std::string& address) {
    return R"({"email":)" + json_string(address) + R"(,"password":"a long enough secret"})";
  };
  const Response made = client.post("/auth/register", with_password(name + "@b\u00FCcher.example"));
  BOOST_TEST_REQUIRE(made.status == 201, made.body);
  BOOST_TEST(made.json()["email"].text() == ascii);
  expect_problem(client.post("/auth/register", with_password(ascii)), 409, "email_taken");
  for (const std::string& address :
       {name + "@b\u00FCcher.example", name + "@B\u00DCCHER\u3002example", ascii})
    BOOST_TEST(client.post("/auth/login", with_password(address)).status == 200, address);
  BOOST_TEST(
      client.post("/auth/otp/request", R"({"email":)" + json_string(name + "@b\u00FCcher.example") + '}')
          .status == 202);
  BOOST_TEST(code_in(mail_to(stack, ascii)).size() == 6U);
  for (const char* address : {"user@\u2603.example", "b\u00FCcher@example.org"})
    expect_faults(client.post("/auth/register", with_password(address)), {"email:invalid_format"});
}

BOOST_DATA_TEST_CASE(lesser_role_cannot_create_administrators, data::make({"guest", "user"}), role) {
  const Response response = register_as("admin", new_user(stack, role).tokens.access);
  expect_problem(response, 403, "forbidden");
  BOOST_TEST(account_count() == "0");
  BOOST_TEST(audit_of(response) == "access.denied|denied|account.register|127.0.0.1");
}

BOOST_AUTO_TEST_CASE(administrator_can_create_another) {
  const Response response = register_as("admin", new_user(stack, "admin").tokens.access);
  BOOST_TEST(response.status == 201, response.body);
  BOOST_TEST(response.json()["role"].text() == "admin");
}

BOOST_AUTO_TEST_CASE(demoted_administrator_cannot_create_administrators) {
  const User admin = new_user(stack, "admin");
  static_cast<void>(stack.sql("update taskward.users set role = 'user' where id = '" + admin.id + "'"));
  expect_problem(register_as("admin", admin.tokens.access), 403, "forbidden");
  BOOST_TEST(account_count() == "0");
}

BOOST_AUTO_TEST_CASE(token_is_checked_only_for_roles_that_need_one) {
  expect_problem(register_as("admin", "a.b.c"), 401, "invalid_token");
  BOOST_TEST(account_count() == "0");
  BOOST_TEST(register_as("user", "a.b.c").status == 201);
}

BOOST_DATA_TEST_CASE(open_roles_are_granted_and_others_are_rejected,
                     data::make({"guest", "user", "root", "Admin ", ""}), role) {
  const Response response = register_as(role);
  if (std::string(role) == "guest" || std::string(role) == "user")
    BOOST_TEST(response.json()["role"].text() == role);
  else
    expect_faults(response, {"role:invalid_value"});
}

BOOST_DATA_TEST_CASE(password_length_is_limited_in_characters,
                     data::make({std::string(7, 'x'), std::string("1234567\xC3\xBC"), std::string(256, 'x'),
                                 std::string(257, 'x'), std::string("\xF0\x9F\x8D\xB5\xF0\x9F\x8D\xB5")}) ^
                         data::make({"password:too_short", "", "", "password:too_long",
                                     "password:too_short"}),
                     password, fault) {
  const Response response =
      client.post("/auth/register", R"({"email":")" + email + R"(","password":")" + password + "\"}");
  if (std::string(fault).empty())
    BOOST_TEST(response.status == 201, response.body);
  else
    expect_faults(response, {fault});
}

BOOST_DATA_TEST_CASE(common_passwords_are_rejected_in_any_case,
                     data::make({"password1", "Password1", "PASSWORD1", "12345678", "iloveyou", "taskward",
                                 "TaskWard", "Strange.Name", "ada-lovelace"}),
                     password) {
  const Response response =
      client.post("/auth/register", R"({"email":"strange.name@example.org","username":"Ada-Lovelace",)"
                                    R"("password":")" +
                                        std::string(password) + "\"}");
  expect_faults(response, {"password:too_common"});
  BOOST_TEST(stack.sql("select count(*) from taskward.users where username = 'Ada-Lovelace'") == "0");
}

BOOST_AUTO_TEST_CASE(own_address_is_rejected_and_a_long_passphrase_accepted) {
  const auto with = [&](const std::string& password) {
    return client.post("/auth/register", R"({"email":")" + email + R"(","password":")" + password + "\"}");
  };
  expect_faults(with(email), {"password:too_common"});
  BOOST_TEST(with("the password1 of a taskward user").status == 201);
}

BOOST_AUTO_TEST_CASE(command_line_rejects_common_passwords_too) {
  const CommandResult refused = stack.exec(
      {"taskward", "user", "create", "--email", email, "--role", "admin", "--password-stdin"}, "Passw0rd\n");
  BOOST_TEST(refused.status == 3);
  BOOST_TEST(refused.err.find("password: is a commonly used password") != std::string::npos, refused.err);
  BOOST_TEST(account_count() == "0");
}

BOOST_AUTO_TEST_CASE(password_is_stored_only_as_a_bcrypt_hash) {
  const User user = new_user(stack);
  const std::string stored =
      stack.sql("select password_hash from taskward.users where id = '" + user.id + "'");
  BOOST_TEST(stored.starts_with("$2b$04$"), stored);
  BOOST_TEST(stored.size() == 60U);
}

BOOST_AUTO_TEST_CASE(concurrent_registrations_of_one_name_create_one_account) {
  std::vector<std::thread> threads;
  std::vector<int> statuses(8);
  for (int& status : statuses) {
    threads.emplace_back([&] {
      status =
          stack.client()
              .post("/auth/register", R"({"email":")" + email + R"(","password":"a long enough secret"})")
              .status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(std::count(statuses.begin(), statuses.end(), 201) == 1);
  BOOST_TEST(std::count(statuses.begin(), statuses.end(), 409) == 7);
  BOOST_TEST(account_count() == "1");
}

BOOST_AUTO_TEST_SUITE_END()
