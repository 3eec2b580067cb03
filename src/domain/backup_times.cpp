#include "taskward/domain/backup_times.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "taskward/base/rfc3339.hpp"

namespace taskward::domain {
namespace {

namespace fs = std::filesystem;

fs::path path_of(const std::string& folder, BackupEvent event) {
  return fs::path(folder) / (event == BackupEvent::success ? "last-success" : "last-verified");
}

}  // namespace

void record_time(const std::string& folder, BackupEvent event, Timestamp time) {
  const fs::path path = path_of(folder, event);
  fs::path fresh = path;
  fresh += ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << rfc3339_precise(time) << '\n';
    out.close();
    if (!out) throw std::system_error(errno, std::generic_category(), fresh.string());
  }
  // The workers, which are another user, read it.
  fs::permissions(
      fresh, fs::perms::owner_write | fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  fs::rename(fresh, path);
}

std::optional<Timestamp> last_time(const std::string& folder, BackupEvent event) {
  if (folder.empty()) return std::nullopt;
  std::ifstream in(path_of(folder, event));
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return parse_rfc3339_precise(line);
}

}  // namespace taskward::domain
