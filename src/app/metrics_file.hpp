// A file of counters that one process writes and others read.
//
// It holds slots, each with the text of what it counts (a key) and a value, so that releases that count
// different things can read one another's. Who writes it has a lock on it (of the open file, fcntl(2)), which
// the kernel takes away when the process ends, however it ends. A file without a lock is taken over, with all
// it counted, by the next process that starts: so no count is lost, and nothing has to be added up or deleted
// at a moment when a process might die. The number of files is that of the processes that ever ran at once.
//
// Others' files are read by pread, never mapped: what somebody has cut short must not end this process.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::app {

using Cell = std::atomic<std::uint64_t>;
static_assert(Cell::is_always_lock_free && sizeof(Cell) == 8, "several processes share it");

/// Whether a slot's value is of the process that counted it, or of all there ever were.
enum class Lasting : char { while_it_runs = 'r', for_ever = 'e' };

struct Reading {
  std::string key;
  Lasting lasting = Lasting::for_ever;
  std::uint64_t value = 0;
};

/// What a file was found to be.
struct FileContent {
  std::vector<Reading> readings;
  bool is_alive = false;  ///< a process has it now
  std::string fault;      ///< why it cannot be used; there are no readings then
};

inline constexpr std::size_t kKeyMaxBytes = 118;
inline constexpr std::string_view kMetricsFileSuffix = ".metrics";

class MetricsFile {
 public:
  /// In the memory of this process alone.
  MetricsFile();
  /// Takes over the first file of the folder that nobody has, or makes one. Values that last while a process
  /// runs begin at zero. Throws std::system_error when the folder cannot be used.
  MetricsFile(const std::string& folder, std::string_view pool);
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;
  ~MetricsFile();

  /// Where the key is counted; null when there is no room for it. One thread at a time; the cell is any
  /// thread's.
  [[nodiscard]] Cell* cell(std::string_view key, Lasting lasting) noexcept;
  /// One that was made before; null when there is none.
  [[nodiscard]] Cell* find(std::string_view key) const noexcept;
  /// While another thread may be in cell().
  [[nodiscard]] std::vector<Reading> readings() const;
  /// Whether that is the file this one writes to.
  [[nodiscard]] bool is(dev_t device, ino_t inode) const noexcept {
    return descriptor_ >= 0 && device == device_ && inode == inode_;
  }

 private:
  struct Header;
  struct Slot;

  void map(int descriptor);
  /// Makes the locked, empty file one of counters, or zeroes what was its former process's own. False when it
  /// is neither.
  [[nodiscard]] bool take_over(int descriptor, std::string_view pool);
  [[nodiscard]] Header& header() const noexcept;
  [[nodiscard]] Slot* slots() const noexcept;
  static FileContent read(int descriptor);
  friend FileContent read_metrics_file(int descriptor);

  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  void* memory_ = nullptr;
};

/// Reads another process's file, whatever it may be. An empty one, as it is for a moment after it was made,
/// has neither readings nor a fault.
[[nodiscard]] FileContent read_metrics_file(int descriptor);

}  // namespace taskward::app
