// Forged tokens.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/crypto/jwt.hpp"
#include "tests/unit/crypto/support_tokens.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

BOOST_FIXTURE_TEST_SUITE(jwt_forgery, testing::TokenFixture)

BOOST_AUTO_TEST_CASE(forging_helpers_can_create_a_valid_token) {
  BOOST_TEST(read(token(header(), payload())) == "ok");
}

BOOST_AUTO_TEST_CASE(alg_none_is_rejected_with_and_without_a_signature) {
  for (const std::string alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string head = R"({"alg":")" + alg + R"(","kid":")" + key.kid() + R"(","typ":"at+jwt"})";
    const std::string input = base64url(head) + '.' + base64url(payload());
    BOOST_TEST(read(input + '.') == "invalid_token");
    BOOST_TEST(read(token(head, payload())) == "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(public_key_is_not_an_hs256_secret) {
  const std::string head = R"({"alg":"HS256","kid":")" + key.kid() + R"(","typ":"at+jwt"})";
  const auto forger = SigningKey::hs256(Secret(key.public_der()));
  BOOST_TEST(read(signed_by(forger, head, payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(forger, header(), payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(forger, header_of(forger), payload())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(algorithm_is_determined_by_the_key_not_the_token) {
  const auto shared = hs256();
  const auto both = keys_of(es256(), hs256());
  const auto is_accepted = [&](const SigningKey& signer, std::string_view alg, const std::string& kid) {
    const std::string head = R"({"alg":")" + std::string(alg) + R"(","kid":")" + kid + R"(","typ":"at+jwt"})";
    return static_cast<bool>(both.verify(signed_by(signer, head, payload()), TokenKind::access, clock.now()));
  };
  BOOST_TEST(is_accepted(key, "ES256", key.kid()));
  BOOST_TEST(is_accepted(shared, "HS256", shared.kid()));
  BOOST_TEST(!is_accepted(key, "HS256", key.kid()));
  BOOST_TEST(!is_accepted(shared, "ES256", shared.kid()));
  BOOST_TEST(!is_accepted(shared, "HS256", key.kid()));
  BOOST_TEST(!is_accepted(key, "ES256", shared.kid()));
  BOOST_TEST(!is_accepted(shared, "HS512", shared.kid()));
}

BOOST_AUTO_TEST_CASE(foreign_key_is_rejected_under_its_own_or_our_kid) {
  const auto other = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(read(signed_by(other, header_of(other), payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(other, header(), payload())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(header_requires_kid_alg_and_typ_as_strings) {
  const std::string kid = key.kid();
  for (const std::string& head : std::vector<std::string>{
           std::string("{}"), std::string("[]"), std::string("null"), std::string("\"\""), std::string(""),
           R"({"alg":"ES256","kid":")" + kid + "\"}", R"({"alg":"ES256","typ":"at+jwt"})",
           R"({"kid":")" + kid + R"(","typ":"at+jwt"})", R"({"alg":"ES256","kid":"","typ":"at+jwt"})",
           R"({"alg":"ES256","kid":null,"typ":"at+jwt"})",
           R"({"alg":["ES256"],"kid":")" + kid + R"(","typ":"at+jwt"})",
           R"({"alg":"ES256","kid":[")" + kid + R"("],"typ":"at+jwt"})",
           R"({"alg":"ES256","kid":")" + kid + R"(","typ":"JWT"})",
           R"({"alg":"ES256","kid":")" + kid + R"(","typ":"application/at+jwt"})",
           R"({"alg":"ES256","kid":")" + kid + R"(","typ":"AT+JWT"})",
           R"({"alg":"es256","kid":")" + kid + R"(","typ":"at+jwt"})",
           R"({"alg":"ES256","kid":"../../)" + kid + R"(","typ":"at+jwt"})",
           R"({"alg":"ES256","kid":")" + kid + R"(","Typ":"at+jwt"})"}) {
    BOOST_TEST(read(token(head, payload())) == "invalid_token", head);
  }
}

BOOST_AUTO_TEST_CASE(additional_header_parameters_are_rejected) {
  for (const char* more : {R"(,"crit":["exp"])", R"(,"jku":"https://evil.example/keys")",
                           R"(,"x5u":"https://evil.example")", R"(,"jwk":{"kty":"EC"})", R"(,"x5c":[])",
                           R"(,"b64":false)", R"(,"zip":"DEF")", R"(,"cty":"JWT")", R"(,"":1)"}) {
    BOOST_TEST(read(token(header(more), payload())) == "invalid_token", more);
  }
}

BOOST_AUTO_TEST_CASE(duplicate_names_in_header_and_payload_are_rejected) {
  const std::string kid = key.kid();
  BOOST_TEST(read(token(header(R"(,"alg":"ES256")"), payload())) == "invalid_token");
  BOOST_TEST(read(token(R"({"alg":"ES256","kid":")" + kid + R"(","kid":")" + kid + "\"}", payload())) ==
             "invalid_token");
  const std::string duplicate = R"({"sub":"x",)" + payload().substr(1);
  BOOST_TEST(read(token(header(), duplicate)) == "invalid_token");
  BOOST_TEST(read(token(header(), R"({"\u0065xp":1,)" + payload().substr(1))) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(every_claim_is_required_and_has_a_fixed_type) {
  for (const char* claim : {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "role"}) {
    BOOST_TEST(read(token(header(), payload(claim))) == "invalid_token", claim);
    for (const char* value :
         {"null", "true", "[]", "{}", "\"\"", "\"x\"", "1.5", "-1", "1e400", "253402300800",
          "9223372036854775807", "\"017f22e279b07cc398c4dc0c0c07398f\""}) {
      BOOST_TEST(read(token(header(), payload(claim, value))) == "invalid_token", claim << ' ' << value);
    }
  }
}

BOOST_AUTO_TEST_CASE(authentication_claims_are_optional_and_have_fixed_types) {
  for (const char* claim : {"amr", "auth_time"}) {
    BOOST_TEST(read(token(header(), payload(claim))) == "ok", claim);
    for (const char* value :
         {"null", "true", "{}", "\"pwd\"", "[1]", "[\"none\"]", "1.5", "-1", "253402300800"})
      BOOST_TEST(read(token(header(), payload(claim, value))) == "invalid_token", claim << ' ' << value);
  }
  const auto old = keys.verify(token(header(), payload("amr")), TokenKind::access, clock.now());
  BOOST_REQUIRE(old);
  BOOST_TEST((old->authentication.methods.level() == model::AssuranceLevel::aal1));
}

BOOST_AUTO_TEST_CASE(another_issuer_audience_or_unknown_role_is_rejected) {
  for (const char* value : {"\"https://tasks.example/\"", "\"HTTPS://tasks.example\"", "\"tasks\"",
                            "[\"https://tasks.example\"]"}) {
    BOOST_TEST(read(token(header(), payload("iss", value))) == "invalid_token", value);
  }
  for (const char* value : {"\"Tasks\"", "\"other\"", "[\"tasks\"]", "[\"tasks\",\"other\"]"}) {
    BOOST_TEST(read(token(header(), payload("aud", value))) == "invalid_token", value);
  }
  BOOST_TEST(read(token(header(), payload("role", "\"root\""))) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(token_for_another_audience_is_rejected) {
  std::vector<SigningKey> refresh_keys;
  refresh_keys.push_back(refresh_key_of(key));
  const TokenKeys elsewhere(es256(), {}, std::move(refresh_keys),
                            {std::string(testing::kIssuer), "elsewhere"});
  for (const auto kind : {TokenKind::access, TokenKind::refresh})
    BOOST_TEST(read(elsewhere.sign(claims(kind)).reveal(), kind) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(token_with_any_bit_flipped_is_rejected) {
  const Secret good = keys.sign(claims());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    const std::string altered = testing::with_bit_flipped(std::string(good.reveal()), bit);
    BOOST_REQUIRE_MESSAGE(read(altered) == "invalid_token", "bit " << bit);
  }
  BOOST_TEST(read(good.reveal()) == "ok");
}

BOOST_AUTO_TEST_CASE(any_other_last_character_of_the_signature_is_rejected) {
  auto shared = keys_of(hs256());
  for (const TokenKeys* signer : {&keys, &shared}) {
    const std::string good(signer->sign(claims()).reveal());
    int accepted = 0;
    for (const char last : kAlphabet) {
      const std::string altered = good.substr(0, good.size() - 1) + last;
      if (signer->verify(altered, TokenKind::access, clock.now())) ++accepted;
    }
    BOOST_TEST(accepted == 1);
  }
}

BOOST_AUTO_TEST_CASE(padding_whitespace_and_surrounding_text_are_rejected) {
  const std::string good = token(header(), payload());
  const std::size_t first = good.find('.');
  for (const std::string& bad :
       {good + '=', good + "==", good + ' ', ' ' + good, good + '\n', '\t' + good, good + '\0',
        '"' + good + '"', good + '.', '.' + good, good + ".x",
        good.substr(0, first) + "=" + good.substr(first), good.substr(0, first) + ' ' + good.substr(first),
        "Bearer " + good, good + ',' + good}) {
    BOOST_TEST(read(bad) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_CASE(token_has_exactly_three_nonempty_parts) {
  const std::string good = token(header(), payload());
  const std::size_t first = good.find('.');
  const std::size_t second = good.find('.', first + 1);
  const std::string head = good.substr(0, first);
  const std::string body = good.substr(first + 1, second - first - 1);
  const std::string signature = good.substr(second + 1);
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("..."), head, head + '.' + body,
        head + '.' + body + '.', '.' + body + '.' + signature, head + ".." + signature,
        head + '.' + body + '.' + signature + '.' + signature, head + body + '.' + signature,
        body + '.' + head + '.' + signature}) {
    BOOST_TEST(read(bad) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_CASE(truncated_token_is_rejected) {
  const std::string good = token(header(), payload());
  for (std::size_t length = 0; length < good.size(); ++length) {
    BOOST_REQUIRE_EQUAL(read(good.substr(0, length)), "invalid_token");
    BOOST_REQUIRE_EQUAL(read(good.substr(length + 1)), "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(token_of_4096_bytes_is_accepted_but_not_of_4097) {
  const std::size_t min_size =
      token(header(), payload().substr(0, payload().size() - 1) + R"(,"x":""})").size();
  bool max_size_tested = false;
  for (std::size_t filler = (kJwsMaxBytes - min_size) * 3 / 4 - 8;
       filler < (kJwsMaxBytes - min_size) * 3 / 4 + 8; ++filler) {
    const std::string text = token(
        header(), payload().substr(0, payload().size() - 1) + R"(,"x":")" + std::string(filler, 'x') + "\"}");
    BOOST_TEST(read(text) == (text.size() <= kJwsMaxBytes ? "ok" : "invalid_token"), text.size());
    max_size_tested = max_size_tested || text.size() == kJwsMaxBytes || text.size() + 1 == kJwsMaxBytes;
  }
  BOOST_TEST(max_size_tested);
  BOOST_TEST(read(std::string(1'000'000, 'A')) == "invalid_token");
  BOOST_TEST(read(std::string(1'000'000, '.')) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(payload_that_is_not_an_object_is_rejected_even_if_signed) {
  for (const char* bad : {"", "null", "[]", "\"x\"", "1", "{", "{}x", "\xff"}) {
    BOOST_TEST(read(token(header(), bad)) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
