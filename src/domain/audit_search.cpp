#include "taskward/domain/audit_search.hpp"

namespace taskward::domain {

using model::AuditAction;
using store::AuditLookup;

Result<store::FoundRecords> read_audit(const Resources& resources, const Administer& access,
                                       const model::AuditFilter& filter, int limit,
                                       const std::optional<model::AuditPosition>& before,
                                       const model::Origin& origin) {
  return store::search_audit(resources.database, access, {filter, limit, before}, {AuditAction::audit_read},
                             resources.stamp(origin));
}

Result<std::vector<model::AuditRecord>> AuditExport::next() {
  const Timestamp deadline = resources_.clock.now() + kPatience;
  std::vector<model::AuditRecord> records;
  while (records.empty() && !is_over_) {
    const auto recorded = is_recorded_ ? AuditLookup::Recorded::no : AuditLookup::Recorded::yes;
    auto found = store::search_audit(resources_.database, access_, {filter_, kPart, next_},
                                     {AuditAction::audit_export, recorded}, resources_.stamp(origin_));
    if (!found) return std::move(found).error();
    is_recorded_ = true;
    next_ = found->next;
    is_over_ = !next_;
    records = std::move(found->records);
    if (resources_.clock.now() >= deadline) break;
  }
  return records;
}

}  // namespace taskward::domain
