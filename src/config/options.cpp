#include "taskward/config/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <type_traits>

#include "mail_options.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/user.hpp"

namespace taskward::config {
namespace {

/// What keys in manuals, tutorials, samples and leaked lists are made of. No random key holds one of
/// these: the shortest would be met once in ten million keys.
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
            const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (fault != std::errc() || end != text.data() + text.size() || value < least || value > most)
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
          "a text of 1 to 255 bytes",
          Secrecy::open,
          help,
          [=](Settings& settings, std::string_view value) {
            // It is written into tokens, which hold UTF-8 only.
            if (value.empty() || value.size() > 255 || !code_points(value)) return false;
            settings.*member = std::string(value);
            return true;
          }};
}

Option identifier(std::string_view key, std::string Settings::*member, std::string_view fallback,
                  std::string_view help) {
  return {key,
          fallback,
          "a name of 1 to 63 lower-case letters, digits and underscores",
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
          "32 bytes or more that nobody can guess, such as the output of `openssl rand -base64 32`",
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
          "a postgresql:// address or a list of key=value pairs, as libpq has them",
          Secrecy::secret,
          help,
          [=](Settings& settings, std::string_view value) {
            std::string address(value);
            const std::size_t colon = address.find("://");
            if (colon == std::string::npos) {
              if (address.find('=') == std::string::npos) return false;
            } else {
              // postgresql+driver:// is how SQLAlchemy's users write it.
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
          "a list of origins such as https://app.example.org, in lower case, separated by commas",
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

// THE table.
std::vector<Option> make_options() {
  return {
      database_url("DATABASE_URL", &Settings::database_url, "postgresql:///taskward?user=taskward",
                   "Where the database is and who the service is there. Several hosts follow a failover: add "
                   "target_session_attrs=read-write."),
      database_url(
          "DATABASE_OWNER_URL", &Settings::database_owner_url, "",
          "The same for the role that owns the tables, which `taskward migrate` uses. DATABASE_URL when "
          "not set."),
      choice<Switch>(
          "DATABASE_PREPARE", &Settings::database_prepare, "on", {{"on", Switch::on}, {"off", Switch::off}},
          "Whether statements stay prepared on a connection; off for a pooler in transaction mode that "
          "cannot keep them."),
      number("DATABASE_TIMEOUT", &Settings::database_timeout, "10000", 100, 600'000, "milliseconds",
             "How long one statement may take before its request is answered with 503."),
      key_material(
          "SECRET_KEY", &Settings::secret_key,
          "The root of every derived key; the private signing keys in the database are encrypted under it. "
          "Keep it, and the same on all hosts."),
      choice("JWT_ALG", &Settings::jwt_alg, "ES256", algorithms(),
             "The algorithm new tokens are signed with."),
      key_material("JWT_SECRET_KEY", &Settings::jwt_secret_key,
                   "The key of HS256; needed with JWT_ALG=HS256 only."),
      text("JWT_ISSUER", &Settings::jwt_issuer, "taskward", "The iss claim of tokens; others are refused."),
      text("JWT_AUDIENCE", &Settings::jwt_audience, "taskward",
           "The aud claim of tokens; others are refused."),
      number("ACCESS_TOKEN_TTL", &Settings::access_token_ttl, "900", 1, 86'400, "seconds",
             "How long an access token is valid."),
      number("REFRESH_TOKEN_TTL", &Settings::refresh_token_ttl, "604800", 1, 31'536'000, "seconds",
             "How long a refresh token is valid."),
      number("BCRYPT_COST", &Settings::bcrypt_cost, "12", model::kBcryptCostLeast, model::kBcryptCostMost, "",
             "The cost of password hashes: each step doubles the time. Below 10 with ENVIRONMENT=test only."),
      number("HASHING_SLOTS", &Settings::hashing_slots, "2", 1, 64, "",
             "How many passwords one worker process hashes at once; others wait their turn."),
      number("HASHING_WAIT", &Settings::hashing_wait, "10", 1, 50, "seconds",
             "How long a request may wait for its turn to hash a password, its time in the socket's queue "
             "included, before it is answered with 503. Below nginx's fastcgi_read_timeout."),
      path("PASSWORD_BLOCKLIST", &Settings::password_blocklist, "/usr/share/taskward/common-passwords.txt",
           "The list of common passwords, which are refused: one a line, in lower case, 10 000 or more."),
      number("OTP_DIGITS", &Settings::otp_digits, "6", model::kOtpDigitsLeast, model::kOtpDigitsMost, "",
             "How many digits a one-time code has."),
      networks("LIMIT_EXEMPT", &Settings::limit_exempt, "",
               "Clients that no limit by address applies to, such as a health checker or a load test. nginx "
               "has a list of its own in limit-exempt.conf."),
      number("TASKS_PER_USER", &Settings::tasks_per_user, "10000", 1, 10'000'000, "",
             "How many tasks one user may have; as many more may lie in the trash. The same on all hosts."),
      identifier(
          "SEARCH_CONFIGURATION", &Settings::search_configuration, "simple",
          "PostgreSQL's text search configuration for tasks, such as simple or english: beside words as they "
          "are written it finds their stems. `taskward migrate` changes the database to it, and nobody can "
          "use tasks meanwhile."),
      choice(
          "DEFAULT_ROLE", &Settings::default_role, "user",
          {{"guest", model::Role::guest}, {"user", model::Role::user}},
          "The role of a new account for which none was asked. Nobody becomes an administrator by default."),
      choice<Switch>("REGISTRATION", &Settings::registration, "on",
                     {{"on", Switch::on}, {"off", Switch::off}},
                     "Whether anybody may make an account, with a password or by a code; off when "
                     "administrators make them all. Who has one can log in either way."),
      number("AUDIT_RETENTION", &Settings::audit_retention, "0", 0, 1200, "months",
             "How long the audit record is kept: whole months that are older are dropped once they are "
             "sealed; 0 keeps everything. `taskward migrate` tells the database."),
      path("METRICS_DIR", &Settings::metrics_dir, "/run/taskward-metrics",
           "Where the workers of a host keep what they count, so that each can tell the sum at /metrics."),
      networks("METRICS_FROM", &Settings::metrics_from, "127.0.0.0/8, ::1",
               "Clients that may read /metrics; for others there is nothing at that path."),
      choice<Environment>("ENVIRONMENT", &Settings::environment, "production",
                          {{"production", Environment::production}, {"test", Environment::test}},
                          "test allows cheap password hashes, and nothing else."),
      number("THREADS", &Settings::threads, "4", 1, 64, "",
             "Threads of a worker process, each with a database connection of its own."),
      web_origins("CORS_ORIGINS", &Settings::cors_origins,
                  "Web origins whose scripts may call this service; none when empty."),
      choice("LOG_LEVEL", &Settings::log_level, "info", levels(), "The least serious lines that are logged."),
      number("DRAIN_TIMEOUT", &Settings::drain_timeout, "30", 1, 600, "seconds",
             "How long a worker that was told to stop waits for connections to come to their end."),
      path("SQL_DIR", &Settings::sql_dir, "/usr/share/taskward/sql", "Where the folder `migrations` lies."),
      mail_host("MAIL_SERVER", &Settings::mail_server,
                "The SMTP server that takes the mail. Without one, mail is dropped into MAIL_DIR."),
      number("MAIL_PORT", &Settings::mail_port, "587", 1, 65'535, "", "The port of MAIL_SERVER."),
      mail_tls("MAIL_USE_TLS", &Settings::mail_use_tls, "starttls",
               "How the connection to MAIL_SERVER is encrypted. Its certificate is checked."),
      login_name("MAIL_USERNAME", &Settings::mail_username,
                 "The name to log in by at MAIL_SERVER; without one there is no login."),
      login_password("MAIL_PASSWORD", &Settings::mail_password, "The password of MAIL_USERNAME."),
      mailbox("MAIL_FROM", &Settings::mail_from,
              "Whom mail comes from. MAIL_USERNAME when not set and that is an address, else "
              "taskward@localhost."),
      path("MAIL_CA_FILE", &Settings::mail_ca_file, "",
           "The authorities that MAIL_SERVER's certificate may come from (PEM). The system's when not set."),
      number("MAIL_TIMEOUT", &Settings::mail_timeout, "60", 1, 600, "seconds",
             "How long handing over one mail may take."),
      path("MAIL_DIR", &Settings::mail_dir, "/var/lib/taskward/mail",
           "Where mail is dropped when there is no MAIL_SERVER."),
      path("MAIL_TEMPLATES", &Settings::mail_templates, "/usr/share/taskward/mail",
           "Where the templates of mail lie: a .txt and a .html for each kind."),
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
  if (std::set<char>(key.begin(), key.end()).size() < 10) return "it repeats itself";
  const std::string small = lower(key);
  for (const std::string_view known : kKnownParts) {
    if (small.find(known) != std::string::npos) return "it is publicly known";
  }
  return std::nullopt;
}

}  // namespace taskward::config
