#include "taskward/model/scope.hpp"

namespace taskward::model {

std::string_view name(Scope scope) noexcept {
  switch (scope) {
    case Scope::none:
      return "none";
    case Scope::tasks_read:
      return "tasks:read";
    case Scope::tasks_write:
      return "tasks:write";
    case Scope::profile_read:
      return "profile:read";
    case Scope::admin_read:
      return "admin:read";
    case Scope::admin_write:
      return "admin:write";
  }
  return "";
}

std::optional<Scope> scope(std::string_view text) noexcept {
  for (const Scope scope : kScopes) {
    if (name(scope) == text) return scope;
  }
  return std::nullopt;
}

std::vector<Scope> Scopes::list() const {
  std::vector<Scope> out;
  for (const Scope scope : kScopes) {
    if (has(scope)) out.push_back(scope);
  }
  return out;
}

}  // namespace taskward::model
