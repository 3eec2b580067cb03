#include "dev_database.hpp"

#include <signal.h>

#include <filesystem>
#include <fstream>

namespace taskward::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kData = "pg/data";
constexpr const char* kPidFile = "pg/data/postmaster.pid";
constexpr const char* kLog = "log/postgres.log";
constexpr seconds kBetweenStarts{5};

/// pg_ctl with the settings of this cluster, written by lib/instance.
Command pg_ctl(std::vector<std::string> words) {
  words.insert(words.begin(), (fs::current_path() / "bin/pg_ctl").string());
  return {.words = std::move(words), .log = "log/pg_ctl.log", .keeps_log = false};
}

bool is_running() {
  const auto process = pid_in_file(kPidFile);
  return process && works_in(*process, kData);
}

/// Runs psql as the superuser. PGHOST and PGPORT are in the environment.
int psql(std::vector<std::string> words, const std::string& log, const StopSignal& stop) {
  words.insert(words.begin(), {"psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d"});
  return run({.words = std::move(words), .log = log}, stop);
}

}  // namespace

void start_database(const StopSignal& stop) {
  const std::uintmax_t offset = size_of(kLog);
  // After a crash its process id may belong to another process, which PostgreSQL would take for a server.
  if (processes(kData, "postgres").empty()) fs::remove(kPidFile);
  if (run(pg_ctl({"-w", "-t", "120", "start"}), stop) != 0)
    throw Failure("PostgreSQL did not start", kLog, offset);
}

void prepare_database(const StopSignal& stop) {
  const std::string log = "log/database.log";
  const std::string found = "run/database-found";
  fs::remove(log);
  fs::remove(found);
  const auto require = [&log](int status) {
    if (status != 0) throw Failure("the database could not be prepared", log);
  };
  require(
      psql({"postgres", "-c", "SELECT datname FROM pg_database WHERE datname = 'taskward'"}, found, stop));
  if (size_of(found) == 0) require(psql({"postgres", "-c", "CREATE DATABASE taskward"}, log, stop));
  require(psql({"taskward", "-f", "sql/roles.sql"}, log, stop));
  require(psql({"postgres", "-c", "ALTER DATABASE taskward OWNER TO taskward_owner"}, log, stop));
}

void stop_database() {
  if (is_running()) run(pg_ctl({"-m", "fast", "-w", "-t", "30", "stop"}));
  end_processes(SIGINT, seconds(5), kData, "postgres");
}

void DatabaseWatch::look() {
  if (is_running()) {
    if (state_ != State::running) say("PostgreSQL is running again");
    state_ = State::running;
  } else if (!fs::exists(kPidFile)) {
    if (state_ != State::stopped) say("PostgreSQL was stopped; it stays stopped until: --exec pg_ctl start");
    state_ = State::stopped;
  } else if (steady_clock::now() >= next_start_ && processes(kData, "postgres").empty()) {
    say(std::string("PostgreSQL ended unexpectedly; restarting it (") + kLog + ")");
    state_ = State::crashed;
    next_start_ = steady_clock::now() + kBetweenStarts;
    // Without waiting: recovery may take long, and the workers need supervision meanwhile.
    run(pg_ctl({"-W", "start"}));
  }
}

}  // namespace taskward::dev
