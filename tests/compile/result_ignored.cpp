// expect: ignoring return(ed)? value|nodiscard
#pragma GCC diagnostic error "-Wunused-result"
#include "taskward/base/result.hpp"

namespace taskward {

Result<Done> log_out();

void call() {
#ifdef CONTROL
  static_cast<void>(log_out());
#else
  log_out();
#endif
}

}  // namespace taskward
