// expect: no matching function for call to .*route
#include "src/api/task_endpoints.hpp"

namespace taskward::api {

#ifdef CONTROL
const Route row = route<model::Permission::read_tasks, model::Scope::tasks_read, &list_tasks>(
    "list_tasks", http::Method::GET, "/tasks");
#else
const Route row =
    route<model::Permission::read_tasks, &list_tasks>("list_tasks", http::Method::GET, "/tasks");
#endif

}  // namespace taskward::api
