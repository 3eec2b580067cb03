// Personal access tokens inserted by SQL.
#pragma once

#include <string>

#include "fixture.hpp"
#include "taskward/store/personal_tokens.hpp"

namespace taskward::testing {

/// A user's personal access token.
struct TestToken {
  UserId user;
  PersonalTokenId id;
  crypto::Sha256 hash{};

  /// For a route of that scope.
  template <model::Permission P>
  [[nodiscard]] model::Access<P> access(model::Scope scope) const {
    return AnyAccess::by_token<P>(user, id, scope);
  }
  [[nodiscard]] auto read_access() const {
    return access<model::Permission::read_tasks>(model::Scope::tasks_read);
  }
  [[nodiscard]] auto write_access() const {
    return access<model::Permission::write_tasks>(model::Scope::tasks_write);
  }
  [[nodiscard]] auto profile_access() const {
    return access<model::Permission::own_profile>(model::Scope::profile_read);
  }
  [[nodiscard]] auto admin_access() const {
    return access<model::Permission::administer>(model::Scope::admin_write);
  }
};

/// An array literal of all scopes.
inline std::string every_scope() {
  std::string all;
  for (const model::Scope scope : model::kScopes)
    all += (all.empty() ? "{" : ",") + std::string(model::name(scope));
  return all + '}';
}

/// A token of the user with these scopes, an array literal, which is valid for an hour.
inline TestToken new_token_of(StoreFixture& fixture, const UserId& user,
                              const std::string& scopes = every_scope()) {
  const TestToken token{user, fixture.new_id<PersonalTokenId>(), fixture.new_hash()};
  fixture.owner.query(
      "insert into taskward.personal_tokens (user_id, id, token_hash, name, scopes, expires_at)"
      " values ($1::uuid, $2::uuid, $3::bytea, 'a token', $4::text[], now() + interval '1 hour')",
      db::Params().id(token.user).id(token.id).bytes(crypto::view(token.hash)).literal(scopes.c_str()));
  return token;
}

}  // namespace taskward::testing
