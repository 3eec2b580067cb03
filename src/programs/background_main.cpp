// taskward-background: delivers mail, seals the audit record and removes expired rows until SIGTERM. Any
// number of instances may run concurrently.
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "daemon.hpp"
#include "exit_codes.hpp"
#include "service.hpp"
#include "taskward/app/background.hpp"
#include "taskward/app/process.hpp"
#include "taskward/base/text.hpp"
#include "taskward/domain/audit_sealing.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/audit_upkeep.hpp"
#include "taskward/domain/deliver_mail.hpp"
#include "taskward/domain/purge.hpp"
#include "taskward/domain/task_upkeep.hpp"
#include "taskward/domain/token_warnings.hpp"
#include "taskward/mail/file_drop.hpp"
#include "taskward/mail/smtp.hpp"
#include "taskward/mail/templates.hpp"
#include "taskward/model/client.hpp"
#include "taskward/store/audit_months.hpp"

namespace {

using namespace taskward;
using programs::Service;
using std::chrono::milliseconds;

constexpr config::Flag kFlags[] = {programs::kHelpFlag, programs::kConfigFlag, programs::kReadyFileFlag};

/// With two, a slow server does not block all deliveries.
constexpr int kDeliverers = 2;
/// Interval between looking for new mail.
constexpr milliseconds kPoll{250};
/// Time to record the result of a delivery before its lease expires.
constexpr std::chrono::seconds kLeaseMargin{30};
/// A job that reports nothing for longer stops the watchdog notifications.
constexpr milliseconds kHang{120'000};
constexpr const char* kApplicationName = "taskward-background";
constexpr const char* kPool = "background";

mail::Encryption encryption(config::MailTls tls) {
  switch (tls) {
    case config::MailTls::off:
      return mail::Encryption::none;
    case config::MailTls::tls:
      return mail::Encryption::tls;
    case config::MailTls::starttls:
    case config::MailTls::by_port:  // never the value of a loaded setting
      break;
  }
  return mail::Encryption::starttls;
}

/// Empty if the file is readable and not empty.
std::string fault_of_ca_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  // A folder can be opened but not read.
  if (in.get() != std::ifstream::traits_type::eof()) return {};
  return '\'' + path + "' " +
         (errno == 0 ? "is empty" : std::string("cannot be read: ") + std::strerror(errno));
}

bool is_loopback(const std::string& host) {
  if (equal_ignoring_case(host, "localhost")) return true;
  const auto address = model::IpAddress::parse(host);
  if (!address) return false;
  for (const char* network : {"127.0.0.0/8", "::1/128"})
    if (model::IpNetwork::parse(network)->contains(*address)) return true;
  return false;
}

/// Logs settings that are valid but probably unintended.
void warn_of_mail(const config::Settings& settings, const Log& log) {
  if (settings.mail_server.empty()) {
    if (settings.environment == config::Environment::production)
      log.line(LogLevel::warning, "mail_goes_to_files").field("folder", settings.mail_dir);
  } else if (settings.mail_use_tls == config::MailTls::off && !is_loopback(settings.mail_server)) {
    log.line(LogLevel::warning, "mail_without_tls").field("server", settings.mail_server);
  }
}

/// Templates and transport of mail. Outlives the jobs.
class MailSetup {
 public:
  /// Throws mail::BadTemplates, and config::BadSettings if MAIL_DIR is not writable or MAIL_CA_FILE is not
  /// readable.
  explicit MailSetup(const config::Settings& settings)
      : templates(settings.mail_templates),
        server{settings.mail_server,   settings.mail_port,     encryption(settings.mail_use_tls),
               settings.mail_username, settings.mail_password, settings.mail_ca_file,
               settings.mail_timeout},
        drop_folder_(settings.mail_dir) {
    if (!server.host.empty()) {
      if (server.ca_file.empty()) return;
      if (const std::string fault = fault_of_ca_file(server.ca_file); !fault.empty())
        throw config::BadSettings("MAIL_CA_FILE: " + fault + "; it must be a PEM file of certificates");
      return;
    }
    if (const std::string fault = mail::check_drop_folder(drop_folder_); !fault.empty())
      throw config::BadSettings("MAIL_DIR: " + fault +
                                "; it must be a writable folder unless MAIL_SERVER is set");
  }

  [[nodiscard]] std::unique_ptr<mail::Transport> transport() const {
    if (server.host.empty()) return std::make_unique<mail::FileDrop>(drop_folder_);
    return std::make_unique<mail::SmtpTransport>(curl_, server);
  }

  const mail::Templates templates;
  const mail::SmtpServer server;

 private:
  mail::CurlLibrary curl_;
  std::string drop_folder_;
};

app::Background::Step deliver(Service& service, const MailSetup& mail_setup, const GiveUp& give_up) {
  const std::shared_ptr<db::Connection> database = service.connection(kApplicationName);
  const std::shared_ptr<mail::Transport> transport = mail_setup.transport();
  return [&service, &mail_setup, give_up, database, transport] {
    const domain::Deliverer deliverer{*database,
                                      service.clock,
                                      service.random,
                                      service.log,
                                      service.derived_keys.mail,
                                      mail_setup.templates,
                                      *transport,
                                      service.settings.mail_from,
                                      service.settings.mail_timeout + kLeaseMargin,
                                      give_up,
                                      service.meter()};
    return domain::deliver_next(deliverer) ? milliseconds(0) : kPoll;
  };
}

app::Background::Step purge(Service& service) {
  const std::shared_ptr<db::Connection> database = service.connection(kApplicationName);
  return [&service, database, purger = domain::Purger()]() mutable {
    const milliseconds pause = purger.next(*database, service.log);
    if (pause < domain::kPurgeInterval) return pause;
    // At the end of each round.
    const bool has_more =
        domain::warn_of_ends(*database, service.derived_keys.mail, service.clock, service.random);
    return has_more ? domain::kPurgePause : pause;
  };
}

app::Background::Step keep_up_tasks(Service& service) {
  const std::shared_ptr<db::Connection> database = service.connection(kApplicationName);
  return [&service, database, upkeep = domain::TaskUpkeep(service.clock, service.random)]() mutable {
    return upkeep.next(*database, service.log);
  };
}

app::Background::Step keep_up_audit(Service& service, const GiveUp& give_up) {
  const std::shared_ptr<db::Connection> database = service.connection(kApplicationName);
  return
      [&service, give_up, database, upkeep = domain::AuditUpkeep(service.clock, service.random)]() mutable {
        return upkeep.next(*database, service.log, give_up);
      };
}

app::Background::Step seal_audit(Service& service, const GiveUp& give_up) {
  const std::shared_ptr<db::Connection> database = service.connection(kApplicationName);
  const auto sealer = std::make_shared<domain::AuditSealer>(domain::seal_key(service.derived_keys.seals),
                                                            service.clock, service.random);
  return [&service, give_up, database, sealer] { return sealer->next(*database, service.log, give_up); };
}

/// Reports a setting that differs from the database.
void check_retention(const Service& service, db::Connection& database) {
  const auto retention = store::audit_retention(database);
  if (retention == service.settings.audit_retention) return;
  service.log.line(LogLevel::warning, "audit_retention_differs")
      .field("months_of_database", retention.count())
      .field("months_of_setting", service.settings.audit_retention.count())
      .field("remedy", "taskward migrate");
}

int work(Service& service, const std::optional<std::string>& ready_file) {
  const programs::StopSignal stop{SIGTERM, SIGINT};
  const MailSetup mail_setup(service.settings);
  warn_of_mail(service.settings, service.log);
  service.count_as(kPool);
  service.check_database(kApplicationName,
                         [&](db::Connection& database) { check_retention(service, database); });
  app::Background jobs(service.log);
  for (int i = 0; i < kDeliverers; ++i) {
    jobs.start("deliver", [&](const GiveUp& give_up) { return deliver(service, mail_setup, give_up); });
  }
  jobs.start("purge", [&](const GiveUp&) { return purge(service); });
  jobs.start("audit", [&](const GiveUp& give_up) { return keep_up_audit(service, give_up); });
  jobs.start("tasks", [&](const GiveUp&) { return keep_up_tasks(service); });
  jobs.start("seal", [&](const GiveUp& give_up) { return seal_audit(service, give_up); });
  if (ready_file) programs::make_ready_file(*ready_file);
  app::notify_manager("READY=1");
  service.log.line(LogLevel::info, "started")
      .field("mail",
             service.settings.mail_server.empty() ? service.settings.mail_dir : service.settings.mail_server);

  const auto watchdog = app::watchdog_interval();
  // Half the interval, as recommended by sd_watchdog_enabled(3).
  const int wait = watchdog == 0 ? -1 : static_cast<int>(watchdog / 2 / 1000);
  while (!stop.came(wait)) {
    if (jobs.longest_silence() < kHang) app::notify_manager("WATCHDOG=1");
  }
  // DRAIN_TIMEOUT may exceed TimeoutStopSec= of the unit.
  const auto limit = std::chrono::microseconds(service.settings.drain_timeout + std::chrono::seconds(5));
  app::notify_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(limit.count()));
  const bool finished = jobs.stop(service.settings.drain_timeout);
  service.log.line(finished ? LogLevel::info : LogLevel::warning, "stopped")
      .field("finished", finished ? "yes" : "no");
  return programs::kSuccess;
}

int run(const std::vector<std::string>& words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward-background [OPTION…]\n\n"
           "Delivers mail from the outbox, seals the audit record and removes expired rows until SIGTERM.\n\n"
        << config::options_help(kFlags) << '\n'
        << programs::kExitStatusHelp;
    return programs::kSuccess;
  }
  config::Loaded loaded = programs::load_settings(line);
  config::require(loaded, "SECRET_KEY");
  config::require_mail_login(loaded);
  const LogLevel lowest = loaded.settings.log_level;
  Service service(std::move(loaded.settings), lowest);
  return work(service, line.value("ready-file"));
}

}  // namespace

int main(int argc, char** argv) {
  app::forbid_core_dumps();
  return programs::guarded("taskward-background", [&] { return run({argv + 1, argv + argc}); });
}
