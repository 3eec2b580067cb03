// Bodies of the routes for the caller's own account, and the representation of a user.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/second_factors.hpp"

namespace taskward::api {

struct PasswordChangeBody {
  Secret current_password;
  Secret new_password;
};

/// A change of names, or of the address. The address takes two requests: without a code, which is then sent
/// to the new address, and again with that code.
struct ProfileChangeBody {
  std::optional<std::string> name;
  std::optional<std::string> username;
  std::optional<std::string> email;
  std::optional<Secret> otp;
  std::optional<Secret> challenge;
};

/// The password, or a code that was sent to the account's address.
struct AccountDeletionBody {
  std::optional<Secret> password;
  std::optional<Secret> otp;
  std::optional<Secret> challenge;
};

[[nodiscard]] const Shape<PasswordChangeBody>& password_change_shape();
[[nodiscard]] const Shape<ProfileChangeBody>& profile_change_shape();
[[nodiscard]] const Shape<AccountDeletionBody>& account_deletion_shape();

[[nodiscard]] const Parts<model::User>& user_parts();
[[nodiscard]] const Parts<store::OwnAccount>& own_account_parts();
[[nodiscard]] const Parts<model::Session>& session_parts();
[[nodiscard]] const Parts<model::AuditEvent>& activity_parts();

struct SessionListBody {
  std::vector<model::Session> items;
};
[[nodiscard]] const Parts<SessionListBody>& session_list_parts();

/// A page of the caller's security events. The last page has no next_cursor.
struct ActivityPageBody {
  std::vector<model::AuditEvent> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
};
[[nodiscard]] const Parts<ActivityPageBody>& activity_page_parts();

}  // namespace taskward::api
