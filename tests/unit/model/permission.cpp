#include "taskward/model/permission.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/any_access.hpp"

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(permission)

BOOST_AUTO_TEST_CASE(roles_have_exactly_the_expected_permissions) {
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

BOOST_AUTO_TEST_CASE(invalid_role_or_permission_value_grants_nothing) {
  BOOST_TEST(!holds(static_cast<Role>(9), Permission::write_tasks));
  BOOST_TEST(!holds(static_cast<Role>(9), Permission::administer));
  BOOST_TEST(!holds(Role::admin, static_cast<Permission>(9)));
}

BOOST_AUTO_TEST_CASE(roles_of_a_permission_are_a_postgresql_array_literal) {
  BOOST_TEST(roles_holding(Permission::anyone) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::own_profile) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::read_tasks) == "{guest,user,admin}");
  BOOST_TEST(roles_holding(Permission::write_tasks) == "{user,admin}");
  BOOST_TEST(roles_holding(Permission::administer) == "{admin}");
  // The literal is passed to libpq as a C string.
  for (const Permission one : kPermissions)
    BOOST_TEST(roles_holding(one).data()[roles_holding(one).size()] == '\0');
}

BOOST_AUTO_TEST_CASE(role_names_are_matched_exactly) {
  for (const Role one : kRoles) BOOST_TEST((role(name(one)) == one));
  for (const std::string_view other : {"", "Admin", "ADMIN", "root", "admin ", " admin", "moderator"}) {
    BOOST_TEST(!role(other), other);
  }
  BOOST_TEST(!role(std::string_view("admin\0", 6)));
}

BOOST_AUTO_TEST_CASE(access_holds_its_user_session_and_permission) {
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
