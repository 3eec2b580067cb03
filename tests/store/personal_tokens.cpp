// Creating, listing, renaming and revoking personal access tokens, by their owners, administrators and the
// operator.
#include "taskward/store/personal_tokens.hpp"

#include "administration_fixture.hpp"
#include "taskward/base/text.hpp"
#include "taskward/domain/personal_tokens.hpp"
#include "taskward/store/users.hpp"
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

using model::Role;
using model::Scope;
using store::Actor;

struct TokensFixture : AdministrationFixture {
  TestUser ann = new_user(Role::user, "ann");
  TestUser bob = new_user(Role::user, "bob");

  Result<domain::CreatedToken> create(const TestUser& who,
                                      const std::vector<Scope>& scopes = {Scope::tasks_read},
                                      std::optional<std::chrono::seconds> lifetime = {}) {
    domain::TokenOrder order{"a script", {}, lifetime};
    for (const Scope scope : scopes) order.scopes.add(scope);
    return domain::create_token(resources, who.profile_access(), order, origin);
  }
  model::PersonalToken created(const TestUser& who) {
    auto made = create(who);
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  std::vector<model::PersonalToken> list(const TestUser& who) {
    auto listed = store::list_tokens(service, who.profile_access());
    BOOST_TEST_REQUIRE(outcome(listed) == "ok");
    return std::move(*listed);
  }
  std::string revoked(const TestUser& who, const PersonalTokenId& token) {
    return outcome(store::revoke_token(service, who.profile_access(), token, stamp()));
  }
  std::string renamed(const TestUser& who, const PersonalTokenId& token, const std::string& name) {
    return outcome(store::rename_token(service, who.profile_access(), token, name, stamp()));
  }
  void set(const PersonalTokenId& token, const std::string& what) {
    execute("update taskward.personal_tokens set " + what + " where id = '" + token.text() + "'");
  }
  void insert_many(const TestUser& who, int count) {
    for (int i = 0; i < count; ++i) new_token_of(*this, who.user);
  }
};

BOOST_FIXTURE_TEST_SUITE(personal_tokens, TokensFixture)

BOOST_AUTO_TEST_CASE(created_token_is_stored_as_its_hash_and_recorded) {
  clear_audit();
  const auto made = create(ann, {Scope::tasks_write, Scope::tasks_read});
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST(made->name == "a script");
  BOOST_TEST((made->scopes.list() == std::vector{Scope::tasks_read, Scope::tasks_write}));
  BOOST_TEST((made->expires_at - made->created_at == std::chrono::days(90)));
  BOOST_TEST(!made->revoked_at);
  BOOST_TEST(!made->last_used_at);
  const auto found = store::find_token(service, crypto::sha256(made->secret.reveal()));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->id == made->id));
  BOOST_TEST((found->owner == ann.user));
  BOOST_TEST((found->scopes == made->scopes));
  BOOST_TEST(!store::find_token(service, new_hash()));
  BOOST_TEST(dump().find(lower(made->secret.reveal())) == std::string::npos);
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "token.create success -");
  BOOST_TEST(records[0].object_type == "token");
  BOOST_TEST(records[0].object == made->id.text());
  BOOST_TEST(records[0].actor == ann.user.text());
}

BOOST_AUTO_TEST_CASE(lifetime_is_bounded_by_the_setting) {
  rules.token_max_lifetime = std::chrono::days(30);
  const auto short_one = create(ann);
  BOOST_TEST_REQUIRE(outcome(short_one) == "ok");
  BOOST_TEST((short_one->expires_at - short_one->created_at == std::chrono::days(30)));
  BOOST_TEST(outcome(create(ann, {Scope::tasks_read}, std::chrono::days(30))) == "ok");
  const auto refused = create(ann, {Scope::tasks_read}, std::chrono::days(30) + std::chrono::seconds(1));
  BOOST_TEST_REQUIRE(outcome(refused) == "validation_failed");
  BOOST_TEST(refused.error().faults.front().field == "expires_in");
}

BOOST_AUTO_TEST_CASE(scopes_that_the_role_does_not_have_now_are_refused) {
  for (const Role role : model::kRoles) {
    set_role(ann, role);
    for (const Scope scope : model::kScopes) {
      BOOST_TEST_CONTEXT(model::name(role) << ' ' << model::name(scope)) {
        const auto made = create(ann, {Scope::profile_read, scope});
        const bool permitted = model::holds(role, model::permission_of(scope));
        BOOST_TEST(outcome(made) == (permitted ? "ok" : "validation_failed"));
        if (permitted || made) continue;
        const FieldFault& fault = made.error().faults.front();
        BOOST_TEST(fault.field == "scopes");
        BOOST_TEST(fault.message.ends_with(": " + std::string(model::name(scope))), fault.message);
      }
    }
  }
  BOOST_TEST(count_rows("personal_tokens where scopes && '{admin:read}'") == 1);
}

BOOST_AUTO_TEST_CASE(ended_session_creates_lists_and_revokes_nothing) {
  const model::PersonalToken token = created(ann);
  revoke(ann);
  clear_audit();
  BOOST_TEST(outcome(create(ann)) == "invalid_token");
  BOOST_TEST(outcome(store::list_tokens(service, ann.profile_access())) == "invalid_token");
  BOOST_TEST(renamed(ann, token.id, "x") == "invalid_token");
  BOOST_TEST(revoked(ann, token.id) == "invalid_token");
  BOOST_TEST(audit().empty());
  BOOST_TEST(count_rows("personal_tokens where revoked_at is null and name = 'a script'") == 1);
}

BOOST_AUTO_TEST_CASE(account_has_at_most_fifty_live_tokens) {
  insert_many(ann, 49);
  const model::PersonalToken last = created(ann);
  BOOST_TEST(outcome(create(ann)) == "too_many_tokens");
  BOOST_TEST(outcome(create(bob)) == "ok");
  BOOST_TEST(revoked(ann, last.id) == "ok");
  const model::PersonalToken next = created(ann);
  BOOST_TEST(outcome(create(ann)) == "too_many_tokens");
  set(next.id, "expires_at = now()");
  BOOST_TEST(outcome(create(ann)) == "ok");
  BOOST_TEST(outcome(create(ann)) == "too_many_tokens");
}

BOOST_AUTO_TEST_CASE(of_a_hundred_concurrent_creations_those_within_the_limit_succeed) {
  insert_many(ann, 30);
  const auto outcomes = run_concurrently<Lines>(*this, 20, [&](db::Connection& connection, int) {
    Lines out;
    for (int i = 0; i < 5; ++i) {
      const store::NewToken token{new_id<PersonalTokenId>(), new_hash(), "x", {}, kHour};
      store::NewToken with_scope = token;
      with_scope.scopes.add(Scope::tasks_read);
      out.push_back(outcome(store::insert_token(connection, ann.profile_access(), with_scope, stamp())));
    }
    return out;
  });
  std::int64_t made = 0;
  std::int64_t refused = 0;
  for (const Lines& lines : outcomes) {
    made += count_of(lines, "ok");
    refused += count_of(lines, "too_many_tokens");
  }
  BOOST_TEST(made == 20);
  BOOST_TEST(refused == 80);
  BOOST_TEST(count_rows("personal_tokens where user_id = '" + ann.user.text() + "'") == 50);
}

BOOST_AUTO_TEST_CASE(creation_that_waits_for_a_change_of_the_account_sees_it) {
  const auto connection = connect();
  db::Connection other({database.owner(), "test"}, log);
  other.connect();
  std::string made;
  {
    db::Transaction transaction(other);
    other.execute("update taskward.users set auth_epoch = auth_epoch + 1 where id = '" + ann.user.text() +
                  "'");
    std::jthread waiting([&] {
      store::NewToken token{new_id<PersonalTokenId>(), new_hash(), "x", {}, kHour};
      token.scopes.add(Scope::tasks_read);
      made = outcome(store::insert_token(*connection, ann.profile_access(), token, stamp()));
    });
    wait_for_blocked(1);
    transaction.commit();
  }
  BOOST_TEST(made == "invalid_token");
  BOOST_TEST(count_rows("personal_tokens") == 0);
}

BOOST_AUTO_TEST_CASE(ended_tokens_are_kept_up_to_a_number) {
  execute(
      "insert into taskward.personal_tokens (user_id, id, token_hash, name, scopes, expires_at, created_at)"
      " select '" +
      ann.user.text() +
      "', gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), n::text, '{tasks:read}', now(),"
      " now() - n * interval '1 minute' from generate_series(1, 130) n");
  const model::PersonalToken token = created(ann);
  BOOST_TEST(list(ann).size() == 101U);
  BOOST_TEST((list(ann).front().id == token.id));
  BOOST_TEST(count_rows("personal_tokens where name = '100'") == 1);
  BOOST_TEST(count_rows("personal_tokens where name = '101'") == 0);
}

BOOST_AUTO_TEST_CASE(list_has_the_own_tokens_newest_first_with_those_that_ended) {
  const model::PersonalToken first = created(ann);
  const model::PersonalToken second = created(ann);
  static_cast<void>(created(bob));
  set(first.id, "created_at = now() - interval '1 minute', expires_at = now()");
  BOOST_TEST(revoked(ann, second.id) == "ok");
  const auto listed = list(ann);
  BOOST_TEST_REQUIRE(listed.size() == 2U);
  BOOST_TEST((listed[0].id == second.id));
  BOOST_TEST(listed[0].revoked_at.has_value());
  BOOST_TEST((listed[1].id == first.id));
  BOOST_TEST(!listed[1].revoked_at);
  BOOST_TEST(list(new_user()).empty());
}

BOOST_AUTO_TEST_CASE(token_is_renamed_and_revoked_by_its_owner_only) {
  const model::PersonalToken token = created(ann);
  clear_audit();
  for (const TestUser& who : {bob, boss}) {
    BOOST_TEST(renamed(who, token.id, "mine") == "not_found");
    BOOST_TEST(revoked(who, token.id) == "not_found");
  }
  BOOST_TEST(audit().empty());
  BOOST_TEST(renamed(ann, token.id, "another name") == "ok");
  BOOST_TEST(list(ann).front().name == "another name");
  BOOST_TEST(revoked(ann, token.id) == "ok");
  BOOST_TEST(revoked(ann, token.id) == "not_found");
  BOOST_TEST(renamed(ann, token.id, "x") == "not_found");
  BOOST_TEST(audit_lines() == (Lines{"token.change success -", "token.revoke success -"}),
             boost::test_tools::per_element());
  BOOST_TEST(audit()[0].changed == "name");
  BOOST_TEST(audit()[1].object == token.id.text());
}

BOOST_AUTO_TEST_CASE(use_is_stored_at_most_once_a_minute) {
  const TestToken token = new_token_of(*this, ann.user);
  const auto use = [&](const char* address) {
    store::record_token_use(service, ann.user, token.id, address);
    return list(ann).front();
  };
  const auto first = use("192.0.2.7");
  BOOST_TEST(first.last_used_at.has_value());
  BOOST_TEST((first.last_used_address == "192.0.2.7"));
  const auto second = use("192.0.2.8");
  BOOST_TEST((second.last_used_at == first.last_used_at));
  BOOST_TEST((second.last_used_address == "192.0.2.7"));
  set(token.id, "last_used_at = now() - interval '60 seconds'");
  const auto third = use("2001:db8::1");
  BOOST_TEST((third.last_used_at > first.last_used_at));
  BOOST_TEST((third.last_used_address == "2001:db8::1"));
  set(token.id, "last_used_at = now() - interval '60 seconds'");
  BOOST_TEST((!use("").last_used_address));
}

BOOST_AUTO_TEST_CASE(revoked_token_is_refused_while_it_is_in_use) {
  const TestToken token = new_token_of(*this, ann.user);
  const auto outcomes = run_concurrently<Lines>(*this, 4, [&](db::Connection& connection, int i) {
    Lines out;
    if (i == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      out.push_back("revoked " +
                    outcome(store::revoke_token(connection, ann.profile_access(), token.id, stamp())));
      return out;
    }
    for (int n = 0; n < 400; ++n)
      out.push_back(outcome(store::find_own_profile(connection, token.profile_access())));
    return out;
  });
  BOOST_TEST(outcomes[0] == Lines{"revoked ok"}, boost::test_tools::per_element());
  for (std::size_t i = 1; i < outcomes.size(); ++i) {
    // Once refused, it stays refused.
    BOOST_TEST(std::is_partitioned(outcomes[i].begin(), outcomes[i].end(),
                                   [](const std::string& line) { return line == "ok"; }));
    for (const std::string& line : outcomes[i]) BOOST_TEST((line == "ok" || line == "invalid_token"), line);
  }
  BOOST_TEST(outcome(store::find_own_profile(service, token.profile_access())) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(administrator_and_operator_list_and_revoke_the_tokens_of_an_account) {
  const model::PersonalToken token = created(ann);
  static_cast<void>(created(ann));
  const model::PersonalToken expired = created(ann);
  set(expired.id, "expires_at = now()");
  const model::PersonalToken of_bob = created(bob);
  for (const bool by_operator : {false, true}) {
    const Actor actor = by_operator ? Actor::the_operator() : Actor(admin);
    clear_audit();
    const auto listed = store::list_tokens_of(service, actor, ann.user, stamp());
    BOOST_TEST_REQUIRE(outcome(listed) == "ok");
    BOOST_TEST(listed->size() == 3U);
    BOOST_TEST(store::list_tokens_of(service, actor, new_user().user, stamp())->empty());
    BOOST_TEST(outcome(store::list_tokens_of(service, actor, new_id<UserId>(), stamp())) == "not_found");
    BOOST_TEST(outcome(store::revoke_tokens_of(service, actor, new_id<UserId>(), stamp())) == "not_found");
    execute("update taskward.personal_tokens set revoked_at = null");
    const auto revoked_now = [&] { return *store::revoke_tokens_of(service, actor, ann.user, stamp()); };
    BOOST_TEST(revoked_now() == 2);
    BOOST_TEST(revoked_now() == 0);
    BOOST_TEST(audit_lines() == (Lines{"account.read success tokens", "account.read success tokens",
                                       "token.revoke success all", "token.revoke success all"}),
               boost::test_tools::per_element());
    BOOST_TEST(audit()[2].object == ann.user.text());
    BOOST_TEST(audit()[2].actor == (by_operator ? "-" : boss.user.text()));
  }
  BOOST_TEST(count_rows("personal_tokens where revoked_at is null") == 1);
  clear_audit();
  BOOST_TEST(outcome(store::revoke_token_of(service, ann.user, of_bob.id, stamp())) == "not_found");
  BOOST_TEST(outcome(store::revoke_token_of(service, ann.user, token.id, stamp())) == "not_found");
  BOOST_TEST(outcome(store::revoke_token_of(service, bob.user, of_bob.id, stamp())) == "ok");
  BOOST_TEST(audit_lines() == Lines{"token.revoke success -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_users_cannot_list_or_revoke_the_tokens_of_an_account) {
  static_cast<void>(created(ann));
  clear_audit();
  const auto access = bob.admin_access();
  BOOST_TEST(outcome(store::list_tokens_of(service, access, ann.user, stamp())) == "forbidden");
  BOOST_TEST(outcome(store::revoke_tokens_of(service, access, ann.user, stamp())) == "forbidden");
  BOOST_TEST(
      audit_lines() == (Lines{"access.denied denied account.read", "access.denied denied token.revoke"}),
      boost::test_tools::per_element());
  BOOST_TEST(count_rows("personal_tokens where revoked_at is null") == 1);
}

BOOST_AUTO_TEST_CASE(tokens_are_deleted_with_their_account) {
  static_cast<void>(created(ann));
  const model::PersonalToken of_bob = created(bob);
  execute("delete from taskward.users where id = '" + ann.user.text() + "'");
  BOOST_TEST(text("select id::text from taskward.personal_tokens") == of_bob.id.text());
}

BOOST_AUTO_TEST_CASE(change_of_the_password_ends_no_token) {
  const TestToken token = new_token_of(*this, ann.user);
  execute("update taskward.users set auth_epoch = auth_epoch + 1 where id = '" + ann.user.text() + "'");
  BOOST_TEST(outcome(store::find_own_profile(service, token.profile_access())) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
