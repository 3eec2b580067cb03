// The keys tokens are signed and checked with, from the database and the settings.
#pragma once

#include <memory>
#include <mutex>
#include <stdexcept>

#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/db/connection.hpp"

namespace taskward::domain {

struct KeySettings {
  model::JwsAlgorithm algorithm = model::JwsAlgorithm::ES256;
  const Secret& secret_key;      ///< the root of derived keys
  const Secret& jwt_secret_key;  ///< HS256's key; may be empty when another algorithm signs
  crypto::TokenIssuer issuer;
};

/// The keys in the database do not fit SECRET_KEY. Only an operator can mend that.
class UnusableKeys : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// All keys that may verify, the one that signs first. Makes the first key of a key-pair algorithm
/// when there is none. Throws UnusableKeys, and what the connection throws.
[[nodiscard]] std::shared_ptr<const crypto::TokenKeys> load_token_keys(db::Connection& database,
                                                                       const KeySettings& settings,
                                                                       RandomSource& random);

/// The keys in force, shared by the threads of a process and loaded when they are first needed.
class KeyRing {
 public:
  KeyRing(KeySettings settings, RandomSource& random) : settings_(std::move(settings)), random_(random) {}

  /// Throws what load_token_keys throws, as long as they were never loaded. While one thread loads
  /// them the others do not wait: they get db::Unavailable.
  [[nodiscard]] std::shared_ptr<const crypto::TokenKeys> current(db::Connection& database);

 private:
  KeySettings settings_;
  RandomSource& random_;
  std::mutex loading_;
  std::mutex mutex_;
  std::shared_ptr<const crypto::TokenKeys> keys_;  // guarded by mutex_
};

}  // namespace taskward::domain
