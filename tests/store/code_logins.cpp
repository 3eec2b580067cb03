// What a login by a code does to the account: makes it, proves its address, unlocks it.
#include "taskward/store/logins.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct CodeLoginFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";

  std::vector<std::string> sorted_deeds() {
    auto all = deeds();
    std::sort(all.begin(), all.end());
    return all;
  }
};

BOOST_FIXTURE_TEST_SUITE(code_logins, CodeLoginFixture)

BOOST_AUTO_TEST_CASE(the_first_use_makes_the_account) {
  const SentCode code = login_code("Ann+Tasks@Example.com");
  BOOST_TEST(number("select count(*) from taskward.users") == 0);
  const auto pair = enter("Ann+Tasks@Example.com", carried(code));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST(pair->user.email.value() == "Ann+Tasks@Example.com");
  BOOST_TEST((pair->user.role == model::Role::user));
  BOOST_TEST(pair->user.email_verified);
  BOOST_TEST(pair->user.is_active);
  BOOST_TEST((!pair->user.username && !pair->user.name));
  const auto seen = store::find_own_profile(resources.database, access_of(pair));
  BOOST_TEST_REQUIRE(outcome(seen) == "ok");
  BOOST_TEST((seen->id == pair->user.id));
  BOOST_TEST(seen->email_verified);
  BOOST_TEST(number("select count(*) from taskward.users where password_hash is null") == 1);
  BOOST_TEST(number("select count(*) from taskward.sessions where method = 'otp'") == 1);
  BOOST_TEST(outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(the_records_of_a_first_login_are_the_account_s_and_the_session_s) {
  const SentCode code = login_code(kAnn);
  const auto pair = enter(kAnn, carried(code));
  BOOST_TEST(sorted_deeds() == (Lines{"account.register success otp", "code.request success login",
                                      "session.login success otp"}),
             boost::test_tools::per_element());
  for (const AuditRow& row : audit()) {
    if (row.action == "code.request") {
      BOOST_TEST(row.actor == "-");
      BOOST_TEST(row.object == "-");
      continue;
    }
    BOOST_TEST(row.actor == pair->user.id.text());
    BOOST_TEST(row.actor_role == "user");
    const bool login = row.action == "session.login";
    BOOST_TEST(row.object_type == (login ? "session" : "user"));
    BOOST_TEST(row.object == (login ? text("select id::text from taskward.sessions") : pair->user.id.text()));
    BOOST_TEST(row.request == "request-1");
    BOOST_TEST(row.address == "192.0.2.7");
  }
}

BOOST_AUTO_TEST_CASE(a_later_login_is_no_registration) {
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  pass(seconds(61));
  forget_audit();
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  BOOST_TEST(sorted_deeds() == (Lines{"code.request success login", "session.login success otp"}),
             boost::test_tools::per_element());
  BOOST_TEST(number("select count(*) from taskward.users") == 1);
  BOOST_TEST(sessions() == 2);
}

BOOST_AUTO_TEST_CASE(an_account_keeps_its_spelling_its_password_and_its_role) {
  const model::User ann = register_account("Ann@Example.com", "ann");
  execute("update taskward.users set role = 'admin', name = 'Ann'");
  const auto pair = enter("aNN@example.com", carried(login_code("ann@EXAMPLE.com")));
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  BOOST_TEST((pair->user.id == ann.id));
  BOOST_TEST(pair->user.email.value() == "Ann@Example.com");
  BOOST_TEST(pair->user.username.value() == "ann");
  BOOST_TEST(pair->user.name.value() == "Ann");
  BOOST_TEST((pair->user.role == model::Role::admin));
  BOOST_TEST(outcome(log_in("ann")) == "ok");
}

BOOST_AUTO_TEST_CASE(an_account_with_a_password_is_told_when_its_address_is_first_proved) {
  register_account(kAnn, nullptr);
  BOOST_TEST(!log_in(kAnn)->user.email_verified);
  const SentCode code = login_code(kAnn);
  BOOST_TEST(entering(kAnn, carried(wrong(code), code)) == "invalid_otp");
  BOOST_TEST(!log_in(kAnn)->user.email_verified);
  BOOST_TEST(letters().size() == 1U);
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
  BOOST_TEST(log_in(kAnn)->user.email_verified);
  pass(seconds(61));
  const std::string proved = text("select email_verified_at::text from taskward.users");
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  BOOST_TEST(text("select email_verified_at::text from taskward.users") == proved);
  BOOST_TEST(letters() == (Lines{"login_code ann@example.com", "address_proved ann@example.com",
                                 "login_code ann@example.com"}),
             boost::test_tools::per_element());
  BOOST_TEST(number("select count(*) from taskward.outbox where kind = 'address_proved'"
                    " and useful_until is null") == 1);
}

BOOST_AUTO_TEST_CASE(an_account_without_a_password_needs_no_warning) {
  register_account(kAnn, nullptr);
  execute("update taskward.users set password_hash = null");
  BOOST_TEST(entering(kAnn, carried(login_code(kAnn))) == "ok");
  BOOST_TEST(entering("new@example.com", carried(login_code("new@example.com"))) == "ok");
  BOOST_TEST(letters() == (Lines{"login_code ann@example.com", "login_code new@example.com"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_inactive_account_gets_no_session) {
  register_account(kAnn, nullptr);
  execute("update taskward.users set is_active = false");
  const SentCode code = login_code(kAnn);
  forget_audit();
  const auto refused = enter(kAnn, carried(code));
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_otp");
  BOOST_TEST(refused.error().detail.empty());
  BOOST_TEST(sessions() == 0);
  BOOST_TEST(number("select count(*) from taskward.users where email_verified_at is null") == 1);
  BOOST_TEST(letters().size() == 1U);
  BOOST_TEST(deeds() == Lines{"session.login failure account_inactive"}, boost::test_tools::per_element());
  BOOST_TEST(number("select count(*) from taskward.users where is_active") == 0);
}

BOOST_AUTO_TEST_CASE(a_code_clears_the_locks_of_its_account_and_of_no_other) {
  register_account(kAnn, "ann");
  register_account("bob@example.com", nullptr);
  for (int i = 0; i < 5; ++i) {
    for (const char* name : {kAnn, "ann", "bob@example.com"}) static_cast<void>(log_in(name, "wrong"));
  }
  for (const char* name : {kAnn, "ann", "bob@example.com"})
    BOOST_TEST(outcome(log_in(name)) == "account_locked");
  const SentCode code = login_code(kAnn);
  BOOST_TEST(entering(kAnn, carried(wrong(code), code)) == "invalid_otp");
  BOOST_TEST(outcome(log_in("ann")) == "account_locked");
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(outcome(log_in("ann")) == "ok");
  BOOST_TEST(outcome(log_in("bob@example.com")) == "account_locked");
}

BOOST_AUTO_TEST_CASE(every_refusal_is_the_same_and_recorded_with_its_true_reason) {
  const model::User ann = register_account(kAnn, nullptr);
  const SentCode code = login_code(kAnn);
  const SentCode stranger = login_code("stranger@example.com");
  forget_audit();
  BOOST_TEST(entering("nobody@example.com", bare("123456")) == "invalid_otp");
  BOOST_TEST(entering("stranger@example.com", bare(wrong(stranger))) == "invalid_otp");
  BOOST_TEST(entering(kAnn, bare(wrong(code))) == "invalid_otp");
  pass(seconds(601));
  BOOST_TEST(entering(kAnn, bare(code)) == "invalid_otp");
  const auto records = audit();
  BOOST_TEST(deeds() == (Lines{"session.login failure no_live_code", "session.login failure wrong_code",
                               "session.login failure wrong_code", "session.login failure no_live_code"}),
             boost::test_tools::per_element());
  BOOST_TEST(records[0].object == "-");
  BOOST_TEST(records[1].object == "-");
  BOOST_TEST(records[2].object == ann.id.text());
  BOOST_TEST(records[3].object == ann.id.text());
  for (const AuditRow& row : records) BOOST_TEST(row.actor == "-");
  const std::string all = text("select string_agg(a::text, ' ') from taskward.audit a");
  for (const std::string& secret : {std::string("@"), std::string("stranger"), code.challenge})
    BOOST_TEST(all.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(an_account_made_between_reading_and_trying_leaves_the_code_alive) {
  const SentCode code = login_code(kAnn);
  const auto first_proof =
      domain::seal_mail(derived_keys.mail, clock, random, {model::MailKind::address_proved, kAnn, {}}, {});
  const store::CodeLogin late{domain::try_of(resources, model::CodePurpose::login, kAnn, carried(code)),
                              kAnn,
                              {new_id<UserId>(), new_id<SessionId>(), new_hash(), kHour},
                              first_proof,
                              store::CodeLogin::Account::to_be_made,
                              new_id<AuditId>(),
                              new_id<AuditId>(),
                              model::Role::user};
  register_account(kAnn, nullptr);
  BOOST_TEST(outcome(store::insert_session(service, late, stamp())) == "invalid_otp");
  BOOST_TEST(sessions() == 0);
  BOOST_TEST(number("select failures + challenged_failures from taskward.one_time_codes") == 0);
  BOOST_TEST(entering(kAnn, carried(code)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
