// expect: no matching function for call to .*route
#include "src/api/auth_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr Route row = route<model::Permission::anyone, &log_in>("login", http::Method::POST, "/login");
#else
constexpr Route row = route<&log_in>("login", http::Method::POST, "/login");
#endif

}  // namespace taskward::api
