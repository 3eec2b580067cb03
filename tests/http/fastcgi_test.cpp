// What the worker's loop relies on in libfcgi, seen from the socket: connections that are kept, parked,
// cut off and abused.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "fastcgi_peer.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
using namespace std::string_literals;

struct Socket {
  const Stack& stack = running_stack();
  std::map<std::string, int> workers = stack.workers();
  std::filesystem::path path = stack.folder() / "run/api.sock";

  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    // Whatever was done to them, they are the same processes and go on.
    BOOST_TEST((stack.workers() == workers));
    FastCgiPeer peer(path);
    peer.send(fastcgi_request("GET", "/readyz", Keep::close));
    BOOST_TEST(peer.receive().find(R"("ready")") != std::string::npos);
  }
};

bool is_healthy(const std::string& answer) {
  return answer.starts_with("Status: 200 OK\r\n") && answer.ends_with(R"({"status":"ok"})");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fastcgi, Socket)

BOOST_AUTO_TEST_CASE(a_kept_connection_answers_one_request_after_another) {
  FastCgiPeer peer(path);
  for (int i = 0; i < 50; ++i) {
    peer.send(fastcgi_request("GET", "/healthz", Keep::open));
    BOOST_TEST(is_healthy(peer.receive()));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_not_to_be_kept_is_closed) {
  FastCgiPeer peer(path);
  peer.send(fastcgi_request("GET", "/healthz", Keep::close));
  BOOST_TEST(is_healthy(peer.receive()));
  BOOST_TEST(peer.is_closed());
}

BOOST_AUTO_TEST_CASE(parked_connections_hold_no_thread) {
  std::vector<FastCgiPeer> parked;
  for (int i = 0; i < 300; ++i) {
    parked.emplace_back(path);
    parked.back().send(fastcgi_request("GET", "/healthz", Keep::open));
    BOOST_REQUIRE(is_healthy(parked.back().receive()));
  }
  // Every one of them still answers, in any order.
  for (std::size_t i = 0; i < parked.size(); i += 3)
    parked[i].send(fastcgi_request("GET", "/healthz", Keep::open));
  for (std::size_t i = 0; i < parked.size(); i += 3) BOOST_TEST(is_healthy(parked[i].receive()));
  BOOST_TEST(stack.client().get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_in_many_records_is_read_whole) {
  const Person person = join(stack);
  const std::string body = R"({"title":"Tea","description":")" + std::string(9000, 'x') + "\"}";
  const std::string whole = fastcgi_request("POST", "/tasks", Keep::open, body, person.tokens.access);
  const std::size_t begin = whole.size() - body.size() - 16;
  std::string split = whole.substr(0, begin);
  for (std::size_t at = 0; at < body.size(); at += 1000) split += fastcgi_record(5, body.substr(at, 1000));
  split += fastcgi_record(5, {});
  FastCgiPeer peer(path);
  // In pieces that end where no record does.
  for (std::size_t at = 0; at < split.size(); at += 777) peer.send(std::string_view(split).substr(at, 777));
  BOOST_TEST(peer.receive().starts_with("Status: 201 Created"));
  peer.send(fastcgi_request("GET", "/healthz", Keep::open));
  BOOST_TEST(is_healthy(peer.receive()));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_read_to_its_end_and_refused) {
  const Person person = join(stack);
  std::string request =
      fastcgi_request("POST", "/tasks", Keep::open, std::string(1, '{'), person.tokens.access);
  // More than was declared, which only nginx would refuse.
  request.erase(request.size() - 8);
  for (int i = 0; i < 3; ++i) request += fastcgi_record(5, std::string(40000, ' '));
  request += fastcgi_record(5, {});
  FastCgiPeer peer(path);
  peer.send(request);
  const std::string answer = peer.receive();
  BOOST_TEST(answer.starts_with("Status: 413"), answer);
}

BOOST_DATA_TEST_CASE(a_request_cut_off_anywhere_does_no_harm,
                     data::make({1, 7, 8, 12, 16, 20, 24, 40, 80, 150}), length) {
  for (int i = 0; i < 10; ++i) {
    FastCgiPeer peer(path);
    const std::string request = fastcgi_request("POST", "/tasks", Keep::open, R"({"title":"Tea"})");
    BOOST_REQUIRE(request.size() > static_cast<std::size_t>(length));
    peer.send(std::string_view(request).substr(0, static_cast<std::size_t>(length)));
  }
}

BOOST_DATA_TEST_CASE(garbage_ends_its_connection_and_nothing_else,
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

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_wait_for_its_answer_does_no_harm) {
  for (int i = 0; i < 50; ++i) {
    FastCgiPeer peer(path);
    peer.send(fastcgi_request("GET", "/readyz", Keep::open));
  }
}

BOOST_AUTO_TEST_SUITE_END()
