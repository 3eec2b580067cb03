// expect: the handler takes the access that the row's permission grants
#include "src/api/task_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr auto kPermission = model::Permission::write_tasks;
#else
constexpr auto kPermission = model::Permission::read_tasks;
#endif
const Route row = route<kPermission, model::Scope::none, &create_task>("create_task", http::Method::POST, "/tasks");

}  // namespace taskward::api
