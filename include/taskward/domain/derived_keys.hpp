// Keys derived from SECRET_KEY by HKDF (RFC 5869), one per purpose. None is stored in the database.
#pragma once

#include "taskward/base/secret.hpp"

namespace taskward::domain {

/// Empty without a SECRET_KEY, for commands that need no key.
struct DerivedKeys {
  explicit DerivedKeys(const Secret& secret_key);

  Secret codes;           ///< HMAC of one-time codes, their challenges and their recipients
  Secret lockouts;        ///< HMAC of names without an account
  Secret mail;            ///< encrypts mail in the outbox
  Secret cursors;         ///< HMAC of list cursors
  Secret token_ids;       ///< HMAC of a refresh token's hash: the id of its successor
  Secret totp;            ///< encrypts TOTP secrets
  Secret recovery_codes;  ///< HMAC of recovery codes
  Secret seals;           ///< Ed25519 private key (RFC 8032, 32 bytes) that signs seals of the audit log
};

}  // namespace taskward::domain
