#include "taskward/crypto/jwk.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "tests/unit/crypto/support_keys.hpp"
#include "tests/unit/crypto/support_tokens.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward::crypto {
namespace {

using testing::object_in;
using testing::TokenFixture;

std::string jwk_of(const SigningKey& key) {
  json::Writer w;
  write_public_jwk(w, key.verification_key());
  return w.take();
}

bool is_key(const std::string& jwk) { return read_jwk(object_in(jwk)).has_value(); }

/// The JWK with a part of its text replaced; the part must occur.
std::string replaced(std::string jwk, const std::string& part, const std::string& other) {
  const std::size_t at = jwk.find(part);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, part << " in " << jwk);
  return jwk.replace(at, part.size(), other);
}

std::string names_of(const std::string& jwk) {
  std::string names;
  for (const auto& [name, value] : object_in(jwk)) names += (names.empty() ? "" : " ") + name;
  return names;
}

const std::string kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const std::string kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const std::string kEc = R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + "\"}";

BOOST_AUTO_TEST_SUITE(jwk)

BOOST_AUTO_TEST_CASE(public_jwk_contains_only_the_public_key) {
  BOOST_TEST(names_of(jwk_of(TokenFixture::es256())) == "kty crv x y kid alg use");
  BOOST_TEST(names_of(jwk_of(TokenFixture::key_by(JwsAlgorithm::RS256))) == "kty n e kid alg use");
  BOOST_TEST(names_of(jwk_of(TokenFixture::key_by(JwsAlgorithm::EdDSA))) == "kty crv x kid alg use");
  json::Writer w;
  BOOST_CHECK_THROW(write_public_jwk(w, TokenFixture::hs256().verification_key()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(public_jwk_parses_to_the_same_key, *boost::unit_test::label("slow")) {
  for (const auto algorithm : {JwsAlgorithm::ES256, JwsAlgorithm::RS256, JwsAlgorithm::EdDSA}) {
    // Often enough that some coordinate begins with a zero byte.
    for (int i = 0; i < (algorithm == JwsAlgorithm::RS256 ? 1 : 300); ++i) {
      const SigningKey key = algorithm == JwsAlgorithm::RS256 ? TokenFixture::key_by(algorithm)
                                                              : SigningKey::generate(algorithm);
      const auto read = read_jwk(object_in(jwk_of(key)));
      BOOST_REQUIRE(read.has_value());
      BOOST_REQUIRE((read->algorithm() == algorithm));
      BOOST_REQUIRE(read->kid() == key.kid());
      BOOST_REQUIRE(read->public_der() == key.public_der());
      if (i < 10) BOOST_TEST(read->verify("input", key.sign("input")));
    }
  }
}

BOOST_AUTO_TEST_CASE(public_jwk_matches_rfc_7515_a_3) {
  const auto key = SigningKey::from_pkcs8(JwsAlgorithm::ES256, Secret(testing::rfc7515_es256_pkcs8()));
  BOOST_TEST_REQUIRE(key.has_value());
  BOOST_TEST(jwk_of(*key) == R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + R"(","kid":")" +
                                 key->kid() + R"(","alg":"ES256","use":"sig"})");
}

BOOST_AUTO_TEST_CASE(jwk_for_another_use_is_rejected) {
  BOOST_TEST(is_key(kEc));
  const auto with_more = [](const std::string& more) { return replaced(kEc, "{", '{' + more + ','); };
  for (const char* good : {R"("use":"sig")", R"("alg":"ES256")", R"("key_ops":["verify"])",
                           R"("key_ops":["sign","verify"])", R"("kid":"x")"})
    BOOST_TEST(is_key(with_more(good)), good);
  for (const char* bad : {R"("use":"enc")", R"("use":null)", R"("alg":"ES384")", R"("alg":"RS256")",
                          R"("alg":"none")", R"("alg":null)", R"("key_ops":["encrypt"])", R"("key_ops":[])",
                          R"("key_ops":"verify")", R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")"})
    BOOST_TEST(!is_key(with_more(bad)), bad);
}

BOOST_AUTO_TEST_CASE(invalid_curve_or_point_is_rejected) {
  BOOST_TEST(!is_key(replaced(kEc, kX, kY)));
  BOOST_TEST(!is_key(replaced(kEc, kX, kX.substr(0, 42))));
  BOOST_TEST(!is_key(replaced(kEc, kX, "AA" + kX)));
  BOOST_TEST(!is_key(replaced(kEc, kX, kX + '=')));
  BOOST_TEST(!is_key(replaced(kEc, kX, "")));
  BOOST_TEST(!is_key(replaced(kEc, "P-256", "P-384")));
  BOOST_TEST(!is_key(replaced(kEc, "P-256", "secp256k1")));
  BOOST_TEST(!is_key(replaced(kEc, "EC", "ec")));
  BOOST_TEST(!is_key(replaced(kEc, "EC", "OKP")));
  BOOST_TEST(!is_key("{}"));
  BOOST_TEST(!is_key(R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
  BOOST_TEST(!is_key(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcH"})"));
}

BOOST_AUTO_TEST_CASE(weak_rsa_jwk_is_rejected) {
  const auto rsa = [](std::size_t bytes, const std::string& e) {
    std::string n(bytes, '\x5a');
    n.front() = '\x80';
    n.back() = '\x01';
    return R"({"kty":"RSA","n":")" + base64url(n) + R"(","e":")" + base64url(e) + "\"}";
  };
  const std::string f4("\x01\x00\x01", 3);
  BOOST_TEST(is_key(rsa(256, f4)));
  BOOST_TEST(!is_key(rsa(255, f4)));
  BOOST_TEST(!is_key(rsa(128, f4)));
  BOOST_TEST(!is_key(rsa(256, "\x01")));
  BOOST_TEST(!is_key(rsa(256, "\x03")));
  BOOST_TEST(!is_key(rsa(256, std::string("\x01\x00\x02", 3))));
  BOOST_TEST(!is_key(rsa(256, std::string("\x00\x01\x00\x01", 4))));
  BOOST_TEST(!is_key(rsa(256, "")));
}

BOOST_AUTO_TEST_CASE(symmetric_jwk_below_32_bytes_is_rejected) {
  const auto oct = [](std::size_t bytes) {
    return R"({"kty":"oct","k":")" + base64url(std::string(bytes, 'k')) + "\"}";
  };
  BOOST_TEST(is_key(oct(32)));
  BOOST_TEST(!is_key(oct(31)));
  BOOST_TEST(!is_key(oct(0)));
  const auto key = read_jwk(object_in(oct(32)));
  BOOST_TEST(key->verify("input", TokenFixture::hs256().sign("input")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
