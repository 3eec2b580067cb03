// Password change and password reset: which sessions end, and what stays unchanged.
#include "taskward/store/passwords.hpp"
#include "authentication_fixture.hpp"
#include "taskward/domain/profile.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct PasswordFixture : AuthenticationFixture {
  const Secret new_password{"another good password"};
  UserId id = register_account(kAnn, "ann").id;
  Result<model::TokenPair> first = log_in(kAnn);
  Result<model::TokenPair> second = log_in(kAnn);
  domain::OwnProfile ann = access_of(first);

  std::string change(const Secret& current, const Secret& wanted) {
    return outcome(domain::change_password(resources, ann, current, wanted, origin));
  }
  std::string reset(const domain::SubmittedCode& code, const Secret& wanted) {
    return outcome(domain::reset_password(resources, kAnn, code, wanted, origin));
  }
  std::string refresh(const Result<model::TokenPair>& pair) {
    return outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin));
  }
  std::string view(const Result<model::TokenPair>& pair) {
    return outcome(store::find_own_profile(resources.database, access_of(pair)));
  }
};

BOOST_FIXTURE_TEST_SUITE(passwords, PasswordFixture)

BOOST_AUTO_TEST_CASE(password_change_ends_only_the_other_sessions) {
  register_account("bob@example.com", nullptr);
  const auto bob = log_in("bob@example.com");
  create_task(ann.user(), ann.session());
  const auto everything_else = [&] {
    return text(
        "select (select string_agg(t::text, ' ') from taskward.tasks t) || (select string_agg(u.email ||"
        " coalesce(u.username, '') || u.role || u.is_active, ' ' order by id) from taskward.users u)");
  };
  const std::string before = everything_else();
  clear_audit();
  BOOST_TEST(change(password, new_password) == "ok");
  BOOST_TEST(view(first) == "ok");
  BOOST_TEST(refresh(first) == "ok");
  BOOST_TEST(view(second) == "invalid_token");
  BOOST_TEST(refresh(second) == "invalid_token");
  BOOST_TEST(refresh(bob) == "ok");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where revoked_at is not null") ==
             "password_changed");
  BOOST_TEST(everything_else() == before);
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn, new_password.reveal())) == "ok");
  const auto records = audit();
  BOOST_TEST(records[0].line() == "password.change success -");
  BOOST_TEST(records[0].actor == id.text());
  BOOST_TEST(records[0].object == id.text());
}

BOOST_AUTO_TEST_CASE(wrong_current_password_changes_nothing) {
  for (const char* wrong : {"", "Correct horse battery", "correct horse battery "})
    BOOST_TEST(change(Secret(wrong), new_password) == "invalid_credentials");
  BOOST_TEST(view(second) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
}

BOOST_AUTO_TEST_CASE(invalid_new_password_is_reported_before_the_current_one_is_checked) {
  for (const Secret& bad :
       {Secret("short"), Secret(std::string(257, 'x')), Secret(std::string("long\0enough", 11))}) {
    const auto refused = domain::change_password(resources, ann, Secret("wrong"), bad, origin);
    BOOST_TEST_REQUIRE(outcome(refused) == "validation_failed");
    BOOST_TEST(refused.error().faults.at(0).field == "new_password");
  }
  BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(one_of_two_concurrent_changes_succeeds) {
  for (int round = 0; round < 10; ++round) {
    const TestUser who = new_user();
    const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(store::change_password(connection, who.profile_access(), "a hash",
                                            "hash " + std::to_string(i), stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "invalid_credentials") == 1);
    BOOST_TEST(is_alive(who));
  }
}

BOOST_AUTO_TEST_CASE(reset_ends_all_sessions_verifies_the_address_and_unlocks) {
  register_account("bob@example.com", nullptr);
  const auto bob = log_in("bob@example.com");
  for (const char* name : {kAnn, "ann"}) lock_name(name);
  const SentCode code = reset_code(kAnn);
  clear_audit();
  BOOST_TEST(reset(with_challenge(code), new_password) == "ok");
  for (const auto* pair : {&first, &second}) {
    BOOST_TEST(view(*pair) == "invalid_token");
    BOOST_TEST(refresh(*pair) == "invalid_token");
  }
  BOOST_TEST(view(bob) == "ok");
  BOOST_TEST(count_rows("sessions where revoked_reason = 'password_reset'") == 2);
  BOOST_TEST(count_rows("lockouts where failures > 0 or locks > 0") == 0);
  BOOST_TEST(audit().at(0).line() == "password.reset success -");
  BOOST_TEST(audit().at(0).actor == id.text());
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  const auto again = log_in("ann", new_password.reveal());
  BOOST_TEST_REQUIRE(outcome(again) == "ok");
  BOOST_TEST(again->user.email_verified);
  BOOST_TEST(reset(with_challenge(code), password) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(reset_sets_a_password_for_an_account_without_one) {
  execute("update taskward.users set password_hash = null");
  BOOST_TEST(reset(with_challenge(reset_code(kAnn)), new_password) == "ok");
  BOOST_TEST(outcome(log_in(kAnn, new_password.reveal())) == "ok");
}

BOOST_AUTO_TEST_CASE(reset_neither_creates_nor_activates_an_account) {
  const SentCode code = reset_code(kAnn);
  execute("update taskward.users set is_active = false");
  clear_audit();
  BOOST_TEST(reset(with_challenge(code), new_password) == "invalid_otp");
  BOOST_TEST(count_rows("users where is_active") == 0);
  advance_time(seconds(61));
  execute("update taskward.users set is_active = true");
  const SentCode second_code = reset_code(kAnn);
  execute("delete from taskward.users");
  BOOST_TEST(reset(with_challenge(second_code), new_password) == "invalid_otp");
  BOOST_TEST(count_rows("users") == 0);
  BOOST_TEST(reset(with_challenge(second_code), new_password) == "invalid_otp");
  auto done = audit_lines();
  std::erase(done, "code.request success password_reset");
  BOOST_TEST(done == (Lines{"password.reset failure account_inactive",
                            "password.reset failure unknown_account", "password.reset failure no_live_code"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wrong_reset_codes_are_counted_and_recorded) {
  const SentCode code = reset_code(kAnn);
  clear_audit();
  for (int i = 1; i <= 6; ++i)
    BOOST_TEST(reset(without_challenge(wrong_otp(code, i)), new_password) == "invalid_otp");
  BOOST_TEST(reset(without_challenge(code), new_password) == "invalid_otp");
  BOOST_TEST(count_of(audit_lines(), "password.reset failure wrong_code") == 5);
  BOOST_TEST(count_of(audit_lines(), "password.reset failure no_live_code") == 2);
  BOOST_TEST(reset(with_challenge(code), new_password) == "ok");
}

BOOST_AUTO_TEST_CASE(concurrent_resets_with_one_code_succeed_once) {
  for (int round = 0; round < 3; ++round) {
    const SentCode code = reset_code(kAnn);
    const auto outcomes = run_concurrently<std::string>(*this, 16, [&](db::Connection& connection, int i) {
      return outcome(domain::reset_password(resources_on(connection), kAnn, with_challenge(code),
                                            Secret("password number " + std::to_string(i)), origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "invalid_otp") == 15);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i] == "ok")
        BOOST_TEST(outcome(log_in(kAnn, "password number " + std::to_string(i))) == "ok");
    }
    advance_time(seconds(61));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
