// What adding, using and removing second factors have in common: recovery codes and notices to the owner.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/mail.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::domain {

/// What a sealed TOTP secret is bound to, so that it cannot be moved to another account.
[[nodiscard]] std::string totp_context(const UserId& user);

/// Of a code in its normal form.
[[nodiscard]] crypto::Sha256 hash_of_recovery_code(const DerivedKeys& keys, const UserId& user,
                                                   const Secret& code);

/// Of a code of another system, which stored its SHA-256.
[[nodiscard]] crypto::Sha256 hash_of_imported_code(const DerivedKeys& keys, const UserId& user,
                                                   std::string_view sha256);

/// All hashes that the stored code may have if this was typed: of the normal form, and of what another system
/// may have hashed: the text as it is, and without its dashes and spaces, in either case.
[[nodiscard]] std::vector<std::string> possible_hashes(const DerivedKeys& keys, const UserId& user,
                                                       const Secret& typed);

struct RecoveryCodes {
  std::vector<Secret> texts;
  std::vector<std::string> hashes;
};
[[nodiscard]] RecoveryCodes make_recovery_codes(const Resources& resources, const UserId& user);

/// A mail to the address of the user. It is not queued for a user without one.
[[nodiscard]] store::SealedMail notice(const Resources& resources, model::MailKind kind,
                                       const model::User& user, std::map<std::string, std::string> fields);

/// How an authenticator names the account.
[[nodiscard]] std::string label_of(const model::User& user);

}  // namespace taskward::domain
