// Handlers of the queue of mail, for administrators.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> list_mail(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> retry_mail(const Call& call, const Administer& access);

[[nodiscard]] Operations mail_operations();

}  // namespace taskward::api
