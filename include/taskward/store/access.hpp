// Checks an access for requests that are refused before a statement of their own checks it, so that an
// unauthorized client receives 401 or 403 rather than the errors in its request.
#pragma once

#include <optional>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::store {

/// What a refused request was for, as recorded.
struct RefusedRequest {
  std::optional<model::AuditAction> action{};  ///< the permission is recorded instead if it is not known
  std::string_view object_type{};              ///< empty for none
  std::optional<Uuid> object{};
  /// Whether a personal access token lacks the scope of the route, which is recorded then.
  bool lacks_scope = false;
};

/// The creation of an account.
inline constexpr RefusedRequest kRefusedRegistration{model::AuditAction::account_register, "user",
                                                     std::nullopt};

/// 401 invalid_token when the session or token is not live or the user is inactive, 403 forbidden (recorded)
/// when the user's current role does not hold the permission, or the token lacks the scope.
[[nodiscard]] Result<Done> check_access(db::Connection& database, const model::Bearer& access,
                                        const model::AuditStamp& stamp, const RefusedRequest& request = {});

/// What decides whether an access is permitted to the account.
struct Standing {
  model::Role role = model::Role::guest;
  bool has_second_factor = false;
};

/// 401 invalid_token.
[[nodiscard]] Result<Standing> find_own_standing(db::Connection& database, const model::Bearer& access);

}  // namespace taskward::store
