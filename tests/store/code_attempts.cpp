// Verification of codes: scope, number of attempts, and when a code is no longer valid.
#include "authentication_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct TryFixture : AuthenticationFixture {
  std::string failures() {
    return text(
        "select string_agg(failures || ' ' || challenged_failures, ', ') from taskward.one_time_codes");
  }
};

BOOST_FIXTURE_TEST_SUITE(code_attempts, TryFixture)

BOOST_AUTO_TEST_CASE(code_works_with_or_without_challenge_and_in_any_case_of_the_address) {
  BOOST_TEST(code_login_outcome("ANN@Example.com", with_challenge(login_code("ann@example.COM"))) == "ok");
  advance_time(seconds(61));
  BOOST_TEST(code_login_outcome("ann@example.com", without_challenge(login_code("Ann@Example.com"))) == "ok");
  BOOST_TEST(count_rows("users") == 1);
  // The account has the address to which the first code was sent.
  BOOST_TEST(text("select email from taskward.users") == "ann@example.COM");
}

BOOST_AUTO_TEST_CASE(used_code_is_refused) {
  const SentCode code = login_code(kAnn);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(code)) == "invalid_otp");
  BOOST_TEST(count_rows("sessions") == 1);
}

BOOST_AUTO_TEST_CASE(code_is_valid_for_ten_minutes) {
  const SentCode first = login_code(kAnn);
  advance_time(seconds(597));
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(first)) == "ok");
  const SentCode second = login_code(kAnn);
  advance_time(seconds(601));
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(second)) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(new_code_invalidates_the_previous_one) {
  const SentCode first = login_code(kAnn);
  advance_time(seconds(61));
  SentCode second = login_code(kAnn);
  while (second.otp == first.otp) {  // happens once in a million runs
    advance_time(seconds(61));
    second = login_code(kAnn);
  }
  BOOST_TEST(count_rows("one_time_codes") == 1);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(first)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(second)) == "ok");
}

BOOST_AUTO_TEST_CASE(new_code_resets_the_attempt_limits) {
  const SentCode first = login_code(kAnn);
  for (int i = 1; i <= 5; ++i) {
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(wrong_otp(first, i))) == "invalid_otp");
    BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(first, i), first)) == "invalid_otp");
  }
  BOOST_TEST(failures() == "5 5");
  advance_time(seconds(61));
  const SentCode second = login_code(kAnn);
  BOOST_TEST(failures() == "0 0");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(second)) == "ok");
}

BOOST_AUTO_TEST_CASE(fifth_attempt_may_succeed_and_sixth_is_refused) {
  const SentCode first = login_code(kAnn);
  for (int i = 1; i <= 4; ++i)
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(wrong_otp(first, i))) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(first)) == "ok");
  advance_time(seconds(61));
  const SentCode second = login_code(kAnn);
  for (int i = 1; i <= 5; ++i)
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(wrong_otp(second, i))) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(second)) == "invalid_otp");
  BOOST_TEST(failures() == "5 0");
}

BOOST_AUTO_TEST_CASE(wrong_attempts_of_a_stranger_do_not_block_the_challenge_holder) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 5; ++i)
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(wrong_otp(code, i))) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(code)) == "invalid_otp");
  for (int i = 1; i <= 4; ++i)
    BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(code, i), code)) == "invalid_otp");
  BOOST_TEST(failures() == "5 4");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(wrong_attempts_with_the_challenge_do_not_use_up_the_other_limit) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 5; ++i)
    BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(code, i), code)) == "invalid_otp");
  BOOST_TEST(failures() == "0 5");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, without_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(challenge_of_another_code_counts_as_none) {
  const SentCode code = login_code(kAnn);
  const SentCode other = login_code("bob@example.com");
  for (int i = 1; i <= 5; ++i)
    BOOST_TEST(code_login_outcome(kAnn, with_challenge(wrong_otp(code, i), other)) == "invalid_otp");
  BOOST_TEST(number("select failures from taskward.one_time_codes order by created_at limit 1") == 5);
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code.otp, other)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(code_for_another_address_is_invalid) {
  const SentCode ann = login_code(kAnn);
  const SentCode bob = login_code("bob@example.com");
  if (ann.otp == bob.otp) return;
  BOOST_TEST(code_login_outcome("bob@example.com", with_challenge(ann)) == "invalid_otp");
  BOOST_TEST(code_login_outcome("nobody@example.com", with_challenge(ann)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(ann)) == "ok");
}

BOOST_AUTO_TEST_CASE(code_for_another_purpose_or_account_is_invalid) {
  register_account(kAnn, nullptr);
  register_account("bob@example.com", nullptr);
  const auto ann = access_of(log_in(kAnn));
  const auto bob = access_of(log_in("bob@example.com"));
  const SentCode reset = reset_code(kAnn);
  const SentCode login = login_code(kAnn);
  const Secret new_password{"another good password"};
  const std::string to = "new@example.com";
  const SentCode change = sent_code(domain::request_email_change(resources, ann, to, origin));
  if (reset.otp == login.otp || change.otp == login.otp || reset.otp == change.otp) return;

  BOOST_TEST(code_login_outcome(kAnn, with_challenge(reset)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(to, with_challenge(change)) == "invalid_otp");
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, with_challenge(login), new_password, origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::reset_password(resources, to, with_challenge(change), new_password, origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::change_email(resources, ann, kAnn, with_challenge(login), origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::change_email(resources, ann, to, with_challenge(reset), origin)) ==
             "invalid_otp");
  // The change was requested by Ann's account.
  BOOST_TEST(outcome(domain::change_email(resources, bob, to, with_challenge(change), origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, with_challenge(reset), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, with_challenge(change), origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, bob, with_challenge(login), origin)) == "invalid_otp");
  // None of these attempts has used up a code.
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, with_challenge(reset), new_password, origin)) ==
             "ok");
  BOOST_TEST(code_login_outcome(kAnn, with_challenge(login)) == "ok");
  const auto again = access_of(log_in(kAnn, new_password.reveal()));
  BOOST_TEST(outcome(domain::change_email(resources, again, to, with_challenge(change), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(refused_new_password_does_not_use_up_the_code) {
  register_account(kAnn, nullptr);
  const SentCode code = reset_code(kAnn);
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST(outcome(domain::reset_password(resources, kAnn, with_challenge(code), Secret("short"),
                                              origin)) == "validation_failed");
  }
  BOOST_TEST(failures() == "0 0");
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, with_challenge(code), Secret("long enough"),
                                            origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(code_that_was_never_requested_is_invalid) {
  for (const char* otp : {"000000", "", "123456", "0000000000000000"}) {
    BOOST_TEST(code_login_outcome(kAnn, without_challenge(otp)) == "invalid_otp");
    BOOST_TEST(outcome(domain::reset_password(resources, kAnn, without_challenge(otp), Secret("long enough"),
                                              origin)) == "invalid_otp");
  }
  BOOST_TEST(count_rows("one_time_codes") == 0);
  BOOST_TEST(count_rows("users") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
