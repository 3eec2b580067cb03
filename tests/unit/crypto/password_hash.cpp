#include "taskward/crypto/password_hash.hpp"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <ctime>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/model/user.hpp"
#include "tests/support/counting_random.hpp"

namespace taskward::crypto {
namespace {

struct HasherFixture {
  testing::CountingRandom random;
  PasswordHasher hasher{4, random};

  bool matches(std::string_view password, std::string_view hash) const {
    return hasher.verify(Secret(password), hash) != PasswordMatch::no;
  }
  std::string hash(std::string_view password) { return hasher.hash(Secret(password), random); }
};

BOOST_FIXTURE_TEST_SUITE(password_hash, HasherFixture)

BOOST_AUTO_TEST_CASE(hashes_of_other_systems_match_their_passwords) {
  struct Vector {
    std::string_view hash;
    std::string_view password;
  };
  constexpr std::array vectors{
      // From the self-test of crypt_blowfish, by its author.
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"},
      Vector{"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""},
      Vector{"$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xff\xff\xa3"},
      Vector{"$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xff\xff\xa3"},
      Vector{"$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xa3"},
      Vector{"$2a$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xa3"},
      Vector{"$2a$05$/OK.fbVrR/bpIqNJ5ianF.nRht2l/HRhr6zmCp9vYUvvsqynflf9e",
             "\xff\xa3"
             "345"},
      // From the tests of jBCrypt, which writes $2a$.
      Vector{"$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe", "a"},
      Vector{"$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", "abc"},
      Vector{"$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC", "abcdefghijklmnopqrstuvwxyz"},
      // From PHP's manual (password_hash), which writes $2y$.
      Vector{"$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a", "rasmuslerdorf"},
      // From the tests of Python's bcrypt, which writes $2b$.
      Vector{"$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm", "Kk4DQuMMfZL9o"},
      Vector{"$2b$04$pQ7gRO7e6wx/936oXhNjrOUNOHL1D0h1N2IDbJZYs.1ppzSof6SPy", "9IeRXmnGxMYbs"},
  };
  for (const Vector& is_supported : vectors) {
    BOOST_TEST(matches(is_supported.password, is_supported.hash), is_supported.hash);
    BOOST_TEST(!matches(std::string(is_supported.password) + 'x', is_supported.hash), is_supported.hash);
  }
}

BOOST_AUTO_TEST_CASE(hashes_with_the_2x_prefix_match_nothing) {
  // Valid for $2x$ (crypt_blowfish), whose sign extension bug lets many passwords match one hash.
  BOOST_TEST(!matches("\xa3", "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"));
  BOOST_TEST(!bcrypt_cost("$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e").has_value());
}

BOOST_AUTO_TEST_CASE(hash_is_outdated_unless_prefix_and_cost_are_the_configured_ones) {
  const auto match = [&](const std::string& stored) { return hasher.verify(Secret("abc"), stored); };
  const std::string hashed = hash("abc");
  BOOST_TEST((match(hashed) == PasswordMatch::yes));
  BOOST_TEST((match(PasswordHasher(5, random).hash(Secret("abc"), random)) == PasswordMatch::outdated));
  BOOST_TEST((match("$2a" + hashed.substr(3)) == PasswordMatch::outdated));
  BOOST_TEST((match("$2y" + hashed.substr(3)) == PasswordMatch::outdated));
  BOOST_TEST((match(imported_hash(hashed)) == PasswordMatch::outdated));
  for (const std::string& other :
       {hashed.substr(0, 59), hashed + 'x', std::string(), "$2b$4$" + hashed.substr(6), "$bcrypt-x" + hashed})
    BOOST_TEST((match(other) == PasswordMatch::no), other);
}

BOOST_AUTO_TEST_CASE(each_spelling_of_a_password_matches) {
  // o with a diaeresis as one character and as two; the ligature fi and its letters.
  const std::string composed = "M\u00f6belhaus \ufb01ve", decomposed = "Mo\u0308belhaus five";
  for (const std::string& first : {composed, decomposed}) {
    const std::string hashed = hash(first);
    for (const std::string& second : {composed, decomposed})
      BOOST_TEST((hasher.verify(Secret(second), hashed) == PasswordMatch::yes));
  }
  BOOST_TEST(!matches("Mobelhaus five", hash(composed)));
}

BOOST_AUTO_TEST_CASE(hash_of_another_form_matches_as_it_was_typed_and_is_outdated) {
  // As an earlier release or another system made it: of the bytes, whatever their form.
  const std::string decomposed = "Mo\u0308belhaus";
  std::string stored;
  {
    crypt_data data{};
    const char* made = crypt_rn(decomposed.c_str(), hash("x").substr(0, 29).c_str(), &data, sizeof data);
    BOOST_REQUIRE(made != nullptr);
    stored = made;
  }
  BOOST_TEST((hasher.verify(Secret(decomposed), stored) == PasswordMatch::outdated));
  BOOST_TEST((hasher.verify(Secret("M\u00f6belhaus"), stored) == PasswordMatch::no));
  BOOST_TEST((hasher.verify(Secret(decomposed), imported_hash(stored)) == PasswordMatch::outdated));
}

BOOST_AUTO_TEST_CASE(cost_of_a_hash_is_read_if_supported) {
  const std::string rest = hash("abc").substr(6);
  for (int cost = 0; cost < 100; ++cost) {
    const std::string one =
        std::string("$2y$") + static_cast<char>('0' + cost / 10) + static_cast<char>('0' + cost % 10) + rest;
    const bool is_supported = cost >= model::kBcryptCostLeast && cost <= model::kBcryptCostMost;
    BOOST_TEST((bcrypt_cost(one) == (is_supported ? std::optional(cost) : std::nullopt)), one);
  }
}

BOOST_AUTO_TEST_CASE(hash_contains_its_cost_and_matches_only_its_password) {
  const std::string hashed = hash("correct horse");
  BOOST_TEST(hashed.size() == 60U);
  BOOST_TEST(hashed.starts_with("$2b$04$"));
  BOOST_TEST(matches("correct horse", hashed));
  for (const std::string_view other :
       {"", "correct hors", "correct horse ", "Correct horse", "correct horsf"}) {
    BOOST_TEST(!matches(other, hashed), other);
  }
}

BOOST_AUTO_TEST_CASE(hash_of_another_cost_still_matches) {
  const PasswordHasher costlier(5, random);
  BOOST_TEST(matches("pass", costlier.hash(Secret("pass"), random)));
}

BOOST_AUTO_TEST_CASE(hashes_of_the_same_password_have_different_salts) {
  const std::string first = hash("same");
  const std::string second = hash("same");
  BOOST_TEST(first != second);
  BOOST_TEST(first.substr(7, 22) != second.substr(7, 22));
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_password_counts) {
  for (const std::size_t length : {71U, 72U, 73U, 256U, 1024U}) {
    const std::string password(length, 'x');
    const std::string hashed = hash(password);
    BOOST_TEST(hashed.starts_with("$2b$04$") == (length <= 72));
    BOOST_TEST(bcrypt_cost(hashed).value_or(0) == 4);
    BOOST_TEST((hasher.verify(Secret(password), hashed) == PasswordMatch::yes));
    BOOST_TEST(!matches(password.substr(1) + 'y', hashed));
    BOOST_TEST(!matches(password.substr(1), hashed));
    // bcrypt itself ignores everything after 72 bytes.
    BOOST_TEST(!matches(password + 'x', hashed));
  }
}

BOOST_AUTO_TEST_CASE(imported_hash_of_a_long_password_matches_its_first_72_bytes) {
  const std::string stored = imported_hash(hash(std::string(72, 'x')));
  BOOST_TEST(bcrypt_cost(stored).value_or(0) == 4);
  for (const std::size_t length : {72U, 80U, 256U})
    BOOST_TEST((hasher.verify(Secret(std::string(length, 'x')), stored) == PasswordMatch::outdated));
  BOOST_TEST(!matches(std::string(71, 'x'), stored));
  // A hash that tells its kind keeps it.
  BOOST_TEST(imported_hash(stored) == stored);
  const std::string of_long = hash(std::string(80, 'y'));
  BOOST_TEST((hasher.verify(Secret(std::string(80, 'y')), imported_hash(of_long)) == PasswordMatch::yes));
  BOOST_TEST(!matches(std::string(71, 'x') + 'y', stored));
  BOOST_TEST(!matches(std::string(72, 'x') + '\0', stored + 'x'));
}

BOOST_AUTO_TEST_CASE(password_with_a_nul_matches_nothing) {
  const std::string hashed = hash("abc");
  BOOST_TEST(!matches(std::string_view("abc\0", 4), hashed));
  BOOST_TEST(!matches(std::string_view("abc\0def", 7), hashed));
  BOOST_TEST(!matches(std::string_view("\0", 1), hash("")));
}

BOOST_AUTO_TEST_CASE(damaged_hash_matches_no_password) {
  const std::string hashed = hash("abc");
  for (std::size_t length = 0; length < hashed.size(); ++length)
    BOOST_TEST(!matches("abc", hashed.substr(0, length)));
  for (const std::string& damaged :
       {hashed + 'x', hashed + '\n', hashed + '\0', ' ' + hashed, "$2x" + hashed.substr(3),
        "$2$" + hashed.substr(4), "$1$" + hashed.substr(4), std::string("$6$salt$hash"),
        std::string("$y$j9T$x$y"), std::string("*0"), std::string("*1"), std::string("abc"),
        hashed.substr(0, 4) + "00" + hashed.substr(6), hashed.substr(0, 4) + "xx" + hashed.substr(6),
        hashed.substr(0, 10) + ':' + hashed.substr(11), hashed.substr(0, 10) + '\0' + hashed.substr(11)}) {
    BOOST_TEST(!matches("abc", damaged), damaged);
  }
  for (std::size_t position = 29; position < hashed.size(); ++position) {
    std::string other = hashed;
    other[position] = other[position] == 'a' ? 'b' : 'a';
    BOOST_TEST(!matches("abc", other), other);
  }
}

BOOST_AUTO_TEST_CASE(default_constructed_password_matches_nothing) { BOOST_TEST(!matches({}, hash("abc"))); }

BOOST_AUTO_TEST_CASE(hashing_a_password_with_a_nul_throws) {
  BOOST_CHECK_THROW(hash(std::string_view("abc\0def", 7)), std::logic_error);
}

/// CPU time of the calling thread in nanoseconds.
std::int64_t thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

BOOST_AUTO_TEST_CASE(every_check_takes_the_same_cpu_time, *boost::unit_test::label("slow")) {
  const PasswordHasher hasher_of_cost_9(9, random);
  std::map<std::string, std::string> hashes;
  for (int cost = 4; cost <= 9; ++cost)
    hashes["cost " + std::to_string(cost)] = PasswordHasher(cost, random).hash(Secret("right"), random);
  hashes["damaged"] = "$2b$09$" + std::string(53, ':');
  hashes["another kind"] = "$2x" + hashes["cost 9"].substr(3);
  hashes["no hash"] = "";
  hashes["of a long password"] = hasher_of_cost_9.hash(Secret(std::string(1000, 'x')), random);
  hashes["imported"] = imported_hash(hashes["cost 8"]);

  std::map<std::string, std::function<void()>> checks;
  checks["unknown account"] = [&] { hasher_of_cost_9.verify_nothing(Secret("right")); };
  for (const auto& [kind, stored] : hashes) {
    checks[kind] = [&hasher_of_cost_9, &stored = stored] {
      static_cast<void>(hasher_of_cost_9.verify(Secret("wrong"), stored));
    };
  }
  const std::string& same = hashes["cost 9"];
  checks["the right password"] = [&] { static_cast<void>(hasher_of_cost_9.verify(Secret("right"), same)); };
  checks["too long"] = [&] {
    static_cast<void>(hasher_of_cost_9.verify(Secret(std::string(1000, 'x')), same));
  };
  checks["too long, unknown account"] = [&] {
    hasher_of_cost_9.verify_nothing(Secret(std::string(1000, 'x')));
  };
  checks["a NUL"] = [&] {
    static_cast<void>(hasher_of_cost_9.verify(Secret(std::string_view("right\0", 6)), hashes["cost 4"]));
  };

  // Interleaved, so that a slowdown affects all checks alike.
  std::map<std::string, std::vector<std::int64_t>> times;
  for (int round = 0; round < 9; ++round) {
    for (const auto& [kind, check] : checks) {
      const auto started = thread_time();
      check();
      times[kind].push_back(thread_time() - started);
    }
  }
  const auto median = [&](const std::string& kind) {
    auto& all = times[kind];
    std::nth_element(all.begin(), all.begin() + 4, all.end());
    return static_cast<double>(all[4]);
  };
  const double expected = median("unknown account");
  for (const auto& [kind, check] : checks) {
    const double ratio = median(kind) / expected;
    // A difference of one in the cost would give a ratio of 0.5 or 2.
    BOOST_TEST((ratio > 0.75 && ratio < 1.33),
               kind << " takes " << ratio << " times as long as an unknown account");
  }
}

BOOST_AUTO_TEST_CASE(unsupported_bcrypt_cost_throws) {
  BOOST_CHECK_THROW(PasswordHasher(3, random), std::runtime_error);
  BOOST_CHECK_THROW(PasswordHasher(32, random), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
