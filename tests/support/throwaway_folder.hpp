// A private temporary directory. A helper process removes it with its contents when the object is destroyed
// or the program is killed.
//
// It is created in /dev/shm if that has 1 GiB free, because a test database consists of many small files;
// else in TMPDIR. If the process is root, TEST_RUN_USER (default: nobody) owns it. The constructor forks:
// call it while the program has a single thread.
#pragma once

#include <pwd.h>
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace taskward::testing {

/// The variable's value; `fallback` if it is empty or unset.
[[nodiscard]] std::string environment(const char* name, const std::string& fallback);

/// The account for programs that must not run as root; null if the process is not root.
[[nodiscard]] const passwd* account_to_run_as();

class ThrowawayFolder {
 public:
  ThrowawayFolder();
  ThrowawayFolder(const ThrowawayFolder&) = delete;
  ThrowawayFolder& operator=(const ThrowawayFolder&) = delete;
  ~ThrowawayFolder();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  pid_t remover_ = -1;
  int lifeline_ = -1;  // closing the last copy starts the removal
};

}  // namespace taskward::testing
