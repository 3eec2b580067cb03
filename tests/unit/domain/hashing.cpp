#include "taskward/domain/hashing.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::domain {
namespace {

using testing::outcome;

struct HashingFixture : testing::ResourcesWithoutDatabase {
  model::Origin origin;
  Secret password{"correct horse"};

  std::string verdict(const Secret& candidate, const std::optional<std::string>& hash) {
    const auto result = verify_password(resources, origin, candidate, hash);
    if (!result) return outcome(result);
    switch (*result) {
      case crypto::PasswordMatch::no:
        return "wrong";
      case crypto::PasswordMatch::yes:
        return "right";
      case crypto::PasswordMatch::outdated:
        return "outdated";
    }
    return {};
  }
};

BOOST_FIXTURE_TEST_SUITE(hashing, HashingFixture)

BOOST_AUTO_TEST_CASE(only_the_hashed_password_is_right) {
  const auto hash = hash_password(resources, origin, password);
  BOOST_TEST_REQUIRE(outcome(hash) == "ok");
  BOOST_TEST(verdict(password, *hash) == "right");
  BOOST_TEST(verdict(Secret("another"), *hash) == "wrong");
  BOOST_TEST(verdict(password, std::nullopt) == "wrong");
  BOOST_TEST(verdict(password, "damaged") == "wrong");
}

BOOST_AUTO_TEST_CASE(hash_of_another_cost_or_prefix_is_outdated) {
  BOOST_TEST(verdict(password, crypto::PasswordHasher(5, random).hash(password, random)) == "outdated");
  BOOST_TEST(verdict(Secret("U*U"), "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") ==
             "outdated");
}

BOOST_AUTO_TEST_CASE(request_that_waited_too_long_is_rejected) {
  origin.sent_at = clock.now() - std::chrono::seconds(11);
  BOOST_TEST(outcome(hash_password(resources, origin, password)) == "service_unavailable");
  BOOST_TEST(verdict(password, std::nullopt) == "service_unavailable");
  origin.sent_at = clock.now() - std::chrono::seconds(9);
  BOOST_TEST(outcome(hash_password(resources, origin, password)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
