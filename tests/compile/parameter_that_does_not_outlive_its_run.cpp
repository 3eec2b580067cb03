// expect: (use of|call to) deleted (member )?function
#include "taskward/db/params.hpp"

namespace taskward::db {

TaskId wanted();

void bind(Params& params, const TaskId& kept) {
#ifdef CONTROL
  params.id(kept);
#else
  static_cast<void>(kept);
  params.id(wanted());
#endif
}

}  // namespace taskward::db
