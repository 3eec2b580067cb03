#include "taskward/base/unicode.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace taskward {
namespace {

BOOST_AUTO_TEST_SUITE(unicode)

BOOST_AUTO_TEST_CASE(every_spelling_has_one_form_kc) {
  for (const char* spelling : {"M\u00f6bel", "Mo\u0308bel", "\uff2d\u00f6bel"})
    BOOST_TEST(nfkc(spelling) == "M\u00f6bel");
  BOOST_TEST(nfkc("\ufb01ve \u00b2") == "five 2");
  BOOST_TEST(nfkc("\u212b") == "\u00c5");
  BOOST_TEST(nfkc("") == "");
  BOOST_TEST(nfkc(std::string_view("a\0b", 3)) == std::string_view("a\0b", 3));
  BOOST_TEST(nfkc(Secret("\ufb01ve")).reveal() == "five");
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_returned_unchanged) {
  for (const char* text : {"\xff\xa3", "a\xc3", "\xed\xa0\x80"}) BOOST_TEST(nfkc(text) == text);
}

BOOST_AUTO_TEST_CASE(white_space_and_invisible_characters_are_not_visible) {
  for (const char* blank : {"", " ", "\t\n", "\u00a0", "\u2003\u3000", "\u2028\u2029", "\u200b",
                            "\u00ad\u2060", "\ufeff", "\u3164\u115f", "\U000e0001", "\u0085\u009f", "\ufe0f"})
    BOOST_TEST(!has_visible_character(blank), blank);
  for (const char* seen : {"a", " a ", "\u00a0.", "\U0001F600", "\u200b\u4eac", "\u0308"})
    BOOST_TEST(has_visible_character(seen), seen);
}

BOOST_AUTO_TEST_CASE(long_sequences_of_combining_marks_are_recognized) {
  std::string marks = "a";
  for (int i = 0; i < 30; ++i) marks += i % 2 == 0 ? "\u0323" : "\u0308";
  BOOST_TEST(!has_many_combining_marks(marks));
  BOOST_TEST(!has_many_combining_marks(marks + "b\u0323"));
  BOOST_TEST(has_many_combining_marks(marks + "\u0323"));
}

BOOST_AUTO_TEST_CASE(one_line_has_no_line_separator_and_no_control_character) {
  for (const char* line : {"", "a b", "\u00a0", "\u3000", "\u200d", "\U0001F600"})
    BOOST_TEST(is_one_line(line), line);
  for (const char* lines : {"a\nb", "\r", "\t", "a\u000b", "\u000c", "a\u0085b", "\u2028", "a\u2029",
                            "\u007f", "\u009b31m", "\u001b[31m"})
    BOOST_TEST(!is_one_line(lines), lines);
}

BOOST_AUTO_TEST_CASE(words_are_letters_and_digits_of_scripts_with_spaces) {
  for (const char* text : {"tea", "7", "- tea", "\u00f6", "\u0436", "tea \U0001F600"})
    BOOST_TEST(has_words(text), text);
  for (const char* text : {"", "-", "\U0001F600", "!? .", "\u4eac", "tea \u4eac", "\u3042", "\u0e14\u0e35"})
    BOOST_TEST(!has_words(text), text);
}

BOOST_AUTO_TEST_CASE(parts_are_separated_by_any_white_space) {
  const auto parts = parts_between_white_space("  a\u3000b\u00a0c\n\u2028d ");
  BOOST_TEST_REQUIRE(parts.size() == 4U);
  for (std::size_t i = 0; i < parts.size(); ++i)
    BOOST_TEST(parts[i] == std::string(1, static_cast<char>('a' + i)));
  BOOST_TEST(parts_between_white_space(" \u3000 ").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
