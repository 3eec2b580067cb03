// Hashing and verifying passwords with bounded concurrency. Use cases must use these functions only.
#pragma once

#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::domain {

/// 503 service_unavailable with retry_after if no slot is free in time.
[[nodiscard]] Result<std::string> hash_password(const Resources& resources, const model::Origin& origin,
                                                const Secret& password);

/// Verifies the password, with the same amount of work if there is no hash. 503 as above, before any work.
[[nodiscard]] Result<crypto::PasswordMatch> verify_password(const Resources& resources,
                                                            const model::Origin& origin,
                                                            const Secret& password,
                                                            const std::optional<std::string>& hash);

}  // namespace taskward::domain
