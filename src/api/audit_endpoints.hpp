// Handlers of the audit log.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> search_audit(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> get_seal_state(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> get_proof(const Call& call, const Administer& access);

[[nodiscard]] Operations audit_operations();

}  // namespace taskward::api
