// taskward user token: lists and revokes personal access tokens. Each action is recorded in the audit record
// without an actor.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/token_bodies.hpp"
#include "taskward/base/printable.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/store/personal_tokens.hpp"
#include "taskward_commands.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

using store::Actor;

constexpr std::string_view kUsage =
    "taskward user token list USER [--json]\n"
    "       taskward user token revoke USER ID | --all\n"
    "Lists the personal access tokens of the user, or revokes one or all of them.\n";

constexpr std::array kListFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"json", "", "list: print a JSON array."},
    config::Flag{"all", "", "revoke: revoke all tokens."},
};

std::string state_of(const model::PersonalToken& token, Timestamp now) {
  if (token.revoked_at) return "revoked";
  return token.expires_at <= now ? "expired" : "valid";
}

std::string scopes_of(const model::PersonalToken& token) {
  std::vector<std::string_view> names;
  for (const model::Scope scope : token.scopes.list()) names.push_back(name(scope));
  return joined(names, ",");
}

void print_tokens(const std::vector<model::PersonalToken>& tokens, Timestamp now) {
  std::vector<TableRow> rows{{"ID", "STATE", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "ADDRESS", "NAME"}};
  for (const model::PersonalToken& one : tokens) {
    rows.push_back({one.id.text(), state_of(one, now), scopes_of(one), rfc3339(one.created_at),
                    rfc3339(one.expires_at), one.last_used_at ? rfc3339(*one.last_used_at) : "-",
                    one.last_used_address.value_or("-"), printable(one.name)});
  }
  print_aligned(rows);
}

int list(std::span<const std::string> words) {
  const UserLine given = read_user_line(words, "token list", kListFlags, kUsage);
  if (given.user.empty()) return kSuccess;
  if (given.line.has("all")) throw config::BadCommandLine("--all is for revoke");
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  const auto tokens =
      store::list_tokens_of(*operation.connection, Actor::the_operator(), *operation.user, operation.stamp());
  if (!tokens) return report_refusal(tokens.error(), given.user);
  if (!given.line.has("json")) {
    print_tokens(*tokens, operation.service.clock.now());
    return kSuccess;
  }
  json::Writer w;
  api::write_array(w, *tokens, api::personal_token_parts());
  std::cout << w.take() << '\n';
  return kSuccess;
}

int revoke(std::span<const std::string> words) {
  const UserLine given = read_user_line(words, "token revoke", kListFlags, kUsage, 2);
  if (given.user.empty()) return kSuccess;
  const bool all = given.line.has("all");
  if (given.line.has("json")) throw config::BadCommandLine("--json is for list");
  if (all == (given.line.operands.size() == 2))
    throw config::BadCommandLine("give the id of a token, or --all");
  const auto token = all ? std::nullopt : PersonalTokenId::parse(given.line.operands.back());
  if (!all && !token)
    throw config::BadCommandLine('\'' + given.line.operands.back() + "' is not the id of a token");
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  if (token) {
    if (store::revoke_token_of(*operation.connection, *operation.user, *token, operation.stamp()))
      return kSuccess;
    std::cerr << "taskward: the user has no token " << token->text() << " that is not revoked\n";
    return kRefused;
  }
  const auto revoked = store::revoke_tokens_of(*operation.connection, Actor::the_operator(), *operation.user,
                                               operation.stamp());
  if (!revoked) return report_refusal(revoked.error(), given.user);
  std::cout << *revoked << (*revoked == 1 ? " token was revoked.\n" : " tokens were revoked.\n");
  return kSuccess;
}

}  // namespace

int user_token_command(std::span<const std::string> words) {
  if (words.empty()) throw config::BadCommandLine("user token needs list or revoke");
  if (words.front() == "--help") return list(words);
  if (words.front() == "list") return list(words.subspan(1));
  if (words.front() == "revoke") return revoke(words.subspan(1));
  throw config::BadCommandLine("'" + words.front() + "' is neither list nor revoke");
}

}  // namespace taskward::programs
