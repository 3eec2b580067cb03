// expect: use of deleted function|overload resolution selected deleted operator
#include <ostream>

#include "taskward/base/secret.hpp"

namespace taskward {

void write(std::ostream& out, const Secret& password) {
#ifdef CONTROL
  out << password.size();
#else
  out << password;
#endif
}

}  // namespace taskward
