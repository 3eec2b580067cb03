// The scopes of personal access tokens: what a token may do, in addition to what the role of its owner
// permits.
//
// A scope contains no other: a token that reads and writes tasks has two.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace taskward::model {

/// `none` is the scope of routes that no token may use; a token never has it.
enum class Scope : std::uint8_t { none, tasks_read, tasks_write, profile_read, admin_read, admin_write };
inline constexpr std::array kScopes{Scope::tasks_read, Scope::tasks_write, Scope::profile_read,
                                    Scope::admin_read, Scope::admin_write};

[[nodiscard]] std::string_view name(Scope scope) noexcept;
/// Never `none`.
[[nodiscard]] std::optional<Scope> scope(std::string_view text) noexcept;

/// Whether routes of the scope only read.
[[nodiscard]] constexpr bool is_reading(Scope scope) noexcept {
  return scope == Scope::tasks_read || scope == Scope::profile_read || scope == Scope::admin_read;
}

/// A set of scopes.
class Scopes {
 public:
  void add(Scope scope) noexcept { bits_ |= bit(scope); }
  [[nodiscard]] bool has(Scope scope) const noexcept { return (bits_ & bit(scope)) != 0; }
  /// In the order of kScopes.
  [[nodiscard]] std::vector<Scope> list() const;

  friend bool operator==(Scopes, Scopes) = default;

 private:
  [[nodiscard]] static constexpr unsigned bit(Scope scope) noexcept {
    return scope == Scope::none ? 0U : 1U << static_cast<unsigned>(scope);
  }
  unsigned bits_ = 0;
};

}  // namespace taskward::model
