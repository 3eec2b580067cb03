// expect: the handler of a row with a scope needs no session
#include "src/api/account_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr auto kScope = model::Scope::none;
#else
constexpr auto kScope = model::Scope::profile_read;
#endif
const Route row = route<model::Permission::own_profile, kScope, &list_sessions>("sessions", http::Method::GET,
                                                                                "/auth/sessions");

}  // namespace taskward::api
