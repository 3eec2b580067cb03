// A file of counters, written by one process and read by others.
//
// It consists of slots, each with a key and a value, so that releases with different metrics can read each
// other's files. The writing process holds a lock on the open file description (fcntl(2)), which the kernel
// releases when the process ends for any reason. An unlocked file is taken over, including its counts, by the
// next process that starts: no count is lost, and there is nothing to merge or delete while a process may
// die. The number of files is the largest number of processes that ran at the same time.
//
// Other processes' files are read by pread(2), never mapped. The own file is mapped; if it is truncated,
// counting continues in private memory (guarded_mapping.hpp) until SharedMeter replaces the file.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guarded_mapping.hpp"

namespace taskward::app {

using Cell = std::atomic<std::uint64_t>;
static_assert(Cell::is_always_lock_free && sizeof(Cell) == 8, "shared by several processes");

/// Whether a value belongs to the running process or is kept for the next one.
enum class Lifetime : char { process = 'r', persistent = 'e' };

struct Reading {
  std::string key;
  Lifetime lifetime = Lifetime::persistent;
  std::uint64_t value = 0;
};

/// The result of reading a file.
struct FileContent {
  std::vector<Reading> readings;
  bool is_alive = false;     ///< a process has locked it
  std::int64_t process = 0;  ///< that has taken it over last, and its pool
  std::string pool;
  std::string fault;  ///< why it cannot be used; then there are no readings
};

inline constexpr std::size_t kKeyMaxBytes = 118;
inline constexpr std::string_view kMetricsFileSuffix = ".metrics";

class MetricsFile {
 public:
  /// In private memory, without a file.
  MetricsFile();
  /// Takes over the first unlocked file of the folder, or creates one. Values of the former process's
  /// lifetime become zero. Throws std::system_error if the folder cannot be used.
  MetricsFile(const std::string& folder, std::string_view pool);
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;
  ~MetricsFile();

  /// The cell of the key, created at the first call; null if the file is full or the key too long. Only one
  /// thread at a time may call this; any thread may use the cell.
  [[nodiscard]] Cell* cell(std::string_view key, Lifetime lifetime) noexcept;
  /// Null if there is no such key.
  [[nodiscard]] Cell* find(std::string_view key) const noexcept;
  /// May be called while another thread is in cell().
  [[nodiscard]] std::vector<Reading> readings() const;
  /// Adds all persistent values to `other` and sets them to zero.
  void move_counts_to(MetricsFile& other) noexcept;

  /// Whether other processes can read what is counted here: false once the file is truncated, overwritten or
  /// deleted. Always true without a file. Not concurrent with cell().
  [[nodiscard]] bool is_intact() const noexcept;
  /// The number of pages that were accessed after they had been truncated.
  [[nodiscard]] std::uint32_t lost_pages() const noexcept { return mapping_->lost_pages(); }
  /// Empties the file, so that another process can take it over.
  void empty() noexcept;
  /// Empty without a file.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool is(dev_t device, ino_t inode) const noexcept {
    return descriptor_ >= 0 && device == device_ && inode == inode_;
  }

 private:
  struct Header;
  struct Slot;
  struct Entry {
    std::string key;
    Lifetime lifetime = Lifetime::persistent;
  };

  void map(int descriptor);
  /// Initialises the locked file if it is empty, or else resets the values of its former process. False if it
  /// is not a usable metrics file.
  [[nodiscard]] bool take_over(int descriptor, std::string_view pool);
  [[nodiscard]] Header& header() const noexcept;
  [[nodiscard]] Slot* slots() const noexcept;
  static FileContent read(int descriptor);
  friend FileContent read_metrics_file(int descriptor);

  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::string path_;
  std::unique_ptr<GuardedMapping> mapping_;

  // A copy of the keys that does not depend on the file. Entries before used_ never change.
  std::unique_ptr<Entry[]> entries_;
  std::atomic<std::uint64_t> used_{0};
};

/// Reads another process's file, which may contain anything. An empty file, as each is for a moment after its
/// creation, has neither readings nor a fault.
[[nodiscard]] FileContent read_metrics_file(int descriptor);

}  // namespace taskward::app
