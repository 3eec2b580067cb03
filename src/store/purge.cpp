#include "taskward/store/purge.hpp"

#include <array>
#include <string>
#include <vector>

#include "fragments.hpp"
#include "statement_lists.hpp"
#include "taskward/base/text.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Statement;

constexpr std::array kPurges{Purge::one_time_codes, Purge::attempts,         Purge::lockouts,
                             Purge::refresh_tokens, Purge::sessions,         Purge::handed_over_mail,
                             Purge::dead_mail,      Purge::idempotency_keys, Purge::mfa_logins,
                             Purge::challenges,     Purge::pending_totp,     Purge::personal_tokens};

std::vector<std::string> prefixed(std::string_view columns, std::string_view prefix) {
  std::vector<std::string> out;
  for (const std::string_view column : split(columns, ','))
    out.push_back(std::string(prefix) + std::string(column));
  return out;
}

// The LIMIT must be in a materialized CTE: PostgreSQL may evaluate a subquery once per row.
Statement purge(Purge what, std::string_view table, std::string_view key, std::string_view old) {
  return {"purge_" + std::string(name(what)), Effect::writes,
          "with old as materialized (select " + std::string(key) + " from taskward." + std::string(table) +
              " r where " + std::string(old) +
              " limit $1::bigint for update skip locked) delete from taskward." + std::string(table) +
              " r using old where (" + joined(prefixed(key, "r."), ", ") + ") = (" +
              joined(prefixed(key, "old."), ", ") + ')'};
}

const std::array<Statement, kPurges.size()> statements{
    purge(Purge::one_time_codes, "one_time_codes", "purpose, subject",
          "expires_at < now() - interval '1 hour'"),
    purge(Purge::attempts, "attempts", "kind, subject", "last_at < now() - interval '2 hours'"),
    purge(Purge::lockouts, "lockouts", "name_kind, subject",
          "last_failure_at < now() - interval '7 days' and (locked_until is null or locked_until <= now())"),
    purge(Purge::refresh_tokens, "refresh_tokens", "user_id, token_hash",
          "expires_at < now() - interval '1 day'"),
    purge(
        Purge::sessions, "sessions", "user_id, id",
        "(expires_at < now() - interval '30 days' or revoked_at < now() - interval '30 days') and not exists "
        "(select from taskward.refresh_tokens t where t.user_id = r.user_id and t.session_id = r.id)"),
    purge(Purge::handed_over_mail, "outbox", "id",
          "state = 'handed_over' and handed_over_at < now() - interval '7 days'"),
    purge(Purge::dead_mail, "outbox", "id", "state = 'dead' and next_try_at < now() - interval '30 days'"),
    purge(Purge::idempotency_keys, "idempotency_keys", "owner_id, key_hash",
          "created_at < now() - " + interval(kIdempotencyPeriod)),
    purge(Purge::mfa_logins, "mfa_logins", "token_hash", "expires_at < now()"),
    purge(Purge::challenges, "webauthn_challenges", "challenge_hash", "expires_at < now()"),
    purge(Purge::pending_totp, "totp", "user_id",
          "confirmed_at is null and created_at < now() - " + interval(model::kTotpPendingLifetime)),
    purge(Purge::personal_tokens, "personal_tokens", "user_id, id",
          "expires_at < now() - interval '30 days' or revoked_at < now() - interval '30 days'"),
};

}  // namespace

StatementList purge_statements() {
  StatementList all;
  for (const Statement& statement : statements) all.push_back(&statement);
  return all;
}

std::span<const Purge> every_purge() noexcept { return kPurges; }

std::string_view name(Purge purge) noexcept {
  constexpr auto names = std::to_array<std::string_view>(
      {"one_time_codes", "attempts", "lockouts", "refresh_tokens", "sessions", "handed_over_mail",
       "dead_mail", "idempotency_keys", "mfa_logins", "challenges", "pending_totp", "personal_tokens"});
  return names[static_cast<std::size_t>(purge)];
}

std::int64_t purge_batch(db::Connection& database, Purge purge) {
  const std::string tag(
      database.run(statements[static_cast<std::size_t>(purge)], Params().number(kPurgeBatch)).tag());
  // "DELETE 17"
  return std::stoll(tag.substr(tag.find(' ') + 1));
}

}  // namespace taskward::store
