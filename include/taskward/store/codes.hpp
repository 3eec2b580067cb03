// One-time codes. Only keyed hashes come here: of the code, of its challenge, and of the address (and, for
// a change of address, the account) it is for.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// A code that is asked for, before it is known whether it may be sent.
struct NewCode {
  model::CodePurpose purpose = model::CodePurpose::login;
  crypto::Sha256 subject{};    ///< whose it is, within the purpose
  crypto::Sha256 recipient{};  ///< the address alone: what is counted in an hour
  crypto::Sha256 code{};
  crypto::Sha256 challenge{};
};

/// A code that somebody says they have.
struct CodeTry {
  model::CodePurpose purpose = model::CodePurpose::login;
  crypto::Sha256 subject{};
  crypto::Sha256 code{};
  std::optional<crypto::Sha256> challenge;
};

/// Puts the code in the place of the one before, and the mail into the outbox. 429 too_many_requests when
/// the last one is younger than model::kCodePause, or there were model::kCodesPerAddress; then nothing
/// has changed. Looks at no account.
[[nodiscard]] Result<Done> request_code(db::Connection& database, const NewCode& code, const SealedMail& mail,
                                        const model::AuditStamp& stamp);

/// The same, with one mail or the other, as an active account has the address or none has. The work is
/// the same.
[[nodiscard]] Result<Done> request_code(db::Connection& database, const NewCode& code,
                                        const std::string& email, const SealedMail& for_account,
                                        const SealedMail& for_nobody, const model::AuditStamp& stamp);

/// The same for the caller. 401 invalid_token when the session has ended.
[[nodiscard]] Result<Done> request_code(db::Connection& database,
                                        const model::Access<model::Permission::own_profile>& access,
                                        const NewCode& code, const SealedMail& mail,
                                        const model::AuditStamp& stamp);

}  // namespace taskward::store
