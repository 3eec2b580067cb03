// Forged, altered and malformed access tokens are rejected.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using taskward::Secret;
using taskward::crypto::base64url;
using taskward::crypto::from_base64url;
using taskward::crypto::SigningKey;
namespace data = boost::unit_test::data;

struct Parts {
  std::string header;
  std::string payload;
  std::string signature;

  explicit Parts(const std::string& token) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    header = token.substr(0, first);
    payload = token.substr(first + 1, second - first - 1);
    signature = token.substr(second + 1);
  }
  [[nodiscard]] std::string signed_input() const { return header + '.' + payload; }
  [[nodiscard]] std::string whole() const { return signed_input() + '.' + signature; }
};

std::string decoded(const std::string& part) { return std::string(*from_base64url(part)); }

std::string replaced(std::string text, const std::string& old_text, const std::string& new_text) {
  const std::size_t at = text.find(old_text);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, old_text.size(), new_text);
}

struct TokenFixture {
  const Stack& stack = running_stack();
  User user = new_user(stack);
  HttpClient client = stack.client();
  Parts token{user.tokens.access};

  /// The public key of access tokens, in DER.
  [[nodiscard]] std::string public_key() const {
    const std::string hex = stack.sql("select encode(public_key, 'hex') from taskward.signing_keys");
    std::string der;
    for (std::size_t i = 0; i < hex.size(); i += 2)
      der += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return der;
  }
  void expect_refused(const std::string& forged) {
    expect_problem(client.get("/auth/me", forged), 401, "invalid_token");
    expect_problem(client.get("/tasks", forged), 401, "invalid_token");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tokens, TokenFixture)

BOOST_AUTO_TEST_CASE(issued_token_is_accepted_and_has_the_expected_claims) {
  BOOST_TEST(client.get("/auth/me", token.whole()).status == 200);
  const Json header = Json::parse(decoded(token.header));
  BOOST_TEST(header["alg"].text() == "ES256");
  BOOST_TEST(header["typ"].text() == "at+jwt");
  const Json claims = Json::parse(decoded(token.payload));
  const std::vector<std::string> names{"iss", "aud", "sub",  "sid", "jti", "iat",
                                       "nbf", "exp", "role", "acr", "amr", "auth_time"};
  BOOST_TEST(claims.names() == names, boost::test_tools::per_element());
  BOOST_TEST(claims["sub"].text() == user.id);
  BOOST_TEST(claims["acr"].text() == "aal1");
  BOOST_TEST(claims["amr"].dump() == R"(["pwd"])");
  BOOST_TEST(claims["auth_time"].number() <= claims["iat"].number());
  BOOST_TEST(claims["exp"].number() - claims["iat"].number() == 900);
}

BOOST_AUTO_TEST_CASE(refresh_token_is_signed_with_a_key_that_is_not_published) {
  const Json header = Json::parse(decoded(Parts(user.tokens.refresh).header));
  BOOST_TEST(header["alg"].text() == "HS256");
  BOOST_TEST(header["typ"].text() == "rt+jwt");
  const std::string kid = header["kid"].text();
  BOOST_TEST(kid != Json::parse(decoded(token.header))["kid"].text());
  const Response published = client.get("/.well-known/jwks.json");
  BOOST_TEST(published.body.find(kid) == std::string::npos);
  BOOST_TEST(published.body.find("oct") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(forged_refresh_token_is_rejected_and_ends_nothing) {
  const Parts good(user.tokens.refresh);
  const auto expect_rejected = [&](const Parts& forged) {
    expect_problem(client.send({.method = "POST", .path = "/auth/refresh", .token = forged.whole()}), 401,
                   "invalid_token");
  };
  Parts forged = good;
  forged.signature[5] = forged.signature[5] == 'A' ? 'B' : 'A';
  expect_rejected(forged);
  forged = good;
  forged.header = base64url(replaced(decoded(good.header), "HS256", "none"));
  forged.signature.clear();
  expect_rejected(forged);
  forged = good;
  forged.signature = base64url(SigningKey::hs256(Secret(public_key())).sign(forged.signed_input()));
  expect_rejected(forged);
  BOOST_TEST(client.send({.method = "POST", .path = "/auth/refresh", .token = good.whole()}).status == 200);
}

BOOST_AUTO_TEST_CASE(refresh_token_is_rejected_as_access_token) { expect_refused(user.tokens.refresh); }

BOOST_AUTO_TEST_CASE(access_token_is_rejected_as_refresh_token) {
  expect_problem(client.post("/auth/refresh", R"({"refresh_token":")" + token.whole() + "\"}"), 401,
                 "invalid_token");
  expect_problem(client.send({.method = "POST", .path = "/refresh", .token = token.whole()}), 401,
                 "invalid_token");
}

BOOST_AUTO_TEST_CASE(missing_token_has_its_own_error_code) {
  expect_problem(client.get("/auth/me"), 401, "authentication_required");
}

BOOST_DATA_TEST_CASE(algorithm_none_is_rejected, data::make({"none", "None", "NONE", "nOnE", ""}), name) {
  token.header = base64url(replaced(decoded(token.header), "ES256", name));
  expect_refused(token.whole());
  token.signature.clear();
  expect_refused(token.whole());
}

BOOST_AUTO_TEST_CASE(changed_payload_is_rejected) {
  token.payload = base64url(replaced(decoded(token.payload), "\"user\"", "\"admin\""));
  expect_refused(token.whole());
}

BOOST_AUTO_TEST_CASE(payload_of_another_user_is_rejected) {
  token.payload = Parts(new_user(stack).tokens.access).payload;
  expect_refused(token.whole());
}

BOOST_AUTO_TEST_CASE(changed_signature_is_rejected) {
  const std::string original = token.signature;
  for (const std::size_t at : {std::size_t{0}, original.size() / 2, original.size() - 1}) {
    token.signature = original;
    token.signature[at] = original[at] == 'A' ? 'Q' : 'A';
    expect_refused(token.whole());
  }
  token.signature = original + "AAAA";
  expect_refused(token.whole());
  token.signature = original.substr(0, 40);
  expect_refused(token.whole());
}

BOOST_AUTO_TEST_CASE(signature_by_another_key_is_rejected) {
  token.signature =
      base64url(SigningKey::generate(taskward::crypto::JwsAlgorithm::ES256).sign(token.signed_input()));
  expect_refused(token.whole());
}

BOOST_AUTO_TEST_CASE(public_key_is_rejected_as_HS256_secret) {
  token.header = base64url(replaced(decoded(token.header), "ES256", "HS256"));
  token.signature = base64url(SigningKey::hs256(Secret(public_key())).sign(token.signed_input()));
  expect_refused(token.whole());
}

BOOST_DATA_TEST_CASE(unsupported_header_parameters_are_rejected,
                     data::make({R"(,"crit":["exp"]})", R"(,"jku":"https://example.org/keys"})",
                                 R"(,"x5u":"x"})"}),
                     more) {
  std::string header = decoded(token.header);
  header.pop_back();
  token.header = base64url(header + more);
  expect_refused(token.whole());
}

BOOST_DATA_TEST_CASE(malformed_token_is_rejected,
                     data::make({"x", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.e30", "====", "-",
                                 "~~~~"}),
                     text) {
  expect_refused(text);
}

BOOST_DATA_TEST_CASE(malformed_authorization_header_is_rejected,
                     data::make({"Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer a b", "Bearer\ta",
                                 "Token abc", "Bearer \xC3\xBC", "Bearer a,b"}),
                     value) {
  const Response response =
      client.send({.path = "/auth/me", .headers = {std::string("Authorization: ") + value}});
  expect_problem(response, 401, "invalid_token");
}

BOOST_AUTO_TEST_CASE(authorization_scheme_is_case_insensitive) {
  const Response response =
      client.send({.path = "/auth/me", .headers = {"Authorization: bEARER " + token.whole()}});
  BOOST_TEST(response.status == 200);
}

BOOST_AUTO_TEST_CASE(token_of_4_KiB_is_read_and_rejected) { expect_refused(std::string(4096, 'a')); }

BOOST_AUTO_TEST_CASE(token_of_a_deleted_account_is_rejected) {
  static_cast<void>(stack.sql("delete from taskward.users where id = '" + user.id + "'"));
  expect_refused(token.whole());
  BOOST_TEST(client.post("/refresh", R"({"refresh_token":")" + user.tokens.refresh + "\"}").status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
