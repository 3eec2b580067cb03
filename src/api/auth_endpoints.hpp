// Handlers of registration, login, tokens and password reset.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> register_account(const Call& call);
[[nodiscard]] Result<http::Response> log_in(const Call& call);
[[nodiscard]] Result<http::Response> request_login_code(const Call& call);
[[nodiscard]] Result<http::Response> log_in_by_code(const Call& call);
[[nodiscard]] Result<http::Response> refresh(const Call& call);
[[nodiscard]] Result<http::Response> log_out(const Call& call);
[[nodiscard]] Result<http::Response> request_password_reset(const Call& call);
[[nodiscard]] Result<http::Response> reset_password(const Call& call);

[[nodiscard]] Operations auth_operations();

}  // namespace taskward::api
