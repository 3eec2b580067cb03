// Connections of a worker that is asked to stop.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "taskward/app/worker.hpp"
#include "tests/support/fastcgi_peer.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::app {
namespace {

using namespace std::chrono_literals;
using test::fastcgi_request;
using test::FastCgiPeer;
using test::Keep;

/// One worker with one thread. Its response to /slow waits until let_go().
struct DrainFixture {
  DrainFixture() {
    // libfcgi installs signal handlers, which would keep SIGTERM from ending the tests.
    const auto before = std::signal(SIGTERM, SIG_DFL);
    prepare_fcgi();
    std::signal(SIGTERM, before);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    BOOST_REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(listener, 16) == 0);
    worker.emplace(
        listener, 1, [](const http::Request&) { return std::size_t{1000}; },
        [this] { return [this](http::Request& request) { return answer(request); }; }, log, meter);
    worker->start();
  }
  DrainFixture(const DrainFixture&) = delete;
  DrainFixture& operator=(const DrainFixture&) = delete;
  ~DrainFixture() {
    let_go();
    worker.reset();
    ::close(listener);
  }

  void let_go() {
    if (!std::exchange(is_released, true)) release.set_value();
  }
  http::Response answer(const http::Request& request) {
    if (request.path == "/slow") {
      is_busy.set_value();
      released.wait();
    }
    http::Response response;
    response.status = 200;
    return response;
  }

  testing::ThrowawayFolder folder;
  testing::FixedClock clock;
  Log log{-1, LogLevel::error, clock};
  model::NoMeter meter;
  std::string path = (folder.path() / "worker.sock").string();
  int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool is_released = false;
  std::promise<void> is_busy, release;
  std::shared_future<void> released{release.get_future()};
  std::optional<Worker> worker;
};

BOOST_FIXTURE_TEST_SUITE(draining, DrainFixture)

BOOST_AUTO_TEST_CASE(connections_made_before_are_served_and_later_ones_left_to_other_workers) {
  // The only thread is busy, so what connects now stays pending. No other worker is woken for it.
  FastCgiPeer busy(path);
  busy.send(fastcgi_request("GET", "/slow", Keep::close));
  is_busy.get_future().wait();
  std::vector<FastCgiPeer> pending;
  for (int i = 0; i < 3; ++i) {
    pending.emplace_back(path);
    pending.back().send(fastcgi_request("GET", "/quick", Keep::close));
  }
  auto drained = std::async(std::launch::async, [this] { return worker->drain(20s); });
  pollfd backlog{listener, POLLIN, 0};
  for (int i = 0; i < 500 && ::poll(&backlog, 1, 0) == 1; ++i) std::this_thread::sleep_for(10ms);
  BOOST_TEST(::poll(&backlog, 1, 0) == 0);
  let_go();
  BOOST_TEST(busy.receive().find("Status: 200") == 0U);
  for (FastCgiPeer& peer : pending) BOOST_TEST(peer.receive().find("Status: 200") == 0U);
  BOOST_TEST(drained.get());
  const FastCgiPeer late(path);
  const int left = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  BOOST_TEST(left >= 0);
  ::close(left);
}

BOOST_AUTO_TEST_CASE(a_listener_that_was_made_blocking_does_not_block_the_worker) {
  // As systemd does when it starts another worker.
  BOOST_REQUIRE(::fcntl(listener, F_SETFL, ::fcntl(listener, F_GETFL) & ~O_NONBLOCK) == 0);
  auto drained = std::async(std::launch::async, [this] { return worker->drain(20s); });
  const bool in_time = drained.wait_for(10s) == std::future_status::ready;
  BOOST_TEST(in_time);
  // Ends an accept() that blocks.
  if (!in_time) ::shutdown(listener, SHUT_RDWR);
  BOOST_TEST(drained.get());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::app
