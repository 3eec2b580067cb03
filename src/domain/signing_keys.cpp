#include "taskward/domain/signing_keys.hpp"

#include <algorithm>

#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/store/keys.hpp"

namespace taskward::domain {
namespace {

using crypto::SigningKey;
using model::JwsAlgorithm;
using model::KeyState;
using store::StoredKey;

constexpr std::string_view kPurpose = "taskward sealing of private signing keys, version 1";

Secret sealing_key_of(const KeySettings& settings) {
  return crypto::derive_key(settings.secret_key, kPurpose);
}

/// The key that signs refresh tokens while the key `kid` signs access tokens, and verifies as long as that
/// one does: rotating or revoking the one is doing so to the other.
SigningKey refresh_key_of(const KeySettings& settings, std::string_view kid) {
  return SigningKey::hs256(crypto::derive_key(
      settings.secret_key, "taskward refresh tokens with signing key " + std::string(kid) + ", version 1"));
}

/// Authenticated with the ciphertext, so that the private keys of rows cannot be exchanged.
std::string seal_context(std::string_view kid, JwsAlgorithm algorithm) {
  return std::string(model::name(algorithm)) + ':' + std::string(kid);
}

SigningKey unsealed(const StoredKey& stored, const Secret& sealing_key) {
  const model::SigningKeyInfo& info = stored.info;
  const auto der =
      crypto::open_sealed(sealing_key, stored.sealed_private_key, seal_context(info.kid, info.algorithm));
  if (!der) {
    throw UnusableKeys("signing key " + info.kid +
                       " in the database cannot be decrypted with this SECRET_KEY: restore the SECRET_KEY "
                       "with which it was created, or, if that is lost, delete its row from "
                       "taskward.signing_keys; users with tokens of that key must then log in again");
  }
  auto key = SigningKey::from_pkcs8(info.algorithm, *der);
  if (!key || key->kid() != info.kid) {
    throw UnusableKeys("signing key " + info.kid +
                       " in the database is damaged: delete its row from taskward.signing_keys");
  }
  return std::move(*key);
}

store::NewKey fresh_key(const KeySettings& settings, RandomSource& random) {
  const SigningKey fresh = SigningKey::generate(settings.algorithm);
  const Secret der = fresh.pkcs8();
  return {fresh.kid(), fresh.algorithm(), fresh.public_der(),
          crypto::seal(sealing_key_of(settings), der.reveal(), seal_context(fresh.kid(), fresh.algorithm()),
                       random)};
}

bool signs(const StoredKey& key, JwsAlgorithm algorithm) {
  return key.info.state == KeyState::signing && key.info.algorithm == algorithm;
}

bool has_signer(const std::vector<StoredKey>& stored, JwsAlgorithm algorithm) {
  return std::any_of(stored.begin(), stored.end(),
                     [&](const StoredKey& key) { return signs(key, algorithm); });
}

/// The keys in the database. Creates a signing key if the configured algorithm uses key pairs and has none.
std::vector<StoredKey> stored_keys(db::Connection& database, const KeySettings& settings,
                                   RandomSource& random) {
  auto stored = store::usable_keys(database);
  if (settings.algorithm == JwsAlgorithm::HS256 || has_signer(stored, settings.algorithm)) return stored;
  // Checks that SECRET_KEY decrypts the other keys before a new key is encrypted with it.
  const Secret sealing_key = sealing_key_of(settings);
  for (const StoredKey& one : stored) static_cast<void>(unsealed(one, sealing_key));
  store::ensure_signer(database, fresh_key(settings, random));
  return store::usable_keys(database);
}

std::shared_ptr<const crypto::TokenKeys> token_keys(const std::vector<StoredKey>& stored,
                                                    const KeySettings& settings) {
  const Secret sealing_key = sealing_key_of(settings);
  std::optional<SigningKey> signer;
  // After a change of JWT_ALG the keys of other algorithms still verify, so no session ends.
  std::vector<crypto::VerificationKey> verifiers;
  for (const StoredKey& one : stored) {
    SigningKey key = unsealed(one, sealing_key);
    if (signs(one, settings.algorithm))
      signer = std::move(key);
    else
      verifiers.push_back(key.verification_key());
  }
  if (settings.algorithm == JwsAlgorithm::HS256) {
    if (settings.jwt_secret_key.empty()) throw UnusableKeys("JWT_ALG=HS256 needs a JWT_SECRET_KEY");
    signer = SigningKey::hs256(settings.jwt_secret_key);
  } else if (!settings.jwt_secret_key.empty()) {
    verifiers.push_back(crypto::VerificationKey::hs256(settings.jwt_secret_key));
  }
  if (!signer) throw UnusableKeys("there is no key for signing tokens");
  std::vector<SigningKey> refresh_keys;
  refresh_keys.push_back(refresh_key_of(settings, signer->kid()));
  for (const crypto::VerificationKey& key : verifiers)
    refresh_keys.push_back(refresh_key_of(settings, key.kid()));
  return std::make_shared<const crypto::TokenKeys>(std::move(*signer), verifiers, std::move(refresh_keys),
                                                   settings.issuer);
}

/// Throws UnusableKeys unless SECRET_KEY decrypts the keys.
void check_secret_key(db::Connection& database, const KeySettings& settings) {
  const Secret sealing_key = sealing_key_of(settings);
  for (const StoredKey& one : store::usable_keys(database)) static_cast<void>(unsealed(one, sealing_key));
}

/// The key ids and the signer; differs whenever the result of token_keys() would differ.
std::vector<std::string> key_ids_of(const std::vector<StoredKey>& stored, JwsAlgorithm algorithm) {
  std::vector<std::string> key_ids;
  std::string signer;
  for (const StoredKey& one : stored) {
    key_ids.push_back(one.info.kid);
    if (signs(one, algorithm)) signer = one.info.kid;
  }
  std::sort(key_ids.begin(), key_ids.end());
  key_ids.push_back(signer);
  return key_ids;
}

}  // namespace

std::shared_ptr<const crypto::TokenKeys> load_token_keys(db::Connection& database,
                                                         const KeySettings& settings, RandomSource& random) {
  return token_keys(stored_keys(database, settings, random), settings);
}

std::vector<model::SigningKeyInfo> list_keys(db::Connection& database, const KeySettings& settings) {
  auto keys = store::every_key(database);
  for (auto& key : keys) {
    if (key.algorithm == settings.algorithm) continue;
    if (key.state == KeyState::signing || key.state == KeyState::next) key.state = KeyState::verifying;
  }
  if (!settings.jwt_secret_key.empty()) {
    model::SigningKeyInfo shared;
    shared.kid = crypto::VerificationKey::hs256(settings.jwt_secret_key).kid();
    shared.algorithm = JwsAlgorithm::HS256;
    shared.state = settings.algorithm == JwsAlgorithm::HS256 ? KeyState::signing : KeyState::verifying;
    keys.insert(keys.begin(), std::move(shared));
  }
  return keys;
}

RotatedKey rotate_keys(db::Connection& database, const KeySettings& settings, RandomSource& random,
                       const Rotation& rotation, const model::AuditStamp& stamp) {
  check_secret_key(database, settings);
  const store::NewKey fresh = fresh_key(settings, random);
  const Timestamp signs_from =
      store::rotate(database, fresh, {rotation.lead, rotation.refresh_token_ttl + kKeyGracePeriod}, stamp);
  return {fresh.kid, signs_from};
}

Result<Revocation> revoke_key(db::Connection& database, const KeySettings& settings, RandomSource& random,
                              const std::string& kid, const model::AuditStamp& stamp) {
  std::optional<store::NewKey> fresh;
  if (settings.algorithm != JwsAlgorithm::HS256) {
    check_secret_key(database, settings);
    fresh = fresh_key(settings, random);
  }
  const auto before = store::revoke(database, kid, fresh ? &*fresh : nullptr, stamp);
  if (!before) return Error(ErrorCode::not_found, "No key has this id.");
  Revocation done{*before, std::nullopt};
  for (const StoredKey& one : store::usable_keys(database)) {
    if (signs(one, settings.algorithm)) done.signer = one.info.kid;
  }
  return done;
}

KeyRing::Keys KeyRing::held(Age age) {
  const std::scoped_lock lock(mutex_);
  return age == Age::any || std::chrono::steady_clock::now() < next_reload_ ? keys_ : nullptr;
}

void KeyRing::keep(Keys keys) {
  const std::scoped_lock lock(mutex_);
  keys_ = std::move(keys);
  next_reload_ = std::chrono::steady_clock::now() + interval_;
}

void KeyRing::reload(db::Connection& database) {
  const auto stored = stored_keys(database, settings_, random_);
  if (clock_ != nullptr) clock_->compare(database);
  auto key_ids = key_ids_of(stored, settings_.algorithm);
  auto keys = held(Age::any);
  if (keys == nullptr || key_ids != key_ids_) {
    keys = token_keys(stored, settings_);
    key_ids_ = std::move(key_ids);
  }
  keep(std::move(keys));
}

KeyRing::Keys KeyRing::current(db::Connection& database) {
  if (auto fresh = held(Age::fresh)) return fresh;
  const std::unique_lock reloading(reloading_, std::try_to_lock);
  auto old = held(reloading.owns_lock() ? Age::fresh : Age::any);
  if (old != nullptr) return old;
  if (!reloading.owns_lock()) throw db::Unavailable("the signing keys are being loaded");
  old = held(Age::any);
  try {
    reload(database);
  } catch (const UnusableKeys&) {
    keep(nullptr);
    throw;
  } catch (const db::Unavailable&) {
    if (old == nullptr) throw;
    keep(old);
  } catch (const db::OutcomeUnknown&) {
    if (old == nullptr) throw;
    keep(old);
  }
  return held(Age::any);
}

}  // namespace taskward::domain
