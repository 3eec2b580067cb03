// Attempts and failures, counted exactly over all workers and hosts: a row's lock is what orders them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/limit.hpp"

namespace taskward::store {

/// Counts an attempt, or refuses it: then how long until the next may be made (at least a second). What
/// is refused is not counted, and recorded once in each window.
[[nodiscard]] std::optional<std::chrono::seconds> count_attempt(db::Connection& database,
                                                                const model::Limit& limit,
                                                                std::string_view subject,
                                                                const model::AuditStamp& stamp);

/// Whose failures are counted together: the account's id, or a keyed hash of a name that no account has.
/// An address and a user name of one account count by themselves, or a lock of one would tell that the
/// other is the same account's. `caller` is for who is logged in and must show their password again.
struct LockSubject {
  enum class Kind { email, username, caller } kind;
  std::string bytes;
};
[[nodiscard]] std::string_view name(LockSubject::Kind kind) noexcept;

}  // namespace taskward::store
