// taskward user set, unlock, reset-mfa, delete, sessions. Each action is recorded in the audit record without
// an actor.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/account_bodies.hpp"
#include "taskward/base/printable.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward/domain/second_factors.hpp"
#include "taskward_commands.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

using store::Actor;

constexpr std::array kSetFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"role", "ROLE", "guest, user or admin."},
    config::Flag{"active", "YES|NO", "Enable or disable the account; `no` ends its sessions."},
    config::Flag{"email", "ADDRESS", "The address, which is then unverified; a change ends the sessions."},
    config::Flag{"username", "NAME", "The user name."},
    config::Flag{"name", "TEXT", "The display name; an empty text removes it."},
    config::Flag{"password-stdin", "",
                 "Read a new password from standard input, one line; ends the sessions."},
    config::Flag{"password-reset", "", "Mail a code for setting a new password."},
};
constexpr std::array kUserFlags{kHelpFlag, kConfigFlag};
constexpr std::array kDeleteFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"yes", "", "Confirm that the account and its tasks are deleted permanently."},
};
constexpr std::array kSessionFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"end", "", "End all sessions."},
    config::Flag{"end-one", "ID", "End this session."},
    config::Flag{"json", "", "Print a JSON array."},
};

std::optional<bool> active_option(const config::CommandLine& line) {
  const auto given = line.value("active");
  if (!given) return std::nullopt;
  if (*given != "yes" && *given != "no")
    throw config::BadCommandLine("--active: '" + *given + "' is neither yes nor no");
  return *given == "yes";
}

std::optional<std::string> name_option(const config::CommandLine& line) {
  auto given = line.value("name");
  if (!given) return given;
  const auto length = code_points(*given);
  if (!length || *length > model::kNameMaxCharacters || printable(*given) != *given) {
    throw config::BadCommandLine("--name: must be one line of at most " +
                                 std::to_string(model::kNameMaxCharacters) + " characters");
  }
  return given;
}

model::AccountChange change_of(const config::CommandLine& line) {
  model::AccountChange change;
  change.role = role_option(line);
  change.is_active = active_option(line);
  change.email = email_option(line);
  change.username = username_option(line);
  change.name = name_option(line);
  change.reset_password = line.has("password-reset");
  return change;
}

/// Keys derived from it encrypt mail and authenticate codes.
void require_secret_key(const Service& service) {
  if (service.derived_keys.mail.empty())
    throw config::BadSettings("SECRET_KEY: is required for changing an address and for mailing a code");
}

void print_sessions(const std::vector<model::Session>& sessions, bool as_json) {
  if (as_json) {
    json::Writer w;
    api::write_array(w, sessions, api::session_parts());
    std::cout << w.take() << '\n';
    return;
  }
  std::vector<TableRow> rows{{"ID", "METHOD", "CREATED", "LAST USED", "EXPIRES", "ADDRESS", "AGENT"}};
  for (const model::Session& one : sessions) {
    rows.push_back({one.id.text(), one.method, rfc3339(one.created_at), rfc3339(one.last_used_at),
                    rfc3339(one.expires_at), one.client_address.value_or("-"),
                    printable(one.user_agent.value_or("-"))});
  }
  print_aligned(rows);
}

}  // namespace

int user_set_command(std::span<const std::string> words) {
  const UserLine given = read_user_line(
      words, "set", kSetFlags,
      "taskward user set USER [--role ROLE] [--active yes|no] [--email ADDRESS] [--username NAME]\n"
      "                       [--name TEXT] [--password-stdin] [--password-reset]\n"
      "Applies all changes or none. The last active administrator cannot be demoted or disabled.\n");
  if (given.user.empty()) return kSuccess;
  const model::AccountChange change = change_of(given.line);
  const bool has_password = given.line.has("password-stdin");
  if (!change.role && !change.is_active && !change.email && !change.username && !change.name &&
      !change.reset_password && !has_password) {
    throw config::BadCommandLine("user set needs at least one change");
  }
  std::optional<Secret> password;
  if (has_password) password = read_password();
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  if (change.email || change.reset_password) require_secret_key(operation.service);
  const auto changed = domain::change_account(operation.service.resources(*operation.connection),
                                              Actor::the_operator(), *operation.user, change, password, {});
  if (!changed) return report_refusal(changed.error(), given.user);
  std::cout << changed->id.text() << '\n';
  return kSuccess;
}

int user_unlock_command(std::span<const std::string> words) {
  const UserLine given =
      read_user_line(words, "unlock", kUserFlags,
                     "taskward user unlock USER\n"
                     "Removes the login locks of the account and resets its failure counters.\n");
  if (given.user.empty()) return kSuccess;
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  store::AccountChangeOrder order;
  order.user = *operation.user;
  order.change.unlock = true;
  order.unlock_record = operation.new_id();
  const auto changed =
      store::change_account(*operation.connection, Actor::the_operator(), order, operation.stamp());
  return changed ? kSuccess : report_refusal(changed.error(), given.user);
}

int user_reset_mfa_command(std::span<const std::string> words) {
  const UserLine given =
      read_user_line(words, "reset-mfa", kUserFlags,
                     "taskward user reset-mfa USER\n"
                     "Removes all second factors of an account whose owner has lost them, and ends its "
                     "sessions.\nThe owner is informed by e-mail.\n");
  if (given.user.empty()) return kSuccess;
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  require_secret_key(operation.service);
  const auto done = domain::reset_factors(operation.service.resources(*operation.connection),
                                          Actor::the_operator(), *operation.user, {});
  return done ? kSuccess : report_refusal(done.error(), given.user);
}

int user_delete_command(std::span<const std::string> words) {
  const UserLine given = read_user_line(words, "delete", kDeleteFlags,
                                        "taskward user delete USER --yes\n"
                                        "Deletes an account and its tasks permanently.\n");
  if (given.user.empty()) return kSuccess;
  if (!given.line.has("yes"))
    throw config::BadCommandLine(
        "user delete permanently removes the account and its tasks; confirm with --yes");
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  const auto done =
      store::delete_account(*operation.connection, Actor::the_operator(), *operation.user, operation.stamp());
  return done ? kSuccess : report_refusal(done.error(), given.user);
}

int user_sessions_command(std::span<const std::string> words) {
  const UserLine given = read_user_line(words, "sessions", kSessionFlags,
                                        "taskward user sessions USER [--end | --end-one ID] [--json]\n"
                                        "Lists the sessions of the user, or ends all or one of them.\n");
  if (given.user.empty()) return kSuccess;
  const auto one = given.line.value("end-one");
  const bool all = given.line.has("end");
  if ((one && all) || ((one || all) && given.line.has("json")))
    throw config::BadCommandLine("--end, --end-one and --json cannot be combined");
  const auto session = one ? SessionId::parse(*one) : std::nullopt;
  if (one && !session) throw config::BadCommandLine("--end-one: '" + *one + "' is not a session id");
  UserOperation operation(given);
  if (!operation.user) return report_unknown_user(given.user);
  if (session) {
    const auto ended =
        store::end_session_of(*operation.connection, *operation.user, *session, operation.stamp());
    if (ended) return kSuccess;
    std::cerr << "taskward: the user has no active session " << *one << '\n';
    return kRefused;
  }
  if (all) {
    const auto ended =
        store::end_sessions(*operation.connection, Actor::the_operator(), *operation.user, operation.stamp());
    if (!ended) return report_refusal(ended.error(), given.user);
    std::cout << *ended << (*ended == 1 ? " session was ended.\n" : " sessions were ended.\n");
    return kSuccess;
  }
  print_sessions(store::list_sessions_of(*operation.connection, *operation.user, operation.stamp()),
                 given.line.has("json"));
  return kSuccess;
}

}  // namespace taskward::programs
