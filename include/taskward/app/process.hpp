// Process setup, and the interface to systemd.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::app {

/// Disables core dumps and access to the memory of this process by other processes of the user.
void forbid_core_dumps() noexcept;

/// The listening socket of that name passed by the service manager (sd_listen_fds_with_names(3)).
[[nodiscard]] std::optional<int> inherited_socket(std::string_view name);

/// Notifies the service manager, if there is one (sd_notify(3)).
void notify_manager(const std::string& state);

/// The watchdog interval in microseconds (sd_watchdog_enabled(3)); 0 if disabled.
[[nodiscard]] unsigned long long watchdog_interval();

}  // namespace taskward::app
