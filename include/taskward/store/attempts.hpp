// Counts attempts exactly across all workers and hosts: row locks serialize them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/limit.hpp"

namespace taskward::store {

/// Counts an attempt. If the limit is reached, returns how long until the next attempt is allowed, at least
/// one second. A refused attempt is not counted. It is recorded once per window.
[[nodiscard]] std::optional<std::chrono::seconds> count_attempt(db::Connection& database,
                                                                const model::Limit& limit,
                                                                std::string_view subject,
                                                                const model::AuditStamp& stamp);

/// What failed password checks are counted for: a subject, which is the account's id, or a keyed hash of a
/// name that no account has, and the kind of name that was given. Failures with an address and with a user
/// name are counted separately, and together for the account, as those of `caller`, a logged-in user who must
/// enter the password again.
struct LockSubject {
  enum class Kind { email, username, caller } kind;
  std::string bytes;
};
[[nodiscard]] std::string_view name(LockSubject::Kind kind) noexcept;

}  // namespace taskward::store
