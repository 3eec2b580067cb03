// Processes of this host, as /proc shows them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace taskward::programs {

struct ProcessFacts {
  char state = '?';  ///< as proc(5) lists them; T: suspended
  std::chrono::seconds uptime{};
  std::int64_t bytes = 0;  ///< resident memory
};

/// Nothing if there is no such process.
[[nodiscard]] std::optional<ProcessFacts> process_facts(pid_t process);

/// The program that a process runs; with the suffix " (deleted)" if the file was replaced. Nothing if only
/// root may read that.
[[nodiscard]] std::optional<std::string> program_of(pid_t process);

}  // namespace taskward::programs
