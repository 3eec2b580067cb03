// Conditional requests (RFC 9110, 13) and the Idempotency-Key.
#pragma once

#include <optional>
#include <string>

#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"
#include "taskward/http/request.hpp"
#include "taskward/model/task.hpp"

namespace taskward::api {

/// The entity tag of a task: a strong one, because every change increments the version.
[[nodiscard]] std::string etag_of(const model::Task& task);

/// If-Match and If-None-Match of a request that changes a task. 400 bad_request if one is malformed.
[[nodiscard]] Result<model::Precondition> read_precondition(const http::Request& request);

/// 412 if a request that creates a resource has If-Match, for which there is no entity tag yet.
[[nodiscard]] Result<Done> refuse_if_match(const http::Request& request);

/// Whether the client already has this version, according to If-None-Match. 400 bad_request if it is
/// malformed.
[[nodiscard]] Result<bool> is_known_to_client(const http::Request& request, const model::Task& task);

/// The same for a resource with this entity tag, which includes the quotes.
[[nodiscard]] Result<bool> is_known_to_client(const http::Request& request, const std::string& etag);

/// The Idempotency-Key, if there is one; 422 validation_failed if it is invalid. Must be called before the
/// body is parsed, which modifies it.
[[nodiscard]] Result<std::optional<domain::IdempotencyKey>> read_idempotency_key(const Call& call);

}  // namespace taskward::api
