// The members of a user, for users and for types derived from it.
#pragma once

#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api {

template <class T>
[[nodiscard]] std::vector<Part<T>> user_part_list() {
  using model::User;
  return {
      part<&User::id, T>("id"),
      part<&User::email, T>("email", "With the original letter case."),
      part<&User::username, T>("username", "With the original letter case."),
      part<&User::name, T>("name", "The display name."),
      part<&User::email_verified, T>("email_verified",
                                     "Whether the address was verified with a code sent to it."),
      part<&User::role, T>("role"),
      part<&User::is_active, T>("is_active"),
      part<&User::has_second_factor, T>("has_second_factor", "Whether a login needs a second factor."),
      part<&User::created_at, T>("created_at"),
  };
}

}  // namespace taskward::api
