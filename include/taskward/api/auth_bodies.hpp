// Bodies of registration, login, tokens and one-time codes.
#pragma once

#include <optional>
#include <string>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/model/session.hpp"

namespace taskward::api {

struct LoginBody {
  std::optional<std::string> email;
  std::optional<std::string> username;
  Secret password;
  std::optional<Secret> totp;
  std::optional<model::SessionKind> session;
};

struct RefreshBody {
  std::optional<Secret> refresh_token;
};

struct LogoutBody {
  std::optional<Secret> refresh_token;
  std::optional<model::LogoutScope> scope;
};

/// The address to which a code is to be sent.
struct CodeRequestBody {
  std::string email;
};

struct CodeLoginBody {
  std::string email;
  Secret otp;
  std::optional<Secret> challenge;
  std::optional<Secret> totp;
  std::optional<model::SessionKind> session;
};

struct PasswordResetBody {
  std::string email;
  Secret otp;
  std::optional<Secret> challenge;
  Secret new_password;
};

[[nodiscard]] const Shape<domain::Registration>& registration_shape();
[[nodiscard]] const Shape<LoginBody>& login_shape();
[[nodiscard]] const Shape<RefreshBody>& refresh_shape();
[[nodiscard]] const Shape<LogoutBody>& logout_shape();
[[nodiscard]] const Shape<CodeRequestBody>& code_request_shape();
[[nodiscard]] const Shape<CodeLoginBody>& code_login_shape();
[[nodiscard]] const Shape<PasswordResetBody>& password_reset_shape();

[[nodiscard]] const Parts<model::TokenPair>& token_pair_parts();
[[nodiscard]] const Parts<domain::CodeRequested>& code_requested_parts();

}  // namespace taskward::api
