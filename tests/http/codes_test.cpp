// One-time codes, from the request to the mail to the login.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;

struct Codes {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  std::string email = new_email();

  Answer request(const std::string& to, const std::string& path = "/auth/otp/request") {
    return client.post(path, R"({"email":)" + json_string(to) + '}');
  }
  Answer verify(const std::string& otp, const std::string& carried = {}) {
    const std::string more = carried.empty() ? "" : R"(,"challenge":)" + json_string(carried);
    return client.post("/auth/otp/verify",
                       R"({"email":)" + json_string(email) + R"(,"otp":)" + json_string(otp) + more + '}');
  }
  std::string wrong(const std::string& code) const { return code == "111111" ? "222222" : "111111"; }
  /// Asks for a code and reads it in the mail.
  std::string new_code() {
    const Answer asked = request(email);
    BOOST_TEST_REQUIRE(asked.status == 202, asked.body);
    challenge = asked.json()["challenge"].text();
    return code_in(mail_to(stack, email));
  }
  std::string challenge;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(codes, Codes)

BOOST_AUTO_TEST_CASE(a_code_lets_in_and_makes_the_account_at_its_first_use) {
  const std::string code = new_code();
  BOOST_TEST(code.size() == 6U);
  BOOST_TEST(stack.sql("select count(*) from taskward.users where email = '" + email + "'") == "0");
  const Answer in = verify(code);
  BOOST_TEST_REQUIRE(in.status == 200, in.body);
  BOOST_TEST(in.header("cache-control") == "no-store");
  const Json user = in.json()["user"];
  BOOST_TEST(user["email"].text() == email);
  BOOST_TEST(user["role"].text() == "user");
  BOOST_TEST(client.get("/auth/me", tokens_of(in).access).status == 200);
  expect_problem(verify(code), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(the_code_lets_into_the_account_that_is_there_in_any_case_of_the_address) {
  const Person person = join(stack);
  email = person.email;
  const std::string code = new_code();
  for (char& c : email) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const Answer in = verify(code);
  BOOST_TEST_REQUIRE(in.status == 200, in.body);
  BOOST_TEST(in.json()["user"]["id"].text() == person.id);
  BOOST_TEST(in.json()["user"]["email"].text() == person.email);
}

BOOST_AUTO_TEST_CASE(known_and_unknown_addresses_get_the_same_answer) {
  const Person person = join(stack);
  for (const char* path : {"/auth/otp/request", "/auth/password/forgot"}) {
    BOOST_TEST_CONTEXT(path) {
      const Answer known = request(person.email, path);
      const Answer unknown = request(email, path);
      for (const Answer* answer : {&known, &unknown}) {
        BOOST_TEST(answer->status == 202);
        expect_common_headers(*answer);
        BOOST_TEST(answer->header("cache-control") == "no-store");
        BOOST_TEST(answer->json()["expires_in"].number() == 600);
        BOOST_TEST(answer->json()["resend_after"].number() == 60);
        BOOST_TEST(answer->json()["challenge"].text().size() == 22U);
      }
      BOOST_TEST(known.json().names() == unknown.json().names(), boost::test_tools::per_element());
      BOOST_TEST(known.body.size() == unknown.body.size());
    }
  }
  // Both get two mails; only one of them holds a second code.
  const std::string to_known = mail_to(stack, person.email, 2);
  const std::string to_unknown = mail_to(stack, email, 2);
  BOOST_TEST(code_in(to_known).size() == 6U);
  BOOST_CHECK_THROW(static_cast<void>(code_in(to_unknown)), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_next_code_is_refused_for_a_minute) {
  static_cast<void>(new_code());
  const Answer again = request(email);
  expect_problem(again, 429, "too_many_requests");
  const int wait = std::stoi(again.header("retry-after"));
  BOOST_TEST(wait >= 50);
  BOOST_TEST(wait <= 60);
}

BOOST_AUTO_TEST_CASE(a_stranger_cannot_burn_the_code_of_who_carries_its_challenge) {
  const std::string code = new_code();
  for (int i = 0; i < 6; ++i) expect_problem(verify(wrong(code)), 401, "invalid_otp");
  expect_problem(verify(wrong(code), "not-the-challenge"), 401, "invalid_otp");
  expect_problem(verify(code), 401, "invalid_otp");
  BOOST_TEST(verify(code, challenge).status == 200);
}

BOOST_AUTO_TEST_CASE(five_wrong_tries_with_the_challenge_are_enough_too) {
  const std::string code = new_code();
  for (int i = 0; i < 5; ++i) expect_problem(verify(wrong(code), challenge), 401, "invalid_otp");
  expect_problem(verify(code, challenge), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(guessing_in_parallel_gains_nothing) {
  const std::string code = new_code();
  Load guesses(stack, 16, [&](HttpClient& one, std::size_t) {
    return one.post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + wrong(code) + "\"}");
  });
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return guesses.answered() >= 60; }));
  const Tally tally = guesses.finish();
  BOOST_TEST(tally.count(401) == tally.answered(), tally.summary());
  BOOST_TEST(stack.sql("select max(failures) from taskward.one_time_codes") == "5");
  expect_problem(verify(code), 401, "invalid_otp");
}

BOOST_AUTO_TEST_CASE(faults_of_a_body_are_named_all_at_once) {
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

BOOST_AUTO_TEST_CASE(a_forgotten_password_is_set_by_a_code_and_ends_every_session) {
  const Person person = join(stack);
  email = person.email;
  BOOST_TEST(request(email, "/auth/password/forgot").status == 202);
  const std::string code = code_in(mail_to(stack, email));
  // A code to set a password with is none to log in with.
  expect_problem(verify(code), 401, "invalid_otp");
  const std::string body =
      R"({"email":")" + email + R"(","otp":")" + code + R"(","new_password":"another long secret"})";
  BOOST_TEST(client.post("/auth/password/reset", body).status == 204);
  expect_problem(client.post("/auth/password/reset", body), 401, "invalid_otp");
  expect_problem(client.get("/auth/me", person.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/auth/login", credentials(person)), 401, "invalid_credentials");
  BOOST_TEST(
      client.post("/auth/login", R"({"email":")" + email + R"(","password":"another long secret"})").status ==
      200);
}

BOOST_AUTO_TEST_CASE(a_code_has_as_many_digits_as_the_operator_wants) {
  const Stack& other = running_stack({{"OTP_DIGITS", "8"}});
  BOOST_TEST(other.client().post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  const std::string code = code_in(mail_to(other, email));
  BOOST_TEST(code.size() == 8U);
  BOOST_TEST(other.client()
                 .post("/auth/otp/verify", R"({"email":")" + email + R"(","otp":")" + code + "\"}")
                 .status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
