// expect: could not convert|no viable conversion|no matching function|invalid initialization of reference
#include "taskward/base/ids.hpp"

namespace taskward {

void look_up(const UserId& user);

#ifdef CONTROL
void call(const UserId& id) { look_up(id); }
#else
void call(const TaskId& id) { look_up(id); }
#endif

}  // namespace taskward
