// Monthly partitions of the audit record: created ahead, filled from the default partition, indexed when they
// have ended, dropped once sealed and past retention.
#include "taskward/store/audit_months.hpp"

#include <numeric>

#include "audit_fixture.hpp"
#include "concurrently.hpp"
#include "taskward/domain/audit_upkeep.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::testing {
namespace {

constexpr const char* kMonths =
    "select coalesce(string_agg(to_char(first at time zone 'UTC', 'YYYY-MM'), ' ' order by first), '')"
    " from taskward.audit_months";

struct MonthsFixture : AuditFixture {
  /// The month `from_now` months from now, in the form 2026-01.
  std::string month(int from_now) {
    return text(
        "select to_char(now() at time zone 'UTC' + " + std::to_string(from_now) +
        " * interval '1 month' - (extract(day from now() at time zone 'UTC')::int - 1) * interval '1 day'"
        ", 'YYYY-MM')");
  }
  std::string partition(int from_now) {
    std::string name = "audit_" + month(from_now);
    name[name.find('-')] = '_';
    return name;
  }
  std::string months() { return text(kMonths); }
  std::string rows_by_partition() {
    return text(
        "select coalesce(string_agg(name || ' ' || n, ', ' order by name), '') from (select "
        "tableoid::regclass::text as"
        " name, count(*) as n from taskward.audit group by 1) p");
  }
  /// Inserts a record in the middle of that month, as the owner.
  void record_in(int from_now, const std::string& action = "task.create") {
    execute("insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), '" +
            month(from_now) + "-15T12:00:00Z', '" + action + "', 'success')");
  }
  void set_retention(int months_kept) {
    BOOST_TEST(store::set_audit_retention(owner, std::chrono::months(months_kept), new_id<AuditId>()));
  }
  std::string index_one(db::Connection& connection) {
    const auto missing = store::missing_audit_indexes(connection);
    if (missing.empty() || !store::index_audit_month(connection, missing.front().name, never_stop))
      return "nothing";
    return missing.front().name;
  }
  std::string index_one() { return index_one(service); }
  /// Runs the upkeep until nothing is left to do.
  void run_round(domain::AuditUpkeep& upkeep) {
    BOOST_TEST_REQUIRE(
        wait_until([&] { return upkeep.next(service, log, never_stop) == domain::kAuditUpkeepInterval; }));
  }
  /// SQL: from now on, that index has another definition.
  static std::string replaced_definition(const std::string& index, const std::string& definition) {
    return "alter view taskward.audit_missing_indexes rename to all_missing;"
           "create view taskward.audit_missing_indexes as select first, is_due, partition, name,"
           " case when name = '" +
           index + "' then '" + definition +
           "' else definition end as definition from taskward.all_missing;"
           "grant select on taskward.audit_missing_indexes to taskward;";
  }
  /// The index that a closed month has in addition, in the order in which they are built.
  Lines lookups(int from_now) {
    Lines names;
    for (const char* key : {"actor", "address", "object", "request"})
      names.push_back(partition(from_now) + "_by_" + key);
    return names;
  }
  /// All indexes of the partition.
  std::int64_t indexes(const std::string& partition) {
    return number("select count(*) from pg_indexes where tablename = '" + partition + "'");
  }
  std::string drop_oldest() { return store::drop_old_audit(service, new_id<AuditId>()).value_or("nothing"); }
  std::string months_ahead() {
    std::string all;
    for (int i = 0; i <= store::kAuditMonthsAhead; ++i) all += (i == 0 ? "" : " ") + month(i);
    return all;
  }
};

BOOST_FIXTURE_TEST_SUITE(audit_months, MonthsFixture)

BOOST_AUTO_TEST_CASE(new_database_has_partitions_for_this_month_and_those_ahead) {
  BOOST_TEST(months() == months_ahead());
  BOOST_TEST(store::make_audit_months(service) == 0);
}

BOOST_AUTO_TEST_CASE(record_is_stored_in_the_partition_of_its_month) {
  store::record_failure(service, model::AuditAction::session_login, std::nullopt, "x", stamp());
  BOOST_TEST(rows_by_partition() == "taskward." + partition(0) + " 1");
}

BOOST_AUTO_TEST_CASE(rows_of_the_default_partition_move_to_their_month) {
  record_in(-7);
  record_in(-7);
  record_in(-3);
  const std::string before =
      text("select string_agg(a::text, E'\\n' order by a::text) from taskward.audit a");
  BOOST_TEST(rows_by_partition() == "taskward.audit_default 3");
  BOOST_TEST(store::make_audit_months(service) == 2);
  BOOST_TEST(rows_by_partition() == "taskward." + partition(-7) + " 2, taskward." + partition(-3) + " 1");
  BOOST_TEST(text("select string_agg(a::text, E'\\n' order by a::text) from taskward.audit a") == before);
  BOOST_TEST(months() == month(-7) + ' ' + month(-3) + ' ' + months_ahead());
}

BOOST_AUTO_TEST_CASE(month_boundaries_do_not_depend_on_the_time_zone) {
  for (const char* zone : {"Pacific/Kiritimati", "America/St_Johns", "Europe/Berlin"}) {
    execute("drop table taskward." + partition(1));
    service.execute(std::string("set timezone = '") + zone + '\'');
    BOOST_TEST(store::make_audit_months(service) == 1);
    BOOST_TEST(months() == months_ahead());
  }
  BOOST_TEST(count_rows("audit_months where extract(day from first at time zone 'UTC') <> 1"
                        " or extract(hour from behind at time zone 'UTC') <> 0") == 0);
}

BOOST_AUTO_TEST_CASE(concurrent_partition_creation_and_writes_succeed) {
  execute("drop table taskward." + partition(0) + ", taskward." + partition(1));
  constexpr int kThreads = 6;
  constexpr int kRecords = 50;
  const auto made = run_concurrently<int>(*this, kThreads, [&](db::Connection& connection, int i) {
    if (i % 2 == 0) {
      // Creation gives up when it has waited a second for a lock.
      for (int tries = 0;; ++tries) {
        try {
          return store::make_audit_months(connection);
        } catch (const db::Unavailable&) {
          if (tries == 20) throw;
        }
      }
    }
    for (int n = 0; n < kRecords; ++n)
      store::record_failure(connection, model::AuditAction::session_login, std::nullopt, "x", stamp());
    return 0;
  });
  BOOST_TEST(std::accumulate(made.begin(), made.end(), 0) == 2);
  BOOST_TEST(months() == months_ahead());
  BOOST_TEST(count_rows("audit") == kThreads / 2 * kRecords);
  BOOST_TEST(count_rows("audit_default") == 0);
}

BOOST_AUTO_TEST_CASE(dropping_is_retried_after_a_minute_while_a_reader_blocks_it) {
  record_in(-30);
  store::make_audit_months(service);
  seal();
  set_retention(2);
  domain::AuditUpkeep upkeep(clock, random);
  {
    const auto reader = connect();
    reader->connect();
    db::Transaction reading(*reader);
    reader->execute("select count(*) from taskward.audit");
    // Meanwhile the indexes are built.
    run_round(upkeep);
    BOOST_TEST(months().starts_with(month(-30)));
    BOOST_TEST(store::missing_audit_indexes(service).empty());
  }
  BOOST_TEST((upkeep.next(service, log, never_stop) < domain::kAuditUpkeepInterval));
  BOOST_TEST(!months().starts_with(month(-30)));
}

BOOST_AUTO_TEST_CASE(open_month_has_only_the_indexes_that_requests_need) {
  BOOST_TEST(index_one() == "nothing");
  const std::string built = text(
      "select string_agg(d, '; ' order by d collate \"C\") from (select substr(indexdef, strpos(indexdef, "
      "'(')) "
      "as d from pg_indexes where tablename = '" +
      partition(0) + "') i");
  BOOST_TEST(
      built ==
      "(action, at DESC, id DESC) WHERE (action <> ALL (ARRAY['task.create'::text, 'task.update'::text, "
      "'task.delete'::text, 'session.refresh'::text])); "
      "(actor_id, at DESC, id DESC) WHERE (action !~~ 'task.%'::text); "
      "(at DESC, id DESC) WHERE (outcome <> 'success'::text); "
      "(at, id); "
      "(at, id) WHERE (action !~~ 'task.%'::text); "
      "(object_id, at DESC, id DESC) WHERE ((action !~~ 'task.%'::text) AND (action <> "
      "'session.refresh'::text)); "
      "(xid)");
  BOOST_TEST(indexes(partition(1)) == indexes(partition(0)));
}

BOOST_AUTO_TEST_CASE(closed_months_get_their_indexes_oldest_first_one_at_a_time) {
  record_in(-7);
  record_in(-3);
  store::make_audit_months(service);
  const auto of_open_month = indexes(partition(0));
  BOOST_TEST(indexes(partition(-7)) == of_open_month);
  domain::AuditUpkeep upkeep(clock, random);
  for (int i = 0; i < 8; ++i)
    BOOST_TEST((upkeep.next(service, log, never_stop) < domain::kAuditUpkeepInterval));
  BOOST_TEST((upkeep.next(service, log, never_stop) == domain::kAuditUpkeepInterval));
  for (const int closed : {-7, -3}) {
    BOOST_TEST(indexes(partition(closed)) == of_open_month + 4);
    for (const std::string& name : lookups(closed))
      BOOST_TEST(number("select count(*) from pg_indexes where tablename = '" + partition(closed) +
                        "' and indexname = '" + name + "'") == 1);
  }
  BOOST_TEST(indexes(partition(0)) == of_open_month);
  BOOST_TEST(indexes(partition(1)) == of_open_month);
  // The default partition has the same.
  BOOST_TEST(indexes("audit_default") == of_open_month + 4);
  // A month that is found later is older than one that is complete.
  record_in(-5);
  store::make_audit_months(service);
  for (const std::string& name : lookups(-5)) BOOST_TEST(index_one() == name);
  BOOST_TEST(index_one() == "nothing");
}

BOOST_AUTO_TEST_CASE(month_is_not_indexed_in_the_minutes_after_its_end) {
  record_in(-3);
  store::make_audit_months(service);
  // The same months, but they ended some minutes ago.
  std::string months = text("select pg_get_viewdef('taskward.audit_months'::regclass)");
  months.pop_back();  // the semicolon
  const auto ended = [&](int minutes) {
    execute("create or replace view taskward.audit_months as select partition, first, now() - interval '" +
            std::to_string(minutes) + " minutes' as behind from (" + months + ") m");
  };
  ended(9);
  BOOST_TEST(index_one() == "nothing");
  ended(11);
  BOOST_TEST(index_one() == lookups(-3).front());
}

BOOST_AUTO_TEST_CASE(writers_and_readers_do_not_wait_while_an_index_is_built) {
  record_in(-3);
  store::make_audit_months(service);
  const auto other = connect();
  other->connect();
  other->execute("set lock_timeout = '200ms'");
  service.connect();
  db::Transaction building(service);
  BOOST_TEST(index_one() == lookups(-3).front());  // keeps its locks
  BOOST_CHECK_NO_THROW(write(*other));
  BOOST_CHECK_NO_THROW(other->execute("select count(*) from taskward.audit where outcome = 'success'"));
  BOOST_TEST(store::make_audit_months(*other) == 0);
  // Another process neither waits nor builds the same.
  BOOST_TEST(index_one(*other) == "nothing");
}

BOOST_AUTO_TEST_CASE(index_waits_for_a_transaction_that_writes_into_its_month) {
  record_in(-3);
  store::make_audit_months(service);
  domain::AuditUpkeep upkeep(clock, random);
  {
    db::Transaction late(owner);
    record_in(-3);
    run_round(upkeep);
  }
  BOOST_TEST(indexes(partition(-3)) == indexes(partition(0)));
  BOOST_TEST((upkeep.next(service, log, never_stop) < domain::kAuditUpkeepInterval));
  BOOST_TEST(indexes(partition(-3)) == indexes(partition(0)) + 1);
}

BOOST_AUTO_TEST_CASE(index_of_the_release_before_is_dropped_an_hour_after_the_migration) {
  const auto of_open_month = indexes(partition(0));
  execute("create index audit_by_object on taskward.audit (object_id, at desc, id desc)");
  domain::AuditUpkeep upkeep(clock, random);
  run_round(upkeep);
  BOOST_TEST(indexes(partition(0)) == of_open_month + 1);
  execute("update taskward.schema_migrations set applied_at = now() - interval '61 minutes'");
  run_round(upkeep);
  BOOST_TEST(indexes(partition(0)) == of_open_month);
}

BOOST_AUTO_TEST_CASE(interrupted_index_is_built_anew) {
  record_in(-3);
  store::make_audit_months(service);
  service.connect();
  for (int i = 0; i < 2; ++i) {
    db::Transaction lost(service);
    BOOST_TEST(index_one() == lookups(-3).front());
  }
  for (const std::string& name : lookups(-3)) BOOST_TEST(index_one() == name);
  BOOST_TEST(index_one() == "nothing");
}

BOOST_AUTO_TEST_CASE(month_that_cannot_be_indexed_or_dropped_does_not_hinder_the_others) {
  record_in(-7);
  record_in(-3);
  store::make_audit_months(service);
  execute(
      "create function taskward.failing(uuid) returns uuid language plpgsql immutable as"
      " 'begin raise exception ''full'' using errcode = ''53100''; end';" +
      replaced_definition(lookups(-7)[1], "(taskward.failing(id))") +
      "alter function taskward.drop_old_audit rename to working_drop;"
      "create function taskward.drop_old_audit(uuid) returns text language sql as 'select (1 / 0)::text'");
  domain::AuditUpkeep upkeep(clock, random);
  run_round(upkeep);
  BOOST_TEST(indexes(partition(-7)) == indexes(partition(0)) + 1);
  BOOST_TEST(indexes(partition(-3)) == indexes(partition(0)) + 4);
  execute(
      "drop view taskward.audit_missing_indexes; alter view taskward.all_missing rename to"
      " audit_missing_indexes");
  run_round(upkeep);
  BOOST_TEST(indexes(partition(-7)) == indexes(partition(0)) + 4);
}

BOOST_AUTO_TEST_CASE(month_whose_index_loses_its_connection_does_not_hinder_the_others) {
  record_in(-7);
  record_in(-3);
  store::make_audit_months(service);
  execute(
      "create function taskward.slow(uuid) returns uuid language plpgsql immutable as"
      " 'begin perform pg_sleep(30); return $1; end';" +
      replaced_definition(lookups(-7).front(), "(taskward.slow(id))"));
  domain::AuditUpkeep upkeep(clock, random);
  db::Connection superuser({database.superuser(), "test"}, log);
  const auto end_session = [&] {
    superuser.execute(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database()"
        " and usename = 'taskward'");
    return false;
  };
  BOOST_CHECK_THROW(static_cast<void>(upkeep.next(service, log, end_session)), db::OutcomeUnknown);
  record_in(-9);
  run_round(upkeep);
  BOOST_TEST(indexes(partition(-9)) == indexes(partition(0)) + 4);
  BOOST_TEST(indexes(partition(-3)) == indexes(partition(0)) + 4);
  BOOST_TEST(indexes(partition(-7)) == indexes(partition(0)));
}

BOOST_AUTO_TEST_CASE(upkeep_that_is_told_to_stop_abandons_the_index) {
  record_in(-3);
  store::make_audit_months(service);
  execute(
      "create or replace function taskward.slow(uuid) returns uuid language plpgsql immutable as"
      " 'begin perform pg_sleep(30); return $1; end'");
  execute(
      "create or replace view taskward.audit_lookups (name, definition) as values"
      " ('by_actor', '(taskward.slow(id))')");
  domain::AuditUpkeep upkeep(clock, random);
  const auto begun = clock.now();
  BOOST_CHECK_THROW(static_cast<void>(upkeep.next(service, log, [] { return true; })), db::OutcomeUnknown);
  BOOST_TEST((clock.now() - begun < std::chrono::seconds(10)));
  BOOST_TEST(indexes(partition(-3)) == indexes(partition(0)));
}

BOOST_AUTO_TEST_CASE(nothing_is_dropped_without_a_policy) {
  record_in(-30);
  store::make_audit_months(service);
  BOOST_TEST(store::audit_retention(service).count() == 0);
  BOOST_TEST(drop_oldest() == "nothing");
  set_retention(31);
  BOOST_TEST(drop_oldest() == "nothing");
}

BOOST_AUTO_TEST_CASE(month_is_dropped_only_when_fully_sealed) {
  record_in(-30);
  record_in(-4);
  store::make_audit_months(service);
  set_retention(2);
  BOOST_TEST(drop_oldest() == "nothing");
  seal();
  // A record written later is not sealed yet.
  record_in(-30);
  BOOST_TEST(drop_oldest() == "nothing");
  seal();
  // One month at a time, the oldest first, and none within retention.
  record_in(-1);
  store::make_audit_months(service);
  BOOST_TEST(drop_oldest() == month(-30));
  BOOST_TEST(drop_oldest() == month(-4));
  BOOST_TEST(drop_oldest() == "nothing");
  BOOST_TEST(months() == month(-1) + ' ' + months_ahead());
  BOOST_TEST(count_of(audit_lines(), "audit.drop success " + month(-30)) == 1);
  BOOST_TEST(count_of(audit_lines(), "audit.drop success " + month(-4)) == 1);
}

BOOST_AUTO_TEST_CASE(dropped_months_verify_and_their_seals_remain) {
  record_in(-30);
  store::make_audit_months(service);
  seal();
  write_many(2);
  seal();
  const auto seals = count_rows("audit_seals");
  set_retention(2);
  BOOST_TEST(drop_oldest() == month(-30));
  seal();
  BOOST_TEST(count_rows("audit_seals") > seals);
  BOOST_TEST(count_rows("audit_seals where leaves is null") == 0);
  BOOST_TEST(!store::forget_audit_leaves(service));
  BOOST_TEST(count_rows("audit_seals where leaves is null") == 1);
  domain::AuditCheck check;
  check.retention = std::chrono::months(2);
  BOOST_TEST(verdict(std::move(check)) == "sound");
  // Without a retention period the records count as removed.
  BOOST_TEST(verdict(domain::AuditCheck()) == "record_removed");
}

BOOST_AUTO_TEST_CASE(drop_fails_immediately_while_a_reader_holds_a_lock) {
  record_in(-30);
  store::make_audit_months(service);
  seal();
  set_retention(2);
  {
    const auto reader = connect();
    reader->connect();
    db::Transaction reading(*reader);
    reader->execute("select count(*) from taskward.audit");
    BOOST_CHECK_THROW(drop_oldest(), db::Unavailable);
    BOOST_TEST(months().starts_with(month(-30)));
  }
  BOOST_TEST(drop_oldest() == month(-30));
}

BOOST_AUTO_TEST_CASE(retention_change_is_recorded_once_and_needs_the_owner) {
  set_retention(12);
  BOOST_TEST(!store::set_audit_retention(owner, std::chrono::months(12), new_id<AuditId>()));
  BOOST_TEST(store::audit_retention(service).count() == 12);
  BOOST_TEST(audit_lines() == Lines{"audit.retention success 0->12"}, boost::test_tools::per_element());
  BOOST_TEST(audit().front().changed == "retention_months");
  BOOST_CHECK_THROW(store::set_audit_retention(service, std::chrono::months(1), new_id<AuditId>()),
                    db::StatementFailed);
  BOOST_TEST(store::audit_retention(service).count() == 12);
}

BOOST_AUTO_TEST_CASE(service_cannot_drop_or_alter_partitions) {
  for (const std::string& sql :
       {std::string("update taskward.audit_policy set retention_months = 1"),
        "drop table taskward." + partition(0), std::string("select taskward.make_audit_month(now())"),
        "select * from taskward." + partition(0), "delete from taskward." + partition(0)}) {
    BOOST_CHECK_EXCEPTION(service.execute(sql), db::StatementFailed,
                          [](const db::StatementFailed& failure) { return failure.sqlstate() == "42501"; });
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
