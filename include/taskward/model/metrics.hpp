// The list of metrics, and the interface for counting.
//
//   meter.add(Metric::logins, {"password", "success"});
//   meter.observe(Metric::hashing_wait, waited);
//
// Names, types and units follow Prometheus (https://prometheus.io/docs/practices/naming).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace taskward::model {

// X(identifier, kind, name, labels, help). A label `pool` is the first label and set by the meter: api, auth
// or background. Labels have few values, which clients cannot choose. The metrics from database_up on are
// read at each scrape: from the database (store/service_state), those of backups from BACKUP_STATE.
#define TASKWARD_METRICS(X)                                                                                  \
  X(http_requests, counter, "taskward_http_requests_total", "route method status",                           \
    "Requests answered by workers, by route name; route none is an unknown path or method.")                 \
  X(http_duration, histogram, "taskward_http_request_duration_seconds", "pool",                              \
    "Time from the arrival of a request at a worker to the end of its response.")                            \
  X(open_connections, gauge, "taskward_open_connections", "pool",                                            \
    "Open connections from nginx to workers, including idle ones.")                                          \
  X(workers, gauge, "taskward_workers", "pool", "Running processes of the service on this host.")            \
  X(database_wait, histogram, "taskward_database_wait_seconds", "pool",                                      \
    "Time from sending a statement to the database to receiving its result.")                                \
  X(database_errors, counter, "taskward_database_errors_total", "kind",                                      \
    "Failed statements: unavailable, server_fault (SQLSTATE classes 58 and XX), outcome_unknown, or failed " \
    "because of the statement itself.")                                                                      \
  X(database_connections, counter, "taskward_database_connections_total", "pool",                            \
    "Database connections opened; those beyond one per thread replaced lost ones.")                          \
  X(replica_reads, counter, "taskward_replica_reads_total", "result",                                        \
    "Reads of tasks sent to a replica: answered, or repeated on the primary because the replica was behind " \
    "(it may lack a change or the session of the caller), far_behind or on another timeline, slow (more "    \
    "than 2 seconds), cancelled by the replay, or failed.")                                                  \
  X(hashing_wait, histogram, "taskward_hashing_wait_seconds", "",                                            \
    "Time that requests waited for a password hashing slot, including rejected requests.")                   \
  X(hashing_running, gauge, "taskward_hashing_running", "", "Passwords currently being hashed.")             \
  X(hashing_refusals, counter, "taskward_hashing_refusals_total", "",                                        \
    "Requests rejected because no password hashing slot became available in time.")                          \
  X(logins, counter, "taskward_logins_total", "method outcome",                                              \
    "Login attempts by method: password, otp or passkey, and totp, recovery_code or passkey_factor for the " \
    "second step; the outcome is success or an error code.")                                                 \
  X(lockouts, counter, "taskward_lockouts_total", "", "Names and accounts locked after too many failures.")  \
  X(limit_refusals, counter, "taskward_limit_refusals_total", "limit",                                       \
    "Requests rejected by a rate limit, excluding nginx's limits.")                                          \
  X(mail_deliveries, counter, "taskward_mail_deliveries_total", "outcome",                                   \
    "Mail delivery attempts: handed_over, put_off (deferred) or dead (undeliverable).")                      \
  X(database_up, gauge, "taskward_database_up", "",                                                          \
    "Whether the database could be queried; if not, metrics read from it are omitted.")                      \
  X(mail_queue, gauge, "taskward_mail_queue", "state", "Mail waiting for delivery, and undeliverable mail.") \
  X(audit_seal_lag, gauge, "taskward_audit_seal_lag_seconds", "",                                            \
    "Age of the oldest unsealed audit record; 0 if there is none.")                                          \
  X(audit_seals, counter, "taskward_audit_seals_total", "", "Number of the newest audit seal.")              \
  X(live_sessions, gauge, "taskward_live_sessions", "", "Live sessions, counted up to 100000.")              \
  X(locked_names, gauge, "taskward_locked_names", "",                                                        \
    "Accounts and unknown names that are locked, up to 100000.")                                             \
  X(backup_success, gauge, "taskward_backup_last_success_timestamp_seconds", "",                             \
    "Time of the last successful `taskward backup` on this host; absent if there was none.")                 \
  X(backup_verified, gauge, "taskward_backup_last_verified_timestamp_seconds", "",                           \
    "Time of the last successful `taskward backup verify` on this host; absent if there was none.")

enum class Metric : std::uint8_t {
#define X(id, kind, name, labels, help) id,
  TASKWARD_METRICS(X)
#undef X
};

enum class MetricKind : std::uint8_t { counter, gauge, histogram };
[[nodiscard]] std::string_view name(MetricKind kind) noexcept;

/// One line of TASKWARD_METRICS.
struct MetricFacts {
  Metric metric;
  MetricKind kind;
  std::string_view name;
  std::string_view labels;  ///< names, separated by spaces
  std::string_view help;
};

[[nodiscard]] std::span<const MetricFacts> every_metric() noexcept;
[[nodiscard]] const MetricFacts& facts(Metric metric) noexcept;

/// The inclusive upper bound of a bucket. All histograms have the same buckets; the last has no bound.
struct BucketBound {
  std::string_view seconds;
  std::chrono::nanoseconds most;
};
inline constexpr std::array kBucketBounds{
    BucketBound{"0.0005", std::chrono::microseconds(500)},
    BucketBound{"0.001", std::chrono::milliseconds(1)},
    BucketBound{"0.0025", std::chrono::microseconds(2500)},
    BucketBound{"0.005", std::chrono::milliseconds(5)},
    BucketBound{"0.01", std::chrono::milliseconds(10)},
    BucketBound{"0.025", std::chrono::milliseconds(25)},
    BucketBound{"0.05", std::chrono::milliseconds(50)},
    BucketBound{"0.1", std::chrono::milliseconds(100)},
    BucketBound{"0.25", std::chrono::milliseconds(250)},
    BucketBound{"0.5", std::chrono::milliseconds(500)},
    BucketBound{"1", std::chrono::seconds(1)},
    BucketBound{"2.5", std::chrono::milliseconds(2500)},
    BucketBound{"5", std::chrono::seconds(5)},
    BucketBound{"10", std::chrono::seconds(10)},
};
inline constexpr std::size_t kBuckets = kBucketBounds.size() + 1;
/// The index of the bucket of a duration.
[[nodiscard]] std::size_t bucket_of(std::chrono::nanoseconds taken) noexcept;

/// The state of a series: a value, or a histogram's buckets (not cumulative) and sum.
struct Sample {
  double value = 0;
  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t nanoseconds = 0;
};

/// By metric and label_text.
using Samples = std::map<std::pair<Metric, std::string>, Sample>;

/// The labels of a series in the text format, escaped: {method="GET",status="200"}. Empty without labels.
/// Throws std::logic_error unless there is one value per label.
[[nodiscard]] std::string label_text(Metric metric, std::span<const std::string_view> values);
/// Whether label_text() could return the text for the metric.
[[nodiscard]] bool is_label_text(Metric metric, std::string_view text) noexcept;

/// The metrics of a process. Thread-safe. Counting never fails: what cannot be counted is lost.
class Meter {
 public:
  using Labels = std::initializer_list<std::string_view>;

  Meter() = default;
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  virtual ~Meter() = default;

  /// Adds to a counter or gauge; `by` may be negative for a gauge. `labels` are the values of all labels
  /// except `pool`.
  virtual void add(Metric metric, Labels labels = {}, std::int64_t by = 1) noexcept = 0;
  /// Adds to a histogram.
  virtual void observe(Metric metric, std::chrono::nanoseconds taken, Labels labels = {}) noexcept = 0;
  /// The sums over all processes of this host.
  [[nodiscard]] virtual Samples samples() const = 0;
};

/// Counts nothing.
class NoMeter final : public Meter {
 public:
  void add(Metric, Labels, std::int64_t) noexcept override {}
  void observe(Metric, std::chrono::nanoseconds, Labels) noexcept override {}
  [[nodiscard]] Samples samples() const override { return {}; }
};

}  // namespace taskward::model
