// taskward audit head
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/model/mailbox.hpp"
#include "taskward_audit.hpp"

namespace taskward::programs {
namespace {

std::optional<std::string> recipient(const config::CommandLine& line) {
  const auto address = line.value("mail");
  if (!address) return std::nullopt;
  const auto mailbox = model::Mailbox::parse(*address);
  if (!mailbox || !mailbox->name.empty())
    throw config::BadCommandLine("--mail: '" + *address + "' is not an address such as auditor@example.org");
  return mailbox->address;
}

}  // namespace

int audit_head(const config::CommandLine& line) {
  const auto to = recipient(line);
  AuditOperation operation(line);
  const auto head = store::newest_seal(*operation.connection);
  if (!head) {
    std::cerr << "taskward: there is no seal yet; taskward-background creates the first one when it starts\n";
    return kRefused;
  }
  const std::string printed = head_line(*head, operation.key);
  if (!to) {
    store::record_head(*operation.connection, head->seal.number, nullptr, operation.stamp());
    std::cout << printed << '\n';
    return kSuccess;
  }
  const model::Mail mail{model::MailKind::audit_head,
                         *to,
                         {{"head", printed},
                          {"number", std::to_string(head->seal.number)},
                          {"sealed_at", rfc3339(head->seal.sealed_at)}}};
  const auto sealed = domain::seal_mail(operation.service.derived_keys.mail, operation.service.clock,
                                        operation.service.random, mail, std::nullopt);
  store::record_head(*operation.connection, head->seal.number, &sealed, operation.stamp());
  std::cout << "seal " << head->seal.number << " was queued for " << *to << '\n';
  return kSuccess;
}

}  // namespace taskward::programs
