// Shorthands for the operations of administrators.
#pragma once

#include <string>
#include <vector>

#include "authentication_fixture.hpp"
#include "taskward/domain/administration.hpp"

namespace taskward::testing {

struct AdministrationFixture : AuthenticationFixture {
  TestUser boss = new_user(model::Role::admin, "boss");
  store::Administer admin = boss.admin_access();

  /// Registers an account `name`@example.com with username `name`, a password and no session.
  UserId register_user(const std::string& name, model::Role role = model::Role::user) {
    const UserId id = register_account((name + "@example.com").c_str(), name.c_str()).id;
    owner.query("update taskward.users set role = $2::text where id = $1::uuid",
                db::Params().id(id).text(model::name(role)));
    return id;
  }

  Result<model::Account> change(const UserId& user, const model::AccountChange& wanted) {
    return domain::change_account(resources, admin, user, wanted, std::nullopt, origin);
  }
  Result<model::AccountDetail> read_account(const UserId& user) {
    return store::read_account(resources.database, admin, user, resources.stamp(origin));
  }
  Result<domain::AccountPage> list(const domain::AccountQuery& query) {
    return domain::list_accounts(resources, admin, query, origin);
  }
  /// The usernames of one page, or the error code.
  Lines usernames(const domain::AccountQuery& query) {
    const auto page = list(query);
    if (!page) return {outcome(page)};
    Lines out;
    for (const auto& one : page->accounts) out.push_back(one.username.value_or("-"));
    return out;
  }
  /// The number of users that match the SQL condition.
  std::int64_t count_users(const std::string& where) { return count_rows("users where " + where); }
  std::int64_t live_sessions(const UserId& user) {
    return count_rows("sessions s join taskward.users u on u.id = s.user_id where s.user_id = '" +
                      user.text() + "' and s.revoked_at is null and s.auth_epoch = u.auth_epoch");
  }
};

}  // namespace taskward::testing
