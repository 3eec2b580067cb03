// Token settings: algorithms, lifetimes and keys.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <vector>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using taskward::Secret;
using taskward::crypto::base64url;
using taskward::crypto::SigningKey;

const Environment kSharedSecret{{"JWT_ALG", "HS256"},
                                {"JWT_SECRET_KEY", "qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G"},
                                {"ACCESS_TOKEN_TTL", "2"},
                                {"LIMIT_EXEMPT", ""}};

std::string header_of(const std::string& token) {
  return std::string(*taskward::crypto::from_base64url(token.substr(0, token.find('.'))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_settings)

BOOST_AUTO_TEST_CASE(HS256_signs_and_verifies_both_kinds_of_tokens, *boost::unit_test::label("slow")) {
  const Stack& stack = running_stack(kSharedSecret);
  const User user = new_user(stack);
  HttpClient client = stack.client();
  for (const std::string& token : {user.tokens.access, user.tokens.refresh})
    BOOST_TEST(Json::parse(header_of(token))["alg"].text() == "HS256");
  const Tokens fresh =
      tokens_of(client.post("/refresh", R"({"refresh_token":")" + user.tokens.refresh + "\"}"));
  BOOST_TEST(client.get("/auth/me", fresh.access).status == 200);
}

BOOST_AUTO_TEST_CASE(refresh_token_of_an_older_release_is_exchanged_once) {
  const Stack& stack = running_stack(kSharedSecret);
  const User user = new_user(stack);
  HttpClient client = stack.client();
  // Older releases signed refresh tokens with the key of access tokens, and stored them in a table.
  const auto key = SigningKey::hs256(Secret("qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G"));
  const std::string& current = user.tokens.refresh;
  const std::size_t dot = current.find('.');
  const std::string input = base64url(R"({"alg":"HS256","kid":")" + key.kid() + R"(","typ":"rt+jwt"})") +
                            current.substr(dot, current.rfind('.') - dot);
  const std::string former = input + '.' + base64url(key.sign(input));
  static_cast<void>(stack.sql(
      "with s as (update taskward.sessions set token_hash = null where user_id = '" + user.id +
      "' returning *) insert into taskward.refresh_tokens (user_id, token_hash, session_id, expires_at)"
      " select user_id, sha256('" +
      former + "'), id, expires_at from s"));
  expect_problem(client.get("/auth/me", former), 401, "invalid_token");
  const auto refresh = [&](const std::string& token) {
    return client.send({.method = "POST", .path = "/auth/refresh", .token = token});
  };
  const Tokens next = tokens_of(refresh(former));
  BOOST_TEST(tokens_of(refresh(former)).refresh == next.refresh);
  BOOST_TEST(client.get("/auth/me", next.access).status == 200);
  const Tokens later = tokens_of(refresh(next.refresh));
  static_cast<void>(
      stack.sql("update taskward.refresh_tokens set used_at = used_at - interval '11 seconds'"
                " where user_id = '" +
                user.id + "'"));
  expect_problem(refresh(former), 401, "refresh_token_reused");
  expect_problem(refresh(later.refresh), 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(RS256_is_used_from_the_first_start, *boost::unit_test::label("slow")) {
  const Stack stack(Environment{{"JWT_ALG", "RS256"}});
  HttpClient client = stack.client();
  const User user = new_user(stack);
  BOOST_TEST(Json::parse(header_of(user.tokens.access))["alg"].text() == "RS256");
  BOOST_TEST(client.get("/auth/me", user.tokens.access).status == 200);
  BOOST_TEST(client.get("/.well-known/jwks.json").json()["keys"].at(0)["kty"].text() == "RSA");
}

BOOST_AUTO_TEST_CASE(change_of_algorithm_keeps_existing_sessions, *boost::unit_test::label("slow")) {
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
