// expect: no match for .operator==|invalid operands to binary expression
#include "taskward/base/ids.hpp"

namespace taskward {

#ifdef CONTROL
bool equal(const UserId& a, const UserId& b) { return a == b; }
#else
bool equal(const UserId& a, const SessionId& b) { return a == b; }
#endif

}  // namespace taskward
