#include "taskward/config/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <type_traits>
#include <utility>

#include "mail_options.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/model/user.hpp"

namespace taskward::config {
namespace {

/// Substrings of keys in manuals, tutorials, samples and leaks. A random key is unlikely to contain one: the
/// shortest occurs in one of ten million keys.
constexpr auto kKnownParts = std::to_array<std::string_view>({
    "changeme",     "change-me",  "change_me",  "changethis",  "change-this", "change_this", "secret",
    "password",     "example",    "insecure",   "development", "replace",     "default",     "placeholder",
    "your-256-bit", "0123456789", "1234567890", "abcdefgh",    "qwertyuiop",  "deadbeef",    "09d25e094faa6c",
});

std::string between(std::string_view what, std::int64_t least, std::int64_t most) {
  return std::string(what) + " from " + std::to_string(least) + " to " + std::to_string(most);
}

template <class Number>
Option number(std::string_view key, Number Settings::*member, std::string_view fallback, std::int64_t least,
              std::int64_t most, std::string_view unit, std::string_view help) {
  const std::string what = unit.empty() ? "a whole number" : "a whole number of " + std::string(unit);
  return {key,
          fallback,
          between(what, least, most),
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view text) {
            std::int64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
              return false;
            if constexpr (std::is_integral_v<Number>) {
              settings.*member = static_cast<Number>(value);
            } else {
              settings.*member = Number(value);
            }
            return true;
          }};
}

template <class Choice>
Option choice(std::string_view key, Choice Settings::*member, std::string_view fallback,
              std::vector<std::pair<std::string_view, Choice>> choices, std::string_view help) {
  std::vector<std::string_view> names;
  names.reserve(choices.size());
  for (const auto& [name, value] : choices) names.push_back(name);
  return {key,
          fallback,
          "one of " + joined(names, ", "),
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view text) {
            for (const auto& [name, value] : choices) {
              if (name != text) continue;
              settings.*member = value;
              return true;
            }
            return false;
          }};
}

Option text(std::string_view key, std::string Settings::*member, std::string_view fallback,
            std::string_view help) {
  return {key,
          fallback,
          "a UTF-8 string of 1 to 255 bytes",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            // Tokens must be UTF-8.
            if (value.empty() || value.size() > 255 || !code_points(value)) return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option identifier(std::string_view key, std::string Settings::*member, std::string_view fallback,
                  std::string_view help) {
  return {key,
          fallback,
          "an identifier of 1 to 63 lower-case letters, digits and underscores",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; };
            if (value.empty() || value.size() > 63 || !std::all_of(value.begin(), value.end(), fits))
              return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option path(std::string_view key, std::string Settings::*member, std::string_view fallback,
            std::string_view help) {
  return {key,
          fallback,
          "a path of at most 4095 bytes",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            if (value.empty() || value.size() > 4095) return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option key_material(std::string_view key, Secret Settings::*member, std::string_view help) {
  return {key,
          "",
          "32 or more random bytes, such as the output of `openssl rand -base64 32`",
          Secrecy::secret,
          help,
          [=](Settings& settings, std::string_view value) {
            if (weakness_of_key(value)) return false;
            settings.*member = Secret(value);
            return true;
          }};
}

Option database_url(std::string_view key, Secret Settings::*member, std::string_view fallback,
                    std::string_view help) {
  return {key,
          fallback,
          "a libpq connection string: a postgresql:// URI or key=value pairs",
          Secrecy::secret,
          help,
          [=](Settings& settings, std::string_view value) {
            std::string address(value);
            const std::size_t colon = address.find("://");
            if (colon == std::string::npos) {
              if (address.find('=') == std::string::npos) return false;
            } else {
              // SQLAlchemy's form is postgresql+driver://.
              const std::string scheme = address.substr(0, std::min(address.find('+'), colon));
              if (scheme != "postgresql" && scheme != "postgres") return false;
              address.replace(0, colon, "postgresql");
            }
            settings.*member = Secret::take(address);
            return true;
          }};
}

bool is_web_origin(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with("https://"))
    rest.remove_prefix(8);
  else if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  else
    return false;
  return !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') ||
           std::string_view("-.:[]").find(c) != std::string_view::npos;
  });
}

Option web_origins(std::string_view key, std::vector<std::string> Settings::*member, std::string_view help) {
  return {key,
          "",
          "a comma-separated list of lower-case origins such as https://app.example.org",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            std::vector<std::string> origins;
            for (const std::string_view origin : split(value, ',')) {
              if (!is_web_origin(origin)) return false;
              origins.emplace_back(origin);
            }
            settings.*member = std::move(origins);
            return true;
          }};
}

/// Of a URL such as https://example.org:8443, as browsers write it (RFC 6454, section 6.2): lower case, no
/// default port. The host is a domain: passkeys cannot belong to an address.
bool is_public_url(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (!text.starts_with(scheme) || text.size() > 255) return false;
  std::string_view host = text.substr(scheme.size());
  if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    host = host.substr(0, colon);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 443 || port.front() == '0')
      return false;
  }
  if (host.size() > 253) return false;
  bool is_number = false;
  std::size_t begin = 0;
  while (begin <= host.size()) {
    const std::string_view label = host.substr(begin, host.find('.', begin) - begin);
    const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; };
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), fits))
      return false;
    is_number = std::all_of(label.begin(), label.end(), is_digit);
    begin += label.size() + 1;
  }
  return !is_number;
}

Option public_url(std::string_view key, std::string Settings::*member, std::string_view help) {
  return {key,
          "",
          "an origin, https://HOST or https://HOST:PORT in lower case, without a path; HOST is a domain, "
          "PORT is not 443",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            if (!value.empty() && !is_public_url(value)) return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option networks(std::string_view key, std::vector<model::IpNetwork> Settings::*member,
                std::string_view fallback, std::string_view help) {
  return {
      key,
      fallback,
      "a list of addresses and networks such as 192.0.2.7 or 2001:db8::/32, separated by commas or spaces",
      Secrecy::open,
      help,
      [=](Settings& settings, std::string_view value) {
        std::string spaced(value);
        std::replace(spaced.begin(), spaced.end(), ',', ' ');
        std::vector<model::IpNetwork> all;
        for (const std::string_view one : split(spaced, ' ')) {
          const auto network = model::IpNetwork::parse(one);
          if (!network) return false;
          all.push_back(*network);
        }
        settings.*member = std::move(all);
        return true;
      }};
}

std::vector<std::pair<std::string_view, model::JwsAlgorithm>> algorithms() {
  std::vector<std::pair<std::string_view, model::JwsAlgorithm>> out;
  for (const auto algorithm : model::kJwsAlgorithms) out.emplace_back(model::name(algorithm), algorithm);
  return out;
}

std::vector<std::pair<std::string_view, LogLevel>> levels() {
  std::vector<std::pair<std::string_view, LogLevel>> out;
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    out.emplace_back(name(level), level);
  }
  return out;
}

// The table of settings.
std::vector<Option> make_options() {
  return {
      database_url(
          "DATABASE_URL", &Settings::database_url, "postgresql:///taskward?user=taskward",
          "Connection string of the service's database role. To follow a failover, list several hosts and "
          "set target_session_attrs=read-write."),
      database_url(
          "DATABASE_READ_URL", &Settings::database_read_url, "",
          "Connection string of the service's role to a hot standby of the same database, from which lists "
          "and exports of tasks are read unless it lags behind what the caller has written."),
      database_url("DATABASE_OWNER_URL", &Settings::database_owner_url, "",
                   "Connection string of the role that owns the tables, for `taskward migrate`, `backup` and "
                   "`restore`. Defaults to DATABASE_URL or, if that is not set, to "
                   "postgresql:///taskward?user=taskward_owner."),
      choice<Switch>(
          "DATABASE_PREPARE", &Settings::database_prepare, "on", {{"on", Switch::on}, {"off", Switch::off}},
          "Whether to keep prepared statements. Set to off for a transaction-mode pooler that does not "
          "support them."),
      number("DATABASE_TIMEOUT", &Settings::database_timeout, "10000", 100, 600'000, "milliseconds",
             "Time limit for one statement, after which the request fails with 503."),
      key_material("SECRET_KEY", &Settings::secret_key,
                   "Key from which others are derived, including the one that encrypts the signing keys in "
                   "the database. "
                   "Must not change and must be the same on all hosts."),
      choice("JWT_ALG", &Settings::jwt_alg, "ES256", algorithms(), "Algorithm that signs new access tokens."),
      key_material("JWT_SECRET_KEY", &Settings::jwt_secret_key, "HMAC key; required if JWT_ALG=HS256."),
      text("JWT_ISSUER", &Settings::jwt_issuer, "taskward",
           "iss claim of tokens; tokens with another value are rejected."),
      text("JWT_AUDIENCE", &Settings::jwt_audience, "taskward",
           "aud claim of tokens; tokens with another value are rejected."),
      number("ACCESS_TOKEN_TTL", &Settings::access_token_ttl, "900", 1, 86'400, "seconds",
             "Lifetime of an access token."),
      number("REFRESH_TOKEN_TTL", &Settings::refresh_token_ttl, "604800", 1, 31'536'000, "seconds",
             "Lifetime of a refresh token."),
      number("TOKEN_LEEWAY", &Settings::token_leeway, "30", 2, 300, "seconds",
             "How far in the future the iat and nbf of an access token may be. Hosts use the database's "
             "time, so "
             "this is "
             "for what changes between two comparisons with it."),
      number("REAUTHENTICATION_AGE", &Settings::reauthentication_age, "600", 60, 86'400, "seconds",
             "How old an authentication may be when the address, the password or a factor is changed, a "
             "personal access token is created, or the account is deleted."),
      choice(
          "MFA_REQUIRED", &Settings::mfa_required, "off",
          {{"off", model::MfaPolicy::off},
           {"admin", model::MfaPolicy::admin},
           {"all", model::MfaPolicy::all}},
          "Who must have a second factor: no account, administrators, or all accounts. One without can only "
          "enrol one."),
      public_url(
          "PUBLIC_URL", &Settings::public_url,
          "The address at which browsers use the service. Passkeys belong to its host and are accepted "
          "from this origin only, so they are lost when the host changes. Without it there are no "
          "passkeys."),
      number("TOKEN_MAX_LIFETIME", &Settings::token_max_lifetime, "365", 1, model::kTokenLifetimeMost.count(),
             "days", "Maximum lifetime of a new personal access token."),
      number("BCRYPT_COST", &Settings::bcrypt_cost, "12", model::kBcryptCostLeast, model::kBcryptCostMost, "",
             "Cost of password hashes; each increment doubles the time. Values below 10 require "
             "ENVIRONMENT=test."),
      number("HASHING_SLOTS", &Settings::hashing_slots, "2", 1, 64, "",
             "Number of passwords that a worker process hashes concurrently; further requests wait."),
      number(
          "HASHING_WAIT", &Settings::hashing_wait, "10", 1, 50, "seconds",
          "How long a request may wait to hash a password, including its time in the socket queue, before it "
          "fails with 503. Must be less than nginx's fastcgi_read_timeout."),
      path("PASSWORD_BLOCKLIST", &Settings::password_blocklist, "/usr/share/taskward/common-passwords.txt",
           "File of common passwords to reject: at least 10 000, one per line, in lower case."),
      number("OTP_DIGITS", &Settings::otp_digits, "6", model::kOtpDigitsLeast, model::kOtpDigitsMost, "",
             "Number of digits of a one-time code."),
      networks("LIMIT_EXEMPT", &Settings::limit_exempt, "",
               "Clients exempt from rate limits by address, such as a health check or load test. nginx's own "
               "list is limit-exempt.conf."),
      networks("TRUSTED_PROXIES", &Settings::trusted_proxies, "",
               "Proxies and load balancers in front of nginx that state the address of the client. No other "
               "host is trusted. `taskward setup` configures nginx accordingly."),
      choice<Switch>(
          "PROXY_PROTOCOL", &Settings::proxy_protocol, "off", {{"on", Switch::on}, {"off", Switch::off}},
          "Whether the trusted proxies state the address by the PROXY protocol instead of the header field "
          "X-Forwarded-For. nginx then accepts only connections that begin with the protocol."),
      number("TASKS_PER_USER", &Settings::tasks_per_user, "10000", 1, 10'000'000, "",
             "Task quota per user; the trash has a quota of the same size. Must be the same on all hosts."),
      identifier(
          "SEARCH_CONFIGURATION", &Settings::search_configuration, "simple",
          "PostgreSQL text search configuration for tasks, such as simple or english. Configurations "
          "other than "
          "simple also match word stems. Applied by `taskward migrate`, which rebuilds the search index."),
      choice("DEFAULT_ROLE", &Settings::default_role, "user",
             {{"guest", model::Role::guest}, {"user", model::Role::user}},
             "Role of a new account if none is specified. Cannot be admin."),
      choice<Switch>(
          "REGISTRATION", &Settings::registration, "on", {{"on", Switch::on}, {"off", Switch::off}},
          "Whether clients may register accounts, with a password or a code. If off, only administrators "
          "create accounts. Logins are not affected."),
      number("AUDIT_RETENTION", &Settings::audit_retention, "0", 0, 1200, "months",
             "Retention period of the audit log: older months are dropped once they are sealed; 0 keeps all "
             "records. Applied by `taskward migrate`."),
      path("METRICS_DIR", &Settings::metrics_dir, "/run/taskward-metrics",
           "Directory in which the processes of a host store their metrics, so that /metrics can report the "
           "sums."),
      networks("METRICS_FROM", &Settings::metrics_from, "127.0.0.0/8, ::1",
               "Clients that may read /metrics; others receive 404."),
      path("BACKUP_STATE", &Settings::backup_state, "/var/lib/taskward-backup",
           "Directory in which `taskward backup` stores the times of the last backups, for /metrics."),
      choice<Environment>("ENVIRONMENT", &Settings::environment, "production",
                          {{"production", Environment::production}, {"test", Environment::test}},
                          "test permits cheap password hashes and has no other effect."),
      number("THREADS", &Settings::threads, "4", 1, 64, "",
             "Threads per worker process, each with its own database connection."),
      web_origins("CORS_ORIGINS", &Settings::cors_origins,
                  "Web origins that are allowed cross-origin requests; none if empty."),
      choice("LOG_LEVEL", &Settings::log_level, "info", levels(), "Minimum log level."),
      number("DRAIN_TIMEOUT", &Settings::drain_timeout, "30", 1, 600, "seconds",
             "How long a worker that is being stopped waits for open connections to finish."),
      path("SQL_DIR", &Settings::sql_dir, "/usr/share/taskward/sql", "Directory that contains `migrations`."),
      mail_host("MAIL_SERVER", &Settings::mail_server,
                "SMTP server for outgoing mail. If not set, mail is written to MAIL_DIR."),
      number("MAIL_PORT", &Settings::mail_port, "587", 1, 65'535, "", "Port of MAIL_SERVER."),
      mail_tls("MAIL_USE_TLS", &Settings::mail_use_tls, "starttls",
               "Encryption of the connection to MAIL_SERVER. The server's certificate is verified."),
      login_name("MAIL_USERNAME", &Settings::mail_username,
                 "User name for MAIL_SERVER; no authentication if not set."),
      login_password("MAIL_PASSWORD", &Settings::mail_password, "Password of MAIL_USERNAME."),
      mailbox(
          "MAIL_FROM", &Settings::mail_from,
          "Sender address of outgoing mail. Defaults to MAIL_USERNAME if that is an address, otherwise to "
          "taskward@localhost."),
      path("MAIL_CA_FILE", &Settings::mail_ca_file, "",
           "Trusted certificate authorities for MAIL_SERVER (PEM). The system's if not set."),
      number("MAIL_TIMEOUT", &Settings::mail_timeout, "60", 1, 600, "seconds",
             "Time limit for the delivery of one message to MAIL_SERVER."),
      path("MAIL_DIR", &Settings::mail_dir, "/var/lib/taskward/mail",
           "Directory to which mail is written if MAIL_SERVER is not set."),
      path("MAIL_TEMPLATES", &Settings::mail_templates, "/usr/share/taskward/mail",
           "Directory of the mail templates: a .txt and a .html file for each kind."),
  };
}

const std::vector<Option>& table() {
  static const std::vector<Option> options = make_options();
  return options;
}

}  // namespace

std::span<const Option> every_option() { return table(); }

const Option* find_option(std::string_view key) noexcept {
  const auto& options = table();
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.key == key; });
  return found == options.end() ? nullptr : &*found;
}

std::string flag_of(const Option& option) {
  std::string flag = lower(option.key);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::optional<std::string> weakness_of_key(std::string_view key) {
  if (key.size() < 32) return "it is shorter than 32 bytes";
  if (std::set<char>(key.begin(), key.end()).size() < 10) return "it has fewer than 10 distinct characters";
  const std::string small = lower(key);
  for (const std::string_view known : kKnownParts) {
    if (small.find(known) != std::string::npos) return "it is publicly known";
  }
  return std::nullopt;
}

}  // namespace taskward::config
