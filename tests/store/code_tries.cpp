// Trying a code: what it is good for, how often it may be guessed at, and when it is dead.
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct TryFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";

  std::string failures() {
    return text(
        "select string_agg(failures || ' ' || challenged_failures, ', ') from taskward.one_time_codes");
  }
};

BOOST_FIXTURE_TEST_SUITE(code_tries, TryFixture)

BOOST_AUTO_TEST_CASE(a_code_works_with_or_without_its_challenge_and_in_any_case_of_the_address) {
  BOOST_TEST(entering("ANN@Example.com", carried(login_code("ann@example.COM"))) == "ok");
  pass(seconds(61));
  BOOST_TEST(entering("ann@example.com", bare(login_code("Ann@Example.com"))) == "ok");
  BOOST_TEST(number("select count(*) from taskward.users") == 1);
  BOOST_TEST(text("select email from taskward.users") == "ANN@Example.com");
}

BOOST_AUTO_TEST_CASE(a_used_code_is_dead) {
  const SentCode code = login_code(kAnn);
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
  BOOST_TEST(entering(kAnn, carried(code)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(code)) == "invalid_otp");
  BOOST_TEST(sessions() == 1);
}

BOOST_AUTO_TEST_CASE(a_code_holds_for_ten_minutes) {
  const SentCode first = login_code(kAnn);
  pass(seconds(597));
  BOOST_TEST(entering(kAnn, bare(first)) == "ok");
  const SentCode second = login_code(kAnn);
  pass(seconds(601));
  BOOST_TEST(entering(kAnn, carried(second)) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(a_new_code_kills_the_one_before) {
  const SentCode first = login_code(kAnn);
  pass(seconds(61));
  SentCode second = login_code(kAnn);
  while (second.otp == first.otp) {  // once in a million
    pass(seconds(61));
    second = login_code(kAnn);
  }
  BOOST_TEST(number("select count(*) from taskward.one_time_codes") == 1);
  BOOST_TEST(entering(kAnn, carried(first)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, carried(second)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_new_code_begins_with_whole_budgets) {
  const SentCode first = login_code(kAnn);
  for (int i = 1; i <= 5; ++i) {
    BOOST_TEST(entering(kAnn, bare(wrong(first, i))) == "invalid_otp");
    BOOST_TEST(entering(kAnn, carried(wrong(first, i), first)) == "invalid_otp");
  }
  BOOST_TEST(failures() == "5 5");
  pass(seconds(61));
  const SentCode second = login_code(kAnn);
  BOOST_TEST(failures() == "0 0");
  BOOST_TEST(entering(kAnn, bare(second)) == "ok");
}

BOOST_AUTO_TEST_CASE(the_fifth_try_may_still_be_right_and_the_sixth_may_not) {
  const SentCode first = login_code(kAnn);
  for (int i = 1; i <= 4; ++i) BOOST_TEST(entering(kAnn, bare(wrong(first, i))) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(first)) == "ok");
  pass(seconds(61));
  const SentCode second = login_code(kAnn);
  for (int i = 1; i <= 5; ++i) BOOST_TEST(entering(kAnn, bare(wrong(second, i))) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(second)) == "invalid_otp");
  BOOST_TEST(failures() == "5 0");
}

BOOST_AUTO_TEST_CASE(a_stranger_s_wrong_tries_leave_the_owner_s_right_one) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 5; ++i) BOOST_TEST(entering(kAnn, bare(wrong(code, i))) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(code)) == "invalid_otp");
  for (int i = 1; i <= 4; ++i) BOOST_TEST(entering(kAnn, carried(wrong(code, i), code)) == "invalid_otp");
  BOOST_TEST(failures() == "5 4");
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(wrong_tries_with_the_challenge_leave_the_other_budget_alone) {
  const SentCode code = login_code(kAnn);
  for (int i = 1; i <= 5; ++i) BOOST_TEST(entering(kAnn, carried(wrong(code, i), code)) == "invalid_otp");
  BOOST_TEST(failures() == "0 5");
  BOOST_TEST(entering(kAnn, carried(code)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(another_challenge_is_none) {
  const SentCode code = login_code(kAnn);
  const SentCode other = login_code("bob@example.com");
  for (int i = 1; i <= 5; ++i) BOOST_TEST(entering(kAnn, carried(wrong(code, i), other)) == "invalid_otp");
  BOOST_TEST(number("select failures from taskward.one_time_codes order by created_at limit 1") == 5);
  BOOST_TEST(entering(kAnn, carried(code.otp, other)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_code_of_another_address_is_none) {
  const SentCode ann = login_code(kAnn);
  const SentCode bob = login_code("bob@example.com");
  if (ann.otp == bob.otp) return;
  BOOST_TEST(entering("bob@example.com", carried(ann)) == "invalid_otp");
  BOOST_TEST(entering("nobody@example.com", carried(ann)) == "invalid_otp");
  BOOST_TEST(entering(kAnn, carried(ann)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_code_of_another_purpose_or_account_is_none) {
  register_account(kAnn, nullptr);
  register_account("bob@example.com", nullptr);
  const auto ann = access_of(log_in(kAnn));
  const auto bob = access_of(log_in("bob@example.com"));
  const SentCode reset = reset_code(kAnn);
  const SentCode login = login_code(kAnn);
  const Secret fresh{"another good password"};
  const std::string to = "new@example.com";
  const SentCode change = received(domain::request_email_change(resources, ann, to, origin));
  if (reset.otp == login.otp || change.otp == login.otp || reset.otp == change.otp) return;

  BOOST_TEST(entering(kAnn, carried(reset)) == "invalid_otp");
  BOOST_TEST(entering(to, carried(change)) == "invalid_otp");
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, carried(login), fresh, origin)) ==
             "invalid_otp");
  BOOST_TEST(outcome(domain::reset_password(resources, to, carried(change), fresh, origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::change_email(resources, ann, kAnn, carried(login), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::change_email(resources, ann, to, carried(reset), origin)) == "invalid_otp");
  // The change was asked for by Ann's account.
  BOOST_TEST(outcome(domain::change_email(resources, bob, to, carried(change), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, carried(reset), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, ann, carried(change), origin)) == "invalid_otp");
  BOOST_TEST(outcome(domain::delete_account(resources, bob, carried(login), origin)) == "invalid_otp");
  // All this has used none of them up.
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, carried(reset), fresh, origin)) == "ok");
  BOOST_TEST(entering(kAnn, carried(login)) == "ok");
  const auto again = access_of(log_in(kAnn, fresh.reveal()));
  BOOST_TEST(outcome(domain::change_email(resources, again, to, carried(change), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_refused_new_password_leaves_the_code_alone) {
  register_account(kAnn, nullptr);
  const SentCode code = reset_code(kAnn);
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST(outcome(domain::reset_password(resources, kAnn, carried(code), Secret("short"), origin)) ==
               "validation_failed");
  }
  BOOST_TEST(failures() == "0 0");
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, carried(code), Secret("long enough"), origin)) ==
             "ok");
}

BOOST_AUTO_TEST_CASE(a_code_that_nobody_asked_for_is_none) {
  for (const char* otp : {"000000", "", "123456", "0000000000000000"}) {
    BOOST_TEST(entering(kAnn, bare(otp)) == "invalid_otp");
    BOOST_TEST(outcome(domain::reset_password(resources, kAnn, bare(otp), Secret("long enough"), origin)) ==
               "invalid_otp");
  }
  BOOST_TEST(number("select count(*) from taskward.one_time_codes") == 0);
  BOOST_TEST(number("select count(*) from taskward.users") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
