// taskward listen: creates listening sockets and executes a command that inherits them, by the protocol of
// sd_listen_fds(3). For systems without systemd.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "exit_codes.hpp"
#include "listening_socket.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::string_view kAbout =
    "Usage: taskward listen NAME=PATH [NAME=PATH…] -- COMMAND [ARGUMENT…]\n\n"
    "Creates a listening unix socket at each PATH (mode 0660, backlog 1024) and executes COMMAND, which\n"
    "inherits them as file descriptors 3, 4… with LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID set.\n";

}  // namespace

int listen_command(std::span<const std::string> words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes == words.end()) {
    if (!words.empty() && words.front() == "--help") {
      std::cout << kAbout;
      return kSuccess;
    }
    throw config::BadCommandLine("listen needs '--' followed by a command");
  }
  std::vector<std::string> command(dashes + 1, words.end());
  if (command.empty()) throw config::BadCommandLine("listen needs a command after '--'");
  if (dashes == words.begin()) throw config::BadCommandLine("listen needs at least one NAME=PATH");

  std::vector<int> sockets;
  std::string names;
  // Above the descriptors that dup2 below assigns.
  const int lowest = kFirstInheritedDescriptor + static_cast<int>(dashes - words.begin());
  for (auto word = words.begin(); word != dashes; ++word) {
    const std::size_t equals = word->find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word->size()) {
      throw config::BadCommandLine("'" + *word + "' is not of the form NAME=PATH");
    }
    sockets.push_back(listening_socket(word->substr(equals + 1), lowest));
    names += (names.empty() ? "" : ":") + word->substr(0, equals);
  }
  // dup2 clears close-on-exec.
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (::dup2(sockets[i], kFirstInheritedDescriptor + static_cast<int>(i)) < 0)
      throw std::runtime_error(std::string("cannot duplicate a socket: ") + std::strerror(errno));
  }
  ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
  ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  throw std::runtime_error(command.front() + ": cannot be executed: " + std::strerror(errno));
}

}  // namespace taskward::programs
