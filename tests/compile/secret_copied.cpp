// expect: use of deleted function|call to deleted constructor
#include "taskward/base/secret.hpp"

namespace taskward {

#ifdef CONTROL
Secret copy(const Secret& password) { return password.clone(); }
#else
Secret copy(const Secret& password) { return password; }
#endif

}  // namespace taskward
