#include "taskward/config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <set>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/email_address.hpp"
#include "taskward/model/user.hpp"

namespace taskward::config {
namespace {

struct RawValue {
  std::string value;
  std::string source;
};
using RawValues = std::map<std::string, RawValue, std::less<>>;

constexpr std::size_t kFileMaxBytes = 1UL << 20U;
/// With the default DATABASE_URL: the same database, peer authentication.
constexpr std::string_view kLocalOwnerUrl = "postgresql:///taskward?user=taskward_owner";
constexpr std::uint16_t kSmtpsPort = 465;  // implicit TLS (RFC 8314, section 3.3)

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw BadSettings(path + ": cannot be read: " + std::strerror(errno));
  std::string text;
  text.resize(kFileMaxBytes + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) throw BadSettings(path + ": cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kFileMaxBytes) throw BadSettings(path + ": exceeds the limit of 1 MiB");
  return text;
}

std::string read_secret_file(const std::string& path) {
  if (path.empty()) throw BadSettings("is empty; it must name a file");
  std::string text = read_whole(path);
  // Editors and `echo` append a line break.
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

/// Whether the text may be quoted as an unknown key. A secret without its key, which must not be quoted, has
/// at least 32 bytes.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() < 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

void read_settings_file(const std::string& path, RawValues& given, std::vector<std::string>& faults) {
  const std::string text = read_whole(path);
  if (text.find('\0') != std::string::npos || !code_points(text)) {
    throw BadSettings(path + ": is not UTF-8 text");
  }
  std::map<std::string, std::size_t> seen;
  std::size_t line_number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    const std::string place = path + ':' + std::to_string(line_number);
    const std::size_t equals = line.find('=');
    // The line is not quoted, because it may contain a secret.
    if (equals == std::string_view::npos) {
      faults.push_back(place + ": is neither `KEY = value` nor a comment starting with '#'");
      continue;
    }
    const std::string key(trimmed(line.substr(0, equals)));
    if (!is_name(key)) {
      faults.push_back(place + ": the text before '=' is not a setting name");
      continue;
    }
    if (find_option(key) == nullptr) {
      faults.push_back(place + ": " + key + ": unknown setting; `taskward config` lists all settings");
      continue;
    }
    if (const auto [earlier, fresh] = seen.emplace(key, line_number); !fresh) {
      faults.push_back(place + ": " + key + ": is already set in line " + std::to_string(earlier->second));
      continue;
    }
    given[key] = {std::string(trimmed(line.substr(equals + 1))), place};
  }
}

/// As the units do, so that a command of root has the same secrets.
void read_credential_store(const std::string& directory, RawValues& given, std::vector<std::string>& faults) {
  for (const Option& option : every_option()) {
    if (option.secrecy != Secrecy::secret) continue;
    const std::string path = directory + "/taskward." + std::string(option.key);
    if (::access(path.c_str(), R_OK) != 0) continue;
    try {
      given[std::string(option.key)] = {read_secret_file(path), path};
    } catch (const BadSettings& error) {
      faults.push_back(std::string(option.key) + ": " + error.what());
    }
  }
}

void read_environment(const std::map<std::string, std::string>& environment, RawValues& given,
                      std::vector<std::string>& faults) {
  const auto look = [&](const std::string& name) -> const std::string* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : &found->second;
  };
  for (const Option& option : every_option()) {
    const std::string key(option.key);
    if (const std::string* value = look(key)) given[key] = {*value, "environment"};
  }
  const auto take_file = [&](const std::string& key, const std::string& path, const std::string& source) {
    try {
      given[key] = {read_secret_file(path), source + " (" + path + ')'};
    } catch (const BadSettings& error) {
      faults.push_back(key + " (from " + source + "): " + error.what());
    }
  };
  for (const Option& option : every_option()) {
    if (option.secrecy != Secrecy::secret) continue;
    const std::string key(option.key);
    if (const std::string* path = look(key + "_FILE")) take_file(key, *path, key + "_FILE");
    if (const std::string* directory = look("CREDENTIALS_DIRECTORY")) {
      const std::string path = *directory + '/' + key;
      if (::access(path.c_str(), F_OK) == 0) take_file(key, path, "credential");
    }
  }
}

std::string fault_of(const Option& option, const RawValue& given) {
  std::string text = std::string(option.key) + " (from " + given.source + "): ";
  if (option.secrecy == Secrecy::open) {
    text += "'" + given.value + "' is invalid";
  } else if (const auto weakness = option.allowed.starts_with("32 or more random bytes")
                                       ? weakness_of_key(given.value)
                                       : std::nullopt) {
    text += "the value is invalid: " + *weakness;
  } else {
    text += "the value is invalid";
  }
  return text + "; it must be " + option.allowed;
}

/// Whether the connection is local.
bool is_this_host(std::string_view server) {
  return server.empty() || equal_ignoring_case(server, "localhost") || server == "::1" ||
         (server.starts_with("127.") && server.find_first_not_of("0123456789.") == std::string_view::npos);
}

/// Checks rules that involve several settings, skipping settings that are invalid themselves.
void check_together(const Settings& settings, const RawValues& given,
                    const std::set<std::string_view>& invalid, std::vector<std::string>& faults) {
  const auto are_valid = [&](std::initializer_list<std::string_view> keys) {
    return std::none_of(keys.begin(), keys.end(),
                        [&](std::string_view key) { return invalid.count(key) != 0; });
  };
  const auto source = [&](std::string_view key) {
    const auto found = given.find(key);
    return found == given.end() ? std::string("default") : found->second.source;
  };
  if (are_valid({"BCRYPT_COST", "ENVIRONMENT"}) &&
      settings.bcrypt_cost < model::kBcryptCostLeastInProduction &&
      settings.environment != Environment::test) {
    faults.push_back("BCRYPT_COST (from " + source("BCRYPT_COST") + "): a cost below " +
                     std::to_string(model::kBcryptCostLeastInProduction) +
                     " requires ENVIRONMENT=test; it must be a whole number from " +
                     std::to_string(model::kBcryptCostLeastInProduction) + " to " +
                     std::to_string(model::kBcryptCostMost));
  }
  if (are_valid({"JWT_ALG", "JWT_SECRET_KEY"}) && settings.jwt_alg == model::JwsAlgorithm::HS256 &&
      settings.jwt_secret_key.empty()) {
    faults.push_back("JWT_SECRET_KEY: is not set, but required by JWT_ALG=HS256 (from " + source("JWT_ALG") +
                     "); it must be " + find_option("JWT_SECRET_KEY")->allowed);
  }
  if (are_valid({"TRUSTED_PROXIES", "PROXY_PROTOCOL"}) && settings.proxy_protocol == Switch::on &&
      settings.trusted_proxies.empty()) {
    faults.push_back("TRUSTED_PROXIES: is empty, but required by PROXY_PROTOCOL=on (from " +
                     source("PROXY_PROTOCOL") + "); it must be " + find_option("TRUSTED_PROXIES")->allowed);
  }
  if (are_valid({"ACCESS_TOKEN_TTL", "REFRESH_TOKEN_TTL"}) &&
      settings.access_token_ttl > settings.refresh_token_ttl) {
    faults.push_back("ACCESS_TOKEN_TTL (from " + source("ACCESS_TOKEN_TTL") +
                     "): must not exceed REFRESH_TOKEN_TTL (from " + source("REFRESH_TOKEN_TTL") + ')');
  }
  if (are_valid({"MAIL_PASSWORD", "MAIL_USERNAME"}) && !settings.mail_password.empty() &&
      settings.mail_username.empty()) {
    faults.push_back("MAIL_USERNAME: is not set, but required by MAIL_PASSWORD (from " +
                     source("MAIL_PASSWORD") + "); it must be " + find_option("MAIL_USERNAME")->allowed);
  }
  if (are_valid({"MAIL_PASSWORD", "MAIL_USE_TLS", "MAIL_SERVER"}) && !settings.mail_password.empty() &&
      settings.mail_use_tls == MailTls::off && !is_this_host(settings.mail_server)) {
    faults.push_back("MAIL_USE_TLS (from " + source("MAIL_USE_TLS") +
                     "): off would send MAIL_PASSWORD (from " + source("MAIL_PASSWORD") +
                     ") unencrypted; it must be starttls or tls, unless MAIL_SERVER is localhost");
  }
}

/// Sets values that are derived from others.
void derive(Settings& settings) {
  if (settings.mail_use_tls == MailTls::by_port)
    settings.mail_use_tls = settings.mail_port == kSmtpsPort ? MailTls::tls : MailTls::starttls;
  if (settings.mail_from.address.empty()) {
    auto reading = model::read_email(settings.mail_username);
    settings.mail_from.address =
        reading.fault.empty() ? std::move(reading.address) : std::string("taskward@localhost");
  }
}

std::string wrapped_comment(std::string_view text) {
  constexpr std::size_t width = 96;
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > width) end = std::min(text.rfind(' ', width), text.size());
    out += "# " + std::string(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string example(std::string_view equals) {
  std::string out;
  for (const Option& option : every_option()) {
    std::string allowed = option.allowed;
    allowed.front() = to_upper(allowed.front());
    out += '\n' + wrapped_comment(option.help) + wrapped_comment(allowed + '.');
    out += '#' + std::string(option.key) + std::string(equals) + std::string(option.fallback) + '\n';
  }
  return out;
}

}  // namespace

Sources sources_of_process(const std::string& named_file) {
  Sources sources;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      sources.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!named_file.empty()) {
    sources.file = named_file;
    sources.file_named_by = "--config";
    sources.file_required = true;
  } else if (const auto named = sources.environment.find("TASKWARD_CONFIG");
             named != sources.environment.end()) {
    sources.file = named->second;
    sources.file_named_by = "TASKWARD_CONFIG";
    sources.file_required = true;
  } else {
    sources.file = std::string(kDefaultFile);
  }
  sources.credential_store = std::string(kCredentialStore);
  return sources;
}

std::optional<std::string> file_of_source(std::string_view source) {
  const std::size_t parenthesis = source.find(" (");
  if (parenthesis != std::string_view::npos && source.ends_with(')'))
    return std::string(source.substr(parenthesis + 2, source.size() - parenthesis - 3));
  const std::size_t colon = source.rfind(':');
  if (colon != std::string_view::npos && colon + 1 < source.size() &&
      std::all_of(source.begin() + static_cast<std::ptrdiff_t>(colon) + 1, source.end(), is_digit))
    return std::string(source.substr(0, colon));
  if (source.starts_with('/')) return std::string(source);
  return std::nullopt;
}

Loaded load(const Sources& sources) {
  std::vector<std::string> faults;
  RawValues given;
  const bool exists = !sources.file.empty() && ::access(sources.file.c_str(), F_OK) == 0;
  if (exists || sources.file_required) {
    if (sources.file.empty()) throw BadSettings(sources.file_named_by + ": is empty; it must name a file");
    try {
      read_settings_file(sources.file, given, faults);
    } catch (const BadSettings& error) {
      throw BadSettings(sources.file_named_by.empty() ? error.what()
                                                      : sources.file_named_by + ": " + error.what());
    }
  }
  if (!sources.credential_store.empty()) read_credential_store(sources.credential_store, given, faults);
  read_environment(sources.environment, given, faults);
  for (const auto& [key, value] : sources.command_line) given[key] = {value, "command line"};

  Loaded loaded;
  std::set<std::string_view> invalid;
  for (const Option& option : every_option()) {
    const auto found = given.find(option.key);
    const RawValue chosen =
        found == given.end() ? RawValue{std::string(option.fallback), "default"} : found->second;
    const bool is_unset = chosen.value.empty() && option.fallback.empty();
    if (!is_unset && !option.store(loaded.settings, chosen.value)) {
      faults.push_back(fault_of(option, chosen));
      invalid.insert(option.key);
    }
    const bool masked = option.secrecy == Secrecy::secret && !chosen.value.empty() && found != given.end();
    loaded.effective.push_back(
        {&option, masked ? "********" : chosen.value, is_unset ? "not set" : chosen.source});
  }
  check_together(loaded.settings, given, invalid, faults);
  if (!faults.empty()) throw BadSettings(joined(faults, "\n"));
  derive(loaded.settings);
  if (given.count("DATABASE_URL") == 0 && loaded.settings.database_owner_url.empty())
    loaded.settings.database_owner_url = Secret(kLocalOwnerUrl);
  return loaded;
}

void require(const Loaded& loaded, std::string_view key) {
  for (const Effective& one : loaded.effective) {
    if (one.option->key != key || !one.value.empty()) continue;
    throw BadSettings(std::string(key) + ": is not set; it must be " + one.option->allowed);
  }
}

void require_mail_login(const Loaded& loaded) {
  if (loaded.settings.mail_username.empty() || !loaded.settings.mail_password.empty()) return;
  for (const Effective& one : loaded.effective) {
    if (one.option->key != "MAIL_USERNAME") continue;
    throw BadSettings("MAIL_PASSWORD: is not set, but required by MAIL_USERNAME (from " + one.source +
                      "); it must be " + find_option("MAIL_PASSWORD")->allowed);
  }
}

std::string describe(const Loaded& loaded) {
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (const Effective& one : loaded.effective) {
    key_width = std::max(key_width, one.option->key.size());
    value_width = std::max(value_width, one.value.size());
  }
  std::string out;
  for (const Effective& one : loaded.effective) {
    out += one.option->key;
    out.append(key_width - one.option->key.size() + 2, ' ');
    out += one.value;
    out.append(value_width - one.value.size() + 2, ' ');
    out += one.source + '\n';
  }
  return out;
}

std::string example_file() {
  return "# Settings of Taskward and their defaults. This file is read from " + std::string(kDefaultFile) +
         ".\n# The environment, secret files and the command line take precedence.\n" + example(" = ");
}

std::string example_environment() {
  return "# Settings of Taskward as environment variables, and their defaults. Copy this to .env, which git\n"
         "# ignores. A secret can also be read from a file: set KEY_FILE to its path.\n" +
         example("=");
}

}  // namespace taskward::config
