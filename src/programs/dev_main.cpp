// taskward-dev: runs the product from a clone, for scripts/run. It is copied to DIR/bin and is not installed.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "dev_server.hpp"
#include "exit_codes.hpp"

namespace {

using namespace taskward;
namespace fs = std::filesystem;
using dev::say;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kPidFile = "pids/supervisor.pid";
constexpr const char* kLog = "log/supervisor.log";
/// Inherited from scripts/run, which holds the lock from before it replaces the programs.
constexpr int kLockDescriptor = 9;
constexpr seconds kStopLimit{180};
/// Until a start that holds the lock has written its process id.
constexpr seconds kPidLimit{60};

constexpr std::array kFlags{
    config::Flag{"port", "N", "run: port of the HTTPS address; 0 for any free one."},
    config::Flag{"own-database", "", "run: PostgreSQL runs in DIR."},
    config::Flag{"detach", "", "run: return when the product answers."},
    config::Flag{"run-command", "TEXT", "run: how scripts/run is invoked for DIR."},
};

std::string dir() { return fs::current_path().string(); }

dev::ServerOptions options_of(const config::CommandLine& line) {
  dev::ServerOptions options;
  const std::string port = line.value("port").value_or("8443");
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (fault != std::errc() || end != port.data() + port.size() || options.port < 0 || options.port > 65'535)
    throw config::BadCommandLine("--port: '" + port + "' is not a port");
  options.has_own_database = line.has("own-database");
  options.is_detached = line.has("detach");
  options.run_command = line.value("run-command").value_or("scripts/run");
  return options;
}

/// The lock of DIR. It is free only when the supervisor has ended everything it started.
class Lock {
 public:
  Lock() : descriptor_(::open("lock", O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error(dir() + "/lock: cannot be opened: " + std::strerror(errno));
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { ::close(descriptor_); }
  [[nodiscard]] bool take() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }
  [[nodiscard]] bool take_within(seconds limit) const {
    const auto deadline = steady_clock::now() + limit;
    while (!take()) {
      if (steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(dev::Milliseconds(50));
    }
    return true;
  }

 private:
  int descriptor_;
};

/// Ends everything and removes what a start does not need.
void clean_up(dev::Milliseconds drain = dev::drain_limit(seconds(30))) {
  dev::end_everything(drain);
  dev::remove_socket_folder();
}

// ---------------------------------------------------------------- run

/// Ends everything however the supervision ends.
int supervise(const dev::ServerOptions& options, const dev::StopSignal& stop,
              const std::function<void(const std::string&)>& announce,
              const std::function<void(const std::string&)>& report) {
  std::ofstream(kPidFile) << ::getpid() << '\n';
  dev::Milliseconds drain = dev::drain_limit(seconds(30));
  int status = programs::kSuccess;
  try {
    dev::end_everything(drain);
    std::ofstream(kPidFile) << ::getpid() << '\n';
    const config::Loaded loaded = config::load(config::sources_of_process(""));
    drain = dev::drain_limit(loaded.settings.drain_timeout);
    dev::serve(options, loaded, stop, announce);
  } catch (const dev::Stopped&) {
    report("stopped while starting");
    status = programs::kFault;
  } catch (const std::exception& fault) {
    report(fault.what());
    status = programs::kFault;
  }
  clean_up(drain);
  return status;
}

/// The supervisor in a session of its own; `channel` receives the message for the caller: '+' and the
/// announcement, or '-' and the reason of the failure.
int supervise_detached(const dev::ServerOptions& options, const dev::StopSignal& stop, int channel) {
  ::setsid();
  const int log = ::open(kLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (log < 0 || null < 0)
    throw std::runtime_error(std::string(kLog) + ": cannot be opened: " + std::strerror(errno));
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  const auto tell = [&channel](char kind, const std::string& text) {
    if (channel < 0) return;
    const std::string message = kind + text;
    if (::write(channel, message.data(), message.size()) < 0) say("the caller has ended");
    ::close(channel);
    channel = -1;
  };
  return supervise(
      options, stop, [&](const std::string& text) { tell('+', text); },
      [&](const std::string& text) {
        say(text);
        tell('-', text);
      });
}

/// Waits until the detached supervisor has said how the start went.
int await_supervisor(pid_t supervisor, int channel, const dev::StopSignal& stop) {
  std::string message;
  bool is_stopped = false;
  for (;;) {
    std::array<pollfd, 2> events{{{channel, POLLIN, 0}, {is_stopped ? -1 : stop.descriptor(), POLLIN, 0}}};
    ::poll(events.data(), events.size(), -1);
    if (events[1].revents != 0) {
      is_stopped = true;
      ::kill(supervisor, SIGTERM);
    }
    if (events[0].revents == 0) continue;
    std::array<char, 4096> part{};
    const ssize_t size = ::read(channel, part.data(), part.size());
    if (size <= 0) break;
    message.append(part.data(), static_cast<std::size_t>(size));
  }
  if (message.starts_with('+') && !is_stopped) {
    std::cout << message.substr(1) << std::flush;
    return programs::kSuccess;
  }
  ::waitpid(supervisor, nullptr, 0);
  say(message.size() > 1 ? message.substr(1) : "the supervisor ended; see " + fs::absolute(kLog).string());
  return programs::kFault;
}

int run_command(std::span<const std::string> words) {
  const dev::ServerOptions options = options_of(config::read_command_line(words, kFlags));
  if (::fcntl(kLockDescriptor, F_SETFD, FD_CLOEXEC) != 0)
    throw config::BadCommandLine("run is for scripts/run, which holds the lock of DIR");
  // The caller's other descriptors: a detached supervisor must not keep its pipes open.
  static_cast<void>(::close_range(STDERR_FILENO + 1, kLockDescriptor - 1, 0));
  static_cast<void>(::close_range(kLockDescriptor + 1, ~0U, 0));
  const dev::StopSignal stop{SIGTERM, SIGINT, SIGHUP};
  if (!options.is_detached) {
    return supervise(
        options, stop, [](const std::string& text) { std::cout << text << std::flush; }, say);
  }
  std::array<int, 2> channel{};
  if (::pipe2(channel.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    ::close(channel[0]);
    return supervise_detached(options, stop, channel[1]);
  }
  ::close(channel[1]);
  return await_supervisor(child, channel[0], stop);
}

// ---------------------------------------------------------------- stop, sweep, restart, exec

/// What a killed supervisor left behind is ended as well.
int stop_command() {
  const Lock lock;
  if (lock.take()) {
    clean_up();
    say("nothing runs in " + dir());
    return programs::kSuccess;
  }
  const auto deadline = steady_clock::now() + kPidLimit;
  std::optional<pid_t> supervisor;
  bool is_free = false;
  // The file may be stale, and its process id used by another process.
  while (!(supervisor = dev::pid_in_file(kPidFile)) || !dev::works_in(*supervisor, ".")) {
    if ((is_free = lock.take())) break;
    if (steady_clock::now() >= deadline)
      throw std::runtime_error("a start in " + dir() + " did not get far enough to be stopped; try again");
    std::this_thread::sleep_for(dev::Milliseconds(50));
  }
  if (!is_free) {
    ::kill(*supervisor, SIGTERM);
    if (!lock.take_within(kStopLimit)) {
      say("the supervisor (process " + std::to_string(*supervisor) + ") did not end; killing it");
      ::kill(*supervisor, SIGKILL);
      if (!lock.take_within(seconds(10)))
        throw std::runtime_error("another process holds the lock of " + dir());
    }
  }
  clean_up();
  say("stopped what ran in " + dir());
  return programs::kSuccess;
}

int sweep_command() {
  const Lock lock;
  if (lock.take()) clean_up();
  return programs::kSuccess;
}

[[noreturn]] void execute(std::span<const std::string> words) {
  std::vector<std::string> copy(words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : copy) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  say(copy.front() + ": cannot be executed: " + std::strerror(errno));
  ::_exit(errno == ENOENT ? 127 : 126);
}

/// Without a terminal on standard input the command gets a session of its own, so that it cannot write into
/// the caller's terminal. A signal that stops this process terminates it.
int exec_command(std::span<const std::string> words) {
  if (words.empty()) throw config::BadCommandLine("exec needs a command");
  if (::isatty(STDIN_FILENO) == 1) execute(words);
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGCHLD}) ::sigaction(signal, &action, nullptr);
  sigset_t signals;
  sigset_t before;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    ::setsid();
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    execute(words);
  }
  for (;;) {
    const int signal = ::sigwaitinfo(&signals, nullptr);
    if (signal == SIGCHLD) {
      if (const auto status = dev::exit_status(child)) return *status;
    } else if (signal > 0 && ::kill(-child, SIGTERM) != 0) {
      ::kill(child, SIGTERM);
    }
  }
}

int run(const std::vector<std::string>& words) {
  const std::string what = words.empty() ? "" : words.front();
  const std::span<const std::string> rest = std::span(words).subspan(words.empty() ? 0 : 1);
  if (what == "exec") return exec_command(rest);
  // This program is DIR/bin/taskward-dev. Relative paths keep sockets within the 107 bytes of sun_path.
  fs::current_path(fs::read_symlink("/proc/self/exe").parent_path().parent_path());
  if (what == "run") return run_command(rest);
  if (!rest.empty()) throw config::BadCommandLine("'" + rest.front() + "' is unexpected");
  if (what == "stop") return stop_command();
  if (what == "restart") return dev::request_restart();
  if (what == "sweep") return sweep_command();
  if (what == "--help") {
    std::cout << "Usage: taskward-dev run OPTION… | stop | restart | sweep | exec COMMAND [ARGUMENT…]\n"
                 "Supervises the product in a folder; for scripts/run.\n";
    return programs::kSuccess;
  }
  throw config::BadCommandLine("expected one of run, stop, restart, sweep and exec");
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  return programs::guarded("taskward-dev", [&] { return run({argv + 1, argv + argc}); });
}
