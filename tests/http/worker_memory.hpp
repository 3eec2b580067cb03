// Memory use of worker processes, from /proc/PID/status.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "../support/stack.hpp"

namespace taskward::test {

/// Resident memory (VmRSS) of the process, in KiB. Throws std::runtime_error if it is unknown.
[[nodiscard]] long resident_memory(int process);
/// Peak resident memory (VmHWM) of each API worker, in MiB, by worker name.
[[nodiscard]] std::map<std::string, std::size_t> peak_memory(const Stack& stack);
/// Whether the product was built with sanitizers.
[[nodiscard]] bool is_sanitized();

}  // namespace taskward::test
