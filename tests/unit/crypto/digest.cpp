#include "taskward/crypto/digest.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

std::string sha_hex(std::string_view bytes) { return hex(view(sha256(bytes))); }
std::string hmac_hex(std::string_view key, std::string_view bytes) {
  return hex(view(hmac_sha256(key, bytes)));
}
std::string bytes_of(std::size_t count, int c) { return std::string(count, static_cast<char>(c)); }

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(sha256_matches_the_nist_examples) {
  BOOST_TEST(sha_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sha_hex(bytes_of(1'000'000, 'a')) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  BOOST_TEST(sha_hex(std::string_view()) == sha_hex(""));
}

BOOST_AUTO_TEST_CASE(sha256_of_parts_is_that_of_the_whole) {
  Sha256Stream stream;
  for (const std::string_view part : {"ab", "", "c"}) stream.add(part);
  BOOST_TEST(hex(view(stream.finish())) == sha_hex("abc"));
  BOOST_TEST(hex(view(Sha256Stream().finish())) == sha_hex(""));
}

BOOST_AUTO_TEST_CASE(hmac_sha256_matches_rfc_4231) {
  BOOST_TEST(hmac_hex(bytes_of(20, 0x0b), "Hi There") ==
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  BOOST_TEST(hmac_hex("Jefe", "what do ya want for nothing?") ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  BOOST_TEST(hmac_hex(bytes_of(20, 0xaa), bytes_of(50, 0xdd)) ==
             "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string counting;
  for (int c = 1; c <= 25; ++c) counting += static_cast<char>(c);
  BOOST_TEST(hmac_hex(counting, bytes_of(50, 0xcd)) ==
             "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  BOOST_TEST(hmac_hex(bytes_of(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First") ==
             "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  BOOST_TEST(
      hmac_hex(bytes_of(131, 0xaa),
               "This is a test using a larger than block-size key and a larger than block-size data. The key "
               "needs to be hashed before being used by the HMAC algorithm.") ==
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

BOOST_AUTO_TEST_CASE(hmac_accepts_an_empty_key_and_text) {
  BOOST_TEST(hmac_hex("", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  BOOST_TEST(hmac_hex(std::string_view(), std::string_view()) == hmac_hex("", ""));
}

BOOST_AUTO_TEST_CASE(derived_key_matches_hkdf_without_salt) {
  // RFC 5869, A.3: without salt and info.
  BOOST_TEST(hex(derive_key(Secret(bytes_of(22, 0x0b)), "", 42).reveal()) ==
             "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

BOOST_AUTO_TEST_CASE(derived_key_uses_the_purpose_as_hkdf_info) {
  // Extract and expand as in RFC 5869, 2.2 and 2.3; an absent salt is 32 zero bytes.
  const std::string root = bytes_of(32, 0x42);
  const Sha256 extracted = hmac_sha256(bytes_of(32, 0), root);
  const Sha256 block = hmac_sha256(view(extracted), "a purpose\x01");
  BOOST_TEST(hex(derive_key(Secret(root), "a purpose").reveal()) == hex(view(block)));
}

BOOST_AUTO_TEST_CASE(derived_key_depends_on_root_and_purpose_and_a_shorter_one_is_a_prefix) {
  const Secret root(bytes_of(32, 0x42));
  const std::string key(derive_key(root, "one").reveal());
  BOOST_TEST(key.size() == 32U);
  BOOST_TEST((derive_key(root, "one").reveal() == key));
  BOOST_TEST((derive_key(root, "two").reveal() != key));
  BOOST_TEST((derive_key(root, "One").reveal() != key));
  BOOST_TEST((derive_key(Secret(bytes_of(32, 0x43)), "one").reveal() != key));
  BOOST_TEST((derive_key(root, "one", 16).reveal() == key.substr(0, 16)));
}

BOOST_AUTO_TEST_CASE(derived_key_beyond_the_hkdf_limit_throws) {
  BOOST_CHECK_THROW(static_cast<void>(derive_key(Secret("x"), "one", 255 * 32 + 1)), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(constant_time_comparison_detects_any_difference) {
  const std::string text = "0123456789abcdef";
  BOOST_TEST(equal_in_constant_time(text, text));
  BOOST_TEST(equal_in_constant_time("", ""));
  BOOST_TEST(equal_in_constant_time(std::string_view(), ""));
  BOOST_TEST(!equal_in_constant_time(text, text.substr(1)));
  BOOST_TEST(!equal_in_constant_time(text, text + '\0'));
  BOOST_TEST(!equal_in_constant_time("", "x"));
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    BOOST_TEST(!equal_in_constant_time(text, testing::with_bit_flipped(text, i)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
