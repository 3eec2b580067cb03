#include "taskward/model/permission.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/any_access.hpp"

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(permission)

BOOST_AUTO_TEST_CASE(the_table_of_roles_and_permissions_is_exactly_this) {
  std::string table;
  for (const Permission permission : kPermissions) {
    table += std::string(name(permission)) + ':';
    for (const Role role : kRoles) table += holds(role, permission) ? " yes" : " no";
    table += '\n';
  }
  BOOST_TEST(table ==
             "anyone: yes yes yes\n"
             "own_profile: yes yes yes\n"
             "read_tasks: yes yes yes\n"
             "write_tasks: no yes yes\n"
             "administer: no no yes\n");
}

BOOST_AUTO_TEST_CASE(a_value_outside_the_enumerations_holds_nothing) {
  BOOST_TEST(!holds(static_cast<Role>(9), Permission::write_tasks));
  BOOST_TEST(!holds(static_cast<Role>(9), Permission::administer));
  BOOST_TEST(!holds(Role::admin, static_cast<Permission>(9)));
}

BOOST_AUTO_TEST_CASE(the_roles_of_a_permission_are_an_array_literal_of_the_database) {
  BOOST_TEST(roles_holding(Permission::anyone) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::own_profile) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::read_tasks) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::write_tasks) == "{user,admin}");
  BOOST_TEST(roles_holding(Permission::administer) == "{admin}");
  // It is handed to libpq as a C string.
  for (const Permission one : kPermissions)
    BOOST_TEST(roles_holding(one).data()[roles_holding(one).size()] == '\0');
}

BOOST_AUTO_TEST_CASE(roles_are_read_by_their_exact_names_only) {
  for (const Role one : kRoles) BOOST_TEST((role(name(one)) == one));
  for (const std::string_view other : {"", "Admin", "ADMIN", "root", "admin ", " admin", "moderator"}) {
    BOOST_TEST(!role(other), other);
  }
  BOOST_TEST(!role(std::string_view("admin\0", 6)));
}

BOOST_AUTO_TEST_CASE(an_access_says_for_whom_and_for_what_it_was_granted) {
  UserId user;
  user.uuid.bytes[0] = 1;
  SessionId session;
  session.uuid.bytes[0] = 2;
  const Bearer& bearer = testing::AnyAccess::of<Permission::write_tasks>(user, session);
  BOOST_TEST((bearer.user() == user));
  BOOST_TEST((bearer.session() == session));
  BOOST_TEST((bearer.permission() == Permission::write_tasks));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
