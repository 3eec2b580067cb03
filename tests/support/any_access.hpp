// Grants access without verifying a token.
#pragma once

#include "taskward/base/ids.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::testing {

struct AnyAccess {
  template <model::Permission P>
  [[nodiscard]] static model::Access<P> of(const UserId& user, const SessionId& session) {
    return {user, session, {}, model::Assurance::usual, model::MfaPolicy::off};
  }
};

}  // namespace taskward::testing
