// The members of a user, also where they are those of something that is more than a user.
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
      part<&User::email, T>("email", "As it was typed."),
      part<&User::username, T>("username", "As it was typed."),
      part<&User::name, T>("name", "What the person wants to be called."),
      part<&User::email_verified, T>("email_verified",
                                     "Whether a code that was sent to the address came back."),
      part<&User::role, T>("role"),
      part<&User::is_active, T>("is_active"),
      part<&User::created_at, T>("created_at"),
  };
}

}  // namespace taskward::api
