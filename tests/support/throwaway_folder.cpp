#include "tests/support/throwaway_folder.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace taskward::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMemoryFilesystem = "/dev/shm";
constexpr std::uintmax_t kMinimumFree = std::uintmax_t{1} << 30U;
/// The path of a Unix socket is limited to 107 bytes; the names of directory and socket need about 40.
constexpr std::size_t kMaxBaseLength = 60;

std::string base_directory() {
  std::error_code fault;
  const fs::space_info capacity = fs::space(kMemoryFilesystem, fault);
  if (!fault && capacity.available >= kMinimumFree && ::access(kMemoryFilesystem, W_OK | X_OK) == 0)
    return kMemoryFilesystem;
  std::string temporary = environment("TMPDIR", "/tmp");
  return temporary.size() > kMaxBaseLength ? "/tmp" : temporary;
}

/// The body of the process that removes the directory.
[[noreturn]] void wait_and_remove(int lifeline, const fs::path& path) {
  // Leaves the process group, which a terminal or a test script may kill.
  ::setsid();
  ::dup2(lifeline, STDIN_FILENO);
  ::close_range(1, ~0U, 0);
  char ignored = 0;
  while (::read(STDIN_FILENO, &ignored, 1) > 0) {
  }
  // A server that was killed with its parent may still be writing.
  std::error_code fault;
  for (int tries = 0; tries < 200 && (fs::remove_all(path, fault), fs::exists(path, fault)); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ::_exit(0);
}

}  // namespace

std::string environment(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

const passwd* account_to_run_as() {
  if (::geteuid() != 0) return nullptr;
  const std::string name = environment("TEST_RUN_USER", "nobody");
  const passwd* account = ::getpwnam(name.c_str());
  if (account == nullptr) throw std::runtime_error("TEST_RUN_USER: there is no user " + name);
  return account;
}

ThrowawayFolder::ThrowawayFolder() {
  std::array<int, 2> lifeline{};
  if (::pipe2(lifeline.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  std::string name = base_directory() + "/taskward-test.XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create a directory like " + name);
  path_ = name;
  remover_ = ::fork();
  if (remover_ == 0) {
    ::close(lifeline[1]);
    wait_and_remove(lifeline[0], path_);
  }
  ::close(lifeline[0]);
  lifeline_ = lifeline[1];
  if (remover_ < 0) throw std::runtime_error("fork failed");
  const passwd* account = account_to_run_as();
  if (account != nullptr && ::chown(name.c_str(), account->pw_uid, account->pw_gid) != 0) {
    throw std::runtime_error("cannot change the owner of " + name);
  }
}

ThrowawayFolder::~ThrowawayFolder() {
  ::close(lifeline_);
  ::waitpid(remover_, nullptr, 0);
}

}  // namespace taskward::testing
