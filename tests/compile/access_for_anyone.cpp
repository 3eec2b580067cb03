// expect: a route without authentication has no access to user data
#include "taskward/model/permission.hpp"

namespace taskward::model {

#ifdef CONTROL
constexpr auto kPermission = Permission::own_profile;
#else
constexpr auto kPermission = Permission::anyone;
#endif
constexpr auto size = sizeof(Access<kPermission>);

}  // namespace taskward::model
