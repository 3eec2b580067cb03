#include "taskward/app/worker.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace taskward::app {
namespace {

/// Limits how long a peer that stalls while sending a request or receiving a response blocks a thread.
constexpr timeval kPeerTimeout{10, 0};

/// The longest wait for a connection that another worker accepted first, if the listener is blocking.
constexpr timeval kAcceptTimeout{0, 1000};

int checked(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

}  // namespace

Worker::Worker(int listener, int threads, FcgiStream::BodyMax body_max, std::function<Answer()> make_answer,
               const Log& log, model::Meter& meter)
    : listener_(listener),
      body_max_(body_max),
      make_answer_(std::move(make_answer)),
      log_(log),
      meter_(meter) {
  for (int i = 0; i < threads; ++i) states_.push_back(std::make_unique<ThreadState>());
  epoll_ = checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  wake_ = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
  // The listener is shared, so another worker may have accepted the connection. The flag is shared, too:
  // systemd clears it whenever it starts a worker of a unit without NonBlocking=yes.
  checked(::fcntl(listener_, F_SETFL, ::fcntl(listener_, F_GETFL) | O_NONBLOCK), "fcntl");
  checked(::setsockopt(listener_, SOL_SOCKET, SO_RCVTIMEO, &kAcceptTimeout, sizeof kAcceptTimeout),
          "setsockopt");
}

Worker::~Worker() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof one) < 0) log_.line(LogLevel::error, "wake_failed");
  for (std::thread& thread : threads_) thread.join();
  for (FcgiStream* stream : streams_) delete stream;
  ::close(wake_);
  ::close(epoll_);
}

void Worker::start() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &wake_;
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event), "epoll_ctl");
  // EPOLLEXCLUSIVE wakes only one of the workers that share the socket.
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.ptr = &listener_;
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
  for (const auto& state : states_) threads_.emplace_back([this, &state] { run(*state); });
}

void Worker::run(ThreadState& state) {
  const Answer answer = make_answer_();
  while (true) {
    epoll_event event{};
    const int ready = ::epoll_wait(epoll_, &event, 1, -1);
    if (ready < 0 && errno == EINTR) continue;
    checked(ready, "epoll_wait");
    if (ready == 0) continue;
    if (event.data.ptr == &wake_) return;
    if (event.data.ptr == &listener_) {
      // After a failure the listener stays readable.
      if (accept_one() == Accepted::failed) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } else if ((event.events & (EPOLLHUP | EPOLLERR)) != 0)
      // nginx closed the connection. Requests that remain in it have no recipient and must not occupy a
      // hashing slot.
      forget(static_cast<FcgiStream*>(event.data.ptr));
    else
      serve(static_cast<FcgiStream*>(event.data.ptr), answer, state);
  }
}

Worker::Accepted Worker::accept_one() {
  // Under the lock, so that drain() sees each accepted connection.
  const std::scoped_lock lock(mutex_);
  if (is_draining_) return Accepted::none;
  const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection < 0) {
    if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS) return Accepted::none;
    log_.line(LogLevel::error, "accept_failed").field("reason", std::generic_category().message(errno));
    return Accepted::failed;
  }
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPeerTimeout, sizeof kPeerTimeout);
  ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &kPeerTimeout, sizeof kPeerTimeout);
  auto stream = std::make_unique<FcgiStream>(connection);
  FcgiStream* raw = stream.get();
  add(std::move(stream));
  if (!park(raw, EPOLL_CTL_ADD)) remove(raw);
  return Accepted::one;
}

void Worker::add(std::unique_ptr<FcgiStream> stream) {
  streams_.insert(stream.get());
  static_cast<void>(stream.release());  // owned by the set
  meter_.add(model::Metric::open_connections);
}

void Worker::remove(FcgiStream* stream) {
  streams_.erase(stream);
  delete stream;
  meter_.add(model::Metric::open_connections, {}, -1);
}

bool Worker::park(FcgiStream* stream, int operation) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
  event.data.ptr = stream;
  return ::epoll_ctl(epoll_, operation, stream->descriptor(), &event) == 0;
}

void Worker::forget(FcgiStream* stream) {
  const std::scoped_lock lock(mutex_);
  remove(stream);
}

void Worker::serve(FcgiStream* stream, const Answer& answer, ThreadState& state) {
  const auto be_heard = [&state] { state.busy_since = Steady::now().time_since_epoch().count(); };
  be_heard();
  http::Request request;
  bool open = stream->receive(request, body_max_);
  if (open) {
    http::Response response = answer(request);
    if (response.rest) {
      response.rest = [be_heard, rest = std::move(response.rest)](std::string& into) {
        be_heard();
        return rest(into);
      };
    }
    open = stream->send(response, closing_ ? FcgiStream::Then::close : FcgiStream::Then::keep);
  }
  state.busy_since = 0;
  if (!open || !park(stream, EPOLL_CTL_MOD)) forget(stream);
}

bool Worker::drain(std::chrono::milliseconds limit) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  // EPOLLEXCLUSIVE may have woken this worker, and no other one, for connections that are still pending.
  while (accept_one() == Accepted::one) continue;
  {
    const std::scoped_lock lock(mutex_);
    is_draining_ = true;
  }
  const auto begun = Steady::now();
  while (true) {
    {
      const std::scoped_lock lock(mutex_);
      if (streams_.empty()) return true;
    }
    const auto passed = Steady::now() - begun;
    if (passed >= limit) return false;
    if (passed >= limit * 5 / 6) closing_ = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::chrono::milliseconds Worker::longest_request() const {
  std::chrono::milliseconds longest{0};
  for (const auto& state : states_) {
    const Steady::rep since = state->busy_since;
    if (since == 0) continue;
    const auto busy = Steady::now() - Steady::time_point(Steady::duration(since));
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(busy));
  }
  return longest;
}

}  // namespace taskward::app
