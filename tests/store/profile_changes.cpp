// Changing the own name, username and email address.
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;
using store::ProfileChange;

struct OwnAccountFixture : AuthenticationFixture {
  static constexpr const char* kNew = "new@example.com";
  UserId id = register_account(kAnn, "ann").id;
  domain::OwnProfile ann = access_of(log_in(kAnn));

  Result<model::User> change(const ProfileChange& wanted) {
    return store::change_profile(resources.database, ann, wanted, resources.stamp(origin));
  }
  SentCode code_for(const domain::OwnProfile& who, const char* email) {
    return sent_code(domain::request_email_change(resources, who, email, origin));
  }
  std::string change_address(const domain::OwnProfile& who, const char* email,
                             const domain::SubmittedCode& code) {
    return outcome(domain::change_email(resources, who, email, code, origin));
  }
  model::User current_profile(const domain::OwnProfile& who) {
    auto user = store::find_own_profile(resources.database, who);
    BOOST_TEST_REQUIRE(outcome(user) == "ok");
    return std::move(*user);
  }
  domain::OwnProfile register_and_log_in(const char* email, const char* username) {
    register_account(email, username);
    return access_of(log_in(email != nullptr ? email : username));
  }
};

BOOST_FIXTURE_TEST_SUITE(profile_changes, OwnAccountFixture)

BOOST_AUTO_TEST_CASE(name_is_set_changed_and_removed) {
  auto user = change({"Ann Ü. Other", std::nullopt});
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST(user->name.value() == "Ann Ü. Other");
  BOOST_TEST(user->username.value() == "ann");
  BOOST_TEST(user->email.value() == kAnn);
  BOOST_TEST(change({std::nullopt, "ann2"})->name.value() == "Ann Ü. Other");
  user = change({"", std::nullopt});
  BOOST_TEST(!user->name.has_value());
  BOOST_TEST(user->username.value() == "ann2");
  BOOST_TEST(!current_profile(ann).name.has_value());
}

BOOST_AUTO_TEST_CASE(change_is_recorded_with_field_names_but_no_values) {
  clear_audit();
  static_cast<void>(change({"Ann Other", "ann2"}));
  static_cast<void>(change({"Ann Other", "ann3"}));
  static_cast<void>(change({"Ann Other", "ann3"}));
  static_cast<void>(change({}));
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].line() == "account.change success -");
  BOOST_TEST(records[0].changed == "name username");
  BOOST_TEST(records[1].changed == "username");
  BOOST_TEST(records[0].actor == id.text());
  BOOST_TEST(records[0].object == id.text());
  BOOST_TEST(count_rows("audit a where a::text ~ 'Other|ann[23]'") == 0);
}

BOOST_AUTO_TEST_CASE(login_uses_the_new_username_only) {
  BOOST_TEST(outcome(change({std::nullopt, "Annie"})) == "ok");
  BOOST_TEST(outcome(log_in("annie")) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  BOOST_TEST(outcome(change({std::nullopt, "ANNIE"})) == "ok");
  BOOST_TEST(current_profile(ann).username.value() == "ANNIE");
}

BOOST_AUTO_TEST_CASE(username_of_another_account_is_taken_in_any_case) {
  register_account(nullptr, "bob");
  for (const char* name : {"bob", "BOB"}) BOOST_TEST(outcome(change({"Ann", name})) == "username_taken");
  BOOST_TEST(current_profile(ann).username.value() == "ann");
  BOOST_TEST(!current_profile(ann).name.has_value());
}

BOOST_AUTO_TEST_CASE(one_of_two_concurrent_changes_gets_the_username) {
  const auto bob = register_and_log_in(nullptr, "bob");
  for (int round = 0; round < 20; ++round) {
    const std::string wanted = "wanted" + std::to_string(round);
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(store::change_profile(connection, i == 0 ? ann : bob, {std::nullopt, wanted}, stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "username_taken") == 1);
    BOOST_TEST(count_rows("users where username = '" + wanted + "'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(address_is_changed_by_a_code_sent_to_it) {
  const SentCode code = code_for(ann, kNew);
  BOOST_TEST(queued_mail().back().to == kNew);
  BOOST_TEST((queued_mail().back().kind == model::MailKind::email_change_code));
  BOOST_TEST(current_profile(ann).email.value() == kAnn);
  clear_audit();
  BOOST_TEST(change_address(ann, kNew, with_challenge(wrong_otp(code), code)) == "invalid_otp");
  BOOST_TEST(current_profile(ann).email.value() == kAnn);
  const auto user = domain::change_email(resources, ann, kNew, with_challenge(code), origin);
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST(user->email.value() == kNew);
  BOOST_TEST(user->email_verified);
  BOOST_TEST(outcome(log_in(kNew)) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  // The old address is notified of the new one, without an expiry.
  const model::Mail announced = queued_mail().back();
  BOOST_TEST((announced.kind == model::MailKind::email_changed));
  BOOST_TEST(announced.to == kAnn);
  BOOST_TEST(announced.fields.at("address") == kNew);
  BOOST_TEST(count_rows("outbox where kind = 'email_changed'"
                        " and useful_until is null") == 1);
  const auto records = audit();
  BOOST_TEST(records[0].line() == "account.change failure wrong_code");
  BOOST_TEST(records[1].line() == "account.change success -");
  BOOST_TEST(records[1].changed == "email");
  BOOST_TEST(count_rows("audit a where a::text like '%@%'") == 0);
  BOOST_TEST(change_address(ann, kNew, with_challenge(code)) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(code_for_another_account_or_address_is_invalid) {
  const auto bob = register_and_log_in("bob@example.com", nullptr);
  const SentCode code = code_for(ann, kNew);
  BOOST_TEST(change_address(bob, kNew, with_challenge(code)) == "invalid_otp");
  BOOST_TEST(change_address(bob, kNew, without_challenge(code)) == "invalid_otp");
  BOOST_TEST(change_address(ann, "other@example.com", with_challenge(code)) == "invalid_otp");
  BOOST_TEST(current_profile(bob).email.value() == "bob@example.com");
  // Attempts by Bob do not count as Ann's.
  for (int i = 0; i < 6; ++i) BOOST_TEST(change_address(bob, kNew, without_challenge(code)) == "invalid_otp");
  BOOST_TEST(change_address(ann, kNew, without_challenge(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(taken_address_is_reported_only_to_its_owner) {
  register_account("bob@example.com", nullptr);
  // The request itself is answered as for any other address.
  const SentCode code = code_for(ann, "Bob@Example.com");
  BOOST_TEST(change_address(ann, "Bob@Example.com", with_challenge(wrong_otp(code), code)) == "invalid_otp");
  BOOST_TEST(change_address(ann, "Bob@Example.com", with_challenge(code)) == "email_taken");
  BOOST_TEST(current_profile(ann).email.value() == kAnn);
  BOOST_TEST(mail_lines().back().starts_with("email_change_code "));
}

BOOST_AUTO_TEST_CASE(first_address_is_added_without_a_notification) {
  const auto carl = register_and_log_in(nullptr, "carl");
  BOOST_TEST(change_address(carl, kNew, with_challenge(code_for(carl, kNew))) == "ok");
  BOOST_TEST(current_profile(carl).email.value() == kNew);
  BOOST_TEST(current_profile(carl).email_verified);
  BOOST_TEST(mail_lines() == Lines{"email_change_code new@example.com"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(own_address_is_verified_or_respelled_without_a_notification) {
  BOOST_TEST(!current_profile(ann).email_verified);
  const SentCode code = code_for(ann, "Ann@Example.com");
  BOOST_TEST(change_address(ann, "Ann@Example.com", with_challenge(code)) == "ok");
  BOOST_TEST(current_profile(ann).email.value() == "Ann@Example.com");
  BOOST_TEST(current_profile(ann).email_verified);
  BOOST_TEST(mail_lines().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_of_two_concurrent_changes_gets_the_address) {
  const auto bob = register_and_log_in("bob@example.com", nullptr);
  for (int round = 0; round < 15; ++round) {
    const std::string wanted = "wanted" + std::to_string(round) + "@example.com";
    const SentCode first = code_for(ann, wanted.c_str());
    const SentCode second = code_for(bob, wanted.c_str());
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(domain::change_email(resources_on(connection), i == 0 ? ann : bob, wanted,
                                          with_challenge(i == 0 ? first : second), origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "email_taken") == 1);
    BOOST_TEST(count_rows("users where email = '" + wanted + "'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(ended_session_changes_nothing) {
  const SentCode code = code_for(ann, kNew);
  execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'test'");
  BOOST_TEST(outcome(change({"Ann", "ann2"})) == "invalid_token");
  BOOST_TEST(change_address(ann, kNew, with_challenge(code)) == "invalid_token");
  advance_time(seconds(61));
  BOOST_TEST(outcome(domain::request_email_change(resources, ann, kNew, origin)) == "invalid_token");
  BOOST_TEST(queued_mail().size() == 1U);
  BOOST_TEST(count_rows("one_time_codes where used_at is null") == 1);
  BOOST_TEST(number("select cardinality(moments) from taskward.attempts") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
