#include "taskward/model/audit_event.hpp"

#include <array>

namespace taskward::model {

std::string_view name(AuditAction action) noexcept {
  constexpr auto names = std::to_array<std::string_view>({
#define X(action, text, meaning) text,
      TASKWARD_AUDIT_ACTIONS(X)
#undef X
  });
  return names[static_cast<std::size_t>(action)];
}

std::span<const AuditAction> every_audit_action() noexcept {
  static constexpr std::array all{
#define X(action, text, meaning) AuditAction::action,
      TASKWARD_AUDIT_ACTIONS(X)
#undef X
  };
  return all;
}

}  // namespace taskward::model
