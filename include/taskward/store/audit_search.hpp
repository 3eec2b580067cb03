// Searching the audit log. One search reads a bounded number of records, whatever the filter.
//
// Records are returned newest first, in descending order of (at, id), after a position. A search scans the
// most selective index, up to a limit, and returns the position at which it stopped, from which the next
// search continues. Months that have not ended lack most indexes (store/audit_months): there it reads every
// record.
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

/// How many records a search reads: by time, where they are stored together, and by another index, where each
/// may be on a different page.
inline constexpr std::int64_t kAuditWindowByTime = 50'000;
inline constexpr std::int64_t kAuditWindowByKey = 10'000;

struct AuditSearch {
  const model::AuditFilter& filter;
  std::int64_t limit = 0;
  std::optional<model::AuditPosition> before{};
  /// Overrides how many records to read.
  std::optional<std::int64_t> window{};
};

struct FoundRecords {
  std::vector<model::AuditRecord> records;
  /// Where to continue, if there may be more. It can be present although no records were found.
  std::optional<model::AuditPosition> next;
};

/// How the search itself is recorded. A refusal is always recorded.
struct AuditLookup {
  model::AuditAction as;  ///< audit_read or audit_export
  enum class Recorded : std::uint8_t { yes, no } recorded = Recorded::yes;
};

/// 401 invalid_token when the session has ended or the user is inactive; 403 forbidden (recorded) when the
/// user is no longer an administrator.
[[nodiscard]] Result<FoundRecords> search_audit(db::Connection& database, const Administer& access,
                                                const AuditSearch& search, const AuditLookup& look,
                                                const model::AuditStamp& stamp);

}  // namespace taskward::store
