// The processes of the product, what they use, and who else used the processors.
#pragma once

#include <sys/types.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::bench {

/// Part of the work. `other` is everything that does not belong to the measurement.
enum class Part { nginx, workers, background, postgres, load, other };
inline constexpr std::array<std::string_view, 6> kParts{"nginx",    "workers", "background",
                                                        "postgres", "load",    "other"};
/// Processor seconds by part.
using CpuTimes = std::array<double, kParts.size()>;
inline CpuTimes operator-(CpuTimes a, const CpuTimes& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

class Machine {
 public:
  /// `instance` is the folder of scripts/run, `extra_nginx` the process id of another nginx.
  Machine(std::filesystem::path instance, pid_t extra_nginx)
      : instance_(std::move(instance)), extra_nginx_(extra_nginx) {}

  [[nodiscard]] CpuTimes cpu() const;
  [[nodiscard]] std::vector<pid_t> processes(Part part) const;
  /// Proportional set size in MiB; nothing if it may not be read: that of a worker needs root.
  [[nodiscard]] std::optional<double> memory(Part part) const;
  [[nodiscard]] std::optional<int> descriptors(Part part) const;

 private:
  struct Process {
    pid_t id;
    pid_t parent;
    std::string name;
    double cpu;
  };
  [[nodiscard]] std::vector<std::pair<Process, Part>> parts() const;

  std::filesystem::path instance_;
  pid_t extra_nginx_;
};

}  // namespace taskward::bench
