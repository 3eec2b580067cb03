// The state of the service as read from the database.
#include "taskward/store/service_state.hpp"

#include "mail_fixture.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;

struct StateFixture : MailFixture {
  StateFixture() { clear_audit(); }

  store::ServiceState state() { return store::read_service_state(service, 10s); }
  /// Inserts a record with a time in the past.
  void record(std::chrono::seconds ago) {
    owner.query(
        "insert into taskward.audit (id, at, action, outcome) values"
        " (gen_random_uuid(), now() - make_interval(secs => $1::bigint), 'task.create', 'success')",
        db::Params().number(ago.count()));
  }
  /// Inserts a seal that covers every record.
  void seal(std::int64_t number) {
    owner.query(
        "insert into taskward.audit_seals (number, era, cluster, xid_below, open, records, root, previous, "
        "sealed_at,"
        " signature) values ($1::bigint, 1, taskward.this_cluster(), "
        "pg_snapshot_xmax(pg_current_snapshot()), '{}', 0,"
        " sha256(''), sha256(''), now(), convert_to(repeat('x', 64), 'UTF8'))",
        db::Params().number(number));
  }
};

BOOST_FIXTURE_TEST_SUITE(service_state, StateFixture)

BOOST_AUTO_TEST_CASE(new_service_reports_zero_everywhere) {
  const auto now = state();
  BOOST_TEST(now.mail_waiting == 0);
  BOOST_TEST(now.mail_dead == 0);
  BOOST_TEST(now.seal_lag.count() == 0);
  BOOST_TEST(now.newest_seal == 0);
  BOOST_TEST(now.live_sessions == 0);
  BOOST_TEST(now.locked_names == 0);
}

BOOST_AUTO_TEST_CASE(mail_is_counted_by_state_until_delivered) {
  for (int i = 0; i < 3; ++i) queue();
  const auto claimed = store::claim_mail(service, new_claim(), 60s);
  BOOST_TEST_REQUIRE(claimed.has_value());
  BOOST_TEST(store::record_dead(service, claimed->claim, "x"));
  const auto next = store::claim_mail(service, new_claim(), 60s);
  BOOST_TEST_REQUIRE(next.has_value());
  BOOST_TEST(store::record_handed_over(service, next->claim));
  BOOST_TEST(state().mail_waiting == 1);
  BOOST_TEST(state().mail_dead == 1);
}

BOOST_AUTO_TEST_CASE(seal_lag_is_the_age_of_the_oldest_unsealed_record) {
  record(600s);
  record(5s);
  BOOST_TEST((state().seal_lag >= 600s && state().seal_lag < 700s));
  seal(1);
  BOOST_TEST(state().seal_lag.count() == 0);
  BOOST_TEST(state().newest_seal == 1);
  record(60s);
  record(5s);
  BOOST_TEST((state().seal_lag >= 60s && state().seal_lag < 160s));
  seal(2);
  record(5s);
  BOOST_TEST((state().seal_lag >= 5s && state().seal_lag < 60s));
  BOOST_TEST(state().newest_seal == 2);
}

BOOST_AUTO_TEST_CASE(only_live_sessions_and_active_locks_are_counted) {
  const TestUser ann = new_user(model::Role::user, "ann");
  static_cast<void>(new_session(ann));
  revoke(new_session(ann));
  expire(new_session(ann));
  BOOST_TEST(state().live_sessions == 2);
  execute(
      "insert into taskward.lockouts (name_kind, subject, failures, locked_until, last_failure_at) values"
      " ('email', 'a', 0, now() + interval '1 hour', now()), ('email', 'b', 0, now() - interval '1 hour', "
      "now()),"
      " ('email', 'c', 3, null, now()), ('caller', 'a', 0, now() + interval '1 hour', now())");
  BOOST_TEST(state().locked_names == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
