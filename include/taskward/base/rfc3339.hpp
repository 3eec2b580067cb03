// Moments as text: the date-time of RFC 3339, section 5.6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"

namespace taskward {

/// RFC 3339 in UTC with milliseconds, such as 2026-01-31T23:59:59.123Z.
[[nodiscard]] std::string rfc3339(Timestamp moment);
/// The same with microseconds: all that a Timestamp holds.
[[nodiscard]] std::string rfc3339_precise(Timestamp moment);

/// Reads a date-time of RFC 3339, section 5.6, with any offset, in the years 1 to 9999: letters in either
/// case, any number of decimals, of which those beyond milliseconds are dropped. A leap second is the
/// second after it. Nothing for any other text.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;
/// The same, where only the decimals beyond microseconds are dropped.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339_precise(std::string_view text) noexcept;

}  // namespace taskward
