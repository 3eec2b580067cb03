// Who performs an action of administration: an administrator with an access token, or the operator on the
// command line. The operator's actions are recorded without an actor.
#pragma once

#include "taskward/model/permission.hpp"

namespace taskward::store {

using Administer = model::Access<model::Permission::administer>;

/// An administrator's access must outlive it.
class Actor {
 public:
  Actor(const Administer& access) noexcept : administrator_(&access) {}  // NOLINT: implicit on purpose
  Actor(const Administer&&) = delete;
  /// For the command line only: running it requires read access to the service's secrets.
  [[nodiscard]] static Actor the_operator() noexcept { return {}; }

  /// Null for the operator.
  [[nodiscard]] const Administer* administrator() const noexcept { return administrator_; }

 private:
  Actor() = default;
  const Administer* administrator_ = nullptr;
};

}  // namespace taskward::store
