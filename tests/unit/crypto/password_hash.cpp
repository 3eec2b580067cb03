#include "taskward/crypto/password_hash.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "taskward/model/user.hpp"
#include "tests/support/counting_random.hpp"

namespace taskward::crypto {
namespace {

struct Fixture {
  testing::CountingRandom random;
  PasswordHasher hasher{4, random};

  bool fits(std::string_view password, std::string_view hash) const {
    return hasher.verify(Secret(password), hash);
  }
  std::string hash(std::string_view password) { return hasher.hash(Secret(password), random); }
};

BOOST_FIXTURE_TEST_SUITE(password_hash, Fixture)

BOOST_AUTO_TEST_CASE(hashes_of_other_systems_fit_their_passwords) {
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
      // From the tests of jBCrypt, which wrote $2a$ for years.
      Vector{"$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe", "a"},
      Vector{"$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", "abc"},
      Vector{"$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC", "abcdefghijklmnopqrstuvwxyz"},
      // From PHP's manual (password_hash), which writes $2y$.
      Vector{"$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a", "rasmuslerdorf"},
      // From the tests of Python's bcrypt, which writes $2b$.
      Vector{"$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm", "Kk4DQuMMfZL9o"},
      Vector{"$2b$04$pQ7gRO7e6wx/936oXhNjrOUNOHL1D0h1N2IDbJZYs.1ppzSof6SPy", "9IeRXmnGxMYbs"},
  };
  for (const Vector& known : vectors) {
    BOOST_TEST(fits(known.password, known.hash), known.hash);
    BOOST_TEST(!fits(std::string(known.password) + 'x', known.hash), known.hash);
  }
}

BOOST_AUTO_TEST_CASE(hashes_by_makers_that_mistook_characters_fit_nothing) {
  // Right by the rules of $2x$ (crypt_blowfish), where many passwords fit one hash.
  BOOST_TEST(!fits("\xa3", "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"));
  BOOST_TEST(!bcrypt_cost("$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e").has_value());
}

BOOST_AUTO_TEST_CASE(a_hash_is_current_when_it_would_be_made_the_same_way_now) {
  const std::string made = hash("abc");
  BOOST_TEST(hasher.is_current(made));
  BOOST_TEST(!hasher.is_current(PasswordHasher(5, random).hash(Secret("abc"), random)));
  for (const std::string& other : {"$2a" + made.substr(3), "$2y" + made.substr(3), made.substr(0, 59),
                                   made + 'x', std::string(), "$2b$4$" + made.substr(6)}) {
    BOOST_TEST(!hasher.is_current(other), other);
  }
}

BOOST_AUTO_TEST_CASE(the_cost_of_a_hash_is_read_where_it_can_be_verified) {
  const std::string rest = hash("abc").substr(6);
  for (int cost = 0; cost < 100; ++cost) {
    const std::string one =
        std::string("$2y$") + static_cast<char>('0' + cost / 10) + static_cast<char>('0' + cost % 10) + rest;
    const bool known = cost >= model::kBcryptCostLeast && cost <= model::kBcryptCostMost;
    BOOST_TEST((bcrypt_cost(one) == (known ? std::optional(cost) : std::nullopt)), one);
  }
}

BOOST_AUTO_TEST_CASE(a_hash_says_its_cost_and_fits_its_password_only) {
  const std::string made = hash("correct horse");
  BOOST_TEST(made.size() == 60U);
  BOOST_TEST(made.starts_with("$2b$04$"));
  BOOST_TEST(fits("correct horse", made));
  for (const std::string_view other :
       {"", "correct hors", "correct horse ", "Correct horse", "correct horsf"}) {
    BOOST_TEST(!fits(other, made), other);
  }
}

BOOST_AUTO_TEST_CASE(a_hash_of_another_cost_fits_all_the_same) {
  const PasswordHasher dearer(5, random);
  BOOST_TEST(hasher.verify(Secret("pass"), dearer.hash(Secret("pass"), random)));
}

BOOST_AUTO_TEST_CASE(two_hashes_of_one_password_differ_by_their_salt) {
  const std::string first = hash("same");
  const std::string second = hash("same");
  BOOST_TEST(first != second);
  BOOST_TEST(first.substr(7, 22) != second.substr(7, 22));
}

BOOST_AUTO_TEST_CASE(all_of_72_bytes_count_and_a_73rd_fits_nothing) {
  const std::string longest(72, 'x');
  const std::string made = hash(longest);
  BOOST_TEST(fits(longest, made));
  BOOST_TEST(!fits(std::string(71, 'x') + 'y', made));
  BOOST_TEST(!fits(std::string(71, 'x'), made));
  // bcrypt itself would not see the difference.
  BOOST_TEST(!fits(longest + 'x', made));
  BOOST_TEST(!fits(longest + 'y', made));
}

BOOST_AUTO_TEST_CASE(a_password_with_a_nul_fits_nothing) {
  const std::string made = hash("abc");
  BOOST_TEST(!fits(std::string_view("abc\0", 4), made));
  BOOST_TEST(!fits(std::string_view("abc\0def", 7), made));
  BOOST_TEST(!fits(std::string_view("\0", 1), hash("")));
}

BOOST_AUTO_TEST_CASE(a_damaged_hash_fits_no_password) {
  const std::string made = hash("abc");
  for (std::size_t length = 0; length < made.size(); ++length)
    BOOST_TEST(!fits("abc", made.substr(0, length)));
  for (const std::string& damaged :
       {made + 'x', made + '\n', made + '\0', ' ' + made, "$2x" + made.substr(3), "$2$" + made.substr(4),
        "$1$" + made.substr(4), std::string("$6$salt$hash"), std::string("$y$j9T$x$y"), std::string("*0"),
        std::string("*1"), std::string("abc"), made.substr(0, 4) + "00" + made.substr(6),
        made.substr(0, 4) + "xx" + made.substr(6), made.substr(0, 10) + ':' + made.substr(11),
        made.substr(0, 10) + '\0' + made.substr(11)}) {
    BOOST_TEST(!fits("abc", damaged), damaged);
  }
  for (std::size_t place = 29; place < made.size(); ++place) {
    std::string other = made;
    other[place] = other[place] == 'a' ? 'b' : 'a';
    BOOST_TEST(!fits("abc", other), other);
  }
}

BOOST_AUTO_TEST_CASE(verifying_nothing_is_never_true) {
  for (const std::string_view password : {"", "abc", "correct horse"}) {
    BOOST_TEST(!hasher.verify_nothing(Secret(password)), password);
  }
}

BOOST_AUTO_TEST_CASE(a_password_that_does_not_exist_as_an_object_is_handled) {
  BOOST_TEST(!hasher.verify(Secret(), hash("abc")));
  BOOST_TEST(!hasher.verify_nothing(Secret()));
}

BOOST_AUTO_TEST_CASE(what_bcrypt_cannot_read_is_never_hashed) {
  BOOST_CHECK_THROW(hash(std::string(73, 'x')), std::logic_error);
  BOOST_CHECK_THROW(hash(std::string_view("abc\0def", 7)), std::logic_error);
}

/// The processor time that the calling thread has had, in nanoseconds: what others do does not count.
std::int64_t thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

BOOST_AUTO_TEST_CASE(a_check_takes_the_same_work_whatever_it_checks_against) {
  const PasswordHasher now(9, random);
  std::map<std::string, std::string> hashes;
  for (int cost = 4; cost <= 9; ++cost)
    hashes["cost " + std::to_string(cost)] = PasswordHasher(cost, random).hash(Secret("right"), random);
  hashes["damaged"] = "$2b$09$" + std::string(53, ':');
  hashes["another kind"] = "$2x" + hashes["cost 9"].substr(3);
  hashes["no hash"] = "";

  std::map<std::string, std::function<void()>> checks;
  checks["unknown account"] = [&] { now.verify_nothing(Secret("right")); };
  for (const auto& [kind, stored] : hashes) {
    checks[kind] = [&now, &stored = stored] { static_cast<void>(now.verify(Secret("wrong"), stored)); };
  }
  const std::string& same = hashes["cost 9"];
  checks["the right password"] = [&] { static_cast<void>(now.verify(Secret("right"), same)); };
  checks["too long"] = [&] { static_cast<void>(now.verify(Secret(std::string(1000, 'x')), same)); };
  checks["too long, unknown account"] = [&] { now.verify_nothing(Secret(std::string(1000, 'x'))); };
  checks["a NUL"] = [&] {
    static_cast<void>(now.verify(Secret(std::string_view("right\0", 6)), hashes["cost 4"]));
  };

  // One after another, so that whatever slows this thread slows them all alike.
  std::map<std::string, std::vector<std::int64_t>> times;
  for (int round = 0; round < 9; ++round) {
    for (const auto& [kind, check] : checks) {
      const auto begun = thread_time();
      check();
      times[kind].push_back(thread_time() - begun);
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
    // One step of cost less or more would be 0.5 or 2.
    BOOST_TEST((ratio > 0.75 && ratio < 1.33), kind << " takes " << ratio << " of an unknown account's time");
  }
}

BOOST_AUTO_TEST_CASE(a_cost_that_bcrypt_does_not_know_throws) {
  BOOST_CHECK_THROW(PasswordHasher(3, random), std::runtime_error);
  BOOST_CHECK_THROW(PasswordHasher(32, random), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
