#include "taskward/crypto/password_hash.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

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
  // From the self-test of crypt_blowfish, by its author.
  struct Vector {
    std::string_view hash;
    std::string_view password;
  };
  constexpr std::array vectors{
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"},
      Vector{"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
      Vector{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""},
      Vector{"$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xff\xff\xa3"},
      Vector{"$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xff\xff\xa3"},
      Vector{"$2a$05$/OK.fbVrR/bpIqNJ5ianF.nRht2l/HRhr6zmCp9vYUvvsqynflf9e",
             "\xff\xa3"
             "345"},
  };
  for (const Vector& known : vectors) {
    BOOST_TEST(fits(known.password, known.hash), known.hash);
    BOOST_TEST(!fits(std::string(known.password) + 'x', known.hash), known.hash);
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

BOOST_AUTO_TEST_CASE(a_cost_that_bcrypt_does_not_know_throws) {
  BOOST_CHECK_THROW(PasswordHasher(3, random), std::runtime_error);
  BOOST_CHECK_THROW(PasswordHasher(32, random), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
