#include "taskward/domain/derived_keys.hpp"

#include "taskward/crypto/digest.hpp"

namespace taskward::domain {
namespace {

Secret derived(const Secret& secret_key, std::string_view purpose) {
  return secret_key.empty() ? Secret() : crypto::derive_key(secret_key, purpose);
}

}  // namespace

DerivedKeys::DerivedKeys(const Secret& secret_key)
    : codes(derived(secret_key, "taskward one-time codes, version 1")),
      lockouts(derived(secret_key, "taskward locked names, version 1")),
      mail(derived(secret_key, "taskward sealing of mail, version 1")),
      cursors(derived(secret_key, "taskward cursors of lists, version 1")),
      token_ids(derived(secret_key, "taskward ids of refresh tokens, version 1")),
      totp(derived(secret_key, "taskward sealing of TOTP secrets, version 1")),
      recovery_codes(derived(secret_key, "taskward recovery codes, version 1")),
      seals(derived(secret_key, "taskward seals of the audit record, version 1")) {}

}  // namespace taskward::domain
