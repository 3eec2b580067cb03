// Shared by the programs that run until they receive a stop signal.
#pragma once

#include <initializer_list>
#include <string>

#include "taskward/config/command_line.hpp"

namespace taskward::programs {

inline constexpr config::Flag kReadyFileFlag{"ready-file", "PATH", "Create this file when ready."};

/// Stop signals as an event that can be waited for. They are blocked in the calling thread and in every
/// thread created later: construct it before there are threads. SIGPIPE is ignored.
class StopSignal {
 public:
  explicit StopSignal(std::initializer_list<int> signals);
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  /// True if a signal arrives within the time, and from then on; a negative time waits without limit.
  [[nodiscard]] bool came(int timeout_ms) const;
  /// Readable once a signal has arrived.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// Writes the process id to the file. Throws config::BadCommandLine if it cannot be written.
void make_ready_file(const std::string& path);

}  // namespace taskward::programs
