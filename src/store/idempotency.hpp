// Idempotency keys: SQL that finds what a request with the same key did, and keeps what this one does.
//
// A key and the request it came with are two parameters from $first on, which add_key binds. Of two requests
// with one key at once the second waits for the first at the primary key, is refused by it, and is run again
// (run_again.hpp): then it finds the first. Nobody waits for one that lasts: those are refused meanwhile.
#pragma once

#include <optional>
#include <string>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {

enum class Keyed : std::uint8_t { no, yes };

/// How long a request holds its key: one statement, or a transaction of many.
enum class KeyHeld : std::uint8_t { shortly, long_time };

/// A CTE `key_held`, whether no request that lasts has the caller's key at work (nor any, if this one lasts),
/// and `earlier` with the row of the key, if it was used before and is still remembered.
inline std::string find_key(int first, KeyHeld held = KeyHeld::shortly) {
  return filled(R"(, key_held as materialized (
  select {try_lock}(hashtextextended(c.id::text || encode({key}::bytea, 'hex'), 0)) as is_free
    from caller c where c.permitted
), earlier as (
  select k.request_hash = {request}::bytea as same_request, k.answer
    from taskward.idempotency_keys k join caller c on c.permitted and k.owner_id = c.id
   where k.key_hash = {key}::bytea and k.created_at > now() - {period}
))",
                {{"try_lock", held == KeyHeld::shortly ? "pg_try_advisory_xact_lock_shared"
                                                       : "pg_try_advisory_xact_lock"},
                 {"key", parameter(first)},
                 {"request", parameter(first + 1)},
                 {"period", interval(kIdempotencyPeriod)}});
}

/// SQL: whether the request is the first with its key.
inline constexpr std::string_view kIsFirst =
    "(select h.is_free from key_held h) and not exists (select from earlier)";

/// CTEs that keep the key with its first answer: `answer` is SQL that gives JSON, `tasks` SQL that gives the
/// ids of the tasks in it, over the CTE `from`, as d, which gives one row with the owner_id, or none.
inline std::string keep_key(int first, const std::string& from, const std::string& tasks,
                            const std::string& answer) {
  return filled(R"(, forgotten as (
  delete from taskward.idempotency_keys k using caller c
   where k.owner_id = c.id and k.key_hash = {key}::bytea and k.created_at <= now() - {period}
  returning 1
), kept as (
  insert into taskward.idempotency_keys (owner_id, key_hash, request_hash, task_ids, answer)
  select d.owner_id, {key}::bytea, {request}::bytea, {tasks}, {answer}
    from {from} d cross join (select count(*) from forgotten) old
))",
                {{"key", parameter(first)},
                 {"request", parameter(first + 1)},
                 {"period", interval(kIdempotencyPeriod)},
                 {"tasks", tasks},
                 {"answer", answer},
                 {"from", from}});
}

inline void add_key(db::Params& params, const IdempotencyKey& key) {
  params.bytes(crypto::view(key.key)).bytes(crypto::view(key.request));
}

/// The columns that replay_of reads, where `earlier e` was joined.
inline constexpr std::string_view kReplayColumns =
    "(select h.is_free from key_held h), e.same_request, e.answer is not null";
inline constexpr std::size_t kReplayColumnCount = 3;

/// Nothing when the key is new, otherwise whether the answer is to be given again, or why not.
inline std::optional<Result<Done>> replay_of(db::RowReader& row) {
  if (!row.boolean()) return Result<Done>(ErrorCode::idempotency_key_in_use);
  if (row.is_null()) {
    row.skip(2);
    return std::nullopt;
  }
  const bool same = row.boolean();
  const bool answered = row.boolean();
  if (!same) return Result<Done>(ErrorCode::idempotency_key_reused);
  if (!answered) return Result<Done>(ErrorCode::answer_erased);
  return Result<Done>(Done{});
}

}  // namespace taskward::store
