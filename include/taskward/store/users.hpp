// Creating accounts, and reading the caller's own profile.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/user.hpp"

namespace taskward::store {

struct NewAccount {
  UserId id;
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> password_hash;
  model::Role role = model::Role::user;
  std::optional<std::string> name{};
  bool is_active = true;
};

/// Creates an account by self-registration (recorded with the new account as actor), or on the command line
/// (recorded without an actor). 409 email_taken or username_taken, which is recorded too.
enum class CreatedBy { self, the_operator };
[[nodiscard]] Result<model::User> insert_account(db::Connection& database, const NewAccount& account,
                                                 CreatedBy by, const model::AuditStamp& stamp);

/// The same by an administrator. 401 invalid_token, 403 forbidden (recorded), 409 as above.
[[nodiscard]] Result<model::User> insert_account(db::Connection& database,
                                                 const model::Access<model::Permission::administer>& access,
                                                 const NewAccount& account, const model::AuditStamp& stamp);

/// The caller's own profile. 401 invalid_token when the session has ended or the user is inactive.
[[nodiscard]] Result<model::User> find_own_profile(
    db::Connection& database, const model::Access<model::Permission::own_profile>& access);

}  // namespace taskward::store
