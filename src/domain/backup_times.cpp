#include "taskward/domain/backup_times.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "taskward/base/rfc3339.hpp"

namespace taskward::domain {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kReadableByAll = 0644;

fs::path path_of(const std::string& folder, BackupEvent event) {
  return fs::path(folder) / (event == BackupEvent::success ? "last-success" : "last-verified");
}

}  // namespace

void record_time(const std::string& folder, BackupEvent event, Timestamp time) {
  const fs::path path = path_of(folder, event);
  fs::path fresh = path;
  fresh += ".new";
  // The folder belongs to another user than root, who may run this: no link is followed.
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kReadableByAll);
  if (file < 0) throw std::system_error(errno, std::generic_category(), fresh.string());
  const std::string text = rfc3339_precise(time) + '\n';
  // The workers, which are another user, read it.
  const bool is_written = ::fchmod(file, kReadableByAll) == 0 &&
                          ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int fault = errno;
  ::close(file);
  if (!is_written) throw std::system_error(fault, std::generic_category(), fresh.string());
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
