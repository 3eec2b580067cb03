// Searching the audit log. Errors are those of store/audit_search.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_record.hpp"
#include "taskward/model/audit_search.hpp"
#include "taskward/store/audit_search.hpp"

namespace taskward::domain {

using store::Administer;

/// Up to `limit` matching records, newest first, older than `before`. Recorded as audit.read.
[[nodiscard]] Result<store::FoundRecords> read_audit(const Resources& resources, const Administer& access,
                                                     const model::AuditFilter& filter, int limit,
                                                     const std::optional<model::AuditPosition>& before,
                                                     const model::Origin& origin);

/// All matching records older than a position, newest first, in parts. The first part is recorded as
/// audit.export; each part checks the caller's permission again. The resources and the origin must outlive
/// it.
class AuditExport {
 public:
  /// How long one call searches without finding a record. It then returns an empty part, so that the caller
  /// can keep the connection alive.
  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::int64_t kPart = 500;

  AuditExport(const Resources& resources, const Administer& access, model::AuditFilter filter,
              const std::optional<model::AuditPosition>& before, const model::Origin& origin)
      : resources_(resources), access_(access), filter_(std::move(filter)), next_(before), origin_(origin) {}

  [[nodiscard]] Result<std::vector<model::AuditRecord>> next();
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }

 private:
  Resources resources_;
  Administer access_;
  model::AuditFilter filter_;
  std::optional<model::AuditPosition> next_;
  model::Origin origin_;
  bool is_recorded_ = false;
  bool is_over_ = false;
};

}  // namespace taskward::domain
