// The handlers of the route table: each turns a request into one use case, and its outcome into a
// response.
#pragma once

#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::api {

using OwnProfile = model::Access<model::Permission::own_profile>;
using ReadTasks = model::Access<model::Permission::read_tasks>;
using WriteTasks = model::Access<model::Permission::write_tasks>;
using Administer = model::Access<model::Permission::administer>;

// auth_endpoints.cpp
[[nodiscard]] Result<http::Response> register_account(const Call& call);
[[nodiscard]] Result<http::Response> log_in(const Call& call);
[[nodiscard]] Result<http::Response> request_login_code(const Call& call);
[[nodiscard]] Result<http::Response> log_in_by_code(const Call& call);
[[nodiscard]] Result<http::Response> refresh(const Call& call);
[[nodiscard]] Result<http::Response> log_out(const Call& call);

// account_endpoints.cpp
[[nodiscard]] Result<http::Response> view_profile(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> view_protected(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> change_profile(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> delete_account(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> change_password(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> request_password_reset(const Call& call);
[[nodiscard]] Result<http::Response> reset_password(const Call& call);
[[nodiscard]] Result<http::Response> list_sessions(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> end_session(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_activity(const Call& call, const OwnProfile& access);

// task_endpoints.cpp
[[nodiscard]] Result<http::Response> list_tasks(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> create_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> read_task(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> change_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> delete_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> restore_task(const Call& call, const WriteTasks& access);
[[nodiscard]] Result<http::Response> apply_batch(const Call& call, const WriteTasks& access);

// task_file_endpoints.cpp
[[nodiscard]] Result<http::Response> export_tasks(const Call& call, const ReadTasks& access);
[[nodiscard]] Result<http::Response> import_tasks(const Call& call, const WriteTasks& access);

// admin_endpoints.cpp
[[nodiscard]] Result<http::Response> view_dashboard(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> list_accounts(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> create_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> view_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> change_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> remove_account(const Call& call, const Administer& access);
[[nodiscard]] Result<http::Response> end_sessions(const Call& call, const Administer& access);
// audit_endpoints.cpp
[[nodiscard]] Result<http::Response> read_audit(const Call& call, const Administer& access);

// service_endpoints.cpp
[[nodiscard]] Result<http::Response> answer_health(const Call& call);
[[nodiscard]] Result<http::Response> answer_readiness(const Call& call);
[[nodiscard]] Result<http::Response> publish_keys(const Call& call);
[[nodiscard]] Result<http::Response> tell_metrics(const Call& call);
[[nodiscard]] Result<http::Response> publish_contract(const Call& call);

}  // namespace taskward::api
