// What a request asks before its work: the headers of conditional requests (RFC 9110, 13) and the
// Idempotency-Key.
#pragma once

#include <optional>
#include <string>

#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/domain/tasks.hpp"
#include "taskward/http/request.hpp"
#include "taskward/model/task.hpp"

namespace taskward::api {

/// The entity tag of a task: strong, because each change of a task counts its version up.
[[nodiscard]] std::string etag_of(const model::Task& task);

/// If-Match and If-None-Match of a request that changes a task. 400 bad_request when one cannot be read.
[[nodiscard]] Result<model::Precondition> read_precondition(const http::Request& request);

/// For a route that makes something new, where there is nothing that If-Match could be compared with: 412.
[[nodiscard]] Result<Done> refuse_if_match(const http::Request& request);

/// Whether If-None-Match of a request that reads says that the client has this version. 400 bad_request.
[[nodiscard]] Result<bool> is_known_to_client(const http::Request& request, const model::Task& task);

/// The same of what has that entity tag, quotes and all.
[[nodiscard]] Result<bool> is_known_to_client(const http::Request& request, const std::string& etag);

/// Nothing without an Idempotency-Key; 422 validation_failed when it is none. Before the body is read, which
/// takes it apart.
[[nodiscard]] Result<std::optional<domain::IdempotencyKey>> read_idempotency_key(const Call& call);

}  // namespace taskward::api
