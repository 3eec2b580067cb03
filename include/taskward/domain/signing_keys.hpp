// The keys that sign and verify tokens, from the database and the settings, and their rotation.
//
// A key signs only in the state that store/keys determines: never if it is retired, revoked or not yet
// active. Its public key is derived from the encrypted private key and not read from the row, so that an
// attacker with write access to the database but without SECRET_KEY cannot add a trusted key.
//
// Each key has a companion that signs and verifies refresh tokens, derived from SECRET_KEY and its id.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/base/random_source.hpp"
#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/database_clock.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/signing_key.hpp"

namespace taskward::domain {

struct KeySettings {
  model::JwsAlgorithm algorithm = model::JwsAlgorithm::ES256;
  const Secret& secret_key;      ///< the root of the derived keys
  const Secret& jwt_secret_key;  ///< the HS256 key; may be empty if another algorithm signs
  crypto::TokenIssuer issuer;
};

/// The keys in the database cannot be decrypted with SECRET_KEY. Requires action by the operator.
class UnusableKeys : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// All keys that may verify, of any algorithm, and the signing key of the configured algorithm. Creates one
/// if a key-pair algorithm has none. Throws UnusableKeys and the connection's exceptions.
[[nodiscard]] std::shared_ptr<const crypto::TokenKeys> load_token_keys(db::Connection& database,
                                                                       const KeySettings& settings,
                                                                       RandomSource& random);

/// All keys: first the HS256 key of the settings, then the others, newest first. A key of another algorithm
/// than the configured one does not sign and is reported as verifying.
[[nodiscard]] std::vector<model::SigningKeyInfo> list_keys(db::Connection& database,
                                                           const KeySettings& settings);

/// How long a replaced key verifies beyond the lifetime of the last refresh token it should have signed,
/// because workers notice the new key some seconds late and their clocks may differ.
inline constexpr std::chrono::seconds kKeyGracePeriod{60};

struct Rotation {
  std::chrono::seconds lead{};               ///< how long the new key is published before it signs
  std::chrono::seconds refresh_token_ttl{};  ///< the lifetime of tokens signed by the previous keys
};

struct RotatedKey {
  std::string kid;
  Timestamp signs_from;
};

/// Creates the next key of the configured algorithm, which must be a key-pair algorithm (std::logic_error),
/// and sets the end of the previous keys. Throws UnusableKeys, without a change, if SECRET_KEY does not
/// decrypt them.
[[nodiscard]] RotatedKey rotate_keys(db::Connection& database, const KeySettings& settings,
                                     RandomSource& random, const Rotation& rotation,
                                     const model::AuditStamp& stamp);

struct Revocation {
  model::KeyState before = model::KeyState::verifying;  ///< revoked: nothing was changed
  std::optional<std::string> signer;                    ///< the key that signs now; none if HS256 signs
};

/// Revokes a key. If it was the signing key, the next key signs immediately, or a new one is created in the
/// same transaction. 404 not_found if no key has this id. Throws UnusableKeys like rotate_keys.
[[nodiscard]] Result<Revocation> revoke_key(db::Connection& database, const KeySettings& settings,
                                            RandomSource& random, const std::string& kid,
                                            const model::AuditStamp& stamp);

/// The current keys, shared by the threads of a process. Loaded on first use and refreshed by the threads
/// that use them, so that a change takes effect without a restart.
class KeyRing {
 public:
  /// The refresh interval. A change takes effect on a worker with the first request after this time.
  static constexpr std::chrono::milliseconds kReloadInterval{2000};

  /// `clock` is compared with the database's whenever the keys are reloaded.
  KeyRing(KeySettings settings, RandomSource& random, std::chrono::milliseconds interval = kReloadInterval,
          DatabaseClock* clock = nullptr)
      : settings_(std::move(settings)), random_(random), interval_(interval), clock_(clock) {}

  /// After the interval, one thread reloads the keys on its connection while the others continue with the old
  /// ones. If the database is unavailable, the old keys stay. The cache of verified tokens is cleared exactly
  /// when the keys change. Throws the exceptions of load_token_keys if there are no keys yet, and
  /// UnusableKeys also later, because unreadable revocations must not be ignored. While one thread loads the
  /// first keys, the others do not wait but get db::Unavailable.
  [[nodiscard]] std::shared_ptr<const crypto::TokenKeys> current(db::Connection& database);

 private:
  using Keys = std::shared_ptr<const crypto::TokenKeys>;
  using Moment = std::chrono::steady_clock::time_point;

  /// Null if they were never loaded, or if `age` is fresh and the interval has passed.
  enum class Age : std::uint8_t { fresh, any };
  [[nodiscard]] Keys held(Age age);
  void reload(db::Connection& database);
  void keep(Keys keys);

  const KeySettings settings_;
  RandomSource& random_;
  const std::chrono::milliseconds interval_;
  DatabaseClock* const clock_;
  std::mutex reloading_;
  std::vector<std::string> key_ids_;  // of keys_; guarded by reloading_
  std::mutex mutex_;
  Keys keys_;           // guarded by mutex_
  Moment next_reload_;  // guarded by mutex_
};

}  // namespace taskward::domain
