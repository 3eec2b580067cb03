#include "taskward/crypto/signing_key.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "taskward/crypto/encoding.hpp"
#include "tests/unit/crypto/support_keys.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using testing::pkcs8_of;
using testing::pkcs8_of_curve;
using testing::rfc7515_es256_pkcs8;
using testing::with_bit_flipped;

static_assert(!std::is_copy_constructible_v<SigningKey>);

const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

bool is_key(const std::string& der, JwsAlgorithm algorithm = JwsAlgorithm::ES256) {
  return SigningKey::from_pkcs8(algorithm, Secret(der)).has_value();
}
std::string rsa_of(std::size_t bits) { return pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)); }

BOOST_AUTO_TEST_SUITE(signing_key)

BOOST_AUTO_TEST_CASE(hs256_signature_matches_rfc_7515_a_1) {
  const auto key = SigningKey::hs256(Secret(
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
          .value()));
  const std::string input = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + kPayload;
  const std::string signature = key.sign(input);
  BOOST_TEST(base64url(signature) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  BOOST_TEST(key.verify(input, signature));
  BOOST_TEST((key.algorithm() == JwsAlgorithm::HS256));
  BOOST_TEST(key.public_der().empty());
}

BOOST_AUTO_TEST_CASE(es256_accepts_only_the_signature_of_rfc_7515_a_3) {
  const auto key = SigningKey::from_pkcs8(JwsAlgorithm::ES256, Secret(rfc7515_es256_pkcs8()));
  BOOST_REQUIRE(key);
  const std::string input = "eyJhbGciOiJFUzI1NiJ9." + kPayload;
  const auto signature =
      from_base64url("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
          .value();
  BOOST_TEST(key->verify(input, signature));
  BOOST_TEST(!key->verify(input + 'x', signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    BOOST_REQUIRE(!key->verify(input, with_bit_flipped(signature, bit)));
  }
}

BOOST_AUTO_TEST_CASE(es256_signature_is_64_bytes_and_valid_only_for_its_key) {
  const auto key = SigningKey::generate(JwsAlgorithm::ES256);
  const auto other = SigningKey::generate(JwsAlgorithm::ES256);
  // Often enough that some r and s begin with a zero byte.
  for (int i = 0; i < 600; ++i) {
    const std::string input = "input " + std::to_string(i);
    const std::string signature = key.sign(input);
    BOOST_REQUIRE_EQUAL(signature.size(), 64U);
    BOOST_REQUIRE(key.verify(input, signature));
    if (i < 20) BOOST_TEST(!other.verify(input, signature));
  }
}

BOOST_AUTO_TEST_CASE(malformed_es256_signatures_are_rejected) {
  const auto key = SigningKey::generate(JwsAlgorithm::ES256);
  const std::string signature = key.sign("input");
  for (const std::string& bad :
       {std::string(), signature.substr(1), signature.substr(0, 63), signature + '\0', std::string(64, '\0'),
        std::string(64, '\xff'), std::string(32, '\0') + signature.substr(32),
        signature.substr(0, 32) + std::string(32, '\0'),
        std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8)}) {
    BOOST_TEST(!key.verify("input", bad));
  }
  BOOST_TEST(!key.verify("", signature));
}

BOOST_AUTO_TEST_CASE(der_signature_is_another_form_of_es256_only) {
  const std::string input = "input";
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::EdDSA, JwsAlgorithm::RS256}) {
    const auto key = SigningKey::generate(algorithm);
    BOOST_TEST(key.verification_key().verify_der(input, key.sign(input)));
    BOOST_TEST(!key.verification_key().verify_der("other", key.sign(input)));
  }
  const auto es256 = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(!es256.verification_key().verify_der(input, es256.sign(input)));
  const auto hs256 = SigningKey::hs256(Secret(std::string(32, 'k')));
  BOOST_TEST(!hs256.verification_key().verify_der(input, hs256.sign(input)));
}

BOOST_AUTO_TEST_CASE(hs256_rejects_every_altered_signature) {
  const auto key = SigningKey::hs256(Secret(std::string(32, 'k')));
  const std::string signature = key.sign("input");
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    BOOST_REQUIRE(!key.verify("input", with_bit_flipped(signature, bit)));
  }
  BOOST_TEST(!key.verify("input", ""));
  BOOST_TEST(!key.verify("input", signature.substr(0, 31)));
  BOOST_TEST(!SigningKey::hs256(Secret(std::string(33, 'k'))).verify("input", signature));
}

BOOST_AUTO_TEST_CASE(short_hs256_secret_throws) {
  BOOST_CHECK_THROW(static_cast<void>(SigningKey::hs256(Secret(std::string(31, 'k')))), std::runtime_error);
  BOOST_CHECK_THROW(static_cast<void>(SigningKey::hs256(Secret())), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(kid_identifies_the_key_and_does_not_reveal_the_secret) {
  const auto key = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(key.kid().size() == 43U);
  BOOST_TEST(key.kid() == SigningKey::from_pkcs8(JwsAlgorithm::ES256, key.pkcs8())->kid());
  BOOST_TEST(key.kid() != SigningKey::generate(JwsAlgorithm::ES256).kid());
  const std::string secret(32, 'k');
  const auto hs256_key = SigningKey::hs256(Secret(secret));
  BOOST_TEST(hs256_key.kid() == SigningKey::hs256(Secret(secret)).kid());
  BOOST_TEST(hs256_key.kid() != SigningKey::hs256(Secret(secret + 'k')).kid());
  BOOST_TEST(hs256_key.kid().find(base64url(secret).substr(0, 8)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(key_pair_is_restored_from_pkcs8) {
  const auto key = SigningKey::generate(JwsAlgorithm::ES256);
  const auto restored = SigningKey::from_pkcs8(JwsAlgorithm::ES256, key.pkcs8());
  BOOST_REQUIRE(restored);
  BOOST_TEST((restored->algorithm() == JwsAlgorithm::ES256));
  BOOST_TEST((restored->public_der() == key.public_der()));
  BOOST_TEST(key.verify("input", restored->sign("input")));
  BOOST_TEST((restored->pkcs8().reveal() == key.pkcs8().reveal()));
  BOOST_CHECK_THROW(static_cast<void>(SigningKey::hs256(Secret(std::string(32, 'k'))).pkcs8()),
                    std::runtime_error);
}

BOOST_AUTO_TEST_CASE(keys_of_other_curves_and_types_are_rejected) {
  BOOST_TEST(is_key(pkcs8_of_curve("P-256")));
  for (const char* curve : {"secp256k1", "brainpoolP256r1", "P-224", "P-384", "P-521"}) {
    BOOST_TEST(!is_key(pkcs8_of_curve(curve)), curve);
  }
  BOOST_TEST(!is_key(pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))));
  BOOST_TEST(!is_key(pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"))));
  BOOST_TEST(!is_key(pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}))));
}

BOOST_AUTO_TEST_CASE(each_key_type_has_exactly_one_algorithm) {
  const std::string ed25519 = pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::string rsa = rsa_of(2048);
  for (const JwsAlgorithm algorithm : model::kJwsAlgorithms) {
    BOOST_TEST(is_key(pkcs8_of_curve("P-256"), algorithm) == (algorithm == JwsAlgorithm::ES256));
    BOOST_TEST(is_key(ed25519, algorithm) == (algorithm == JwsAlgorithm::EdDSA));
    BOOST_TEST(is_key(rsa, algorithm) == (algorithm == JwsAlgorithm::RS256));
  }
  BOOST_TEST(!is_key(pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")), JwsAlgorithm::EdDSA));
  BOOST_TEST(!is_key(pkcs8_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")), JwsAlgorithm::EdDSA));
}

BOOST_AUTO_TEST_CASE(rsa_key_below_2048_bits_is_rejected) {
  BOOST_TEST(!is_key(rsa_of(1024), JwsAlgorithm::RS256));
  BOOST_TEST(!is_key(rsa_of(2040), JwsAlgorithm::RS256));
  BOOST_TEST(is_key(rsa_of(2048), JwsAlgorithm::RS256));
}

BOOST_AUTO_TEST_CASE(rs256_and_eddsa_signatures_are_valid_only_unaltered) {
  for (const auto& [algorithm, size] :
       {std::pair(JwsAlgorithm::RS256, kRsaBits / 8), std::pair(JwsAlgorithm::EdDSA, 64U)}) {
    const auto key = SigningKey::generate(algorithm);
    const std::string signature = key.sign("input");
    BOOST_TEST(signature.size() == size);
    BOOST_TEST((signature == key.sign("input")));  // both algorithms are deterministic
    BOOST_TEST(key.verify("input", signature));
    BOOST_TEST(!key.verify("inpuT", signature));
    BOOST_TEST(!key.verify("", signature));
    BOOST_TEST(key.verify("", key.sign("")));
    for (std::size_t bit = 0; bit < signature.size() * 8; bit += 7)
      BOOST_REQUIRE(!key.verify("input", with_bit_flipped(signature, bit)));
    for (const std::string& bad : {std::string(), signature.substr(1), signature + '\0', '\0' + signature,
                                   std::string(size, '\0'), std::string(size, '\xff')})
      BOOST_TEST(!key.verify("input", bad));
    BOOST_TEST(key.kid().size() == 43U);
    const auto restored = SigningKey::from_pkcs8(algorithm, key.pkcs8());
    BOOST_TEST_REQUIRE(restored.has_value());
    BOOST_TEST(restored->kid() == key.kid());
    BOOST_TEST((restored->sign("input") == signature));
  }
}

BOOST_AUTO_TEST_CASE(inconsistent_rsa_key_is_rejected) {
  const std::string one = rsa_of(2048);
  const std::string other = rsa_of(2048);
  // Replaces the modulus, which precedes the private exponent and the primes.
  BOOST_TEST_REQUIRE(one.size() > 800U);
  std::string mixed = one;
  mixed.replace(60, 200, other.substr(60, 200));
  BOOST_TEST(!is_key(mixed, JwsAlgorithm::RS256));
}

BOOST_AUTO_TEST_CASE(hs256_has_no_key_pair) {
  BOOST_CHECK_THROW(static_cast<void>(SigningKey::generate(JwsAlgorithm::HS256)), std::logic_error);
  BOOST_TEST(!VerificationKey::from_spki(JwsAlgorithm::HS256,
                                         SigningKey::generate(JwsAlgorithm::ES256).public_der()));
}

BOOST_AUTO_TEST_CASE(public_key_verifies_and_has_the_same_kid) {
  const auto key = SigningKey::generate(JwsAlgorithm::ES256);
  const auto public_key = VerificationKey::from_spki(JwsAlgorithm::ES256, key.public_der());
  BOOST_TEST_REQUIRE(public_key.has_value());
  BOOST_TEST(public_key->kid() == key.kid());
  BOOST_TEST(public_key->verify("input", key.sign("input")));
  BOOST_TEST(!VerificationKey::from_spki(JwsAlgorithm::ES256, key.public_der() + 'x'));
  BOOST_TEST(!VerificationKey::from_spki(JwsAlgorithm::ES256, ""));
  BOOST_TEST(!VerificationKey::from_spki(JwsAlgorithm::RS256, key.public_der()));
}

BOOST_AUTO_TEST_CASE(private_key_in_another_format_is_rejected) {
  const std::string der = rfc7515_es256_pkcs8();
  BOOST_REQUIRE(is_key(der));
  BOOST_TEST(!is_key(testing::unwrapped_p256()));
  BOOST_TEST(!is_key("-----BEGIN PRIVATE KEY-----\n"));
  BOOST_TEST(!is_key(SigningKey::generate(JwsAlgorithm::ES256).public_der()));
}

BOOST_AUTO_TEST_CASE(damaged_private_key_is_rejected) {
  const std::string der = rfc7515_es256_pkcs8();
  for (std::size_t length = 0; length < der.size(); ++length) BOOST_REQUIRE(!is_key(der.substr(0, length)));
  BOOST_TEST(!is_key(der + '\0'));
  BOOST_TEST(!is_key(der + der));
  // Any bit of the private key or of its public point.
  for (std::size_t byte = 36; byte < der.size(); ++byte) {
    if (byte >= 68 && byte < 74) continue;
    BOOST_REQUIRE_MESSAGE(!is_key(with_bit_flipped(der, byte * 8 + byte % 8)), "byte " << byte);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
