// Applying migrations, and refusing an incompatible schema.
#include <functional>
#include <thread>

#include "concurrently.hpp"
#include "fixture.hpp"
#include "migration_folder.hpp"
#include "taskward/domain/health.hpp"
#include "taskward/store/health.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::testing {
namespace {

using store::BadMigrations;

struct MigrationFixture : EmptyFixture {
  MigrationFixture() { files.add_three(); }
  MigrationFolder files;

  Lines migrate() {
    Lines names;
    for (const store::Migration& one : store::migrate(owner, files.read())) names.push_back(one.name);
    return names;
  }
  Lines applied() {
    Lines names;
    for (const auto& one : store::applied_migrations(owner)) names.push_back(one.name);
    return names;
  }
  /// Migrates while a transaction that has run `sql` is open, until the migration waits for it and
  /// `meanwhile` was called.
  void migrate_behind(const std::string& sql, const std::function<void(db::Connection& request)>& meanwhile) {
    db::Connection holder({database.owner(), "test"}, log);
    db::Transaction open(holder);
    holder.execute(sql);
    std::jthread migration([&] {
      db::Connection other({database.owner(), "test"}, log);
      BOOST_CHECK_NO_THROW(store::migrate(other, files.read()));
    });
    BOOST_TEST(wait_until([&] { return number("select count(*) from pg_locks where not granted") > 0; }));
    db::Connection request({database.owner(), "test"}, log);
    meanwhile(request);
    BOOST_TEST(applied().size() == 3U);
    open.commit();
    migration.join();
    BOOST_TEST(applied().size() == 4U);
  }
  bool exists(const std::string& table) {
    return number("select count(*) from pg_tables where tablename = '" + table + "'") == 1;
  }
};

BOOST_FIXTURE_TEST_SUITE(migrations, MigrationFixture)

BOOST_AUTO_TEST_CASE(fresh_database_gets_every_migration_in_order_once) {
  BOOST_TEST(applied().empty());
  BOOST_TEST(migrate() == (Lines{"0001_one.sql", "0002_two.sql", "0003_three.sql"}),
             boost::test_tools::per_element());
  BOOST_TEST(exists("one"));
  BOOST_TEST(exists("three"));
  BOOST_TEST(migrate().empty());
}

BOOST_AUTO_TEST_CASE(database_lists_its_applied_migrations) {
  migrate();
  const auto listed = store::applied_migrations(owner);
  BOOST_TEST_REQUIRE(listed.size() == 3U);
  BOOST_TEST(listed[1].version == 2);
  BOOST_TEST(listed[1].name == "0002_two.sql");
  BOOST_TEST(listed[1].checksum == files.read()[1].checksum);
  BOOST_TEST(listed[2].compatible_with == 3);
  BOOST_TEST((std::chrono::abs(listed[0].applied_at - clock.now()) < std::chrono::seconds(60)));
  BOOST_CHECK_NO_THROW(store::check_agreement(files.read(), listed));
}

BOOST_AUTO_TEST_CASE(only_missing_migrations_are_applied) {
  files.remove("0003_three.sql");
  migrate();
  files.add("0003_three.sql", kThird);
  BOOST_TEST(migrate() == Lines{"0003_three.sql"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(applied_file_that_was_edited_is_refused_and_named) {
  migrate();
  files.add("0002_two.sql", std::string(kSecond) + "-- edited\n");
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations,
                        message_contains("0002_two.sql", "edited after it was applied"));
  BOOST_CHECK_THROW(store::check_agreement(files.read(), store::applied_migrations(owner)), BadMigrations);
}

BOOST_AUTO_TEST_CASE(applied_file_that_is_missing_is_refused_and_named) {
  migrate();
  files.remove("0003_three.sql");
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations, message_contains("0003_three.sql", "missing here"));
}

BOOST_AUTO_TEST_CASE(damaged_migration_table_is_refused) {
  migrate();
  execute("delete from taskward.schema_migrations where version = 2");
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations, message_contains("0003_three.sql", "not number 2"));
}

BOOST_AUTO_TEST_CASE(failing_migration_is_rolled_back_and_earlier_ones_remain) {
  files.add("0002_two.sql", std::string(kSecond) + "insert into taskward.one values (1); select 1 / 0;\n");
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations,
                        message_contains("0002_two.sql: failed and was rolled back", "22012"));
  BOOST_TEST(applied() == Lines{"0001_one.sql"}, boost::test_tools::per_element());
  BOOST_TEST(!exists("two"));
  BOOST_TEST(count_rows("one") == 0);
  files.add("0002_two.sql", kSecond);
  BOOST_TEST(migrate() == (Lines{"0002_two.sql", "0003_three.sql"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(concurrent_runs_apply_each_migration_once) {
  files.add("0001_one.sql", std::string(kFirst) + "select pg_sleep(0.1);\n");
  std::vector<std::string> errors(2);
  std::vector<std::size_t> done(2);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        try {
          db::Connection connection({database.owner(), "test"}, log);
          done[i] = store::migrate(connection, files.read()).size();
        } catch (const std::exception& error) {
          errors[i] = error.what();
        }
      });
    }
  }
  BOOST_TEST(errors[0] + errors[1] == "");
  BOOST_TEST(done[0] + done[1] == 3U);
  BOOST_TEST(applied().size() == 3U);
}

BOOST_AUTO_TEST_CASE(requests_pass_a_migration_that_waits_for_a_lock) {
  migrate();
  files.add("0004_four.sql", "-- compatible-with: 3\nalter table taskward.one add column later integer;\n");
  migrate_behind("select from taskward.one", [&](db::Connection& request) {
    // Without the limit they would wait for the end of the transaction.
    for (int i = 0; i < 3; ++i) BOOST_CHECK_NO_THROW(request.execute("select from taskward.one"));
  });
}

BOOST_AUTO_TEST_CASE(tables_are_locked_before_a_migration_begins) {
  migrate();
  files.add("0004_four.sql",
            "-- compatible-with: 3\n-- locks: taskward.one, taskward.two\n"
            "insert into taskward.three select count(*) from pg_locks where relation::regclass::text in"
            " ('taskward.one', 'taskward.two') and mode = 'AccessExclusiveLock';\n");
  migrate();
  BOOST_TEST(number("select n from taskward.three") == 2);
}

BOOST_AUTO_TEST_CASE(requests_pass_a_migration_that_waits_for_a_vacuum) {
  migrate();
  files.add("0004_four.sql",
            "-- compatible-with: 3\n-- locks: taskward.one\nalter table taskward.one add m integer;\n");
  // The lock of a vacuum, which gives way only to those who wait for long.
  migrate_behind("lock table taskward.one in share update exclusive mode", [&](db::Connection& request) {
    request.execute("set lock_timeout = '1ms'");
    for (int i = 0; i < 100; ++i) {
      BOOST_CHECK_NO_THROW(request.execute("insert into taskward.one values (1)"));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    // It waited all the time instead of trying again and again.
    BOOST_TEST(
        number("select count(*) from pg_locks where not granted and waitstart < clock_timestamp() - interval"
               " '900 ms'") == 1);
  });
}

const std::string kInSteps = R"(-- compatible-with: 3
--
-- step
create table if not exists taskward.four (n integer);
create index if not exists four_valid on taskward.four (n);
-- step for each row
select 'drop index concurrently taskward.four_by_n' from pg_index i
 where i.indexrelid = to_regclass('taskward.four_by_n') and not i.indisvalid;
-- step
create unique index concurrently if not exists four_by_n on taskward.four (n);
-- step for each row
select format('insert into taskward.four values (%s)', i) from generate_series(1, 2) i
)";

BOOST_AUTO_TEST_CASE(steps_are_run_outside_of_a_transaction) {
  files.add("0004_four.sql", kInSteps);
  BOOST_TEST(migrate().size() == 4U);
  BOOST_TEST(count_rows("four") == 2);
  BOOST_TEST(number("select count(*) from pg_index where indexrelid = 'taskward.four_by_n'::regclass and "
                    "indisvalid") == 1);
  BOOST_TEST(migrate().empty());
}

BOOST_AUTO_TEST_CASE(migration_in_steps_is_repeated_after_an_interruption) {
  migrate();
  // Leaves an invalid index.
  execute("create table taskward.four (n integer); insert into taskward.four values (5), (5)");
  files.add("0004_four.sql", kInSteps);
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations,
                        message_contains("0004_four.sql: failed and can be repeated"));
  BOOST_TEST(applied().size() == 3U);
  BOOST_TEST(number("select count(*) from pg_index where not indisvalid") == 1);
  execute("delete from taskward.four");
  BOOST_TEST(migrate() == Lines{"0004_four.sql"}, boost::test_tools::per_element());
  BOOST_TEST(number("select count(*) from pg_index where not indisvalid") == 0);
  BOOST_TEST(count_rows("four") == 2);
}

BOOST_AUTO_TEST_CASE(sql_before_the_first_step_is_refused) {
  files.add("0004_four.sql", "-- compatible-with: 3\ncreate table taskward.four ();\n-- step\nselect 1;\n");
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations,
                        message_contains("0004_four.sql: has SQL before its first step"));
  BOOST_TEST(applied().size() == 3U);
  // A comment that only begins like a mark is none.
  files.add("0004_four.sql",
            "-- compatible-with: 3\ncreate table taskward.four ();\n-- steps are not used\n");
  BOOST_TEST(migrate() == Lines{"0004_four.sql"}, boost::test_tools::per_element());
  BOOST_TEST(count_rows("four") == 0);
}

BOOST_AUTO_TEST_CASE(connection_lost_in_a_step_is_reported_with_the_migration) {
  migrate();
  files.add("0004_four.sql",
            "-- compatible-with: 3\n-- step\nselect pg_terminate_backend(pg_backend_pid());\n");
  BOOST_CHECK_EXCEPTION(migrate(), std::runtime_error, message_contains("0004_four.sql: "));
  BOOST_TEST(applied().size() == 3U);
}

BOOST_AUTO_TEST_CASE(step_that_waits_for_a_lock_lets_requests_pass) {
  migrate();
  files.add(
      "0004_four.sql",
      "-- compatible-with: 3\n-- step\nselect 1;\n-- step\nalter table taskward.one add column m integer;\n");
  migrate_behind("select from taskward.one", [&](db::Connection& request) {
    for (int i = 0; i < 3; ++i) BOOST_CHECK_NO_THROW(request.execute("select from taskward.one"));
  });
}

BOOST_AUTO_TEST_CASE(missing_service_role_is_reported_before_any_change) {
  struct RoleAway {
    db::Connection& superuser;
    explicit RoleAway(db::Connection& connection) : superuser(connection) {
      superuser.execute("alter role taskward rename to taskward_away");
    }
    RoleAway(const RoleAway&) = delete;
    RoleAway& operator=(const RoleAway&) = delete;
    ~RoleAway() { superuser.execute("alter role taskward_away rename to taskward"); }
  };
  db::Connection superuser({database.superuser(), "test"}, log);
  const RoleAway away(superuser);
  BOOST_CHECK_EXCEPTION(migrate(), BadMigrations,
                        message_contains("role taskward does not exist", "sql/roles.sql"));
  BOOST_TEST(applied().empty());
  BOOST_TEST(number("select count(*) from pg_namespace where nspname = 'taskward'") == 0);
}

BOOST_AUTO_TEST_CASE(service_cannot_migrate) {
  db::Connection connection({database.service(), "test"}, log);
  BOOST_CHECK_THROW(store::migrate(connection, files.read()), db::StatementFailed);
  BOOST_TEST(applied().empty());
}

BOOST_AUTO_TEST_CASE(database_without_a_schema_is_refused_with_instructions) {
  BOOST_CHECK_EXCEPTION(service.connect(), store::WrongSchema,
                        message_contains("schema version is 0", "taskward migrate"));
}

BOOST_AUTO_TEST_SUITE_END()

struct SchemaFixture : StoreFixture {
  const int known = store::known_schema_version();
  void add(int version, int compatible_with) {
    owner.query("insert into taskward.schema_migrations values ($1::integer, 'newer.sql', 'x', $2::integer)",
                db::Params().number(version).number(compatible_with));
  }
  /// Checked on a connection that was already open.
  bool current() { return store::schema_is_current(service); }
};

BOOST_FIXTURE_TEST_SUITE(schema_check, SchemaFixture)

BOOST_AUTO_TEST_CASE(schema_of_this_release_is_accepted) {
  BOOST_CHECK_NO_THROW(service.connect());
  BOOST_TEST(current());
}

BOOST_AUTO_TEST_CASE(older_schema_is_refused) {
  service.connect();
  owner.query("delete from taskward.schema_migrations where version = $1::integer",
              db::Params().number(known));
  BOOST_TEST(!current());
  BOOST_CHECK_EXCEPTION(connect(), store::WrongSchema, message_contains("taskward migrate"));
}

BOOST_AUTO_TEST_CASE(newer_compatible_schema_is_accepted) {
  service.connect();
  add(known + 1, known);
  add(known + 2, 1);
  BOOST_TEST(current());
  BOOST_CHECK_NO_THROW(connect());
}

BOOST_AUTO_TEST_CASE(newer_incompatible_schema_is_refused_and_the_migration_named) {
  service.connect();
  add(known + 1, known + 1);
  // A later compatible migration does not restore compatibility.
  add(known + 2, known);
  BOOST_TEST(!current());
  BOOST_CHECK_EXCEPTION(connect(), store::WrongSchema, message_contains("newer.sql", "this one is for"));
}

BOOST_AUTO_TEST_CASE(schema_without_usage_privilege_is_refused) {
  execute("revoke usage on schema taskward from taskward");
  BOOST_CHECK_EXCEPTION(service.connect(), store::WrongSchema, message_contains("cannot be read", "42501"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
