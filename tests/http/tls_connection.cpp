#include "tls_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <sstream>

namespace taskward::test {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;
using SslPtr = std::unique_ptr<SSL, decltype(&::SSL_free)>;

int connected(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return descriptor;
  ::close(descriptor);
  throw TransportError("no connection to port " + std::to_string(port));
}

}  // namespace

struct TlsConnection::Session {
  ContextPtr context{::SSL_CTX_new(::TLS_client_method()), &::SSL_CTX_free};
  SslPtr ssl{nullptr, &::SSL_free};
  int descriptor = -1;
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

TlsConnection::TlsConnection(const Stack& stack) : session_(std::make_unique<Session>()) {
  Session& s = *session_;
  ::SSL_CTX_load_verify_locations(s.context.get(), stack.certificate().c_str(), nullptr);
  ::SSL_CTX_set_verify(s.context.get(), SSL_VERIFY_PEER, nullptr);
  s.descriptor = connected(stack.port());
  s.ssl.reset(::SSL_new(s.context.get()));
  ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(s.ssl.get()), "127.0.0.1");
  ::SSL_set_fd(s.ssl.get(), s.descriptor);
  if (::SSL_connect(s.ssl.get()) != 1) throw TransportError("TLS handshake failed");
}

TlsConnection::TlsConnection(TlsConnection&&) noexcept = default;
TlsConnection::~TlsConnection() = default;

void TlsConnection::send(std::string_view bytes) {
  if (bytes.empty()) return;
  // A failed write is reported when the response is read.
  static_cast<void>(::SSL_write(session_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())));
}

bool TlsConnection::read_more() {
  std::array<char, 16384> buffer;  // NOLINT: filled before it is read
  const int got = ::SSL_read(session_->ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (got > 0) unread_.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

Response TlsConnection::receive(To request) {
  while (unread_.find("\r\n\r\n") == std::string::npos) {
    if (!read_more()) throw TransportError("the connection was closed before a response arrived: " + unread_);
  }
  const std::size_t end = unread_.find("\r\n\r\n");
  std::istringstream head(unread_.substr(0, end));
  unread_.erase(0, end + 4);

  Response response;
  std::string line;
  std::getline(head, line);
  response.status = std::stoi(line.substr(std::min(line.find(' '), line.size())));
  while (std::getline(head, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const std::size_t colon = std::min(line.find(':'), line.size());
    response.headers.emplace_back(lower_case(line.substr(0, colon)),
                                  line.substr(std::min(line.find_first_not_of(' ', colon + 1), line.size())));
  }
  const std::string length = response.header("content-length");
  if (request == To::head || response.status == 204) return response;
  if (length.empty()) throw TransportError("the response has no Content-Length");
  while (unread_.size() < std::stoul(length)) {
    if (!read_more()) throw TransportError("the connection was closed within a response");
  }
  response.body = unread_.substr(0, std::stoul(length));
  unread_.erase(0, response.body.size());
  return response;
}

Response raw_request(const Stack& stack, std::string_view bytes) {
  TlsConnection connection(stack);
  connection.send(bytes);
  return connection.receive();
}

Response raw_chunked_post(const Stack& stack, const std::string& path, const std::string& token,
                          std::string_view body, std::size_t chunk) {
  std::string bytes = "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
                      "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view piece = body.substr(at, chunk);
    std::array<char, 20> length{};
    static_cast<void>(std::snprintf(length.data(), length.size(), "%zx\r\n", piece.size()));
    bytes.append(length.data()).append(piece).append("\r\n");
  }
  return raw_request(stack, bytes + "0\r\n\r\n");
}

}  // namespace taskward::test
