#include "taskward/app/shared_meter.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "metrics_file.hpp"
#include "taskward/base/text.hpp"

namespace taskward::app {
namespace {

using model::Metric;
using model::MetricKind;
using model::Sample;
using model::Samples;

constexpr std::string_view kPool = "pool";
/// A key is the name and labels of a series; for a histogram followed by '#' and a part: a bucket bound or
/// kSum.
constexpr char kPartMark = '#';
constexpr std::string_view kLastBucket = "more";
constexpr std::string_view kSum = "nanoseconds";
constexpr std::size_t kSumIndex = model::kBuckets;

bool has_pool(Metric metric) noexcept { return facts(metric).labels.starts_with(kPool); }

Lifetime lifetime_of(Metric metric) noexcept {
  return facts(metric).kind == MetricKind::gauge ? Lifetime::process : Lifetime::persistent;
}

std::string_view part_name(std::size_t index) noexcept {
  if (index == kSumIndex) return kSum;
  return index < model::kBucketBounds.size() ? model::kBucketBounds[index].seconds : kLastBucket;
}

std::optional<std::size_t> part_index(std::string_view name) noexcept {
  for (std::size_t i = 0; i <= kSumIndex; ++i)
    if (part_name(i) == name) return i;
  return std::nullopt;
}

std::optional<Metric> metric_called(std::string_view name) noexcept {
  for (const model::MetricFacts& one : model::every_metric())
    if (one.name == name) return one.metric;
  return std::nullopt;
}

/// Ignores keys of other releases, which may have other metrics, labels or bucket bounds.
void add_reading(Samples& all, const Reading& reading) {
  std::string_view key = reading.key;
  const std::size_t mark = key.rfind(kPartMark);
  const std::string_view part = mark == std::string_view::npos ? std::string_view() : key.substr(mark + 1);
  key = key.substr(0, mark);
  const std::size_t brace = std::min(key.find('{'), key.size());
  const auto metric = metric_called(key.substr(0, brace));
  if (!metric || !model::is_label_text(*metric, key.substr(brace))) return;
  const bool is_histogram = facts(*metric).kind == MetricKind::histogram;
  const auto index = part_index(part);
  if (is_histogram != index.has_value()) return;
  Sample& sample = all[{*metric, std::string(key.substr(brace))}];
  if (!is_histogram)
    // In one process a gauge may be negative.
    sample.value += static_cast<double>(static_cast<std::int64_t>(reading.value));
  else if (*index == kSumIndex)
    sample.nanoseconds += reading.value;
  else
    sample.buckets[*index] += reading.value;
}

std::size_t hash_of(Metric metric, model::Meter::Labels labels) noexcept {
  // FNV-1a; 0x100 terminates each label.
  std::uint64_t hash = 14695981039346656037U;
  const auto mix = [&](std::uint64_t byte) { hash = (hash ^ byte) * 1099511628211U; };
  mix(static_cast<std::uint64_t>(metric));
  for (const std::string_view label : labels) {
    for (const char c : label) mix(static_cast<unsigned char>(c));
    mix(0x100);
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

/// A file opened for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

void add_content(Samples& all, const FileContent& content) {
  for (const Reading& reading : content.readings) {
    if (content.is_alive || reading.lifetime == Lifetime::persistent) add_reading(all, reading);
  }
}

/// Calls `use` with the content of each metrics file that `is_wanted`, and `warn` with the path and the
/// reason for each that cannot be read.
std::error_code for_each_file(const std::string& folder,
                              const std::function<bool(const struct stat&)>& is_wanted,
                              const std::function<void(const FileContent&)>& use,
                              const std::function<void(const std::string&, const std::string&)>& warn) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string path = entries->path().string();
    if (!path.ends_with(kMetricsFileSuffix)) continue;
    const OpenFile opened(path);
    struct stat status {};
    if (opened.descriptor() < 0 || ::fstat(opened.descriptor(), &status) != 0) {
      warn(path, std::generic_category().message(errno));
      continue;
    }
    if (!is_wanted(status)) continue;
    const FileContent content = read_metrics_file(opened.descriptor());
    if (!content.fault.empty()) warn(path, content.fault);
    use(content);
  }
  return error;
}

}  // namespace

struct SharedMeter::Series {
  Metric metric{};
  std::string key;  // without a histogram's part
  std::vector<std::string> labels;
  /// The value, or a histogram's buckets and sum. They move to a new file when the file is replaced.
  std::array<std::atomic<Cell*>, kSumIndex + 1> cells{};
  /// The target of cells for which there is no space in the file.
  Cell discarded{0};
  /// What this process added to a gauge; guarded by mutex_.
  std::int64_t gauge = 0;

  Series() {
    for (auto& cell : cells) cell = &discarded;
  }
  void count(std::size_t index, std::uint64_t by) const noexcept {
    cells[index].load(std::memory_order_acquire)->fetch_add(by, std::memory_order_relaxed);
  }

  [[nodiscard]] bool is(Metric one, Labels values) const noexcept {
    return metric == one && std::equal(labels.begin(), labels.end(), values.begin(), values.end());
  }
};

SharedMeter::SharedMeter(std::string folder, std::string pool, const Log& log)
    : folder_(std::move(folder)), pool_(std::move(pool)), log_(log), discarded_(std::make_unique<Series>()) {
  try {
    files_.push_back(std::make_unique<MetricsFile>(folder_, pool_));
  } catch (const std::system_error& failure) {
    log_.line(LogLevel::warning, "metrics_not_shared")
        .field("folder", folder_)
        .field("reason", failure.what());
    files_.push_back(std::make_unique<MetricsFile>());
    is_private_ = true;
  }
  current_ = files_.back().get();
  initialise_counters();
  add(Metric::workers, {}, 1);
}

SharedMeter::~SharedMeter() {
  files_.pop_back();
  for (const auto& replaced : files_) replaced->empty();
}

/// Prometheus cannot detect the first increase of a counter that did not exist before.
void SharedMeter::initialise_counters() {
  for (const model::MetricFacts& one : model::every_metric()) {
    const bool is_of_process = one.metric < Metric::database_up;
    if (is_of_process && one.kind == MetricKind::counter && one.labels.empty()) add(one.metric, {}, 0);
  }
}

void SharedMeter::add(Metric metric, Labels labels, std::int64_t by) noexcept {
  replace_damaged_file();
  Series& found = series(metric, labels);
  if (facts(metric).kind == MetricKind::gauge) {
    // Under the lock, so that the sum and the cell agree when the file is replaced.
    const std::scoped_lock lock(mutex_);
    found.gauge += by;
    found.count(0, static_cast<std::uint64_t>(by));
  } else {
    found.count(0, static_cast<std::uint64_t>(by));
  }
}

void SharedMeter::observe(Metric metric, std::chrono::nanoseconds taken, Labels labels) noexcept {
  taken = std::max(taken, std::chrono::nanoseconds(0));
  replace_damaged_file();
  const Series& found = series(metric, labels);
  found.count(model::bucket_of(taken), 1);
  found.count(kSumIndex, static_cast<std::uint64_t>(taken.count()));
}

SharedMeter::Series* SharedMeter::find(Metric metric, Labels labels, std::size_t hash) const noexcept {
  for (std::size_t i = 0; i < kPlaces; ++i) {
    Series* const one = places_[(hash + i) % kPlaces].load(std::memory_order_acquire);
    if (one == nullptr || one->is(metric, labels)) return one;
  }
  return nullptr;
}

SharedMeter::Series& SharedMeter::series(Metric metric, Labels labels) noexcept {
  const std::size_t hash = hash_of(metric, labels);
  if (Series* const known = find(metric, labels, hash)) return *known;
  try {
    const std::scoped_lock lock(mutex_);
    if (Series* const known = find(metric, labels, hash)) return *known;
    return create(metric, labels, hash);
  } catch (const std::exception& failure) {
    warn_once(std::string(facts(metric).name), failure.what());
    return *discarded_;
  }
}

std::vector<std::string_view> SharedMeter::values_of(Metric metric, Labels labels) const {
  std::vector<std::string_view> values;
  if (has_pool(metric)) values.emplace_back(pool_);
  values.insert(values.end(), labels.begin(), labels.end());
  return values;
}

SharedMeter::Series& SharedMeter::create(Metric metric, Labels labels, std::size_t hash) {
  if (series_.size() >= kPlaces / 2) throw std::length_error("too many series");
  auto fresh = std::make_unique<Series>();
  fresh->metric = metric;
  fresh->labels.assign(labels.begin(), labels.end());
  fresh->key = std::string(facts(metric).name) + model::label_text(metric, values_of(metric, labels));
  if (!bind(*fresh, *files_.back())) throw std::length_error("no space for " + fresh->key);
  series_.push_back(std::move(fresh));
  Series* const one = series_.back().get();
  std::size_t place = hash % kPlaces;
  while (places_[place].load(std::memory_order_relaxed) != nullptr) place = (place + 1) % kPlaces;
  places_[place].store(one, std::memory_order_release);
  return *one;
}

bool SharedMeter::bind(Series& series, MetricsFile& file) {
  const bool is_histogram = facts(series.metric).kind == MetricKind::histogram;
  for (std::size_t i = 0; i < (is_histogram ? series.cells.size() : 1U); ++i) {
    const std::string key = is_histogram ? series.key + kPartMark + std::string(part_name(i)) : series.key;
    Cell* const cell = file.cell(key, lifetime_of(series.metric));
    if (cell == nullptr) return false;
    series.cells[i].store(cell, std::memory_order_release);
  }
  return true;
}

void SharedMeter::replace_damaged_file() const noexcept {
  if (current_.load(std::memory_order_acquire)->lost_pages() ==
      noticed_pages_.load(std::memory_order_relaxed))
    return;
  check_file();
}

void SharedMeter::check_file() const noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    const MetricsFile& current = *files_.back();
    if (!current.is_intact()) replace_file();
    noticed_pages_ = files_.back()->lost_pages();
    // A thread may have found a cell before the replacement and counted there after it.
    for (std::size_t i = 0; i + 1 < files_.size(); ++i) files_[i]->move_counts_to(*files_.back());
  } catch (const std::exception& failure) {
    noticed_pages_ = current_.load()->lost_pages();
    warn_once(folder_, failure.what());
  }
}

void SharedMeter::replace_file() const {
  if (files_.size() == kMostFiles) throw std::length_error("metrics files are damaged repeatedly");
  auto fresh = std::make_unique<MetricsFile>(folder_, pool_);
  log_.line(LogLevel::warning, "metrics_file_replaced")
      .field("path", files_.back()->path())
      .field("reason", "truncated, overwritten or deleted");
  files_.push_back(std::move(fresh));
  for (const auto& one : series_) {
    if (!bind(*one, *files_.back())) continue;  // the old cells are still moved at each check
    if (facts(one->metric).kind == MetricKind::gauge) one->count(0, static_cast<std::uint64_t>(one->gauge));
  }
  current_.store(files_.back().get(), std::memory_order_release);
}

Samples SharedMeter::samples() const {
  check_file();
  Samples all;
  for (const Reading& reading : current_.load(std::memory_order_acquire)->readings())
    add_reading(all, reading);
  if (!is_private_) add_others(all);
  return all;
}

bool SharedMeter::is_own_file(dev_t device, ino_t inode) const {
  const std::scoped_lock lock(mutex_);
  return std::any_of(files_.begin(), files_.end(), [&](const auto& file) { return file->is(device, inode); });
}

void SharedMeter::add_others(Samples& all) const {
  const std::error_code error = for_each_file(
      folder_, [&](const struct stat& status) { return !is_own_file(status.st_dev, status.st_ino); },
      [&](const FileContent& content) { add_content(all, content); },
      [&](const std::string& path, const std::string& reason) { warn_once(path, reason); });
  if (error) warn_once(folder_, error.message());
}

HostMetrics read_host_metrics(const std::string& folder) {
  HostMetrics all;
  const std::error_code error = for_each_file(
      folder, [](const struct stat&) { return true; },
      [&](const FileContent& content) {
        add_content(all.samples, content);
        if (content.is_alive && content.process > 0)
          all.processes.push_back({static_cast<pid_t>(content.process), content.pool});
      },
      [](const std::string&, const std::string&) {});
  if (error) throw std::system_error(error, folder);
  const auto key = [](const MeteredProcess& one) { return std::tie(one.pool, one.process); };
  std::ranges::sort(all.processes, {}, key);
  // A process that has replaced a damaged file has locked both.
  const auto repeated =
      std::unique(all.processes.begin(), all.processes.end(),
                  [](const MeteredProcess& a, const MeteredProcess& b) { return a.process == b.process; });
  all.processes.erase(repeated, all.processes.end());
  return all;
}

void SharedMeter::warn_once(const std::string& name, const std::string& reason) const {
  const std::scoped_lock lock(mutex_);
  if (!warned_.insert(name).second) return;
  log_.line(LogLevel::warning, "metrics_skipped").field("what", name).field("reason", reason);
}

}  // namespace taskward::app
