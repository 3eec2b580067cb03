// Measures a running instance for scripts/bench, which passes NAME=VALUE for each of its options and for what
// it started. Exits with 0 if there were no errors and all goals were met.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <future>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

#include "instance.hpp"
#include "report.hpp"

namespace taskward::bench {
namespace {

using std::chrono::seconds;

constexpr double kMostByOthers = 0.1;
/// As many as the workers have by default.
constexpr int kDatabaseConnections = 8;
/// Of the measurements with and without a disturbance.
constexpr int kLeastRounds = 3;

/// Processes that stand still for as long as it exists.
class Stopped {
 public:
  explicit Stopped(std::vector<pid_t> processes) : processes_(std::move(processes)) { send(SIGSTOP); }
  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;
  ~Stopped() { send(SIGCONT); }

 private:
  void send(int signal) const {
    for (const pid_t process : processes_) ::kill(process, signal);
  }

  std::vector<pid_t> processes_;
};

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)), instance_(options_) {}

  int run() {
    const std::time_t now = std::time(nullptr);
    report_.run = {{"date", std::string(std::ctime(&now), 24)}, {"processors", std::to_string(processors_)}};
    for (const char* name : {"users", "tasks", "seconds", "connections", "rounds"})
      report_.run.emplace_back(name, options_.at(name));
    const std::vector<std::pair<const char*, void (Bench::*)()>> parts{{"growth", &Bench::growth},
                                                                       {"scenarios", &Bench::scenario_table},
                                                                       {"large-owner", &Bench::large_owner},
                                                                       {"sealing", &Bench::sealing},
                                                                       {"soak", &Bench::soak},
                                                                       {"flood", &Bench::flood}};
    for (const auto& [name, part] : parts) {
      if ((' ' + options_.at("parts") + ' ').find(std::string(" ") + name + ' ') == std::string::npos)
        continue;
      if (part != &Bench::growth) instance_.seed(number("users"), number("tasks") / number("users"));
      say(name);
      workers_ = instance_.machine.processes(Part::workers);
      (this->*part)();
      if (workers_ != instance_.machine.processes(Part::workers))
        report_.errors.push_back(std::string(name) + ": a worker ended");
      note_log_errors();
    }
    finish();
    std::cout << report_.text();
    write("json", report_.json());
    write("svg", report_.svg());
    return report_.is_good() ? 0 : 1;
  }

 private:
  [[nodiscard]] int number(const std::string& name) const { return std::stoi(options_.at(name)); }
  [[nodiscard]] int rounds() const { return std::max(kLeastRounds, number("rounds")); }

  void write(const char* option, const std::string& content) const {
    const std::string& file = options_.at(option);
    if (file.empty()) return;
    std::ofstream out(file);
    if (!(out << content << std::flush)) throw std::runtime_error(file + ": cannot be written");
  }

  void finish() {
    report_.numbers.emplace_back("bytes a task, with indexes", instance_.bytes_per_task());
    for (const Part part : {Part::nginx, Part::workers, Part::background, Part::postgres}) {
      if (const auto memory = instance_.machine.memory(part))
        report_.numbers.emplace_back("PSS in MiB: " + std::string(kParts[static_cast<std::size_t>(part)]),
                                     *memory);
    }
    if (disturbed_ > 0)
      report_.warnings.push_back("other processes used up to " + fixed(100 * most_by_others_, 0) +
                                 " % of the processors, and more than " + fixed(100 * kMostByOthers, 0) +
                                 " % in " + std::to_string(disturbed_) +
                                 " measurements: the numbers do not count");
  }

  // ---------------------------------------------------------------- measurements

  void note_log_errors() {
    for (const std::string& line : instance_.new_errors())
      if (report_.errors.size() < 20) report_.errors.push_back(line);
  }

  Result checked(Result one) {
    if (one.refused + one.broken > 0 || one.requests == 0)
      report_.errors.push_back(one.name + ": " + fixed(one.requests, 0) + " requests, " +
                               fixed(one.refused, 0) + " refused, " + fixed(one.broken, 0) +
                               " without a response");
    const double others = one.cores[static_cast<std::size_t>(Part::other)] / processors_;
    if (others > kMostByOthers) ++disturbed_;
    most_by_others_ = std::max(most_by_others_, others);
    return one;
  }

  Result loaded(const Load& load) { return checked(run_load(load, instance_.scratch)); }

  Load load(const Scenario& what, int connections, int duration) {
    Load load{.name = std::string(what.name),
              .url = instance_.url,
              .lines = {},
              .connections = std::min(connections, what.connections),
              .seconds = duration};
    if (what.name == "refresh") {
      instance_.sign_in();
      for (const Session& session : instance_.sessions) load.refresh_tokens.push_back(session.refresh_token);
      load.lines.push_back(what.request({}, random_));
      return load;
    }
    for (std::size_t size = 0; load.lines.size() < 20'000 && size < 8'000'000;
         size += load.lines.back().size())
      load.lines.push_back(what.request(pick(instance_.sessions, random_), random_));
    return load;
  }

  void settle() {
    if (!instance_.settle()) report_.warnings.emplace_back("records were not sealed within a minute");
  }

  Result measured(const Load& load) {
    Database database = instance_.database();
    return checked(measure(load, instance_.scratch, instance_.machine, database));
  }

  Result measured(std::string_view name, int connections, int duration) {
    settle();
    // Warms up; for refreshes by reads, because a refresh token is used once. Opening 100 connections takes
    // part of a second.
    loaded(load(scenario(name == "refresh" ? "read" : name), connections, 1 + connections / 200));
    return measured(load(scenario(name), connections, std::max(duration, connections / 100)));
  }

  double nginx_rate(int duration) {
    return loaded({.name = "nginx alone",
                   .url = options_.at("nginx_url"),
                   .lines = {line("GET", "/", "")},
                   .connections = number("connections"),
                   .seconds = duration})
        .rate;
  }

  // ---------------------------------------------------------------- parts

  void scenario_table() {
    instance_.copy_tables();
    const int short_time = std::max(1, number("seconds") / 2);
    std::istringstream names(options_.at("scenarios"));
    for (std::string name; names >> name;) {
      say(name);
      std::vector<Result> results;
      for (int round = 0; round < number("rounds"); ++round) {
        Result one = measured(name, number("connections"), number("seconds"));
        one.nginx = nginx_rate(short_time);
        const auto minimal = [&](int duration) {
          return minimal_rate(instance_.conninfo, scenario(name), instance_.sessions, kDatabaseConnections,
                              duration);
        };
        static_cast<void>(minimal(1));  // reads its pages
        one.minimal = minimal(short_time);
        results.push_back(one);
      }
      // The round with the median of what counts.
      std::sort(results.begin(), results.end(),
                [](const Result& a, const Result& b) { return a.rate / a.ceiling() < b.rate / b.ceiling(); });
      report_.scenarios.push_back(results[results.size() / 2]);
    }
  }

  void large_owner() {
    const Session owner = instance_.create_owner(50'000);
    const auto page = instance_.client().get("/tasks?limit=20&offset=40000", owner.access_token).json();
    const std::string cursor = "cursor=" + page["next_cursor"].text();
    std::vector<std::string> queries{
        cursor,      "status=todo",        "tag=work",  "tag=work&status=todo,done&sort=-priority",
        "q=invoice", "q=invoice+customer", "count=true"};
    for (const char* key : {"created_at", "updated_at", "due_at", "priority", "title"})
      for (const char* direction : {"", "-"}) queries.push_back(std::string("sort=") + direction + key);
    for (const std::string& query : queries) {
      Load load{.name = query == cursor ? "page 2001 by its cursor" : query,
                .url = instance_.url,
                .lines = {line("GET", "/tasks?limit=20&" + query, owner.access_token)}};
      loaded(load);
      load.seconds = 2;
      report_.owner.push_back(measured(load));
    }
    const auto slowest = std::max_element(report_.owner.begin(), report_.owner.end(),
                                          [](const Result& a, const Result& b) { return a.p50 < b.p50; });
    report_.goals.push_back(
        {"owner of 50 000 tasks: p50 in ms of the slowest, " + slowest->name, slowest->p50, 50});
  }

  void growth() {
    const int most = number("tasks");
    std::set<int> sizes{most};
    for (const int size : {10'000, 100'000, 1'000'000})
      if (size < most) sizes.insert(size);
    for (const int size : sizes) {
      const double users = static_cast<double>(number("users")) * size / most;
      instance_.seed(std::max(1, static_cast<int>(users)), most / number("users"));
      for (const char* name : {"read", "list", "search", "create", "update", "mixed"}) {
        Result one = measured(name, number("connections"), number("seconds"));
        one.nginx = nginx_rate(1);
        one.size = size;
        report_.growth.push_back(one);
      }
    }
    for (const int connections : {1, 10, 100, 1000}) {
      report_.connections.push_back(measured("mixed", connections, number("seconds")));
      report_.connections.back().size = connections;
    }
  }

  /// The background process, which seals, is stopped in every second measurement.
  void sealing() {
    std::vector<double> costs;
    for (int round = 0; round < rounds(); ++round) {
      const Result with = measured("create", number("connections"), std::max(6, number("seconds")));
      settle();
      Load creations = load(scenario("create"), number("connections"), std::max(6, number("seconds")));
      creations.name = "create without sealing";
      const Result without = [&] {
        const Stopped background(instance_.machine.processes(Part::background));
        return run_load(creations, instance_.scratch);
      }();
      costs.push_back(1 - with.rate / checked(without).rate);
    }
    report_.goals.push_back({"sealing: share of the rate of creations", median(costs), 0.15});
  }

  /// 32 logins at once, at the usual cost of passwords.
  void flood() {
    std::ofstream(instance_.scratch / "taskward.conf") << "BCRYPT_COST = 12\n";
    if (!instance_.command({"--restart"})) throw std::runtime_error("the service could not be restarted");
    workers_ = instance_.machine.processes(Part::workers);
    instance_.register_user("flood");
    instance_.database().query(
        "update taskward.users u set password_hash = f.password_hash from taskward.users f"
        " where f.username = 'flood' and u.username like 'user%'");
    Load logins{.name = "login",
                .url = instance_.url,
                .lines = {},
                .connections = 32,
                .seconds = number("seconds") + 2,
                .counts_statuses = true};
    for (std::size_t i = 0; i < instance_.sessions.size(); ++i)
      logins.lines.push_back(
          line("POST", "/auth/login", "", Instance::credentials("user" + std::to_string(i))));
    const Load reads = load(scenario("read"), number("connections"), number("seconds"));
    std::vector<double> rates;
    std::vector<double> latencies;
    std::vector<double> logins_done;
    for (int round = 0; round < rounds(); ++round) {
      const Result quiet = measured(reads);
      auto logging_in = std::async(std::launch::async, run_load, logins, instance_.scratch);
      std::this_thread::sleep_for(seconds(1));
      const Result flooded = loaded(reads);
      Result flooding = logging_in.get();
      rates.push_back(flooded.rate / quiet.rate);
      latencies.push_back(flooded.p99 / quiet.p99);
      logins_done.push_back(flooding.statuses[200] / logins.seconds);
      flooding.refused -= flooding.statuses[503];  // all slots for hashing were taken
      checked(flooding);
    }
    report_.numbers.emplace_back("logins/s in the flood", median(logins_done));
    report_.goals.push_back({"flood of 32 logins: rate of reads", median(rates), 0.9, false});
    report_.goals.push_back({"flood of 32 logins: p99 of reads", median(latencies), 1.5});
  }

  // ---------------------------------------------------------------- soak

  struct Fault {
    const char* name;
    std::set<int> statuses;            ///< that are accepted
    std::vector<std::string> command;  ///< of scripts/run
  };

  /// What must not grow, at rest.
  std::map<std::string, double> state() {
    std::this_thread::sleep_for(seconds(5));  // until nginx has closed its idle connections to the workers
    std::map<std::string, double> found;
    for (const Part part : {Part::workers, Part::background}) {
      const std::string name(kParts[static_cast<std::size_t>(part)]);
      // Those of the workers can be read by root only.
      if (const auto memory = instance_.machine.memory(part)) found["PSS in MiB of " + name] = *memory;
      if (const auto open = instance_.machine.descriptors(part)) found["descriptors of " + name] = *open;
    }
    Database database = instance_.database();
    for (const std::string table : {"tasks", "sessions", "task_room", "users"}) {
      database.query("analyze taskward." + table);
      // More than a fifth of the table would be removed by autovacuum.
      found["dead rows in 1000 of " + table] = database.number(
          "select 1000.0 * pg_stat_get_dead_tuples(c.oid) / greatest(c.reltuples, 1000) from"
          " pg_class c where c.oid = 'taskward." +
          table + "'::regclass");
    }
    return found;
  }

  void soak() {
    const std::vector<Fault> faults{
        {"nothing", {}, {}},
        {"restart of the service", {}, {"--restart"}},
        {"a worker killed", {502, 503}, {}},
        {"database connections ended",
         {503},
         {"--exec", "psql", "-XqU", "postgres", "-c",
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'taskward'"}},
        {"PostgreSQL restarted", {503}, {"--exec", "pg_ctl", "-m", "fast", "restart"}},
        {"PostgreSQL crashed", {503}, {"--exec", "pg_ctl", "-m", "immediate", "restart"}}};
    constexpr int kSegment = 15;
    std::map<std::string, double> baseline;
    const auto count = [this] { return instance_.database().number("select count(*) from taskward.tasks"); };
    double created = -count();
    double acknowledged = 0;
    for (int segment = 0; segment < number("soak") * 60 / kSegment; ++segment) {
      if (segment == 60 / kSegment) baseline = state();
      const Fault& fault = faults[baseline.empty() ? 0 : static_cast<std::size_t>(segment) % faults.size()];
      const Result one = soak_segment(fault, kSegment);
      for (const auto& [status, times] : one.statuses) {
        if (status == 201) acknowledged += times;
        if (status >= 400 && !fault.statuses.contains(status))
          report_.errors.push_back("soak, " + one.name + ": " + fixed(times, 0) + " responses " +
                                   std::to_string(status));
      }
      if (one.broken > 0)
        report_.errors.push_back("soak, " + one.name + ": " + fixed(one.broken, 0) + " without a response");
      if (!fault.statuses.empty())
        static_cast<void>(instance_.new_errors());
      else
        note_log_errors();
      report_.soak.push_back(one);
    }
    created += count();
    report_.goals.push_back(
        {"soak: acknowledged tasks that were lost", std::max(0.0, acknowledged - created), 0});
    for (const auto& [name, value] : state())
      report_.goals.push_back(
          {"soak: " + name, value, baseline[name] * 1.1 + (name.starts_with("dead") ? 200 : 8)});
    workers_ = instance_.machine.processes(Part::workers);
  }

  Result soak_segment(const Fault& fault, int duration) {
    // Right after a fault the service may need some time.
    const bool is_back = wait_for(seconds(60), [this] {
      try {
        instance_.sign_in();
        return true;
      } catch (const std::exception&) {
        return false;
      }
    });
    if (!is_back) throw std::runtime_error("soak: the service did not recover within a minute");
    Load mixed = load(scenario("mixed"), number("connections"), duration);
    mixed.name = fault.name;
    for (std::size_t i = 0; i < mixed.lines.size(); i += 25)
      mixed.lines[i] = scenario("refresh").request({}, random_);
    for (const Session& session : instance_.sessions) mixed.refresh_tokens.push_back(session.refresh_token);
    auto running = std::async(std::launch::async, run_load, mixed, instance_.scratch);
    std::this_thread::sleep_for(seconds(duration / 3));
    if (!fault.command.empty()) {
      if (!instance_.command(fault.command))
        report_.errors.push_back(std::string("soak, ") + fault.name + ": failed");
    } else if (!fault.statuses.empty()) {
      ::kill(instance_.machine.processes(Part::workers).at(0), SIGKILL);
    }
    return running.get();
  }

  Options options_;
  Instance instance_;
  int processors_ = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  Report report_;
  std::vector<pid_t> workers_;
  int disturbed_ = 0;
  double most_by_others_ = 0;
  Random random_{7};
};

}  // namespace
}  // namespace taskward::bench

int main(int argc, char** argv) {
  try {
    taskward::bench::Options options;
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      const auto equals = word.find('=');
      options[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return taskward::bench::Bench(std::move(options)).run();
  } catch (const std::exception& fault) {
    std::cerr << "bench: " << fault.what() << '\n';
    return 1;
  }
}
