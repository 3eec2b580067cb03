// The development server: PostgreSQL, nginx, workers and background process in DIR, started in order,
// supervised and stopped in order.
#pragma once

#include <functional>
#include <string>

#include "dev_process.hpp"
#include "taskward/config/load.hpp"

namespace taskward::dev {

struct ServerOptions {
  int port = 8443;  ///< 0: any free port
  bool has_own_database = false;
  bool is_detached = false;
  std::string run_command;  ///< how the caller invokes scripts/run for DIR, quoted for a shell
};

/// Starts everything, calls `announce` with the text for the user when the product answers, and supervises
/// until a stop signal arrives. Throws Failure, and Stopped while starting. What was started is still there
/// afterwards; end_everything() ends it.
void serve(const ServerOptions& options, const config::Loaded& loaded, const StopSignal& stop,
           const std::function<void(const std::string&)>& announce);

/// The sum of DRAIN_TIMEOUT and a margin: how long a worker may take to end.
[[nodiscard]] Milliseconds drain_limit(std::chrono::seconds drain_timeout);

/// Ends what runs in DIR, also what a killed supervisor left behind: nginx first, PostgreSQL last, so that no
/// request is lost. Removes sockets and process id files.
void end_everything(Milliseconds drain);

/// Removes the folder below /tmp that lib/instance creates for PostgreSQL's socket if DIR/pg/socket is
/// unsuitable.
void remove_socket_folder();

/// `taskward-dev restart`: asks the supervisor to replace the workers. The exit status.
int request_restart();

}  // namespace taskward::dev
