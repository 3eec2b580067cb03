// taskward doctor: examines the installation, and reports what is wrong and what to do.
#include "taskward_doctor.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/json/writer.hpp"
#include "taskward_commands.hpp"
#include "taskward_progress.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

using model::Severity;

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"json", "", "Print a JSON object."},
    config::Flag{"host", "NAME", "The host name for which the certificate must be valid."},
    config::Flag{"nginx", "DIR",
                 "The directory of nginx's taskward.conf (TASKWARD_NGINX, else /etc/taskward/nginx)."},
};

constexpr const char* kInstalledNginx = "/etc/taskward/nginx";
constexpr const char* kNginxVariable = "TASKWARD_NGINX";

struct Check {
  std::string_view name;
  void (*run)(Examination&);
};
constexpr std::array kChecks{
    Check{"settings", check_settings},
    Check{"secrets", check_secrets},
    Check{"database", check_database},
    Check{"schema", check_schema},
    Check{"service_rights", check_service_rights},
    Check{"owner_rights", check_owner_rights},
    Check{"replica", check_replica},
    Check{"clock", check_clock},
    Check{"audit", check_audit},
    Check{"signing_keys", check_signing_keys},
    Check{"mail_queue", check_mail_queue},
    Check{"mail_server", check_mail_server},
    Check{"sockets", check_sockets},
    Check{"nginx_syntax", check_nginx_syntax},
    Check{"nginx_files", check_nginx_files},
    Check{"nginx_addresses", check_nginx_addresses},
    Check{"certificate", check_certificate},
    Check{"certificate_key", check_certificate_key},
    Check{"certificate_chain", check_certificate_chain},
    Check{"disks", check_disks},
    Check{"processes", check_processes},
    Check{"units", check_units},
    Check{"backups", check_backups},
};

struct SkippedCheck {
  std::string_view check;
  std::string reason;
};

std::string nginx_folder(const config::CommandLine& line) {
  if (const auto given = line.value("nginx")) return *given;
  const char* const named = std::getenv(kNginxVariable);
  return named != nullptr && *named != '\0' ? named : kInstalledNginx;
}

/// A check that fails must not prevent the others.
void run_check(const Check& check, Examination& it, std::vector<std::string_view>& checked,
               std::vector<SkippedCheck>& skipped) {
  try {
    check.run(it);
    checked.push_back(check.name);
  } catch (const Skipped& reason) {
    skipped.push_back({check.name, reason.what()});
  } catch (const std::exception& fault) {
    it.add(model::Finding::check_failed, std::string(check.name) + ": " + fault.what());
  }
}

/// What programs print may be in another encoding.
std::string utf8_only(const std::string& text) {
  if (code_points(text)) return text;
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  return out;
}

void print_json(const Examination& it, const std::vector<std::string_view>& checked,
                const std::vector<SkippedCheck>& skipped) {
  json::Writer out;
  const auto member = [&out](std::string_view key, std::string_view text) {
    out.key(key);
    out.string(text);
  };
  out.begin_object();
  out.key("findings");
  out.begin_array();
  for (const FoundFact& one : it.found) {
    const model::FindingFacts& facts = model::facts(one.finding);
    out.begin_object();
    member("code", facts.code);
    member("severity", model::name(facts.severity));
    member("meaning", facts.meaning);
    member("action", facts.action);
    if (!one.detail.empty()) member("detail", utf8_only(one.detail));
    out.end_object();
  }
  out.end_array();
  out.key("checked");
  out.begin_array();
  for (const std::string_view name : checked) out.string(name);
  out.end_array();
  out.key("skipped");
  out.begin_array();
  for (const SkippedCheck& one : skipped) {
    out.begin_object();
    member("check", one.check);
    member("reason", utf8_only(one.reason));
    out.end_object();
  }
  out.end_array();
  out.end_object();
  std::cout << out.take() << '\n';
}

void print_text(const Examination& it, const std::vector<SkippedCheck>& skipped) {
  for (const FoundFact& one : it.found) {
    const model::FindingFacts& facts = model::facts(one.finding);
    std::cout << model::name(facts.severity) << ": " << facts.code << "\n  " << facts.meaning << '\n';
    std::string_view rest = one.detail;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::cout << "    " << rest.substr(0, end) << '\n';
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::cout << "  To do: " << facts.action << "\n\n";
  }
  for (const SkippedCheck& one : skipped) std::cout << "skipped: " << one.check << ": " << one.reason << '\n';
}

int examine(const config::CommandLine& line) {
  Examination it(line);
  std::vector<std::string_view> checked;
  std::vector<SkippedCheck> skipped;
  Progress progress;
  for (const Check& check : kChecks) {
    progress.show("checking " + std::string(check.name));
    run_check(check, it, checked, skipped);
  }
  progress.clear();
  const auto criticals = static_cast<std::size_t>(std::ranges::count(
      it.found, Severity::critical, [](const FoundFact& one) { return model::facts(one.finding).severity; }));
  const std::size_t warnings = it.found.size() - criticals;
  if (line.has("json")) {
    print_json(it, checked, skipped);
  } else {
    print_text(it, skipped);
    std::cout << model::finding_counts(warnings, criticals) << '\n';
  }
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("the result cannot be written");
  return model::doctor_status(warnings, criticals);
}

void print_help() {
  std::cout
      << "Usage: taskward doctor [--json] [--host NAME] [--nginx DIR]\n\n"
         "Examines the installation and reports what is wrong and what to do. Changes nothing, and sends "
         "no mail. Run it\n"
         "as root; what another user cannot examine is skipped.\n\n"
         "Exit status, for monitoring: 0 nothing found, 1 only warnings, 2 something is critical; 64 "
         "invalid command\n"
         "line, 70 nothing could be examined. Invalid settings are critical (2).\n\n"
         "Findings:\n";
  for (const model::FindingFacts& one : model::every_finding())
    std::cout << "  " << one.code << " (" << model::name(one.severity) << "): " << one.meaning << '\n';
  std::cout << '\n' << config::options_help(kFlags);
}

}  // namespace

Examination::Examination(const config::CommandLine& given)
    : line(given), nginx(nginx_folder(given)), log(STDERR_FILENO, LogLevel::error, clock) {}

const config::Loaded& Examination::loaded() const {
  if (!valid) throw Skipped("the settings are invalid");
  return *valid;
}

void Examination::require_secrets() const {
  if (::geteuid() != 0 && is_installed()) throw Skipped("only root can read the secrets");
}

db::Connection& Examination::service() {
  if (to_service == nullptr) throw Skipped("there is no connection to the database");
  return *to_service;
}

db::Connection& Examination::owner() {
  if (to_owner == nullptr) throw Skipped("the role that owns the tables cannot connect");
  return *to_owner;
}

db::Connection& Examination::service_with_schema() {
  db::Connection& database = service();
  if (!is_schema_known) throw Skipped("the schema is not that of this release");
  return database;
}

bool Examination::is_installed() const { return nginx == kInstalledNginx; }

void Examination::require_systemd() const {
  if (!is_installed()) throw Skipped("this is a development instance");
  if (!exists("/run/systemd/system")) throw Skipped("systemd does not run here");
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  std::string out;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
  return out;
}

int doctor_command(std::span<const std::string> words) {
  try {
    const config::CommandLine line = config::read_command_line(words, kFlags);
    if (line.has("help")) {
      print_help();
      return kSuccess;
    }
    return examine(line);
  } catch (const config::BadCommandLine& fault) {
    std::cerr << "taskward: " << fault.what() << "\nTry 'taskward doctor --help'.\n";
    return model::kDoctorUsage;
  } catch (const std::exception& fault) {
    std::cerr << "taskward: " << fault.what() << '\n';
    return model::kDoctorFailed;
  }
}

}  // namespace taskward::programs
