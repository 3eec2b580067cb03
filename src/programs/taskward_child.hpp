// Programs that `taskward` runs, the pipes to them, and the signals that end them all.
#pragma once

#include <sys/types.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/secret.hpp"

namespace taskward::programs {

/// A file descriptor that is closed with the object.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] int number() const noexcept { return number_; }
  void close() noexcept;

 private:
  int number_;
};

struct Pipe {
  Pipe();
  Descriptor reader;
  Descriptor writer;
};

/// The other end of a pipe was closed.
class PipeClosed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// 0 at the end.
[[nodiscard]] std::size_t read_some(int descriptor, char* into, std::size_t most);
/// Throws PipeClosed or, with the name in the text, std::system_error.
void write_all(int descriptor, std::string_view bytes, const std::string& name);

/// While it exists, SIGINT, SIGTERM and SIGHUP end what waits in read_some() and write_all() with an
/// exception, so that everything is cleaned up; a second signal ends the process. SIGPIPE is ignored.
class Interruptible {
 public:
  Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible();

  /// Throws if a signal has arrived.
  static void check();
};

/// An environment variable; one without a value is removed.
using Variables = std::vector<std::pair<std::string, Secret>>;

/// A program found by PATH. Its standard error is that of this process.
class Child {
 public:
  /// `package` is the Debian package that has the program.
  Child(const std::vector<std::string>& words, const std::string& package, const Variables& variables,
        int input, int output);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Ends it if it still runs.
  ~Child();

  [[nodiscard]] bool has_ended() const noexcept;
  /// Waits for its end. Throws std::runtime_error unless it has succeeded.
  void finish();

 private:
  int wait() noexcept;

  std::string name_;
  pid_t process_ = -1;
};

}  // namespace taskward::programs
