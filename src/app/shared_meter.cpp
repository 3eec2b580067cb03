#include "taskward/app/shared_meter.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "metrics_file.hpp"
#include "taskward/base/text.hpp"

namespace taskward::app {
namespace {

using model::Metric;
using model::MetricKind;
using model::Sample;
using model::Samples;

constexpr std::string_view kPool = "pool";
/// A key is the name and labels of a series, and for a histogram '#' and the part: a bucket's bound, or kSum.
constexpr char kPartMark = '#';
constexpr std::string_view kLastBucket = "more";
constexpr std::string_view kSum = "nanoseconds";
constexpr std::size_t kSumIndex = model::kBuckets;

bool has_pool(Metric metric) noexcept { return facts(metric).labels.starts_with(kPool); }

Lasting lasting_of(Metric metric) noexcept {
  return facts(metric).kind == MetricKind::gauge ? Lasting::while_it_runs : Lasting::for_ever;
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

/// Adds what a file says of one key. Keys of other releases, whose metrics or bounds are others, are left
/// out.
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
    // A gauge's value may be below zero in one process: what it took from another's.
    sample.value += static_cast<double>(static_cast<std::int64_t>(reading.value));
  else if (*index == kSumIndex)
    sample.nanoseconds += reading.value;
  else
    sample.buckets[*index] += reading.value;
}

std::size_t hash_of(Metric metric, model::Meter::Labels labels) noexcept {
  // FNV-1a; a byte that is in no label ends each.
  std::uint64_t hash = 14695981039346656037U;
  const auto mix = [&](std::uint64_t byte) { hash = (hash ^ byte) * 1099511628211U; };
  mix(static_cast<std::uint64_t>(metric));
  for (const std::string_view label : labels) {
    for (const char c : label) mix(static_cast<unsigned char>(c));
    mix(0x100);
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

/// Closes it.
class Opened {
 public:
  explicit Opened(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

struct SharedMeter::Series {
  Metric metric{};
  std::vector<std::string> labels;
  /// The value, or a histogram's buckets and sum.
  std::array<Cell*, kSumIndex + 1> cells{};
  Cell nobody_reads_it{0};

  [[nodiscard]] bool is(Metric one, Labels values) const noexcept {
    return metric == one && std::equal(labels.begin(), labels.end(), values.begin(), values.end());
  }
};

SharedMeter::SharedMeter(std::string folder, std::string pool, const Log& log)
    : folder_(std::move(folder)), pool_(std::move(pool)), log_(log), lost_(std::make_unique<Series>()) {
  lost_->cells.fill(&lost_->nobody_reads_it);
  try {
    file_ = std::make_unique<MetricsFile>(folder_, pool_);
  } catch (const std::system_error& fault) {
    log_.line(LogLevel::warning, "metrics_are_not_shared")
        .field("folder", folder_)
        .field("reason", fault.what());
    file_ = std::make_unique<MetricsFile>();
    is_alone_ = true;
  }
  begin_at_zero();
  add(Metric::workers, {}, 1);
}

SharedMeter::~SharedMeter() = default;

/// A counter that appears only when something is counted shows no first increase.
void SharedMeter::begin_at_zero() {
  for (const model::MetricFacts& one : model::every_metric()) {
    const bool is_ours = one.metric < Metric::database_up;
    if (is_ours && one.kind == MetricKind::counter && one.labels.empty()) add(one.metric, {}, 0);
  }
}

void SharedMeter::add(Metric metric, Labels labels, std::int64_t by) noexcept {
  series(metric, labels).cells.front()->fetch_add(static_cast<std::uint64_t>(by), std::memory_order_relaxed);
}

void SharedMeter::observe(Metric metric, std::chrono::nanoseconds taken, Labels labels) noexcept {
  taken = std::max(taken, std::chrono::nanoseconds(0));
  const Series& found = series(metric, labels);
  found.cells[model::bucket_of(taken)]->fetch_add(1, std::memory_order_relaxed);
  found.cells[kSumIndex]->fetch_add(static_cast<std::uint64_t>(taken.count()), std::memory_order_relaxed);
}

const SharedMeter::Series* SharedMeter::find(Metric metric, Labels labels, std::size_t hash) const noexcept {
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const Series* const one = places_[(hash + i) % kPlaces].load(std::memory_order_acquire);
    if (one == nullptr || one->is(metric, labels)) return one;
  }
  return nullptr;
}

const SharedMeter::Series& SharedMeter::series(Metric metric, Labels labels) noexcept {
  const std::size_t hash = hash_of(metric, labels);
  if (const Series* const known = find(metric, labels, hash)) return *known;
  try {
    const std::scoped_lock lock(mutex_);
    if (const Series* const known = find(metric, labels, hash)) return *known;
    return make(metric, labels, hash);
  } catch (const std::exception& fault) {
    note_fault(std::string(facts(metric).name), fault.what());
    return *lost_;
  }
}

std::vector<std::string_view> SharedMeter::values_of(Metric metric, Labels labels) const {
  std::vector<std::string_view> values;
  if (has_pool(metric)) values.emplace_back(pool_);
  values.insert(values.end(), labels.begin(), labels.end());
  return values;
}

const SharedMeter::Series& SharedMeter::make(Metric metric, Labels labels, std::size_t hash) {
  const model::MetricFacts& known = facts(metric);
  const std::string key = std::string(known.name) + model::label_text(metric, values_of(metric, labels));
  if (made_.size() >= kPlaces / 2) throw std::length_error("there are too many series");
  auto fresh = std::make_unique<Series>();
  fresh->cells.fill(&fresh->nobody_reads_it);
  fresh->metric = metric;
  fresh->labels.assign(labels.begin(), labels.end());
  const bool is_histogram = known.kind == MetricKind::histogram;
  for (std::size_t i = 0; i < (is_histogram ? fresh->cells.size() : 1U); ++i) {
    const std::string whole = is_histogram ? key + kPartMark + std::string(part_name(i)) : key;
    fresh->cells[i] = file_->cell(whole, lasting_of(metric));
    if (fresh->cells[i] == nullptr) throw std::length_error("there is no room for " + whole);
  }
  made_.push_back(std::move(fresh));
  const Series* const one = made_.back().get();
  std::size_t place = hash % kPlaces;
  while (places_[place].load(std::memory_order_relaxed) != nullptr) place = (place + 1) % kPlaces;
  places_[place].store(one, std::memory_order_release);
  return *one;
}

Samples SharedMeter::samples() const {
  Samples all;
  for (const Reading& reading : file_->readings()) add_reading(all, reading);
  if (!is_alone_) add_others(all);
  return all;
}

void SharedMeter::add_others(Samples& all) const {
  std::error_code fault;
  std::filesystem::directory_iterator entries(folder_, fault);
  for (; !fault && entries != std::filesystem::directory_iterator(); entries.increment(fault)) {
    const std::string path = entries->path().string();
    if (!path.ends_with(kMetricsFileSuffix)) continue;
    const Opened opened(path);
    struct stat status {};
    if (opened.descriptor() < 0 || ::fstat(opened.descriptor(), &status) != 0) {
      note_fault(path, std::generic_category().message(errno));
      continue;
    }
    if (file_->is(status.st_dev, status.st_ino)) continue;
    const FileContent content = read_metrics_file(opened.descriptor());
    if (!content.fault.empty()) note_fault(path, content.fault);
    for (const Reading& reading : content.readings) {
      if (content.is_alive || reading.lasting == Lasting::for_ever) add_reading(all, reading);
    }
  }
  if (fault) note_fault(folder_, fault.message());
}

void SharedMeter::note_fault(const std::string& name, const std::string& fault) const {
  const std::scoped_lock lock(mutex_);
  if (!faulty_.insert(name).second) return;
  log_.line(LogLevel::warning, "metrics_left_out").field("what", name).field("reason", fault);
}

}  // namespace taskward::app
