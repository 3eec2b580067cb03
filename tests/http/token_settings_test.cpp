// Token settings: algorithms, lifetimes and keys.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <vector>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "taskward/crypto/encoding.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

const Environment kSharedSecret{{"JWT_ALG", "HS256"},
                                {"JWT_SECRET_KEY", "qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G"},
                                {"ACCESS_TOKEN_TTL", "2"},
                                {"LIMIT_EXEMPT", ""}};

std::string header_of(const std::string& token) {
  return std::string(*taskward::crypto::from_base64url(token.substr(0, token.find('.'))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_settings)

BOOST_AUTO_TEST_CASE(HS256_signs_and_verifies_both_kinds_of_tokens) {
  const Stack& stack = running_stack(kSharedSecret);
  const User user = new_user(stack);
  HttpClient client = stack.client();
  for (const std::string& token : {user.tokens.access, user.tokens.refresh})
    BOOST_TEST(Json::parse(header_of(token))["alg"].text() == "HS256");
  const Tokens fresh =
      tokens_of(client.post("/refresh", R"({"refresh_token":")" + user.tokens.refresh + "\"}"));
  BOOST_TEST(client.get("/auth/me", fresh.access).status == 200);
}

BOOST_AUTO_TEST_CASE(RS256_is_used_from_the_first_start) {
  const Stack stack(Environment{{"JWT_ALG", "RS256"}});
  HttpClient client = stack.client();
  const User user = new_user(stack);
  BOOST_TEST(Json::parse(header_of(user.tokens.access))["alg"].text() == "RS256");
  BOOST_TEST(client.get("/auth/me", user.tokens.access).status == 200);
  BOOST_TEST(client.get("/.well-known/jwks.json").json()["keys"].at(0)["kty"].text() == "RSA");
}

BOOST_AUTO_TEST_CASE(change_of_algorithm_keeps_existing_sessions) {
  const Stack stack;
  HttpClient client = stack.client();
  const User user = new_user(stack);
  std::vector<Tokens> pairs{user.tokens};
  for (const std::string algorithm : {"RS256", "EdDSA", "HS256", "ES256"}) {
    std::ofstream(stack.folder() / "etc/taskward.conf")
        << "JWT_SECRET_KEY = qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G\nJWT_ALG = " << algorithm << '\n';
    BOOST_TEST_REQUIRE(stack.restart().status == 0);
    pairs.push_back(log_in(stack, user));
    BOOST_TEST(Json::parse(header_of(pairs.back().access))["alg"].text() == algorithm);
    for (const Tokens& pair : pairs)
      BOOST_TEST(client.get("/auth/me", pair.access).status == 200, header_of(pair.access));
  }
  for (const Tokens& pair : pairs)
    BOOST_TEST(client.post("/refresh", R"({"refresh_token":")" + pair.refresh + "\"}").status == 200,
               header_of(pair.refresh));
  // One key of each asymmetric algorithm; the shared secret is not published.
  const Response published = client.get("/.well-known/jwks.json");
  BOOST_TEST(published.json()["keys"].size() == 3U);
  BOOST_TEST(published.body.find("oct") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(key_rotation_is_refused_for_a_shared_secret) {
  const CommandResult done = running_stack(kSharedSecret).exec({"taskward", "key", "rotate"});
  BOOST_TEST(done.status == 3);
  BOOST_TEST(done.err.find("JWT_SECRET_KEY") != std::string::npos);
  HttpClient client = running_stack(kSharedSecret).client();
  BOOST_TEST(client.get("/.well-known/jwks.json").json()["keys"].size() == 0U);
}

BOOST_AUTO_TEST_CASE(token_of_another_installation_is_rejected) {
  const User stranger = new_user(running_stack());
  HttpClient client = running_stack(kSharedSecret).client();
  expect_problem(client.get("/auth/me", stranger.tokens.access), 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(refresh_token_outlives_an_expired_access_token) {
  const Stack& stack = running_stack(kSharedSecret);
  const User user = new_user(stack);
  HttpClient client = stack.client();
  BOOST_TEST(client.get("/auth/me", user.tokens.access).status == 200);
  BOOST_TEST(eventually(std::chrono::seconds(10),
                        [&] { return client.get("/auth/me", user.tokens.access).status == 401; }));
  expect_problem(client.get("/auth/me", user.tokens.access), 401, "token_expired");
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", user.tokens.access), 401, "token_expired");
  const Response response = client.post("/refresh", R"({"refresh_token":")" + user.tokens.refresh + "\"}");
  BOOST_TEST(response.json()["expires_in"].number() == 2);
  BOOST_TEST(client.get("/auth/me", tokens_of(response).access).status == 200);
}

BOOST_AUTO_TEST_CASE(flood_from_one_address_is_429_with_retry_after) {
  HttpClient client = running_stack(kSharedSecret).client();
  Response response;
  for (int i = 0; i < 60 && response.status != 429; ++i) response = client.post("/login", "{}");
  expect_problem(response, 429, "too_many_requests");
  BOOST_TEST(std::stoi(response.header("retry-after")) > 0);
  // Routes of the other pool are still served.
  BOOST_TEST(client.get("/healthz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
