// One-time codes. This layer handles keyed hashes only: of the code, of its challenge, and of its address
// (and, for a change of address, its account).
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

/// A code to be sent if the limits allow it.
struct NewCode {
  model::CodePurpose purpose = model::CodePurpose::login;
  crypto::Sha256 subject{};    ///< identifies its owner within the purpose
  crypto::Sha256 recipient{};  ///< the address alone, by which codes are limited
  crypto::Sha256 code{};
  crypto::Sha256 challenge{};
  std::string sealed_recipient{};  ///< the address as it is spelled in the mail
};

/// A code that a client has submitted.
struct CodeAttempt {
  model::CodePurpose purpose = model::CodePurpose::login;
  crypto::Sha256 subject{};
  crypto::Sha256 code{};
  std::optional<crypto::Sha256> challenge;
};

/// The address of an account as it is stored, if an account has the address in any letter case.
[[nodiscard]] std::optional<std::string> find_stored_address(db::Connection& database,
                                                             const std::string& email);

/// What is stored with a code about its recipient.
struct CodeRecipient {
  std::string code;    ///< NewCode::code
  std::string sealed;  ///< NewCode::sealed_recipient
};

/// The recipient of the last code, live or not.
[[nodiscard]] std::optional<CodeRecipient> find_code_recipient(db::Connection& database,
                                                               model::CodePurpose purpose,
                                                               const crypto::Sha256& subject);

/// Stores the code in place of the previous one, and queues the mail. 429 too_many_requests when the previous
/// one is newer than model::kCodePause, or model::kCodesPerAddress is reached; then nothing is changed. Reads
/// no account.
[[nodiscard]] Result<Done> request_code(db::Connection& database, const NewCode& code, const SealedMail& mail,
                                        const model::AuditStamp& stamp);

/// The same, with a different mail depending on whether an active account has the address. Both cases do the
/// same work, so that the response time does not reveal which one it was.
[[nodiscard]] Result<Done> request_code(db::Connection& database, const NewCode& code,
                                        const std::string& email, const SealedMail& for_account,
                                        const SealedMail& for_unknown, const model::AuditStamp& stamp);

/// The same for the caller. 401 invalid_token when the session has ended.
[[nodiscard]] Result<Done> request_code(db::Connection& database,
                                        const model::SessionAccess<model::Permission::own_profile>& access,
                                        const NewCode& code, const SealedMail& mail,
                                        const model::AuditStamp& stamp);

}  // namespace taskward::store
