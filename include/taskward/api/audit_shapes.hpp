// Records of the audit table as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "taskward/api/bodies.hpp"
#include "taskward/model/audit_record.hpp"

namespace taskward::api {

/// THE table of a record's members. Times have microseconds, because records of one millisecond have an
/// order.
[[nodiscard]] const Parts<model::AuditRecord>& audit_record_parts();

/// A page of records; on the last one there is no next_cursor.
struct AuditPageBody {
  std::vector<model::AuditRecord> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
};
[[nodiscard]] const Parts<AuditPageBody>& audit_page_parts();

/// The record as one line of JSON, without its end: no text of a record can hold one.
[[nodiscard]] std::string audit_record_line(const model::AuditRecord& record);

}  // namespace taskward::api
