// taskward status: what the service on this host does at the moment.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <thread>

#include "daemon.hpp"
#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward_commands.hpp"
#include "taskward_status.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"json", "", "Print a JSON object; with --watch, one a line."},
    config::Flag{"watch", "", "Repeat every SECONDS, 1 to 3600 (2), until SIGINT."},
};

constexpr int kInterval = 2;  // seconds
constexpr int kIntervalMost = 3600;
constexpr std::string_view kClearScreen = "\033[H\033[2J";

int interval_of(const config::CommandLine& line) {
  if (line.operands.empty()) return kInterval;
  const std::string& text = line.operands.front();
  int seconds = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = fault == std::errc() && end == text.data() + text.size();
  if (!line.has("watch") || !is_number || seconds < 1 || seconds > kIntervalMost)
    throw config::BadCommandLine(
        "'" + text + "' is unexpected; --watch takes a whole number of seconds from " + "1 to 3600");
  return seconds;
}

void print(const StatusReport& report, bool as_json) {
  std::cout << (as_json ? status_json(report) + '\n' : status_text(report)) << std::flush;
  if (!std::cout) throw std::runtime_error("the status cannot be written");
}

/// On a terminal, clears it: not by std::cout, which escapes control characters.
void begin_screen() {
  if (::isatty(STDOUT_FILENO) != 1) {
    std::cout << '\n';
    return;
  }
  std::cout.flush();
  if (::write(STDOUT_FILENO, kClearScreen.data(), kClearScreen.size()) < 0) return;
}

int watch(StatusReader& reader, int seconds, bool as_json) {
  const StopSignal stop{SIGINT, SIGTERM, SIGHUP};
  CountedAt before = reader.counted();
  int wait = 1;  // for the first rates
  while (!stop.came(wait * 1000)) {
    const StatusReport report = reader.read(before);
    if (!as_json) begin_screen();
    print(report, as_json);
    before = report.counted;
    wait = seconds;
  }
  return kSuccess;
}

}  // namespace

int status_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 1);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward status [--json] [--watch [SECONDS]]\n\n"
           "Shows the processes of this host, requests, password hashing, the database, seals, mail and "
           "backups. Rates are\n"
           "those of one second, or between two outputs. Exit status 1 if the database is unavailable; "
           "the rest is shown.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  const int seconds = interval_of(line);
  StatusReader reader(load_settings(line));
  if (line.has("watch")) return watch(reader, seconds, line.has("json"));
  const CountedAt before = reader.counted();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const StatusReport report = reader.read(before);
  print(report, line.has("json"));
  return report.database ? kSuccess : kFault;
}

}  // namespace taskward::programs
