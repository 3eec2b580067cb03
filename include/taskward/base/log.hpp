// The log: one JSON object per line, each written by a single write(2).
//
//   log.line(LogLevel::info, "request").field("status", 200).field("route", name);
//
// The line is written when the builder is destroyed. Thread-safe. Logging a Secret does not compile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"

namespace taskward {

class Secret;

enum class LogLevel : std::uint8_t { debug, info, warning, error };

[[nodiscard]] std::optional<LogLevel> log_level(std::string_view name) noexcept;
[[nodiscard]] std::string_view name(LogLevel level) noexcept;

/// Appends the text as a JSON string. Invalid UTF-8 becomes U+FFFD; characters that could control a terminal
/// (base/printable.hpp) are escaped.
void append_json_string(std::string& out, std::string_view text);

class Log;

class LogLine {
 public:
  LogLine(const Log& log, LogLevel level, std::string_view event);
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;
  ~LogLine();

  LogLine& field(std::string_view key, std::string_view value);
  LogLine& field(std::string_view key, const char* value) { return field(key, std::string_view(value)); }
  LogLine& field(std::string_view key, const std::string& value) {
    return field(key, std::string_view(value));
  }
  LogLine& field(std::string_view key, std::int64_t value);
  LogLine& field(std::string_view key, int value) { return field(key, std::int64_t{value}); }
  LogLine& field(std::string_view key, const Secret&) = delete;

 private:
  const Log& log_;
  bool wanted_;
  std::string text_;
};

class Log {
 public:
  /// Lines below `lowest` are dropped. The clock must outlive the log.
  Log(int descriptor, LogLevel lowest, const Clock& clock)
      : descriptor_(descriptor), lowest_(lowest), clock_(clock) {}

  LogLine line(LogLevel level, std::string_view event) const { return {*this, level, event}; }

 private:
  friend class LogLine;
  int descriptor_;
  LogLevel lowest_;
  const Clock& clock_;
};

}  // namespace taskward
