#include "idempotency.hpp"

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/crypto/digest.hpp"

namespace taskward::store {

std::string find_key(int first, KeyHeld held) {
  return filled(R"(, key_lock as materialized (
  select {try_lock}(hashtextextended(c.id::text || encode({key}::bytea, 'hex'), 0)) as is_free
    from caller c where c.permitted
), earlier as (
  select k.request_hash = {request}::bytea as same_request, k.answer, k.created_at
    from taskward.idempotency_keys k join caller c on c.permitted and k.owner_id = c.id
   where k.key_hash = {key}::bytea and k.created_at > now() - {period}
))",
                {{"try_lock", held == KeyHeld::shortly ? "pg_try_advisory_xact_lock_shared"
                                                       : "pg_try_advisory_xact_lock"},
                 {"key", parameter(first)},
                 {"request", parameter(first + 1)},
                 {"period", interval(kIdempotencyPeriod)}});
}

std::string store_key(int first, const std::string& from, const std::string& tasks,
                      const std::string& answer) {
  return filled(R"(, expired_key as (
  delete from taskward.idempotency_keys k using caller c
   where k.owner_id = c.id and k.key_hash = {key}::bytea and k.created_at <= now() - {period}
  returning 1
), stored_key as (
  insert into taskward.idempotency_keys (owner_id, key_hash, request_hash, task_ids, answer)
  select d.owner_id, {key}::bytea, {request}::bytea, {tasks}, {answer}
    from {from} d cross join (select count(*) from expired_key) old
))",
                {{"key", parameter(first)},
                 {"request", parameter(first + 1)},
                 {"period", interval(kIdempotencyPeriod)},
                 {"tasks", tasks},
                 {"answer", answer},
                 {"from", from}});
}

void add_key(db::Params& params, const IdempotencyKey& key) {
  params.bytes(crypto::view(key.key)).bytes(crypto::view(key.request));
}

std::optional<Result<Done>> replay_from(db::RowReader& row) {
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
