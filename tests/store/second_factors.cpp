// TOTP, recovery codes, logins with two factors, and authenticating again.
#include "taskward/store/second_factors.hpp"

#include "authentication_fixture.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/totp.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward/domain/second_factors.hpp"
#include "taskward/store/access.hpp"

namespace taskward::testing {
namespace {

using domain::GivenFactor;
using model::Assurance;

struct SecondFactorFixture : AuthenticationFixture {
  const model::User ann = register_account(kAnn, "ann");
  Result<model::TokenPair> pair = log_in(kAnn);
  domain::OwnProfile access = access_of(pair);
  std::string secret;
  std::vector<std::string> recovery_codes;

  static GivenFactor totp(const std::string& code) { return {Secret(code), std::nullopt}; }
  static GivenFactor recovery(const std::string& code) { return {std::nullopt, Secret(code)}; }

  std::string code(std::int64_t offset = 0) const {
    return crypto::totp_code(Secret(secret), crypto::totp_step(clock.now()) + offset);
  }
  /// A code of none of the accepted steps.
  std::string wrong_code() const {
    for (int i = 0;; ++i) {
      std::string digits = std::to_string(100'000 + i);
      if (!crypto::matching_totp_step(Secret(secret), digits, clock.now())) return digits;
    }
  }
  /// The code of this step can be used again.
  void forget_step() { execute("update taskward.totp set last_step = 0"); }

  /// Enables TOTP in the session of `access`, which then has both factors.
  void enable_totp() {
    auto enrollment = domain::enroll_totp(resources, access, origin);
    BOOST_TEST_REQUIRE(outcome(enrollment) == "ok");
    secret = crypto::from_base32(enrollment->secret.reveal()).value();
    auto added = domain::confirm_totp(resources, access, Secret(code()), origin);
    BOOST_TEST_REQUIRE(outcome(added) == "ok");
    for (const Secret& one : added->recovery_codes) recovery_codes.emplace_back(one.reveal());
    access = access_by(added->access_token);
    forget_step();
  }
  domain::OwnProfile access_by(const Secret& token, Assurance assurance = Assurance::usual) {
    auto found =
        domain::Authentication::verify<model::Permission::own_profile>(resources, token.reveal(), assurance);
    BOOST_TEST_REQUIRE(outcome(found) == "ok");
    return *found;
  }
  domain::SecondFactorRequired first_factor() {
    auto login = domain::log_in(resources, model::AccountName::of(kAnn), password, origin);
    BOOST_TEST_REQUIRE(outcome(login) == "ok");
    BOOST_TEST_REQUIRE(std::holds_alternative<domain::SecondFactorRequired>(*login));
    return std::get<domain::SecondFactorRequired>(std::move(*login));
  }
  std::string completed(const domain::SecondFactorRequired& login, const GivenFactor& factor) {
    return outcome(domain::complete_login(resources, login.mfa_token, factor, origin));
  }
  model::AuthenticationMethods methods_of(const Secret& access_token) {
    return claims(access_token, crypto::TokenKind::access)->authentication.methods;
  }
};

using M = model::AuthenticationMethod;

BOOST_FIXTURE_TEST_SUITE(second_factors, SecondFactorFixture)

BOOST_AUTO_TEST_CASE(account_without_second_factor_logs_in_with_one) {
  BOOST_TEST((methods_of(pair->access_token) == model::AuthenticationMethods{M::pwd}));
  BOOST_TEST((claims(pair->access_token, crypto::TokenKind::access)->authentication.at >
              clock.now() - std::chrono::seconds(60)));
}

BOOST_AUTO_TEST_CASE(totp_is_enabled_by_a_code_in_the_session_that_created_the_secret) {
  auto enrollment = domain::enroll_totp(resources, access, origin);
  BOOST_TEST_REQUIRE(outcome(enrollment) == "ok");
  secret = crypto::from_base32(enrollment->secret.reveal()).value();
  BOOST_TEST(enrollment->qr_svg.reveal().starts_with("<svg"));
  BOOST_TEST(enrollment->otpauth_uri.reveal().find(enrollment->secret.reveal()) != std::string_view::npos);
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(wrong_code()), origin)) ==
             "invalid_mfa_code");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  const auto elsewhere = access_of(log_in(kAnn));
  BOOST_TEST(outcome(domain::confirm_totp(resources, elsewhere, Secret(code()), origin)) == "not_found");
  auto added = domain::confirm_totp(resources, access, Secret(code()), origin);
  BOOST_TEST_REQUIRE(outcome(added) == "ok");
  BOOST_TEST(added->recovery_codes.size() == 10U);
  BOOST_TEST((methods_of(added->access_token) == model::AuthenticationMethods{M::pwd, M::otp, M::mfa}));
  BOOST_TEST(outcome(log_in(kAnn)) == "mfa_required");
  BOOST_TEST(outcome(domain::enroll_totp(resources, access, origin)) == "totp_enabled");
  BOOST_TEST(mail_lines() == Lines{"second_factor_added ann@example.com"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(secret_that_is_not_confirmed_expires_and_is_replaced) {
  auto first = domain::enroll_totp(resources, access, origin);
  const std::string old = crypto::from_base32(first->secret.reveal()).value();
  execute("update taskward.totp set created_at = created_at - interval '10 minutes'");
  secret = old;
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(code()), origin)) == "not_found");
  auto second = domain::enroll_totp(resources, access, origin);
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(code()), origin)) == "invalid_mfa_code");
  secret = crypto::from_base32(second->secret.reveal()).value();
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(code()), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(database_contains_neither_secret_nor_recovery_codes) {
  enable_totp();
  const std::string stored = dump();
  BOOST_TEST(stored.find(secret) == std::string::npos);
  for (const std::string& one : recovery_codes) BOOST_TEST(stored.find(one) == std::string::npos);
  BOOST_TEST(stored.find(crypto::base32(secret)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(login_is_completed_with_totp) {
  enable_totp();
  const auto login = first_factor();
  BOOST_TEST(login.factors.has_totp);
  BOOST_TEST(login.factors.has_recovery_codes);
  BOOST_TEST(!login.factors.has_passkeys);
  auto done = domain::complete_login(resources, login.mfa_token, totp(code()), origin);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST((methods_of(done->access_token) == model::AuthenticationMethods{M::pwd, M::otp, M::mfa}));
  auto next = domain::rotate_tokens(resources, done->refresh_token.reveal(), origin);
  BOOST_TEST_REQUIRE(outcome(next) == "ok");
  BOOST_TEST((methods_of(next->access_token) == methods_of(done->access_token)));
}

BOOST_AUTO_TEST_CASE(login_by_code_needs_the_second_factor_too) {
  enable_totp();
  const SentCode sent = login_code(kAnn);
  auto login = domain::log_in(resources, kAnn, with_challenge(sent), origin);
  BOOST_TEST_REQUIRE(outcome(login) == "ok");
  const auto& required = std::get<domain::SecondFactorRequired>(*login);
  auto done = domain::complete_login(resources, required.mfa_token, totp(code()), origin);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST((methods_of(done->access_token) == model::AuthenticationMethods{M::otp, M::mfa}));
}

BOOST_AUTO_TEST_CASE(steps_beside_the_current_one_are_accepted_and_others_are_not) {
  enable_totp();
  for (const int offset : {-1, 0, 1}) {
    forget_step();
    BOOST_TEST(completed(first_factor(), totp(code(offset))) == "ok");
  }
  for (const int offset : {-2, 2, 3}) {
    forget_step();
    if (crypto::matching_totp_step(Secret(secret), code(offset), clock.now())) continue;  // the same digits
    BOOST_TEST(completed(first_factor(), totp(code(offset))) == "invalid_mfa_code");
  }
}

BOOST_AUTO_TEST_CASE(accepted_step_and_earlier_ones_are_never_accepted_again) {
  enable_totp();
  const std::string used = code();
  const std::string earlier = code(-1);
  BOOST_TEST(completed(first_factor(), totp(used)) == "ok");
  BOOST_TEST(completed(first_factor(), totp(used)) == "invalid_mfa_code");
  BOOST_TEST(completed(first_factor(), totp(earlier)) == "invalid_mfa_code");
}

BOOST_AUTO_TEST_CASE(of_concurrent_uses_of_one_totp_code_one_succeeds) {
  enable_totp();
  constexpr int users = 8;
  std::vector<domain::SecondFactorRequired> logins;
  for (int i = 0; i < users; ++i) logins.push_back(first_factor());
  const std::string one = code();
  const auto outcomes = run_concurrently<std::string>(*this, users, [&](db::Connection& connection, int i) {
    const auto mine = resources_on(connection);
    return outcome(
        domain::complete_login(mine, logins[static_cast<std::size_t>(i)].mfa_token, totp(one), origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
}

BOOST_AUTO_TEST_CASE(of_fifty_concurrent_uses_of_one_recovery_code_one_succeeds,
                     *boost::unit_test::label("slow")) {
  enable_totp();
  constexpr int users = 50;
  std::vector<domain::SecondFactorRequired> logins;
  for (int i = 0; i < users; ++i) logins.push_back(first_factor());
  const auto outcomes = run_concurrently<std::string>(*this, users, [&](db::Connection& connection, int i) {
    const auto mine = resources_on(connection);
    return outcome(domain::complete_login(mine, logins[static_cast<std::size_t>(i)].mfa_token,
                                          recovery(recovery_codes.front()), origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
  BOOST_TEST(count_rows("recovery_codes") == 9);
}

BOOST_AUTO_TEST_CASE(of_concurrent_uses_of_one_mfa_token_one_succeeds) {
  enable_totp();
  const auto login = first_factor();
  const auto outcomes = run_concurrently<std::string>(*this, 6, [&](db::Connection& connection, int i) {
    const auto mine = resources_on(connection);
    return outcome(domain::complete_login(mine, login.mfa_token,
                                          recovery(recovery_codes[static_cast<std::size_t>(i)]), origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
}

BOOST_AUTO_TEST_CASE(mfa_token_is_valid_once_for_five_minutes_and_five_failures) {
  enable_totp();
  const auto used = first_factor();
  BOOST_TEST(completed(used, recovery(recovery_codes[0])) == "ok");
  BOOST_TEST(completed(used, recovery(recovery_codes[1])) == "invalid_mfa_token");
  const auto expired = first_factor();
  execute("update taskward.mfa_logins set expires_at = expires_at - interval '5 minutes'");
  BOOST_TEST(completed(expired, recovery(recovery_codes[1])) == "invalid_mfa_token");
  const auto guessed = first_factor();
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(completed(guessed, recovery("0000-0000-0000-0000")) == "invalid_mfa_code");
  BOOST_TEST(completed(guessed, recovery(recovery_codes[1])) == "invalid_mfa_token");
  BOOST_TEST(outcome(domain::complete_login(resources, Secret("unknown"), totp(code()), origin)) ==
             "invalid_mfa_token");
  BOOST_TEST(outcome(domain::Authentication::verify<model::Permission::own_profile>(
                 resources, first_factor().mfa_token.reveal())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(mfa_token_ends_with_a_new_password_and_with_the_account) {
  enable_totp();
  const auto login = first_factor();
  execute("update taskward.users set auth_epoch = auth_epoch + 1");
  BOOST_TEST(completed(login, totp(code())) == "invalid_mfa_token");
  const auto other = first_factor();
  execute("update taskward.users set is_active = false");
  BOOST_TEST(completed(other, totp(code())) == "invalid_mfa_token");
}

BOOST_AUTO_TEST_CASE(wrong_codes_lock_totp_but_not_the_other_factors_or_the_password) {
  enable_totp();
  for (int i = 0; i < model::kLockAfter; ++i)
    BOOST_TEST(completed(first_factor(), totp(wrong_code())) == "invalid_mfa_code");
  const auto locked = domain::complete_login(resources, first_factor().mfa_token, totp(code()), origin);
  BOOST_TEST_REQUIRE(outcome(locked) == "totp_locked");
  BOOST_TEST_REQUIRE(locked.error().retry_after.has_value());
  BOOST_TEST(*locked.error().retry_after > std::chrono::seconds(800));
  BOOST_TEST(completed(first_factor(), recovery(recovery_codes[0])) == "ok");
  execute("update taskward.totp set locked_until = locked_until - interval '15 minutes'");
  BOOST_TEST(completed(first_factor(), totp(code())) == "ok");
  BOOST_TEST(text("select (failures + locks)::text from taskward.totp") == "0");
}

BOOST_AUTO_TEST_CASE(recovery_code_is_typed_in_any_case_and_its_owner_is_told) {
  enable_totp();
  std::string typed;
  for (const char c : recovery_codes[3]) typed += c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  BOOST_TEST(completed(first_factor(), recovery(typed)) == "ok");
  BOOST_TEST(completed(first_factor(), recovery(recovery_codes[3])) == "invalid_mfa_code");
  BOOST_TEST(mail_lines().back() == "recovery_code_used ann@example.com");
  BOOST_TEST(store::find_own_account(service, access)->factors.recovery_codes == 9);
}

BOOST_AUTO_TEST_CASE(new_recovery_codes_replace_the_old_ones) {
  BOOST_TEST(outcome(domain::renew_recovery_codes(resources, access, origin)) == "not_found");
  enable_totp();
  const auto fresh = domain::renew_recovery_codes(resources, access, origin);
  BOOST_TEST_REQUIRE(outcome(fresh) == "ok");
  BOOST_TEST(completed(first_factor(), recovery(recovery_codes[0])) == "invalid_mfa_code");
  BOOST_TEST(completed(first_factor(), recovery(std::string(fresh->front().reveal()))) == "ok");
}

BOOST_AUTO_TEST_CASE(disabling_totp_removes_the_recovery_codes_and_the_second_step) {
  enable_totp();
  BOOST_TEST(outcome(domain::disable_totp(resources, access, origin)) == "ok");
  BOOST_TEST(count_rows("recovery_codes") == 0);
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(outcome(domain::disable_totp(resources, access, origin)) == "not_found");
  BOOST_TEST(mail_lines().back() == "second_factor_removed ann@example.com");
}

BOOST_AUTO_TEST_CASE(password_reset_leaves_the_second_factor) {
  enable_totp();
  const SentCode sent = reset_code(kAnn);
  BOOST_TEST(outcome(domain::reset_password(resources, kAnn, with_challenge(sent),
                                            Secret("another long secret"), origin)) == "ok");
  BOOST_TEST(outcome(log_in(kAnn, "another long secret")) == "mfa_required");
}

BOOST_AUTO_TEST_CASE(wrong_password_is_answered_alike_with_and_without_second_factor) {
  enable_totp();
  BOOST_TEST(outcome(log_in(kAnn, "wrong")) == "invalid_credentials");
  BOOST_TEST(outcome(log_in("nobody@example.com", "wrong")) == "invalid_credentials");
  BOOST_TEST(count_rows("mfa_logins") == 0);
}

BOOST_AUTO_TEST_CASE(reauthentication_with_the_password_renews_a_session_of_one_factor) {
  execute("update taskward.sessions set authenticated_at = now() - interval '1 hour'");
  auto stale = domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin);
  access = access_by(stale->access_token);
  BOOST_TEST(outcome(domain::require_recent(resources, access, Assurance::recent)) ==
             "reauthentication_required");
  BOOST_TEST(outcome(domain::require_recent(resources, access, Assurance::usual)) == "ok");
  BOOST_TEST(outcome(domain::require_recent(resources, access, Assurance::confirmed)) == "ok");
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, Secret("wrong"), origin)) ==
             "invalid_credentials");
  auto renewed = domain::reauthenticate(resources, access, password, origin);
  BOOST_TEST_REQUIRE(outcome(renewed) == "ok");
  BOOST_TEST(outcome(domain::require_recent(resources, access_by(renewed->access_token),
                                            Assurance::recent)) == "ok");
  const SentCode sent = login_code(kAnn);
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, with_challenge(sent), origin)) == "ok");
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, with_challenge(sent), origin)) ==
             "invalid_otp");
}

BOOST_AUTO_TEST_CASE(account_with_second_factor_is_reauthenticated_with_it_only) {
  const auto before = log_in(kAnn);  // a session of one factor
  enable_totp();
  const auto one_factor = access_of(before);
  BOOST_TEST(outcome(domain::reauthenticate(resources, one_factor, password, origin)) ==
             "reauthentication_required");
  const SentCode sent = login_code(kAnn);
  BOOST_TEST(outcome(domain::reauthenticate(resources, one_factor, with_challenge(sent), origin)) ==
             "reauthentication_required");
  BOOST_TEST(outcome(domain::reauthenticate(resources, one_factor, totp(wrong_code()), origin)) ==
             "invalid_mfa_code");
  auto raised = domain::reauthenticate(resources, one_factor, totp(code()), origin);
  BOOST_TEST_REQUIRE(outcome(raised) == "ok");
  BOOST_TEST((methods_of(raised->access_token) == model::AuthenticationMethods{M::pwd, M::otp, M::mfa}));
}

BOOST_AUTO_TEST_CASE(session_of_one_factor_cannot_change_an_account_with_two) {
  const auto before = log_in(kAnn);
  enable_totp();
  for (const Assurance assurance : {Assurance::recent, Assurance::confirmed, Assurance::enrollment}) {
    const auto one_factor = access_by(before->access_token, assurance);
    BOOST_TEST(outcome(store::check_access(service, one_factor, stamp())) == "forbidden");
    BOOST_TEST((domain::refusal_of(resources, one_factor).code == ErrorCode::reauthentication_required));
  }
  BOOST_TEST(outcome(store::check_access(service, access_by(before->access_token), stamp())) == "ok");
}

BOOST_AUTO_TEST_CASE(required_second_factor_is_asked_for_from_the_next_request_on) {
  rules.mfa_policy = model::MfaPolicy::admin;
  BOOST_TEST(outcome(store::check_access(service, access_of(pair), stamp())) == "ok");
  execute("update taskward.users set role = 'admin'");
  BOOST_TEST(outcome(store::check_access(service, access_of(pair), stamp())) == "forbidden");
  BOOST_TEST((domain::refusal_of(resources, access_of(pair)).code == ErrorCode::mfa_enrollment_required));
  BOOST_TEST(outcome(store::check_access(service, access_by(pair->access_token, Assurance::enrollment),
                                         stamp())) == "ok");
  BOOST_TEST(outcome(store::check_access(service, access_by(pair->access_token, Assurance::session),
                                         stamp())) == "ok");
  access = access_by(pair->access_token, Assurance::enrollment);
  enable_totp();
  BOOST_TEST(outcome(store::check_access(service, access, stamp())) == "ok");
  BOOST_TEST((domain::refusal_of(resources, access_of(pair)).code == ErrorCode::reauthentication_required));
}

BOOST_AUTO_TEST_CASE(reset_removes_all_factors_ends_the_sessions_and_is_recorded) {
  enable_totp();
  const auto operation = store::Actor::the_operator();
  BOOST_TEST(outcome(domain::reset_factors(resources, operation, ann.id, origin)) == "ok");
  BOOST_TEST(count_rows("totp") + count_rows("recovery_codes") == 0);
  BOOST_TEST(outcome(store::check_access(service, access, stamp())) == "invalid_token");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(count_rows("audit where action = 'mfa.reset' and object_id = '" + ann.id.text() + "'") == 1);
  BOOST_TEST(mail_lines().back() == "second_factor_removed ann@example.com");
  BOOST_TEST(outcome(domain::reset_factors(resources, operation, UserId{}, origin)) == "not_found");
}

BOOST_AUTO_TEST_CASE(account_with_a_factor_gets_another_only_from_a_session_that_proved_it) {
  auto enrollment = domain::enroll_totp(resources, access, origin);
  BOOST_TEST_REQUIRE(outcome(enrollment) == "ok");
  secret = crypto::from_base32(enrollment->secret.reveal()).value();
  execute("update taskward.users set second_factor = true");  // by another session, with a passkey
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(code()), origin)) == "not_found");
  BOOST_TEST(count_rows("totp where confirmed_at is not null") == 0);
  execute("update taskward.sessions set amr = '{pwd,otp,mfa}'");
  BOOST_TEST(outcome(domain::confirm_totp(resources, access, Secret(code()), origin)) == "ok");
}

BOOST_AUTO_TEST_CASE(session_has_one_factor_when_the_other_was_removed) {
  enable_totp();
  BOOST_TEST(outcome(domain::disable_totp(resources, access, origin)) == "ok");
  BOOST_TEST(count_rows("sessions where 'mfa' = any(amr)") == 0);
  execute("update taskward.sessions set amr = '{pwd,otp,mfa}'");
  auto renewed = domain::reauthenticate(resources, access, password, origin);
  BOOST_TEST_REQUIRE(outcome(renewed) == "ok");
  BOOST_TEST((methods_of(renewed->access_token).level() == model::AssuranceLevel::aal1));
}

BOOST_AUTO_TEST_CASE(ten_recovery_codes_are_tried_in_an_hour_and_other_factors_stay_usable) {
  enable_totp();
  rules.limit_exempt.clear();
  const auto forget_clients = [&] { execute("delete from taskward.attempts where kind <> 'recovery_code'"); };
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(completed(first_factor(), recovery("0000-0000-0000-0000")) == "invalid_mfa_code");
    forget_clients();
  }
  BOOST_TEST(completed(first_factor(), recovery(recovery_codes[0])) == "too_many_requests");
  BOOST_TEST(completed(first_factor(), totp(code())) == "ok");
}

BOOST_AUTO_TEST_CASE(reset_removes_a_passkey_that_is_added_meanwhile) {
  const auto other = connect();
  std::string result;
  {
    db::Transaction transaction(*other);
    other->query("update taskward.users set second_factor = true where id = $1::uuid",
                 db::Params().id(ann.id));
    other->query(
        "insert into taskward.passkeys (user_id, id, credential_id, public_key, algorithm, name, sign_count,"
        " is_backup_eligible, is_backed_up, aaguid) values ($1::uuid, gen_random_uuid(), 'x', 'x', -7, 'x', "
        "0,"
        " false, false, gen_random_uuid())",
        db::Params().id(ann.id));
    std::jthread resetting([&] {
      result = outcome(domain::reset_factors(resources, store::Actor::the_operator(), ann.id, origin));
    });
    wait_for_blocked(1);
    transaction.commit();
  }
  BOOST_TEST(result == "ok");
  BOOST_TEST(count_rows("passkeys") == 0);
  BOOST_TEST(count_rows("users where second_factor") == 0);
}

BOOST_AUTO_TEST_CASE(every_step_is_recorded) {
  enable_totp();
  BOOST_TEST(completed(first_factor(), totp(wrong_code())) == "invalid_mfa_code");
  BOOST_TEST(completed(first_factor(), totp(code())) == "ok");
  const auto recorded = [&](const std::string& what) { return count_rows("audit where " + what); };
  BOOST_TEST(recorded("action = 'totp.begin' and outcome = 'success'") == 1);
  BOOST_TEST(recorded("action = 'totp.enable' and outcome = 'success'") == 1);
  BOOST_TEST(recorded("action = 'session.challenge' and outcome = 'success' and reason = 'password'") == 2);
  BOOST_TEST(recorded("action = 'session.login' and outcome = 'failure' and reason = 'wrong_totp'") == 1);
  BOOST_TEST(recorded("action = 'session.login' and outcome = 'success' and reason = 'totp'") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
