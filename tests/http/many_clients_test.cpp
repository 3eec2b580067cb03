// Many concurrent clients: each of them makes progress.
#include <cstdint>

#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "tls_connection.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

std::string get(const std::string& path, const std::string& token) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(many_clients)

BOOST_AUTO_TEST_CASE(all_of_200_connections_make_progress_on_few_threads) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const std::string path = "/tasks/" + new_task(stack, user.tokens.access);
  std::vector<TlsConnection> connections;
  connections.reserve(200);
  for (int i = 0; i < 200; ++i) connections.emplace_back(stack);
  for (int round = 0; round < 5; ++round) {
    // All requests are sent before the first response is read.
    for (TlsConnection& connection : connections) connection.send(get(path, user.tokens.access));
    for (TlsConnection& connection : connections) BOOST_REQUIRE(connection.receive().status == 200);
  }
}

BOOST_AUTO_TEST_CASE(incomplete_requests_do_not_delay_other_clients) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const std::string head = "POST /tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + user.tokens.access +
                           "\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n";
  const std::string body = R"({"title":"Tea"})";
  std::vector<TlsConnection> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(stack);
    slow.back().send(i % 2 == 0 ? head.substr(0, 40) : head + body.substr(0, 5));
  }
  HttpClient client = stack.client();
  for (int i = 0; i < 50; ++i) BOOST_TEST(client.get("/tasks", user.tokens.access).status == 200);
  // The delayed requests have not been timed out meanwhile.
  slow[0].send(head.substr(40) + body);
  BOOST_TEST(slow[0].receive().status == 201);
  slow[1].send(body.substr(5));
  BOOST_TEST(slow[1].receive().status == 201);
}

BOOST_AUTO_TEST_CASE(login_flood_does_not_starve_reads, *boost::unit_test::label("slow")) {
  // The wait is long enough for a slow machine.
  const Stack& stack = running_stack({{"BCRYPT_COST", "10"}, {"ENVIRONMENT", ""}, {"HASHING_WAIT", "50"}});
  const User user = new_user(stack);
  const std::string login = credentials(user);
  Load logins(stack, 32, [&](HttpClient& client, std::size_t) { return client.post("/auth/login", login); });
  Load reads(stack, 4,
             [&](HttpClient& client, std::size_t) { return client.get("/tasks", user.tokens.access); });
  // Two rounds of all login clients.
  BOOST_TEST(eventually(std::chrono::seconds(120),
                        [&] { return logins.answered() >= 64 && reads.answered() > 100; }));
  const Tally read = reads.finish();
  const Tally logged_in = logins.finish();
  BOOST_TEST(logged_in.count(200) > 0U, logged_in.summary());
  BOOST_TEST(logged_in.answered() == logged_in.count(200), logged_in.summary());
  BOOST_TEST(read.answered() == read.count(200), read.summary());
  BOOST_TEST(read.unanswered == 0U);
  // In a common queue a read would take as long as a login, and each client would get as many responses.
  BOOST_TEST(read.count(200) / 4 > logged_in.count(200) / 32, read.summary());
  BOOST_TEST(read.count(200) > 100U, read.summary());
  BOOST_TEST((read.longest < logged_in.longest), read.summary() << " and logins " << logged_in.summary());
}

BOOST_AUTO_TEST_CASE(concurrent_writers_of_one_task_lose_no_change) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const std::string path = "/tasks/" + new_task(stack, user.tokens.access);
  Load writers(stack, 8, [&](HttpClient& client, std::size_t round) {
    return client.send({.method = "PUT",
                        .path = path,
                        .body = R"({"title":"v)" + std::to_string(round) + unique_name() + "\"}",
                        .token = user.tokens.access});
  });
  BOOST_TEST(eventually(std::chrono::seconds(60), [&] { return writers.answered() >= 200; }));
  const Tally tally = writers.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  const auto version = stack.client().get(path, user.tokens.access).json()["version"].number();
  BOOST_TEST(version == static_cast<std::int64_t>(tally.count(200)) + 1);
}

BOOST_AUTO_TEST_SUITE_END()
