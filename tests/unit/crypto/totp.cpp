#include "taskward/crypto/totp.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/http/header_values.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

Timestamp at(std::int64_t unix_seconds) { return Timestamp(seconds(unix_seconds)); }

/// The secret of the examples of RFC 4226 and RFC 6238.
Secret rfc_secret() { return Secret("12345678901234567890"); }

BOOST_AUTO_TEST_SUITE(totp)

BOOST_AUTO_TEST_CASE(codes_match_the_examples_of_rfc_6238) {
  struct Example {
    std::int64_t time;
    std::string_view eight_digits;
  };
  for (const Example& one : {Example{59, "94287082"}, Example{1'111'111'109, "07081804"},
                             Example{1'111'111'111, "14050471"}, Example{1'234'567'890, "89005924"},
                             Example{2'000'000'000, "69279037"}, Example{20'000'000'000, "65353130"}})
    BOOST_TEST(totp_code(rfc_secret(), totp_step(at(one.time))) == one.eight_digits.substr(2));
}

BOOST_AUTO_TEST_CASE(codes_match_the_examples_of_rfc_4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t count = 0; count < 10; ++count)
    BOOST_TEST(totp_code(rfc_secret(), count) == codes[count]);
}

BOOST_AUTO_TEST_CASE(step_changes_every_30_seconds) {
  BOOST_TEST(totp_step(at(0)) == 0);
  BOOST_TEST(totp_step(at(29) + microseconds(999'999)) == 0);
  BOOST_TEST(totp_step(at(30)) == 1);
  BOOST_TEST(totp_step(at(59) + microseconds(999'999)) == 1);
  BOOST_TEST(totp_step(at(1'769'860'800)) == 58'995'360);
}

BOOST_AUTO_TEST_CASE(code_is_accepted_one_step_early_or_late_but_not_two) {
  const Secret secret = rfc_secret();
  constexpr std::int64_t kStep = 41'152'263;
  const std::string code = totp_code(secret, kStep);
  const Timestamp begins = at(kStep * 30);
  const Timestamp ends = begins + kTotpPeriod;
  BOOST_TEST((matching_totp_step(secret, code, begins) == kStep));
  BOOST_TEST((matching_totp_step(secret, code, ends - microseconds(1)) == kStep));
  BOOST_TEST((matching_totp_step(secret, code, begins - seconds(30)) == kStep));
  BOOST_TEST((matching_totp_step(secret, code, ends + seconds(30) - microseconds(1)) == kStep));
  BOOST_TEST(!matching_totp_step(secret, code, begins - seconds(30) - microseconds(1)));
  BOOST_TEST(!matching_totp_step(secret, code, ends + seconds(30)));
}

BOOST_AUTO_TEST_CASE(the_latest_of_the_steps_with_a_code_is_returned) {
  const Secret secret = rfc_secret();
  // The first step that has the code of the next.
  constexpr std::int64_t kStep = 910'737;
  BOOST_TEST_REQUIRE(totp_code(secret, kStep) == "911617");
  BOOST_TEST_REQUIRE(totp_code(secret, kStep + 1) == "911617");
  for (const std::int64_t now : {kStep, kStep + 1, kStep + 2})
    BOOST_TEST((matching_totp_step(secret, "911617", at(now * 30)) == kStep + 1), now);
  BOOST_TEST((matching_totp_step(secret, "911617", at((kStep - 1) * 30)) == kStep));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_exactly_the_code_matches_no_step) {
  const Secret secret = rfc_secret();
  const Timestamp now = at(59);
  BOOST_TEST_REQUIRE(matching_totp_step(secret, "287082", now).has_value());
  for (const char* bad : {"", "287081", "28708", "2870820", "0287082", " 287082", "287082 ", "287 082",
                          "94287082", "28708\xd9\xa2", "+87082"})
    BOOST_TEST(!matching_totp_step(secret, bad, now), bad);
  BOOST_TEST(!matching_totp_step(secret, std::string_view("287082\0", 7), now));
}

BOOST_AUTO_TEST_CASE(codes_of_another_secret_or_a_changed_bit_match_rarely) {
  SystemRandom random;
  const Secret secret = new_totp_secret(random);
  const Timestamp now = at(1'769'860'800);
  const std::string code = totp_code(secret, totp_step(now));
  int matches = 0;
  for (std::size_t bit = 0; bit < secret.size() * 8; ++bit) {
    const Secret other(testing::with_bit_flipped(std::string(secret.reveal()), bit));
    matches += matching_totp_step(other, code, now) ? 1 : 0;
  }
  // Each of 160 matches by chance with a probability of 3e-6.
  BOOST_TEST(matches < 3);
}

BOOST_AUTO_TEST_CASE(every_code_has_six_digits_and_codes_are_evenly_distributed) {
  SystemRandom random;
  const Secret secret = new_totp_secret(random);
  std::array<int, 10> first{};
  constexpr int kTotal = 20'000;
  for (int step = 0; step < kTotal; ++step) {
    const std::string code = totp_code(secret, step);
    BOOST_REQUIRE(code.size() == 6U && code.find_first_not_of("0123456789") == std::string::npos);
    ++first[static_cast<std::size_t>(code.front() - '0')];
  }
  // Eight standard deviations.
  for (const int count : first) BOOST_TEST(std::abs(count - kTotal / 10) < 340);
}

BOOST_AUTO_TEST_CASE(new_secret_is_160_random_bits) {
  testing::CountingRandom counting;
  BOOST_TEST(hex(new_totp_secret(counting).reveal()) == "000102030405060708090a0b0c0d0e0f10111213");
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.emplace(new_totp_secret(random).reveal());
  BOOST_TEST(seen.size() == 100U);
}

BOOST_AUTO_TEST_CASE(otpauth_uri_names_issuer_and_account_and_all_parameters) {
  BOOST_TEST(otpauth_uri("Taskward", "ada", rfc_secret()).reveal() ==
             "otpauth://totp/Taskward:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Taskward&"
             "algorithm=SHA1&digits=6&period=30");
}

BOOST_AUTO_TEST_CASE(names_in_an_otpauth_uri_are_percent_encoded) {
  const Secret uri = otpauth_uri("Caf\u00e9 & co", "ada+1@example.org?x=/#%", rfc_secret());
  BOOST_TEST(testing::contains(uri.reveal(),
                               "totp/Caf%C3%A9%20%26%20co:ada%2B1%40example.org%3Fx%3D%2F%23%25?secret="));
  BOOST_TEST(testing::contains(uri.reveal(), "&issuer=Caf%C3%A9%20%26%20co&"));
}

BOOST_AUTO_TEST_CASE(label_of_an_otpauth_uri_has_one_colon) {
  const Secret uri = otpauth_uri("a:b", "c:d", rfc_secret());
  BOOST_TEST(testing::contains(uri.reveal(), "totp/a%20b:c%20d?secret="));
  BOOST_TEST(testing::contains(uri.reveal(), "&issuer=a%20b&"));
}

BOOST_AUTO_TEST_CASE(secret_of_any_bytes_is_read_back_from_its_otpauth_uri) {
  SystemRandom random;
  for (int i = 0; i < 50; ++i) {
    const Secret secret = new_totp_secret(random);
    const Secret uri = otpauth_uri("Taskward", "ada", secret);
    const std::string_view text = uri.reveal();
    const auto query = http::parse_query(text.substr(text.find('?') + 1));
    BOOST_TEST_REQUIRE(static_cast<bool>(query));
    BOOST_TEST_REQUIRE(query->size() == 5U);
    BOOST_TEST(query->front().first == "secret");
    BOOST_TEST((from_base32(query->front().second) == std::string(secret.reveal())));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
