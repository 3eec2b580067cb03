#include "taskward/mail/file_drop.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace taskward::mail {
namespace {

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] bool write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  [[nodiscard]] bool sync() const { return ::fsync(descriptor_) == 0; }

 private:
  int descriptor_;
};

Outcome failed(const std::string& path) {
  return {Verdict::try_later, path + ": cannot be written: " + std::strerror(errno)};
}

}  // namespace

Outcome FileDrop::hand_over(const Message& message, const GiveUp& /*give_up*/) {
  const std::string path = folder_ + '/' + message.name + ".eml";
  const std::string unfinished = folder_ + "/." + message.name + ".new";
  {
    const File file(unfinished, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
    if (!file.is_open() || !file.write_all(message.content.reveal()) || !file.sync()) {
      const Outcome outcome = failed(unfinished);
      ::unlink(unfinished.c_str());
      return outcome;
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return failed(path);
  const File folder(folder_, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || !folder.sync()) return failed(folder_);
  return {Verdict::accepted, ""};
}

std::string check_drop_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return "'" + folder + "' cannot be created: " + std::strerror(errno);
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return "'" + folder + "' is not writable: " + std::strerror(errno);
  struct stat there {};
  if (::stat(folder.c_str(), &there) != 0 || !S_ISDIR(there.st_mode))
    return "'" + folder + "' is not a directory";
  return {};
}

}  // namespace taskward::mail
