#include "dev_workers.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "exit_codes.hpp"
#include "listening_socket.hpp"

namespace taskward::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr const char* kBackground = "background";
constexpr Milliseconds kPoll{50};
/// A worker that ran for this long starts the back-off over.
constexpr seconds kStable{30};
constexpr int kMostFailures = 5;
/// Above the inherited descriptors and the lock.
constexpr int kLowestDescriptor = 16;

seconds delay_after(int failures) {
  return failures == 0 ? seconds(0) : std::min(seconds(1 << (failures - 1)), seconds(10));
}

}  // namespace

Milliseconds start_timeout() {
  const char* text = std::getenv("START_TIMEOUT");
  const int given = text == nullptr ? 0 : std::atoi(text);
  return seconds(given > 0 ? given : 60);
}

std::string Workers::Worker::log() const {
  return "log/" + (name == kBackground ? name : "worker-" + name) + ".log";
}
std::string Workers::Worker::pid_file() const {
  return "pids/" + (name == kBackground ? name : "worker-" + name) + ".pid";
}
std::string Workers::Worker::ready_file() const { return "run/" + name + ".ready"; }

Workers::Workers(const WorkerCounts& counts, Milliseconds drain) : counts_(counts), drain_(drain) {
  // Relative paths: the path of a socket is limited to 107 bytes.
  for (const char* path : {"run/api.sock", "run/auth.sock"})
    sockets_.push_back(programs::listening_socket(path, kLowestDescriptor));
  for (int i = 1; i <= counts.api; ++i) workers_.push_back({"api-" + std::to_string(i)});
  for (int i = 1; i <= counts.auth; ++i) workers_.push_back({"auth-" + std::to_string(i)});
  workers_.push_back({kBackground});
}

void Workers::start_one(Worker& worker) const {
  fs::remove(worker.ready_file());
  const std::string bin = (fs::current_path() / "bin").string();
  Command command;
  command.log = worker.log();
  // Only the migration may use the owner's role, and only the background process the mail server's password.
  command.removed = {"DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"};
  if (worker.name == kBackground) {
    command.words = {bin + "/taskward-background"};
  } else {
    const std::string pool = worker.name.substr(0, worker.name.find('-'));
    command.words = {bin + "/taskward-worker", "--pool", pool};
    command.removed.insert(command.removed.end(), {"MAIL_PASSWORD", "MAIL_PASSWORD_FILE"});
    command.sockets = sockets_;
    command.socket_names = "api:auth";
    // As the unit's CPUSchedulingPolicy=.
    command.is_batch = true;
    // Hashing passwords uses the processor time that is left.
    if (pool == "auth") {
      command.settings = {{"THREADS", counts_.auth_threads}};
      command.niceness = 12;
    }
  }
  command.words.insert(command.words.end(), {"--ready-file", fs::absolute(worker.ready_file()).string()});
  worker.log_offset = size_of(worker.log());
  worker.process = dev::start(command);
  worker.started = Clock::now();
  std::ofstream(worker.pid_file()) << worker.process << '\n';
}

bool Workers::await(Worker& worker, const StopSignal& stop) {
  const auto deadline = Clock::now() + start_timeout();
  while (!fs::exists(worker.ready_file())) {
    if (exit_status(worker.process)) {
      worker.process = 0;
      return false;
    }
    if (stop.came(static_cast<int>(kPoll.count()))) throw Stopped();
    if (Clock::now() >= deadline) return false;
  }
  return true;
}

void Workers::start(const StopSignal& stop) {
  for (Worker& worker : workers_) start_one(worker);
  for (Worker& worker : workers_) {
    if (!await(worker, stop))
      throw Failure("worker " + worker.name + " did not start", worker.log(), worker.log_offset);
  }
}

void Workers::check_started() {
  for (Worker& worker : workers_) {
    if (!exit_status(worker.process)) continue;
    worker.process = 0;
    throw Failure("worker " + worker.name + " ended while starting", worker.log(), worker.log_offset);
  }
}

void Workers::note_end(Worker& worker, int status) {
  fs::remove(worker.pid_file());
  worker.process = 0;
  if (status == programs::kBadSettings)
    throw Failure("worker " + worker.name + " rejects its settings", worker.log(), worker.log_offset);
  if (Clock::now() - worker.started >= kStable) worker.failures = 0;
  const seconds delay = delay_after(worker.failures);
  worker.failures = std::min(worker.failures + 1, kMostFailures);
  worker.next_start = Clock::now() + delay;
  say("worker " + worker.name + " ended with status " + std::to_string(status) + "; restarting it in " +
      std::to_string(delay.count()) + " s (" + worker.log() + ")");
}

void Workers::watch() {
  for (Worker& worker : workers_) {
    if (worker.process != 0) {
      if (const auto status = exit_status(worker.process)) note_end(worker, *status);
    }
    if (worker.process == 0 && Clock::now() >= worker.next_start) start_one(worker);
  }
}

bool Workers::replace_one(Worker& worker, const StopSignal& stop, std::vector<pid_t>& replaced) const {
  const pid_t old = worker.process;
  start_one(worker);
  if (await(worker, stop)) {
    if (old != 0) {
      ::kill(old, SIGTERM);
      replaced.push_back(old);
    }
    return true;
  }
  say("the replacement of worker " + worker.name + " did not become ready; the old one is kept (" +
      worker.log() + ")");
  if (worker.process != 0) {
    ::kill(worker.process, SIGKILL);
    while (!exit_status(worker.process)) std::this_thread::sleep_for(kPoll);
  }
  worker.process = old;
  if (old != 0) std::ofstream(worker.pid_file()) << old << '\n';
  return false;
}

bool Workers::replace(const StopSignal& stop) {
  std::vector<pid_t> replaced;
  const bool done = std::all_of(workers_.begin(), workers_.end(),
                                [&](Worker& worker) { return replace_one(worker, stop, replaced); });
  const auto deadline = Clock::now() + drain_;
  for (const pid_t process : replaced) {
    while (!exit_status(process)) {
      if (Clock::now() >= deadline) {
        say("the old worker (process " + std::to_string(process) + ") did not end; killing it");
        ::kill(process, SIGKILL);
      }
      std::this_thread::sleep_for(kPoll);
    }
  }
  return done;
}

}  // namespace taskward::dev
