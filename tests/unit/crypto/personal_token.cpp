#include "taskward/crypto/personal_token.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <utility>

#include "taskward/crypto/crc32.hpp"
#include "taskward/crypto/random.hpp"
#include "tests/unit/support_random.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// 2^256 - 1 in base 62.
const std::string kLargest = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

/// The text with the checksum that belongs to it.
std::string with_checksum(const std::string& text) {
  std::string digits;
  for (std::uint32_t rest = crc32(text); digits.size() < 6; rest /= 62)
    digits.insert(0, 1, kDigits[rest % 62]);
  return text + digits;
}

BOOST_AUTO_TEST_SUITE(personal_token)

BOOST_AUTO_TEST_CASE(token_has_prefix_43_digits_and_checksum) {
  testing::ConstantRandom zeros(0);
  BOOST_TEST(new_personal_token(zeros).reveal() == with_checksum("tw_" + std::string(43, '0')));
  testing::ConstantRandom ones(0xff);
  BOOST_TEST(new_personal_token(ones).reveal() == with_checksum("tw_" + kLargest));
}

BOOST_AUTO_TEST_CASE(new_tokens_are_tokens_and_differ) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const Secret token = new_personal_token(random);
    BOOST_REQUIRE_EQUAL(token.size(), kPersonalTokenBytes);
    BOOST_REQUIRE(is_personal_token(token.reveal()));
    BOOST_REQUIRE(token.reveal().find_first_not_of(kDigits, 3) == std::string_view::npos);
    seen.emplace(token.reveal());
  }
  BOOST_TEST(seen.size() == 500U);
}

BOOST_AUTO_TEST_CASE(every_random_byte_changes_the_token) {
  class OneByte final : public RandomSource {
   public:
    explicit OneByte(std::size_t position) : position_(position) {}
    void fill(std::span<std::uint8_t> bytes) override {
      BOOST_REQUIRE_EQUAL(bytes.size(), 32U);
      std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
      bytes[position_] = 1;
    }

   private:
    std::size_t position_;
  };
  std::set<std::string> seen;
  for (std::size_t position = 0; position < 32; ++position) {
    OneByte random(position);
    seen.emplace(new_personal_token(random).reveal());
  }
  BOOST_TEST(seen.size() == 32U);
  OneByte last(31);
  BOOST_TEST(new_personal_token(last).reveal() == with_checksum("tw_" + std::string(42, '0') + '1'));
  OneByte next_to_last(30);
  BOOST_TEST(new_personal_token(next_to_last).reveal() == with_checksum("tw_" + std::string(41, '0') + "48"));
}

BOOST_AUTO_TEST_CASE(number_of_2_to_the_256_or_more_is_no_token) {
  BOOST_TEST(is_personal_token(with_checksum("tw_" + kLargest)));
  std::string above = kLargest;
  BOOST_TEST_REQUIRE(above.back() != 'z');
  above.back() = kDigits[kDigits.find(above.back()) + 1];
  BOOST_TEST(!is_personal_token(with_checksum("tw_" + above)));
  BOOST_TEST(!is_personal_token(with_checksum("tw_" + std::string(43, 'z'))));
}

BOOST_AUTO_TEST_CASE(any_other_character_at_any_position_is_refused) {
  SystemRandom random;
  const std::string token(new_personal_token(random).reveal());
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string altered = token;
      altered[i] = static_cast<char>(c);
      BOOST_REQUIRE_EQUAL(is_personal_token(altered), altered == token);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_exchanged_characters_are_refused) {
  SystemRandom random;
  const std::string token(new_personal_token(random).reveal());
  for (std::size_t i = 1; i < token.size(); ++i) {
    std::string altered = token;
    std::swap(altered[i - 1], altered[i]);
    BOOST_REQUIRE_EQUAL(is_personal_token(altered), altered == token);
  }
}

BOOST_AUTO_TEST_CASE(text_of_another_length_is_no_token) {
  SystemRandom random;
  const std::string token(new_personal_token(random).reveal());
  for (std::size_t size = 0; size < token.size(); ++size) {
    BOOST_REQUIRE(!is_personal_token(token.substr(0, size)));
    BOOST_REQUIRE(!is_personal_token(token.substr(token.size() - size)));
  }
  for (const std::string& bad :
       {token + '0', '0' + token, token + ' ', ' ' + token, token + '\n', token + '\0',
        with_checksum("tw_" + std::string(42, '0')), with_checksum("tw_" + std::string(44, '0'))})
    BOOST_TEST(!is_personal_token(bad), bad);
}

BOOST_AUTO_TEST_CASE(wrong_prefix_or_alphabet_is_refused_with_a_right_checksum) {
  for (const char* prefix : {"TW_", "tw-", "tx_", "xw_"})
    BOOST_TEST(!is_personal_token(with_checksum(prefix + std::string(43, '0'))), prefix);
  for (const char bad : {'_', '-', '+', '/', ' ', '\0', '\x80', '@', '[', '`', '{', ':'})
    BOOST_TEST(!is_personal_token(with_checksum("tw_" + std::string(42, '0') + bad)), bad);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
