// expect: private
#include "taskward/model/permission.hpp"
#ifdef CONTROL
#include "taskward/domain/authenticate.hpp"
#endif

namespace taskward {

using model::Permission;

#ifdef CONTROL
auto create_access(const domain::Resources& resources) {
  return domain::Authentication::verify<Permission::administer>(resources, "a token");
}
#else
auto create_access(UserId user, SessionId session) {
  return model::Access<Permission::administer>(user, session, {}, model::Assurance::usual, model::MfaPolicy::off);
}
#endif

}  // namespace taskward
