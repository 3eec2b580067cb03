// Handlers of tasks.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> list_tasks(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> create_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> get_task(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> change_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> delete_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> restore_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> apply_batch(const Call& call, const WriteTasks& access);

/// The problems of a route that creates tasks and accepts an Idempotency-Key.
[[nodiscard]] std::vector<ErrorCode> creation_problems();
[[nodiscard]] Operations task_operations();

}  // namespace taskward::api
