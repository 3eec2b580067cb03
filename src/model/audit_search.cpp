#include "taskward/model/audit_search.hpp"

#include <charconv>

namespace taskward::model {
namespace {

/// The first moment that RFC 3339 cannot represent.
constexpr Timestamp kEndOfTime = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);

}  // namespace

std::string_view name(AuditOutcome outcome) noexcept {
  switch (outcome) {
    case AuditOutcome::success:
      return "success";
    case AuditOutcome::failure:
      return "failure";
    case AuditOutcome::denied:
      return "denied";
  }
  return {};
}

std::optional<AuditOutcome> audit_outcome(std::string_view text) noexcept {
  for (const AuditOutcome one : kAuditOutcomes) {
    if (name(one) == text) return one;
  }
  return std::nullopt;
}

std::vector<AuditAction> audit_actions(std::string_view name_or_group) {
  std::vector<AuditAction> out;
  for (const AuditAction one : every_audit_action()) {
    const bool is_of_group = name_or_group.ends_with('.') && name(one).starts_with(name_or_group);
    if (is_of_group || name(one) == name_or_group) out.push_back(one);
  }
  return out;
}

std::string AuditPosition::text() const {
  return std::to_string(at.time_since_epoch().count()) + '.' + id.text();
}

std::optional<AuditPosition> AuditPosition::parse(std::string_view text) noexcept {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point == 0) return std::nullopt;
  const std::string_view digits = text.substr(0, point);
  std::int64_t microseconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), microseconds);
  const Timestamp at{std::chrono::microseconds(microseconds)};
  const auto id = AuditId::parse(text.substr(point + 1));
  const bool is_plain = digits.size() == 1 || digits.front() != '0';
  if (error != std::errc() || end != digits.data() + digits.size() || microseconds < 0 || !is_plain ||
      at >= kEndOfTime || !id) {
    return std::nullopt;
  }
  return AuditPosition{at, *id};
}

}  // namespace taskward::model
