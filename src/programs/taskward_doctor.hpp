// taskward doctor: what its checks share. Each check reads one part of the installation, changes nothing, and
// adds what it finds.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "service.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/finding.hpp"

namespace taskward::programs {

/// A check cannot be done; the text is the reason.
class Skipped : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct FoundFact {
  model::Finding finding;
  std::string detail;  ///< what it concerns; never a secret
};

/// The installation that is examined, and what was found.
class Examination {
 public:
  explicit Examination(const config::CommandLine& line);
  Examination(const Examination&) = delete;
  Examination& operator=(const Examination&) = delete;

  void add(model::Finding finding, std::string detail = {}) { found.push_back({finding, std::move(detail)}); }

  /// Throw Skipped if they are invalid or secret.
  [[nodiscard]] const config::Loaded& loaded() const;
  [[nodiscard]] const config::Settings& settings() const { return loaded().settings; }
  /// Throws Skipped if another user than root runs this on a server: only root can read the secrets there.
  void require_secrets() const;

  /// Connections without a check of the schema. Throw Skipped if there is none.
  [[nodiscard]] db::Connection& service();
  [[nodiscard]] db::Connection& owner();
  /// service(), if the schema is the one that this release knows.
  [[nodiscard]] db::Connection& service_with_schema();

  /// Whether it is the installation of this host, and not a development instance.
  [[nodiscard]] bool is_installed() const;
  /// Throws Skipped unless systemd runs here and this is the installation of this host.
  void require_systemd() const;
  [[nodiscard]] std::string snippet(const std::string& name) const { return nginx + "/snippets/" + name; }

  const config::CommandLine& line;
  const std::string nginx;  ///< the folder of taskward.conf and snippets
  const SystemClock clock;
  const Log log;
  std::optional<config::Loaded> valid;         ///< set by the check of the settings
  std::unique_ptr<db::Connection> to_service;  ///< set by the check of the database
  std::unique_ptr<db::Connection> to_owner;
  bool is_schema_known = false;  ///< set by the check of the schema
  std::vector<FoundFact> found;
};

// The checks, in the order in which they are done.
void check_settings(Examination& it);
void check_secrets(Examination& it);
void check_database(Examination& it);
void check_schema(Examination& it);
void check_service_rights(Examination& it);
void check_owner_rights(Examination& it);
void check_replica(Examination& it);
void check_clock(Examination& it);
void check_audit(Examination& it);
void check_signing_keys(Examination& it);
void check_mail_queue(Examination& it);
void check_mail_server(Examination& it);
void check_sockets(Examination& it);
void check_nginx_syntax(Examination& it);
void check_nginx_files(Examination& it);
void check_nginx_addresses(Examination& it);
void check_certificate(Examination& it);
void check_certificate_key(Examination& it);
void check_certificate_chain(Examination& it);
void check_disks(Examination& it);
void check_processes(Examination& it);
void check_units(Examination& it);
void check_backups(Examination& it);

/// At most ten of them, separated by commas.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace taskward::programs
