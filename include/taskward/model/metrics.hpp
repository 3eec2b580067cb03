// What the service counts of itself: THE list of metrics, and the interface they are counted through.
//
//   meter.add(Metric::logins, {"password", "success"});
//   meter.observe(Metric::hashing_wait, waited);
//
// Names, types and units are as Prometheus has them (https://prometheus.io/docs/practices/naming).
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

// Identifier, kind, name, labels, help. A label `pool` comes first and is filled in by the process that
// counts: api, auth or background. Each label has few values, none of which a client can choose. From
// database_up on they are asked of the database when somebody wants to know them (store/service_state).
#define TASKWARD_METRICS(X)                                                                                \
  X(http_requests, counter, "taskward_http_requests_total", "route method status",                         \
    "Requests that workers answered, by the name of their route; none is an unknown path or method.")      \
  X(http_duration, histogram, "taskward_http_request_duration_seconds", "pool",                            \
    "Time a worker took for a request, from its arrival to the end of its answer.")                        \
  X(open_connections, gauge, "taskward_open_connections", "pool",                                          \
    "Connections from nginx that the workers hold, idle ones included.")                                   \
  X(workers, gauge, "taskward_workers", "pool", "Processes of the service that run on this host.")         \
  X(database_wait, histogram, "taskward_database_wait_seconds", "pool",                                    \
    "Time from sending a statement to the database to having its answer.")                                 \
  X(database_errors, counter, "taskward_database_errors_total", "kind",                                    \
    "Statements that failed: unavailable, outcome_unknown, or failed by a fault of the statement.")        \
  X(database_connections, counter, "taskward_database_connections_total", "pool",                          \
    "Connections made to the database; each beyond one for a thread took the place of one that was lost.") \
  X(hashing_wait, histogram, "taskward_hashing_wait_seconds", "",                                          \
    "Time that requests waited for their turn to have a password hashed, refused ones included.")          \
  X(hashing_running, gauge, "taskward_hashing_running", "", "Passwords that are being hashed now.")        \
  X(hashing_refusals, counter, "taskward_hashing_refusals_total", "",                                      \
    "Requests refused because no turn to hash a password came in time.")                                   \
  X(logins, counter, "taskward_logins_total", "method outcome",                                            \
    "Logins by password or otp; the outcome is success or the code of the error.")                         \
  X(lockouts, counter, "taskward_lockouts_total", "", "Names that were locked after too many failures.")   \
  X(limit_refusals, counter, "taskward_limit_refusals_total", "limit",                                     \
    "Requests refused because their client had reached a limit; nginx's own limits are not in it.")        \
  X(mail_deliveries, counter, "taskward_mail_deliveries_total", "outcome",                                 \
    "Tries to deliver a mail: handed_over, put_off to be tried again, or dead.")                           \
  X(database_up, gauge, "taskward_database_up", "",                                                        \
    "Whether the database told what the metrics below say; they are left out when it did not.")            \
  X(mail_queue, gauge, "taskward_mail_queue", "state",                                                     \
    "Mail that waits to be delivered, and mail given up.")                                                 \
  X(audit_seal_lag, gauge, "taskward_audit_seal_lag_seconds", "",                                          \
    "Age of the oldest audit record that is not sealed yet; 0 when there is none.")                        \
  X(audit_seals, counter, "taskward_audit_seals_total", "", "The number of the newest seal.")              \
  X(live_sessions, gauge, "taskward_live_sessions", "", "Sessions that are alive, counted up to 100000.")  \
  X(locked_names, gauge, "taskward_locked_names", "", "Names that are locked now, counted up to 100000.")

enum class Metric : std::uint8_t {
#define X(id, kind, name, labels, help) id,
  TASKWARD_METRICS(X)
#undef X
};

enum class MetricKind : std::uint8_t { counter, gauge, histogram };
[[nodiscard]] std::string_view name(MetricKind kind) noexcept;

/// One line of the list above.
struct MetricFacts {
  Metric metric;
  MetricKind kind;
  std::string_view name;
  std::string_view labels;  ///< names, parted by spaces
  std::string_view help;
};

[[nodiscard]] std::span<const MetricFacts> every_metric() noexcept;
[[nodiscard]] const MetricFacts& facts(Metric metric) noexcept;

/// An upper bound of a histogram's bucket, as text in seconds. One set for all histograms; a last bucket has
/// none.
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
/// The bucket that a duration falls into.
[[nodiscard]] std::size_t bucket_of(std::chrono::nanoseconds taken) noexcept;

/// What one series of a metric stands at: a value, or a histogram's buckets (not added up) and sum.
struct Sample {
  double value = 0;
  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t nanoseconds = 0;
};

/// By metric and label_text.
using Samples = std::map<std::pair<Metric, std::string>, Sample>;

/// The labels of a series as the text format has them, escaped: {method="GET",status="200"}. Empty when there
/// are none. As many values as the metric has labels.
[[nodiscard]] std::string label_text(Metric metric, std::span<const std::string_view> values);
/// Whether a text is one that label_text gives for the metric.
[[nodiscard]] bool is_label_text(Metric metric, std::string_view text) noexcept;

/// Where a process counts. Any thread may call anything. Counting never fails: what cannot be counted is
/// lost.
class Meter {
 public:
  using Labels = std::initializer_list<std::string_view>;

  Meter() = default;
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  virtual ~Meter() = default;

  /// To a counter or a gauge; only a gauge can be taken from. `labels` are the values of all labels but
  /// `pool`.
  virtual void add(Metric metric, Labels labels = {}, std::int64_t by = 1) noexcept = 0;
  /// To a histogram.
  virtual void observe(Metric metric, std::chrono::nanoseconds taken, Labels labels = {}) noexcept = 0;
  /// The sum over all processes of this host.
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
