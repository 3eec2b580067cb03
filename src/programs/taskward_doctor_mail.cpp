// taskward doctor: the mail server.
#include <algorithm>

#include "taskward/mail/smtp.hpp"
#include "taskward_doctor.hpp"

namespace taskward::programs {
namespace {

using model::Finding;

constexpr std::chrono::seconds kTimeoutMost{10};

mail::Encryption encryption(config::MailTls tls) {
  if (tls == config::MailTls::off) return mail::Encryption::none;
  return tls == config::MailTls::tls ? mail::Encryption::tls : mail::Encryption::starttls;
}

Finding finding_of(mail::ServerFault::Kind kind) {
  switch (kind) {
    case mail::ServerFault::Kind::login:
      return Finding::mail_login_refused;
    case mail::ServerFault::Kind::encryption:
      return Finding::mail_encryption_failed;
    case mail::ServerFault::Kind::unreachable:
      break;
  }
  return Finding::mail_server_unreachable;
}

}  // namespace

void check_mail_server(Examination& it) {
  const config::Settings& settings = it.settings();
  if (settings.mail_server.empty()) throw Skipped("MAIL_SERVER is not set");
  if (!settings.mail_username.empty() && settings.mail_password.empty()) {
    it.require_secrets();
    it.add(Finding::mail_password_missing);
    return;
  }
  const mail::CurlLibrary curl;
  const mail::SmtpServer server{settings.mail_server,
                                settings.mail_port,
                                encryption(settings.mail_use_tls),
                                settings.mail_username,
                                settings.mail_password,
                                settings.mail_ca_file,
                                std::min(settings.mail_timeout, kTimeoutMost)};
  if (const auto fault = mail::check_server(curl, server)) it.add(finding_of(fault->kind), fault->reason);
}

}  // namespace taskward::programs
