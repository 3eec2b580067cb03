// Text for terminals.
#include "taskward/base/printable.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward {
namespace {

BOOST_AUTO_TEST_SUITE(printable_text)

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
  BOOST_TEST(printable("a\x1b]0;\x07\xc2\x80\xc2\x85\xc2\x9b\xc2\x9f\x7f\n") ==
             R"(a\u{1b}]0;\u{7}\u{80}\u{85}\u{9b}\u{9f}\u{7f}\u{a})");
  BOOST_TEST(printable("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae\xe2\x81\xa9\xd8\x9c") ==
             R"(\u{2028}\u{2029}\u{202e}\u{2069}\u{61c})");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_escaped) {
  BOOST_TEST(printable("\x9b\xff\xc2") == R"(\x9b\xff\xc2)");
}

BOOST_AUTO_TEST_CASE(other_text_is_unchanged) {
  for (const char* text : {"", "Ada",
                           "b\xc3\xbc"
                           "cher",
                           "\xc2\xa0\xe2\x82\xac", "\xf0\x9f\x98\x80"})
    BOOST_TEST(printable(text) == text, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
