#include "taskward/domain/signing_keys.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/store/keys.hpp"

namespace taskward::domain {
namespace {

using crypto::SigningKey;
using model::JwsAlgorithm;

constexpr std::string_view kPurpose = "taskward sealing of private signing keys, version 1";

/// Bound into the seal, so that one row's private key cannot be put into another's place.
std::string seal_context(std::string_view kid, JwsAlgorithm algorithm) {
  return std::string(model::name(algorithm)) + ':' + std::string(kid);
}

std::vector<SigningKey> unsealed(const std::vector<store::StoredKey>& stored, const Secret& sealing_key) {
  std::vector<SigningKey> keys;
  for (const store::StoredKey& one : stored) {
    const auto der =
        crypto::open_sealed(sealing_key, one.sealed_private_key, seal_context(one.kid, one.algorithm));
    if (!der) {
      throw UnusableKeys(
          "signing key " + one.kid +
          " in the database cannot be opened with this SECRET_KEY: use the SECRET_KEY it was made with");
    }
    auto key = SigningKey::from_pkcs8(one.algorithm, *der);
    if (!key || key->kid() != one.kid)
      throw UnusableKeys("signing key " + one.kid + " in the database is damaged");
    keys.push_back(std::move(*key));
  }
  return keys;
}

void make_first_key(db::Connection& database, JwsAlgorithm algorithm, const Secret& sealing_key,
                    RandomSource& random) {
  const SigningKey fresh = SigningKey::generate(algorithm);
  const Secret der = fresh.pkcs8();
  store::insert_first_key(database, {fresh.kid(), fresh.algorithm(), fresh.public_der(),
                                     crypto::seal(sealing_key, der.reveal(),
                                                  seal_context(fresh.kid(), fresh.algorithm()), random)});
}

}  // namespace

std::shared_ptr<const crypto::TokenKeys> load_token_keys(db::Connection& database,
                                                         const KeySettings& settings, RandomSource& random) {
  const Secret sealing_key = crypto::derive_key(settings.secret_key, kPurpose);
  const auto signs = [&](const SigningKey& key) { return key.algorithm() == settings.algorithm; };
  const auto load = [&] {
    std::vector<SigningKey> keys = unsealed(store::usable_keys(database), sealing_key);
    if (!settings.jwt_secret_key.empty()) keys.push_back(SigningKey::hs256(settings.jwt_secret_key));
    return keys;
  };
  std::vector<SigningKey> keys = load();
  if (settings.algorithm != JwsAlgorithm::HS256 && std::none_of(keys.begin(), keys.end(), signs)) {
    make_first_key(database, settings.algorithm, sealing_key, random);
    keys = load();
  }
  // The other algorithm's keys still verify: a change of JWT_ALG logs nobody out.
  std::stable_partition(keys.begin(), keys.end(), signs);
  if (keys.empty() || !signs(keys.front())) throw UnusableKeys("there is no key to sign tokens with");
  std::vector<crypto::VerificationKey> others;
  for (std::size_t i = 1; i < keys.size(); ++i) others.push_back(keys[i].verification_key());
  return std::make_shared<const crypto::TokenKeys>(std::move(keys.front()), others, settings.issuer);
}

std::shared_ptr<const crypto::TokenKeys> KeyRing::current(db::Connection& database) {
  const auto held = [&] {
    const std::scoped_lock lock(mutex_);
    return keys_;
  };
  if (auto keys = held()) return keys;
  const std::unique_lock loading(loading_, std::try_to_lock);
  if (!loading.owns_lock()) throw db::Unavailable("the signing keys are being loaded");
  if (auto keys = held()) return keys;
  auto keys = load_token_keys(database, settings_, random_);
  const std::scoped_lock lock(mutex_);
  keys_ = keys;
  return keys;
}

}  // namespace taskward::domain
