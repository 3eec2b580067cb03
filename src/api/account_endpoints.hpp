// Handlers of the caller's own account.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> get_profile(const Call& call, const ReadProfile& access);
[[nodiscard]] Result<http::Response> change_profile(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> delete_account(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> change_password(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_sessions(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> end_session(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_activity(const Call& call, const ReadProfile& access);
[[nodiscard]] Result<http::Response> get_protected(const Call& call, const ReadProfile& access);

[[nodiscard]] Operations account_operations();

}  // namespace taskward::api
