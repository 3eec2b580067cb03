// Hands messages to an SMTP server (RFC 5321), by libcurl.
//
// With starttls or tls nothing but the greeting and STARTTLS itself goes over the wire unencrypted, and
// only to a server whose certificate is good for its name.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "taskward/base/secret.hpp"
#include "taskward/mail/transport.hpp"

namespace taskward::mail {

enum class Encryption : std::uint8_t { none, starttls, tls };

struct SmtpServer {
  std::string host;
  std::uint16_t port = 0;
  Encryption encryption = Encryption::starttls;
  std::string username;  ///< empty: no login
  const Secret& password;
  std::string ca_file;  ///< empty: the system's authorities
  std::chrono::seconds
      timeout{};  ///< for one message, from the name's resolution to the server's last answer
};

/// Make one before there are threads, and keep it as long as any SmtpTransport.
class CurlLibrary {
 public:
  CurlLibrary();
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;
  ~CurlLibrary();
};

/// A connection of its own for each message, so that no state of one reaches the next.
///
/// Refused for good is a message that the server answered with 5xx after MAIL FROM, RCPT TO or its
/// content, except for want of a login or encryption (530, 534, 535, 538), which an operator mends.
class SmtpTransport final : public Transport {
 public:
  /// `server` must outlive it.
  SmtpTransport(const CurlLibrary& library, const SmtpServer& server) : server_(server) {
    static_cast<void>(library);
  }
  [[nodiscard]] Outcome hand_over(const Message& message, const GiveUp& give_up) override;

 private:
  const SmtpServer& server_;
};

}  // namespace taskward::mail
