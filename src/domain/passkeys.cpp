#include "taskward/domain/passkeys.hpp"

#include <array>

#include "factor_changes.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/users.hpp"
#include "token_pairs.hpp"

namespace taskward::domain {
namespace {

using crypto::UserVerification;

std::string new_challenge(const Resources& resources) {
  std::array<std::uint8_t, 32> bytes{};
  resources.random.fill(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr const char* kNoPasskeys = "This service has no passkeys: its setting PUBLIC_URL is empty.";

Error no_passkeys() { return {ErrorCode::not_found, kNoPasskeys, "no PUBLIC_URL"}; }

/// Counts the attempt. 404 not_found without PUBLIC_URL.
Result<std::string> challenge_for_browser(const Resources& resources, const model::Origin& origin) {
  if (!resources.rules.relying_party) return no_passkeys();
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  return new_challenge(resources);
}

Error refused(const char* detail, const char* reason) { return {ErrorCode::invalid_passkey, detail, reason}; }

Error wrong_registration(const char* detail, const char* reason) {
  return {ErrorCode::invalid_passkey_registration, detail, reason};
}

/// The challenge that the browser answers; nothing if it cannot be one of ours.
std::optional<std::string> answered_challenge(const std::string& client_data_json) {
  auto challenge = crypto::challenge_of(client_data_json);
  if (challenge && challenge->size() < crypto::kChallengeMinBytes) challenge.reset();
  return challenge;
}

}  // namespace

Result<PasskeyCreation> begin_registration(const Resources& resources, const OwnProfile& access,
                                           const model::Origin& origin) {
  auto challenge = challenge_for_browser(resources, origin);
  if (!challenge) return std::move(challenge).error();
  auto account = store::begin_registration(resources.database, access, crypto::sha256(*challenge));
  if (!account) return std::move(account).error();
  PasskeyCreation creation;
  creation.rp_id = resources.rules.relying_party->id;
  creation.challenge = std::move(*challenge);
  creation.user = account->user.id;
  creation.name = label_of(account->user);
  creation.display_name = account->user.name.value_or(creation.name);
  creation.exclude = std::move(account->credentials);
  return creation;
}

Result<PasskeyRequest> begin_login(const Resources& resources, const model::Origin& origin) {
  auto challenge = challenge_for_browser(resources, origin);
  if (!challenge) return std::move(challenge).error();
  store::begin_login(resources.database, crypto::sha256(*challenge));
  return PasskeyRequest{resources.rules.relying_party->id, std::move(*challenge), {}};
}

Result<PasskeyRequest> begin_second_factor(const Resources& resources, const Secret& mfa_token,
                                           const model::Origin& origin) {
  auto challenge = challenge_for_browser(resources, origin);
  if (!challenge) return std::move(challenge).error();
  auto account = store::begin_second_factor(resources.database, crypto::sha256(mfa_token.reveal()),
                                            crypto::sha256(*challenge));
  if (!account) return std::move(account).error();
  return PasskeyRequest{resources.rules.relying_party->id, std::move(*challenge),
                        std::move(account->credentials)};
}

Result<PasskeyRequest> begin_reauthentication(const Resources& resources, const OwnProfile& access,
                                              const model::Origin& origin) {
  auto challenge = challenge_for_browser(resources, origin);
  if (!challenge) return std::move(challenge).error();
  auto account = store::begin_reauthentication(resources.database, access, crypto::sha256(*challenge));
  if (!account) return std::move(account).error();
  return PasskeyRequest{resources.rules.relying_party->id, std::move(*challenge),
                        std::move(account->credentials)};
}

namespace {

Result<RegisteredPasskey> registered(const Resources& resources, const OwnProfile& access,
                                     const std::string& name, const GivenRegistration& given,
                                     const model::Origin& origin) {
  if (!resources.rules.relying_party) return no_passkeys();
  if (auto allowed = count_attempt(resources, model::kSecondFactorLimit, origin); !allowed)
    return std::move(allowed).error();
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  // Whether the challenge was issued is checked by the statement that uses it.
  const auto challenge = answered_challenge(given.client_data_json);
  if (!challenge) return wrong_registration("The client data has no challenge.", "no_challenge");
  auto verified =
      crypto::verify_registration(*resources.rules.relying_party, *challenge, given.client_data_json,
                                  given.attestation_object, UserVerification::required);
  if (!verified) return std::move(verified).error();
  if (verified->credential_id != given.credential_id) {
    return wrong_registration("The id is not that of the credential in the attestation object.",
                              "wrong_credential_id");
  }

  RecoveryCodes codes = make_recovery_codes(resources, access.user());
  const auto mail = notice(resources, model::MailKind::second_factor_added, *user, {{"factor", "passkey"}});
  auto added = store::add_passkey(resources.database, access,
                                  {model::PasskeyId::make(resources.clock, resources.random), name,
                                   std::move(*verified), given.transports, crypto::sha256(*challenge)},
                                  codes.hashes, mail, resources.stamp(origin));
  if (!added) return std::move(added).error();
  RegisteredPasskey out;
  out.passkey = std::move(added->passkey);
  if (added->has_new_codes) out.recovery_codes = std::move(codes.texts);
  out.access_token = make_access_token(resources, added->session, access.session());
  out.expires_in = resources.rules.lifetimes.access;
  return out;
}

}  // namespace

Result<RegisteredPasskey> register_passkey(const Resources& resources, const OwnProfile& access,
                                           const std::string& name, const GivenRegistration& given,
                                           const model::Origin& origin) {
  auto added = registered(resources, access, name, given, origin);
  if (!added && added.error().code == ErrorCode::invalid_passkey_registration) {
    store::record_failure(resources.database, model::AuditAction::passkey_register, access.user(),
                          "invalid_passkey", resources.stamp(origin));
  }
  return added;
}

Result<store::PasskeyUse> check_passkey(const Resources& resources, const GivenPasskey& given,
                                        store::ChallengePurpose purpose, const std::optional<UserId>& owner) {
  if (!resources.rules.relying_party) return refused(kNoPasskeys, "no_public_url");
  const auto challenge = answered_challenge(given.assertion.client_data_json);
  if (!challenge) return refused("The client data has no challenge.", "no_challenge");
  const crypto::Sha256 hash = crypto::sha256(*challenge);
  const auto record = store::find_passkey(resources.database, given.credential_id, hash, purpose);
  if (!record || (owner && record->user != *owner)) {
    return refused(owner ? "The passkey is not one of this account." : "The passkey is not known here.",
                   record ? "passkey_of_another_account" : "unknown_passkey");
  }
  if (given.user_handle && *given.user_handle != record->user.uuid.view())
    return refused("The user handle is not that of the owner of the passkey.", "wrong_user_handle");
  if (!record->is_challenge_live) {
    return refused("The challenge was not issued for this purpose, was used, or has expired; begin again.",
                   "unknown_challenge");
  }
  auto asserted = crypto::verify_assertion(*resources.rules.relying_party, *challenge, record->key,
                                           given.assertion, UserVerification::required);
  if (!asserted) return std::move(asserted).error();
  if (asserted->backup_eligible != record->is_backup_eligible)
    return refused("The backup eligibility of a passkey cannot change.", "backup_eligibility_changed");
  return store::PasskeyUse{
      record->id, record->user, hash, asserted->sign_count, asserted->backup_eligible, asserted->backed_up};
}

Result<Done> delete_passkey(const Resources& resources, const OwnProfile& access, const model::PasskeyId& id,
                            const model::Origin& origin) {
  const auto user = store::find_own_profile(resources.database, access);
  if (!user) return user.error();
  return store::remove_passkey(
      resources.database, access, id,
      notice(resources, model::MailKind::second_factor_removed, *user, {{"factor", "passkey"}}),
      resources.stamp(origin));
}

}  // namespace taskward::domain
