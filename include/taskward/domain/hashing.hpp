// Hashing and checking passwords, a bounded number at once. Use cases do neither in any other way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"

namespace taskward::domain {

enum class PasswordVerdict : std::uint8_t {
  wrong,
  right,
  right_and_outdated,  ///< the hash should be made anew: its cost or kind is not what is used now
};

/// 503 service_unavailable with retry_after when there is no slot in time.
[[nodiscard]] Result<std::string> hash_password(const Resources& resources, const model::Origin& origin,
                                                const Secret& password);

/// Checks the password, with the same work whether there is a hash or not. 503 as above, before any work.
[[nodiscard]] Result<PasswordVerdict> verify_password(const Resources& resources, const model::Origin& origin,
                                                      const Secret& password,
                                                      const std::optional<std::string>& hash);

}  // namespace taskward::domain
