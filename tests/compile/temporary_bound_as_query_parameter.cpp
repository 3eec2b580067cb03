// expect: (use of|call to) deleted (member )?function
#include "taskward/db/params.hpp"

namespace taskward::db {

TaskId current_id();

void bind(Params& params, const TaskId& id) {
#ifdef CONTROL
  params.id(id);
#else
  static_cast<void>(id);
  params.id(current_id());
#endif
}

}  // namespace taskward::db
