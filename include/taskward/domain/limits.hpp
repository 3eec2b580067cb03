// Limits by client, exact over all workers and hosts, and whose failures are counted together.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/attempts.hpp"

namespace taskward::domain {

/// Counts an attempt of the client (model/client.hpp). 429 too_many_requests with the time until the next
/// may be made; never for a client of LIMIT_EXEMPT. All clients without an address are one.
[[nodiscard]] Result<Done> count_attempt(const Resources& resources, const model::Limit& limit,
                                         const model::Origin& origin);

/// Whose failures count for a name: the account's, if there is one.
[[nodiscard]] store::LockSubject lock_subject(const Resources& resources, const model::AccountName& name,
                                              const std::optional<UserId>& account);
/// The same for who is logged in.
[[nodiscard]] store::LockSubject lock_subject(const UserId& caller);

}  // namespace taskward::domain
