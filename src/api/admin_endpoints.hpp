// Handlers of the administration of accounts.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> get_dashboard(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> get_statistics(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> list_accounts(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> create_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> get_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> change_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> remove_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> end_sessions(const Call& call, const Administer& access);

[[nodiscard]] Operations admin_operations();

}  // namespace taskward::api
