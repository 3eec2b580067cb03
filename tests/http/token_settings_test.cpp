// Settings of tokens, from end to end.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>
#include <vector>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"
#include "taskward/crypto/encoding.hpp"

namespace {

using namespace taskward::test;

const Environment kShared{{"JWT_ALG", "HS256"},
                          {"JWT_SECRET_KEY", "qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G"},
                          {"ACCESS_TOKEN_TTL", "2"},
                          {"LIMIT_EXEMPT", ""}};

std::string header_of(const std::string& token) {
  return std::string(*taskward::crypto::from_base64url(token.substr(0, token.find('.'))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_settings)

BOOST_AUTO_TEST_CASE(HS256_by_setting_signs_both_kinds_of_tokens_and_reads_them) {
  const Stack& stack = running_stack(kShared);
  const Person person = join(stack);
  HttpClient client = stack.client();
  for (const std::string& token : {person.tokens.access, person.tokens.refresh})
    BOOST_TEST(Json::parse(header_of(token))["alg"].text() == "HS256");
  const Tokens fresh =
      tokens_of(client.post("/refresh", R"({"refresh_token":")" + person.tokens.refresh + "\"}"));
  BOOST_TEST(client.get("/auth/me", fresh.access).status == 200);
}

BOOST_AUTO_TEST_CASE(RS256_signs_from_the_first_start_on) {
  const Stack stack(Environment{{"JWT_ALG", "RS256"}});
  HttpClient client = stack.client();
  const Person person = join(stack);
  BOOST_TEST(Json::parse(header_of(person.tokens.access))["alg"].text() == "RS256");
  BOOST_TEST(client.get("/auth/me", person.tokens.access).status == 200);
  BOOST_TEST(client.get("/.well-known/jwks.json").json()["keys"].at(0)["kty"].text() == "RSA");
}

BOOST_AUTO_TEST_CASE(a_change_of_the_algorithm_logs_nobody_out) {
  const Stack stack;
  HttpClient client = stack.client();
  const Person person = join(stack);
  std::vector<Tokens> pairs{person.tokens};
  for (const std::string algorithm : {"RS256", "EdDSA", "HS256", "ES256"}) {
    std::ofstream(stack.folder() / "etc/taskward.conf")
        << "JWT_SECRET_KEY = qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G\nJWT_ALG = " << algorithm << '\n';
    BOOST_TEST_REQUIRE(stack.restart().status == 0);
    pairs.push_back(log_in(stack, person));
    BOOST_TEST(Json::parse(header_of(pairs.back().access))["alg"].text() == algorithm);
    for (const Tokens& pair : pairs)
      BOOST_TEST(client.get("/auth/me", pair.access).status == 200, header_of(pair.access));
  }
  for (const Tokens& pair : pairs)
    BOOST_TEST(client.post("/refresh", R"({"refresh_token":")" + pair.refresh + "\"}").status == 200,
               header_of(pair.refresh));
  // One of each kind of pair; the shared secret is published nowhere.
  const Answer published = client.get("/.well-known/jwks.json");
  BOOST_TEST(published.json()["keys"].size() == 3U);
  BOOST_TEST(published.body.find("oct") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_shared_secret_is_not_rotated_by_a_command_and_that_is_said) {
  const Finished done = running_stack(kShared).exec({"taskward", "key", "rotate"});
  BOOST_TEST(done.status == 1);
  BOOST_TEST(done.err.find("JWT_SECRET_KEY") != std::string::npos);
  HttpClient client = running_stack(kShared).client();
  BOOST_TEST(client.get("/.well-known/jwks.json").json()["keys"].size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_signed_with_another_installations_key_is_refused) {
  const Person stranger = join(running_stack());
  HttpClient client = running_stack(kShared).client();
  expect_problem(client.get("/auth/me", stranger.tokens.access), 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(an_access_token_expires_and_the_refresh_token_goes_on) {
  const Stack& stack = running_stack(kShared);
  const Person person = join(stack);
  HttpClient client = stack.client();
  BOOST_TEST(client.get("/auth/me", person.tokens.access).status == 200);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  expect_problem(client.get("/auth/me", person.tokens.access), 401, "token_expired");
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", person.tokens.access), 401, "token_expired");
  const Answer answer = client.post("/refresh", R"({"refresh_token":")" + person.tokens.refresh + "\"}");
  BOOST_TEST(answer.json()["expires_in"].number() == 2);
  BOOST_TEST(client.get("/auth/me", tokens_of(answer).access).status == 200);
}

BOOST_AUTO_TEST_CASE(a_flood_from_one_address_is_refused_with_a_time_to_wait) {
  HttpClient client = running_stack(kShared).client();
  Answer answer;
  for (int i = 0; i < 60 && answer.status != 429; ++i) answer = client.post("/login", "{}");
  expect_problem(answer, 429, "too_many_requests");
  BOOST_TEST(std::stoi(answer.header("retry-after")) > 0);
  // The other pool's routes go on.
  BOOST_TEST(client.get("/healthz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
