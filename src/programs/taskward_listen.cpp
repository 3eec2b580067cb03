// taskward listen: makes listening sockets and becomes another command that inherits them, by the
// protocol of sd_listen_fds. For systems without systemd.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "exit_codes.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr int kBacklog = 1024;
constexpr int kFirstDescriptor = 3;  // SD_LISTEN_FDS_START

constexpr std::string_view kAbout =
    "taskward listen NAME=PATH [NAME=PATH…] -- COMMAND [ARGUMENT…]\n"
    "Makes a listening unix socket at each PATH (mode 0660, backlog 1024) and becomes COMMAND, which\n"
    "inherits them as descriptors 3, 4… with LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID set.\n";

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::runtime_error(path + ": " + what + ": " + std::strerror(errno));
}

void remove_stale_socket(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return;
  if (!S_ISSOCK(there.st_mode)) throw std::runtime_error(path + ": is there already, and is no socket");
  if (::unlink(path.c_str()) != 0) fail(path, "cannot be replaced");
}

int listening_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error(path + ": is longer than the " + std::to_string(sizeof address.sun_path - 1) +
                             " bytes a socket's path may have");
  }
  path.copy(address.sun_path, path.size());
  remove_stale_socket(path);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail(path, "no socket could be made");
  const mode_t before = ::umask(0117);
  const int bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  if (bound != 0) fail(path, "cannot be bound");
  if (::listen(descriptor, kBacklog) != 0) fail(path, "cannot listen");
  return descriptor;
}

}  // namespace

int listen_command(std::span<const std::string> words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes == words.end()) {
    if (!words.empty() && words.front() == "--help") {
      std::cout << kAbout;
      return kSuccess;
    }
    throw config::BadCommandLine("listen needs '--' and a command behind it");
  }
  std::vector<std::string> command(dashes + 1, words.end());
  if (command.empty()) throw config::BadCommandLine("listen needs a command behind '--'");
  if (dashes == words.begin()) throw config::BadCommandLine("listen needs at least one NAME=PATH");

  std::vector<int> sockets;
  std::string names;
  for (auto word = words.begin(); word != dashes; ++word) {
    const std::size_t equals = word->find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word->size()) {
      throw config::BadCommandLine("'" + *word + "' is not of the form NAME=PATH");
    }
    sockets.push_back(listening_socket(word->substr(equals + 1)));
    names += (names.empty() ? "" : ":") + word->substr(0, equals);
  }
  // First out of the way of the numbers they are to have, then there; dup2 leaves out close-on-exec.
  const int clear = kFirstDescriptor + static_cast<int>(sockets.size());
  for (int& socket : sockets) socket = ::fcntl(socket, F_DUPFD_CLOEXEC, clear);
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i] < 0 || ::dup2(sockets[i], kFirstDescriptor + static_cast<int>(i)) < 0) {
      throw std::runtime_error(std::string("no descriptor could be made: ") + std::strerror(errno));
    }
  }
  ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
  ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  throw std::runtime_error(command.front() + ": cannot be run: " + std::strerror(errno));
}

}  // namespace taskward::programs
