// Signing keys. Private keys are sealed.
//
// The state of a key follows from its times, by the CTE that the statements here begin with:
//
// - A key is open while it has no end (verifies_until). For each algorithm the newest open key that has begun
//   (signs_from) signs.
// - A rotation adds an open key that begins later, and sets the end of the keys before it. While no open key
//   has begun, the key that began last continues to sign.
// - A key that is revoked or has ended, or whose successor has begun, never signs. If none is left, the key
//   that has not begun yet begins immediately, or a new one is created.
//
// All changes of keys take one lock, in one transaction each. There is always a key that signs, and never
// more than one that is open and has begun.
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

/// Signing, next and verifying keys of all algorithms that this release supports, signing keys first.
[[nodiscard]] std::vector<StoredKey> usable_keys(db::Connection& database);
/// All keys, including ended and revoked ones, newest first.
[[nodiscard]] std::vector<model::SigningKeyInfo> every_key(db::Connection& database);

/// Ensures that a key of the fresh key's algorithm signs: if none does, the next key begins immediately, or,
/// if there is none, the fresh key is stored and signs. Of concurrent calls one makes the change.
void ensure_signer(db::Connection& database, const NewKey& fresh);

struct RotationTimes {
  std::chrono::seconds lead{};  ///< from now until the new key signs
  std::chrono::seconds tail{};  ///< how long the keys before it verify after that
};

/// Stores the fresh key. It begins to sign after the lead time, after any key that has not begun yet, or
/// immediately when no key signs. Sets the end of the open keys of its algorithm. Returns when it begins to
/// sign.
[[nodiscard]] Timestamp rotate(db::Connection& database, const NewKey& fresh, const RotationTimes& times,
                               const model::AuditStamp& stamp);

/// Revokes the key immediately. If it had not begun to sign, the key before it takes over its end. With a
/// fresh key, ensure_signer is applied for its algorithm. Returns the key's previous state (if it was
/// revoked, nothing was done), or nothing when there is no such key.
[[nodiscard]] std::optional<model::KeyState> revoke(db::Connection& database, const std::string& kid,
                                                    const NewKey* fresh, const model::AuditStamp& stamp);

}  // namespace taskward::store
