// Keys for one purpose each, derived from SECRET_KEY (HKDF). None of them is in the database.
#pragma once

#include "taskward/base/secret.hpp"

namespace taskward::domain {

/// Empty without a SECRET_KEY: the operator's commands that need none work all the same.
struct DerivedKeys {
  explicit DerivedKeys(const Secret& secret_key);

  Secret codes;     ///< HMAC of one-time codes, their challenges and the addresses they went to
  Secret lockouts;  ///< HMAC of names that no account has
  Secret mail;      ///< seals what lies in the outbox
  Secret cursors;   ///< HMAC of places in lists
  Secret
      seals;  ///< the Ed25519 private key (RFC 8032: 32 bytes) that seals of the audit record are signed with
};

}  // namespace taskward::domain
