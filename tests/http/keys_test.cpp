// Signing keys of the running product: published, rotated and revoked without a restart.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "expectations.hpp"
#include "load.hpp"
#include "people.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/crypto/jws.hpp"

namespace {

using namespace taskward::test;
namespace crypto = taskward::crypto;

std::string header_member(const std::string& token, std::string_view name) {
  const std::string header = crypto::from_base64url(token.substr(0, token.find('.'))).value();
  return Json::parse(header)[name].text();
}
std::string kid_of(const Tokens& tokens) { return header_member(tokens.access, "kid"); }

/// What stands at the published address, as a relying party reads it.
std::vector<crypto::VerificationKey> published_keys(HttpClient& client) {
  const Answer answer = client.get("/.well-known/jwks.json");
  BOOST_TEST_REQUIRE(answer.status == 200);
  std::string body = answer.body;
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

/// Every worker, each with threads of its own, must have seen it: so often in a row.
bool soon_always(const std::function<bool()>& holds) {
  return eventually(std::chrono::seconds(60), [&] {
    for (int i = 0; i < 20; ++i)
      if (!holds()) return false;
    return true;
  });
}

/// The line of the list that begins with the key; empty when there is none.
std::string line_of(const std::string& list, const std::string& kid) {
  const std::size_t begin = ("\n" + list).find("\n" + kid + ' ');
  return begin == std::string::npos ? "" : list.substr(begin, list.find('\n', begin) - begin);
}

/// A stack of its own: nobody else's tokens are revoked here.
struct KeysOfItsOwn {
  Stack stack;
  HttpClient client = stack.client();
  Person person = join(stack);

  std::string key(std::vector<std::string> words, int status = 0) {
    words.insert(words.begin(), {"taskward", "key"});
    const Finished done = stack.exec(words);
    BOOST_TEST(done.status == status, done.out << done.err);
    return done.out + done.err;
  }
  /// The name of a new key that signs after so many seconds.
  std::string rotated(const std::string& lead) {
    const std::string told = key({"rotate", "--lead", lead});
    return told.substr(0, told.find(' '));
  }
  int me(const std::string& token) { return client.get("/auth/me", token).status; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(rotation_and_revocation_reach_every_worker_without_a_restart) {
  KeysOfItsOwn its;
  const auto workers = its.stack.workers();
  const Answer published = its.client.get("/.well-known/jwks.json");
  expect_common_headers(published);
  BOOST_TEST(published.header("content-type") == "application/jwk-set+json");
  BOOST_TEST(published.header("cache-control") == "public, max-age=5");
  BOOST_TEST(published.body.find("\"d\"") == std::string::npos);
  const std::string old_kid = kid_of(its.person.tokens);
  BOOST_TEST(published_keys(its.client).size() == 1U);
  BOOST_TEST(published_keys(its.client).front().kid() == old_kid);
  BOOST_TEST(verifies(published_keys(its.client), its.person.tokens.access));

  // It is published, and long before it begins it is given up.
  const std::string never_kid = its.rotated("600");
  BOOST_TEST(soon_always([&] { return published_keys(its.client).size() == 2U; }));
  BOOST_TEST(kid_of(log_in(its.stack, its.person)) == old_kid);
  its.key({"revoke", never_kid});
  BOOST_TEST(soon_always([&] { return published_keys(its.client).size() == 1U; }));

  const std::string new_kid = its.rotated("1");
  Tokens fresh;
  BOOST_TEST(soon_always([&] { return kid_of(fresh = log_in(its.stack, its.person)) == new_kid; }));
  BOOST_TEST(verifies(published_keys(its.client), fresh.access));
  for (const std::string& token : {its.person.tokens.access, fresh.access}) BOOST_TEST(its.me(token) == 200);
  const Tokens renewed =
      tokens_of(its.client.post("/refresh", R"({"refresh_token":")" + its.person.tokens.refresh + "\"}"));
  BOOST_TEST(kid_of(renewed) == new_kid);
  const std::string listed_keys = its.key({"list"});
  BOOST_TEST(line_of(listed_keys, old_kid).find("verifying until") != std::string::npos, listed_keys);
  BOOST_TEST(line_of(listed_keys, new_kid).find("signing") != std::string::npos, listed_keys);

  its.key({"revoke", old_kid});
  BOOST_TEST(soon_always([&] { return its.me(its.person.tokens.access) == 401; }));
  expect_problem(its.client.get("/auth/me", its.person.tokens.access), 401, "invalid_token");
  BOOST_TEST(its.me(renewed.access) == 200);
  BOOST_TEST(published_keys(its.client).size() == 1U);

  // The one that signs, too: everybody logs in again.
  its.key({"revoke", new_kid});
  BOOST_TEST(soon_always([&] { return its.me(renewed.access) == 401; }));
  const Tokens last = log_in(its.stack, its.person);
  BOOST_TEST((kid_of(last) != new_kid && kid_of(last) != old_kid));
  BOOST_TEST(its.me(last.access) == 200);
  BOOST_TEST((its.stack.workers() == workers));
  BOOST_TEST(
      its.stack.sql(
          "select string_agg(action, ' ' order by id) from taskward.audit where action like 'key.%'") ==
      "key.rotate key.revoke key.rotate key.revoke key.revoke");
}

BOOST_AUTO_TEST_CASE(the_commands_say_what_they_did_or_what_is_wrong) {
  KeysOfItsOwn its;
  const Json list = Json::parse(its.key({"list", "--json"}));
  BOOST_TEST(list.size() == 1U);
  BOOST_TEST(list.at(0)["kid"].text() == kid_of(its.person.tokens));
  BOOST_TEST(list.at(0)["alg"].text() == "ES256");
  BOOST_TEST(list.at(0)["state"].text() == "signing");
  BOOST_TEST(its.key({"revoke", "no-such-key"}, 1).find("there is no key 'no-such-key'") !=
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
    its.key(wrong, 2);
  const Finished other = its.stack.exec({"env", "-u", "SECRET_KEY_FILE",
                                         "SECRET_KEY=another root of all keys, long and unguessable",
                                         "taskward", "key", "rotate"});
  BOOST_TEST(other.status == 78);
  BOOST_TEST(other.err.find(kid_of(its.person.tokens)) != std::string::npos);
  BOOST_TEST(Json::parse(its.key({"list", "--json"})).size() == 1U);
  BOOST_TEST(its.key({"--help"}).find("taskward key rotate") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
