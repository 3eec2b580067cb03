// The dependencies of use cases: one set per thread, without global state.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/crypto/webauthn.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/domain/hashing_gate.hpp"
#include "taskward/domain/health.hpp"
#include "taskward/domain/known_tokens.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/client.hpp"
#include "taskward/model/metrics.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/owner_hints.hpp"
#include "taskward/store/replica.hpp"

namespace taskward::domain {

struct TokenLifetimes {
  std::chrono::seconds access{};
  std::chrono::seconds refresh{};
};

/// Settings that affect use cases; constant after startup.
struct Rules {
  TokenLifetimes lifetimes;
  int otp_digits = model::kOtpDigitsLeast;
  std::vector<model::IpNetwork> limit_exempt;
  int tasks_per_user = 0;
  model::Role default_role = model::Role::user;  ///< of an account created without a role
  bool is_registration_open = true;
  std::vector<model::IpNetwork> metrics_from{};
  std::string backup_state{};  ///< the directory of BackupTimes
  std::chrono::seconds reauthentication_age{600};
  model::MfaPolicy mfa_policy = model::MfaPolicy::off;
  std::optional<crypto::RelyingParty> relying_party{};               ///< of passkeys; none without PUBLIC_URL
  std::chrono::seconds token_max_lifetime = std::chrono::days(365);  ///< of a new personal access token
};

struct Resources {
  db::Connection& database;
  const Clock& clock;
  RandomSource& random;
  KeyRing& key_ring;
  const crypto::PasswordHasher& passwords;
  HashingGate& hashing;
  const PasswordPolicy& password_policy;
  const DerivedKeys& derived_keys;
  const Rules& rules;
  model::Meter& meter;
  DatabaseHealth& health;
  store::OwnerHints& owner_hints;
  KnownTokens& known_tokens;
  store::Replica* replica = nullptr;  ///< null without DATABASE_READ_URL

  /// The keys that sign and verify tokens. Throws if they were never loaded and cannot be loaded now.
  [[nodiscard]] std::shared_ptr<const crypto::TokenKeys> tokens() const { return key_ring.current(database); }

  /// The stamp of a new audit record.
  [[nodiscard]] model::AuditStamp stamp(const model::Origin& origin) const {
    return {AuditId::make(clock, random), origin};
  }
};

}  // namespace taskward::domain
