// Grants access without verifying a token, as after a recent authentication.
#pragma once

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::testing {

struct AnyAccess {
  template <model::Permission P>
  [[nodiscard]] static model::SessionAccess<P> of(const UserId& user, const SessionId& session) {
    return {user, session, {{}, SystemClock().now()}, model::Assurance::usual, model::MfaPolicy::off};
  }
  /// By a personal access token, for a route of that scope.
  template <model::Permission P>
  [[nodiscard]] static model::Access<P> by_token(const UserId& user, const PersonalTokenId& token,
                                                 model::Scope scope) {
    return {user, token, scope, model::MfaPolicy::off};
  }
};

}  // namespace taskward::testing
