// Looking into the audit record: what is looked for, and places in its order.
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
/// Longer than any request's id.
inline constexpr std::size_t kRequestIdMaxBytes = 200;

enum class AuditOutcome : std::uint8_t { success, failure, denied };
inline constexpr std::array kAuditOutcomes{AuditOutcome::success, AuditOutcome::failure,
                                           AuditOutcome::denied};
[[nodiscard]] std::string_view name(AuditOutcome outcome) noexcept;
[[nodiscard]] std::optional<AuditOutcome> audit_outcome(std::string_view name) noexcept;

/// The actions of that name, or of the group whose name ends with the dot, such as `session.`; none for
/// another text.
[[nodiscard]] std::vector<AuditAction> audit_actions(std::string_view name_or_group);

/// What most of the record consists of. An index of actions leaves these out, because it would cost each of
/// these deeds and find nothing faster.
inline constexpr std::array kFrequentActions{AuditAction::task_create, AuditAction::task_update,
                                             AuditAction::task_delete, AuditAction::session_refresh};

/// What a record must be to be found: all of what is given. Of several actions or outcomes, one of them.
struct AuditFilter {
  std::optional<UserId> actor{};
  std::optional<Uuid> object{};
  std::vector<AuditAction> actions{};
  std::vector<AuditOutcome> outcomes{};
  std::optional<IpNetwork> address{};
  std::string request_id{};         ///< empty for any
  std::optional<Timestamp> from{};  ///< at that moment or later
  std::optional<Timestamp> to{};    ///< before that moment
};

/// A place in the record, which is in the order of (at, id): at the record of that moment and id.
struct AuditPlace {
  Timestamp at;
  AuditId id;

  /// Microseconds since 1970, a point, the id: 1764154800000000.019ac0f7-5b80-7000-8000-0123456789ab.
  [[nodiscard]] std::string text() const;
  /// Reads exactly that form; anything else gives nothing.
  [[nodiscard]] static std::optional<AuditPlace> parse(std::string_view text) noexcept;

  friend auto operator<=>(const AuditPlace&, const AuditPlace&) = default;
};

}  // namespace taskward::model
