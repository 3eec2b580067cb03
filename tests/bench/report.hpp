// What a run found: as text in Markdown, as JSON and as a chart in SVG.
#pragma once

#include <utility>

#include "load.hpp"

namespace taskward::bench {

struct Goal {
  std::string name;
  double value;
  double limit;
  bool is_most = true;  ///< whether the value must be at most the limit, not at least

  [[nodiscard]] bool is_met() const { return is_most ? value <= limit : value >= limit; }
};

struct Report {
  std::vector<std::pair<std::string, std::string>> run;  ///< when, where and with which options
  std::vector<Result> scenarios;
  std::vector<Result> owner;
  std::vector<Result> growth;       ///< by number of tasks
  std::vector<Result> connections;  ///< by number of connections
  std::vector<Result> soak;
  std::vector<std::pair<std::string, double>> numbers;
  std::vector<Goal> goals;
  std::vector<std::string> errors;    ///< why the run is not clean
  std::vector<std::string> warnings;  ///< why its numbers may not be representative

  [[nodiscard]] bool is_good() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string json() const;
  [[nodiscard]] std::string svg() const;
};

/// With that many digits after the point.
[[nodiscard]] std::string fixed(double value, int digits);

}  // namespace taskward::bench
