// Searching the audit log: filters and cursors.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/client.hpp"

namespace taskward::model {

inline constexpr int kAuditPageDefault = 50;
inline constexpr int kAuditPageMax = 100;
/// Exceeds the length of all request ids.
inline constexpr std::size_t kRequestIdMaxBytes = 200;

enum class AuditOutcome : std::uint8_t { success, failure, denied };
inline constexpr std::array kAuditOutcomes{AuditOutcome::success, AuditOutcome::failure,
                                           AuditOutcome::denied};
[[nodiscard]] std::string_view name(AuditOutcome outcome) noexcept;
[[nodiscard]] std::optional<AuditOutcome> audit_outcome(std::string_view name) noexcept;

/// The action of that name, or the actions of a group such as `session.`; empty for an unknown name.
[[nodiscard]] std::vector<AuditAction> audit_actions(std::string_view name_or_group);

/// The actions of most records. They are excluded from the index of actions, which would slow them down
/// without making searches for them faster.
inline constexpr std::array kFrequentActions{AuditAction::task_create, AuditAction::task_update,
                                             AuditAction::task_delete, AuditAction::session_refresh};

/// Selects records that satisfy all conditions.
struct AuditFilter {
  std::optional<UserId> actor{};
  std::optional<Uuid> object{};
  std::vector<AuditAction> actions{};
  std::vector<AuditOutcome> outcomes{};
  std::optional<IpNetwork> address{};
  std::string request_id{};  ///< empty for any
  std::optional<PersonalTokenId> token{};
  std::optional<Timestamp> from{};  ///< inclusive
  std::optional<Timestamp> to{};    ///< exclusive
};

/// A position (cursor) in the audit log, which is ordered by (at, id).
struct AuditPosition {
  Timestamp at;
  AuditId id;

  /// Microseconds since 1970, a dot and the id: 1764154800000000.019ac0f7-5b80-7000-8000-0123456789ab.
  [[nodiscard]] std::string text() const;
  /// Accepts only that form.
  [[nodiscard]] static std::optional<AuditPosition> parse(std::string_view text) noexcept;

  friend auto operator<=>(const AuditPosition&, const AuditPosition&) = default;
};

}  // namespace taskward::model
