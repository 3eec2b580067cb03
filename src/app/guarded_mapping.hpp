// Memory shared through a file that stays usable when the file is truncated.
//
// Access to a page beyond the end of a mapped file raises SIGBUS (mmap(2)), which terminates the process by
// default. The handler installed here replaces such a page by a private page of zeros, and the access is
// repeated: the page's content is lost, and later changes to it are not shared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taskward::app {

class GuardedMapping {
 public:
  /// Maps the first `bytes` of the file for reading and writing; private zeroed memory if the descriptor is
  /// -1. Throws std::system_error.
  GuardedMapping(int descriptor, std::size_t bytes);
  GuardedMapping(const GuardedMapping&) = delete;
  GuardedMapping& operator=(const GuardedMapping&) = delete;
  ~GuardedMapping();

  [[nodiscard]] void* memory() const noexcept { return memory_; }
  /// How many pages were replaced.
  [[nodiscard]] std::uint32_t lost_pages() const noexcept;

 private:
  void* memory_ = nullptr;
  std::size_t bytes_;
  int range_ = -1;  // in the table that the signal handler searches
};

}  // namespace taskward::app
