#include "machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

#include "tests/support/files.hpp"

namespace taskward::bench {
namespace {

namespace fs = std::filesystem;

double ticks(double count) { return count / static_cast<double>(::sysconf(_SC_CLK_TCK)); }

pid_t number_in(const fs::path& file) {
  pid_t number = 0;
  std::ifstream(file) >> number;
  return number;
}

}  // namespace

std::vector<std::pair<Machine::Process, Part>> Machine::parts() const {
  std::map<pid_t, Process> all;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string id = entry.path().filename();
    if (id.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = test::read_file(entry.path() / "stat");
    const auto open = stat.find('(');
    const auto close = stat.rfind(')');
    if (close == std::string::npos) continue;  // it has ended
    std::istringstream rest(stat.substr(close + 2));
    std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
    // With the children that have ended: utime, stime, cutime, cstime.
    double sum = 0;
    for (std::size_t i = 11; i < 15; ++i) sum += std::stod(fields.at(i));
    const pid_t process = std::stoi(id);
    all[process] = {process, std::stoi(fields.at(1)), stat.substr(open + 1, close - open - 1), ticks(sum)};
  }
  const pid_t supervisor = number_in(instance_ / "pids/supervisor.pid");
  const pid_t postmaster = number_in(instance_ / "pg/data/postmaster.pid");
  std::vector<std::pair<Process, Part>> found;
  for (const auto& [id, process] : all) {
    pid_t root = id;
    while (root != supervisor && root != postmaster && root != extra_nginx_ && all.contains(root))
      root = all[root].parent;
    if (!all.contains(root)) continue;
    Part part = Part::load;  // the supervisor
    if (root == postmaster)
      part = Part::postgres;
    else if (process.name == "nginx")
      part = Part::nginx;
    else if (process.name.starts_with("taskward-worker"))
      part = Part::workers;
    else if (process.name.starts_with("taskward-backg"))
      part = Part::background;
    found.emplace_back(process, part);
  }
  return found;
}

CpuTimes Machine::cpu() const {
  std::ifstream stat("/proc/stat");
  std::string word;
  stat >> word;
  double busy = 0;
  for (int i = 0; i < 8; ++i) {
    double value = 0;
    stat >> value;
    if (i != 3 && i != 4) busy += ticks(value);  // neither idle nor waiting for a disk
  }
  CpuTimes times{};
  for (const auto& [process, part] : parts()) times.at(static_cast<std::size_t>(part)) += process.cpu;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime})
      times.at(static_cast<std::size_t>(Part::load)) +=
          static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  }
  double ours = 0;
  for (const double time : times) ours += time;
  times.at(static_cast<std::size_t>(Part::other)) = busy - ours;
  return times;
}

std::vector<pid_t> Machine::processes(Part part) const {
  std::vector<pid_t> ids;
  for (const auto& [process, its] : parts())
    if (its == part) ids.push_back(process.id);
  return ids;
}

std::optional<double> Machine::memory(Part part) const {
  double sum = 0;
  for (const pid_t id : processes(part)) {
    std::ifstream rollup("/proc/" + std::to_string(id) + "/smaps_rollup");
    std::string word;
    while (rollup >> word && word != "Pss:") {
    }
    double kib = 0;
    if (!(rollup >> kib)) {
      if (!fs::exists("/proc/" + std::to_string(id))) continue;  // it has ended
      return std::nullopt;
    }
    sum += kib / 1024;
  }
  return sum;
}

std::optional<int> Machine::descriptors(Part part) const {
  int sum = 0;
  for (const pid_t id : processes(part)) {
    std::error_code fault;
    for (fs::directory_iterator entry("/proc/" + std::to_string(id) + "/fd", fault), end; entry != end;
         ++entry)
      ++sum;
    if (fault) return std::nullopt;
  }
  return sum;
}

}  // namespace taskward::bench
