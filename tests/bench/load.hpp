// One measurement: a load over HTTPS by wrk, or minimal statements straight through libpq, and what it cost.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>

#include "machine.hpp"
#include "scenarios.hpp"

namespace taskward::bench {

/// A connection as superuser. Throws std::runtime_error.
class Database {
 public:
  explicit Database(const std::string& conninfo);
  using Table = std::vector<std::vector<std::string>>;
  Table query(const std::string& sql, const std::vector<std::string>& values = {});
  /// The only value of the result.
  double number(const std::string& sql);

 private:
  std::unique_ptr<PGconn, decltype(&::PQfinish)> connection_;
};

struct Load {
  std::string name;
  std::string url;
  std::vector<std::string> lines;
  int connections = 1;
  int seconds = 1;
  std::vector<std::string> refresh_tokens = {};
  bool counts_statuses = false;
};

struct Result {
  std::string name;
  double requests = 0;
  double rate = 0;  ///< per second
  double p50 = 0;   ///< milliseconds
  double p99 = 0;
  double refused = 0;  ///< status 400 or above
  double broken = 0;   ///< connection failed, or no response within 10 s
  std::map<int, double> statuses = {};
  // Of the whole product, by measure().
  CpuTimes cores = {};  ///< processors in use
  double wal = 0;       ///< bytes a request
  double buffers = 0;   ///< a request
  double statements = 0;
  double planning = 0;  ///< share of the time in PostgreSQL
  // Relative to the ceilings.
  double minimal = 0;  ///< statements per second
  double nginx = 0;    ///< requests per second
  double size = 0;     ///< tasks or connections

  /// What could be reached with both ceilings: the time of a response of nginx and that of a statement.
  [[nodiscard]] double ceiling() const {
    return minimal > 0 && nginx > 0 ? 1 / (1 / minimal + 1 / nginx) : 0;
  }
};

/// `folder` is for files of the load.
[[nodiscard]] Result run_load(const Load& load, const std::filesystem::path& folder);

/// run_load, with processor time, WAL, buffers and planning.
[[nodiscard]] Result measure(const Load& load, const std::filesystem::path& folder, const Machine& machine,
                             Database& database);

/// Executions of the scenario's minimal statement per second, over `connections` connections.
[[nodiscard]] double minimal_rate(const std::string& conninfo, const Scenario& what,
                                  std::span<const Session> sessions, int connections, double seconds);

[[nodiscard]] double median(std::vector<double> values);

}  // namespace taskward::bench
