// Many clients at once: each of them gets on.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "people.hpp"
#include "running_stack.hpp"
#include "tls_connection.hpp"

namespace {

using namespace taskward::test;
using Clock = std::chrono::steady_clock;

std::string get(const std::string& path, const std::string& token) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n";
}

std::chrono::seconds since(Clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(many_clients)

BOOST_AUTO_TEST_CASE(each_of_200_held_connections_progresses_on_few_threads) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const std::string path = "/tasks/" + new_task(stack, person.tokens.access);
  std::vector<TlsConnection> connections;
  connections.reserve(200);
  for (int i = 0; i < 200; ++i) connections.emplace_back(stack);
  const auto begun = Clock::now();
  for (int round = 0; round < 5; ++round) {
    // All of them are under way before the first is read.
    for (TlsConnection& connection : connections) connection.send(get(path, person.tokens.access));
    for (TlsConnection& connection : connections) BOOST_REQUIRE(connection.receive().status == 200);
  }
  BOOST_TEST(since(begun).count() < 20);
}

BOOST_AUTO_TEST_CASE(clients_that_send_half_a_request_hold_nobody_up) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const std::string head = "POST /tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                           person.tokens.access +
                           "\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n";
  const std::string body = R"({"title":"Tea"})";
  std::vector<TlsConnection> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(stack);
    slow.back().send(i % 2 == 0 ? head.substr(0, 40) : head + body.substr(0, 5));
  }
  HttpClient client = stack.client();
  const auto begun = Clock::now();
  for (int i = 0; i < 50; ++i) BOOST_TEST(client.get("/tasks", person.tokens.access).status == 200);
  BOOST_TEST(since(begun).count() < 5);
  // Late, and answered all the same.
  slow[0].send(head.substr(40) + body);
  BOOST_TEST(slow[0].receive().status == 201);
  slow[1].send(body.substr(5));
  BOOST_TEST(slow[1].receive().status == 201);
}

BOOST_AUTO_TEST_CASE(a_flood_of_logins_does_not_starve_reads) {
  const Stack& stack = running_stack({{"BCRYPT_COST", "10"}, {"ENVIRONMENT", ""}});
  const Person person = join(stack);
  const std::string login = credentials(person);
  Load logins(stack, 32, [&](HttpClient& client, std::size_t) { return client.post("/auth/login", login); });
  Load reads(stack, 4,
             [&](HttpClient& client, std::size_t) { return client.get("/tasks", person.tokens.access); });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const Tally read = reads.finish();
  const Tally logged_in = logins.finish();
  BOOST_TEST(logged_in.count(200) > 0U, logged_in.summary());
  BOOST_TEST(logged_in.answered() == logged_in.count(200), logged_in.summary());
  BOOST_TEST(read.answered() == read.count(200), read.summary());
  BOOST_TEST(read.unanswered == 0U);
  // Behind the logins, in one queue, a read would take as long as one of them: each of the four clients would
  // get a few answers.
  BOOST_TEST(read.count(200) > 100U, read.summary());
  BOOST_TEST((read.longest < logged_in.longest), read.summary() << " and logins " << logged_in.summary());
}

BOOST_AUTO_TEST_CASE(writers_of_one_task_never_lose_a_change) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const std::string path = "/tasks/" + new_task(stack, person.tokens.access);
  Load writers(stack, 8, [&](HttpClient& client, std::size_t round) {
    return client.send({.method = "PUT",
                        .path = path,
                        .body = R"({"title":"v)" + std::to_string(round) + unique_name() + "\"}",
                        .token = person.tokens.access});
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const Tally tally = writers.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  const auto version = stack.client().get(path, person.tokens.access).json()["version"].number();
  BOOST_TEST(version == static_cast<std::int64_t>(tally.count(200)) + 1);
}

BOOST_AUTO_TEST_SUITE_END()
