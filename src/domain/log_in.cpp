#include "taskward/domain/log_in.hpp"

#include <algorithm>
#include <array>

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/hashing.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/domain/passkeys.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/users.hpp"
#include "token_pairs.hpp"

namespace taskward::domain {
namespace {

using model::AuditAction;
using store::LoginFailure;

/// How long a login awaits the second factor.
constexpr std::chrono::seconds kMfaLifetime{300};

/// The result of a password check. `failure` is empty only for the right password of an active account.
struct Checked {
  std::optional<LoginFailure> failure;
  bool outdated = false;  ///< the password should be hashed again
};

/// Takes the same work with or without an account. The password of a locked account is never right: the error
/// account_locked would reveal that the name belongs to the same account as another one, which was locked.
/// 503 service_unavailable, before any work.
Result<Checked> check(const Resources& resources, const store::LoginRecord& record, const Secret& password,
                      const model::Origin& origin) {
  auto verdict = verify_password(resources, origin, password, record.password_hash);
  if (!verdict) return std::move(verdict).error();
  if (record.is_account_locked) return Checked{LoginFailure::account_locked};
  if (!record.user) return Checked{LoginFailure::unknown_account};
  if (!record.password_hash) return Checked{LoginFailure::no_password};
  if (*verdict == crypto::PasswordMatch::no) return Checked{LoginFailure::wrong_password};
  if (!record.user->is_active) return Checked{LoginFailure::account_inactive};
  return Checked{std::nullopt, *verdict == crypto::PasswordMatch::outdated};
}

/// Replaces the hash by one of the current kind and cost. If no hashing slot is free, the login still
/// succeeds, and the next login tries again.
void rehash(const Resources& resources, const store::LoginRecord& record, const Secret& password,
            const model::Origin& origin) {
  if (auto hash = hash_password(resources, origin, password))
    store::rehash_password(resources.database, record.user->id, *record.password_hash, *hash);
}

std::optional<UserId> user_of(const store::LoginRecord& record) {
  return record.user ? std::optional(record.user->id) : std::nullopt;
}

/// The error for a name that was locked before the password was checked.
Error locked(const Resources& resources, AuditAction action, const store::LoginRecord& record,
             const model::Origin& origin) {
  store::record_failure(resources.database, action, user_of(record), "account_locked",
                        resources.stamp(origin));
  Error refusal(ErrorCode::account_locked);
  refusal.retry_after = std::max(std::chrono::seconds(1), *record.locked_for);
  return refusal;
}

Error failed(const Resources& resources, AuditAction action, const store::LockSubject& subject,
             const store::LoginRecord& record, LoginFailure failure, const model::Origin& origin) {
  auto counted =
      store::count_failed_login(resources.database, action, subject, user_of(record), failure,
                                AuditId::make(resources.clock, resources.random), resources.stamp(origin));
  if (!counted) return std::move(counted).error();
  if (*counted == store::NameState::locked_now) resources.meter.add(model::Metric::lockouts);
  return ErrorCode::invalid_credentials;
}

/// Counts the outcome of a login.
Result<LoginOutcome> counted(const Resources& resources, model::LoginMethod method,
                             Result<LoginOutcome>&& login) {
  const std::string_view outcome = !login ? facts(login.error().code).name
                                   : std::holds_alternative<model::TokenPair>(*login)
                                       ? "success"
                                       : facts(ErrorCode::mfa_required).name;
  resources.meter.add(model::Metric::logins, {model::name(method), outcome});
  return std::move(login);
}

/// What a login starts: a session, or for an account with a second factor a login that awaits it.
struct Beginning {
  store::NewSession stored;
  Secret token;  ///< the refresh token or the MFA token
};

Beginning begin(const Resources& resources, const UserId& user, bool has_second_factor) {
  Beginning begun;
  begun.stored.user = user;
  if (has_second_factor) {
    std::array<std::uint8_t, 32> bytes{};
    resources.random.fill(bytes);
    std::string text = crypto::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    begun.token = Secret::take(text);
    begun.stored.token_hash = crypto::sha256(begun.token.reveal());
    begun.stored.ttl = kMfaLifetime;
  } else {
    begun.stored.id = SessionId::make(resources.clock, resources.random);
    FreshRefreshToken refresh = make_refresh_token(resources, user, *begun.stored.id);
    begun.stored.token_hash = refresh.stored.hash;
    begun.stored.ttl = resources.rules.lifetimes.refresh;
    begun.token = std::move(refresh.text);
  }
  return begun;
}

LoginOutcome outcome(const Resources& resources, Beginning&& begun, store::Begun&& stored,
                     model::AuthenticationMethod method) {
  if (!begun.stored.id) {
    stored.factors.has_passkeys = stored.factors.has_passkeys && resources.rules.relying_party.has_value();
    return SecondFactorRequired{std::move(begun.token), stored.factors, kMfaLifetime};
  }
  return make_pair(resources, {std::move(stored.user), {{method}, resources.clock.now()}}, *begun.stored.id,
                   std::move(begun.token));
}

/// Nothing if the account was changed while the password was being checked.
Result<std::optional<LoginOutcome>> log_in_once(const Resources& resources, const model::AccountName& name,
                                                const Secret& password, const model::Origin& origin) {
  const auto record =
      store::find_login(resources.database, name, lock_subject(resources, name, std::nullopt).bytes);
  if (record.locked_for) return locked(resources, AuditAction::session_login, record, origin);
  const store::LockSubject subject = lock_subject(resources, name, user_of(record));
  const auto checked = check(resources, record, password, origin);
  if (!checked) return checked.error();
  if (checked->failure)
    return failed(resources, AuditAction::session_login, subject, record, *checked->failure, origin);

  const UserId user_id = record.user->id;
  Beginning begun = begin(resources, user_id, record.user->has_second_factor);
  auto user = store::insert_session(resources.database, begun.stored, subject, *record.password_hash,
                                    resources.stamp(origin));
  if (!user && user.error().code == ErrorCode::invalid_credentials) {
    return failed(resources, AuditAction::session_login, subject, record, LoginFailure::account_locked,
                  origin);
  }
  if (!user) {
    store::record_failure(resources.database, AuditAction::session_login, user_id, "account_locked",
                          resources.stamp(origin));
    return std::move(user).error();
  }
  if (!*user) return std::optional<LoginOutcome>();
  if (checked->outdated) rehash(resources, record, password, origin);
  return std::optional(
      outcome(resources, std::move(begun), std::move(**user), model::AuthenticationMethod::pwd));
}

Result<LoginOutcome> log_in_by_password(const Resources& resources, const model::AccountName& name,
                                        const Secret& password, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kLoginLimit, origin); !allowed)
    return std::move(allowed).error();
  // If the account is deactivated, or its password changed or hashed again, while the password is being
  // checked, the check is repeated once.
  for (int tries = 0; tries < 2; ++tries) {
    auto login = log_in_once(resources, name, password, origin);
    if (!login) return std::move(login).error();
    if (*login) return std::move(**login);
  }
  store::record_failure(resources.database, AuditAction::session_login, std::nullopt, "changed_meanwhile",
                        resources.stamp(origin));
  return ErrorCode::invalid_credentials;
}

Result<LoginOutcome> log_in_by_code(const Resources& resources, const std::string& email,
                                    const SubmittedCode& code, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  // The refresh token contains the user id, so the user is looked up, or its id chosen, before the code is
  // checked.
  const model::AccountName name{model::AccountName::Kind::email, email};
  const auto record = store::find_login(resources.database, name, {});
  const std::string address = address_of_code(resources, model::CodePurpose::login, email);
  const UserId user_id = user_of(record).value_or(UserId::make(resources.clock, resources.random));
  Beginning begun = begin(resources, user_id, record.user && record.user->has_second_factor);
  const auto warning = seal_mail(resources.derived_keys.mail, resources.clock, resources.random,
                                 {model::MailKind::address_proved, address, {}}, std::nullopt);
  auto user = store::insert_session(
      resources.database,
      {try_of(resources, model::CodePurpose::login, email, code), address, begun.stored, warning,
       record.user ? store::CodeLogin::Account::there : store::CodeLogin::Account::to_be_created,
       AuditId::make(resources.clock, resources.random), AuditId::make(resources.clock, resources.random),
       resources.rules.is_registration_open ? std::optional(resources.rules.default_role) : std::nullopt},
      resources.stamp(origin));
  if (!user) return std::move(user).error();
  return outcome(resources, std::move(begun), std::move(*user), model::AuthenticationMethod::otp);
}

Reauthenticated granted(const Resources& resources, const model::LiveSession& session, const SessionId& id) {
  return {make_access_token(resources, session, id), resources.rules.lifetimes.access};
}

/// Checks the factor, uses it by `use`, and counts a failure by `fail`.
template <class Use, class Fail>
Result<model::LiveSession> use_factor(const Resources& resources, const store::FactorRecord& record,
                                      const GivenFactor& given, store::ChallengePurpose purpose,
                                      const model::Origin& origin, const Use& use, const Fail& fail) {
  if (given.recovery_code) {
    if (auto allowed = count_attempt(resources, model::kRecoveryCodeLimit, record.user.id, origin); !allowed)
      return std::move(allowed).error();
  }
  const auto failed = [&](store::FactorFailure failure) {
    if (fail(failure)) resources.meter.add(model::Metric::lockouts);
  };
  auto checked = check_factor(resources, record, given, purpose);
  if (auto* refused = std::get_if<RefusedFactor>(&checked)) {
    failed(refused->failure);
    return std::move(refused->error);
  }
  auto session = use(std::get<store::FactorUse>(checked));
  if (!session && (session.error().code == ErrorCode::invalid_mfa_code ||
                   session.error().code == ErrorCode::invalid_passkey)) {
    failed(given.passkey ? store::FactorFailure::wrong_passkey
           : given.totp  ? store::FactorFailure::wrong_totp
                         : store::FactorFailure::wrong_recovery_code);
  }
  return session;
}

/// The label of the metric.
std::string_view name(const GivenFactor& factor) {
  if (factor.passkey) return "passkey_factor";
  return factor.totp ? "totp" : "recovery_code";
}

Result<model::TokenPair> log_in_by_passkey(const Resources& resources, const GivenPasskey& passkey,
                                           const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto use = check_passkey(resources, passkey, store::ChallengePurpose::login, std::nullopt);
  if (!use) {
    store::record_failure(resources.database, AuditAction::session_login, std::nullopt, "wrong_passkey",
                          resources.stamp(origin));
    return use.error();
  }
  Beginning begun = begin(resources, use->owner, false);
  auto session = store::log_in_with_passkey(resources.database, *use, begun.stored, resources.stamp(origin));
  if (!session) {
    store::record_failure(resources.database, AuditAction::session_login, use->owner, "wrong_passkey",
                          resources.stamp(origin));
    return std::move(session).error();
  }
  return make_pair(resources, std::move(*session), *begun.stored.id, std::move(begun.token));
}

}  // namespace

Result<model::TokenPair> complete_login(const Resources& resources, const Secret& mfa_token,
                                        const GivenFactor& factor, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  const crypto::Sha256 token = crypto::sha256(mfa_token.reveal());
  const auto record = store::find_factors(resources.database, token);
  if (!record) {
    store::record_failure(resources.database, AuditAction::session_login, std::nullopt, "invalid_mfa_token",
                          resources.stamp(origin));
    return record.error();
  }
  Beginning begun = begin(resources, record->user.id, false);
  auto session = use_factor(
      resources, *record, factor, store::ChallengePurpose::mfa, origin,
      [&](const store::FactorUse& use) {
        return store::complete_login(resources.database, token, use, begun.stored, resources.stamp(origin));
      },
      [&](store::FactorFailure failure) {
        return store::count_failed_factor(resources.database, token, record->user.id, failure,
                                          resources.stamp(origin));
      });
  const std::string_view outcome = session ? "success" : facts(session.error().code).name;
  resources.meter.add(model::Metric::logins, {name(factor), outcome});
  if (!session) return std::move(session).error();
  return make_pair(resources, std::move(*session), *begun.stored.id, std::move(begun.token));
}

Result<Reauthenticated> reauthenticate(const Resources& resources, const store::OwnProfile& access,
                                       const Secret& password, const model::Origin& origin) {
  const auto caller =
      confirm_password(resources, access, password, AuditAction::session_reauthenticate, origin);
  if (!caller) return caller.error();
  const auto session =
      store::reauthenticate(resources.database, access, caller->password_hash, resources.stamp(origin));
  if (!session) return session.error();
  return granted(resources, *session, access.session());
}

Result<Reauthenticated> reauthenticate(const Resources& resources, const store::OwnProfile& access,
                                       const SubmittedCode& code, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeCheckLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  // Without an address no code can have been sent, so every code is wrong.
  const auto attempt = try_of(resources, model::CodePurpose::login, user->email.value_or(""), code);
  const auto session = store::reauthenticate(resources.database, access, attempt, resources.stamp(origin));
  if (!session && session.error().code == ErrorCode::invalid_otp) {
    store::record_failure(resources.database, AuditAction::session_reauthenticate, access.user(),
                          "invalid_code", resources.stamp(origin));
  }
  if (!session) return session.error();
  return granted(resources, *session, access.session());
}

Result<Reauthenticated> reauthenticate(const Resources& resources, const store::OwnProfile& access,
                                       const GivenFactor& factor, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto record = store::find_factors(resources.database, access);
  if (!record) return record.error();
  const auto session = use_factor(
      resources, *record, factor, store::ChallengePurpose::reauthentication, origin,
      [&](const store::FactorUse& use) {
        return store::reauthenticate(resources.database, access, use, resources.stamp(origin));
      },
      [&](store::FactorFailure failure) {
        return store::count_failed_factor(resources.database, access, failure, resources.stamp(origin));
      });
  if (!session) return session.error();
  return granted(resources, *session, access.session());
}

Result<LoginOutcome> log_in(const Resources& resources, const model::AccountName& name,
                            const Secret& password, const model::Origin& origin) {
  return counted(resources, model::LoginMethod::password,
                 log_in_by_password(resources, name, password, origin));
}

Result<LoginOutcome> log_in(const Resources& resources, const std::string& email, const SubmittedCode& code,
                            const model::Origin& origin) {
  return counted(resources, model::LoginMethod::otp, log_in_by_code(resources, email, code, origin));
}

Result<model::TokenPair> log_in(const Resources& resources, const GivenPasskey& passkey,
                                const model::Origin& origin) {
  auto pair = log_in_by_passkey(resources, passkey, origin);
  resources.meter.add(model::Metric::logins, {model::name(model::LoginMethod::passkey),
                                              pair ? "success" : facts(pair.error().code).name});
  return pair;
}

Result<ConfirmedCaller> confirm_password(const Resources& resources,
                                         const model::SessionAccess<model::Permission::own_profile>& access,
                                         const Secret& password, AuditAction action,
                                         const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kLoginLimit, origin); !allowed)
    return std::move(allowed).error();
  auto record = store::find_own_login(resources.database, access);
  if (!record) return record.error();
  if (record->locked_for) return locked(resources, action, *record, origin);
  const auto checked = check(resources, *record, password, origin);
  if (!checked) return checked.error();
  if (checked->failure) {
    Error refusal =
        failed(resources, action, lock_subject(access.user()), *record, *checked->failure, origin);
    if (refusal.code == ErrorCode::invalid_credentials && *checked->failure == LoginFailure::no_password)
      refusal.detail =
          "This account has no password; set one with a code sent by e-mail (POST /auth/password/forgot).";
    return refusal;
  }
  return ConfirmedCaller{std::move(*record->user), std::move(*record->password_hash)};
}

}  // namespace taskward::domain
