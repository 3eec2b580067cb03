// taskward key: the keys tokens are signed with. What is changed here holds on every running worker within
// seconds, without a restart.
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
    config::Flag{"json", "", "list: print an array of objects."},
    config::Flag{"lead", "SECONDS",
                 "rotate: how long the new key is published before it signs, 0 to 86400; 10 when not given."},
};

/// A key's name: SHA-256 in base64url.
constexpr std::size_t kKidCharacters = 43;
constexpr std::int64_t kLeadMost = 86'400;
constexpr std::chrono::seconds kLead{10};
static_assert(kLead > domain::KeyRing::kReloadInterval, "every worker knows a key before it signs");

std::chrono::seconds lead_of(const config::CommandLine& line) {
  const auto text = line.value("lead");
  if (!text) return kLead;
  std::int64_t seconds = -1;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (fault != std::errc() || end != text->data() + text->size() || seconds < 0 || seconds > kLeadMost)
    throw config::BadCommandLine("--lead: '" + *text + "' is not a whole number of seconds from 0 to 86400");
  return std::chrono::seconds(seconds);
}

/// What one command works with.
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
  const auto time = [&w](std::string_view name, const std::optional<Timestamp>& moment) {
    w.key(name);
    if (moment)
      w.string(rfc3339(*moment));
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
        << "taskward: with JWT_ALG=HS256 the key is JWT_SECRET_KEY in the settings, and there is none in the "
           "database to rotate. Put another there and restart the workers: everybody must log in again "
           "then. ES256, RS256 and EdDSA keys rotate without that.\n";
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
    std::cerr << "taskward: there is no key '" << kid << "' in the database; `taskward key list` shows all\n";
    return kRefused;
  }
  std::cout << kid << (done->before == KeyState::revoked ? " was revoked already\n" : " is revoked\n");
  if (done->signer) std::cout << *done->signer << " signs\n";
  return kSuccess;
}

/// The operand at that place, which must be there.
const std::string& operand(const config::CommandLine& line, std::size_t place, const char* missing) {
  if (line.operands.size() <= place) throw config::BadCommandLine(missing);
  return line.operands[place];
}

void refuse_more_operands(const config::CommandLine& line, std::size_t most) {
  if (line.operands.size() > most) throw config::BadCommandLine("'" + line.operands[most] + "' is too much");
}

}  // namespace

int key_command(std::span<const std::string> given) {
  std::vector<std::string> words(given.begin(), given.end());
  // One in 64 names begins with a dash, and is no option.
  if (words.size() == 2 && words[0] == "revoke" && words[1].size() == kKidCharacters)
    words.insert(words.begin() + 1, "--");
  const config::CommandLine line = config::read_command_line(words, kFlags, 2);
  if (line.has("help")) {
    std::cout
        << "taskward key list [--json]: shows every key, its state and its times.\n"
           "taskward key rotate [--lead SECONDS]: makes a new key, which is published now and signs after "
           "the\n"
           "lead; the keys before it go on verifying as long as a token of theirs may live.\n"
           "taskward key revoke KID: refuses at once what that key has signed. If it is the one that signs,\n"
           "the next one begins at once, or a new one is made.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  const std::string& what = operand(line, 0, "key needs to be told what to do: list, rotate or revoke");
  if (line.has("json") && what != "list") throw config::BadCommandLine("--json belongs to list");
  if (line.has("lead") && what != "rotate") throw config::BadCommandLine("--lead belongs to rotate");
  if (what == "revoke") return revoke(line, operand(line, 1, "revoke needs the name of a key"));
  refuse_more_operands(line, 1);
  if (what == "list") return list(line);
  if (what == "rotate") return rotate(line);
  throw config::BadCommandLine("key does not know '" + what + "'; it knows list, rotate and revoke");
}

}  // namespace taskward::programs
