// One-time codes: making, sending and trying them.
//
// A code, its challenge and the address it went to are kept as HMACs under a key that is not in the
// database. A code holds for one purpose and one address; one for a change of address for one account too.
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

/// What whoever asked for a code is told. With the challenge their tries are counted apart from those of
/// strangers.
struct CodeRequested {
  Secret challenge;
  std::chrono::seconds expires_in{};
  std::chrono::seconds resend_after{};
};

/// A code as somebody gives it back.
struct GivenCode {
  Secret otp;
  std::optional<Secret> challenge;
};

/// Sends a code to log in with, whether or not there is an account; where nobody can register, an address
/// without an active account is sent a mail that says so. The answer, the work and the limits are the same.
/// 429 too_many_requests.
[[nodiscard]] Result<CodeRequested> request_login_code(const Resources& resources, const std::string& email,
                                                       const model::Origin& origin);

/// Sends a code to set a new password with; to an address without an active account a mail that says so.
/// The answer, the work and the limits are the same. 429 too_many_requests.
[[nodiscard]] Result<CodeRequested> request_password_reset(const Resources& resources,
                                                           const std::string& email,
                                                           const model::Origin& origin);

/// Sends a code to the address the caller wants to have. 401 invalid_token, 429 too_many_requests.
[[nodiscard]] Result<CodeRequested> request_email_change(
    const Resources& resources, const model::Access<model::Permission::own_profile>& access,
    const std::string& email, const model::Origin& origin);

/// A code to set the password of the account with that address, and its mail, for a statement that puts both
/// into their places: an administrator asks for it, and is not told the challenge.
struct PreparedCode {
  store::NewCode code;
  store::SealedMail mail;
};
[[nodiscard]] PreparedCode prepare_password_reset(const Resources& resources, const std::string& email);

/// The try of a code for that address, and for a change of address by that account.
[[nodiscard]] store::CodeTry try_of(const Resources& resources, model::CodePurpose purpose,
                                    std::string_view email, const GivenCode& given,
                                    const std::optional<UserId>& account = std::nullopt);

}  // namespace taskward::domain
