// A private folder that is removed with everything in it when its object goes, and when the program is
// killed as well: a small process of its own waits for either.
//
// It lies in memory where there is room, because a test database is many small files, else in TMPDIR.
// When we are root it belongs to TEST_RUN_USER (default nobody). Make it while there is one thread.
#pragma once

#include <pwd.h>
#include <sys/types.h>

#include <filesystem>
#include <string>

namespace taskward::testing {

/// The variable's value; `otherwise` when it is empty or not set.
[[nodiscard]] std::string environment(const char* name, const std::string& otherwise);

/// Whom to run as what must not run as root; null when we are not root.
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
  int lifeline_ = -1;  // the remover begins when the last copy of it is closed
};

}  // namespace taskward::testing
