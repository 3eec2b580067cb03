#include "taskward/crypto/jws.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "tests/unit/crypto/support_tokens.hpp"

namespace taskward::crypto {
namespace {

using testing::TokenFixture;

std::string header_by(const SigningKey& key, std::string_view more = {}) {
  return R"({"alg":")" + std::string(model::name(key.algorithm())) + '"' + std::string(more) + '}';
}
std::string jws_by(const SigningKey& key, std::string_view header, std::string_view payload = "payload") {
  return TokenFixture::signed_by(key, header, payload);
}
bool is_accepted(const SigningKey& key, std::string_view jws) {
  return static_cast<bool>(verify_jws(jws, key.verification_key()));
}

/// Runs the check with one key of each algorithm.
template <class Check>
void for_each_key(const Check& check) {
  for (const JwsAlgorithm algorithm : model::kJwsAlgorithms) {
    BOOST_TEST_CONTEXT(model::name(algorithm)) { check(TokenFixture::key_by(algorithm)); }
  }
}

BOOST_AUTO_TEST_SUITE(jws)

BOOST_AUTO_TEST_CASE(jws_payload_of_any_bytes_is_returned) {
  for_each_key([](const SigningKey& key) {
    for (const std::string& payload :
         {std::string(), std::string("payload"), std::string(3, '\0'), std::string("\xff\xfe")}) {
      const auto read = verify_jws(jws_by(key, header_by(key), payload), key.verification_key());
      BOOST_TEST_REQUIRE(static_cast<bool>(read));
      BOOST_TEST(*read == payload);
    }
  });
}

BOOST_AUTO_TEST_CASE(irrelevant_header_parameters_and_whitespace_are_accepted) {
  for_each_key([](const SigningKey& key) {
    BOOST_TEST(is_accepted(key, jws_by(key, header_by(key, R"(,"kid":"x","typ":"JWT","cty":"text","x":1)"))));
    BOOST_TEST(is_accepted(
        key, jws_by(key, "{ \"alg\" :\n\"" + std::string(model::name(key.algorithm())) + "\"\t}\r\n")));
  });
}

BOOST_AUTO_TEST_CASE(unsupported_header_parameters_are_rejected) {
  for_each_key([](const SigningKey& key) {
    for (const char* more : {R"(,"crit":["exp"])", R"(,"crit":[])", R"(,"b64":false)", R"(,"b64":true)",
                             R"(,"jku":"https://evil.example/keys")", R"(,"jwk":{"kty":"oct","k":"AAAA"})",
                             R"(,"jwk":null)", R"(,"x5u":"https://evil.example")", R"(,"x5c":["AAAA"])",
                             R"(,"\u006aku":"https://evil.example")", R"(,"zip":"DEF")"}) {
      BOOST_TEST(!is_accepted(key, jws_by(key, header_by(key, more))), more);
    }
  });
}

BOOST_AUTO_TEST_CASE(algorithm_is_determined_by_the_key_alone) {
  for_each_key([](const SigningKey& key) {
    for (const char* alg :
         {"none",    "None",  "NONE",  "",      "HS256", "HS384",  "HS512",  "RS256", "RS384",
          "RS512",   "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384",  "ES512", "EdDSA",
          "Ed25519", "Ed448", "es256", "hs256", "rs256", "eddsa",  "ES256 ", " ES256"}) {
      const std::string head = R"({"alg":")" + std::string(alg) + "\"}";
      BOOST_TEST(is_accepted(key, jws_by(key, head)) == (alg == model::name(key.algorithm())), alg);
      BOOST_TEST(!is_accepted(key, base64url(head) + '.' + base64url("payload") + '.'), alg);
    }
    for (const char* head : {R"({})", R"({"alg":null})", R"({"alg":["ES256"]})", R"({"alg":1})", R"([])",
                             R"("ES256")", "null", "", "{", "\xef\xbb\xbf{}"})
      BOOST_TEST(!is_accepted(key, jws_by(key, head)), head);
  });
}

BOOST_AUTO_TEST_CASE(duplicate_header_parameter_is_rejected) {
  for_each_key([](const SigningKey& key) {
    const std::string own(model::name(key.algorithm()));
    for (const std::string& more : {R"(,"alg":")" + own + '"', std::string(R"(,"alg":"none")"),
                                    R"(,"\u0061lg":")" + own + '"', std::string(R"(,"kid":"a","kid":"a")")})
      BOOST_TEST(!is_accepted(key, jws_by(key, header_by(key, more))), more);
    BOOST_TEST(!is_accepted(key, jws_by(key, R"({"alg":"none","alg":")" + own + "\"}")));
  });
}

/// Signs the encoded parts as they are, so that only the encoding can be invalid.
std::string signed_parts(const SigningKey& key, const std::string& header, const std::string& payload) {
  return header + '.' + payload + '.' + base64url(key.sign(header + '.' + payload));
}

BOOST_AUTO_TEST_CASE(noncanonical_base64url_is_rejected_even_if_signed) {
  for_each_key([](const SigningKey& key) {
    const std::string header = base64url(header_by(key));
    const std::string payload = base64url("payl");  // four unused bits in the last character
    BOOST_TEST_REQUIRE(is_accepted(key, signed_parts(key, header, payload)));
    BOOST_TEST_REQUIRE(payload == "cGF5bA");
    const std::string nonzero_trailing_bits = "cGF5bB";
    BOOST_TEST(!is_accepted(key, signed_parts(key, header, nonzero_trailing_bits)));
    for (const char* mark : {"=", "==", " ", "\n", "\t", "\r\n", "+", "/", "?", "%", "\x80"}) {
      BOOST_TEST(!is_accepted(key, signed_parts(key, header + mark, payload)), mark);
      BOOST_TEST(!is_accepted(key, signed_parts(key, mark + header, payload)), mark);
      BOOST_TEST(!is_accepted(key, signed_parts(key, header, payload + mark)), mark);
      BOOST_TEST(!is_accepted(key, signed_parts(key, header, mark + payload)), mark);
      BOOST_TEST(!is_accepted(key, signed_parts(key, header, payload) + mark), mark);
      BOOST_TEST(!is_accepted(key, mark + signed_parts(key, header, payload)), mark);
    }
  });
}

BOOST_AUTO_TEST_CASE(last_character_of_a_signature_has_one_encoding) {
  for_each_key([](const SigningKey& key) {
    const std::string good = jws_by(key, header_by(key));
    int accepted = 0;
    for (char letter = '!'; letter < '\x7f'; ++letter)
      accepted += is_accepted(key, good.substr(0, good.size() - 1) + letter) ? 1 : 0;
    BOOST_TEST(accepted == 1);
  });
}

BOOST_AUTO_TEST_CASE(only_the_compact_serialization_with_three_parts_is_accepted) {
  for_each_key([](const SigningKey& key) {
    const std::string good = jws_by(key, header_by(key));
    const std::size_t first = good.find('.');
    const std::size_t second = good.rfind('.');
    const std::string head = good.substr(0, first);
    const std::string body = good.substr(first + 1, second - first - 1);
    const std::string signature = good.substr(second + 1);
    for (const std::string& bad :
         {std::string(), std::string(".."), head, head + '.' + body, head + '.' + body + '.',
          head + ".." + signature, '.' + body + '.' + signature, good + '.', good + ".x", '.' + good,
          R"({"protected":")" + head + R"(","payload":")" + body + R"(","signature":")" + signature + "\"}"})
      BOOST_TEST(!is_accepted(key, bad), bad);
  });
}

BOOST_AUTO_TEST_CASE(jws_above_4096_bytes_is_rejected_even_if_signed) {
  for_each_key([](const SigningKey& key) {
    const auto of_size = [&](std::size_t payload) {
      return jws_by(key, header_by(key), std::string(payload, 'x'));
    };
    const std::size_t overhead = of_size(0).size();
    std::size_t payload = (kJwsMaxBytes - overhead) / 4 * 3;
    while (of_size(payload + 1).size() <= kJwsMaxBytes) ++payload;
    BOOST_TEST(is_accepted(key, of_size(payload)));
    BOOST_TEST(!is_accepted(key, of_size(payload + 1)));
    BOOST_TEST(!is_accepted(key, of_size(100'000)));
  });
}

BOOST_AUTO_TEST_CASE(jws_rejection_reason_is_internal_and_quotes_nothing) {
  const SigningKey key = TokenFixture::es256();
  const auto rejected = verify_jws(jws_by(key, R"({"alg":"quoted"})"), key.verification_key());
  BOOST_TEST_REQUIRE(!rejected);
  BOOST_TEST((rejected.error().code == ErrorCode::invalid_token));
  BOOST_TEST(rejected.error().detail == "");
  BOOST_TEST(rejected.error().internal == "token rejected: alg is not the algorithm of the key");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
