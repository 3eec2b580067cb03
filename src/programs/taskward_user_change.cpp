// taskward user set, unlock, delete, sessions: what the operator does with accounts. Each deed is recorded,
// without an actor.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/account_bodies.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward_commands.hpp"
#include "user_words.hpp"

namespace taskward::programs {
namespace {

using store::Actor;

constexpr std::array kSetFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"role", "ROLE", "guest, user or admin."},
    config::Flag{"active", "YES|NO", "Whether the account may be used; `no` ends its sessions."},
    config::Flag{"email", "ADDRESS", "The address, which is not proved then; another one ends the sessions."},
    config::Flag{"username", "NAME", "The user name."},
    config::Flag{"name", "TEXT", "What the person is called; an empty text takes the name away."},
    config::Flag{"password-stdin", "",
                 "Read a new password from standard input, one line; it ends the sessions."},
    config::Flag{"password-reset", "", "Mail a code to set a new password with."},
};
constexpr std::array kUserFlags{kHelpFlag, kConfigFlag};
constexpr std::array kDeleteFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"yes", "", "The account is to be deleted, with all tasks in it, for good."},
};
constexpr std::array kSessionFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"end", "", "End all sessions."},
    config::Flag{"end-one", "ID", "End this session."},
    config::Flag{"json", "", "As one JSON array."},
};

/// The command line of a subcommand that is about one user.
struct UserLine {
  config::CommandLine line;
  std::string user;  ///< empty when only help is asked for
};

UserLine read_line(std::span<const std::string> words, std::string_view command,
                   std::span<const config::Flag> flags, std::string_view help) {
  UserLine out{config::read_command_line(words, flags, 1), {}};
  if (out.line.has("help")) {
    std::cout << help << "USER is an id, an e-mail address or a user name.\n\n"
              << config::options_help(flags);
    return out;
  }
  if (out.line.operands.empty())
    throw config::BadCommandLine("user " + std::string(command) + " needs a user");
  out.user = out.line.operands.front();
  return out;
}

/// The service, a connection, and the account that the command is about.
struct Desk {
  explicit Desk(const UserLine& given)
      : service(std::move(load_settings(given.line).settings), LogLevel::warning),
        connection(service.connection("taskward-user")),
        user(store::find_account(*connection, given.user)) {}

  template <class AnId = AuditId>
  AnId new_id() {
    return AnId::make(service.clock, service.random);
  }
  model::AuditStamp stamp() { return {new_id(), {}}; }

  Service service;
  std::unique_ptr<db::Connection> connection;
  std::optional<UserId> user;
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
  if (!length || *length > model::kNameMaxCharacters || for_terminal(*given) != *given) {
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

/// Mail is sealed, and codes are kept, under keys that are derived from it.
void require_secret_key(const Service& service) {
  if (service.derived_keys.mail.empty())
    throw config::BadSettings("SECRET_KEY: is needed to change an address and to mail a code");
}

int tell(const Error& error, const std::string& user) {
  return error.code == ErrorCode::not_found ? tell_unknown_user(user) : tell_refusal(error);
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
                    for_terminal(one.user_agent.value_or("-"))});
  }
  print_aligned(rows);
}

}  // namespace

int user_set_command(std::span<const std::string> words) {
  const UserLine given = read_line(
      words, "set", kSetFlags,
      "taskward user set USER [--role ROLE] [--active yes|no] [--email ADDRESS] [--username NAME]\n"
      "                       [--name TEXT] [--password-stdin] [--password-reset]\n"
      "Changes an account: all that is given, or nothing. The last active administrator stays one.\n");
  if (given.user.empty()) return kSuccess;
  const model::AccountChange change = change_of(given.line);
  const bool has_password = given.line.has("password-stdin");
  if (!change.role && !change.is_active && !change.email && !change.username && !change.name &&
      !change.reset_password && !has_password) {
    throw config::BadCommandLine("user set needs to be told what to change");
  }
  std::optional<Secret> password;
  if (has_password) password = read_password();
  Desk desk(given);
  if (!desk.user) return tell_unknown_user(given.user);
  if (change.email || change.reset_password) require_secret_key(desk.service);
  const auto changed = domain::change_account(desk.service.resources(*desk.connection), Actor::the_operator(),
                                              *desk.user, change, password, {});
  if (!changed) return tell(changed.error(), given.user);
  std::cout << changed->id.text() << '\n';
  return kSuccess;
}

int user_unlock_command(std::span<const std::string> words) {
  const UserLine given = read_line(words, "unlock", kUserFlags,
                                   "taskward user unlock USER\n"
                                   "Lifts every lock of the account's names and forgets its failures.\n");
  if (given.user.empty()) return kSuccess;
  Desk desk(given);
  if (!desk.user) return tell_unknown_user(given.user);
  store::AccountChangeOrder order;
  order.user = *desk.user;
  order.change.unlock = true;
  order.unlock_record = desk.new_id();
  const auto changed = store::change_account(*desk.connection, Actor::the_operator(), order, desk.stamp());
  return changed ? kSuccess : tell(changed.error(), given.user);
}

int user_delete_command(std::span<const std::string> words) {
  const UserLine given = read_line(words, "delete", kDeleteFlags,
                                   "taskward user delete USER --yes\n"
                                   "Deletes an account and everything in it, for good.\n");
  if (given.user.empty()) return kSuccess;
  if (!given.line.has("yes"))
    throw config::BadCommandLine("user delete is for good, tasks included; say --yes if that is meant");
  Desk desk(given);
  if (!desk.user) return tell_unknown_user(given.user);
  const auto done = store::delete_account(*desk.connection, Actor::the_operator(), *desk.user, desk.stamp());
  return done ? kSuccess : tell(done.error(), given.user);
}

int user_sessions_command(std::span<const std::string> words) {
  const UserLine given = read_line(words, "sessions", kSessionFlags,
                                   "taskward user sessions USER [--end | --end-one ID] [--json]\n"
                                   "Lists where the user is logged in, or ends all of that, or one.\n");
  if (given.user.empty()) return kSuccess;
  const auto one = given.line.value("end-one");
  const bool all = given.line.has("end");
  if ((one && all) || ((one || all) && given.line.has("json")))
    throw config::BadCommandLine("user sessions takes one of --end, --end-one and --json");
  const auto session = one ? SessionId::parse(*one) : std::nullopt;
  if (one && !session) throw config::BadCommandLine("--end-one: '" + *one + "' is no id of a session");
  Desk desk(given);
  if (!desk.user) return tell_unknown_user(given.user);
  if (session) {
    const auto ended = store::end_session_of(*desk.connection, *desk.user, *session, desk.stamp());
    if (ended) return kSuccess;
    std::cerr << "taskward: the user has no live session " << *one << '\n';
    return kRefused;
  }
  if (all) {
    const auto ended = store::end_sessions(*desk.connection, Actor::the_operator(), *desk.user, desk.stamp());
    if (!ended) return tell(ended.error(), given.user);
    std::cout << *ended << (*ended == 1 ? " session was ended.\n" : " sessions were ended.\n");
    return kSuccess;
  }
  print_sessions(store::list_sessions_of(*desk.connection, *desk.user, desk.stamp()), given.line.has("json"));
  return kSuccess;
}

}  // namespace taskward::programs
