// Properties of libfcgi on which the worker's loop relies, tested at the socket: connections that are kept
// open, idle, truncated and abused.
#include <map>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "running_stack.hpp"
#include "tests/support/fastcgi_peer.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
using namespace std::string_literals;

struct FastCgiFixture {
  const Stack& stack = running_stack();
  std::map<std::string, int> workers = stack.workers();
  std::filesystem::path path = stack.folder() / "run/api.sock";

  FastCgiFixture() = default;
  FastCgiFixture(const FastCgiFixture&) = delete;
  FastCgiFixture& operator=(const FastCgiFixture&) = delete;
  ~FastCgiFixture() {
    // The workers are the same processes and still serve.
    BOOST_TEST((stack.workers() == workers));
    FastCgiPeer peer(path);
    peer.send(fastcgi_request("GET", "/readyz", Keep::close));
    BOOST_TEST(peer.receive().find(R"("ready")") != std::string::npos);
  }
};

bool is_healthy(const std::string& response) {
  return response.starts_with("Status: 200 OK\r\n") && response.ends_with(R"({"status":"ok"})");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fastcgi, FastCgiFixture, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(kept_connection_serves_successive_requests) {
  FastCgiPeer peer(path);
  for (int i = 0; i < 50; ++i) {
    peer.send(fastcgi_request("GET", "/healthz", Keep::open));
    BOOST_TEST(is_healthy(peer.receive()));
  }
}

BOOST_AUTO_TEST_CASE(connection_without_keep_flag_is_closed) {
  FastCgiPeer peer(path);
  peer.send(fastcgi_request("GET", "/healthz", Keep::close));
  BOOST_TEST(is_healthy(peer.receive()));
  BOOST_TEST(peer.is_closed());
}

BOOST_AUTO_TEST_CASE(idle_connections_hold_no_thread) {
  std::vector<FastCgiPeer> idle;
  for (int i = 0; i < 300; ++i) {
    idle.emplace_back(path);
    idle.back().send(fastcgi_request("GET", "/healthz", Keep::open));
    BOOST_REQUIRE(is_healthy(idle.back().receive()));
  }
  // The idle connections still respond, in any order.
  for (std::size_t i = 0; i < idle.size(); i += 3)
    idle[i].send(fastcgi_request("GET", "/healthz", Keep::open));
  for (std::size_t i = 0; i < idle.size(); i += 3) BOOST_TEST(is_healthy(idle[i].receive()));
  BOOST_TEST(stack.client().get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(body_split_over_many_records_is_read_completely) {
  const User user = new_user(stack);
  const std::string body = R"({"title":"Tea","description":")" + std::string(9000, 'x') + "\"}";
  const std::string whole = fastcgi_request("POST", "/tasks", Keep::open, body, user.tokens.access);
  const std::size_t begin = whole.size() - body.size() - 16;
  std::string split = whole.substr(0, begin);
  for (std::size_t at = 0; at < body.size(); at += 1000) split += fastcgi_record(5, body.substr(at, 1000));
  split += fastcgi_record(5, {});
  FastCgiPeer peer(path);
  // In pieces that do not end at record boundaries.
  for (std::size_t at = 0; at < split.size(); at += 777) peer.send(std::string_view(split).substr(at, 777));
  BOOST_TEST(peer.receive().starts_with("Status: 201 Created"));
  peer.send(fastcgi_request("GET", "/healthz", Keep::open));
  BOOST_TEST(is_healthy(peer.receive()));
}

BOOST_AUTO_TEST_CASE(oversized_body_is_read_completely_and_413) {
  const User user = new_user(stack);
  std::string request =
      fastcgi_request("POST", "/tasks", Keep::open, std::string(1, '{'), user.tokens.access);
  // The body exceeds its declared length, which nginx would not let through.
  request.erase(request.size() - 8);
  for (int i = 0; i < 3; ++i) request += fastcgi_record(5, std::string(40000, ' '));
  request += fastcgi_record(5, {});
  FastCgiPeer peer(path);
  peer.send(request);
  const std::string response = peer.receive();
  BOOST_TEST(response.starts_with("Status: 413"), response);
}

BOOST_DATA_TEST_CASE(truncated_request_does_no_harm, data::make({1, 7, 8, 12, 16, 20, 24, 40, 80, 150}),
                     length) {
  for (int i = 0; i < 10; ++i) {
    FastCgiPeer peer(path);
    const std::string request = fastcgi_request("POST", "/tasks", Keep::open, R"({"title":"Tea"})");
    BOOST_REQUIRE(request.size() > static_cast<std::size_t>(length));
    peer.send(std::string_view(request).substr(0, static_cast<std::size_t>(length)));
  }
}

BOOST_DATA_TEST_CASE(garbage_closes_only_its_own_connection,
                     data::make({"GET / HTTP/1.1\r\n\r\n"s, std::string(1000, '\xFF'), std::string(100, '\0'),
                                 fastcgi_record(99, "what"), fastcgi_record(5, "no request has begun"),
                                 fastcgi_record(1, "\0\x09\0\0\0\0\0\0"s), fastcgi_record(1, "\0\1\1"s),
                                 fastcgi_record(1, "\0\1\1\0\0\0\0\0"s) + fastcgi_record(4, "\x7F\x7Fx"),
                                 fastcgi_record(1, "\0\1\1\0\0\0\0\0"s) +
                                     fastcgi_record(1, "\0\1\1\0\0\0\0\0"s)}),
                     bytes) {
  for (int i = 0; i < 10; ++i) {
    FastCgiPeer peer(path);
    peer.send(bytes);
  }
  FastCgiPeer peer(path);
  peer.send(fastcgi_request("GET", "/healthz", Keep::open));
  BOOST_TEST(is_healthy(peer.receive()));
}

BOOST_AUTO_TEST_CASE(peer_that_closes_before_the_response_does_no_harm) {
  for (int i = 0; i < 50; ++i) {
    FastCgiPeer peer(path);
    peer.send(fastcgi_request("GET", "/readyz", Keep::open));
  }
}

BOOST_AUTO_TEST_SUITE_END()
