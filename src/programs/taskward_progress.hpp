// What a long command does, in one line that is replaced. Nothing if standard error is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace taskward::programs {

class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  /// Shows the text, unless the last one was shown a moment ago.
  void show(const std::string& text);
  void clear();

 private:
  bool is_terminal_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

/// How many audit records have been verified.
void show_verified(Progress& progress, std::int64_t records);

/// Such as 12.3 MB.
[[nodiscard]] std::string megabytes(double bytes);

}  // namespace taskward::programs
