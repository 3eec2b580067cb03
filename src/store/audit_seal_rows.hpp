// Reading seals, and records in the form in which they are sealed. Rows that were tampered with must stay
// readable: an invalid value is read as one that does not match its hash or signature.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "taskward/db/rows.hpp"
#include "taskward/model/audit_seal.hpp"

namespace taskward::store {

// The range of times that a Timestamp can hold and RFC 3339 can express. timestamptz also has infinity, and
// years before 1 and after 9999.
inline constexpr std::string_view kFirstMoment = "timestamptz '0001-01-01 00:00:00+00'";
inline constexpr std::string_view kAfterLastMoment = "timestamptz '10000-01-01 00:00:00+00'";

/// SQL: the time, or null when it is outside that range.
[[nodiscard]] std::string plain_moment(const std::string& column);

/// The columns of a record, of the table or CTE `alias`, in the order sealable_from reads them. Its time must
/// be within the range above.
[[nodiscard]] std::string sealable_columns(std::string_view alias);

/// The columns of a seal, in the order seal_from reads them. `leaves` is the SQL of the leaves, or kNoLeaves.
[[nodiscard]] std::string seal_columns(std::string_view alias, std::string_view leaves);
inline constexpr std::string_view kNoLeaves = "null::bytea";

/// An xid8 from its decimal digits.
[[nodiscard]] std::uint64_t transaction_from(std::string_view digits);

[[nodiscard]] model::SealableRecord sealable_from(db::RowReader& row);
[[nodiscard]] model::AuditSeal seal_from(db::RowReader& row);

}  // namespace taskward::store
