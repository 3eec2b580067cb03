// Letter case does not distinguish the addresses of accounts, but may distinguish mailboxes.
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"

namespace taskward::testing {
namespace {

struct SpellingFixture : AuthenticationFixture {
  static constexpr const char* kStored = "Ann@Example.com";
  static constexpr const char* kOther = "aNN@example.COM";

  std::string stored() {
    return text("select string_agg(email, ' ' order by created_at) from taskward.users");
  }
};

BOOST_FIXTURE_TEST_SUITE(address_spelling, SpellingFixture)

BOOST_AUTO_TEST_CASE(mail_for_an_account_goes_to_its_address_as_stored) {
  register_account(kStored, nullptr);
  const SentCode login = login_code(kOther);
  static_cast<void>(reset_code(kOther));
  BOOST_TEST(code_login_outcome(kOther, with_challenge(login)) == "ok");
  for (const bool is_active : {true, false}) {
    execute(std::string("update taskward.users set is_active = ") + (is_active ? "true" : "false"));
    advance_time(std::chrono::seconds(61));
    rules.is_registration_open = false;
    static_cast<void>(domain::request_login_code(resources, kOther, origin));
    static_cast<void>(domain::request_password_reset(resources, kOther, origin));
  }
  const Lines mails = mail_lines();
  BOOST_TEST(mails == (Lines{"login_code Ann@Example.com", "password_reset_code Ann@Example.com",
                             "address_proved Ann@Example.com", "login_code Ann@Example.com",
                             "password_reset_code Ann@Example.com", "login_without_account Ann@Example.com",
                             "password_reset_without_account Ann@Example.com"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(new_account_gets_the_address_to_which_the_code_was_sent) {
  const SentCode code = login_code(kStored);
  BOOST_TEST(code_login_outcome(kOther, with_challenge(code)) == "ok");
  BOOST_TEST(stored() == kStored);
}

BOOST_AUTO_TEST_CASE(code_sent_to_another_spelling_verifies_nothing) {
  const SentCode code = login_code(kOther);
  register_account(kStored, nullptr);
  BOOST_TEST(code_login_outcome(kStored, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(code_login_outcome(kOther, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(count_rows("users where email_verified_at is not null") == 0);
  const SentCode reset = reset_code(kStored);
  execute("update taskward.users set email = 'ANN@example.com'");
  for (const char* spelling : {kStored, "ANN@example.com"}) {
    BOOST_TEST(outcome(domain::reset_password(resources, spelling, with_challenge(reset),
                                              Secret("another good password"), origin)) == "invalid_otp");
  }
  BOOST_TEST(outcome(log_in(kStored)) == "ok");
}

BOOST_AUTO_TEST_CASE(changed_address_is_stored_as_the_code_was_sent_to_it) {
  register_account(kStored, nullptr);
  const auto ann = access_of(log_in(kStored));
  const SentCode code = sent_code(domain::request_email_change(resources, ann, "New@Example.org", origin));
  const auto changed = domain::change_email(resources, ann, "nEW@example.org", with_challenge(code), origin);
  BOOST_TEST_REQUIRE(outcome(changed) == "ok");
  BOOST_TEST(changed->email.value() == "New@Example.org");
  BOOST_TEST(stored() == "New@Example.org");
  const auto mails = queued_mail();
  BOOST_TEST(mails.front().to == "New@Example.org");
  BOOST_TEST(mails.back().to == kStored);
  BOOST_TEST(mails.back().fields.at("address") == "New@Example.org");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
