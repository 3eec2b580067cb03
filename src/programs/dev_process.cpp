#include "dev_process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <thread>

#include "listening_socket.hpp"

namespace taskward::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t kExcerptLines = 15;
constexpr Milliseconds kPoll{20};

std::string excerpt(const std::string& log, std::uintmax_t offset) {
  std::ifstream in(log, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  std::string out;
  for (std::size_t i = lines.size() - std::min(lines.size(), kExcerptLines); i < lines.size(); ++i)
    out += "\n    " + lines[i];
  if (!out.empty()) out += "\ntaskward: the complete log: " + fs::absolute(log).string();
  return out;
}

void redirect(int target, const char* path, int flags) {
  const int descriptor = ::open(path, flags | O_CLOEXEC, 0600);
  if (descriptor < 0 || ::dup2(descriptor, target) < 0) {
    std::cerr << "taskward: " << path << ": cannot be opened: " << std::strerror(errno) << '\n';
    ::_exit(127);
  }
}

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE}) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const Command& command, const std::vector<char*>& arguments) {
  ::setsid();
  reset_signals();
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, command.log.c_str(),
           O_WRONLY | O_CREAT | (command.keeps_log ? O_APPEND : O_APPEND | O_TRUNC));
  ::dup2(STDOUT_FILENO, STDERR_FILENO);
  for (const std::string& name : command.removed) ::unsetenv(name.c_str());
  for (const auto& [name, value] : command.settings) ::setenv(name.c_str(), value.c_str(), 1);
  if (!command.sockets.empty()) {
    // The descriptors are above those assigned here; dup2 clears close-on-exec.
    for (std::size_t i = 0; i < command.sockets.size(); ++i)
      ::dup2(command.sockets[i], programs::kFirstInheritedDescriptor + static_cast<int>(i));
    ::setenv("LISTEN_FDS", std::to_string(command.sockets.size()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", command.socket_names.c_str(), 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  }
  if (command.niceness != 0) {
    if (::nice(command.niceness) < 0) std::cerr << "taskward: nice failed\n";
    // Where the kernel groups the processes of a session, only the niceness of the group matters to others.
    std::ofstream("/proc/self/autogroup") << command.niceness;
  }
  const sched_param none{};
  if (command.is_batch && ::sched_setscheduler(0, SCHED_BATCH, &none) != 0)
    std::cerr << "taskward: sched_setscheduler failed\n";
  ::execvp(arguments.front(), arguments.data());
  std::cerr << "taskward: " << arguments.front() << ": cannot be executed: " << std::strerror(errno) << '\n';
  ::_exit(127);
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

std::string name_of_executable(const fs::path& process) {
  std::error_code fault;
  std::string name = fs::read_symlink(process / "exe", fault).filename().string();
  // A program that was replaced while it runs.
  constexpr std::string_view deleted = " (deleted)";
  if (name.ends_with(deleted)) name.resize(name.size() - deleted.size());
  return name;
}

std::string first_argument(const fs::path& process) {
  std::ifstream in(process / "cmdline", std::ios::binary);
  std::string word;
  std::getline(in, word, '\0');
  return word;
}

}  // namespace

void say(const std::string& text) { std::cerr << "taskward: " << text << std::endl; }

Failure::Failure(const std::string& message, const std::string& log, std::uintmax_t offset)
    : std::runtime_error(message + (log.empty() ? "" : excerpt(log, offset))) {}

std::uintmax_t size_of(const std::string& path) {
  std::error_code fault;
  const std::uintmax_t size = fs::file_size(path, fault);
  return fault ? 0 : size;
}

pid_t start(const Command& command) {
  std::vector<std::string> words = command.words;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) become(command, arguments);
  return child;
}

std::optional<int> exit_status(pid_t child) {
  int status = 0;
  const pid_t ended = ::waitpid(child, &status, WNOHANG);
  if (ended == 0) return std::nullopt;
  return ended == child ? status_of(status) : 127;
}

int run(const Command& command, const StopSignal& stop) {
  const pid_t child = start(command);
  for (;;) {
    if (const auto status = exit_status(child)) return *status;
    if (!stop.came(static_cast<int>(kPoll.count()))) continue;
    ::kill(child, SIGTERM);
    while (!exit_status(child)) std::this_thread::sleep_for(kPoll);
    throw Stopped();
  }
}

int run(const Command& command) {
  int status = 0;
  ::waitpid(start(command), &status, 0);
  return status_of(status);
}

bool works_in(pid_t process, const std::string& folder) {
  std::error_code fault;
  return fs::equivalent("/proc/" + std::to_string(process) + "/cwd", folder, fault) && !fault;
}

std::vector<pid_t> processes(const std::string& folder, const std::string& program) {
  const std::string started_as = (fs::current_path() / "bin" / program).string();
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    pid_t process = 0;
    const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (fault != std::errc() || end != name.data() + name.size()) continue;
    struct stat owner {};
    if (::stat(entry.path().c_str(), &owner) != 0 || owner.st_uid != ::geteuid()) continue;
    if ((works_in(process, folder) && name_of_executable(entry.path()) == program) ||
        first_argument(entry.path()) == started_as)
      found.push_back(process);
  }
  return found;
}

std::optional<pid_t> pid_in_file(const std::string& path) {
  std::ifstream in(path);
  pid_t process = 0;
  if (!(in >> process) || process <= 1) return std::nullopt;
  return process;
}

void end_processes(int signal, Milliseconds limit, const std::string& folder, const std::string& program) {
  const auto deadline = steady_clock::now() + limit;
  std::vector<pid_t> left = processes(folder, program);
  for (const pid_t process : left) ::kill(process, signal);
  for (bool killed = false; !left.empty(); left = processes(folder, program)) {
    if (!killed && steady_clock::now() >= deadline) {
      killed = true;
      say(program + " did not end within " + std::to_string(limit.count() / 1000) + " s; killing it");
      for (const pid_t process : left) ::kill(process, SIGKILL);
    }
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace taskward::dev
