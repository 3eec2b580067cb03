// What the processes of a host count together: each into a file of its own in one folder, and any of them
// tells the sum of all.
//
// Counting is an addition in shared memory. A count outlives its process (src/app/metrics_file.hpp). Where
// the folder cannot be used, a process counts for itself alone and says so in the log.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "taskward/base/log.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::app {

class MetricsFile;

class SharedMeter final : public model::Meter {
 public:
  /// `pool` is what this process is: api, auth or background. The log outlives this.
  SharedMeter(std::string folder, std::string pool, const Log& log);
  ~SharedMeter() override;

  void add(model::Metric metric, Labels labels, std::int64_t by) noexcept override;
  void observe(model::Metric metric, std::chrono::nanoseconds taken, Labels labels) noexcept override;
  [[nodiscard]] model::Samples samples() const override;

 private:
  struct Series;

  /// The series, made at its first use. Where there is no room for it, one that nobody reads.
  const Series& series(model::Metric metric, Labels labels) noexcept;
  const Series* find(model::Metric metric, Labels labels, std::size_t hash) const noexcept;
  const Series& make(model::Metric metric, Labels labels, std::size_t hash);
  std::vector<std::string_view> values_of(model::Metric metric, Labels labels) const;
  void begin_at_zero();
  void add_others(model::Samples& all) const;
  void note_fault(const std::string& name, const std::string& fault) const;

  const std::string folder_;
  const std::string pool_;
  const Log& log_;
  std::unique_ptr<MetricsFile> file_;
  bool is_alone_ = false;

  // A table that is read without a lock: series are only ever added, and half of the places stay free.
  static constexpr std::size_t kPlaces = 2048;
  std::array<std::atomic<const Series*>, kPlaces> places_{};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Series>> made_;  // guarded by mutex_
  mutable std::set<std::string> faulty_;       // guarded by mutex_: files whose fault was logged
  std::unique_ptr<Series> lost_;
};

}  // namespace taskward::app
