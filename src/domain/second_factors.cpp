#include "taskward/domain/second_factors.hpp"

#include <algorithm>

#include "factor_changes.hpp"
#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/qr_code.hpp"
#include "taskward/crypto/totp.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/passkeys.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/users.hpp"
#include "token_pairs.hpp"

namespace taskward::domain {
namespace {

/// Throws if the secret cannot be decrypted.
Secret open_totp(const Resources& resources, const UserId& user, const std::string& sealed) {
  auto secret = crypto::open_sealed(resources.derived_keys.totp, sealed, totp_context(user));
  if (!secret)
    throw std::runtime_error("a TOTP secret cannot be decrypted: it was encrypted under another SECRET_KEY");
  return std::move(*secret);
}

}  // namespace

Result<TotpEnrollment> enroll_totp(const Resources& resources, const OwnProfile& access,
                                   const model::Origin& origin) {
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  const Secret secret = crypto::new_totp_secret(resources.random);
  const std::string sealed = crypto::seal(resources.derived_keys.totp, secret.reveal(),
                                          totp_context(access.user()), resources.random);
  if (auto begun = store::begin_totp(resources.database, access, sealed, resources.stamp(origin)); !begun)
    return std::move(begun).error();
  TotpEnrollment enrollment;
  std::string text = crypto::base32(secret.reveal());
  enrollment.secret = Secret::take(text);
  enrollment.otpauth_uri = crypto::otpauth_uri("Taskward", label_of(*user), secret);
  enrollment.qr_svg = crypto::qr_svg(enrollment.otpauth_uri);
  enrollment.expires_in = model::kTotpPendingLifetime;
  return enrollment;
}

Result<NewFactor> confirm_totp(const Resources& resources, const OwnProfile& access, const Secret& code,
                               const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto sealed = store::find_pending_totp(resources.database, access);
  if (!sealed) return sealed.error();
  const Secret secret = open_totp(resources, access.user(), *sealed);
  const auto step = crypto::matching_totp_step(secret, code.reveal(), resources.clock.now());
  if (!step) {
    store::record_failure(resources.database, model::AuditAction::totp_enable, access.user(), "wrong_totp",
                          resources.stamp(origin));
    return ErrorCode::invalid_mfa_code;
  }
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  RecoveryCodes codes = make_recovery_codes(resources, access.user());
  const auto mail = notice(resources, model::MailKind::second_factor_added, *user, {{"factor", "TOTP"}});
  auto confirmed = store::confirm_totp(resources.database, access, *sealed, *step, codes.hashes, mail,
                                       resources.stamp(origin));
  if (!confirmed) return std::move(confirmed).error();
  NewFactor added;
  if (confirmed->has_new_codes) added.recovery_codes = std::move(codes.texts);
  added.access_token = make_access_token(resources, confirmed->session, access.session());
  added.expires_in = resources.rules.lifetimes.access;
  return added;
}

Result<Done> disable_totp(const Resources& resources, const OwnProfile& access, const model::Origin& origin) {
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  return store::remove_totp(
      resources.database, access,
      notice(resources, model::MailKind::second_factor_removed, *user, {{"factor", "TOTP"}}),
      resources.stamp(origin));
}

Result<std::vector<Secret>> renew_recovery_codes(const Resources& resources, const OwnProfile& access,
                                                 const model::Origin& origin) {
  RecoveryCodes codes = make_recovery_codes(resources, access.user());
  auto replaced =
      store::replace_recovery_codes(resources.database, access, codes.hashes, resources.stamp(origin));
  if (!replaced) return std::move(replaced).error();
  return std::move(codes.texts);
}

Result<Done> reset_factors(const Resources& resources, const store::Actor& actor, const UserId& user,
                           const model::Origin& origin) {
  // Mail cannot be sealed without the address, which may change meanwhile; the notice then goes to the old
  // one.
  const auto addressee = store::find_addressee(resources.database, actor, user, resources.stamp(origin));
  if (!addressee) return addressee.error();
  model::User owner;
  owner.email = addressee->email;
  return store::reset_factors(
      resources.database, actor, user,
      notice(resources, model::MailKind::second_factor_removed, owner, {{"factor", "all factors"}}),
      resources.stamp(origin));
}

std::variant<store::FactorUse, RefusedFactor> check_factor(const Resources& resources,
                                                           const store::FactorRecord& record,
                                                           const GivenFactor& given,
                                                           store::ChallengePurpose purpose) {
  const auto refused = [](store::FactorFailure failure, Error error) {
    return RefusedFactor{failure, std::move(error)};
  };
  if (given.passkey) {
    auto use = check_passkey(resources, *given.passkey, purpose, record.user.id);
    if (!use) return refused(store::FactorFailure::wrong_passkey, std::move(use).error());
    return store::FactorUse(*use);
  }
  if (given.recovery_code) {
    return store::FactorUse(
        store::RecoveryCodeUse{possible_hashes(resources.derived_keys, record.user.id, *given.recovery_code),
                               notice(resources, model::MailKind::recovery_code_used, record.user, {})});
  }
  if (record.locked_for) {
    Error locked(ErrorCode::totp_locked);
    locked.retry_after = std::max(std::chrono::seconds(1), *record.locked_for);
    return refused(store::FactorFailure::totp_locked, std::move(locked));
  }
  if (record.sealed_totp) {
    const Secret secret = open_totp(resources, record.user.id, *record.sealed_totp);
    if (const auto step = crypto::matching_totp_step(secret, given.totp->reveal(), resources.clock.now()))
      return store::FactorUse(store::TotpUse{*step});
  }
  return refused(store::FactorFailure::wrong_totp, ErrorCode::invalid_mfa_code);
}

}  // namespace taskward::domain
