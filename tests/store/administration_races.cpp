// One active administrator stays, whoever takes whom away, and however many at the same moment.
#include "administration_fixture.hpp"
#include "taskward/store/profile.hpp"

namespace taskward::testing {
namespace {

using model::Role;

struct RaceFixture : AdministrationFixture {
  std::int64_t administrators() { return users("role = 'admin' and is_active"); }

  /// One deed of `who` against `whom`, chosen by `kind`.
  std::string take_away(db::Connection& connection, const Someone& who, const Someone& whom, int kind) {
    const auto access = who.administers();
    const auto changed = [&](const model::AccountChange& wanted) {
      return outcome(domain::change_account(on(connection), access, whom.user, wanted, {}, origin));
    };
    switch (kind % 4) {
      case 0:
        return changed({.role = Role::user});
      case 1:
        return changed({.is_active = false});
      case 2:
        return outcome(store::delete_account(connection, access, whom.user, stamp()));
      default:
        return outcome(store::delete_account(connection, whom.profile(), "a hash", stamp()));
    }
  }
  void start_anew(int count, std::vector<Someone>& admins) {
    execute("delete from taskward.users");
    admins.clear();
    for (int i = 0; i < count; ++i) admins.push_back(someone(Role::admin));
  }
};

BOOST_FIXTURE_TEST_SUITE(administration_races, RaceFixture)

BOOST_AUTO_TEST_CASE(the_last_active_administrator_stays_in_every_way) {
  someone(Role::user);
  deactivate(someone(Role::admin));
  forget_audit();
  for (int kind = 0; kind < 4; ++kind)
    BOOST_TEST(take_away(service, boss, boss, kind) == "last_administrator", "kind " << kind);
  BOOST_TEST(outcome(change(boss.user, {.role = Role::guest, .is_active = false})) == "last_administrator");
  BOOST_TEST(outcome(store::delete_account(service, store::Actor::the_operator(), boss.user, stamp())) ==
             "last_administrator");
  BOOST_TEST(outcome(domain::change_account(resources, store::Actor::the_operator(), boss.user,
                                            {.role = Role::user}, {}, {})) == "last_administrator");
  BOOST_TEST(administrators() == 1);
  BOOST_TEST(count_of(deeds(), "account.change failure last_administrator") == 4);
  BOOST_TEST(count_of(deeds(), "account.delete failure last_administrator") == 3);
  BOOST_TEST(audit().front().changed == "role");
  // What takes nobody away is fine, and so is all of it when there are two.
  BOOST_TEST(outcome(change(boss.user, {.role = Role::admin, .is_active = true, .name = "Boss"})) == "ok");
  const Someone second = someone(Role::admin);
  BOOST_TEST(take_away(service, second, boss, 0) == "ok");
}

BOOST_AUTO_TEST_CASE(of_two_who_take_one_another_away_at_once_one_stays) {
  std::vector<Someone> admins;
  for (int round = 0; round < 80; ++round) {
    start_anew(2, admins);
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      const auto at = static_cast<std::size_t>(i);
      // Each kind against each: a deletion of oneself is one's own.
      return take_away(connection, admins[at], admins[1 - at], i == 0 ? round / 4 : round);
    });
    BOOST_TEST(administrators() == 1, "round " << round << ": " << outcomes[0] << ", " << outcomes[1]);
    BOOST_TEST(count_of(outcomes, "ok") == 1,
               "round " << round << ": " << outcomes[0] << ", " << outcomes[1]);
  }
}

BOOST_AUTO_TEST_CASE(of_many_who_take_away_anybody_at_once_one_stays) {
  std::vector<Someone> admins;
  for (int round = 0; round < 25; ++round) {
    constexpr int count = 6;
    start_anew(count, admins);
    const auto outcomes = together<std::string>(*this, count, [&](db::Connection& connection, int i) {
      return take_away(connection, admins[static_cast<std::size_t>(i)],
                       admins[static_cast<std::size_t>((i + 1 + round % 5) % count)], round + i);
    });
    BOOST_TEST(administrators() >= 1, "round " << round);
    // Nothing broke: each was done, or was refused for a reason.
    for (const auto& one : outcomes)
      BOOST_TEST((one == "ok" || one == "last_administrator" || one == "forbidden" ||
                  one == "invalid_token" || one == "not_found"),
                 one);
  }
}

BOOST_AUTO_TEST_CASE(who_was_demoted_while_a_statement_waited_does_nothing) {
  const Someone second = someone(Role::admin);
  const Someone third = someone(Role::admin);
  execute("begin; update taskward.users set role = 'user' where id = '" + second.user.text() + "'");
  std::string done;
  {
    const std::jthread waits([&] {
      const auto connection = connect();
      done = take_away(*connection, second, third, 0);
    });
    db::Connection watcher({database.owner(), "test-owner"}, {}, log);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (watcher.query("select count(*) from pg_locks where not granted", db::Params()).row(0).number() ==
               0 &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    execute("commit");
  }
  BOOST_TEST(done == "forbidden");
  BOOST_TEST(deeds().back() == "access.denied denied account.change");
  BOOST_TEST(administrators() == 2);
}

BOOST_AUTO_TEST_CASE(a_login_that_begins_while_its_account_is_deactivated_does_not_last) {
  const UserId ann = person("ann");
  for (int round = 0; round < 20; ++round) {
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      if (i == 0)
        return outcome(domain::log_in(on(connection), model::AccountName::of("ann"), password, origin));
      return outcome(domain::change_account(on(connection), admin, ann, {.is_active = false}, {}, origin));
    });
    BOOST_TEST(outcomes[1] == "ok");
    BOOST_TEST(outcome(change(ann, {.is_active = true})) == "ok");
    BOOST_TEST(live_sessions(ann) == 0, "round " << round);
    execute("truncate taskward.lockouts");
  }
}

BOOST_AUTO_TEST_CASE(of_two_accounts_that_get_one_name_at_once_one_has_it) {
  const Someone ann = someone();
  const Someone bob = someone();
  for (int round = 0; round < 20; ++round) {
    const std::string wanted = "wanted" + std::to_string(round);
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(domain::change_account(on(connection), admin, i == 0 ? ann.user : bob.user,
                                            {.username = wanted}, {}, origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "username_taken") == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
