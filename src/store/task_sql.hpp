// The columns of tasks: reading and binding them, and the SQL of a change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/db/array.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/task.hpp"

namespace taskward::store {

/// All columns, of the table or CTE `alias`, in the order task_from reads them.
[[nodiscard]] std::string task_columns(const std::string& alias);

/// All columns with their types, as the column definition list of jsonb_to_recordset.
[[nodiscard]] std::string task_columns_with_types();

/// The columns that clients write, each with the prefix.
[[nodiscard]] std::string written_columns(const std::string& prefix = {});

/// The columns that clients write, with their types. A nullable one is followed by the boolean NAME_present,
/// which tells a null value from an omitted one.
[[nodiscard]] std::string written_columns_with_types();

/// SQL: an array of the names of the columns that the change `g` changes in the task `t`. Both are aliases;
/// the columns of `g` are those of written_columns_with_types.
[[nodiscard]] std::string changed_fields(const std::string& t, const std::string& g);

/// Some of the columns that clients write, as the bits of last_change.
using WrittenColumns = unsigned;

/// The columns that the change gives.
[[nodiscard]] WrittenColumns columns_of(const model::TaskChange& change);

/// Every set of one or more columns.
[[nodiscard]] std::vector<WrittenColumns> all_column_sets();

// For a change `g` that gives exactly `given`:

/// SQL: whether one of them differs from that of the task `t`.
[[nodiscard]] std::string differs(const std::string& t, const std::string& g, WrittenColumns given);

/// SQL: the SET list, as that of assignments(), and of last_change the columns that differ.
[[nodiscard]] std::string given_assignments(const std::string& t, const std::string& g, WrittenColumns given);

/// SQL: the array of the names of those that are in `last_change`.
[[nodiscard]] std::string fields_of(const std::string& last_change, WrittenColumns given);

/// SQL: the SET list of an update of the task `t` by the change `g`, including completed_at, updated_at and
/// version.
[[nodiscard]] std::string assignments(const std::string& t, const std::string& g);

[[nodiscard]] model::Task task_from(db::RowReader& row);

[[nodiscard]] std::int64_t number_of(model::TaskPriority priority) noexcept;

// Parameters whose text must outlive the run.

[[nodiscard]] db::ArrayText array_of(const std::vector<std::string>& texts);

template <class Ids>
[[nodiscard]] db::ArrayText array_of_ids(const Ids& ids) {
  db::ArrayText array;
  for (const auto& id : ids) array.add(id.text());
  return array;
}

/// Empty for no time.
[[nodiscard]] std::string literal_of(const std::optional<Timestamp>& moment);

/// Binds an empty literal as null.
void add_literal_or_null(db::Params& params, const std::string& literal);

/// SQL: whether the version of the row `t` meets the precondition (If-Match, If-None-Match). Takes four
/// parameters from $first on (PreconditionParams).
[[nodiscard]] std::string meets_precondition(const std::string& t, int first);

class PreconditionParams {
 public:
  PreconditionParams(db::Params& params, const model::Precondition& precondition);
  PreconditionParams(const PreconditionParams&) = delete;
  PreconditionParams& operator=(const PreconditionParams&) = delete;

 private:
  std::string match_;
  std::string none_match_;
};

// Statements that act on several tasks write an audit record for each: $4 has the ids of the records, $5 to
// $7 are bound by add_origin.

void add_origin(db::Params& params, const model::Origin& origin);

/// A CTE that records that the caller's role did not permit the action.
[[nodiscard]] std::string audit_refusal(model::AuditAction action);

/// The same, and a CTE that writes a record for each row of `actions` (a query for action, id, ord from 1,
/// reason and fields).
[[nodiscard]] std::string audit_each(model::AuditAction action, const std::string& actions);

/// A CTE that deletes the stored responses that contain a task of the CTE `deleted` (idempotency.hpp).
[[nodiscard]] std::string erase_answers(const std::string& deleted);

/// A CTE `evicted`: the oldest tasks in the trash of the CTE `owner`, deleted to keep the trash within
/// `quota` when `more` tasks are moved to it; at most `more` of them. Concurrent statements evict different
/// tasks.
[[nodiscard]] std::string evict_from_trash(const std::string& owner, const std::string& quota,
                                           const std::string& more);

}  // namespace taskward::store
