#include "daemon.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <poll.h>

#include <fstream>

namespace taskward::programs {

StopSignal::StopSignal(std::initializer_list<int> signals) {
  // Libraries such as libfcgi may have installed handlers.
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGUSR1, &action, nullptr);
  sigset_t stop;
  ::sigemptyset(&stop);
  for (const int signal : signals) {
    ::sigaction(signal, &action, nullptr);
    ::sigaddset(&stop, signal);
  }
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  descriptor_ = ::signalfd(-1, &stop, SFD_CLOEXEC);
}

StopSignal::~StopSignal() { ::close(descriptor_); }

bool StopSignal::came(int timeout_ms) const {
  pollfd one{descriptor_, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) > 0;
}

void make_ready_file(const std::string& path) {
  std::ofstream out(path);
  out << ::getpid() << '\n';
  if (!out.flush()) throw config::BadCommandLine(path + ": cannot be written");
}

}  // namespace taskward::programs
