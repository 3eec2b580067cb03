// Administrators at work: short ways to say what they ask for.
#pragma once

#include <string>
#include <vector>

#include "taskward/domain/administration.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {

struct AdministrationFixture : WayInFixture {
  Someone boss = someone(model::Role::admin, "boss");
  store::Administer admin = boss.administers();

  /// A person with an address of that name and a password, and no session.
  UserId person(const std::string& name, model::Role role = model::Role::user) {
    const UserId id = register_account((name + "@example.com").c_str(), name.c_str()).id;
    owner.query("update taskward.users set role = $2::text where id = $1::uuid",
                db::Params().id(id).text(model::name(role)));
    return id;
  }

  Result<model::Account> change(const UserId& user, const model::AccountChange& wanted) {
    return domain::change_account(resources, admin, user, wanted, std::nullopt, origin);
  }
  Result<model::AccountDetail> look(const UserId& user) {
    return store::read_account(resources.database, admin, user, resources.stamp(origin));
  }
  Result<domain::AccountPage> list(const domain::AccountQuery& query) {
    return domain::list_accounts(resources, admin, query, origin);
  }
  /// The user names of one page, or the refusal.
  Lines names(const domain::AccountQuery& query) {
    const auto page = list(query);
    if (!page) return {outcome(page)};
    Lines out;
    for (const auto& one : page->accounts) out.push_back(one.username.value_or("-"));
    return out;
  }
  /// How many of the users named by that condition there are.
  std::int64_t users(const std::string& where) {
    return number("select count(*) from taskward.users where " + where);
  }
  std::int64_t live_sessions(const UserId& user) {
    return number(
        "select count(*) from taskward.sessions s join taskward.users u on u.id = s.user_id where s.user_id "
        "= '" +
        user.text() + "' and s.revoked_at is null and s.auth_epoch = u.auth_epoch");
  }
  /// Five wrong passwords.
  void lock(const char* name) {
    for (int i = 0; i < model::kLockAfter; ++i) static_cast<void>(log_in(name, "wrong"));
  }
};

}  // namespace taskward::testing
