// taskward status: what is read, and how it is shown.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/app/shared_meter.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/config/load.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/installation.hpp"
#include "taskward/store/service_state.hpp"
#include "taskward_processes.hpp"

namespace taskward::programs {

/// The counters of all processes of this host at a moment.
struct CountedAt {
  std::chrono::steady_clock::time_point time;
  app::HostMetrics metrics;
  std::string fault;  ///< why they cannot be read
};

struct StatusProcess {
  app::MeteredProcess process;
  ProcessFacts facts;
};

struct StatusReport {
  struct Database {
    int server_version = 0;
    int schema = 0;
    store::DatabaseLoad load;
    store::ServiceState state;
    std::optional<Timestamp> oldest_mail;
  };
  Timestamp time;
  CountedAt counted;
  std::vector<StatusProcess> processes;
  double requests_per_second = 0;
  double errors_per_second = 0;  ///< responses 5xx
  model::Sample recent;          ///< the durations of the requests between the two samples
  model::Sample durations;       ///< the durations of all requests that are counted
  double open_connections = 0;
  double hashing = 0;
  double hashing_refusals = 0;
  model::Sample hashing_waits;
  std::optional<Database> database;
  std::string database_fault;
  std::optional<Timestamp> backup;
  std::optional<Timestamp> verified;
};

class StatusReader {
 public:
  explicit StatusReader(config::Loaded loaded);
  StatusReader(const StatusReader&) = delete;
  StatusReader& operator=(const StatusReader&) = delete;

  [[nodiscard]] CountedAt counted() const;
  /// Rates are those since `before`.
  [[nodiscard]] StatusReport read(const CountedAt& before);

 private:
  [[nodiscard]] StatusReport::Database read_database();

  const config::Loaded loaded_;
  const SystemClock clock_;
  const Log log_;
  db::Connection connection_;
};

inline constexpr std::string_view kRelease =
#include "version.inc"
    ;

/// About one screen.
[[nodiscard]] std::string status_text(const StatusReport& report);
/// An object, without a line break.
[[nodiscard]] std::string status_json(const StatusReport& report);

}  // namespace taskward::programs
