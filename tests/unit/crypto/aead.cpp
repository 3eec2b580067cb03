#include "taskward/crypto/aead.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/random.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/unit/support_random.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using testing::with_bit_flipped;

constexpr std::size_t kOverhead = 12 + 16;

struct AeadFixture {
  Secret key{std::string(32, 'k')};
  std::string plaintext = "a private key";
  std::string context = "ES256:kid";
  testing::CountingRandom random;
  std::string sealed = seal(key, plaintext, context, random);

  std::string opened(std::string_view text) const {
    const auto secret = open_sealed(key, text, context);
    return secret ? std::string(secret->reveal()) : "refused";
  }
};

BOOST_FIXTURE_TEST_SUITE(aead, AeadFixture)

BOOST_AUTO_TEST_CASE(sealed_text_is_nonce_aes_256_gcm_ciphertext_and_tag) {
  // Test case 14 of the GCM specification: key, nonce and 16 bytes of plaintext are all zero.
  testing::ConstantRandom zeros(0);
  const std::string text = seal(Secret(std::string(32, '\0')), std::string(16, '\0'), "", zeros);
  BOOST_TEST(hex(text) ==
             "000000000000000000000000"
             "cea7403d4d606b6e074ec5d3baf39d18"
             "d0d1c8a799996bf0265b98b5d48ab919");
}

BOOST_AUTO_TEST_CASE(sealed_text_opens_with_the_same_key_and_context) {
  BOOST_TEST(sealed.size() == plaintext.size() + kOverhead);
  BOOST_TEST(sealed.find(plaintext) == std::string::npos);
  BOOST_TEST(opened(sealed) == plaintext);
}

BOOST_AUTO_TEST_CASE(plaintext_of_any_size_and_bytes_is_restored) {
  for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 1000UL, 100'000UL}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i);
    BOOST_TEST((opened(seal(key, bytes, context, random)) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(each_sealed_text_has_its_own_nonce) {
  const std::string again = seal(key, plaintext, context, random);
  BOOST_TEST(again.substr(0, 12) != sealed.substr(0, 12));
  BOOST_TEST(again.substr(12) != sealed.substr(12));
}

BOOST_AUTO_TEST_CASE(sealed_text_with_a_flipped_bit_is_rejected) {
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    BOOST_REQUIRE_EQUAL(opened(with_bit_flipped(sealed, bit)), "refused");
  }
}

BOOST_AUTO_TEST_CASE(truncated_or_extended_sealed_text_is_rejected) {
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    BOOST_TEST(opened(sealed.substr(0, length)) == "refused");
    BOOST_TEST(opened(sealed.substr(length + 1)) == "refused");
  }
  BOOST_TEST(opened(sealed + '\0') == "refused");
}

BOOST_AUTO_TEST_CASE(another_context_is_rejected) {
  for (const std::string_view other : {"", "ES256:kie", "ES256:ki", "ES256:kid ", "HS256:kid"}) {
    BOOST_TEST(!open_sealed(key, sealed, other).has_value(), other);
  }
}

BOOST_AUTO_TEST_CASE(another_aead_key_is_rejected) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    const Secret other(with_bit_flipped(std::string(key.reveal()), bit));
    BOOST_REQUIRE(!open_sealed(other, sealed, context));
  }
}

BOOST_AUTO_TEST_CASE(aead_key_of_another_size_throws) {
  for (const std::size_t size : {0UL, 16UL, 31UL, 33UL}) {
    const Secret other{std::string(size, 'k')};
    BOOST_CHECK_THROW(static_cast<void>(seal(other, plaintext, context, random)), std::runtime_error);
    BOOST_CHECK_THROW(static_cast<void>(open_sealed(other, sealed, context)), std::runtime_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(system_random_fills_the_whole_span) {
  SystemRandom random;
  std::array<std::uint8_t, 64> first{};
  std::array<std::uint8_t, 64> second{};
  random.fill(first);
  random.fill(second);
  BOOST_TEST((first != second));
  // The probability of 16 zero bytes is 2^-128.
  BOOST_TEST(std::any_of(first.end() - 16, first.end(), [](std::uint8_t byte) { return byte != 0; }));
  BOOST_CHECK_NO_THROW(random.fill({}));
}

}  // namespace
}  // namespace taskward::crypto
