#include "taskward/crypto/aead.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/random.hpp"
#include "tests/support/counting_random.hpp"

namespace taskward::crypto {
namespace {

constexpr std::size_t kOverhead = 12 + 16;

struct Fixture {
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

BOOST_FIXTURE_TEST_SUITE(aead, Fixture)

BOOST_AUTO_TEST_CASE(it_is_aes_256_gcm_with_the_nonce_in_front_and_the_tag_behind) {
  // NIST's test case 14: a key, a nonce and 16 bytes of zeros.
  struct Zeros final : RandomSource {
    void fill(std::span<std::uint8_t> bytes) override {
      std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    }
  } zeros;
  const std::string text = seal(Secret(std::string(32, '\0')), std::string(16, '\0'), "", zeros);
  BOOST_TEST(hex(text) ==
             "000000000000000000000000"
             "cea7403d4d606b6e074ec5d3baf39d18"
             "d0d1c8a799996bf0265b98b5d48ab919");
}

BOOST_AUTO_TEST_CASE(what_is_sealed_opens_with_the_same_key_and_context) {
  BOOST_TEST(sealed.size() == plaintext.size() + kOverhead);
  BOOST_TEST(sealed.find(plaintext) == std::string::npos);
  BOOST_TEST(opened(sealed) == plaintext);
}

BOOST_AUTO_TEST_CASE(any_size_and_any_bytes_come_back) {
  for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 1000UL, 100'000UL}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i);
    BOOST_TEST((opened(seal(key, bytes, context, random)) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(each_seal_has_a_nonce_of_its_own) {
  const std::string again = seal(key, plaintext, context, random);
  BOOST_TEST(again.substr(0, 12) != sealed.substr(0, 12));
  BOOST_TEST(again.substr(12) != sealed.substr(12));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_anywhere_is_refused) {
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string altered = sealed;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    BOOST_REQUIRE_EQUAL(opened(altered), "refused");
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_and_anything_behind_is_refused) {
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    BOOST_TEST(opened(sealed.substr(0, length)) == "refused");
    BOOST_TEST(opened(sealed.substr(length + 1)) == "refused");
  }
  BOOST_TEST(opened(sealed + '\0') == "refused");
}

BOOST_AUTO_TEST_CASE(another_context_is_refused) {
  for (const std::string_view other : {"", "ES256:kie", "ES256:ki", "ES256:kid ", "HS256:kid"}) {
    BOOST_TEST(!open_sealed(key, sealed, other).has_value(), other);
  }
}

BOOST_AUTO_TEST_CASE(another_key_is_refused) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    std::string other(key.reveal());
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    BOOST_REQUIRE(!open_sealed(Secret(other), sealed, context));
  }
}

BOOST_AUTO_TEST_CASE(a_key_of_another_size_is_a_bug_and_throws) {
  for (const std::size_t size : {0UL, 16UL, 31UL, 33UL}) {
    const Secret other{std::string(size, 'k')};
    BOOST_CHECK_THROW(static_cast<void>(seal(other, plaintext, context, random)), std::runtime_error);
    BOOST_CHECK_THROW(static_cast<void>(open_sealed(other, sealed, context)), std::runtime_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_system_s_random_bytes_fill_all_of_a_span_and_differ) {
  SystemRandom random;
  std::array<std::uint8_t, 64> first{};
  std::array<std::uint8_t, 64> second{};
  random.fill(first);
  random.fill(second);
  BOOST_TEST((first != second));
  // 16 zero bytes in a row would come once in 2^128.
  BOOST_TEST(std::any_of(first.end() - 16, first.end(), [](std::uint8_t byte) { return byte != 0; }));
  BOOST_CHECK_NO_THROW(random.fill({}));
}

}  // namespace
}  // namespace taskward::crypto
