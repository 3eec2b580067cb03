#include "taskward/crypto/recovery_code.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "taskward/base/text.hpp"
#include "taskward/crypto/random.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/unit/support_random.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The normalized code, or "none".
std::string normalized(std::string_view text) {
  const auto code = normalized_recovery_code(text);
  return code ? std::string(code->reveal()) : "none";
}

BOOST_AUTO_TEST_SUITE(recovery_code)

BOOST_AUTO_TEST_CASE(code_has_four_groups_of_four_characters) {
  testing::CountingRandom random;
  BOOST_TEST(new_recovery_code(random).reveal() == "0123-4567-89AB-CDEF");
  BOOST_TEST(new_recovery_code(random).reveal() == "GHJK-MNPQ-RSTV-WXYZ");
}

BOOST_AUTO_TEST_CASE(only_the_low_five_bits_of_each_random_byte_count) {
  testing::ConstantRandom zeros(0xe0);
  BOOST_TEST(new_recovery_code(zeros).reveal() == "0000-0000-0000-0000");
  testing::ConstantRandom ones(0xff);
  BOOST_TEST(new_recovery_code(ones).reveal() == "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
}

BOOST_AUTO_TEST_CASE(every_character_is_equally_likely_at_every_position) {
  // All values of a byte, at each position.
  std::array<std::array<int, 256>, 19> counts{};
  for (int value = 0; value < 256; ++value) {
    testing::ConstantRandom random(static_cast<std::uint8_t>(value));
    const Secret code = new_recovery_code(random);
    for (std::size_t i = 0; i < code.size(); ++i) ++counts[i][static_cast<unsigned char>(code.reveal()[i])];
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i % 5 == 4) continue;
    for (const char c : kAlphabet) BOOST_REQUIRE_EQUAL(counts[i][static_cast<unsigned char>(c)], 8);
  }
}

BOOST_AUTO_TEST_CASE(new_codes_differ_and_normalize_to_themselves_without_dashes) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const Secret code = new_recovery_code(random);
    std::string bare(code.reveal());
    bare.erase(std::remove(bare.begin(), bare.end(), '-'), bare.end());
    BOOST_TEST(normalized(code.reveal()) == bare);
    BOOST_TEST(normalized(lower(code.reveal())) == bare);
    BOOST_TEST(normalized(bare) == bare);
    seen.insert(bare);
  }
  BOOST_TEST(seen.size() == 200U);
}

BOOST_AUTO_TEST_CASE(case_dashes_and_spaces_do_not_matter) {
  for (const char* text :
       {"7K3M-Q2ZD-0V9X-HA4T", "7k3m-q2zd-0v9x-ha4t", "7K3MQ2ZD0V9XHA4T", "7K3M Q2ZD 0V9X HA4T",
        " 7K3M-Q2ZD-0V9X-HA4T ", "--7-K-3-M-Q-2-Z-D-0-V-9-X-H-A-4-T--", "7K3MQ2ZD - 0V9XHA4T"})
    BOOST_TEST(normalized(text) == "7K3MQ2ZD0V9XHA4T", text);
}

BOOST_AUTO_TEST_CASE(letters_that_look_like_digits_are_read_as_digits) {
  BOOST_TEST(normalized("OOoo-IIii-LLll-0011") == "0000111111110011");
}

BOOST_AUTO_TEST_CASE(codes_of_another_length_are_rejected) {
  for (std::size_t size = 0; size < 40; ++size)
    BOOST_TEST((normalized(std::string(size, '7')) != "none") == (size == 16), size);
  BOOST_TEST(normalized("") == "none");
  BOOST_TEST(normalized("----") == "none");
}

BOOST_AUTO_TEST_CASE(other_characters_are_rejected) {
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    if (one == '-' || one == ' ') continue;
    const bool allowed = kAlphabet.find(to_upper(one)) != std::string_view::npos ||
                         std::string_view("OoIiLl").find(one) != std::string_view::npos;
    BOOST_REQUIRE_EQUAL(normalized(std::string(8, '7') + one + std::string(7, '7')) != "none", allowed);
    // Also after a whole code.
    BOOST_REQUIRE_EQUAL(normalized(std::string(16, '7') + one), "none");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
