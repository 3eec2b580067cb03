// SMTP client (RFC 5321), using libcurl.
//
// With starttls or tls, messages and credentials are sent only after encryption to a server with a valid
// certificate.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "taskward/base/secret.hpp"
#include "taskward/mail/transport.hpp"

namespace taskward::mail {

enum class Encryption : std::uint8_t { none, starttls, tls };

struct SmtpServer {
  std::string host;
  std::uint16_t port = 0;
  Encryption encryption = Encryption::starttls;
  std::string username;  ///< empty: no authentication
  const Secret& password;
  std::string ca_file;             ///< empty: the authorities trusted by the system
  std::chrono::seconds timeout{};  ///< per message, from name resolution to the last response
};

/// Must be created before any thread and outlive every SmtpTransport.
class CurlLibrary {
 public:
  CurlLibrary();
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
  ~CurlLibrary();
};

/// Why mail cannot be sent. The text is for the operator, and never contains the password.
struct ServerFault {
  enum class Kind : std::uint8_t { unreachable, encryption, login } kind;
  std::string reason;
};

/// Connects, encrypts and logs in as for a message, and sends none. Nothing if that succeeds within the
/// timeout of the server.
[[nodiscard]] std::optional<ServerFault> check_server(const CurlLibrary& library, const SmtpServer& server);

/// Uses a new connection for each message.
///
/// A message is refused permanently if the server responds to MAIL FROM, RCPT TO or the content with 5xx,
/// except for missing authentication or encryption (530, 534, 535, 538), which the operator can correct.
class SmtpTransport final : public Transport {
 public:
  /// `server` must outlive the transport.
  SmtpTransport(const CurlLibrary& library, const SmtpServer& server) : server_(server) {
    static_cast<void>(library);
  }
  [[nodiscard]] Outcome hand_over(const Message& message, const GiveUp& give_up) override;

 private:
  const SmtpServer& server_;
};

}  // namespace taskward::mail
