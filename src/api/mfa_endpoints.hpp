// Handlers of second factors: completing a login, authenticating again, TOTP and recovery codes.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> complete_login(const Call& call);
[[nodiscard]] Result<http::Response> reauthenticate(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> enroll_totp(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> confirm_totp(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> disable_totp(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> renew_recovery_codes(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> reset_factors(const Call& call, const Administer& access);

[[nodiscard]] Operations mfa_operations();

}  // namespace taskward::api
