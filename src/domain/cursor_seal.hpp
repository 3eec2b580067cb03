// Authenticating a position in a list, so that it can be neither forged nor used for another list.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"

namespace taskward::domain {

/// base64url of a MAC (128 bits of HMAC-SHA-256) over `list` and the payload, followed by the payload. No
/// `list` may be a prefix of another.
[[nodiscard]] std::string sealed_cursor(std::string_view list, std::string_view payload, const Secret& key);

/// The payload; nothing if sealed_cursor did not create the text for the same list.
[[nodiscard]] std::optional<std::string> open_cursor(std::string_view text, std::string_view list,
                                                     const Secret& key);

}  // namespace taskward::domain
