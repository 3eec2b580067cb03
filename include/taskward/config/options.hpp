// Every setting, declared once. Help text, example files, `taskward config` and the messages about
// bad settings come from this declaration.
//
// Sources, the later wins: default, file, environment, secret file, command line. A secret is never
// taken from the command line, where every user of the machine could read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/log.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/client.hpp"
#include "taskward/model/jws_algorithm.hpp"
#include "taskward/model/mailbox.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::config {

/// production, or test, where cheap password hashes are allowed.
enum class Environment : std::uint8_t { production, test };
enum class Switch : std::uint8_t { off, on };
/// How the connection to the mail server is encrypted. by_port is what was asked for: a loaded setting
/// says which of the others that is.
enum class MailTls : std::uint8_t { off, starttls, tls, by_port };

/// Constant once loaded.
struct Settings {
  Secret database_url;
  Secret database_owner_url;  ///< empty: the same as database_url
  Switch database_prepare = Switch::on;
  std::chrono::milliseconds database_timeout{};
  Secret secret_key;
  model::JwsAlgorithm jwt_alg = model::JwsAlgorithm::ES256;
  Secret jwt_secret_key;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::chrono::seconds access_token_ttl{};
  std::chrono::seconds refresh_token_ttl{};
  int bcrypt_cost = 0;
  int hashing_slots = 0;
  std::chrono::seconds hashing_wait{};
  std::string password_blocklist;
  int otp_digits = 0;
  std::vector<model::IpNetwork> limit_exempt;
  int tasks_per_user = 0;
  model::Role default_role = model::Role::user;
  Switch registration = Switch::on;
  std::chrono::months audit_retention{};  ///< none: records are kept for ever
  std::string metrics_dir;
  std::vector<model::IpNetwork> metrics_from;
  std::string search_configuration;
  Environment environment = Environment::production;
  int threads = 0;
  std::vector<std::string> cors_origins;
  LogLevel log_level = LogLevel::info;
  std::chrono::seconds drain_timeout{};
  std::string sql_dir;
  std::string mail_server;  ///< empty: mail is dropped into mail_dir
  std::uint16_t mail_port = 0;
  MailTls mail_use_tls = MailTls::starttls;
  std::string mail_username;
  Secret mail_password;
  model::Mailbox mail_from;
  std::string mail_ca_file;  ///< empty: the system's authorities
  std::chrono::seconds mail_timeout{};
  std::string mail_dir;
  std::string mail_templates;
};

enum class Secrecy : std::uint8_t { open, secret };

struct Option {
  std::string_view key;
  std::string_view fallback;  ///< the default, as it would be written; empty when there is none
  std::string allowed;        ///< what a value must be, as a clause: "a whole number from 1 to 64"
  Secrecy secrecy = Secrecy::open;
  std::string_view help;
  /// Stores the value. False when it is not allowed; `settings` is then unchanged.
  std::function<bool(Settings& settings, std::string_view value)> store;
};

[[nodiscard]] std::span<const Option> every_option();
[[nodiscard]] const Option* find_option(std::string_view key) noexcept;

/// The name on the command line: `--access-token-ttl` for ACCESS_TOKEN_TTL.
[[nodiscard]] std::string flag_of(const Option& option);

/// Why the key is too weak to be the root of anything, or nothing when it is not known to be.
[[nodiscard]] std::optional<std::string> weakness_of_key(std::string_view key);

}  // namespace taskward::config
