// Timestamps as text (RFC 3339, section 5.6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"

namespace taskward {

enum class Rfc3339Decimals : std::uint8_t { three, six };

/// A timestamp in UTC as text, without an allocation.
class Rfc3339Text {
 public:
  Rfc3339Text(Timestamp moment, Rfc3339Decimals decimals);
  [[nodiscard]] std::string_view view() const noexcept { return {characters_.data(), size_}; }

 private:
  std::array<char, 32> characters_;
  std::size_t size_ = 0;
};

/// RFC 3339 in UTC with milliseconds, such as 2026-01-31T23:59:59.123Z.
[[nodiscard]] std::string rfc3339(Timestamp moment);
/// The same with microseconds, the resolution of Timestamp.
[[nodiscard]] std::string rfc3339_precise(Timestamp moment);

/// Parses a date-time (RFC 3339, section 5.6) in the years 1 to 9999 with any offset and with letters in
/// either case. The fraction is truncated to milliseconds. A leap second becomes the following second.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept;
/// The same, truncated to microseconds.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339_precise(std::string_view text) noexcept;

}  // namespace taskward
