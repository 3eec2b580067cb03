// A real SMTP server (Debian's python3-aiosmtpd) with its own certificate and a login, on the loopback
// address.
//
//   SmtpServer server;                    // about 300 ms
//   server.behave("reject 451");          // smtp_server.py lists the behaviours
//   eventually(…, [&] { return server.messages().size() == 1; });
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/throwaway_folder.hpp"

namespace taskward::testing {

class SmtpServer {
 public:
  static constexpr const char* kUsername = "taskward";
  static constexpr const char* kPassword = "a mail password";

  enum class Encryption : std::uint8_t { starttls, tls, plain };

  /// Throws std::runtime_error if it does not start.
  explicit SmtpServer(Encryption encryption = Encryption::starttls);
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;
  ~SmtpServer();

  /// Kills the server, closing its connections. Accepted messages are kept.
  void stop();
  /// Starts it again, on the same port.
  void start();
  /// `how` is one of BEHAVIOURS in smtp_server.py.
  void behave(const std::string& how) const;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// The server's self-signed certificate.
  [[nodiscard]] std::string ca_file() const { return (folder_.path() / "cert.pem").string(); }
  /// A certificate that does not verify the server's.
  [[nodiscard]] std::string wrong_ca_file() const { return (folder_.path() / "wrong.pem").string(); }
  /// The accepted messages, in order.
  [[nodiscard]] std::vector<std::string> messages() const;
  /// The recipients of those messages.
  [[nodiscard]] std::vector<std::string> recipients() const;
  /// How often the event was recorded.
  [[nodiscard]] std::size_t count(const std::string& event) const;

 private:
  [[nodiscard]] std::vector<std::string> all(const std::string& suffix) const;

  ThrowawayFolder folder_;
  std::string encryption_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int lifeline_ = -1;
};

}  // namespace taskward::testing
