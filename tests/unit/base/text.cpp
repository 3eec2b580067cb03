#include "taskward/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward {
namespace {

using Pieces = std::vector<std::string_view>;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(case_conversion_affects_only_ascii_letters) {
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_lower = c >= 'a' && c <= 'z';
    BOOST_REQUIRE_EQUAL(static_cast<int>(to_lower(one)),
                        static_cast<int>(static_cast<char>(is_upper ? c + 32 : c)));
    BOOST_REQUIRE_EQUAL(static_cast<int>(to_upper(one)),
                        static_cast<int>(static_cast<char>(is_lower ? c - 32 : c)));
    BOOST_REQUIRE_EQUAL(is_alpha(one), is_upper || is_lower);
    BOOST_REQUIRE_EQUAL(is_digit(one), c >= '0' && c <= '9');
  }
  BOOST_TEST(lower("ÄBC@[`{Z") == "Äbc@[`{z");
}

BOOST_AUTO_TEST_CASE(case_insensitive_comparison_compares_whole_texts) {
  BOOST_TEST(equal_ignoring_case("BeArEr", "bearer"));
  BOOST_TEST(equal_ignoring_case("", ""));
  BOOST_TEST(!equal_ignoring_case("bearer", "beare"));
  BOOST_TEST(!equal_ignoring_case("beare", "bearer"));
  BOOST_TEST(!equal_ignoring_case("[", "{"));
}

BOOST_AUTO_TEST_CASE(trimming_removes_only_spaces_and_tabs) {
  BOOST_TEST(trimmed(" \t a b \t") == "a b");
  BOOST_TEST(trimmed(" \t ") == "");
  BOOST_TEST(trimmed("") == "");
  BOOST_TEST(trimmed("\na\n") == "\na\n");
}

BOOST_AUTO_TEST_CASE(splitting_drops_empty_pieces) {
  BOOST_TEST((split(" a ,, b\t,", ',') == Pieces{"a", "b"}));
  BOOST_TEST((split("a", ',') == Pieces{"a"}));
  BOOST_TEST(split("", ',').empty());
  BOOST_TEST(split(" , ,", ',').empty());
}

BOOST_AUTO_TEST_CASE(joining_puts_the_separator_between_pieces) {
  BOOST_TEST(joined(Pieces{"a", "b", "c"}, ", ") == "a, b, c");
  BOOST_TEST(joined(Pieces{"a"}, ", ") == "a");
  BOOST_TEST(joined(Pieces{}, ", ") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
