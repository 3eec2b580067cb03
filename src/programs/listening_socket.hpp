// Listening unix sockets, for processes that inherit them by the protocol of sd_listen_fds(3).
#pragma once

#include <string>

namespace taskward::programs {

inline constexpr int kFirstInheritedDescriptor = 3;  ///< SD_LISTEN_FDS_START

inline constexpr int kSocketBacklog = 1024;

/// Creates a socket with mode 0660 and that backlog, and replaces a stale socket at `path`. The
/// descriptor is close-on-exec and at least `lowest`. Throws std::runtime_error, also when `path` exists and
/// is not a socket, or is longer than the 107 bytes of sun_path.
[[nodiscard]] int listening_socket(const std::string& path, int lowest);

}  // namespace taskward::programs
