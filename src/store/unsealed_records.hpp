// SQL for the records that a seal covers.
#pragma once

#include <cstdint>
#include <string>
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

}  // namespace taskward::store
