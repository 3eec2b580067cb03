// expect: no matching function for call to .*route
#include "src/api/auth_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr Route row = route<model::Permission::anyone, model::Scope::none, &log_in>("login", http::Method::POST, "/login");
#else
constexpr Route row = route<model::Scope::none, &log_in>("login", http::Method::POST, "/login");
#endif

}  // namespace taskward::api
