#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace taskward::test {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

struct Pipe {
  Pipe() : Pipe(create_pipe()) {}
  Descriptor read;
  Descriptor write;

 private:
  explicit Pipe(const std::array<int, 2>& ends) : read(ends[0]), write(ends[1]) {}
  static std::array<int, 2> create_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    return ends;
  }
};

std::vector<std::string> environment_of(const Command& command) {
  Environment all = command.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    // Without these options the reports of sanitizers would be lost.
    const bool always = name == "PATH" || name.ends_with("SAN_OPTIONS");
    if (command.inherit == Inherit::everything || always) all.emplace(name, text.substr(equals + 1));
  }
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + '=' + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

pid_t spawn(const Command& command, const Pipe& in, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.read.number(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.number(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write.number(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // The test ignores SIGPIPE; a shell that inherited this would loop instead of terminating.
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> words = command.words;
  std::vector<std::string> environment = environment_of(command);
  pid_t pid = 0;
  const int fault = ::posix_spawnp(&pid, words.front().c_str(), &actions, &attributes, pointers(words).data(),
                                   pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (fault != 0) throw std::runtime_error(words.front() + ": " + std::strerror(fault));
  return pid;
}

/// Reads what is available; closes the descriptor at end of file.
void read_some(Descriptor& from, std::string& into) {
  std::array<char, 65536> buffer;  // NOLINT: filled before it is read
  const ssize_t got = ::read(from.number(), buffer.data(), buffer.size());
  if (got > 0)
    into.append(buffer.data(), static_cast<std::size_t>(got));
  else if (got == 0 || errno != EINTR)
    from.close();
}

void write_some(Descriptor& to, const std::string& text, std::size_t& written) {
  const ssize_t sent = ::write(to.number(), text.data() + written, text.size() - written);
  if (sent > 0) written += static_cast<std::size_t>(sent);
  if (written == text.size() || (sent < 0 && errno != EINTR && errno != EAGAIN)) to.close();
}

/// False if the time limit was reached.
bool exchange(const std::string& input, Pipe& in, Pipe& out, Pipe& err, CommandResult& done,
              Clock::time_point end) {
  ::fcntl(in.write.number(), F_SETFL, O_NONBLOCK);
  std::size_t written = 0;
  if (input.empty()) in.write.close();
  while (out.read.number() >= 0 || err.read.number() >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 3> all{pollfd{out.read.number(), POLLIN, 0}, pollfd{err.read.number(), POLLIN, 0},
                              pollfd{in.write.number(), POLLOUT, 0}};
    if (::poll(all.data(), all.size(), static_cast<int>(left)) < 0) continue;
    if (all[0].revents != 0) read_some(out.read, done.out);
    if (all[1].revents != 0) read_some(err.read, done.err);
    if (all[2].revents != 0) write_some(in.write, input, written);
  }
  return true;
}

}  // namespace

CommandResult run_command(const Command& command) {
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t pid = spawn(command, in, out, err);
  in.read.close();
  out.write.close();
  err.write.close();
  CommandResult done;
  const bool in_time = exchange(command.input, in, out, err, done, Clock::now() + command.limit);
  if (!in_time) ::kill(-pid, SIGKILL);
  int state = 0;
  while (::waitpid(pid, &state, 0) < 0 && errno == EINTR) continue;
  if (!in_time)
    throw std::runtime_error(command.words.front() + " exceeded its time limit:\n" + done.out + done.err);
  done.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return done;
}

}  // namespace taskward::test
