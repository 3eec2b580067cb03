// What a new password must be (NIST SP 800-63B-4, 3.1.1.2): long enough, and nothing else.
#pragma once

#include <optional>
#include <string_view>

#include "taskward/base/errors.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::domain {

/// What is wrong with the password, as a fault of `field`; nothing when it is fine.
[[nodiscard]] std::optional<FieldFault> password_fault(std::string_view field, const Secret& password);

}  // namespace taskward::domain
