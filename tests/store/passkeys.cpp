// Passkeys: registering, logging in without a name and as second factor, and every refusal. A software
// authenticator answers as a browser would.
#include "taskward/store/passkeys.hpp"

#include "authentication_fixture.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/totp.hpp"
#include "taskward/domain/passkeys.hpp"
#include "tests/support/webauthn_authenticator.hpp"

namespace taskward::testing {
namespace {

using domain::GivenFactor;
using domain::GivenPasskey;
using M = model::AuthenticationMethod;

struct PasskeyStoreFixture : AuthenticationFixture {
  PasskeyStoreFixture() { rules.relying_party = {"example.org", "https://tasks.example.org"}; }

  const model::User ann = register_account(kAnn, "ann");
  Result<model::TokenPair> pair = log_in(kAnn);
  domain::OwnProfile access = access_of(pair);
  Authenticator device = counting_from(0);

  /// Of an account whose user id is `handle`.
  static std::string handle_of(const UserId& user) { return std::string(user.uuid.view()); }
  static Authenticator counting_from(std::uint32_t count) {
    Authenticator made;
    made.sign_count = count;
    return made;
  }
  static Authenticator other_device() {
    Authenticator made = counting_from(0);
    made.credential_id = "another credential, for the tests";
    return made;
  }
  static std::string client_data(std::string_view type, const std::string& challenge,
                                 std::string_view origin = "https://tasks.example.org",
                                 std::string_view more = R"(,"crossOrigin":false)") {
    return R"({"type":")" + std::string(type) + R"(","challenge":")" + crypto::base64url(challenge) +
           R"(","origin":")" + std::string(origin) + '"' + std::string(more) + '}';
  }
  static domain::GivenRegistration created(const Authenticator& by, const std::string& challenge) {
    return {
        by.credential_id, client_data("webauthn.create", challenge), by.attestation_object(), {"internal"}};
  }
  static GivenPasskey signed_by(const Authenticator& by, const std::string& challenge,
                                std::optional<std::string> handle = std::nullopt) {
    return {by.credential_id, by.assertion(client_data("webauthn.get", challenge)), std::move(handle)};
  }
  static GivenFactor factor(GivenPasskey passkey) { return {std::nullopt, std::nullopt, std::move(passkey)}; }

  std::string registration_challenge(const domain::OwnProfile& by) {
    auto options = domain::begin_registration(resources, by, origin);
    BOOST_TEST_REQUIRE(outcome(options) == "ok");
    return options->challenge;
  }
  std::string login_challenge() {
    auto options = domain::begin_login(resources, origin);
    BOOST_TEST_REQUIRE(outcome(options) == "ok");
    return options->challenge;
  }
  Result<domain::RegisteredPasskey> registered(const domain::OwnProfile& by, const Authenticator& with,
                                               const std::string& name = "Phone") {
    return domain::register_passkey(resources, by, name, created(with, registration_challenge(by)), origin);
  }
  /// Registers the device in the session of `access`, which then has both factors.
  model::Passkey add(const Authenticator& with) {
    auto added = registered(access, with);
    BOOST_TEST_REQUIRE(outcome(added) == "ok");
    access = access_by(added->access_token);
    return added->passkey;
  }
  domain::OwnProfile access_by(const Secret& token) {
    auto found = domain::Authentication::verify<model::Permission::own_profile>(resources, token.reveal());
    BOOST_TEST_REQUIRE(outcome(found) == "ok");
    return *found;
  }
  Result<model::TokenPair> passkey_login(const Authenticator& by) {
    return domain::log_in(resources, signed_by(by, login_challenge(), handle_of(ann.id)), origin);
  }
  /// The reason in the log if the login is refused with invalid_passkey.
  std::string refusal(const GivenPasskey& given) {
    const auto login = domain::log_in(resources, given, origin);
    if (login) return "ok";
    BOOST_TEST(outcome(login) == "invalid_passkey");
    return login.error().internal;
  }
  std::string refusal(const Authenticator& by) { return refusal(signed_by(by, login_challenge())); }
  domain::SecondFactorRequired first_factor() {
    auto login = domain::log_in(resources, model::AccountName::of(kAnn), password, origin);
    BOOST_TEST_REQUIRE(outcome(login) == "ok");
    BOOST_TEST_REQUIRE(std::holds_alternative<domain::SecondFactorRequired>(*login));
    return std::get<domain::SecondFactorRequired>(std::move(*login));
  }
  std::string factor_challenge(const domain::SecondFactorRequired& login) {
    auto options = domain::begin_second_factor(resources, login.mfa_token, origin);
    BOOST_TEST_REQUIRE(outcome(options) == "ok");
    return options->challenge;
  }
  model::AuthenticationMethods methods_of(const Secret& token) {
    return claims(token, crypto::TokenKind::access)->authentication.methods;
  }
  std::vector<model::Passkey> passkeys() {
    auto all = store::list_passkeys(service, access);
    BOOST_TEST_REQUIRE(outcome(all) == "ok");
    return *all;
  }
  std::int64_t recorded(const std::string& what) { return count_rows("audit where " + what); }
};

BOOST_FIXTURE_TEST_SUITE(passkeys, PasskeyStoreFixture)

// ---------------------------------------------------------------- registering

BOOST_AUTO_TEST_CASE(options_name_the_account_and_the_passkeys_it_has) {
  auto options = domain::begin_registration(resources, access, origin);
  BOOST_TEST_REQUIRE(outcome(options) == "ok");
  BOOST_TEST(options->rp_id == "example.org");
  BOOST_TEST(options->name == kAnn);
  BOOST_TEST((options->user == ann.id));
  BOOST_TEST(options->challenge.size() == 32U);
  BOOST_TEST(options->exclude.empty());
  add(device);
  options = domain::begin_registration(resources, access, origin);
  BOOST_TEST_REQUIRE(options->exclude.size() == 1U);
  BOOST_TEST(options->exclude[0].credential_id == device.credential_id);
  BOOST_TEST(options->exclude[0].transports == Lines{"internal"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(first_passkey_brings_recovery_codes_and_both_factors) {
  device.flags |= kBackupEligible | kBackedUp;
  auto added = registered(access, device);
  BOOST_TEST_REQUIRE(outcome(added) == "ok");
  BOOST_TEST(added->recovery_codes.size() == 10U);
  BOOST_TEST((methods_of(added->access_token) == model::AuthenticationMethods{M::pwd, M::swk, M::mfa}));
  access = access_by(added->access_token);
  const auto all = passkeys();
  BOOST_TEST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all[0].name == "Phone");
  BOOST_TEST(all[0].is_backup_eligible);
  BOOST_TEST(all[0].is_backed_up);
  BOOST_TEST(!all[0].last_used_at.has_value());
  BOOST_TEST(all[0].transports == Lines{"internal"}, boost::test_tools::per_element());
  BOOST_TEST(outcome(log_in(kAnn)) == "mfa_required");
  BOOST_TEST(recorded("action = 'passkey.register' and outcome = 'success' and object_id = '" +
                      all[0].id.text() + "'") == 1);
  BOOST_TEST(mail_lines() == Lines{"second_factor_added ann@example.com"}, boost::test_tools::per_element());
  const auto account = store::find_own_account(service, access);
  BOOST_TEST(account->factors.passkeys == 1);
  BOOST_TEST(account->factors.recovery_codes == 10);
  auto second = registered(access, other_device());
  BOOST_TEST_REQUIRE(outcome(second) == "ok");
  BOOST_TEST(second->recovery_codes.empty());
}

BOOST_AUTO_TEST_CASE(passkeys_of_every_algorithm_are_registered_and_log_in) {
  for (const auto algorithm : crypto::kCoseAlgorithms) {
    Authenticator one(algorithm);
    one.credential_id = "credential of " + std::to_string(static_cast<int>(algorithm));
    one.sign_count = 0;
    add(one);
    BOOST_TEST(outcome(passkey_login(one)) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(registration_challenge_is_used_once_by_its_session_within_five_minutes) {
  const std::string challenge = registration_challenge(access);
  const auto elsewhere = access_of(log_in(kAnn));
  const auto given = created(device, challenge);
  const auto attempt = [&](const domain::OwnProfile& by, const domain::GivenRegistration& what) {
    return outcome(domain::register_passkey(resources, by, "Phone", what, origin));
  };
  BOOST_TEST(attempt(elsewhere, given) == "invalid_passkey_registration");
  BOOST_TEST(attempt(access, given) == "ok");
  BOOST_TEST(attempt(access, created(other_device(), challenge)) == "invalid_passkey_registration");
  const auto expired = created(other_device(), registration_challenge(access));
  execute("update taskward.webauthn_challenges set expires_at = expires_at - interval '5 minutes'");
  BOOST_TEST(attempt(access, expired) == "invalid_passkey_registration");
  BOOST_TEST(attempt(access, created(other_device(), login_challenge())) == "invalid_passkey_registration");
  BOOST_TEST(attempt(access, created(other_device(), "thirty-two bytes of our own making")) ==
             "invalid_passkey_registration");
  BOOST_TEST(attempt(access, created(other_device(), "short")) == "invalid_passkey_registration");
}

BOOST_AUTO_TEST_CASE(wrong_registrations_are_refused) {
  const auto attempt = [&](const std::function<void(domain::GivenRegistration&)>& change,
                           const Authenticator& by) {
    auto given = created(by, registration_challenge(access));
    change(given);
    const auto result = domain::register_passkey(resources, access, "Phone", given, origin);
    return result ? std::string("ok")
                  : std::string(facts(result.error().code).name) + ' ' + result.error().internal;
  };
  const auto unchanged = [](domain::GivenRegistration&) {};
  const auto code = [](const std::string& text) { return text.substr(0, text.find(' ')); };
  BOOST_TEST(attempt([](auto& given) { given.credential_id = "of another passkey"; }, device) ==
             "invalid_passkey_registration wrong_credential_id");
  Authenticator unverified = device;
  unverified.flags = kUserPresent;
  BOOST_TEST(code(attempt(unchanged, unverified)) == "invalid_passkey_registration");
  Authenticator elsewhere = device;
  elsewhere.rp_id = "example.com";
  BOOST_TEST(code(attempt(unchanged, elsewhere)) == "invalid_passkey_registration");
  BOOST_TEST(code(attempt([](auto& given) { given.client_data_json = "{}"; }, device)) ==
             "invalid_passkey_registration");
  BOOST_TEST(count_rows("passkeys") == 0);
  BOOST_TEST(!store::find_own_account(service, access)->has_second_factor);
}

BOOST_AUTO_TEST_CASE(credential_id_is_unique_across_accounts) {
  add(device);
  register_account("bob@example.com", "bob");
  const auto bob = access_of(log_in("bob@example.com"));
  const auto refused = registered(bob, device);
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_passkey_registration");
  BOOST_TEST(refused.error().internal == "registered");
  BOOST_TEST(outcome(log_in("bob@example.com")) == "ok");
  BOOST_TEST(outcome(registered(access, device)) == "invalid_passkey_registration");
}

BOOST_AUTO_TEST_CASE(account_has_at_most_twenty_passkeys_also_when_they_are_registered_concurrently) {
  const auto numbered = [&](int number) {
    Authenticator one = counting_from(0);
    one.credential_id = "credential " + std::to_string(number);
    return one;
  };
  for (int i = 0; i < 17; ++i) add(numbered(i));
  std::vector<domain::GivenRegistration> all;
  for (int i = 0; i < 8; ++i) all.push_back(created(numbered(100 + i), registration_challenge(access)));
  const auto outcomes = run_concurrently<std::string>(*this, 8, [&](db::Connection& connection, int i) {
    return outcome(domain::register_passkey(resources_on(connection), access, "Phone",
                                            all[static_cast<std::size_t>(i)], origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 3);
  BOOST_TEST(count_rows("passkeys") == 20);
}

BOOST_AUTO_TEST_CASE(of_concurrent_uses_of_one_registration_challenge_one_succeeds) {
  const std::string challenge = registration_challenge(access);
  const auto outcomes = run_concurrently<std::string>(*this, 6, [&](db::Connection& connection, int i) {
    Authenticator one = counting_from(0);
    one.credential_id = "credential " + std::to_string(i);
    return outcome(
        domain::register_passkey(resources_on(connection), access, "Phone", created(one, challenge), origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
  BOOST_TEST(count_rows("recovery_codes") == 10);
}

// ---------------------------------------------------------------- logging in without a name

BOOST_AUTO_TEST_CASE(passkey_logs_in_without_a_name_as_both_factors) {
  add(device);
  auto login = passkey_login(device);
  BOOST_TEST_REQUIRE(outcome(login) == "ok");
  BOOST_TEST((login->user.id == ann.id));
  BOOST_TEST((methods_of(login->access_token) == model::AuthenticationMethods{M::hwk, M::mfa}));
  BOOST_TEST((methods_of(login->access_token).level() == model::AssuranceLevel::aal2));
  const auto sessions = store::list_sessions(service, access_of(login));
  BOOST_TEST_REQUIRE(outcome(sessions) == "ok");
  BOOST_TEST(sessions->front().method == "passkey");
  auto next = domain::rotate_tokens(resources, login->refresh_token.reveal(), origin);
  BOOST_TEST_REQUIRE(outcome(next) == "ok");
  BOOST_TEST((methods_of(next->access_token) == methods_of(login->access_token)));
  BOOST_TEST(recorded("action = 'session.login' and outcome = 'success' and reason = 'passkey'") == 1);
  BOOST_TEST(passkeys()[0].last_used_at.has_value());
  BOOST_TEST(outcome(domain::log_in(resources, signed_by(device, login_challenge()), origin)) ==
             "ok");  // no user handle
}

BOOST_AUTO_TEST_CASE(login_challenge_is_used_once_within_five_minutes_and_only_for_a_login) {
  add(device);
  const auto used = signed_by(device, login_challenge());
  BOOST_TEST(refusal(used) == "ok");
  BOOST_TEST(refusal(used) == "unknown_challenge");
  const auto expired = signed_by(device, login_challenge());
  execute("update taskward.webauthn_challenges set expires_at = expires_at - interval '5 minutes'");
  BOOST_TEST(refusal(expired) == "unknown_challenge");
  BOOST_TEST(refusal(signed_by(device, registration_challenge(access))) == "unknown_challenge");
  BOOST_TEST(refusal(signed_by(device, factor_challenge(first_factor()))) == "unknown_challenge");
  BOOST_TEST(refusal(signed_by(device, "thirty-two bytes of our own making")) == "unknown_challenge");
  BOOST_TEST(refusal(signed_by(device, "short")) == "no_challenge");
}

BOOST_AUTO_TEST_CASE(of_concurrent_uses_of_one_login_challenge_one_succeeds) {
  add(device);
  const auto given = signed_by(device, login_challenge());
  const auto outcomes = run_concurrently<std::string>(*this, 8, [&](db::Connection& connection, int) {
    return outcome(domain::log_in(resources_on(connection), given, origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
  BOOST_TEST(count_rows("webauthn_challenges") == 0);
}

BOOST_AUTO_TEST_CASE(wrong_assertions_are_refused_and_recorded) {
  add(device);
  clear_audit();
  BOOST_TEST(refusal(other_device()) == "unknown_passkey");
  BOOST_TEST(refusal(signed_by(device, login_challenge(), handle_of(UserId{}))) == "wrong_user_handle");
  Authenticator wrong = device;
  wrong.rp_id = "example.com";
  BOOST_TEST(!refusal(wrong).empty());
  wrong = device;
  wrong.flags = kUserPresent;
  BOOST_TEST(!refusal(wrong).empty());
  wrong = device;
  wrong.flags |= kBackupEligible;
  BOOST_TEST(refusal(wrong) == "backup_eligibility_changed");
  const auto with = [&](std::string_view type, std::string_view from, std::string_view more = "") {
    const std::string data = client_data(type, login_challenge(), from, more);
    return refusal(GivenPasskey{device.credential_id, device.assertion(data), std::nullopt});
  };
  constexpr std::string_view here = "https://tasks.example.org";
  for (const std::string& one :
       {with("webauthn.create", here), with("webauthn.get", "https://evil.example.org"),
        with("webauthn.get", "http://tasks.example.org"),
        with("webauthn.get", here, R"(,"crossOrigin":true)"),
        with("webauthn.get", here, R"(,"topOrigin":"https://evil.example.org")")})
    BOOST_TEST((!one.empty() && one != "ok"));
  auto forged = signed_by(device, login_challenge());
  forged.assertion.signature.back() = static_cast<char>(forged.assertion.signature.back() ^ 1);
  BOOST_TEST((refusal(forged) != "ok"));
  BOOST_TEST(recorded("action = 'session.login' and outcome = 'failure' and reason = 'wrong_passkey'") == 11);
  BOOST_TEST(recorded("outcome = 'success'") == 0);
}

BOOST_AUTO_TEST_CASE(inactive_account_cannot_log_in_and_a_deleted_passkey_neither) {
  const auto id = add(device).id;
  execute("update taskward.users set is_active = false");
  BOOST_TEST(outcome(passkey_login(device)) == "invalid_passkey");
  execute("update taskward.users set is_active = true");
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  BOOST_TEST(outcome(domain::delete_passkey(resources, access, id, origin)) == "ok");
  BOOST_TEST(outcome(passkey_login(device)) == "invalid_passkey");
}

BOOST_AUTO_TEST_CASE(without_public_url_there_are_no_passkeys) {
  add(device);
  const auto given = signed_by(device, login_challenge());
  const auto registration = created(other_device(), registration_challenge(access));
  const auto waiting = first_factor();
  rules.relying_party.reset();
  BOOST_TEST(outcome(domain::begin_login(resources, origin)) == "not_found");
  BOOST_TEST(outcome(domain::begin_registration(resources, access, origin)) == "not_found");
  BOOST_TEST(outcome(domain::begin_second_factor(resources, waiting.mfa_token, origin)) == "not_found");
  BOOST_TEST(outcome(domain::begin_reauthentication(resources, access, origin)) == "not_found");
  BOOST_TEST(outcome(domain::register_passkey(resources, access, "x", registration, origin)) == "not_found");
  BOOST_TEST(outcome(domain::log_in(resources, given, origin)) == "invalid_passkey");
  BOOST_TEST(!first_factor().factors.has_passkeys);
  BOOST_TEST(passkeys().size() == 1U);
}

// ---------------------------------------------------------------- counters

BOOST_AUTO_TEST_CASE(counter_that_stays_zero_or_increases_is_accepted) {
  add(device);
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  device.sign_count = 5;
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  device.sign_count = 6;
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  BOOST_TEST(number("select sign_count from taskward.passkeys") == 6);
}

BOOST_AUTO_TEST_CASE(counter_that_goes_back_is_recorded_and_refused) {
  device.sign_count = 7;
  add(device);
  for (const std::uint32_t count : {7U, 6U, 0U}) {
    device.sign_count = count;
    BOOST_TEST(outcome(passkey_login(device)) == "invalid_passkey");
  }
  BOOST_TEST(recorded("action = 'passkey.clone' and outcome = 'failure' and object_id = '" + ann.id.text() +
                      "'") == 3);
  BOOST_TEST(number("select sign_count from taskward.passkeys") == 7);
  const auto waiting = first_factor();
  BOOST_TEST(outcome(domain::complete_login(resources, waiting.mfa_token,
                                            factor(signed_by(device, factor_challenge(waiting))), origin)) ==
             "invalid_passkey");
  auto options = domain::begin_reauthentication(resources, access, origin);
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, factor(signed_by(device, options->challenge)),
                                            origin)) == "invalid_passkey");
  BOOST_TEST(recorded("action = 'passkey.clone'") == 5);
  device.sign_count = 8;
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
}

BOOST_AUTO_TEST_CASE(of_concurrent_logins_with_one_count_one_succeeds) {
  device.sign_count = 1;
  add(device);
  device.sign_count = 2;
  std::vector<GivenPasskey> all;
  for (int i = 0; i < 6; ++i) all.push_back(signed_by(device, login_challenge()));
  const auto outcomes = run_concurrently<std::string>(*this, 6, [&](db::Connection& connection, int i) {
    return outcome(domain::log_in(resources_on(connection), all[static_cast<std::size_t>(i)], origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
  BOOST_TEST(recorded("action = 'passkey.clone'") == 5);
}

BOOST_AUTO_TEST_CASE(backup_state_is_updated_by_each_use) {
  device.flags |= kBackupEligible;
  add(device);
  BOOST_TEST(!passkeys()[0].is_backed_up);
  device.flags |= kBackedUp;
  BOOST_TEST(outcome(passkey_login(device)) == "ok");
  BOOST_TEST(passkeys()[0].is_backed_up);
}

// ---------------------------------------------------------------- as second factor

BOOST_AUTO_TEST_CASE(passkey_completes_a_login) {
  add(device);
  const auto login = first_factor();
  BOOST_TEST(login.factors.has_passkeys);
  auto options = domain::begin_second_factor(resources, login.mfa_token, origin);
  BOOST_TEST_REQUIRE(outcome(options) == "ok");
  BOOST_TEST_REQUIRE(options->allow.size() == 1U);
  BOOST_TEST(options->allow[0].credential_id == device.credential_id);
  auto done = domain::complete_login(resources, login.mfa_token,
                                     factor(signed_by(device, options->challenge)), origin);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST((methods_of(done->access_token) == model::AuthenticationMethods{M::pwd, M::hwk, M::mfa}));
  BOOST_TEST(outcome(domain::begin_second_factor(resources, login.mfa_token, origin)) == "invalid_mfa_token");
}

BOOST_AUTO_TEST_CASE(challenge_of_one_login_completes_no_other) {
  add(device);
  const auto one = first_factor();
  const auto other = first_factor();
  const auto given = signed_by(device, factor_challenge(one));
  BOOST_TEST(outcome(domain::complete_login(resources, other.mfa_token, factor(given), origin)) ==
             "invalid_passkey");
  BOOST_TEST(outcome(domain::complete_login(resources, one.mfa_token,
                                            factor(signed_by(device, login_challenge())), origin)) ==
             "invalid_passkey");
  BOOST_TEST(outcome(domain::complete_login(resources, one.mfa_token, factor(given), origin)) == "ok");
  BOOST_TEST(recorded("action = 'session.login' and outcome = 'failure' and reason = 'wrong_passkey'") == 2);
}

BOOST_AUTO_TEST_CASE(passkey_of_somebody_else_completes_no_login) {
  add(device);
  register_account("bob@example.com", "bob");
  const auto bob = access_of(log_in("bob@example.com"));
  const Authenticator his = other_device();
  BOOST_TEST_REQUIRE(outcome(registered(bob, his)) == "ok");
  const auto login = first_factor();
  const auto refused = domain::complete_login(resources, login.mfa_token,
                                              factor(signed_by(his, factor_challenge(login))), origin);
  BOOST_TEST_REQUIRE(outcome(refused) == "invalid_passkey");
  BOOST_TEST(refused.error().internal == "passkey_of_another_account");
  auto options = domain::begin_reauthentication(resources, access, origin);
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, factor(signed_by(his, options->challenge)),
                                            origin)) == "invalid_passkey");
}

BOOST_AUTO_TEST_CASE(five_wrong_passkeys_end_the_login_but_do_not_lock_totp) {
  add(device);
  const auto login = first_factor();
  Authenticator wrong = device;
  wrong.rp_id = "example.com";
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(outcome(domain::complete_login(resources, login.mfa_token,
                                              factor(signed_by(wrong, factor_challenge(login))), origin)) ==
               "invalid_passkey");
  BOOST_TEST(outcome(domain::begin_second_factor(resources, login.mfa_token, origin)) == "invalid_mfa_token");
}

BOOST_AUTO_TEST_CASE(passkey_renews_the_authentication_of_the_session_that_asked) {
  add(device);
  const auto elsewhere = passkey_login(device);
  auto options = domain::begin_reauthentication(resources, access, origin);
  BOOST_TEST_REQUIRE(outcome(options) == "ok");
  const auto given = signed_by(device, options->challenge);
  BOOST_TEST(outcome(domain::reauthenticate(resources, access_of(elsewhere), factor(given), origin)) ==
             "invalid_passkey");
  execute("update taskward.sessions set authenticated_at = now() - interval '1 hour'");
  auto renewed = domain::reauthenticate(resources, access, factor(given), origin);
  BOOST_TEST_REQUIRE(outcome(renewed) == "ok");
  BOOST_TEST(outcome(domain::require_recent(resources, access_by(renewed->access_token),
                                            model::Assurance::recent)) == "ok");
  BOOST_TEST(outcome(domain::reauthenticate(resources, access, factor(given), origin)) == "invalid_passkey");
}

// ---------------------------------------------------------------- renaming and deleting

BOOST_AUTO_TEST_CASE(passkey_is_renamed_by_its_owner_only) {
  const auto id = add(device).id;
  auto renamed = store::rename_passkey(service, access, id, "Security key", stamp());
  BOOST_TEST_REQUIRE(outcome(renamed) == "ok");
  BOOST_TEST(renamed->name == "Security key");
  register_account("bob@example.com", "bob");
  const auto bob = access_of(log_in("bob@example.com"));
  BOOST_TEST(outcome(store::rename_passkey(service, bob, id, "Mine", stamp())) == "not_found");
  BOOST_TEST(outcome(domain::delete_passkey(resources, bob, id, origin)) == "not_found");
  BOOST_TEST(passkeys()[0].name == "Security key");
  BOOST_TEST(recorded("action = 'passkey.rename' and outcome = 'success'") == 1);
}

BOOST_AUTO_TEST_CASE(last_passkey_takes_the_recovery_codes_with_it_unless_totp_is_left) {
  auto enrollment = domain::enroll_totp(resources, access, origin);
  const Secret secret(crypto::from_base32(enrollment->secret.reveal()).value());
  auto totp = domain::confirm_totp(resources, access,
                                   Secret(crypto::totp_code(secret, crypto::totp_step(clock.now()))), origin);
  BOOST_TEST_REQUIRE(outcome(totp) == "ok");
  access = access_by(totp->access_token);
  const auto first = add(device).id;
  const auto second = add(other_device()).id;
  BOOST_TEST(outcome(domain::delete_passkey(resources, access, first, origin)) == "ok");
  BOOST_TEST(outcome(domain::disable_totp(resources, access, origin)) == "ok");
  BOOST_TEST(count_rows("recovery_codes") == 10);
  BOOST_TEST(outcome(log_in(kAnn)) == "mfa_required");
  BOOST_TEST(outcome(domain::delete_passkey(resources, access, second, origin)) == "ok");
  BOOST_TEST(count_rows("recovery_codes") == 0);
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
  BOOST_TEST(outcome(domain::delete_passkey(resources, access, second, origin)) == "not_found");
  BOOST_TEST(recorded("action = 'passkey.delete' and outcome = 'success'") == 2);
  BOOST_TEST(mail_lines().back() == "second_factor_removed ann@example.com");
}

BOOST_AUTO_TEST_CASE(last_way_into_an_account_cannot_be_deleted) {
  const auto first = add(device).id;
  const auto second = add(other_device()).id;
  execute("update taskward.users set email = null, email_verified_at = null, password_hash = null");
  std::vector<model::PasskeyId> ids{first, second};
  const auto outcomes = run_concurrently<std::string>(*this, 2, [&](db::Connection& connection, int i) {
    return outcome(
        domain::delete_passkey(resources_on(connection), access, ids[static_cast<std::size_t>(i)], origin));
  });
  BOOST_TEST(std::ranges::count(outcomes, "ok") == 1);
  BOOST_TEST(std::ranges::count(outcomes, "last_login_method") == 1);
  BOOST_TEST(count_rows("passkeys") == 1);
}

BOOST_AUTO_TEST_CASE(challenges_are_stored_as_hashes) {
  const std::string challenge = login_challenge();
  const std::string stored = dump();
  BOOST_TEST(stored.find(crypto::hex(challenge)) == std::string::npos);
  BOOST_TEST(stored.find(crypto::hex(crypto::view(crypto::sha256(challenge)))) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
