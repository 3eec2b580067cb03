#include "taskward_processes.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace taskward::programs {
namespace {

// Of /proc/PID/stat, counted from the state, which follows the name.
constexpr int kStart = 19;
constexpr int kResidentPages = 21;

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

double seconds_since_boot() {
  std::ifstream in("/proc/uptime");
  double seconds = 0;
  in >> seconds;
  return seconds;
}

}  // namespace

std::optional<ProcessFacts> process_facts(pid_t process) {
  std::ifstream in(folder_of(process) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  ProcessFacts facts;
  fields >> facts.state;
  std::int64_t value = 0;
  for (int i = 1; i <= kResidentPages && fields >> value; ++i) {
    if (i == kStart) {
      const double started = static_cast<double>(value) / static_cast<double>(::sysconf(_SC_CLK_TCK));
      facts.uptime = std::chrono::seconds(static_cast<std::int64_t>(seconds_since_boot() - started));
    }
    if (i == kResidentPages) facts.bytes = value * ::sysconf(_SC_PAGESIZE);
  }
  return facts;
}

std::optional<std::string> program_of(pid_t process) {
  std::error_code fault;
  const auto path = std::filesystem::read_symlink(folder_of(process) + "/exe", fault);
  if (fault) return std::nullopt;
  return path.string();
}

}  // namespace taskward::programs
