// Every record is covered by exactly one seal, despite concurrent writers, sealers and long transactions.
#include <atomic>
#include <thread>

#include "audit_fixture.hpp"
#include "concurrently.hpp"
#include "taskward/domain/audit_proof.hpp"
#include "taskward/store/tasks.hpp"
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::milliseconds;

struct SealingFixture : AuditFixture {
  /// The number of the seal that covers the record; 0 for none.
  std::int64_t seal_of(const AuditId& id) {
    const auto proof = domain::prove_record(service, id);
    const auto* proved = std::get_if<domain::AuditProof>(&proof);
    return proved != nullptr ? proved->seal.number : 0;
  }
  std::int64_t sealed_records() {
    return number("select coalesce(sum(records), 0)::bigint from taskward.audit_seals");
  }
  /// Replaces the newest seal by one that the service would have made two hours ago.
  void make_newest_older_by_two_hours() {
    const auto head = store::newest_seal(service);
    auto draft = head->seal;
    draft.sealed_at -= std::chrono::hours(2);
    const auto made = domain::completed(draft, {}, key());
    execute("delete from taskward.audit_seals");
    store::insert_seal(service, made);
  }
};

BOOST_FIXTURE_TEST_SUITE(audit_sealing, SealingFixture)

BOOST_AUTO_TEST_CASE(each_seal_covers_the_records_written_since_the_last) {
  write_many(3);
  seal();
  BOOST_TEST(seals() == 1);
  BOOST_TEST(sealed_records() == 3);
  write_many(2);
  seal();
  BOOST_TEST(seals() == 2);
  BOOST_TEST(sealed_records() == 5);
  const auto found = verify();
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.records == 5);
  BOOST_TEST(found.seals == 2);
  BOOST_TEST(found.unsealed == 0);
}

BOOST_AUTO_TEST_CASE(empty_seal_is_added_only_once_an_hour) {
  seal();
  seal();
  BOOST_TEST(seals() == 1);
  make_newest_older_by_two_hours();
  seal();
  BOOST_TEST(seals() == 2);
  BOOST_TEST(number("select records from taskward.audit_seals where number = 2") == 0);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(unsealed_recent_records_are_valid) {
  seal();
  write_many(4);
  const auto found = verify();
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.unsealed == 4);
}

BOOST_AUTO_TEST_CASE(records_unsealed_for_a_minute_raise_a_doubt) {
  seal();
  execute(
      "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), now() - interval '61 "
      "seconds',"
      " 'session.login', 'success')");
  BOOST_TEST(verdict() == "doubtful");
}

BOOST_AUTO_TEST_CASE(slow_transaction_delays_only_its_own_records) {
  seal();
  const auto slow = connect();
  db::Transaction transaction(*slow);
  const AuditId late = write(*slow);
  const AuditId quick = write();
  seal();
  BOOST_TEST(seal_of(quick) == 2);
  BOOST_TEST(seal_of(late) == 0);
  for (std::int64_t number = 3; number < 6; ++number) {
    const AuditId other = write();
    seal();
    BOOST_TEST(seal_of(other) == number);
  }
  const AuditId later = write(*slow);
  transaction.commit();
  seal();
  BOOST_TEST(seal_of(late) == 6);
  BOOST_TEST(seal_of(later) == 6);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(rolled_back_transaction_leaves_no_trace) {
  seal();
  {
    const auto slow = connect();
    const db::Transaction transaction(*slow);
    write(*slow);
    write();
    seal();
    BOOST_TEST(text("select open::text from taskward.audit_seals where number = 2") != "{}");
  }
  write();
  seal();
  BOOST_TEST(text("select open::text from taskward.audit_seals where number = 3") == "{}");
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(batch_contains_whole_transactions_of_any_size) {
  auto small = sealer(5);
  seal(small, service);
  write_many(3);
  const std::string large =
      "insert into taskward.audit (id, action, outcome) select gen_random_uuid(), 'task.create', 'success' "
      "from "
      "generate_series(1, 12)";
  execute(large);
  execute(large);
  write_many(7);
  seal(small, service);
  BOOST_TEST(sealed_records() == 34);
  BOOST_TEST(number("select max(records) from taskward.audit_seals") == 12);
  BOOST_TEST(count_rows("audit_seals where records = 12") == 2);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(batch_boundary_below_an_open_transaction_loses_nothing) {
  auto small = sealer(2);
  seal(small, service);
  const auto one = connect();
  const auto two = connect();
  db::Transaction first(*one);
  write(*one);
  db::Transaction second(*two);
  for (int i = 0; i < 3; ++i) write(*two);
  write();
  seal(small, service);
  first.commit();
  second.commit();
  write_many(5);
  seal(small, service);
  BOOST_TEST(sealed_records() == records());
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(start_of_an_era_may_take_several_seals) {
  write_many(11);
  auto small = sealer(4);
  seal(small, service);
  BOOST_TEST(seals() == 3);
  BOOST_TEST(sealed_records() == 11);
  write_many(2);
  seal(small, service);
  BOOST_TEST(seals() == 4);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(concurrent_sealers_build_one_chain) {
  std::atomic<bool> writing = true;
  std::vector<std::thread> threads;
  // A seal of its own before the race, so that the chain is longer than one however the threads are
  // scheduled.
  write_many(3);
  seal();
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([this, &writing] {
      const auto connection = connect();
      auto mine = sealer();
      while (writing) seal(mine, *connection);
    });
  }
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([this] {
      const auto connection = connect();
      for (int n = 0; n < 100; ++n) write(*connection);
    });
  }
  for (std::size_t i = 3; i < threads.size(); ++i) threads[i].join();
  writing = false;
  for (std::size_t i = 0; i < 3; ++i) threads[i].join();
  seal();
  BOOST_TEST(sealed_records() == 303);
  BOOST_TEST(records() == 303);
  BOOST_TEST(seals() >= 2);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(interrupted_sealing_leaves_nothing) {
  write_many(2);
  auto mine = sealer();
  BOOST_CHECK_THROW(static_cast<void>(mine.next(service, log, [] { return true; })), db::Unavailable);
  BOOST_TEST(seals() == 0);
  seal();
  BOOST_TEST(seals() == 1);
}

BOOST_AUTO_TEST_CASE(service_can_only_append_the_next_seal) {
  seal();
  const std::string forged =
      "insert into taskward.audit_seals select NUMBER, ERA, cluster, xid_from, xid_below, open, era_at, "
      "records, first_at,"
      " last_at, leaves, root, previous, sealed_at, signature from taskward.audit_seals";
  const auto with = [&](const std::string& number, const std::string& era) {
    std::string sql = forged;
    sql.replace(sql.find("NUMBER"), 6, number);
    sql.replace(sql.find("ERA"), 3, era);
    return sql;
  };
  for (const char* number : {"9223372036854775807", "3", "1"})
    BOOST_CHECK_THROW(service.execute(with(number, "1")), db::StatementFailed);
  BOOST_CHECK_THROW(service.execute(with("2", "2000000000")), db::StatementFailed);
  for (const char* sql : {"update taskward.audit_seals set era = 2", "delete from taskward.audit_seals",
                          "truncate taskward.audit_seals"})
    BOOST_CHECK_THROW(service.execute(sql), db::StatementFailed);
  BOOST_CHECK_NO_THROW(service.execute(with("2", "1")));
}

BOOST_AUTO_TEST_CASE(forged_seal_is_reported_and_a_new_era_follows) {
  write_many(2);
  seal();
  service.execute(
      "insert into taskward.audit_seals select 2, 1, cluster, xid_below, '9000000000', open, era_at, 0, null,"
      " null, '', root, previous, sealed_at, signature from taskward.audit_seals");
  write_many(3);
  seal();
  seal();
  BOOST_TEST(number("select era from taskward.audit_seals order by number desc limit 1") == 2);
  BOOST_TEST(sealed_records() == records());
  BOOST_TEST(count_rows("audit where action = 'audit.era' and reason = 'seal'") == 1);
  const auto found = verify();
  BOOST_TEST(verdict_name(found) == "seal_changed");
  BOOST_TEST((found.fault->seal == 2));
}

BOOST_AUTO_TEST_CASE(sealed_state_of_a_time_span_can_be_queried) {
  const std::string ask =
      "select taskward.audit_is_sealed(now() - interval '1 day', now() + interval '1 day')::text";
  const auto is_sealed = [&] { return service.query(ask, db::Params()).row(0).text(); };
  BOOST_TEST(is_sealed() == "true");  // there is nothing
  write();
  BOOST_TEST(is_sealed() == "false");
  seal();
  BOOST_TEST(is_sealed() == "true");
  write();
  BOOST_TEST(is_sealed() == "false");
  BOOST_TEST(
      service
          .query("select taskward.audit_is_sealed(now() - interval '2 days', now() - interval '1 day')::text",
                 db::Params())
          .row(0)
          .text() == "true");
  seal();
  BOOST_TEST(is_sealed() == "true");
  // For a record of an earlier era only the leaf counts, not the transaction id.
  execute("update taskward.audit set xid = '4000000000' where at = (select min(at) from taskward.audit)");
  BOOST_TEST(is_sealed() == "true");
  execute("delete from taskward.audit_seals");
  BOOST_TEST(is_sealed() == "false");
}

BOOST_AUTO_TEST_CASE(no_record_stays_unsealed_for_ten_seconds_under_load,
                     *boost::unit_test::label("timing")) {
  std::atomic<bool> writing = true;
  std::thread background([this, &writing] {
    const auto connection = connect();
    auto mine = sealer();
    while (writing) {
      const auto until = std::chrono::steady_clock::now() + mine.next(*connection, log, never_stop);
      while (writing && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(milliseconds(20));
    }
  });
  std::thread writer([this, &writing] {
    const auto connection = connect();
    while (writing) write(*connection);
  });
  // A transaction that stays open during the whole test.
  const auto slow = connect();
  const db::Transaction transaction(*slow);
  write(*slow);
  std::int64_t longest_ms = 0;
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(12);
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(milliseconds(100))) {
    longest_ms = std::max(
        longest_ms,
        number("select coalesce(max(extract(epoch from clock_timestamp() - a.at) * 1000), 0)::bigint"
               " from taskward.audit a where a.xid >= coalesce((select xid_below from taskward.audit_seals"
               " order by number desc limit 1), '0')"));
  }
  writing = false;
  writer.join();
  background.join();
  BOOST_TEST_MESSAGE("the longest wait was " << longest_ms << " ms of " << records() << " records");
  BOOST_TEST(longest_ms > 0);
  BOOST_TEST(longest_ms < 10'000);
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(token_of_a_record_is_sealed) {
  const TestUser ann = new_user();
  const TestToken token = new_token_of(*this, ann.user, "{tasks:read}");
  BOOST_TEST(outcome(store::insert_task(service, hints, token.write_access(), new_id<TaskId>(), {"x", "", {}},
                                        kQuota, {}, stamp())) == "forbidden");
  write();
  seal();
  BOOST_TEST(verdict() == "sound");
  BOOST_TEST(count_rows("audit where token_id = '" + token.id.text() + "'") == 1);
  execute("update taskward.audit set token_id = gen_random_uuid() where token_id is not null");
  BOOST_TEST(verdict() == "record_changed");
  execute("update taskward.audit set token_id = null");
  BOOST_TEST(verdict() == "record_changed");
  execute("update taskward.audit set token_id = '" + token.id.text() + "' where action = 'access.denied'");
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_CASE(seal_of_an_older_release_is_refused_once_there_are_tokens) {
  write();
  seal();
  const std::string next =
      "insert into taskward.audit_seals (number, era, cluster, xid_from, xid_below, open, records, root, "
      "previous,"
      " sealed_at, signature) select number + 1, era, cluster, xid_below, xid_below, '{}', 0, root, "
      "previous, now(),"
      " signature from taskward.audit_seals order by number desc limit 1";
  service.execute(next);
  static_cast<void>(new_token_of(*this, new_user().user));
  BOOST_CHECK_EXCEPTION(service.execute(next), db::StatementFailed,
                        [](const db::StatementFailed& failure) { return failure.sqlstate() == "42501"; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
