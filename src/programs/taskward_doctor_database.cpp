// taskward doctor: the database, its schema, the two roles, and what is stored.
#include <unistd.h>

#include <algorithm>
#include <array>

#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/store/installation.hpp"
#include "taskward/store/replica.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/service_state.hpp"
#include "taskward_doctor.hpp"

namespace taskward::programs {
namespace {

using model::Finding;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr int kOldestVersion = 15;
constexpr auto kReplicaLagMost = 2s;
constexpr auto kClockDiffers = 2s;
constexpr auto kClockWrong = 30s;
constexpr auto kSealLagMost = 3min;
constexpr auto kMailWaitMost = 1h;
constexpr std::chrono::days kKeyAgeMost{365};

struct EndOfLife {
  int version;
  std::chrono::sys_days day;
};
// https://www.postgresql.org/support/versioning/
constexpr std::array kEndsOfLife{
    EndOfLife{15, std::chrono::sys_days(2027y / 11 / 11)},
    EndOfLife{16, std::chrono::sys_days(2028y / 11 / 9)},
    EndOfLife{17, std::chrono::sys_days(2029y / 11 / 8)},
    EndOfLife{18, std::chrono::sys_days(2030y / 11 / 14)},
};

std::unique_ptr<db::Connection> connected(const Examination& it, const Secret& url) {
  auto connection = std::make_unique<db::Connection>(
      db::ConnectionOptions{url, "taskward-doctor", db::Preparation::each_time, kTimeout}, it.log);
  connection->connect();
  return connection;
}

void check_version(Examination& it, int version) {
  const int major = version / 10'000;
  if (major < kOldestVersion) it.add(Finding::database_too_old, "PostgreSQL " + std::to_string(major));
  for (const EndOfLife& one : kEndsOfLife) {
    if (one.version == major && it.clock.now() >= one.day)
      it.add(Finding::database_end_of_life, "PostgreSQL " + std::to_string(major));
  }
}

std::string in_seconds(std::chrono::microseconds time) {
  return std::to_string(std::chrono::round<std::chrono::seconds>(time).count()) + " s";
}

/// True unless it is only the files that lack an applied migration, which is that of a newer release.
bool is_altered(const std::vector<store::Migration>& files,
                const std::vector<store::AppliedMigration>& applied) {
  return std::ranges::any_of(applied, [&](const store::AppliedMigration& one) {
    return std::ranges::any_of(files, [&](const store::Migration& file) {
      return file.version == one.version && file.checksum != one.checksum;
    });
  });
}

}  // namespace

void check_database(Examination& it) {
  const config::Settings& settings = it.settings();
  try {
    it.to_service = connected(it, settings.database_url);
  } catch (const std::runtime_error& fault) {
    // Another user has neither the connection string nor the role.
    it.require_secrets();
    it.add(Finding::database_unavailable, fault.what());
    return;
  }
  check_version(it, it.service().server_version());
  try {
    it.to_owner = connected(it, owner_url(settings));
  } catch (const std::runtime_error& fault) {
    // On a server only root can connect as that role.
    if (::geteuid() == 0 || !it.is_installed()) it.add(Finding::owner_unavailable, fault.what());
  }
}

void check_schema(Examination& it) {
  const auto applied = store::applied_migrations(it.service());
  const int version = applied.empty() ? 0 : applied.back().version;
  const int known = store::known_schema_version();
  const std::string versions =
      "the database has version " + std::to_string(version) + ", this release " + std::to_string(known);
  const bool is_incompatible = std::ranges::any_of(applied, [known](const store::AppliedMigration& one) {
    return one.version > known && one.compatible_with > known;
  });
  if (version < known)
    it.add(Finding::schema_behind, versions);
  else if (is_incompatible)
    it.add(Finding::schema_newer, versions);
  else if (version > known)
    it.add(Finding::release_older, versions);
  it.is_schema_known = version == known;
  try {
    const auto files = store::read_migrations(it.settings().sql_dir + "/migrations");
    if (is_altered(files, applied)) store::check_agreement(files, applied);
  } catch (const store::BadMigrations& fault) {
    const bool is_of_files = std::string(fault.what()).find(it.settings().sql_dir) != std::string::npos;
    it.add(is_of_files ? Finding::migrations_damaged : Finding::schema_altered, fault.what());
  }
}

void check_service_rights(Examination& it) {
  db::Connection& database = it.service_with_schema();
  const store::RoleRights rights = store::service_rights(database);
  if (rights.is_superuser) it.add(Finding::service_is_superuser, rights.role);
  if (!rights.excessive.empty())
    it.add(Finding::service_rights_excessive, rights.role + ": " + listed(rights.excessive));
  if (!rights.missing.empty())
    it.add(Finding::service_rights_missing, rights.role + ": " + listed(rights.missing));
  if (!store::has_role_limits(database)) it.add(Finding::service_limits_missing, rights.role);
}

void check_owner_rights(Examination& it) {
  static_cast<void>(it.service_with_schema());
  const store::RoleRights rights = store::owner_rights(it.owner());
  if (!rights.excessive.empty())
    it.add(Finding::owner_rights_excessive, rights.role + ": " + listed(rights.excessive));
  if (!rights.missing.empty())
    it.add(Finding::owner_rights_missing, rights.role + ": " + listed(rights.missing));
}

void check_replica(Examination& it) {
  const Secret& url = it.settings().database_read_url;
  if (url.empty()) return;
  db::Connection& primary = it.service_with_schema();
  const store::PrimaryState state = store::state_of(primary);
  try {
    const auto replica = connected(it, url);
    if (!store::is_standby_of(*replica, state))
      it.add(Finding::replica_invalid);
    else if (!store::catches_up(*replica, state, kReplicaLagMost))
      it.add(Finding::replica_behind);
  } catch (const db::StatementFailed&) {
    // It lacks the tables.
    it.add(Finding::replica_invalid);
  } catch (const std::runtime_error& fault) {
    it.add(Finding::replica_unavailable, fault.what());
  }
}

void check_clock(Examination& it) {
  db::Connection& database = it.service();
  const Timestamp before = it.clock.now();
  const Timestamp there = store::database_time(database);
  const Timestamp after = it.clock.now();
  // The time there was read between these two.
  const auto behind = std::max(before - there, there - after);
  const std::string detail = in_seconds(behind);
  if (behind > kClockWrong)
    it.add(Finding::clock_wrong, detail);
  else if (behind > kClockDiffers)
    it.add(Finding::clock_differs, detail);
}

void check_audit(Examination& it) {
  const store::ServiceState state = store::read_service_state(it.service_with_schema(), kTimeout);
  if (state.seal_lag > kSealLagMost) it.add(Finding::seals_late, in_seconds(state.seal_lag));
  if (store::has_unfiled_audit(it.owner())) it.add(Finding::audit_default_rows);
}

void check_signing_keys(Examination& it) {
  db::Connection& database = it.service_with_schema();
  it.require_secrets();
  Service service(std::move(load_settings(it.line).settings), LogLevel::error);
  const auto keys = domain::list_keys(database, service.key_settings());
  const auto signing = std::ranges::find(keys, model::KeyState::signing, &model::SigningKeyInfo::state);
  if (signing == keys.end()) {
    it.add(Finding::signing_key_missing);
    return;
  }
  if (signing->created_at && it.clock.now() - *signing->created_at > kKeyAgeMost)
    it.add(Finding::signing_key_old, signing->kid + ", created " + rfc3339(*signing->created_at));
  try {
    static_cast<void>(service.key_ring.current(database));
  } catch (const domain::UnusableKeys& fault) {
    it.add(Finding::signing_keys_unusable, fault.what());
  }
}

void check_mail_queue(Examination& it) {
  db::Connection& database = it.service_with_schema();
  const store::ServiceState state = store::read_service_state(database, kTimeout);
  if (state.mail_dead > 0) it.add(Finding::mail_dead, std::to_string(state.mail_dead));
  const auto oldest = store::oldest_waiting_mail(database);
  if (oldest && it.clock.now() - *oldest > kMailWaitMost)
    it.add(Finding::mail_waiting, std::to_string(state.mail_waiting) + ", the oldest of " + rfc3339(*oldest));
}

}  // namespace taskward::programs
