// SQL that finds the response to an earlier request with the same Idempotency-Key, and stores this one's.
//
// Of two concurrent requests with the same key the second waits at the primary key for the first, fails with
// unique_violation, and is retried (unique_violation_retry.hpp): then it finds the first one's response. No
// request waits for a long-running one (a task import): it is refused with 409 idempotency_key_in_use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/rows.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

enum class Keyed : std::uint8_t { no, yes };

/// How long a request holds the lock of its key: for one statement, or for a transaction of many.
enum class KeyHeld : std::uint8_t { shortly, long_time };

/// CTEs: `key_lock` with whether the lock of the caller's key was free, and `earlier` with the key's row, if
/// the key was used before and has not expired. Takes two parameters from $first on (add_key).
[[nodiscard]] std::string find_key(int first, KeyHeld held = KeyHeld::shortly);

/// SQL: whether this is the first request with its key.
inline constexpr std::string_view kIsFirst =
    "(select h.is_free from key_lock h) and not exists (select from earlier)";

/// CTEs that store the key with its response. The CTE `from`, as d, has one row with the owner_id, or none;
/// `answer` (JSON) and `tasks` (the ids of the tasks in it) are SQL expressions over it. Takes the two
/// parameters of find_key.
[[nodiscard]] std::string store_key(int first, const std::string& from, const std::string& tasks,
                                    const std::string& answer);

/// Two parameters: the hashes of the key and of the request.
void add_key(db::Params& params, const IdempotencyKey& key);

/// SQL: the columns that replay_from reads, with `earlier` joined as e.
inline constexpr std::string_view kReplayColumns =
    "(select h.is_free from key_lock h), e.same_request, e.answer is not null";
inline constexpr std::size_t kReplayColumnCount = 3;

/// Empty when the key is new. Otherwise Done if the stored response is to be repeated, or 409
/// idempotency_key_in_use, 422 idempotency_key_reused or 409 answer_erased.
[[nodiscard]] std::optional<Result<Done>> replay_from(db::RowReader& row);

}  // namespace taskward::store
