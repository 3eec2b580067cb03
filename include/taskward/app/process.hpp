// What a process of the service does to itself at its start.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::app {

/// No core dumps, and no other process of the same user may look into this one's memory.
void forbid_core_dumps() noexcept;

/// The listening socket of that name among those that were handed over at the start (sd_listen_fds).
/// Nothing when there is none.
[[nodiscard]] std::optional<int> inherited_socket(std::string_view name);

/// Tells the service manager, if there is one (sd_notify).
void notify_manager(const std::string& state);

/// How often the service manager wants to hear that we are alive, in microseconds; 0 when it does not.
[[nodiscard]] unsigned long long watchdog_interval();

}  // namespace taskward::app
