// Changing one's own names and address.
#include "taskward/domain/profile.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;
using store::ProfileChange;

struct OwnAccountFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";
  static constexpr const char* kNew = "new@example.com";
  UserId id = register_account(kAnn, "ann").id;
  domain::OwnProfile ann = access_of(log_in(kAnn));

  Result<model::User> change(const ProfileChange& wanted) {
    return store::change_profile(resources.database, ann, wanted, resources.stamp(origin));
  }
  SentCode code_for(const domain::OwnProfile& who, const char* email) {
    return received(domain::request_email_change(resources, who, email, origin));
  }
  std::string move(const domain::OwnProfile& who, const char* email, const domain::GivenCode& code) {
    return outcome(domain::change_email(resources, who, email, code, origin));
  }
  model::User now(const domain::OwnProfile& who) {
    auto user = store::find_own_profile(resources.database, who);
    BOOST_TEST_REQUIRE(outcome(user) == "ok");
    return std::move(*user);
  }
  domain::OwnProfile another(const char* email, const char* username) {
    register_account(email, username);
    return access_of(log_in(email != nullptr ? email : username));
  }
};

BOOST_FIXTURE_TEST_SUITE(own_account, OwnAccountFixture)

BOOST_AUTO_TEST_CASE(a_name_is_given_changed_and_taken_away) {
  auto user = change({"Ann Ü. Other", std::nullopt});
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST(user->name.value() == "Ann Ü. Other");
  BOOST_TEST(user->username.value() == "ann");
  BOOST_TEST(user->email.value() == kAnn);
  BOOST_TEST(change({std::nullopt, "ann2"})->name.value() == "Ann Ü. Other");
  user = change({"", std::nullopt});
  BOOST_TEST(!user->name.has_value());
  BOOST_TEST(user->username.value() == "ann2");
  BOOST_TEST(!now(ann).name.has_value());
}

BOOST_AUTO_TEST_CASE(a_change_is_recorded_with_its_fields_and_never_with_its_values) {
  forget_audit();
  static_cast<void>(change({"Ann Other", "ann2"}));
  static_cast<void>(change({"Ann Other", "ann3"}));
  static_cast<void>(change({"Ann Other", "ann3"}));
  static_cast<void>(change({}));
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  BOOST_TEST(records[0].deed() == "account.change success -");
  BOOST_TEST(records[0].changed == "name username");
  BOOST_TEST(records[1].changed == "username");
  BOOST_TEST(records[0].actor == id.text());
  BOOST_TEST(records[0].object == id.text());
  BOOST_TEST(number("select count(*) from taskward.audit a where a::text ~ 'Other|ann[23]'") == 0);
}

BOOST_AUTO_TEST_CASE(one_logs_in_by_the_new_user_name_and_not_by_the_old_one) {
  BOOST_TEST(outcome(change({std::nullopt, "Annie"})) == "ok");
  BOOST_TEST(outcome(log_in("annie")) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  BOOST_TEST(outcome(change({std::nullopt, "ANNIE"})) == "ok");
  BOOST_TEST(now(ann).username.value() == "ANNIE");
}

BOOST_AUTO_TEST_CASE(a_user_name_that_another_has_is_taken_in_any_case) {
  register_account(nullptr, "bob");
  for (const char* name : {"bob", "BOB"}) BOOST_TEST(outcome(change({"Ann", name})) == "username_taken");
  BOOST_TEST(now(ann).username.value() == "ann");
  BOOST_TEST(!now(ann).name.has_value());
}

BOOST_AUTO_TEST_CASE(of_two_who_want_one_name_at_once_one_gets_it) {
  const auto bob = another(nullptr, "bob");
  for (int round = 0; round < 20; ++round) {
    const std::string wanted = "wanted" + std::to_string(round);
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(store::change_profile(connection, i == 0 ? ann : bob, {std::nullopt, wanted},
                                           resources.stamp(origin)));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "username_taken") == 1);
    BOOST_TEST(number("select count(*) from taskward.users where username = '" + wanted + "'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(an_address_is_changed_by_a_code_that_went_to_it) {
  const SentCode code = code_for(ann, kNew);
  BOOST_TEST(mails().back().to == kNew);
  BOOST_TEST((mails().back().kind == model::MailKind::email_change_code));
  BOOST_TEST(now(ann).email.value() == kAnn);
  forget_audit();
  BOOST_TEST(move(ann, kNew, carried(wrong(code), code)) == "invalid_otp");
  BOOST_TEST(now(ann).email.value() == kAnn);
  const auto user = domain::change_email(resources, ann, kNew, carried(code), origin);
  BOOST_TEST_REQUIRE(outcome(user) == "ok");
  BOOST_TEST(user->email.value() == kNew);
  BOOST_TEST(user->email_verified);
  BOOST_TEST(outcome(log_in(kNew)) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  // The old address is told which one took its place, whenever that can be delivered.
  const model::Mail announced = mails().back();
  BOOST_TEST((announced.kind == model::MailKind::email_changed));
  BOOST_TEST(announced.to == kAnn);
  BOOST_TEST(announced.fields.at("address") == kNew);
  BOOST_TEST(number("select count(*) from taskward.outbox where kind = 'email_changed'"
                    " and useful_until is null") == 1);
  const auto records = audit();
  BOOST_TEST(records[0].deed() == "account.change failure wrong_code");
  BOOST_TEST(records[1].deed() == "account.change success -");
  BOOST_TEST(records[1].changed == "email");
  BOOST_TEST(number("select count(*) from taskward.audit a where a::text like '%@%'") == 0);
  BOOST_TEST(move(ann, kNew, carried(code)) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(a_code_of_one_account_or_address_changes_no_other) {
  const auto bob = another("bob@example.com", nullptr);
  const SentCode code = code_for(ann, kNew);
  BOOST_TEST(move(bob, kNew, carried(code)) == "invalid_otp");
  BOOST_TEST(move(bob, kNew, bare(code)) == "invalid_otp");
  BOOST_TEST(move(ann, "other@example.com", carried(code)) == "invalid_otp");
  BOOST_TEST(now(bob).email.value() == "bob@example.com");
  // Bob's tries are none of Ann's.
  for (int i = 0; i < 6; ++i) BOOST_TEST(move(bob, kNew, bare(code)) == "invalid_otp");
  BOOST_TEST(move(ann, kNew, bare(code)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_taken_address_is_told_to_its_owner_only) {
  register_account("bob@example.com", nullptr);
  // Asking is the same as for any other address.
  const SentCode code = code_for(ann, "Bob@Example.com");
  BOOST_TEST(move(ann, "Bob@Example.com", carried(wrong(code), code)) == "invalid_otp");
  BOOST_TEST(move(ann, "Bob@Example.com", carried(code)) == "email_taken");
  BOOST_TEST(now(ann).email.value() == kAnn);
  BOOST_TEST(letters().back().starts_with("email_change_code "));
}

BOOST_AUTO_TEST_CASE(a_first_address_is_added_and_announced_to_nobody) {
  const auto carl = another(nullptr, "carl");
  BOOST_TEST(move(carl, kNew, carried(code_for(carl, kNew))) == "ok");
  BOOST_TEST(now(carl).email.value() == kNew);
  BOOST_TEST(now(carl).email_verified);
  BOOST_TEST(letters() == Lines{"email_change_code new@example.com"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_s_own_address_is_proved_or_spelled_anew_without_an_announcement) {
  BOOST_TEST(!now(ann).email_verified);
  BOOST_TEST(move(ann, "Ann@Example.com", carried(code_for(ann, kAnn))) == "ok");
  BOOST_TEST(now(ann).email.value() == "Ann@Example.com");
  BOOST_TEST(now(ann).email_verified);
  BOOST_TEST(letters().size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_two_who_prove_one_address_at_once_one_gets_it) {
  const auto bob = another("bob@example.com", nullptr);
  for (int round = 0; round < 15; ++round) {
    const std::string wanted = "wanted" + std::to_string(round) + "@example.com";
    const SentCode first = code_for(ann, wanted.c_str());
    const SentCode second = code_for(bob, wanted.c_str());
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(domain::change_email(on(connection), i == 0 ? ann : bob, wanted,
                                          carried(i == 0 ? first : second), origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "email_taken") == 1);
    BOOST_TEST(number("select count(*) from taskward.users where email = '" + wanted + "'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(an_ended_session_changes_nothing) {
  const SentCode code = code_for(ann, kNew);
  execute("update taskward.sessions set revoked_at = now(), revoked_reason = 'test'");
  BOOST_TEST(outcome(change({"Ann", "ann2"})) == "invalid_token");
  BOOST_TEST(move(ann, kNew, carried(code)) == "invalid_token");
  pass(seconds(61));
  BOOST_TEST(outcome(domain::request_email_change(resources, ann, kNew, origin)) == "invalid_token");
  BOOST_TEST(mails().size() == 1U);
  BOOST_TEST(number("select count(*) from taskward.one_time_codes where used_at is null") == 1);
  BOOST_TEST(number("select cardinality(moments) from taskward.attempts") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
