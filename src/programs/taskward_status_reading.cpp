// taskward status: where the values come from. The counters are those of GET /metrics, from the same files.
#include <unistd.h>

#include <system_error>

#include "taskward/domain/backup_times.hpp"
#include "taskward/domain/metrics.hpp"
#include "taskward/model/histogram.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_status.hpp"

namespace taskward::programs {
namespace {

using model::Metric;
using model::Sample;
using model::Samples;

/// The sum over the series of a metric whose labels contain the text.
Sample sum_of(const Samples& samples, Metric metric, std::string_view label = {}) {
  Sample sum;
  for (const auto& [key, sample] : samples) {
    if (key.first != metric || key.second.find(label) == std::string::npos) continue;
    sum.value += sample.value;
    sum.nanoseconds += sample.nanoseconds;
    for (std::size_t i = 0; i < model::kBuckets; ++i) sum.buckets[i] += sample.buckets[i];
  }
  return sum;
}

void add_counters(StatusReport& report, const CountedAt& before) {
  const Samples& now = report.counted.metrics.samples;
  const Samples& then = before.metrics.samples;
  const double seconds = std::chrono::duration<double>(report.counted.time - before.time).count();
  const auto rate = [&](std::string_view label) {
    const Sample counted = model::difference(sum_of(now, Metric::http_requests, label),
                                             sum_of(then, Metric::http_requests, label));
    return seconds > 0 ? counted.value / seconds : 0;
  };
  report.requests_per_second = rate({});
  report.errors_per_second = rate("status=\"5");
  report.durations = sum_of(now, Metric::http_duration);
  report.recent = model::difference(report.durations, sum_of(then, Metric::http_duration));
  report.open_connections = sum_of(now, Metric::open_connections).value;
  report.hashing = sum_of(now, Metric::hashing_running).value;
  report.hashing_refusals = sum_of(now, Metric::hashing_refusals).value;
  report.hashing_waits = sum_of(now, Metric::hashing_wait);
}

}  // namespace

StatusReader::StatusReader(config::Loaded loaded)
    : loaded_(std::move(loaded)),
      log_(STDERR_FILENO, LogLevel::error, clock_),
      connection_({loaded_.settings.database_url, "taskward-status", db::Preparation::each_time,
                   loaded_.settings.database_timeout},
                  log_) {}

CountedAt StatusReader::counted() const {
  CountedAt now;
  try {
    now.metrics = app::read_host_metrics(loaded_.settings.metrics_dir);
  } catch (const std::system_error& fault) {
    now.fault = fault.what();
  }
  now.time = std::chrono::steady_clock::now();
  return now;
}

StatusReport::Database StatusReader::read_database() {
  StatusReport::Database now;
  now.load = store::read_database_load(connection_, domain::kMetricsWait);
  now.server_version = connection_.server_version();
  const auto applied = store::applied_migrations(connection_);
  now.schema = applied.empty() ? 0 : applied.back().version;
  now.state = store::read_service_state(connection_, domain::kMetricsWait);
  now.oldest_mail = store::oldest_waiting_mail(connection_);
  return now;
}

StatusReport StatusReader::read(const CountedAt& before) {
  StatusReport report;
  report.time = clock_.now();
  report.counted = counted();
  add_counters(report, before);
  for (const app::MeteredProcess& one : report.counted.metrics.processes) {
    if (const auto facts = process_facts(one.process)) report.processes.push_back({one, *facts});
  }
  try {
    report.database = read_database();
  } catch (const std::runtime_error& fault) {
    report.database_fault = fault.what();
  }
  report.backup = domain::last_time(loaded_.settings.backup_state, domain::BackupEvent::success);
  report.verified = domain::last_time(loaded_.settings.backup_state, domain::BackupEvent::verified);
  return report;
}

}  // namespace taskward::programs
