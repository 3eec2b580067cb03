// expect: the scope belongs to the row's permission
#include "src/api/task_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
constexpr auto kScope = model::Scope::tasks_read;
#else
constexpr auto kScope = model::Scope::tasks_write;
#endif
const Route row =
    route<model::Permission::read_tasks, kScope, &list_tasks>("list_tasks", http::Method::GET, "/tasks");

}  // namespace taskward::api
