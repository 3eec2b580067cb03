// Signing keys, their private halves sealed.
//
// Which key signs is told by their times, by one piece of SQL that every statement here begins with:
//
// - A key is open as long as it has no end (verifies_until). Of each algorithm the newest open key that has
//   begun (signs_from) signs.
// - A rotation publishes an open key that begins later, and gives the keys before it their end. While none
//   that is open has begun and one is waiting to, the key that began last goes on signing.
// - A key that is revoked, or whose end has come, or whose successor has begun, never signs. When that
//   leaves none, the key that is waiting begins at once, or a new one is made.
//
// Everything that changes keys does so in one transaction under one lock, and sees what the change before
// it did: there is always one key that signs, and never more than one that is open and has begun.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/signing_key.hpp"

namespace taskward::store {

/// A key to be stored.
struct NewKey {
  std::string kid;
  model::JwsAlgorithm algorithm = model::JwsAlgorithm::ES256;
  std::string public_der;
  std::string sealed_private_key;
};

struct StoredKey {
  model::SigningKeyInfo info;
  std::string sealed_private_key;
};

/// Signing, next and verifying, of every algorithm this release knows: first those that sign.
[[nodiscard]] std::vector<StoredKey> usable_keys(db::Connection& database);
/// All there ever were, the newest first.
[[nodiscard]] std::vector<model::SigningKeyInfo> every_key(db::Connection& database);

/// Does nothing when a key of the fresh one's algorithm signs. Otherwise the next one begins at once, and
/// when there is none the fresh one is stored and signs. Of many at once one makes the change.
void ensure_signer(db::Connection& database, const NewKey& fresh);

struct RotationTimes {
  std::chrono::seconds lead{};  ///< from now until the new key signs
  std::chrono::seconds tail{};  ///< how long the keys before it verify after that
};

/// Stores the fresh key to sign after the lead, or after the key that is waiting already, or at once when
/// none signs. The open keys of its algorithm get their end. Returns when it begins to sign.
[[nodiscard]] Timestamp rotate(db::Connection& database, const NewKey& fresh, const RotationTimes& times,
                               const model::AuditStamp& stamp);

/// From now on the key verifies nothing. When it was to sign next, the key before it takes over its end.
/// With a fresh key, that one's algorithm has a signer afterwards, as by ensure_signer. Returns the state
/// the key had (revoked: nothing was done), or nothing when there is no such key.
[[nodiscard]] std::optional<model::KeyState> revoke(db::Connection& database, const std::string& kid,
                                                    const NewKey* fresh, const model::AuditStamp& stamp);

}  // namespace taskward::store
