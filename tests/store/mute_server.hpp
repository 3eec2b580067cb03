// A server that never responds, on a port of 127.0.0.1.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace taskward::testing {

class MuteServer {
 public:
  /// What becomes of connections to it. `lost`: like a host that is switched off, it does not even answer
  /// the SYN, because its queue is full.
  enum class Connections : std::uint8_t { accepted, lost };

  explicit MuteServer(Connections connections = Connections::accepted) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.fd, generic, size) != 0 ||
        ::listen(socket_.fd, connections == Connections::lost ? 0 : 8) != 0 ||
        ::getsockname(socket_.fd, generic, &size) != 0)
      throw std::runtime_error("no socket to listen on");
    port_ = ntohs(address.sin_port);
    if (connections != Connections::lost) return;
    for (const Socket& one : queue_) {
      ::fcntl(one.fd, F_SETFL, O_NONBLOCK);
      if (::connect(one.fd, generic, size) != 0 && errno != EINPROGRESS)
        throw std::runtime_error("cannot fill the queue of a socket");
    }
  }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] std::string conninfo() const { return "host=127.0.0.1 dbname=x user=x port=" + port(); }

 private:
  struct Socket {
    Socket() = default;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(fd); }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  };
  const Socket socket_;
  const std::array<Socket, 3> queue_;
  int port_ = 0;
};

}  // namespace taskward::testing
