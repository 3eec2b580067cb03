#include "taskward/model/scope.hpp"

#include <boost/test/unit_test.hpp>

#include "taskward/model/permission.hpp"

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(scopes)

BOOST_AUTO_TEST_CASE(scope_names_are_matched_exactly) {
  for (const Scope one : kScopes) BOOST_TEST((scope(name(one)) == one));
  for (const std::string_view other :
       {"", "none", "tasks", "tasks:", "Tasks:read", "tasks:read ", "tasks_read", "admin", "*"})
    BOOST_TEST(!scope(other), other);
}

// The statement compares roles and scopes with one array.
BOOST_AUTO_TEST_CASE(no_scope_is_named_like_a_role) {
  for (const Scope one : kScopes) BOOST_TEST(!role(name(one)));
}

BOOST_AUTO_TEST_CASE(set_contains_exactly_the_added_scopes) {
  Scopes set;
  BOOST_TEST(set.list().empty());
  set.add(Scope::admin_write);
  set.add(Scope::tasks_read);
  set.add(Scope::tasks_read);
  set.add(Scope::none);
  for (const Scope one : kScopes)
    BOOST_TEST(set.has(one) == (one == Scope::tasks_read || one == Scope::admin_write));
  BOOST_TEST(!set.has(Scope::none));
  BOOST_TEST((set.list() == std::vector{Scope::tasks_read, Scope::admin_write}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
