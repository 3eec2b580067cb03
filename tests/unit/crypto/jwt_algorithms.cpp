// Reasons to reject a token, with keys of each algorithm.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/crypto/jwt.hpp"
#include "tests/unit/crypto/support_tokens.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using testing::TokenFixture;

/// Runs the check with one fixture of each algorithm.
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

BOOST_AUTO_TEST_CASE(token_with_a_flipped_bit_is_rejected_for_each_algorithm,
                     *boost::unit_test::label("slow")) {
  for_each_algorithm([](const TokenFixture& f) {
    const Secret good = f.keys.sign(f.claims());
    BOOST_TEST(good.size() < 1200U);
    for (std::size_t bit = 0; bit < good.size() * 8; bit += 3) {
      const std::string altered = testing::with_bit_flipped(std::string(good.reveal()), bit);
      BOOST_REQUIRE_MESSAGE(f.read(altered) == "invalid_token", "bit " << bit);
    }
    BOOST_TEST(f.read(good.reveal()) == "ok");
    BOOST_TEST(f.read(f.keys.sign(f.claims(TokenKind::refresh)).reveal(), TokenKind::refresh) == "ok");
  });
}

BOOST_AUTO_TEST_CASE(alg_none_is_rejected_for_each_algorithm) {
  for_each_algorithm([](const TokenFixture& f) {
    for (const char* alg : {"none", "None", "NONE", ""}) {
      const std::string input = base64url(head_of(alg, f.key.kid())) + '.' + base64url(f.payload());
      BOOST_TEST(f.read(input + '.') == "invalid_token");
      BOOST_TEST(f.read(input + '.' + base64url(f.key.sign(input))) == "invalid_token");
    }
  });
}

BOOST_AUTO_TEST_CASE(key_is_never_used_with_another_algorithm) {
  const auto all = TokenFixture::keys_of(TokenFixture::key_by(JwsAlgorithm::ES256),
                                         TokenFixture::key_by(JwsAlgorithm::RS256),
                                         TokenFixture::key_by(JwsAlgorithm::EdDSA), TokenFixture::hs256());
  for_each_algorithm([&](const TokenFixture& signer) {
    for_each_algorithm([&](const TokenFixture& named) {
      for (const JwsAlgorithm alg : model::kJwsAlgorithms) {
        const std::string head = head_of(model::name(alg), named.key.kid());
        const bool is_valid =
            alg == signer.key.algorithm() && named.key.algorithm() == signer.key.algorithm();
        const bool accepted =
            static_cast<bool>(all.verify(TokenFixture::signed_by(signer.key, head, signer.payload()),
                                         TokenKind::access, signer.clock.now()));
        BOOST_TEST(accepted == is_valid, model::name(alg));
      }
    });
  });
}

BOOST_AUTO_TEST_CASE(public_key_in_any_encoding_is_not_an_hs256_secret) {
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

BOOST_AUTO_TEST_CASE(foreign_key_of_the_same_algorithm_is_rejected) {
  for_each_algorithm([](const TokenFixture& f) {
    const bool is_symmetric = f.key.algorithm() == JwsAlgorithm::HS256;
    const auto other = is_symmetric ? TokenFixture::hs256('x') : SigningKey::generate(f.key.algorithm());
    BOOST_TEST(f.read(TokenFixture::signed_by(other, f.header(), f.payload())) == "invalid_token");
    BOOST_TEST(f.read(TokenFixture::signed_by(other, TokenFixture::header_of(other), f.payload())) ==
               "invalid_token");
  });
}

BOOST_AUTO_TEST_CASE(header_contains_exactly_alg_kid_and_typ) {
  for_each_algorithm([](const TokenFixture& f) {
    const std::string alg(model::name(f.key.algorithm()));
    for (const std::string& more :
         {std::string(R"(,"crit":["exp"])"), std::string(R"(,"jku":"https://evil.example/keys")"),
          std::string(R"(,"x5u":"https://evil.example")"), std::string(R"(,"jwk":{"kty":"EC"})"),
          std::string(R"(,"x5c":[])"), std::string(R"(,"x5t":"AA")"), std::string(R"(,"b64":true)"),
          std::string(R"(,"cty":"JWT")"), R"(,"alg":")" + alg + '"', R"(,"kid":")" + f.key.kid() + '"'})
      BOOST_TEST(f.read(f.token(f.header(more), f.payload())) == "invalid_token", more);
    // Three members, two of which have the same name.
    BOOST_TEST(f.read(f.token(R"({"alg":")" + alg + R"(","alg":")" + alg + R"(","typ":"at+jwt"})",
                              f.payload())) == "invalid_token");
    for (const char* typ : {"JWT", "rt+jwt", "application/at+jwt", "AT+JWT", ""})
      BOOST_TEST(f.read(f.token(head_of(alg, f.key.kid(), typ), f.payload())) == "invalid_token", typ);
  });
}

BOOST_AUTO_TEST_CASE(wrong_issuer_audience_or_time_is_rejected_for_each_algorithm) {
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

BOOST_AUTO_TEST_CASE(noncanonical_token_encoding_is_rejected_for_each_algorithm) {
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

BOOST_AUTO_TEST_CASE(oversized_token_is_rejected_even_if_signed) {
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
