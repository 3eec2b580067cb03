// taskward doctor: disks, processes, units and backups of this host.
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <sstream>
#include <system_error>

#include "taskward/app/shared_meter.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/domain/backup_times.hpp"
#include "taskward/store/installation.hpp"
#include "taskward_doctor.hpp"
#include "taskward_processes.hpp"
#include "taskward_progress.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;
using model::Finding;

constexpr double kFullShare = 0.02;
constexpr double kLowShare = 0.10;
constexpr double kFullBytes = 50e6;
constexpr std::chrono::days kBackupAgeMost{2};
constexpr const char* kInstalledPrograms = "/usr/lib/taskward";
constexpr const char* kBackground = "background";
constexpr const char* kTimer = "taskward-backup.timer";

void check_disk(Examination& it, const std::string& folder, std::set<dev_t>& seen) {
  struct stat status {};
  struct statvfs space {};
  if (::stat(folder.c_str(), &status) != 0 || !seen.insert(status.st_dev).second) return;
  if (::statvfs(folder.c_str(), &space) != 0 || space.f_blocks == 0) return;
  const double free = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize);
  const double share = static_cast<double>(space.f_bavail) / static_cast<double>(space.f_blocks);
  const std::string detail =
      folder + ": " + megabytes(free) + " are free, " + std::to_string(static_cast<int>(share * 100)) + " %";
  if (share < kFullShare || free < kFullBytes)
    it.add(Finding::disk_full, detail);
  else if (share < kLowShare)
    it.add(Finding::disk_low, detail);
}

/// That of the processes of the service: in the folder of this program, or as installed.
std::string program_file(const std::string& pool) {
  const std::string name = pool == kBackground ? "taskward-background" : "taskward-worker";
  std::error_code fault;
  const fs::path own = fs::read_symlink("/proc/self/exe", fault).parent_path() / name;
  return fs::exists(own, fault) ? own.string() : (fs::path(kInstalledPrograms) / name).string();
}

/// Whether the file of its program was replaced since the process has started. Not root, only by the times.
bool is_replaced(const Examination& it, const app::MeteredProcess& process, const ProcessFacts& facts) {
  if (const auto program = program_of(process.process)) return program->ends_with(" (deleted)");
  struct stat status {};
  if (::stat(program_file(process.pool).c_str(), &status) != 0) return false;
  const Timestamp changed{std::chrono::seconds(status.st_ctim.tv_sec)};
  // The time of a start is known to the second.
  return changed > it.clock.now() - facts.uptime + std::chrono::seconds(2);
}

Outcome systemctl(std::vector<std::string> words) {
  words.insert(words.begin(), "systemctl");
  return run_command(words);
}

struct Unit {
  std::string id;
  std::string load_state;
  std::string active_state;
  std::string needs_reload;
};

/// Blocks of KEY=VALUE lines, separated by empty lines.
std::vector<Unit> units_in(const std::string& output) {
  std::vector<Unit> units(1);
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) units.emplace_back();
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string value = line.substr(std::min(equals + 1, line.size()));
    const std::string key = line.substr(0, equals);
    if (key == "Id") units.back().id = value;
    if (key == "LoadState") units.back().load_state = value;
    if (key == "ActiveState") units.back().active_state = value;
    if (key == "NeedDaemonReload") units.back().needs_reload = value;
  }
  return units;
}

}  // namespace

void check_disks(Examination& it) {
  const config::Settings& settings = it.settings();
  std::set<dev_t> seen;
  std::vector<std::string> folders{"/var/log", "/var/backups/taskward", settings.mail_dir,
                                   settings.metrics_dir, settings.backup_state};
  // Only a superuser is told the directory; Debian's is known.
  std::string data = "/var/lib/postgresql";
  if (it.to_owner != nullptr) data = store::data_directory(it.owner()).value_or(data);
  folders.push_back(data);
  for (const std::string& folder : folders) check_disk(it, folder, seen);
}

void check_processes(Examination& it) {
  app::HostMetrics metrics;
  try {
    metrics = app::read_host_metrics(it.settings().metrics_dir);
  } catch (const std::system_error& fault) {
    // The first process creates it.
    if (fault.code() != std::errc::no_such_file_or_directory)
      throw Skipped(std::string("METRICS_DIR cannot be read: ") + fault.what());
  }
  std::set<std::string> pools;
  std::vector<std::string> stopped;
  std::vector<std::string> replaced;
  for (const app::MeteredProcess& one : metrics.processes) {
    const auto facts = process_facts(one.process);
    if (!facts) continue;
    pools.insert(one.pool);
    const std::string name = one.pool + " (process " + std::to_string(one.process) + ')';
    if (facts->state == 'T') stopped.push_back(name);
    if (is_replaced(it, one, *facts)) replaced.push_back(name);
  }
  if (!stopped.empty()) it.add(Finding::process_stopped, listed(stopped));
  if (!replaced.empty()) it.add(Finding::restart_pending, listed(replaced));
  for (const char* pool : {"api", "auth"})
    if (!pools.contains(pool)) it.add(Finding::worker_missing, pool);
  if (!pools.contains(kBackground)) it.add(Finding::background_missing);
}

void check_units(Examination& it) {
  it.require_systemd();
  const Outcome outcome =
      systemctl({"show", "--property=Id,LoadState,ActiveState,NeedDaemonReload", "taskward.target",
                 "taskward-api.socket", "taskward-auth.socket", "taskward-background.service",
                 "taskward-worker@*", "taskward-backup.service"});
  if (!outcome.succeeded()) throw Skipped("systemctl: " + outcome.output);
  for (const Unit& unit : units_in(outcome.output)) {
    if (unit.id.empty()) continue;
    // Runs by a timer.
    const bool is_daemon = unit.id != "taskward-backup.service";
    if (unit.active_state == "failed")
      it.add(Finding::unit_failed, unit.id);
    else if (is_daemon && unit.active_state == "inactive")
      it.add(Finding::unit_inactive, unit.id + (unit.load_state == "loaded" ? "" : ", " + unit.load_state));
    if (unit.needs_reload == "yes") it.add(Finding::units_changed, unit.id);
  }
}

void check_backups(Examination& it) {
  const std::string& folder = it.settings().backup_state;
  const auto success = domain::last_time(folder, domain::BackupEvent::success);
  const auto verified = domain::last_time(folder, domain::BackupEvent::verified);
  const bool is_nightly = it.is_installed() && exists("/run/systemd/system") &&
                          systemctl({"-q", "is-enabled", kTimer}).succeeded();
  if (!success && !is_nightly)
    throw Skipped("there are no backups, and taskward-backup.timer is not enabled");
  const auto is_old = [&](Timestamp time) { return it.clock.now() - time > kBackupAgeMost; };
  if (!success)
    it.add(Finding::backup_missing);
  else if (is_old(*success))
    it.add(Finding::backup_old, rfc3339(*success));
  if (verified ? is_old(*verified) : success.has_value())
    it.add(Finding::backup_unverified, verified ? rfc3339(*verified) : "never");
}

}  // namespace taskward::programs
