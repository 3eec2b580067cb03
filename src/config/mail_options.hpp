// Options of the mail settings.
#pragma once

#include <string_view>

#include "taskward/config/options.hpp"

namespace taskward::config {

/// A host name or IP address without a port.
[[nodiscard]] Option mail_host(std::string_view key, std::string Settings::*member, std::string_view help);
[[nodiscard]] Option mail_tls(std::string_view key, MailTls Settings::*member, std::string_view fallback,
                              std::string_view help);
/// A user name or password: at most 1024 bytes, no control characters.
[[nodiscard]] Option login_name(std::string_view key, std::string Settings::*member, std::string_view help);
[[nodiscard]] Option login_password(std::string_view key, Secret Settings::*member, std::string_view help);
[[nodiscard]] Option mailbox(std::string_view key, model::Mailbox Settings::*member, std::string_view help);

}  // namespace taskward::config
