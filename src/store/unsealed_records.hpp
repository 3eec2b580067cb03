// SQL for the records that a seal covers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/store/audit_seals.hpp"

namespace taskward::store {

/// An xid8[] literal.
[[nodiscard]] std::string xid8_array(const std::vector<std::uint64_t>& ids);

/// SQL: a parenthesized query for the records that the next seal covers. `before_open`, `before_below`,
/// `next_below`, `next_open` and `era_at` are SQL expressions. Each half of the union uses the index of
/// transactions.
[[nodiscard]] std::string unsealed_records(const std::string& before_open, const std::string& before_below,
                                           const std::string& next_below, const std::string& next_open,
                                           const std::string& era_at);

[[nodiscard]] std::string unsealed_records(const SealingRange& range);

/// SQL: CTEs `newest_seal` and `unsealed`. The oldest unsealed record is taken to be that of the first
/// unsealed transaction, which an index finds; it can be wrong by the duration of a transaction. After a move
/// to another cluster nothing is sealed until the sealer begins a new era there.
inline constexpr std::string_view kSealLagCtes = R"(newest_seal as (
  select number, xid_below, open, sealed_at, cluster = taskward.this_cluster() as is_this_cluster
    from taskward.audit_seals order by number desc limit 1
), unsealed as (
  (select at from taskward.audit where xid >= coalesce((select xid_below from newest_seal), '0'::xid8) order by xid limit 1)
  union all
  (select at from taskward.audit where xid = any (coalesce((select open from newest_seal), '{}')) limit 1)
  union all
  select sealed_at from newest_seal where not is_this_cluster
))";
/// SQL: the age of the oldest unsealed record in microseconds, by these CTEs.
inline constexpr std::string_view kSealLag =
    "coalesce((select greatest(0, extract(epoch from clock_timestamp() - min(at)) * 1000000)::bigint from "
    "unsealed), 0)";

}  // namespace taskward::store
