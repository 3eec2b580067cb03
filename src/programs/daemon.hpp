// What the programs that run until they are told to stop have in common.
#pragma once

#include <string>

#include "taskward/config/command_line.hpp"

namespace taskward::programs {

inline constexpr config::Flag kReadyFileFlag{"ready-file", "PATH", "A file to make when ready to work."};

/// SIGTERM and SIGINT as something to wait for. They are blocked in every thread: make it before there are
/// any. SIGPIPE is ignored.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  /// True when it came within the time; a negative time waits for ever.
  [[nodiscard]] bool came(int timeout_ms) const;

 private:
  int descriptor_ = -1;
};

/// Writes the process's id. Throws config::BadCommandLine when that cannot be.
void make_ready_file(const std::string& path);

}  // namespace taskward::programs
