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

constexpr auto kLevels = {AssuranceLevel::aal1, AssuranceLevel::aal2};

BOOST_AUTO_TEST_CASE(permitted_accounts_are_a_postgresql_array_literal) {
  const auto usual = [](Permission permission) {
    return permitted_accounts(permission, Assurance::usual, AssuranceLevel::aal1, MfaPolicy::off);
  };
  BOOST_TEST(usual(Permission::own_profile) == "{guest,guest+,user,user+,admin,admin+}");
  BOOST_TEST(usual(Permission::write_tasks) == "{user,user+,admin,admin+}");
  BOOST_TEST(usual(Permission::administer) == "{admin,admin+}");
  // The literal is passed to libpq as a C string.
  for (const Permission one : kPermissions) BOOST_TEST(usual(one).data()[usual(one).size()] == '\0');
}

BOOST_AUTO_TEST_CASE(account_with_two_factors_is_changed_by_a_session_with_two_only) {
  for (const Assurance strict : {Assurance::enrollment, Assurance::confirmed, Assurance::recent}) {
    BOOST_TEST(!is_permitted(Role::user, true, Permission::own_profile, strict, AssuranceLevel::aal1,
                             MfaPolicy::off));
    BOOST_TEST(is_permitted(Role::user, true, Permission::own_profile, strict, AssuranceLevel::aal2,
                            MfaPolicy::off));
    BOOST_TEST(is_permitted(Role::user, false, Permission::own_profile, strict, AssuranceLevel::aal1,
                            MfaPolicy::off));
  }
}

BOOST_AUTO_TEST_CASE(required_second_factor_is_required_of_account_and_session) {
  for (const Assurance assurance : {Assurance::usual, Assurance::confirmed, Assurance::recent}) {
    for (const AssuranceLevel level : kLevels) {
      for (const bool has_second_factor : {false, true}) {
        BOOST_TEST(is_permitted(Role::user, has_second_factor, Permission::read_tasks, assurance, level,
                                MfaPolicy::all) == (has_second_factor && level == AssuranceLevel::aal2));
      }
    }
    BOOST_TEST(is_permitted(Role::user, false, Permission::read_tasks, assurance, AssuranceLevel::aal1,
                            MfaPolicy::admin));
    BOOST_TEST(!is_permitted(Role::admin, false, Permission::read_tasks, assurance, AssuranceLevel::aal1,
                             MfaPolicy::admin));
  }
  for (const Assurance exempt : {Assurance::session, Assurance::enrollment})
    BOOST_TEST(is_permitted(Role::admin, false, Permission::own_profile, exempt, AssuranceLevel::aal1,
                            MfaPolicy::all));
}

BOOST_AUTO_TEST_CASE(no_authentication_replaces_the_permission_of_the_role) {
  for (const Assurance assurance :
       {Assurance::session, Assurance::enrollment, Assurance::usual, Assurance::confirmed, Assurance::recent})
    for (const AssuranceLevel level : kLevels)
      BOOST_TEST(!is_permitted(Role::user, true, Permission::administer, assurance, level, MfaPolicy::off));
}

BOOST_AUTO_TEST_CASE(token_needs_the_second_factor_that_the_policy_requires) {
  BOOST_TEST(permitted_accounts(Permission::write_tasks, Scope::tasks_write, MfaPolicy::all) ==
             "{user+,admin+,tasks:write}");
  BOOST_TEST(permitted_accounts(Permission::write_tasks, Scope::tasks_write, MfaPolicy::admin) ==
             "{user,user+,admin+,tasks:write}");
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
  const auto access = testing::AnyAccess::of<Permission::write_tasks>(user, session);
  const Bearer& bearer = access;
  BOOST_TEST((bearer.user() == user));
  BOOST_TEST((bearer.kind() == Bearer::Kind::session));
  BOOST_TEST((access.session() == session));
  BOOST_TEST((bearer.credential() == session.uuid));
  BOOST_TEST((bearer.permission() == Permission::write_tasks));
}

BOOST_AUTO_TEST_CASE(access_by_a_token_holds_its_id_and_the_scope_of_the_route) {
  UserId user;
  user.uuid.bytes[0] = 1;
  PersonalTokenId token;
  token.uuid.bytes[0] = 2;
  const Bearer& bearer =
      testing::AnyAccess::by_token<Permission::write_tasks>(user, token, Scope::tasks_write);
  BOOST_TEST((bearer.user() == user));
  BOOST_TEST((bearer.kind() == Bearer::Kind::personal_token));
  BOOST_TEST((bearer.credential() == token.uuid));
  BOOST_TEST((bearer.permission() == Permission::write_tasks));
  BOOST_TEST((bearer.scope() == Scope::tasks_write));
}

BOOST_AUTO_TEST_CASE(every_scope_has_the_permission_of_its_routes) {
  std::string table;
  for (const Scope scope : kScopes) {
    table += std::string(name(scope)) + ": " + std::string(name(permission_of(scope))) +
             (is_reading(scope) ? ", reads, " : ", writes, ") +
             std::string(permitted_accounts(permission_of(scope), scope, MfaPolicy::off)) + '\n';
  }
  BOOST_TEST(table ==
             "tasks:read: read_tasks, reads, {guest,guest+,user,user+,admin,admin+,tasks:read}\n"
             "tasks:write: write_tasks, writes, {user,user+,admin,admin+,tasks:write}\n"
             "profile:read: own_profile, reads, {guest,guest+,user,user+,admin,admin+,profile:read}\n"
             "admin:read: administer, reads, {admin,admin+,admin:read}\n"
             "admin:write: administer, writes, {admin,admin+,admin:write}\n");
  BOOST_TEST((permission_of(Scope::none) == Permission::anyone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
