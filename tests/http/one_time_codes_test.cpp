// One-time codes: request, mail and login.
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

struct CodeFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  std::string email = new_email();

  Response request(const std::string& to, const std::string& path = "/auth/otp/request") {
    return client.post(path, R"({"email":)" + json_string(to) + '}');
  }
  Response verify(const std::string& otp, const std::string& with_challenge = {}) {
    const std::string more = with_challenge.empty() ? "" : R"(,"challenge":)" + json_string(with_challenge);
    return client.post("/auth/otp/verify",
                       R"({"email":)" + json_string(email) + R"(,"otp":)" + json_string(otp) + more + '}');
  }
  std::string wrong_code(const std::string& code) const { return code == "111111" ? "222222" : "111111"; }
  /// Requests a code and reads it from the mail.
  std::string new_code() {
    const Response asked = request(email);
    BOOST_TEST_REQUIRE(asked.status == 202, asked.body);
    challenge = asked.json()["challenge"].text();
    return code_in(mail_to(stack, email));
  }
  std::string challenge;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(one_time_codes, CodeFixture)

BOOST_AUTO_TEST_CASE(code_goes_to_the_address_as_the_account_has_it) {
  email = "Ada." + new_email();
  BOOST_TEST(verify(new_code()).status == 200);
  const std::string stored = email;
  email[0] = 'a';
  static_cast<void>(
      stack.sql("update taskward.one_time_codes set created_at = created_at - interval '2 minutes'"
                " returning 1"));
  BOOST_TEST(request(email).status == 202);
  const Response response = verify(code_in(mail_to(stack, stored, 2)));
  BOOST_TEST_REQUIRE(response.status == 200, response.body);
  BOOST_TEST(response.json()["user"]["email"].text() == stored);
}

BOOST_AUTO_TEST_CASE(first_login_by_code_creates_the_account) {
  const std::string code = new_code();
  BOOST_TEST(code.size() == 6U);
  BOOST_TEST(stack.sql("select count(*) from taskward.users where email = '" + email + "'") == "0");
  const Response login = verify(code);
  BOOST_TEST_REQUIRE(login.status == 200, login.body);
  BOOST_TEST(login.header("cache-control") == "no-store");
  const Json user = login.json()["user"];
  BOOST_TEST(user["email"].text() == email);
  BOOST_TEST(user["role"].text() == "user");
  BOOST_TEST(client.get("/auth/me", tokens_of(login).access).status == 200);
  expect_problem(verify(code), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(code_logs_in_to_an_existing_account_ignoring_address_case) {
  const User user = new_user(stack);
  email = user.email;
  const std::string code = new_code();
  for (char& c : email) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const Response login = verify(code);
  BOOST_TEST_REQUIRE(login.status == 200, login.body);
  BOOST_TEST(login.json()["user"]["id"].text() == user.id);
  BOOST_TEST(login.json()["user"]["email"].text() == user.email);
}

BOOST_AUTO_TEST_CASE(known_and_unknown_addresses_get_the_same_response) {
  const User user = new_user(stack);
  for (const char* path : {"/auth/otp/request", "/auth/password/forgot"}) {
    BOOST_TEST_CONTEXT(path) {
      const Response known = request(user.email, path);
      const Response unknown = request(email, path);
      for (const Response* response : {&known, &unknown}) {
        BOOST_TEST(response->status == 202);
        expect_common_headers(*response);
        BOOST_TEST(response->header("cache-control") == "no-store");
        BOOST_TEST(response->json()["expires_in"].number() == 600);
        BOOST_TEST(response->json()["resend_after"].number() == 60);
        BOOST_TEST(response->json()["challenge"].text().size() == 22U);
      }
      BOOST_TEST(known.json().names() == unknown.json().names(), boost::test_tools::per_element());
      BOOST_TEST(known.body.size() == unknown.body.size());
    }
  }
  // Both addresses get two mails; the second one to the unknown address has no code.
  const std::string to_known = mail_to(stack, user.email, 2);
  const std::string to_unknown = mail_to(stack, email, 2);
  BOOST_TEST(code_in(to_known).size() == 6U);
  BOOST_CHECK_THROW(static_cast<void>(code_in(to_unknown)), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(second_code_within_a_minute_is_429) {
  static_cast<void>(new_code());
  const Response again = request(email);
  expect_problem(again, 429, "too_many_requests");
  const int wait = std::stoi(again.header("retry-after"));
  BOOST_TEST(wait >= 50);
  BOOST_TEST(wait <= 60);
}

BOOST_AUTO_TEST_CASE(failed_guesses_do_not_invalidate_the_code_for_the_challenge) {
  const std::string code = new_code();
  for (int i = 0; i < 6; ++i) expect_problem(verify(wrong_code(code)), 401, "invalid_otp");
  expect_problem(verify(wrong_code(code), "not-the-challenge"), 401, "invalid_otp");
  expect_problem(verify(code), 401, "invalid_otp");
  BOOST_TEST(verify(code, challenge).status == 200);
}

BOOST_AUTO_TEST_CASE(five_failed_attempts_with_the_challenge_invalidate_the_code) {
  const std::string code = new_code();
  for (int i = 0; i < 5; ++i) expect_problem(verify(wrong_code(code), challenge), 401, "invalid_otp");
  expect_problem(verify(code, challenge), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(parallel_guessing_gains_no_attempts) {
  const std::string code = new_code();
  Load guesses(stack, 16, [&](HttpClient& one, std::size_t) {
    return one.post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + wrong_code(code) + "\"}");
  });
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return guesses.answered() >= 60; }));
  const Tally tally = guesses.finish();
  BOOST_TEST(tally.count(401) == tally.answered(), tally.summary());
  BOOST_TEST(stack.sql("select max(failures) from taskward.one_time_codes") == "5");
  expect_problem(verify(code), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(all_body_errors_are_reported_together) {
  expect_faults(client.post("/auth/otp/request", R"({"email":"a@b","mail":"x"})"),
                {"email:invalid_format", "mail:unknown_member"});
  expect_faults(client.post("/auth/otp/verify", R"({"otp":123456,"challenge":7})"),
                {"email:required", "otp:wrong_type", "challenge:wrong_type"});
  expect_faults(client.post("/auth/otp/verify", R"({"email":"ada@example.org","otp":"12 45 6"})"),
                {"otp:invalid_format"});
  expect_faults(
      client.post("/auth/password/reset", R"({"email":"ada@example.org","otp":"1","new_password":"short"})"),
      {"new_password:too_short"});
}

BOOST_AUTO_TEST_CASE(password_reset_by_code_ends_every_session) {
  const User user = new_user(stack);
  email = user.email;
  BOOST_TEST(request(email, "/auth/password/forgot").status == 202);
  const std::string code = code_in(mail_to(stack, email));
  // A password-reset code is not a login code.
  expect_problem(verify(code), 401, "invalid_otp");
  const std::string body =
      R"({"email":")" + email + R"(","otp":")" + code + R"(","new_password":"another long secret"})";
  BOOST_TEST(client.post("/auth/password/reset", body).status == 204);
  expect_problem(client.post("/auth/password/reset", body), 401, "invalid_otp");
  expect_problem(client.get("/auth/me", user.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/auth/login", credentials(user)), 401, "invalid_credentials");
  BOOST_TEST(
      client.post("/auth/login", R"({"email":")" + email + R"(","password":"another long secret"})").status ==
      200);
}

BOOST_AUTO_TEST_CASE(code_length_follows_the_setting, *boost::unit_test::label("slow")) {
  const Stack& other = running_stack({{"OTP_DIGITS", "8"}});
  BOOST_TEST(other.client().post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  const std::string code = code_in(mail_to(other, email));
  BOOST_TEST(code.size() == 8U);
  BOOST_TEST(other.client()
                 .post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + code + "\"}")
                 .status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
