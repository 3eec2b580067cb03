#include "taskward/crypto/base32.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

struct Vector {
  std::string_view bytes;
  std::string_view padded;
};

// RFC 4648, section 10.
constexpr Vector kVectors[] = {
    {"", ""},
    {"f", "MY======"},
    {"fo", "MZXQ===="},
    {"foo", "MZXW6==="},
    {"foob", "MZXW6YQ="},
    {"fooba", "MZXW6YTB"},
    {"foobar", "MZXW6YTBOI======"},
};

BOOST_AUTO_TEST_SUITE(base32_encoding)

BOOST_AUTO_TEST_CASE(base32_matches_rfc_4648_without_padding) {
  for (const Vector& one : kVectors)
    BOOST_TEST(base32(one.bytes) == one.padded.substr(0, one.padded.find('=')));
}

BOOST_AUTO_TEST_CASE(base32_is_decoded_with_and_without_padding_in_either_case) {
  for (const Vector& one : kVectors) {
    const std::string_view bare = one.padded.substr(0, one.padded.find('='));
    for (const std::string& text :
         {std::string(one.padded), std::string(bare), lower(one.padded), lower(bare)})
      BOOST_TEST((from_base32(text) == std::string(one.bytes)), text);
  }
}

BOOST_AUTO_TEST_CASE(base32_decodes_to_the_same_bytes) {
  std::string bytes;
  for (int c = 0; c < 300; ++c) {
    BOOST_TEST((from_base32(base32(bytes)) == bytes));
    bytes += static_cast<char>(c * 7);
  }
}

BOOST_AUTO_TEST_CASE(spaces_between_and_around_base32_are_ignored) {
  BOOST_TEST((from_base32(" mzxw 6ytb oi ") == "foobar"));
  BOOST_TEST((from_base32("MZXW 6YQ =") == "foob"));
  BOOST_TEST((from_base32("   ") == ""));
}

BOOST_AUTO_TEST_CASE(bits_after_the_last_byte_of_base32_are_ignored) {
  // Q is 10000 and R is 10001: the last bit belongs to no byte.
  BOOST_TEST((from_base32("MZXQ") == "fo"));
  BOOST_TEST((from_base32("MZXR") == "fo"));
}

BOOST_AUTO_TEST_CASE(characters_that_are_not_base32_are_rejected) {
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    if (one == ' ') continue;
    const bool allowed = testing::contains("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567",
                                           std::string_view(&one, 1));
    BOOST_REQUIRE_EQUAL(from_base32(std::string("MZXW6Y") + one + "B").has_value(), allowed);
  }
}

BOOST_AUTO_TEST_CASE(base32_lengths_that_no_bytes_have_are_rejected) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::size_t rest = length % 8;
    BOOST_TEST(from_base32(std::string(length, 'A')).has_value() == (rest != 1 && rest != 3 && rest != 6),
               length);
  }
}

BOOST_AUTO_TEST_CASE(wrong_base32_padding_is_rejected) {
  for (const char* bad : {"=", "========", "MY=", "MY=====", "MY=======", "MZXW6YTB=", "MZXW6YTB========",
                          "M=Y", "MY======MY", "MZXW6YQ=A"})
    BOOST_TEST(!from_base32(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
