// A real SMTP server (Debian's python3-aiosmtpd) with a certificate of its own and a login, on a port of
// the loopback address.
//
//   SmtpServer server;                    // some 300 ms
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

  /// Throws std::runtime_error when it does not start.
  explicit SmtpServer(Encryption encryption = Encryption::starttls);
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;
  ~SmtpServer();

  /// Kills it, connections and all. What it has accepted stays.
  void stop();
  /// On the same port as before.
  void start();
  void behave(const std::string& how) const;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// The certificate, which is its own authority.
  [[nodiscard]] std::string ca_file() const { return (folder_.path() / "cert.pem").string(); }
  /// One that is not the authority of this server.
  [[nodiscard]] std::string wrong_ca_file() const { return (folder_.path() / "wrong.pem").string(); }
  /// What it has accepted, in that order.
  [[nodiscard]] std::vector<std::string> messages() const;
  /// To whom those went.
  [[nodiscard]] std::vector<std::string> recipients() const;
  /// How often that happened.
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
