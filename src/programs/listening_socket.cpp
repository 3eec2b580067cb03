#include "listening_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace taskward::programs {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::runtime_error(path + ": " + what + ": " + std::strerror(errno));
}

void remove_stale_socket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) throw std::runtime_error(path + ": exists and is not a socket");
  if (::unlink(path.c_str()) != 0) fail(path, "cannot be replaced");
}

}  // namespace

int listening_socket(const std::string& path, int lowest) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error(path + ": the path of a socket is limited to " +
                             std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  path.copy(address.sun_path, path.size());
  remove_stale_socket(path);
  const int first = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (first < 0) fail(path, "cannot create a socket");
  const mode_t before = ::umask(0117);
  const int bound = ::bind(first, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  if (bound != 0) fail(path, "cannot be bound");
  if (::listen(first, kSocketBacklog) != 0) fail(path, "cannot listen");
  const int descriptor = ::fcntl(first, F_DUPFD_CLOEXEC, lowest);
  if (descriptor < 0) fail(path, "cannot duplicate the socket");
  ::close(first);
  return descriptor;
}

}  // namespace taskward::programs
