#include "daemon.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <poll.h>

#include <fstream>

namespace taskward::programs {

StopSignal::StopSignal() {
  // Libraries, such as libfcgi, may have installed handlers of their own for some of these.
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaction(signal, &plain, nullptr);
  plain.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &plain, nullptr);
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, SIGTERM);
  ::sigaddset(&stop, SIGINT);
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
