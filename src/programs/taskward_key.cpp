// taskward key: the keys that sign tokens. Changes take effect in all running workers within seconds.
#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/json/writer.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

using model::KeyState;
using model::SigningKeyInfo;

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"json", "", "list: print a JSON array."},
    config::Flag{"lead", "SECONDS",
                 "rotate: how long the new key is published before it signs, 0 to 86400 (10)."},
};

/// SHA-256 in base64url.
constexpr std::size_t kKidCharacters = 43;
constexpr std::int64_t kLeadMost = 86'400;
constexpr std::chrono::seconds kLead{10};
static_assert(kLead > domain::KeyRing::kReloadInterval, "every worker has loaded a key before it signs");

std::chrono::seconds lead_of(const config::CommandLine& line) {
  const auto text = line.value("lead");
  if (!text) return kLead;
  std::int64_t seconds = -1;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (fault != std::errc() || end != text->data() + text->size() || seconds < 0 || seconds > kLeadMost)
    throw config::BadCommandLine("--lead: '" + *text + "' is not a whole number of seconds from 0 to 86400");
  return std::chrono::seconds(seconds);
}

/// The service and a connection.
struct Operation {
  explicit Operation(const config::CommandLine& line)
      : service(std::move(load(line).settings), LogLevel::warning),
        connection(service.connection("taskward-key")) {}

  [[nodiscard]] model::AuditStamp stamp() { return {AuditId::make(service.clock, service.random), {}}; }

  Service service;
  const std::unique_ptr<db::Connection> connection;

 private:
  static config::Loaded load(const config::CommandLine& line) {
    config::Loaded loaded = load_settings(line);
    config::require(loaded, "SECRET_KEY");
    return loaded;
  }
};

std::string state_text(const SigningKeyInfo& key) {
  std::string text(model::name(key.state));
  if (key.state == KeyState::next) text += ", signs from " + rfc3339(*key.signs_from);
  if (key.state == KeyState::revoked) return text + " at " + rfc3339(*key.revoked_at);
  if (key.verifies_until) {
    if (key.state == KeyState::ended) return text + " at " + rfc3339(*key.verifies_until);
    text +=
        (key.state == KeyState::verifying ? " until " : ", verifies until ") + rfc3339(*key.verifies_until);
  }
  return text;
}

void print_table(const std::vector<SigningKeyInfo>& keys) {
  const auto padded = [](std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text + "  ";
  };
  std::cout << padded("KID", 43) << padded("ALG", 5) << padded("CREATED", 24) << "STATE\n";
  for (const SigningKeyInfo& key : keys) {
    std::cout << padded(key.kid, 43) << padded(std::string(model::name(key.algorithm)), 5)
              << padded(key.created_at ? rfc3339(*key.created_at) : "in the settings", 24) << state_text(key)
              << '\n';
  }
}

void print_json(const std::vector<SigningKeyInfo>& keys) {
  json::Writer w;
  const auto time = [&w](std::string_view name, const std::optional<Timestamp>& value) {
    w.key(name);
    if (value)
      w.string(rfc3339(*value));
    else
      w.null();
  };
  w.begin_array();
  for (const SigningKeyInfo& key : keys) {
    w.begin_object();
    w.key("kid");
    w.string(key.kid);
    w.key("alg");
    w.string(model::name(key.algorithm));
    w.key("state");
    w.string(model::name(key.state));
    time("created_at", key.created_at);
    time("signs_from", key.signs_from);
    time("verifies_until", key.verifies_until);
    time("revoked_at", key.revoked_at);
    w.end_object();
  }
  w.end_array();
  std::cout << w.take() << '\n';
}

int list(const config::CommandLine& line) {
  const Operation operation(line);
  const auto keys = domain::list_keys(*operation.connection, operation.service.key_settings());
  if (line.has("json"))
    print_json(keys);
  else
    print_table(keys);
  return kSuccess;
}

int rotate(const config::CommandLine& line) {
  const std::chrono::seconds lead = lead_of(line);
  Operation operation(line);
  if (operation.service.settings.jwt_alg == model::JwsAlgorithm::HS256) {
    std::cerr
        << "taskward: with JWT_ALG=HS256 the key is the setting JWT_SECRET_KEY, so there is no key in the "
           "database to rotate. Change the setting and restart the workers; all users must log in again. "
           "ES256, RS256 and EdDSA keys rotate without that.\n";
    return kRefused;
  }
  const auto made =
      domain::rotate_keys(*operation.connection, operation.service.key_settings(), operation.service.random,
                          {lead, operation.service.settings.refresh_token_ttl}, operation.stamp());
  std::cout << made.kid << " signs from " << rfc3339(made.signs_from) << '\n';
  return kSuccess;
}

int revoke(const config::CommandLine& line, const std::string& kid) {
  Operation operation(line);
  const auto done = domain::revoke_key(*operation.connection, operation.service.key_settings(),
                                       operation.service.random, kid, operation.stamp());
  if (!done) {
    std::cerr << "taskward: there is no key '" << kid << "' in the database; see `taskward key list`\n";
    return kRefused;
  }
  std::cout << kid << (done->before == KeyState::revoked ? " was already revoked\n" : " is revoked\n");
  if (done->signer) std::cout << *done->signer << " is the signing key\n";
  return kSuccess;
}

/// Throws config::BadCommandLine with the text `missing` if there is no such operand.
const std::string& operand(const config::CommandLine& line, std::size_t place, const char* missing) {
  if (line.operands.size() <= place) throw config::BadCommandLine(missing);
  return line.operands[place];
}

void refuse_more_operands(const config::CommandLine& line, std::size_t most) {
  if (line.operands.size() > most)
    throw config::BadCommandLine("'" + line.operands[most] + "' is unexpected");
}

}  // namespace

int key_command(std::span<const std::string> given) {
  std::vector<std::string> words(given.begin(), given.end());
  // One key id in 64 begins with a dash; it is not an option.
  if (words.size() == 2 && words[0] == "revoke" && words[1].size() == kKidCharacters)
    words.insert(words.begin() + 1, "--");
  const config::CommandLine line = config::read_command_line(words, kFlags, 2);
  if (line.has("help")) {
    std::cout << "Usage: taskward key list [--json]\n"
                 "  Lists all keys with their states and times.\n"
                 "       taskward key rotate [--lead SECONDS]\n"
                 "  Creates a key, which is published now and signs after the lead time. Earlier keys verify "
                 "tokens\n"
                 "  until the last token they signed has expired.\n"
                 "       taskward key revoke KID\n"
                 "  Rejects all tokens signed by the key immediately. If it is the signing key, the next key "
                 "replaces\n"
                 "  it, or a new one.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  const std::string& what = operand(line, 0, "key needs one of list, rotate and revoke");
  if (line.has("json") && what != "list") throw config::BadCommandLine("--json is an option of list");
  if (line.has("lead") && what != "rotate") throw config::BadCommandLine("--lead is an option of rotate");
  if (what == "revoke") return revoke(line, operand(line, 1, "revoke needs a key id"));
  refuse_more_operands(line, 1);
  if (what == "list") return list(line);
  if (what == "rotate") return rotate(line);
  throw config::BadCommandLine("'" + what + "' is not one of list, rotate and revoke");
}

}  // namespace taskward::programs
