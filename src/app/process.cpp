#include "taskward/app/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>

namespace taskward::app {

void forbid_core_dumps() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

std::optional<int> inherited_socket(std::string_view name) {
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(0, &names);
  std::optional<int> found;
  for (int i = 0; i < count; ++i) {
    if (!found && name == names[i]) found = SD_LISTEN_FDS_START + i;
    std::free(names[i]);  // NOLINT: the library's contract
  }
  std::free(names);  // NOLINT
  return found;
}

void notify_manager(const std::string& state) { static_cast<void>(::sd_notify(0, state.c_str())); }

unsigned long long watchdog_interval() {
  std::uint64_t interval = 0;
  return ::sd_watchdog_enabled(0, &interval) > 0 ? interval : 0;
}

}  // namespace taskward::app
