// A TLS connection that sends arbitrary bytes, for requests that an HTTP client would not send.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../support/stack.hpp"

namespace taskward::test {

class TlsConnection {
 public:
  /// Connects for HTTP/1.1 and verifies the certificate. Throws TransportError.
  explicit TlsConnection(const Stack& stack);
  TlsConnection(TlsConnection&&) noexcept;
  ~TlsConnection();

  void send(std::string_view bytes);
  /// Which request the response is for: that to HEAD has a length but no body.
  enum class To { get, head };
  /// The next response. Throws TransportError if the connection is closed or nothing arrives for 20 s.
  [[nodiscard]] Response receive(To request = To::get);

 private:
  struct Session;
  [[nodiscard]] bool read_more();

  std::unique_ptr<Session> session_;
  std::string unread_;
};

/// Sends one request on a new connection.
[[nodiscard]] Response raw_request(const Stack& stack, std::string_view bytes);
/// Posts JSON on a new connection in chunks of that many bytes.
[[nodiscard]] Response raw_chunked_post(const Stack& stack, const std::string& path, const std::string& token,
                                        std::string_view body, std::size_t chunk);

}  // namespace taskward::test
