// Signing keys are published, rotated and revoked without a restart.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "expectations.hpp"
#include "load.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/crypto/jws.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace crypto = taskward::crypto;

std::string header_member(const std::string& token, std::string_view name) {
  const std::string header = crypto::from_base64url(token.substr(0, token.find('.'))).value();
  return Json::parse(header)[name].text();
}
std::string kid_of(const Tokens& tokens) { return header_member(tokens.access, "kid"); }

/// The published key set, as a relying party reads it.
std::vector<crypto::VerificationKey> published_keys(HttpClient& client) {
  const Response response = client.get("/.well-known/jwks.json");
  BOOST_TEST_REQUIRE(response.status == 200);
  std::string body = response.body;
  const auto document = taskward::json::parse(body);
  const auto* list = taskward::json::find(*document->get_if<taskward::json::Object>(), "keys")
                         ->get_if<taskward::json::Array>();
  std::vector<crypto::VerificationKey> keys;
  for (const auto& one : *list) {
    auto key = crypto::read_jwk(*one.get_if<taskward::json::Object>());
    BOOST_TEST_REQUIRE(key.has_value());
    keys.push_back(*key);
  }
  return keys;
}

bool verifies(const std::vector<crypto::VerificationKey>& keys, const std::string& token) {
  for (const auto& key : keys)
    if (crypto::verify_jws(token, key)) return true;
  return false;
}

/// Holds many times in succession, so that every worker and thread has applied the change.
bool eventually_stable(const std::function<bool()>& holds) {
  return eventually(std::chrono::seconds(60), [&] {
    for (int i = 0; i < 20; ++i)
      if (!holds()) return false;
    return true;
  });
}

/// The line of the list that begins with the key; empty if there is none.
std::string line_of(const std::string& list, const std::string& kid) {
  const std::size_t begin = ("\n" + list).find("\n" + kid + ' ');
  return begin == std::string::npos ? "" : list.substr(begin, list.find('\n', begin) - begin);
}

/// Its own stack, because it revokes the keys of all tokens.
struct KeyFixture {
  Stack stack;
  HttpClient client = stack.client();
  User user = new_user(stack);

  std::string key(std::vector<std::string> words, int status = 0) {
    words.insert(words.begin(), {"taskward", "key"});
    const CommandResult done = stack.exec(words);
    BOOST_TEST(done.status == status, done.out << done.err);
    return done.out + done.err;
  }
  /// The id of a new key that signs after `lead` seconds.
  std::string rotate(const std::string& lead) {
    const std::string output = key({"rotate", "--lead", lead});
    return output.substr(0, output.find(' '));
  }
  int me(const std::string& token) { return client.get("/auth/me", token).status; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_keys)

BOOST_AUTO_TEST_CASE(rotation_and_revocation_reach_every_worker_without_a_restart,
                     *boost::unit_test::label("slow")) {
  KeyFixture fixture;
  const auto workers = fixture.stack.workers();
  const Response published = fixture.client.get("/.well-known/jwks.json");
  expect_common_headers(published);
  BOOST_TEST(published.header("content-type") == "application/jwk-set+json");
  BOOST_TEST(published.header("cache-control") == "public, max-age=5");
  BOOST_TEST(published.body.find("\"d\"") == std::string::npos);
  const std::string old_kid = kid_of(fixture.user.tokens);
  BOOST_TEST(published_keys(fixture.client).size() == 1U);
  BOOST_TEST(published_keys(fixture.client).front().kid() == old_kid);
  BOOST_TEST(verifies(published_keys(fixture.client), fixture.user.tokens.access));

  // A key is published before it signs, and can be revoked before that.
  const std::string never_kid = fixture.rotate("600");
  BOOST_TEST(eventually_stable([&] { return published_keys(fixture.client).size() == 2U; }));
  BOOST_TEST(kid_of(log_in(fixture.stack, fixture.user)) == old_kid);
  fixture.key({"revoke", never_kid});
  BOOST_TEST(eventually_stable([&] { return published_keys(fixture.client).size() == 1U; }));

  const std::string new_kid = fixture.rotate("1");
  Tokens fresh;
  BOOST_TEST(
      eventually_stable([&] { return kid_of(fresh = log_in(fixture.stack, fixture.user)) == new_kid; }));
  BOOST_TEST(verifies(published_keys(fixture.client), fresh.access));
  for (const std::string& token : {fixture.user.tokens.access, fresh.access})
    BOOST_TEST(fixture.me(token) == 200);
  const Tokens renewed = tokens_of(
      fixture.client.post("/refresh", R"({"refresh_token":")" + fixture.user.tokens.refresh + "\"}"));
  BOOST_TEST(kid_of(renewed) == new_kid);
  const std::string listed_keys = fixture.key({"list"});
  BOOST_TEST(line_of(listed_keys, old_kid).find("verifying until") != std::string::npos, listed_keys);
  BOOST_TEST(line_of(listed_keys, new_kid).find("signing") != std::string::npos, listed_keys);

  fixture.key({"revoke", old_kid});
  BOOST_TEST(eventually_stable([&] { return fixture.me(fixture.user.tokens.access) == 401; }));
  expect_problem(fixture.client.get("/auth/me", fixture.user.tokens.access), 401, "invalid_token");
  BOOST_TEST(fixture.me(renewed.access) == 200);
  BOOST_TEST(published_keys(fixture.client).size() == 1U);

  // After the signing key is revoked, every user must log in again.
  fixture.key({"revoke", new_kid});
  BOOST_TEST(eventually_stable([&] { return fixture.me(renewed.access) == 401; }));
  const Tokens last = log_in(fixture.stack, fixture.user);
  BOOST_TEST((kid_of(last) != new_kid && kid_of(last) != old_kid));
  BOOST_TEST(fixture.me(last.access) == 200);
  BOOST_TEST((fixture.stack.workers() == workers));
  BOOST_TEST(
      fixture.stack.sql(
          "select string_agg(action, ' ' order by id) from taskward.audit where action like 'key.%'") ==
      "key.rotate key.revoke key.rotate key.revoke key.revoke");
}

BOOST_AUTO_TEST_CASE(key_commands_report_results_and_errors, *boost::unit_test::label("slow")) {
  KeyFixture fixture;
  const Json list = Json::parse(fixture.key({"list", "--json"}));
  BOOST_TEST(list.size() == 1U);
  BOOST_TEST(list.at(0)["kid"].text() == kid_of(fixture.user.tokens));
  BOOST_TEST(list.at(0)["alg"].text() == "ES256");
  BOOST_TEST(list.at(0)["state"].text() == "signing");
  BOOST_TEST(fixture.key({"revoke", "no-such-key"}, 3).find("there is no key 'no-such-key'") !=
             std::string::npos);
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{},
                                             {"turn"},
                                             {"revoke"},
                                             {"list", "more"},
                                             {"rotate", "--lead", "-1"},
                                             {"rotate", "--lead", "1s"},
                                             {"rotate", "--lead", "86401"},
                                             {"list", "--lead", "1"},
                                             {"rotate", "--json"}})
    fixture.key(wrong, 2);
  const CommandResult other = fixture.stack.exec({"env", "-u", "SECRET_KEY_FILE",
                                                  "SECRET_KEY=another root of all keys, long and unguessable",
                                                  "taskward", "key", "rotate"});
  BOOST_TEST(other.status == 78);
  BOOST_TEST(other.err.find(kid_of(fixture.user.tokens)) != std::string::npos);
  BOOST_TEST(Json::parse(fixture.key({"list", "--json"})).size() == 1U);
  BOOST_TEST(fixture.key({"--help"}).find("taskward key rotate") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
