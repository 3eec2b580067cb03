// Handlers of health, keys, metrics and the OpenAPI document.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> get_health(const Call& call);
[[nodiscard]] Result<http::Response> get_readiness(const Call& call);
[[nodiscard]] Result<http::Response> get_jwks(const Call& call);
[[nodiscard]] Result<http::Response> get_metrics(const Call& call);
[[nodiscard]] Result<http::Response> get_openapi(const Call& call);

[[nodiscard]] Operations service_operations();

}  // namespace taskward::api
