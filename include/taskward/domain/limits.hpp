// Rate limits per client, exact across all workers and hosts, and the subjects of login lockouts.
#pragma once

#include "taskward/base/result.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/attempts.hpp"

namespace taskward::domain {

/// Counts an attempt of the client (model/client.hpp). 429 too_many_requests with the time until the next
/// attempt is allowed; never for a client in LIMIT_EXEMPT. Clients without an address share one limit.
[[nodiscard]] Result<Done> count_attempt(const Resources& resources, const model::Limit& limit,
                                         const model::Origin& origin);

/// Counts an attempt on the account, whichever client makes it.
[[nodiscard]] Result<Done> count_attempt(const Resources& resources, const model::Limit& limit,
                                         const UserId& account, const model::Origin& origin);

/// The subject of failed logins by name: the account, or the HMAC of a name without an account.
[[nodiscard]] store::LockSubject lock_subject(const Resources& resources, const model::AccountName& name,
                                              const std::optional<UserId>& account);
/// The subject of failed password confirmations within a session.
[[nodiscard]] store::LockSubject lock_subject(const UserId& caller);

}  // namespace taskward::domain
