// One active administrator always remains, whatever administrators do to each other concurrently.
#include "administration_fixture.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::testing {
namespace {

using model::Role;

struct RaceFixture : AdministrationFixture {
  /// Runs the work concurrently; each result is what it returned, or the message of its exception.
  Lines outcomes_of(int count, const std::function<std::string(db::Connection&, int)>& work) {
    return run_concurrently<std::string>(*this, count, [&](db::Connection& connection, int i) -> std::string {
      try {
        return work(connection, i);
      } catch (const std::exception& error) {
        return error.what();
      }
    });
  }

  std::int64_t administrators() { return count_users("role = 'admin' and is_active"); }

  /// One of four ways in which `who` can remove `target` as an administrator.
  std::string remove_administrator(db::Connection& connection, const TestUser& who, const TestUser& target,
                                   int kind) {
    const auto access = who.admin_access();
    const auto changed = [&](const model::AccountChange& wanted) {
      return outcome(
          domain::change_account(resources_on(connection), access, target.user, wanted, {}, origin));
    };
    switch (kind % 4) {
      case 0:
        return changed({.role = Role::user});
      case 1:
        return changed({.is_active = false});
      case 2:
        return outcome(store::delete_account(connection, access, target.user, stamp()));
      default:
        return outcome(store::delete_account(connection, target.profile_access(), "a hash", stamp()));
    }
  }
  /// What the work returns if it begins after the SQL was run, and waits for a lock until that is committed.
  std::string while_waiting(const std::string& sql, const std::function<std::string(db::Connection&)>& work) {
    execute("begin; " + sql);
    std::string done;
    {
      const std::jthread waiting([&] {
        const auto connection = connect();
        done = work(*connection);
      });
      db::Connection watcher({database.owner(), "test-owner"}, log);
      wait_until([&] {
        return watcher.query("select count(*) from pg_locks where not granted", db::Params())
                   .row(0)
                   .number() > 0;
      });
      execute("commit");
    }
    return done;
  }
  void reset_administrators(int count, std::vector<TestUser>& admins) {
    execute("delete from taskward.users");
    admins.clear();
    for (int i = 0; i < count; ++i) admins.push_back(new_user(Role::admin));
  }
};

BOOST_FIXTURE_TEST_SUITE(administration_races, RaceFixture)

BOOST_AUTO_TEST_CASE(last_active_administrator_cannot_be_removed_by_any_means) {
  new_user(Role::user);
  deactivate(new_user(Role::admin));
  clear_audit();
  for (int kind = 0; kind < 4; ++kind)
    BOOST_TEST(remove_administrator(service, boss, boss, kind) == "last_administrator", "kind " << kind);
  BOOST_TEST(outcome(change(boss.user, {.role = Role::guest, .is_active = false})) == "last_administrator");
  BOOST_TEST(outcome(store::delete_account(service, store::Actor::the_operator(), boss.user, stamp())) ==
             "last_administrator");
  BOOST_TEST(outcome(domain::change_account(resources, store::Actor::the_operator(), boss.user,
                                            {.role = Role::user}, {}, {})) == "last_administrator");
  BOOST_TEST(administrators() == 1);
  BOOST_TEST(count_of(audit_lines(), "account.change failure last_administrator") == 4);
  BOOST_TEST(count_of(audit_lines(), "account.delete failure last_administrator") == 3);
  BOOST_TEST(audit().front().changed == "role");
  // Changes that keep an administrator are allowed, and any change while there are two.
  BOOST_TEST(outcome(change(boss.user, {.role = Role::admin, .is_active = true, .name = "Boss"})) == "ok");
  const TestUser second = new_user(Role::admin);
  BOOST_TEST(remove_administrator(service, second, boss, 0) == "ok");
}

BOOST_AUTO_TEST_CASE(one_of_two_administrators_removing_each_other_remains) {
  std::vector<TestUser> admins;
  for (int round = 0; round < 80; ++round) {
    reset_administrators(2, admins);
    const auto outcomes = outcomes_of(2, [&](db::Connection& connection, int i) {
      const auto at = static_cast<std::size_t>(i);
      // Every pair of kinds. With the last kind the target deletes its own account.
      return remove_administrator(connection, admins[at], admins[1 - at], i == 0 ? round / 4 : round);
    });
    BOOST_TEST(administrators() == 1, "round " << round << ": " << outcomes[0] << ", " << outcomes[1]);
    BOOST_TEST(count_of(outcomes, "ok") == 1,
               "round " << round << ": " << outcomes[0] << ", " << outcomes[1]);
  }
}

BOOST_AUTO_TEST_CASE(one_of_many_administrators_removing_each_other_remains) {
  std::vector<TestUser> admins;
  for (int round = 0; round < 25; ++round) {
    constexpr int count = 6;
    reset_administrators(count, admins);
    const auto outcomes = outcomes_of(count, [&](db::Connection& connection, int i) {
      return remove_administrator(connection, admins[static_cast<std::size_t>(i)],
                                  admins[static_cast<std::size_t>((i + 1 + round % 5) % count)], round + i);
    });
    BOOST_TEST(administrators() >= 1, "round " << round);
    // Each call succeeded or was refused; none failed with an exception.
    for (const auto& one : outcomes)
      BOOST_TEST((one == "ok" || one == "last_administrator" || one == "forbidden" ||
                  one == "invalid_token" || one == "not_found"),
                 one);
  }
}

BOOST_AUTO_TEST_CASE(administrator_demoted_while_a_statement_waits_is_forbidden) {
  const TestUser second = new_user(Role::admin);
  const TestUser third = new_user(Role::admin);
  BOOST_TEST(while_waiting("update taskward.users set role = 'user' where id = '" + second.user.text() + "'",
                           [&](db::Connection& connection) {
                             return remove_administrator(connection, second, third, 0);
                           }) == "forbidden");
  BOOST_TEST(audit_lines().back() == "access.denied denied account.change");
  BOOST_TEST(administrators() == 2);
}

BOOST_AUTO_TEST_CASE(account_promoted_while_a_statement_waits_is_not_the_last_administrator) {
  const auto promote = [](const TestUser& who) {
    return "update taskward.users set role = 'admin' where id = '" + who.user.text() + "'";
  };
  // The target itself becomes an administrator.
  for (int kind = 0; kind < 4; ++kind) {
    const TestUser target = new_user(Role::user);
    BOOST_TEST(
        while_waiting(
            promote(target),
            [&](db::Connection& connection) {
              const auto the_operator = store::Actor::the_operator();
              if (kind == 0)
                return outcome(domain::change_account(resources_on(connection), the_operator, target.user,
                                                      {.role = Role::guest}, {}, {}));
              if (kind == 1)
                return outcome(domain::change_account(resources_on(connection), the_operator, target.user,
                                                      {.is_active = false}, {}, {}));
              if (kind == 2)
                return outcome(store::delete_account(connection, the_operator, target.user, stamp()));
              return outcome(store::delete_account(connection, target.profile_access(), "a hash", stamp()));
            }) == "ok",
        kind);
  }
  // Another account becomes one, so that the target is no longer the last.
  for (int kind = 0; kind < 3; ++kind) {
    execute("delete from taskward.users");
    boss = new_user(Role::admin);
    const TestUser second = new_user(Role::user);
    const std::string locked = "update taskward.users set name = 'x' where id = '" + boss.user.text() + "'; ";
    BOOST_TEST(while_waiting(locked + promote(second),
                             [&](db::Connection& connection) {
                               return remove_administrator(connection, boss, boss, kind);
                             }) == "ok",
               kind);
    BOOST_TEST(administrators() == 1);
    BOOST_TEST(count_of(audit_lines(), "account.change failure last_administrator") == 0);
  }
}

BOOST_AUTO_TEST_CASE(last_administrator_is_not_told_to_a_caller_whose_session_has_ended) {
  for (int kind = 0; kind < 4; ++kind) {
    execute("delete from taskward.users");
    boss = new_user(Role::admin);
    clear_audit();
    BOOST_TEST(while_waiting("update taskward.users set auth_epoch = auth_epoch + 1 where id = '" +
                                 boss.user.text() + "'",
                             [&](db::Connection& connection) {
                               return remove_administrator(connection, boss, boss, kind);
                             }) == "invalid_token",
               kind);
    for (const std::string& line : audit_lines()) BOOST_TEST(!line.ends_with("last_administrator"), line);
  }
}

BOOST_AUTO_TEST_CASE(login_concurrent_with_deactivation_does_not_survive_it) {
  const UserId ann = register_user("ann");
  for (int round = 0; round < 20; ++round) {
    const auto outcomes = outcomes_of(2, [&](db::Connection& connection, int i) {
      if (i == 0)
        return outcome(
            domain::log_in(resources_on(connection), model::AccountName::of("ann"), password, origin));
      return outcome(
          domain::change_account(resources_on(connection), admin, ann, {.is_active = false}, {}, origin));
    });
    BOOST_TEST(outcomes[1] == "ok");
    BOOST_TEST(outcome(change(ann, {.is_active = true})) == "ok");
    BOOST_TEST(live_sessions(ann) == 0, "round " << round);
    execute("truncate taskward.lockouts");
  }
}

BOOST_AUTO_TEST_CASE(one_of_two_accounts_gets_a_contested_username) {
  const TestUser ann = new_user();
  const TestUser bob = new_user();
  for (int round = 0; round < 20; ++round) {
    const std::string wanted = "wanted" + std::to_string(round);
    const auto outcomes = outcomes_of(2, [&](db::Connection& connection, int i) {
      return outcome(domain::change_account(resources_on(connection), admin, i == 0 ? ann.user : bob.user,
                                            {.username = wanted}, {}, origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "username_taken") == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
