// expect: could not convert|no viable conversion|no matching function|invalid initialization of reference
#include "taskward/domain/tasks.hpp"

namespace taskward::domain {

#ifdef CONTROL
using Presented = WriteTasks;
#else
using Presented = ReadTasks;
#endif
auto remove(const Resources& resources, const Presented& access, const TaskId& id) {
  return delete_task(resources, access, id, {}, {});
}

}  // namespace taskward::domain
