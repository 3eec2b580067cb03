#include "taskward_progress.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <utility>

namespace taskward::programs {
namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr const char* kClearLine = "\r\033[K";

/// Not by std::cerr, which escapes control characters.
void print(const std::string& text) {
  std::cerr.flush();
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace

Progress::Progress() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_terminal_ || now < next_) return;
  next_ = now + kInterval;
  is_shown_ = true;
  print(kClearLine + text);
}

void Progress::clear() {
  if (std::exchange(is_shown_, false)) print(kClearLine);
}

void show_verified(Progress& progress, std::int64_t records) {
  progress.show("verified " + std::to_string(records) + " audit records");
}

std::string megabytes(double bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f MB", bytes / 1e6);
  return text.data();
}

}  // namespace taskward::programs
