// expect: (use of|call to) deleted (member )?function
#include "taskward/base/log.hpp"
#include "taskward/base/secret.hpp"

namespace taskward {

void write(const Log& log, const Secret& password) {
#ifdef CONTROL
  log.line(LogLevel::info, "login").field("password_size", static_cast<int>(password.size()));
#else
  log.line(LogLevel::info, "login").field("password", password);
#endif
}

}  // namespace taskward
