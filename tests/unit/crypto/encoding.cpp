#include "taskward/crypto/encoding.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace taskward::crypto {
namespace {

BOOST_AUTO_TEST_SUITE(encoding)

BOOST_AUTO_TEST_CASE(base64url_matches_rfc_4648_without_padding) {
  BOOST_TEST(base64url("") == "");
  BOOST_TEST(base64url("f") == "Zg");
  BOOST_TEST(base64url("fo") == "Zm8");
  BOOST_TEST(base64url("foo") == "Zm9v");
  BOOST_TEST(base64url("foob") == "Zm9vYg");
  BOOST_TEST(base64url("fooba") == "Zm9vYmE");
  BOOST_TEST(base64url("foobar") == "Zm9vYmFy");
  BOOST_TEST(base64url("\xfb\xff\xfe") == "-__-");
  BOOST_TEST(base64url("\x03\xec\xff\xe0\xc1") == "A-z_4ME");  // RFC 7515, appendix C
}

BOOST_AUTO_TEST_CASE(base64url_decodes_to_the_same_bytes) {
  std::string bytes;
  for (int c = 0; c < 300; ++c) {
    BOOST_TEST((from_base64url(base64url(bytes)) == bytes));
    bytes += static_cast<char>(c);
  }
}

BOOST_AUTO_TEST_CASE(padding_and_invalid_base64url_characters_are_rejected) {
  for (const std::string_view bad :
       {"Zg==", "Zm8=", "Zm9v=", "=", "Zm+v", "Zm/v", "Zm9 ", " Zm9v", "Zm9v\n", "Zm.v", "Zmé",
        "Zm\xff"
        "v"}) {
    BOOST_TEST(!from_base64url(bad), bad);
  }
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    const bool allowed =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").find(one) !=
        std::string_view::npos;
    BOOST_REQUIRE_EQUAL(from_base64url(std::string("AA") + one + "A").has_value(), allowed);
  }
}

BOOST_AUTO_TEST_CASE(base64url_length_of_4n_plus_1_is_rejected) {
  for (std::size_t length = 0; length < 20; ++length) {
    BOOST_TEST(from_base64url(std::string(length, 'A')).has_value() == (length % 4 != 1));
  }
}

BOOST_AUTO_TEST_CASE(nonzero_trailing_bits_of_base64url_are_rejected) {
  const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::set<std::string> decoded;
  int accepted = 0;
  for (const char first : alphabet) {
    for (const char second : alphabet) {
      if (const auto bytes = from_base64url(std::string{first, second})) {
        ++accepted;
        decoded.insert(*bytes);
      }
    }
  }
  BOOST_TEST(accepted == 256);
  BOOST_TEST(decoded.size() == 256U);
  BOOST_TEST(from_base64url("Zm8").has_value());
  for (const std::string_view bad : {"Zm9", "Zm-", "Zm_"}) BOOST_TEST(!from_base64url(bad), bad);
}

BOOST_AUTO_TEST_CASE(hex_is_lowercase_with_leading_zeros) {
  BOOST_TEST(hex(std::string_view("\x00\x0f\xa0\xff", 4)) == "000fa0ff");
  BOOST_TEST(hex("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
