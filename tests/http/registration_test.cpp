// Who may make which account.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct Desk {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  std::string email = new_email();

  Answer ask_for(const std::string& role, const std::string& token = {}) {
    const std::string body =
        R"({"email":")" + email + R"(","password":"a long enough secret","role":")" + role + "\"}";
    return client.post("/auth/register", body, token);
  }
  std::string accounts() const {
    return stack.sql("select count(*) from taskward.users where email = '" + email + "'");
  }
  std::string record_of(const Answer& answer) const {
    return stack.sql(
        "select action, outcome, reason, host(client_address) from taskward.audit where request_id = '" +
        answer.header("x-request-id") + "'");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registration, Desk)

BOOST_AUTO_TEST_CASE(nobody_becomes_an_administrator_by_asking) {
  const Answer answer = ask_for("admin");
  expect_problem(answer, 403, "forbidden");
  BOOST_TEST(accounts() == "0");
  BOOST_TEST(record_of(answer) == "access.denied|denied|account.register|127.0.0.1");
}

BOOST_DATA_TEST_CASE(a_lesser_role_cannot_make_administrators, data::make({"guest", "user"}), role) {
  const Answer answer = ask_for("admin", join(stack, role).tokens.access);
  expect_problem(answer, 403, "forbidden");
  BOOST_TEST(accounts() == "0");
  BOOST_TEST(record_of(answer) == "access.denied|denied|account.register|127.0.0.1");
}

BOOST_AUTO_TEST_CASE(an_administrator_can_make_another) {
  const Answer answer = ask_for("admin", join(stack, "admin").tokens.access);
  BOOST_TEST(answer.status == 201, answer.body);
  BOOST_TEST(answer.json()["role"].text() == "admin");
}

BOOST_AUTO_TEST_CASE(a_demoted_administrator_cannot) {
  const Person admin = join(stack, "admin");
  static_cast<void>(stack.sql("update taskward.users set role = 'user' where id = '" + admin.id + "'"));
  expect_problem(ask_for("admin", admin.tokens.access), 403, "forbidden");
  BOOST_TEST(accounts() == "0");
}

BOOST_AUTO_TEST_CASE(a_token_matters_only_where_more_is_asked_for_than_anybody_gets) {
  expect_problem(ask_for("admin", "a.b.c"), 401, "invalid_token");
  BOOST_TEST(accounts() == "0");
  BOOST_TEST(ask_for("user", "a.b.c").status == 201);
}

BOOST_DATA_TEST_CASE(open_roles_are_given_and_others_refused,
                     data::make({"guest", "user", "root", "Admin ", ""}), role) {
  const Answer answer = ask_for(role);
  if (std::string(role) == "guest" || std::string(role) == "user")
    BOOST_TEST(answer.json()["role"].text() == role);
  else
    expect_faults(answer, {"role:invalid_value"});
}

BOOST_DATA_TEST_CASE(passwords_are_bounded_in_characters_and_bytes,
                     data::make({std::string(7, 'x'), std::string("1234567\xC3\xBC"), std::string(72, 'x'),
                                 std::string(73, 'x'), std::string("\xF0\x9F\x8D\xB5\xF0\x9F\x8D\xB5")}) ^
                         data::make({"password:too_short", "", "", "password:too_long",
                                     "password:too_short"}),
                     password, fault) {
  const Answer answer =
      client.post("/auth/register", R"({"email":")" + email + R"(","password":")" + password + "\"}");
  if (std::string(fault).empty())
    BOOST_TEST(answer.status == 201, answer.body);
  else
    expect_faults(answer, {fault});
}

BOOST_DATA_TEST_CASE(passwords_that_are_tried_first_are_refused_in_any_case,
                     data::make({"password1", "Password1", "PASSWORD1", "12345678", "iloveyou", "taskward",
                                 "TaskWard", "Strange.Name", "ada-lovelace"}),
                     password) {
  const Answer answer =
      client.post("/auth/register", R"({"email":"strange.name@example.org","username":"Ada-Lovelace",)"
                                    R"("password":")" +
                                        std::string(password) + "\"}");
  expect_faults(answer, {"password:too_common"});
  BOOST_TEST(stack.sql("select count(*) from taskward.users where username = 'Ada-Lovelace'") == "0");
}

BOOST_AUTO_TEST_CASE(the_address_itself_is_refused_and_a_long_passphrase_taken) {
  const auto with = [&](const std::string& password) {
    return client.post("/auth/register", R"({"email":")" + email + R"(","password":")" + password + "\"}");
  };
  expect_faults(with(email), {"password:too_common"});
  BOOST_TEST(with("the password1 of a taskward user").status == 201);
}

BOOST_AUTO_TEST_CASE(the_operator_cannot_give_a_common_password_either) {
  const Finished refused = stack.exec(
      {"taskward", "user", "create", "--email", email, "--role", "admin", "--password-stdin"}, "Passw0rd\n");
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.err.find("password: is one of the passwords that are tried first") != std::string::npos,
             refused.err);
  BOOST_TEST(accounts() == "0");
}

BOOST_AUTO_TEST_CASE(a_password_is_kept_as_a_bcrypt_hash_only) {
  const Person person = join(stack);
  const std::string kept =
      stack.sql("select password_hash from taskward.users where id = '" + person.id + "'");
  BOOST_TEST(kept.starts_with("$2b$04$"), kept);
  BOOST_TEST(kept.size() == 60U);
}

BOOST_AUTO_TEST_CASE(the_same_name_many_times_at_once_makes_one_account) {
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
  BOOST_TEST(accounts() == "1");
}

BOOST_AUTO_TEST_SUITE_END()
