// What tokens are refused for, with the keys of each algorithm.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/crypto/jwt.hpp"
#include "tests/unit/crypto/support_tokens.hpp"

namespace taskward::crypto {
namespace {

using testing::TokenFixture;

/// Runs the check with a fixture of each algorithm.
template <class Check>
void for_each_algorithm(const Check& check) {
  for (const JwsAlgorithm algorithm : model::kJwsAlgorithms) {
    BOOST_TEST_CONTEXT(model::name(algorithm)) {
      const TokenFixture fixture(algorithm);
      check(fixture);
    }
  }
}

std::string head_of(std::string_view alg, const std::string& kid, std::string_view typ = "at+jwt") {
  return R"({"alg":")" + std::string(alg) + R"(","kid":")" + kid + R"(","typ":")" + std::string(typ) + "\"}";
}

BOOST_AUTO_TEST_SUITE(jwt_algorithms)

BOOST_AUTO_TEST_CASE(a_token_is_taken_as_it_was_signed_and_with_no_flipped_bit) {
  for_each_algorithm([](const TokenFixture& f) {
    const Secret good = f.keys.sign(f.claims());
    BOOST_TEST(good.size() < 1200U);
    for (std::size_t bit = 0; bit < good.size() * 8; bit += 3) {
      std::string altered(good.reveal());
      altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
      BOOST_REQUIRE_MESSAGE(f.read(altered) == "invalid_token", "bit " << bit);
    }
    BOOST_TEST(f.read(good.reveal()) == "ok");
    BOOST_TEST(f.read(f.keys.sign(f.claims(TokenKind::refresh)).reveal(), TokenKind::refresh) == "ok");
  });
}

BOOST_AUTO_TEST_CASE(none_is_refused) {
  for_each_algorithm([](const TokenFixture& f) {
    for (const char* alg : {"none", "None", "NONE", ""}) {
      const std::string input = base64url(head_of(alg, f.key.kid())) + '.' + base64url(f.payload());
      BOOST_TEST(f.read(input + '.') == "invalid_token");
      BOOST_TEST(f.read(input + '.' + base64url(f.key.sign(input))) == "invalid_token");
    }
  });
}

BOOST_AUTO_TEST_CASE(no_key_is_used_with_the_algorithm_of_another) {
  const auto all = TokenFixture::keys_of(TokenFixture::key_by(JwsAlgorithm::ES256),
                                         TokenFixture::key_by(JwsAlgorithm::RS256),
                                         TokenFixture::key_by(JwsAlgorithm::EdDSA), TokenFixture::hs256());
  for_each_algorithm([&](const TokenFixture& signer) {
    for_each_algorithm([&](const TokenFixture& named) {
      for (const JwsAlgorithm alg : model::kJwsAlgorithms) {
        const std::string head = head_of(model::name(alg), named.key.kid());
        const bool right = alg == signer.key.algorithm() && named.key.algorithm() == signer.key.algorithm();
        const bool taken =
            static_cast<bool>(all.verify(TokenFixture::signed_by(signer.key, head, signer.payload()),
                                         TokenKind::access, signer.clock.now()));
        BOOST_TEST(taken == right, model::name(alg));
      }
    });
  });
}

BOOST_AUTO_TEST_CASE(a_public_key_in_any_spelling_is_no_hs256_secret) {
  for_each_algorithm([](const TokenFixture& f) {
    if (f.key.public_der().empty()) return;
    for (const std::string& secret : {f.key.public_der(), base64url(f.key.public_der()), f.key.kid()}) {
      const auto forger = SigningKey::hs256(Secret(secret));
      for (const std::string& kid : {f.key.kid(), forger.kid()})
        BOOST_TEST(f.read(TokenFixture::signed_by(forger, head_of("HS256", kid), f.payload())) ==
                   "invalid_token");
    }
  });
}

BOOST_AUTO_TEST_CASE(a_key_of_the_same_kind_that_is_not_ours_is_refused) {
  for_each_algorithm([](const TokenFixture& f) {
    const bool shared = f.key.algorithm() == JwsAlgorithm::HS256;
    const auto other = shared ? TokenFixture::hs256('x') : SigningKey::generate(f.key.algorithm());
    BOOST_TEST(f.read(TokenFixture::signed_by(other, f.header(), f.payload())) == "invalid_token");
    BOOST_TEST(f.read(TokenFixture::signed_by(other, TokenFixture::header_of(other), f.payload())) ==
               "invalid_token");
  });
}

BOOST_AUTO_TEST_CASE(a_header_says_alg_kid_and_typ_once_and_nothing_else) {
  for_each_algorithm([](const TokenFixture& f) {
    const std::string alg(model::name(f.key.algorithm()));
    for (const std::string& more :
         {std::string(R"(,"crit":["exp"])"), std::string(R"(,"jku":"https://evil.example/keys")"),
          std::string(R"(,"x5u":"https://evil.example")"), std::string(R"(,"jwk":{"kty":"EC"})"),
          std::string(R"(,"x5c":[])"), std::string(R"(,"x5t":"AA")"), std::string(R"(,"b64":true)"),
          std::string(R"(,"cty":"JWT")"), R"(,"alg":")" + alg + '"', R"(,"kid":")" + f.key.kid() + '"'})
      BOOST_TEST(f.read(f.token(f.header(more), f.payload())) == "invalid_token", more);
    // Three members, one of them twice.
    BOOST_TEST(f.read(f.token(R"({"alg":")" + alg + R"(","alg":")" + alg + R"(","typ":"at+jwt"})",
                              f.payload())) == "invalid_token");
    for (const char* typ : {"JWT", "rt+jwt", "application/at+jwt", "AT+JWT", ""})
      BOOST_TEST(f.read(f.token(head_of(alg, f.key.kid(), typ), f.payload())) == "invalid_token", typ);
  });
}

BOOST_AUTO_TEST_CASE(a_payload_of_another_issuer_audience_or_time_is_refused) {
  for_each_algorithm([](const TokenFixture& f) {
    const auto outcome = [&](std::string_view claim, const std::string& value) {
      return f.read(f.token(f.header(), f.payload(claim, value)));
    };
    BOOST_TEST(outcome("iss", R"("https://others.example")") == "invalid_token");
    BOOST_TEST(outcome("aud", R"("others")") == "invalid_token");
    BOOST_TEST(outcome("aud", R"(["tasks"])") == "invalid_token");
    BOOST_TEST(outcome("nbf", std::to_string(f.now() + 31)) == "invalid_token");
    BOOST_TEST(outcome("iat", std::to_string(f.now() + 31)) == "invalid_token");
    BOOST_TEST(outcome("exp", std::to_string(f.now())) == "token_expired");
    BOOST_TEST(f.read(f.token(f.header(), R"({"sub":"x",)" + f.payload().substr(1))) == "invalid_token");
    for (const char* claim : {"iss", "aud", "nbf", "iat", "exp"})
      BOOST_TEST(f.read(f.token(f.header(), f.payload(claim))) == "invalid_token", claim);
  });
}

BOOST_AUTO_TEST_CASE(another_spelling_and_white_space_are_refused) {
  for_each_algorithm([](const TokenFixture& f) {
    const std::string good = f.token(f.header(), f.payload());
    const std::size_t first = good.find('.');
    for (const std::string& bad :
         {good + '=', good + "==", good + ' ', ' ' + good, good + '\n',
          good.substr(0, first) + '=' + good.substr(first), good.substr(0, first) + ' ' + good.substr(first),
          good.substr(0, first + 1) + ' ' + good.substr(first + 1), good.substr(0, first), good + '.',
          "Bearer " + good})
      BOOST_TEST(f.read(bad) == "invalid_token", bad);
    BOOST_TEST(f.read(good) == "ok");
  });
}

BOOST_AUTO_TEST_CASE(an_oversized_token_is_refused_although_it_is_signed) {
  for_each_algorithm([](const TokenFixture& f) {
    const std::string claims = f.payload();
    const std::string large =
        claims.substr(0, claims.size() - 1) + R"(,"x":")" + std::string(kJwsMaxBytes, 'x') + "\"}";
    BOOST_TEST(f.read(f.token(f.header(), large)) == "invalid_token");
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
