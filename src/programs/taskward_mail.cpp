// taskward mail: the outbox for operators. Shows recipients, never contents.
#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/printable.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/store/outbox.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

using model::MailState;

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"state", "STATE", "list: waiting, dead, handed_over or all. Default: waiting and dead."},
    config::Flag{"json", "", "list: print a JSON array."},
    config::Flag{"all-dead", "", "retry: all dead mail that has not expired."},
};

constexpr std::int64_t kListMost = 1000;
constexpr std::size_t kOperandsMost = 1001;

std::vector<MailState> states_of(const config::CommandLine& line) {
  const auto wanted = line.value("state");
  if (!wanted) return {MailState::waiting, MailState::dead};
  if (*wanted == "all") return {MailState::waiting, MailState::dead, MailState::handed_over};
  const auto state = model::mail_state(*wanted);
  if (!state)
    throw config::BadCommandLine("--state: '" + *wanted + "' is not one of waiting, dead, handed_over, all");
  return {*state};
}

/// Missing members are not shown.
struct Shown {
  const store::ListedMail& mail;
  std::optional<std::string> recipient;
  std::optional<std::string> next_try;
  std::optional<std::string> last_error;
};

Shown shown(const store::ListedMail& mail, const Secret& mail_key) {
  Shown one{mail, domain::recipient_of(mail_key, mail), {}, {}};
  if (mail.state == model::name(MailState::waiting)) one.next_try = rfc3339(mail.next_try_at);
  if (!mail.last_error.empty()) one.last_error = mail.last_error;
  return one;
}

void print_json(const std::vector<Shown>& all) {
  json::Writer out;
  const auto text_or_null = [&](std::string_view key, const std::optional<std::string>& text) {
    out.key(key);
    if (text)
      out.string(*text);
    else
      out.null();
  };
  out.begin_array();
  for (const Shown& one : all) {
    out.begin_object();
    text_or_null("id", one.mail.id.text());
    text_or_null("kind", one.mail.kind);
    text_or_null("state", one.mail.state);
    text_or_null("recipient", one.recipient);
    text_or_null("created_at", rfc3339(one.mail.created_at));
    out.key("attempts");
    out.number(one.mail.attempts);
    text_or_null("next_try_at", one.next_try);
    text_or_null("last_error", one.last_error);
    out.end_object();
  }
  out.end_array();
  std::cout << out.take() << '\n';
}

void print_table(const std::vector<Shown>& all) {
  for (const Shown& one : all) {
    std::cout << one.mail.id.text() << "  " << one.mail.state << "  " << one.mail.kind << "  "
              << printable(one.recipient.value_or("-")) << "  created " << rfc3339(one.mail.created_at)
              << "  attempts " << one.mail.attempts;
    if (one.next_try) std::cout << "  next try " << *one.next_try;
    if (one.last_error) std::cout << "  last error: " << printable(*one.last_error);
    std::cout << '\n';
  }
}

int list(const config::CommandLine& line) {
  if (line.operands.size() > 1) throw config::BadCommandLine("'" + line.operands[1] + "' is unexpected");
  const auto states = states_of(line);
  const Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const auto connection = service.connection("taskward-mail");
  auto mails = store::list_mail(*connection, states, kListMost + 1);
  const bool more = mails.size() > static_cast<std::size_t>(kListMost);
  if (more) mails.pop_back();
  std::vector<Shown> all;
  for (const store::ListedMail& mail : mails) all.push_back(shown(mail, service.derived_keys.mail));
  if (line.has("json"))
    print_json(all);
  else
    print_table(all);
  if (more) std::cerr << "taskward: there are more; listed are the newest " << kListMost << '\n';
  return kSuccess;
}

std::string_view reason(store::RetryConflict::Kind kind) {
  using Kind = store::RetryConflict::Kind;
  switch (kind) {
    case Kind::unknown:
      return "there is no such mail";
    case Kind::not_dead:
      return "it is not dead";
    case Kind::expired:
      break;
  }
  return "its content has expired";
}

int retry(const config::CommandLine& line) {
  std::vector<model::MailId> ids;
  for (std::size_t i = 1; i < line.operands.size(); ++i) {
    const auto id = model::MailId::parse(line.operands[i]);
    if (!id) throw config::BadCommandLine("'" + line.operands[i] + "' is not a mail id");
    ids.push_back(*id);
  }
  if (ids.empty() != line.has("all-dead"))
    throw config::BadCommandLine("retry needs either mail ids or --all-dead");
  Service service(std::move(load_settings(line).settings), LogLevel::warning);
  const auto connection = service.connection("taskward-mail");
  const auto record = AuditId::make(service.clock, service.random);
  if (ids.empty()) {
    std::cout << store::retry_all_mail(*connection, record) << " mails requeued\n";
    return kSuccess;
  }
  const auto obstacles = store::retry_mail(*connection, ids, record);
  for (const store::RetryConflict& one : obstacles)
    std::cerr << "taskward: " << one.id.text() << ": " << reason(one.kind) << '\n';
  if (obstacles.empty()) return kSuccess;
  std::cerr << "taskward: nothing was changed\n";
  return kRefused;
}

}  // namespace

int mail_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, kOperandsMost);
  if (line.has("help")) {
    std::cout << "Usage: taskward mail list [--state STATE] [--json]\n"
                 "       taskward mail retry ID… | --all-dead\n\n"
                 "Lists mail that is waiting for delivery and mail that is dead, that is, given up; requeues "
                 "dead mail.\n"
                 "Recipients are shown until delivery, and only with the SECRET_KEY that encrypted them.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  const std::string what = line.operands.empty() ? "" : line.operands.front();
  if (what == "list" && !line.has("all-dead")) return list(line);
  if (what == "retry" && !line.has("state") && !line.has("json")) return retry(line);
  throw config::BadCommandLine("mail needs `list [--state STATE] [--json]` or `retry ID… | --all-dead`");
}

}  // namespace taskward::programs
