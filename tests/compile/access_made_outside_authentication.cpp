// expect: private
#include "taskward/model/permission.hpp"
#ifdef CONTROL
#include "taskward/domain/authenticate.hpp"
#endif

namespace taskward {

using model::Permission;

#ifdef CONTROL
auto make(const domain::Resources& resources) {
  return domain::Authentication::verify<Permission::administer>(resources, "a token");
}
#else
auto make(UserId user, SessionId session) { return model::Access<Permission::administer>(user, session); }
#endif

}  // namespace taskward
