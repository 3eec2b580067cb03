// Looking into the audit record: whatever is asked for, one search reads a bounded part of it.
//
// Records are found newest first, in the order of (at, id), behind a place. A search goes along the index
// that narrows most, looks at so many records there, and tells where it stopped, which is where the next
// one goes on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_record.hpp"
#include "taskward/model/audit_search.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

using Administer = model::Access<model::Permission::administer>;

/// How many records a search looks at: along time, where they lie side by side, and along another index,
/// where each may lie on a page of its own.
inline constexpr std::int64_t kAuditWindowByTime = 50'000;
inline constexpr std::int64_t kAuditWindowByKey = 10'000;

struct AuditSearch {
  const model::AuditFilter& filter;
  std::int64_t limit = 0;
  std::optional<model::AuditPlace> before{};
  /// How many records to look at, if not as many as above.
  std::optional<std::int64_t> window{};
};

struct FoundRecords {
  std::vector<model::AuditRecord> records;
  /// Where to go on from, when there may be more: also when nothing was found in the part that was read.
  std::optional<model::AuditPlace> next;
};

/// Whether the look leaves a record of its own; being refused always does.
struct Look {
  model::AuditAction as;  ///< audit_read or audit_export
  enum class Recorded : std::uint8_t { yes, no } recorded = Recorded::yes;
};

/// 401 invalid_token when the session has ended or the user is inactive; 403 forbidden, recorded, when the
/// caller is no administrator now.
[[nodiscard]] Result<FoundRecords> search_audit(db::Connection& database, const Administer& access,
                                                const AuditSearch& search, const Look& look,
                                                const model::AuditStamp& stamp);

}  // namespace taskward::store
