// A bare TLS connection that sends whatever bytes it is told: for what no well-behaved client says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../support/stack.hpp"

namespace taskward::test {

class TlsConnection {
 public:
  /// Connects with HTTP/1.1 and verifies the certificate. Throws NoAnswer.
  explicit TlsConnection(const Stack& stack);
  TlsConnection(TlsConnection&&) noexcept;
  ~TlsConnection();

  void send(std::string_view bytes);
  /// The next answer; throws NoAnswer when the connection ends or nothing comes for 20 s. `head` is for
  /// the answer to a HEAD, which has a length and no body.
  enum class To { get, head };
  [[nodiscard]] Answer receive(To request = To::get);

 private:
  struct Session;
  [[nodiscard]] bool read_more();

  std::unique_ptr<Session> session_;
  std::string unread_;
};

/// One request on a connection of its own.
[[nodiscard]] Answer raw_request(const Stack& stack, std::string_view bytes);

}  // namespace taskward::test
