// Settings of tokens, from end to end.
#include <boost/test/unit_test.hpp>
#include <thread>

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
