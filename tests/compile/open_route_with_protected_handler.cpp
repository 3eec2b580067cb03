// expect: the handler of a route for anyone takes only the call
#include "src/api/account_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr auto kPermission = model::Permission::own_profile;
#else
constexpr auto kPermission = model::Permission::anyone;
#endif
const Route row = route<kPermission, model::Scope::none, &get_profile>("me", http::Method::GET, "/auth/me");

}  // namespace taskward::api
