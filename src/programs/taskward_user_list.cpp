// taskward user list, show. Each access is recorded in the audit record.
#include <array>
#include <charconv>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/admin_bodies.hpp"
#include "taskward/base/printable.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward_commands.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

constexpr int kListDefault = 1000;
constexpr int kListMost = 100'000;

constexpr std::array kListFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"role", "ROLE", "Only accounts with this role: guest, user or admin."},
    config::Flag{"state", "STATE", "Only accounts in this state: active, inactive or locked."},
    config::Flag{"q", "TEXT", "Only accounts with this text in address, user name or name, ignoring case."},
    config::Flag{"limit", "N", "Maximum number of accounts, newest first (1000; at most 100000)."},
    config::Flag{"json", "", "Print a JSON array."},
};

constexpr std::array kShowFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"json", "", "Print a JSON object."},
};

int limit_of(const config::CommandLine& line) {
  const auto given = line.value("limit");
  if (!given) return kListDefault;
  int limit = 0;
  const char* end = given->data() + given->size();
  const auto [stop, fault] = std::from_chars(given->data(), end, limit);
  if (fault != std::errc() || stop != end || limit < 1 || limit > kListMost)
    throw config::BadCommandLine("--limit: '" + *given + "' is not a number from 1 to " +
                                 std::to_string(kListMost));
  return limit;
}

model::AccountFilter filter_of(const config::CommandLine& line) {
  model::AccountFilter filter;
  if (const auto role = role_option(line)) filter.roles.push_back(*role);
  if (const auto given = line.value("state")) {
    const auto state = model::account_state(*given);
    if (!state)
      throw config::BadCommandLine("--state: '" + *given + "' is not one of active, inactive, locked");
    filter.states.push_back(*state);
  }
  filter.text = line.value("q").value_or("");
  if (!code_points(filter.text)) throw config::BadCommandLine("--q: is not UTF-8");
  return filter;
}

std::string cell(const std::optional<std::string>& text) { return text ? printable(*text) : "-"; }
std::string cell(const std::optional<Timestamp>& time) { return time ? rfc3339(*time) : "-"; }

void print_json(const std::vector<model::Account>& accounts) {
  json::Writer w;
  w.begin_array();
  for (const model::Account& account : accounts) api::write_object(w, account, api::account_parts());
  w.end_array();
  std::cout << w.take() << '\n';
}

void print_table(const std::vector<model::Account>& accounts) {
  std::vector<TableRow> rows{{"ID", "ROLE", "STATE", "EMAIL", "USERNAME", "CREATED", "LAST LOGIN", "NAME"}};
  for (const model::Account& one : accounts) {
    rows.push_back({one.id.text(), std::string(model::name(one.role)), std::string(name(one.state())),
                    cell(one.email), cell(one.username), rfc3339(one.created_at), cell(one.last_login_at),
                    cell(one.name)});
  }
  print_aligned(rows);
}

void print_detail(const model::AccountDetail& one) {
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  print_aligned({
      {"id", one.id.text()},
      {"email", cell(one.email) + (one.email && !one.email_verified ? " (not verified)" : "")},
      {"username", cell(one.username)},
      {"name", cell(one.name)},
      {"role", std::string(model::name(one.role))},
      {"state", std::string(name(one.state()))},
      {"e-mail locked until", cell(one.locked_until.email)},
      {"user name locked until", cell(one.locked_until.username)},
      {"account locked until", cell(one.locked_until.caller)},
      {"created", rfc3339(one.created_at)},
      {"changed", rfc3339(one.updated_at)},
      {"last login", cell(one.last_login_at)},
      {"active sessions", number(one.live_sessions)},
      {"tasks to do", number(one.tasks.todo)},
      {"tasks in progress", number(one.tasks.in_progress)},
      {"tasks done", number(one.tasks.done)},
      {"tasks in the trash", number(one.tasks.trash)},
      {"security events in 24 h", number(one.events)},
  });
}

model::AuditStamp stamp_of(Service& service) { return {AuditId::make(service.clock, service.random), {}}; }

}  // namespace

int user_list_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kListFlags);
  if (line.has("help")) {
    std::cout << "Usage: taskward user list [--role ROLE] [--state STATE] [--q TEXT] [--limit N] [--json]\n\n"
                 "Lists accounts, newest first.\n\n"
              << config::options_help(kListFlags);
    return kSuccess;
  }
  const int limit = limit_of(line);
  const store::AccountListing listing{filter_of(line), limit + 1, std::nullopt, {}};
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const auto connection = service.connection("taskward-user");
  auto listed = store::list_accounts(*connection, store::Actor::the_operator(), listing, stamp_of(service));
  if (!listed) return report_refusal(listed.error());
  const bool more = listed->accounts.size() > static_cast<std::size_t>(limit);
  if (more) listed->accounts.pop_back();
  if (line.has("json"))
    print_json(listed->accounts);
  else
    print_table(listed->accounts);
  if (more) std::cerr << "taskward: there are more; listed are the newest " << limit << '\n';
  return kSuccess;
}

int user_show_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kShowFlags, 1);
  if (line.has("help")) {
    std::cout << "Usage: taskward user show USER [--json]\n\n"
                 "Shows an account. USER is an id, an e-mail address or a user name.\n\n"
              << config::options_help(kShowFlags);
    return kSuccess;
  }
  if (line.operands.empty()) throw config::BadCommandLine("user show needs a user");
  const std::string& user = line.operands.front();
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const auto connection = service.connection("taskward-user");
  const auto id = store::find_account(*connection, user);
  if (!id) return report_unknown_user(user);
  const auto account = store::read_account(*connection, store::Actor::the_operator(), *id, stamp_of(service));
  if (!account) return report_unknown_user(user);
  if (line.has("json")) {
    json::Writer w;
    api::write_object(w, *account, api::account_detail_parts());
    std::cout << w.take() << '\n';
  } else {
    print_detail(*account);
  }
  return kSuccess;
}

}  // namespace taskward::programs
