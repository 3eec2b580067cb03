// The keys tokens are signed and checked with, from the database and the settings, and their changes.
//
// A key signs only while store/keys says so: never one that is retired, revoked or not yet begun. Its public
// half is taken from the sealed private one and not from the row, so that whoever can write to the database
// but has no SECRET_KEY cannot have a key of their own believed.
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
#include "taskward/model/audit_event.hpp"
#include "taskward/model/signing_key.hpp"

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

/// All keys that may verify, whatever their algorithm, and the one of the settings' algorithm that signs.
/// Makes one when a key-pair algorithm has none. Throws UnusableKeys, and what the connection throws.
[[nodiscard]] std::shared_ptr<const crypto::TokenKeys> load_token_keys(db::Connection& database,
                                                                       const KeySettings& settings,
                                                                       RandomSource& random);

/// Every key, the newest first; that of HS256, which is kept in the settings, in front. A key of another
/// algorithm than the settings' signs nothing and is told as verifying.
[[nodiscard]] std::vector<model::SigningKeyInfo> list_keys(db::Connection& database,
                                                           const KeySettings& settings);

/// How long a key that was replaced verifies beyond the life of the last refresh token it should have signed:
/// a worker learns some seconds late that the next one has begun, and its clock may be ahead.
inline constexpr std::chrono::seconds kKeyTail{60};

struct Rotation {
  std::chrono::seconds lead{};               ///< how long the new key is published before it signs
  std::chrono::seconds refresh_token_ttl{};  ///< of what the keys before it have signed
};

struct RotatedKey {
  std::string kid;
  Timestamp signs_from;
};

/// Makes the next key of the settings' algorithm, which must be one of key pairs (std::logic_error), and
/// gives the keys before it their end. Throws UnusableKeys, with nothing changed, when SECRET_KEY opens them
/// not.
[[nodiscard]] RotatedKey rotate_keys(db::Connection& database, const KeySettings& settings,
                                     RandomSource& random, const Rotation& rotation,
                                     const model::AuditStamp& stamp);

struct Revocation {
  model::KeyState before = model::KeyState::verifying;  ///< revoked: it was already, and nothing was done
  std::optional<std::string> signer;  ///< the key that signs now; none when the settings hold it
};

/// Revokes a key. When it was the one that signs, the next one begins at once, or a new one is made in the
/// same transaction. 404 not_found when there is none of that name. Throws UnusableKeys as rotate_keys.
[[nodiscard]] Result<Revocation> revoke_key(db::Connection& database, const KeySettings& settings,
                                            RandomSource& random, const std::string& kid,
                                            const model::AuditStamp& stamp);

/// The keys in force, shared by the threads of a process: loaded when they are first needed, and looked
/// after by whoever asks for them, so that a change holds everywhere without a restart.
class KeyRing {
 public:
  /// How old a look at the keys may be. A change holds on every worker after this time and one request.
  static constexpr std::chrono::milliseconds kLookInterval{2000};

  KeyRing(KeySettings settings, RandomSource& random, std::chrono::milliseconds interval = kLookInterval)
      : settings_(std::move(settings)), random_(random), interval_(interval) {}

  /// When the last look is too old, one thread looks again on its connection and the others go on with
  /// what they hold; a database that is away leaves the keys as they are. What was verified is forgotten
  /// exactly when the keys change. Throws what load_token_keys throws as long as there are none, and
  /// UnusableKeys also later: revocations that cannot be read must not be passed over. While one thread
  /// loads the first keys the others do not wait: they get db::Unavailable.
  [[nodiscard]] std::shared_ptr<const crypto::TokenKeys> current(db::Connection& database);

 private:
  using Keys = std::shared_ptr<const crypto::TokenKeys>;
  using Moment = std::chrono::steady_clock::time_point;

  /// Null when they were never loaded, or are older than the interval and `age` asks for younger ones.
  enum class Age : std::uint8_t { young, any };
  [[nodiscard]] Keys held(Age age);
  void look(db::Connection& database);
  void keep(Keys keys);

  const KeySettings settings_;
  RandomSource& random_;
  const std::chrono::milliseconds interval_;
  std::mutex looking_;
  std::vector<std::string> names_;  // what keys_ was made of; guarded by looking_
  std::mutex mutex_;
  Keys keys_;         // guarded by mutex_
  Moment next_look_;  // guarded by mutex_
};

}  // namespace taskward::domain
