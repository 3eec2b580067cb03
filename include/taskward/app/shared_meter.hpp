// Metrics of all processes on a host: each counts in a file of its own in one folder, and any of them reports
// the sums.
//
// Counting is an addition in shared memory. Counts outlive their process (src/app/metrics_file.hpp). If the
// folder cannot be used, a process counts in private memory and logs a warning. A file that is truncated,
// overwritten or deleted is replaced when the process next counts or reports; counts on truncated pages are
// lost.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "taskward/base/log.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::app {

class MetricsFile;

/// A process that counts.
struct MeteredProcess {
  pid_t process = 0;
  std::string pool;
};

/// What all processes of a host have counted, and those that run, in the order of pool and process id.
struct HostMetrics {
  model::Samples samples;
  std::vector<MeteredProcess> processes;
};

/// For a program that counts nothing itself. Omits files that cannot be read. Throws std::system_error if the
/// folder cannot be read.
[[nodiscard]] HostMetrics read_host_metrics(const std::string& folder);

class SharedMeter final : public model::Meter {
 public:
  /// `pool` is the kind of this process: api, auth or background. The log must outlive the meter.
  SharedMeter(std::string folder, std::string pool, const Log& log);
  ~SharedMeter() override;

  void add(model::Metric metric, Labels labels, std::int64_t by) noexcept override;
  void observe(model::Metric metric, std::chrono::nanoseconds taken, Labels labels) noexcept override;
  [[nodiscard]] model::Samples samples() const override;

 private:
  struct Series;

  /// The series, created at its first use; `discarded_` if it cannot be created.
  Series& series(model::Metric metric, Labels labels) noexcept;
  Series* find(model::Metric metric, Labels labels, std::size_t hash) const noexcept;
  Series& create(model::Metric metric, Labels labels, std::size_t hash);
  std::vector<std::string_view> values_of(model::Metric metric, Labels labels) const;
  void initialise_counters();
  void add_others(model::Samples& all) const;
  void warn_once(const std::string& name, const std::string& reason) const;

  /// Directs the counts of a series to a file. False if the file has no space.
  static bool bind(Series& series, MetricsFile& file);
  /// Replaces the file if it has lost pages since the last check.
  void replace_damaged_file() const noexcept;
  void check_file() const noexcept;
  void replace_file() const;
  bool is_own_file(dev_t device, ino_t inode) const;

  const std::string folder_;
  const std::string pool_;
  const Log& log_;
  bool is_private_ = false;
  mutable std::mutex mutex_;

  // The last file is current. The damaged ones before it stay mapped, because threads may still hold cells of
  // theirs.
  static constexpr std::size_t kMostFiles = 16;
  mutable std::vector<std::unique_ptr<MetricsFile>> files_;  // guarded by mutex_
  mutable std::atomic<const MetricsFile*> current_{nullptr};
  mutable std::atomic<std::uint32_t> noticed_pages_{0};  // lost pages of the current file at the last check

  // A hash table that is read without a lock: series are only added, and half of the places stay free.
  static constexpr std::size_t kPlaces = 2048;
  std::array<std::atomic<Series*>, kPlaces> places_{};
  std::vector<std::unique_ptr<Series>> series_;  // guarded by mutex_
  mutable std::set<std::string> warned_;         // guarded by mutex_: files and metrics
  std::unique_ptr<Series> discarded_;
};

}  // namespace taskward::app
