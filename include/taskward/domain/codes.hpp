// One-time codes: creating, sending and checking them.
//
// A code, its challenge and its recipient are stored as HMACs under a key that is not in the database. A code
// is valid for one purpose and one address; a code for a change of address also for one account only.
//
// Letter case does not distinguish addresses here, but may distinguish mailboxes. Mail for an account is
// therefore sent to the address as the account has it, and an address counts as verified only in the spelling
// to which its code was sent. That is stored encrypted.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::domain {

/// The response to a code request. Attempts with the challenge are counted separately from those of other
/// clients.
struct CodeRequested {
  Secret challenge;
  std::chrono::seconds expires_in{};
  std::chrono::seconds resend_after{};
};

/// A code sent by a client.
struct SubmittedCode {
  Secret otp;
  std::optional<Secret> challenge;
};

/// Sends a login code, whether or not there is an account. If registration is closed, an address without an
/// active account gets a mail that says so. The result, the work and the limits are the same. 429
/// too_many_requests.
[[nodiscard]] Result<CodeRequested> request_login_code(const Resources& resources, const std::string& email,
                                                       const model::Origin& origin);

/// Sends a code for setting a new password, or, to an address without an active account, a mail that says so.
/// The result, the work and the limits are the same. 429 too_many_requests.
[[nodiscard]] Result<CodeRequested> request_password_reset(const Resources& resources,
                                                           const std::string& email,
                                                           const model::Origin& origin);

/// Sends a code to the caller's new address. 401 invalid_token, 429 too_many_requests.
[[nodiscard]] Result<CodeRequested> request_email_change(
    const Resources& resources, const model::SessionAccess<model::Permission::own_profile>& access,
    const std::string& email, const model::Origin& origin);

/// A code for setting the password of the account with the address, and its mail, both to be stored by one
/// statement. For administrators, who do not get the challenge.
struct PreparedCode {
  store::NewCode code;
  store::SealedMail mail;
};
[[nodiscard]] PreparedCode prepare_password_reset(const Resources& resources, const std::string& email);

/// The address as it was spelled in the mail with the current code for it; `email` if there is no code.
[[nodiscard]] std::string address_of_code(const Resources& resources, model::CodePurpose purpose,
                                          const std::string& email,
                                          const std::optional<UserId>& account = std::nullopt);

/// An attempt with a code for the address; for a change of address also for the account.
[[nodiscard]] store::CodeAttempt try_of(const Resources& resources, model::CodePurpose purpose,
                                        std::string_view email, const SubmittedCode& given,
                                        const std::optional<UserId>& account = std::nullopt);

}  // namespace taskward::domain
