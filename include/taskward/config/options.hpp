// The declaration of all settings, from which the help text, the example files, `taskward config` and error
// messages are derived.
//
// Sources in ascending order of precedence: default, file, environment, secret file, command line. A secret
// is not accepted on the command line, which every user of the machine can read.
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

/// `test` permits cheap password hashes.
enum class Environment : std::uint8_t { production, test };
enum class Switch : std::uint8_t { off, on };
/// Encryption of the connection to the mail server. load() replaces by_port by tls or starttls.
enum class MailTls : std::uint8_t { off, starttls, tls, by_port };

/// Constant once loaded.
struct Settings {
  Secret database_url;
  Secret database_read_url;   ///< empty: none
  Secret database_owner_url;  ///< empty: same as database_url
  Switch database_prepare = Switch::on;
  std::chrono::milliseconds database_timeout{};
  Secret secret_key;
  model::JwsAlgorithm jwt_alg = model::JwsAlgorithm::ES256;
  Secret jwt_secret_key;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::chrono::seconds access_token_ttl{};
  std::chrono::seconds token_leeway{};
  std::chrono::seconds refresh_token_ttl{};
  std::chrono::days token_max_lifetime{};
  int bcrypt_cost = 0;
  int hashing_slots = 0;
  std::chrono::seconds hashing_wait{};
  std::string password_blocklist;
  int otp_digits = 0;
  std::vector<model::IpNetwork> limit_exempt;
  std::vector<model::IpNetwork> trusted_proxies;
  Switch proxy_protocol = Switch::off;
  int tasks_per_user = 0;
  model::Role default_role = model::Role::user;
  Switch registration = Switch::on;
  std::chrono::months audit_retention{};  ///< zero: records are kept indefinitely
  std::string metrics_dir;
  std::vector<model::IpNetwork> metrics_from;
  std::string backup_state;
  std::chrono::seconds reauthentication_age{};
  model::MfaPolicy mfa_required = model::MfaPolicy::off;
  std::string public_url;  ///< https://HOST[:PORT], an origin as browsers write it; empty if not set
  std::string search_configuration;
  Environment environment = Environment::production;
  int threads = 0;
  std::vector<std::string> cors_origins;
  LogLevel log_level = LogLevel::info;
  std::chrono::seconds drain_timeout{};
  std::string sql_dir;
  std::string mail_server;  ///< empty: mail is written to mail_dir
  std::uint16_t mail_port = 0;
  MailTls mail_use_tls = MailTls::starttls;
  std::string mail_username;
  Secret mail_password;
  model::Mailbox mail_from;
  std::string mail_ca_file;  ///< empty: the authorities trusted by the system
  std::chrono::seconds mail_timeout{};
  std::string mail_dir;
  std::string mail_templates;
};

enum class Secrecy : std::uint8_t { open, secret };

struct Option {
  std::string_view key;
  std::string_view fallback;  ///< the default value as text; empty if there is none
  std::string allowed;        ///< description of valid values, such as "a whole number from 1 to 64"
  Secrecy secrecy = Secrecy::open;
  std::string_view help;
  /// Returns false, leaving `settings` unchanged, if the value is invalid.
  std::function<bool(Settings& settings, std::string_view value)> store;
};

[[nodiscard]] std::span<const Option> every_option();
[[nodiscard]] const Option* find_option(std::string_view key) noexcept;

/// The name on the command line, such as access-token-ttl for ACCESS_TOKEN_TTL.
[[nodiscard]] std::string flag_of(const Option& option);

/// The reason to reject a key as too weak, if one is known.
[[nodiscard]] std::optional<std::string> weakness_of_key(std::string_view key);

}  // namespace taskward::config
