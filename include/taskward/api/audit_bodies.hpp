// Audit records as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/model/audit_record.hpp"

namespace taskward::api {

/// Times have microseconds, because records of the same millisecond are ordered.
[[nodiscard]] const Parts<model::AuditRecord>& audit_record_parts();

/// A page of records. The last page has no next_cursor.
struct AuditPageBody {
  std::vector<model::AuditRecord> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
};
[[nodiscard]] const Parts<AuditPageBody>& audit_page_parts();

/// The record as one line of JSON, without the line end.
[[nodiscard]] std::string audit_record_line(const model::AuditRecord& record);

}  // namespace taskward::api
