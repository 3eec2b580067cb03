// SQL that counts attempts within a time window.
//
// Counting is one INSERT … ON CONFLICT DO UPDATE with its condition in its own WHERE clause. After waiting
// for a row's lock PostgreSQL evaluates it on the newest version of the row, so that counts are exact.
#pragma once

#include <chrono>
#include <string>

#include "taskward/db/rows.hpp"

namespace taskward::store {

/// SQL: the attempts of taskward.attempts a that are within the window. `window` is SQL, in seconds.
[[nodiscard]] std::string attempts_in_window(const std::string& window);

/// SQL: a statement that counts an attempt of (kind, subject) if fewer than `most` are within the window. It
/// returns one row if the attempt was counted, none otherwise. `source` is an SQL from clause with one row,
/// or none to count nothing.
[[nodiscard]] std::string count_attempt_sql(const std::string& kind, const std::string& subject,
                                            const std::string& most, const std::string& window,
                                            const std::string& source = "(select) one");

/// SQL: a scalar, the whole seconds until the oldest attempt leaves the window.
[[nodiscard]] std::string rest_of_window(const std::string& kind, const std::string& subject,
                                         const std::string& window);

/// Reads seconds for Retry-After: at least one, because an immediate retry would be refused again.
[[nodiscard]] std::chrono::seconds retry_after(db::RowReader& row);

}  // namespace taskward::store
