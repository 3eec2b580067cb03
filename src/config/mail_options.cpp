#include "mail_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::config {
namespace {

constexpr std::size_t kHostMaxBytes = 255;
constexpr std::size_t kLoginMaxBytes = 1024;

/// A line break would terminate an SMTP command.
bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kHostMaxBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == ':';
  });
}

/// Includes common spellings of booleans.
constexpr auto kTlsSpellings = std::to_array<std::pair<std::string_view, MailTls>>({
    {"starttls", MailTls::starttls},
    {"tls", MailTls::tls},
    {"off", MailTls::off},
    {"true", MailTls::by_port},
    {"1", MailTls::by_port},
    {"yes", MailTls::by_port},
    {"on", MailTls::by_port},
    {"false", MailTls::off},
    {"0", MailTls::off},
    {"no", MailTls::off},
});

}  // namespace

Option mail_host(std::string_view key, std::string Settings::*member, std::string_view help) {
  return {key,
          "",
          "a host name or IP address without a port",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
            if (!is_host(value)) return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option mail_tls(std::string_view key, MailTls Settings::*member, std::string_view fallback,
                std::string_view help) {
  return {key,
          fallback,
          "one of starttls, tls, off, true (tls on port 465, starttls on other ports) or false (off)",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            for (const auto& [spelling, meaning] : kTlsSpellings) {
              if (!equal_ignoring_case(spelling, value)) continue;
              settings.*member = meaning;
              return true;
            }
            return false;
          }};
}

Option login_name(std::string_view key, std::string Settings::*member, std::string_view help) {
  return {key,
          "",
          "a string of 1 to 1024 bytes without control characters",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            if (value.empty() || value.size() > kLoginMaxBytes || has_control_character(value) ||
                !code_points(value))
              return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option login_password(std::string_view key, Secret Settings::*member, std::string_view help) {
  return {key,
          "",
          "a string of 1 to 1024 bytes without control characters",
          Secrecy::secret,
          help,
          [=](Settings& settings, std::string_view value) {
            if (value.empty() || value.size() > kLoginMaxBytes || has_control_character(value)) return false;
            settings.*member = Secret(value);
            return true;
          }};
}

Option mailbox(std::string_view key, model::Mailbox Settings::*member, std::string_view help) {
  return {
      key,
      "",
      "an e-mail address, with or without a name: taskward@example.org or Taskward <taskward@example.org>; "
      "non-ASCII characters only in the name and in a valid domain name (IDNA 2008)",
      Secrecy::open,
      help,
      [=](Settings& settings, std::string_view value) {
        auto box = model::Mailbox::parse(value);
        if (!box) return false;
        settings.*member = std::move(*box);
        return true;
      }};
}

}  // namespace taskward::config
