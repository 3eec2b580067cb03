// Tokens that nobody here has made.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/crypto/jwt.hpp"
#include "tests/unit/crypto/support_tokens.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

BOOST_FIXTURE_TEST_SUITE(jwt_forged, testing::TokenFixture)

BOOST_AUTO_TEST_CASE(the_forger_s_own_tools_make_a_good_token_when_asked_for_one) {
  BOOST_TEST(read(token(header(), payload())) == "ok");
}

BOOST_AUTO_TEST_CASE(alg_none_is_refused_with_and_without_a_signature) {
  for (const std::string alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string head = R"({"alg":")" + alg + R"(","kid":")" + key.kid() + R"(","typ":"at+jwt"})";
    const std::string input = base64url(head) + '.' + base64url(payload());
    BOOST_TEST(read(input + '.') == "invalid_token");
    BOOST_TEST(read(token(head, payload())) == "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(a_public_key_is_no_hs256_secret) {
  const std::string head = R"({"alg":"HS256","kid":")" + key.kid() + R"(","typ":"at+jwt"})";
  const auto forger = SigningKey::hs256(Secret(key.public_der()));
  BOOST_TEST(read(signed_by(forger, head, payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(forger, header(), payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(forger, header_of(forger), payload())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(the_algorithm_is_the_key_s_and_not_the_token_s) {
  const auto shared = hs256();
  const auto both = keys_of(es256(), hs256());
  const auto reads = [&](const SigningKey& signer, std::string_view alg, const std::string& kid) {
    const std::string head = R"({"alg":")" + std::string(alg) + R"(","kid":")" + kid + R"(","typ":"at+jwt"})";
    return static_cast<bool>(both.verify(signed_by(signer, head, payload()), TokenKind::access, clock.now()));
  };
  BOOST_TEST(reads(key, "ES256", key.kid()));
  BOOST_TEST(reads(shared, "HS256", shared.kid()));
  BOOST_TEST(!reads(key, "HS256", key.kid()));
  BOOST_TEST(!reads(shared, "ES256", shared.kid()));
  BOOST_TEST(!reads(shared, "HS256", key.kid()));
  BOOST_TEST(!reads(key, "ES256", shared.kid()));
  BOOST_TEST(!reads(shared, "HS512", shared.kid()));
}

BOOST_AUTO_TEST_CASE(another_key_is_refused_under_its_own_name_and_under_ours) {
  const auto other = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(read(signed_by(other, header_of(other), payload())) == "invalid_token");
  BOOST_TEST(read(signed_by(other, header(), payload())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(kid_alg_and_typ_must_be_there_as_text) {
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

BOOST_AUTO_TEST_CASE(header_members_that_ask_for_something_are_refused) {
  for (const char* more : {R"(,"crit":["exp"])", R"(,"jku":"https://evil.example/keys")",
                           R"(,"x5u":"https://evil.example")", R"(,"jwk":{"kty":"EC"})", R"(,"x5c":[])",
                           R"(,"b64":false)", R"(,"zip":"DEF")", R"(,"cty":"JWT")", R"(,"":1)"}) {
    BOOST_TEST(read(token(header(more), payload())) == "invalid_token", more);
  }
}

BOOST_AUTO_TEST_CASE(members_that_stand_twice_are_refused_in_header_and_payload) {
  const std::string kid = key.kid();
  BOOST_TEST(read(token(header(R"(,"alg":"ES256")"), payload())) == "invalid_token");
  BOOST_TEST(read(token(R"({"alg":"ES256","kid":")" + kid + R"(","kid":")" + kid + "\"}", payload())) ==
             "invalid_token");
  const std::string twice = R"({"sub":"x",)" + payload().substr(1);
  BOOST_TEST(read(token(header(), twice)) == "invalid_token");
  BOOST_TEST(read(token(header(), R"({"\u0065xp":1,)" + payload().substr(1))) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(every_claim_must_be_there_and_of_its_type) {
  for (const char* claim : {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "role"}) {
    BOOST_TEST(read(token(header(), payload(claim))) == "invalid_token", claim);
    for (const char* value :
         {"null", "true", "[]", "{}", "\"\"", "\"x\"", "1.5", "-1", "1e400", "253402300800",
          "9223372036854775807", "\"017f22e279b07cc398c4dc0c0c07398f\""}) {
      BOOST_TEST(read(token(header(), payload(claim, value))) == "invalid_token", claim << ' ' << value);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_issuer_audience_or_role_is_refused) {
  for (const char* value : {"\"https://tasks.example/\"", "\"HTTPS://tasks.example\"", "\"tasks\"",
                            "[\"https://tasks.example\"]"}) {
    BOOST_TEST(read(token(header(), payload("iss", value))) == "invalid_token", value);
  }
  for (const char* value : {"\"Tasks\"", "\"other\"", "[\"tasks\"]", "[\"tasks\",\"other\"]"}) {
    BOOST_TEST(read(token(header(), payload("aud", value))) == "invalid_token", value);
  }
  BOOST_TEST(read(token(header(), payload("role", "\"root\""))) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(a_token_signed_for_another_service_is_refused) {
  const TokenKeys elsewhere(es256(), {}, {std::string(testing::kIssuer), "elsewhere"});
  BOOST_TEST(read(elsewhere.sign(claims()).reveal()) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_in_any_part_is_refused) {
  const Secret good = keys.sign(claims());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string altered(good.reveal());
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    BOOST_REQUIRE_MESSAGE(read(altered) == "invalid_token", "bit " << bit);
  }
  BOOST_TEST(read(good.reveal()) == "ok");
}

BOOST_AUTO_TEST_CASE(every_other_last_character_of_the_signature_is_refused) {
  auto shared = keys_of(hs256());
  for (const TokenKeys* signer : {&keys, &shared}) {
    const std::string good(signer->sign(claims()).reveal());
    int taken = 0;
    for (const char last : kAlphabet) {
      const std::string altered = good.substr(0, good.size() - 1) + last;
      if (signer->verify(altered, TokenKind::access, clock.now())) ++taken;
    }
    BOOST_TEST(taken == 1);
  }
}

BOOST_AUTO_TEST_CASE(padding_white_space_and_anything_around_it_are_refused) {
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

BOOST_AUTO_TEST_CASE(it_has_exactly_two_dots_and_no_empty_part) {
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

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const std::string good = token(header(), payload());
  for (std::size_t length = 0; length < good.size(); ++length) {
    BOOST_REQUIRE_EQUAL(read(good.substr(0, length)), "invalid_token");
    BOOST_REQUIRE_EQUAL(read(good.substr(length + 1)), "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(a_token_of_4096_bytes_is_read_and_one_more_is_not) {
  const std::size_t least = token(header(), payload().substr(0, payload().size() - 1) + R"(,"x":""})").size();
  bool longest_seen = false;
  for (std::size_t filler = (kJwsMaxBytes - least) * 3 / 4 - 8; filler < (kJwsMaxBytes - least) * 3 / 4 + 8;
       ++filler) {
    const std::string text = token(
        header(), payload().substr(0, payload().size() - 1) + R"(,"x":")" + std::string(filler, 'x') + "\"}");
    BOOST_TEST(read(text) == (text.size() <= kJwsMaxBytes ? "ok" : "invalid_token"), text.size());
    longest_seen = longest_seen || text.size() == kJwsMaxBytes || text.size() + 1 == kJwsMaxBytes;
  }
  BOOST_TEST(longest_seen);
  BOOST_TEST(read(std::string(1'000'000, 'A')) == "invalid_token");
  BOOST_TEST(read(std::string(1'000'000, '.')) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_no_object_is_refused_even_when_it_is_signed) {
  for (const char* bad : {"", "null", "[]", "\"x\"", "1", "{", "{}x", "\xff"}) {
    BOOST_TEST(read(token(header(), bad)) == "invalid_token", bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
