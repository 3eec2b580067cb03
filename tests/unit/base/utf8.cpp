#include "taskward/base/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_text.hpp"

namespace taskward {
namespace {

using testing::utf8_of;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(exactly_the_unicode_scalar_values_are_valid) {
  for (unsigned point = 0; point < 0x200000; ++point) {
    const std::string bytes = utf8_of(point);
    const bool is_scalar_value = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    if (code_point_length(bytes) != (is_scalar_value ? bytes.size() : 0))
      BOOST_ERROR("U+" << std::hex << point);
  }
}

BOOST_AUTO_TEST_CASE(boundary_code_points_count_as_one_each) {
  std::string text;
  std::size_t count = 0;
  for (const unsigned point : {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFDU, 0xFFFEU,
                               0xFFFFU, 0x10000U, 0x10FFFFU}) {
    text += utf8_of(point);
    BOOST_TEST(code_points(text).value_or(0) == ++count);
  }
  BOOST_TEST(code_points("").value_or(9) == 0U);
}

BOOST_AUTO_TEST_CASE(overlong_encodings_are_rejected) {
  for (const std::string_view bytes :
       {std::string_view("\xC0\x80", 2), std::string_view("\xC0\xAF"), std::string_view("\xC1\xBF"),
        std::string_view("\xE0\x80\x80"), std::string_view("\xE0\x9F\xBF"),
        std::string_view("\xF0\x80\x80\x80"), std::string_view("\xF0\x8F\xBF\xBF"),
        std::string_view("\xF8\x88\x80\x80\x80"), std::string_view("\xFC\x84\x80\x80\x80\x80")}) {
    BOOST_TEST(code_point_length(bytes) == 0U);
    BOOST_TEST(!code_points(bytes));
  }
}

BOOST_AUTO_TEST_CASE(two_byte_sequences_are_valid_exactly_as_in_rfc_3629) {
  for (int first = 0x80; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      const bool is_valid = first >= 0xC2 && first <= 0xDF && second >= 0x80 && second <= 0xBF;
      if (code_points(bytes).has_value() != is_valid) BOOST_ERROR(first << ' ' << second);
    }
  }
}

BOOST_AUTO_TEST_CASE(truncated_characters_are_rejected) {
  for (const unsigned point : {0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    const std::string bytes = utf8_of(point);
    for (std::size_t length = 1; length < bytes.size(); ++length) {
      BOOST_TEST(code_point_length(bytes.substr(0, length)) == 0U);
      BOOST_TEST(!code_points("a" + bytes.substr(0, length)));
      BOOST_TEST(!code_points(bytes.substr(0, length) + "a"));
      BOOST_TEST(!code_points(bytes.substr(length)));
    }
  }
}

BOOST_AUTO_TEST_CASE(beginning_never_splits_a_character) {
  const std::string text = "aé" + utf8_of(0x800) + utf8_of(0x10FFFF);  // 1, 2, 3 and 4 bytes
  const std::size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t max_bytes = 0; max_bytes < std::size(ends); ++max_bytes) {
    BOOST_TEST(beginning(text, max_bytes) == text.substr(0, ends[max_bytes]));
  }
  BOOST_TEST(beginning("", 5) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
