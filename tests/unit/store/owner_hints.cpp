#include "taskward/store/owner_hints.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward::testing {
namespace {

using store::kSettledAtOnce;
using store::OwnerHints;

UserId owner(std::uint8_t number) {
  UserId id{};
  id.uuid.bytes[15] = number;
  return id;
}

/// Creates a task, and returns how many it settled.
int create(OwnerHints& hints, const UserId& of) {
  OwnerHints::Settlement settlement(hints, of);
  settlement.note_created();
  return settlement.count();
}

int fail_to_create(OwnerHints& hints, const UserId& of) { return OwnerHints::Settlement(hints, of).count(); }

BOOST_AUTO_TEST_SUITE(owner_hints)

BOOST_AUTO_TEST_CASE(first_creation_settles_itself_and_then_several_are_settled_at_once) {
  OwnerHints hints;
  int settled = 0;
  for (int i = 0; i < 10 * kSettledAtOnce; ++i) {
    const int settles = create(hints, owner(1));
    BOOST_TEST((i == 0 ? settles == 1 : settles == 0 || settles == kSettledAtOnce));
    settled += settles;
    BOOST_TEST(i + 1 - settled < kSettledAtOnce);
    BOOST_TEST(i + 1 >= settled);
  }
  BOOST_TEST(create(hints, owner(2)) == 1);
}

BOOST_AUTO_TEST_CASE(failed_creation_is_settled_by_the_next) {
  OwnerHints hints;
  BOOST_TEST(fail_to_create(hints, owner(1)) == 1);
  BOOST_TEST(create(hints, owner(1)) == 1);
  for (int i = 1; i < kSettledAtOnce; ++i) BOOST_TEST(create(hints, owner(1)) == 0);
  for (int i = 0; i < 3; ++i) BOOST_TEST(fail_to_create(hints, owner(1)) == kSettledAtOnce);
  BOOST_TEST(create(hints, owner(1)) == kSettledAtOnce);
  BOOST_TEST(create(hints, owner(1)) == 0);
}

BOOST_AUTO_TEST_CASE(concurrent_creations_do_not_settle_the_same_tasks) {
  OwnerHints hints;
  for (int i = 0; i < kSettledAtOnce; ++i) static_cast<void>(create(hints, owner(1)));
  OwnerHints::Settlement one(hints, owner(1));
  OwnerHints::Settlement other(hints, owner(1));
  BOOST_TEST(one.count() == kSettledAtOnce);
  BOOST_TEST(other.count() == 0);
}

BOOST_AUTO_TEST_CASE(near_the_limit_each_creation_settles_itself) {
  OwnerHints hints;
  static_cast<void>(create(hints, owner(1)));
  BOOST_TEST(create(hints, owner(1)) == 0);
  hints.note_near_limit(owner(1));
  BOOST_TEST(create(hints, owner(1)) == 2);
  for (int i = 0; i < 50; ++i) BOOST_TEST(create(hints, owner(1)) == 1);
}

BOOST_AUTO_TEST_CASE(index_is_remembered_for_each_owner) {
  OwnerHints hints;
  BOOST_TEST(!hints.is_indexed(owner(1)));
  hints.note_indexed(owner(1), true);
  BOOST_TEST(hints.is_indexed(owner(1)));
  BOOST_TEST(!hints.is_indexed(owner(2)));
  hints.note_indexed(owner(1), false);
  BOOST_TEST(!hints.is_indexed(owner(1)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
