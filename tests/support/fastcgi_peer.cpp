#include "tests/support/fastcgi_peer.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>

namespace taskward::test {
namespace {

// Record types (FastCGI specification, section 8).
constexpr unsigned char kBeginRequest = 1;
constexpr unsigned char kEndRequest = 3;
constexpr unsigned char kParams = 4;
constexpr unsigned char kStdin = 5;
constexpr unsigned char kStdout = 6;

void add_param(std::string& out, std::string_view name, std::string_view value) {
  for (const std::size_t length : {name.size(), value.size()}) {
    if (length < 128) {
      out += static_cast<char>(length);
      continue;
    }
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      out += static_cast<char>(((length >> shift) & 0xffU) | (shift == 24U ? 0x80U : 0U));
  }
  out += name;
  out += value;
}

}  // namespace

std::string fastcgi_record(unsigned char type, std::string_view content) {
  std::string out{1,
                  static_cast<char>(type),
                  0,
                  1,
                  static_cast<char>(content.size() >> 8U),
                  static_cast<char>(content.size() & 0xffU),
                  0,
                  0};
  out += content;
  return out;
}

std::string fastcgi_request(std::string_view method, std::string_view path, Keep keep, std::string_view body,
                            std::string_view token) {
  std::string params;
  add_param(params, "REQUEST_METHOD", method);
  add_param(params, "DOCUMENT_URI", path);
  add_param(params, "QUERY_STRING", "");
  add_param(params, "CONTENT_TYPE", "application/json");
  add_param(params, "CONTENT_LENGTH", body.empty() ? std::string() : std::to_string(body.size()));
  add_param(params, "REMOTE_ADDR", "127.0.0.1");
  add_param(params, "REQUEST_ID", "0123456789abcdef0123456789abcdef");
  if (!token.empty()) add_param(params, "HTTP_AUTHORIZATION", "Bearer " + std::string(token));
  const std::string begin{0, 1, keep == Keep::open ? '\1' : '\0', 0, 0, 0, 0, 0};
  std::string out =
      fastcgi_record(kBeginRequest, begin) + fastcgi_record(kParams, params) + fastcgi_record(kParams, {});
  if (!body.empty()) out += fastcgi_record(kStdin, body);
  return out + fastcgi_record(kStdin, {});
}

FastCgiPeer::FastCgiPeer(const std::filesystem::path& socket)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{15, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket.string();
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + " is too long for a socket");
  path.copy(address.sun_path, path.size());
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  ::close(descriptor_);
  throw std::runtime_error("nothing listens at " + path);
}

FastCgiPeer::FastCgiPeer(FastCgiPeer&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

FastCgiPeer::~FastCgiPeer() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FastCgiPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the reader of the response reports the failure
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string FastCgiPeer::read_exactly(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t have = 0; have < size;) {
    const ssize_t got = ::recv(descriptor_, out.data() + have, size - have, 0);
    if (got <= 0) throw std::runtime_error("the worker's response is incomplete");
    have += static_cast<std::size_t>(got);
  }
  return out;
}

std::string FastCgiPeer::receive() {
  std::string response;
  while (true) {
    const std::string head = read_exactly(8);
    const auto byte = [&](std::size_t at) {
      return static_cast<std::size_t>(static_cast<unsigned char>(head[at]));
    };
    const std::string content = read_exactly(byte(4) * 256 + byte(5));
    static_cast<void>(read_exactly(byte(6)));
    if (byte(1) == kStdout) response += content;
    if (byte(1) == kEndRequest) return response;
  }
}

bool FastCgiPeer::is_closed() {
  char byte = 0;
  const ssize_t got = ::recv(descriptor_, &byte, 1, 0);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

}  // namespace taskward::test
