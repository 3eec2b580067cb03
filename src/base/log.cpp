#include "taskward/base/log.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "taskward/base/printable.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward {
namespace {

constexpr auto kLevels = std::to_array<std::string_view>({"debug", "info", "warning", "error"});

}  // namespace

std::optional<LogLevel> log_level(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string_view name(LogLevel level) noexcept { return kLevels[static_cast<std::size_t>(level)]; }

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    std::size_t taken = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if ((taken = code_point_length(text)) != 0) {
      if (const char32_t point = first_code_point(text); is_control(point))
        out += json_escape(point);
      else
        out += text.substr(0, taken);
    } else {
      taken = 1;
      out += "\\ufffd";
    }
    text.remove_prefix(taken);
  }
  out += '"';
}

LogLine::LogLine(const Log& log, LogLevel level, std::string_view event)
    : log_(log), wanted_(level >= log.lowest_) {
  if (!wanted_) return;
  text_.reserve(320);
  text_ += R"({"time":")";
  text_ += rfc3339(log.clock_.now());
  text_ += '"';
  field("level", name(level));
  field("event", event);
}

LogLine::~LogLine() {
  if (!wanted_) return;
  text_ += "}\n";
  std::string_view rest = text_;
  while (!rest.empty()) {
    const ssize_t written = ::write(log_.descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // a failing log must not stop the service
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

LogLine& LogLine::field(std::string_view key, std::string_view value) {
  if (!wanted_) return *this;
  text_ += ',';
  append_json_string(text_, key);
  text_ += ':';
  append_json_string(text_, value);
  return *this;
}

LogLine& LogLine::field(std::string_view key, std::int64_t value) {
  if (!wanted_) return *this;
  text_ += ',';
  append_json_string(text_, key);
  text_ += ':';
  text_ += std::to_string(value);
  return *this;
}

}  // namespace taskward
