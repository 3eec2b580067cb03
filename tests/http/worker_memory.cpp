#include "worker_memory.hpp"

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace taskward::test {
namespace {

/// KiB; the field is named with its colon.
long status_field(int process, std::string_view field) {
  std::ifstream in("/proc/" + std::to_string(process) + "/status");
  for (std::string word; in >> word;) {
    long amount = 0;
    if (word == field && in >> amount) return amount;
  }
  throw std::runtime_error("process " + std::to_string(process) + " has no " + std::string(field));
}

}  // namespace

long resident_memory(int process) { return status_field(process, "VmRSS:"); }

std::map<std::string, std::size_t> peak_memory(const Stack& stack) {
  std::map<std::string, std::size_t> found;
  for (const auto& [name, pid] : stack.workers()) {
    if (name.starts_with("api")) found[name] = static_cast<std::size_t>(status_field(pid, "VmHWM:")) / 1024;
  }
  return found;
}

bool is_sanitized() { return built_programs().filename() == "sanitize"; }

}  // namespace taskward::test
