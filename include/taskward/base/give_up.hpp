// A question that long work asks at least once a second.
#pragma once

#include <functional>

namespace taskward {

/// True if the work must be aborted, because the process is being stopped. Asking also shows the watchdog
/// that the work goes on.
using GiveUp = std::function<bool()>;

}  // namespace taskward
