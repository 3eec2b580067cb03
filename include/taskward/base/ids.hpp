// Identifiers: UUIDv7 (RFC 9562), with a distinct type for each kind of object.
//
// The first 48 bits are milliseconds since 1970 and the 12 bits after the version count within the
// millisecond (RFC 9562, section 6.2, method 3), so the ids of a process sort in the order in which they were
// made. The remaining 62 bits are random.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"

namespace taskward {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  /// Lower case (RFC 9562, section 4).
  [[nodiscard]] std::array<char, 36> characters() const noexcept;
  [[nodiscard]] std::string text() const;
  /// Accepts only that form, with letters in either case.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text) noexcept;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

[[nodiscard]] Uuid make_uuid_v7(const Clock& clock, RandomSource& random);

template <class Kind>
struct Id {
  Uuid uuid;

  [[nodiscard]] std::string text() const { return uuid.text(); }
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) noexcept {
    const auto uuid = Uuid::parse(text);
    if (!uuid) return std::nullopt;
    return Id{*uuid};
  }
  [[nodiscard]] static Id make(const Clock& clock, RandomSource& random) {
    return Id{make_uuid_v7(clock, random)};
  }

  friend auto operator<=>(const Id&, const Id&) = default;
};

using UserId = Id<struct UserKind>;
using SessionId = Id<struct SessionKind>;
using TokenId = Id<struct TokenKindOfId>;
using PersonalTokenId = Id<struct PersonalTokenKind>;
using TaskId = Id<struct TaskKind>;
using AuditId = Id<struct AuditKind>;

}  // namespace taskward
