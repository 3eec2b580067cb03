#include "taskward/crypto/crc32.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

BOOST_AUTO_TEST_SUITE(crc_32)

BOOST_AUTO_TEST_CASE(crc32_has_the_standard_check_value) { BOOST_TEST(crc32("123456789") == 0xCBF43926U); }

BOOST_AUTO_TEST_CASE(crc32_of_nothing_is_zero_and_every_byte_counts) {
  BOOST_TEST(crc32("") == 0U);
  BOOST_TEST(crc32(std::string(1, '\0')) == 0xD202EF8DU);
  BOOST_TEST(crc32(std::string(1, '\xff')) == 0xFF000000U);
  BOOST_TEST(crc32("a") == 0xE8B7BE43U);
}

BOOST_AUTO_TEST_CASE(crc32_changes_with_every_single_bit) {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  BOOST_TEST(crc32(text) == 0x414FA339U);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit)
    BOOST_TEST(crc32(testing::with_bit_flipped(text, bit)) != 0x414FA339U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
