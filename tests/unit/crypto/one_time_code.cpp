// One-time codes are uniformly distributed.
#include "taskward/crypto/one_time_code.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "taskward/crypto/random.hpp"

namespace taskward::crypto {
namespace {

/// Returns the given numbers, one for each fill of four bytes.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}
  void fill(std::span<std::uint8_t> bytes) override {
    BOOST_REQUIRE_EQUAL(bytes.size(), sizeof(std::uint32_t));
    BOOST_REQUIRE_LT(draws_, numbers_.size());
    std::memcpy(bytes.data(), &numbers_[draws_++], bytes.size());
  }
  [[nodiscard]] std::size_t draws() const { return draws_; }

 private:
  std::vector<std::uint32_t> numbers_;
  std::size_t draws_ = 0;
};

std::string code_from(std::uint32_t number, int digits) {
  ScriptedRandom random({number});
  return std::string(random_digits(random, digits).reveal());
}

/// The chi-squared statistic of counts against a uniform distribution.
double chi_square(const std::vector<int>& counts, int total) {
  const double expected = static_cast<double>(total) / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

BOOST_AUTO_TEST_SUITE(one_time_code)

BOOST_AUTO_TEST_CASE(code_keeps_its_leading_zeros) {
  BOOST_TEST(code_from(0, 6) == "000000");
  BOOST_TEST(code_from(7, 6) == "000007");
  BOOST_TEST(code_from(999'999, 6) == "999999");
  BOOST_TEST(code_from(1'000'000, 6) == "000000");
  BOOST_TEST(code_from(1'234'567, 6) == "234567");
  BOOST_TEST(code_from(12'345'678, 8) == "12345678");
  BOOST_TEST(code_from(42, 8) == "00000042");
  BOOST_TEST(code_from(19, 1) == "9");
  BOOST_TEST(code_from(3'999'999'999U, 9) == "999999999");
}

BOOST_AUTO_TEST_CASE(biased_random_numbers_are_drawn_again) {
  struct Bound {
    int digits;
    std::uint32_t fair;  // the largest multiple of 10^digits that is at most 2^32
  };
  for (const Bound& bound : {Bound{1, 4'294'967'290U}, Bound{6, 4'294'000'000U}, Bound{7, 4'290'000'000U},
                             Bound{8, 4'200'000'000U}, Bound{9, 4'000'000'000U}}) {
    ScriptedRandom last_fair({bound.fair - 1});
    const std::string nines(static_cast<std::size_t>(bound.digits), '9');
    BOOST_TEST(random_digits(last_fair, bound.digits).reveal() == nines, bound.digits);
    ScriptedRandom unfair({bound.fair, 0xffff'ffffU, bound.fair + 1, 5});
    const Secret code = random_digits(unfair, bound.digits);
    BOOST_TEST(unfair.draws() == 4U, bound.digits);
    BOOST_TEST(code.reveal() == std::string(nines.size() - 1, '0') + '5', bound.digits);
  }
}

BOOST_AUTO_TEST_CASE(codes_from_system_random_are_uniformly_distributed, *boost::unit_test::label("slow")) {
  constexpr int kTotal = 200'000;
  SystemRandom random;
  // Counts of each digit at each position, of the first two digits, and of the last two.
  std::array<std::vector<int>, 6> positions;
  positions.fill(std::vector<int>(10));
  std::vector<int> heads(100);
  std::vector<int> tails(100);
  for (int i = 0; i < kTotal; ++i) {
    const Secret code = random_digits(random, 6);
    const std::string_view text = code.reveal();
    // One check per code: assertions for a million digits would bloat the report.
    const bool digits = text.size() == 6U && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) BOOST_FAIL("not a code of six digits: " << text);
    for (std::size_t position = 0; position < 6; ++position) {
      ++positions[position][static_cast<std::size_t>(text[position] - '0')];
    }
    ++heads[static_cast<std::size_t>((text[0] - '0') * 10 + text[1] - '0')];
    ++tails[static_cast<std::size_t>((text[4] - '0') * 10 + text[5] - '0')];
  }
  // A fair source exceeds each bound with a probability of about 1e-8 (9 and 99 degrees of freedom).
  for (const auto& counts : positions) BOOST_TEST(chi_square(counts, kTotal) < 56.0);
  BOOST_TEST(chi_square(heads, kTotal) < 194.0);
  BOOST_TEST(chi_square(tails, kTotal) < 194.0);
}

BOOST_AUTO_TEST_CASE(codes_rarely_repeat) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.emplace(random_digits(random, 8).reveal());
  BOOST_TEST(seen.size() > 990U);
}

BOOST_AUTO_TEST_CASE(invalid_number_of_digits_throws) {
  SystemRandom random;
  for (const int digits : {-1, 0, 10, 11})
    BOOST_CHECK_THROW(static_cast<void>(random_digits(random, digits)), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
