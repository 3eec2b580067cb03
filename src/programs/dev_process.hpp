// Child processes of the development server, and the processes of a folder as /proc shows them. The working
// directory is DIR throughout, so relative paths are below DIR.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon.hpp"

namespace taskward::dev {

using programs::StopSignal;
using Milliseconds = std::chrono::milliseconds;

/// Writes one line to standard error.
void say(const std::string& text);

/// A start that failed. what() includes the last lines of a log.
class Failure : public std::runtime_error {
 public:
  /// `offset` is where the part of the log that belongs to this attempt begins.
  explicit Failure(const std::string& message, const std::string& log = {}, std::uintmax_t offset = 0);
};

/// A stop signal arrived while something was waited for.
struct Stopped {};

/// 0 if there is no such file.
[[nodiscard]] std::uintmax_t size_of(const std::string& path);

struct Command {
  std::vector<std::string> words;
  std::string log;                ///< receives standard output and standard error
  bool keeps_log = true;          ///< appends to the log instead of replacing it
  std::vector<int> sockets = {};  ///< inherited as descriptors 3, 4…
  std::string socket_names = {};  ///< LISTEN_FDNAMES
  std::vector<std::pair<std::string, std::string>> settings = {};  ///< added to the environment
  std::vector<std::string> removed = {};                           ///< removed from the environment
  int niceness = 0;
  bool is_batch = false;  // SCHED_BATCH
};

/// Starts a child in a session of its own, with /dev/null as standard input.
[[nodiscard]] pid_t start(const Command& command);

/// Reaps the child: its exit status, 128 + N after signal N, or nothing while it runs.
[[nodiscard]] std::optional<int> exit_status(pid_t child);

/// Waits for the command to end. With a stop signal it is terminated, and Stopped is thrown.
int run(const Command& command, const StopSignal& stop);
int run(const Command& command);

/// The processes of this user that execute `program` with `folder` as working directory, or that were started
/// as DIR/bin/`program`: a worker is not dumpable, so its working directory is hidden.
[[nodiscard]] std::vector<pid_t> processes(const std::string& folder, const std::string& program);

/// True if the process has that working directory.
[[nodiscard]] bool works_in(pid_t process, const std::string& folder);

/// The process id in a file; nothing if the file is missing or invalid.
[[nodiscard]] std::optional<pid_t> pid_in_file(const std::string& path);

/// Sends the signal to processes(folder, program), and SIGKILL to those that are left after `limit`.
void end_processes(int signal, Milliseconds limit, const std::string& folder, const std::string& program);

}  // namespace taskward::dev
