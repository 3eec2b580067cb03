#include "taskward_child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "taskward/config/options.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t interrupted = 0;

void note_signal(int) { interrupted = 1; }

[[noreturn]] void fail(const std::string& what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

void set_action(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}

bool is_secret(std::string_view name) {
  for (const config::Option& option : config::every_option())
    if (option.secrecy == config::Secrecy::secret && option.key == name) return true;
  return false;
}

/// The environment of this process without secret settings and with other variables, wiped when it is no
/// longer needed.
class Environment {
 public:
  explicit Environment(const Variables& variables) {
    for (char** one = environ; *one != nullptr; ++one) {
      const std::string_view entry = *one;
      const std::string_view name = entry.substr(0, entry.find('='));
      bool is_replaced = is_secret(name);
      for (const auto& [other, value] : variables) is_replaced = is_replaced || name == other;
      if (!is_replaced) texts_.emplace_back(entry);
    }
    for (const auto& [name, value] : variables)
      if (!value.empty()) texts_.push_back(name + '=' + std::string(value.reveal()));
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (std::string& text : texts_) wipe(text);
  }
  [[nodiscard]] char* const* pointers() const { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

}  // namespace

void Descriptor::close() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Pipe::Pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  reader = Descriptor(ends[0]);
  writer = Descriptor(ends[1]);
}

std::size_t read_some(int descriptor, char* into, std::size_t most) {
  while (true) {
    Interruptible::check();
    const ssize_t got = ::read(descriptor, into, most);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail("reading");
  }
}

void write_all(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    Interruptible::check();
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      throw PipeClosed(name + " has ended");
    else if (errno != EINTR)
      fail('\'' + name + "' cannot be written");
  }
}

Interruptible::Interruptible() {
  interrupted = 0;
  for (const int signal : kSignals) {
    struct sigaction before {};
    // nohup has disabled it.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    // Without SA_RESTART, so that system calls return.
    set_action(signal, note_signal, static_cast<int>(SA_RESETHAND));
  }
  set_action(SIGPIPE, SIG_IGN, 0);
}

Interruptible::~Interruptible() {
  for (const int signal : kSignals) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == note_signal)
      set_action(signal, SIG_DFL, 0);
  }
}

void Interruptible::check() {
  if (interrupted != 0) throw std::runtime_error("interrupted by a signal");
}

Child::Child(const std::vector<std::string>& words, const std::string& package, const Variables& variables,
             int input, int output)
    : name_(words.front()) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Environment environment(variables);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (input >= 0)
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  else
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawnp(&process_, arguments.front(), &actions, &attributes, arguments.data(),
                                   environment.pointers());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return;
  process_ = -1;
  fail(name_ + " of the package " + package + " cannot be run", error);
}

Child::~Child() {
  if (process_ < 0) return;
  ::kill(process_, SIGTERM);
  static_cast<void>(wait());
}

int Child::wait() noexcept {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

bool Child::has_ended() const noexcept {
  siginfo_t ended{};
  return process_ < 0 ||
         (::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
          ended.si_pid != 0);
}

void Child::finish() {
  if (process_ < 0) return;
  const int status = wait();
  Interruptible::check();
  if (status == 0) return;
  throw std::runtime_error(
      name_ + (WIFSIGNALED(status) ? " was ended by signal " + std::to_string(WTERMSIG(status))
                                   : " failed (exit status " + std::to_string(WEXITSTATUS(status)) + ')'));
}

}  // namespace taskward::programs
