// Reading whole rows of the audit table.
#pragma once

#include <string>
#include <string_view>

#include "taskward/db/rows.hpp"
#include "taskward/model/audit_record.hpp"

namespace taskward::store {

/// SQL: the array column `column` as a one-dimensional array without nulls, whatever its shape.
[[nodiscard]] std::string plain_texts(const std::string& column);

/// The columns of an audit record, of the table or CTE `alias`, in the order audit_record_from reads them.
/// Times that a Timestamp cannot hold are replaced by the nearest one it can, so that a record written
/// directly into the table cannot make the audit log unreadable.
[[nodiscard]] std::string audit_record_columns(std::string_view alias);

/// SQL: the condition for an event that is shown to the owner of an account: `by` or `on` the account, whose
/// id is the SQL `account`. Each has an index in every month, whose condition it repeats. Refreshes of a
/// token, the most frequent events, are on a session.
[[nodiscard]] std::string event_by(std::string_view alias, std::string_view account);
[[nodiscard]] std::string event_on(std::string_view alias, std::string_view account);

[[nodiscard]] model::AuditRecord audit_record_from(db::RowReader& row);

}  // namespace taskward::store
