// Reads of tasks from a standby whose replay is paused, delayed or ended: every caller reads what they have
// written, and an access that was revoked on the primary reads nothing.
#include "taskward/store/replica.hpp"

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "concurrently.hpp"
#include "mute_server.hpp"
#include "task_fixture.hpp"
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using store::Replica;

const std::vector<std::string> kReplicated{"wal_level=replica", "max_wal_senders=4", "wal_keep_size=64MB"};

std::unique_ptr<ThrowawayServer> primary;
std::unique_ptr<ThrowawayServer> standby;

struct Servers {
  Servers() {
    primary = std::make_unique<ThrowawayServer>(kReplicated);
    standby = std::make_unique<ThrowawayServer>(ThrowawayServer::StandbyOf{*primary}, kReplicated);
  }
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;
  ~Servers() {
    standby.reset();
    primary.reset();
  }
};

/// Counts the results of reads. Thread-safe.
class ResultMeter final : public model::Meter {
 public:
  void add(model::Metric metric, Labels labels, std::int64_t) noexcept override {
    const std::scoped_lock lock(mutex_);
    if (metric == model::Metric::replica_reads) ++counts_[std::string(*labels.begin())];
  }
  void observe(model::Metric, std::chrono::nanoseconds, Labels) noexcept override {}
  [[nodiscard]] model::Samples samples() const override { return {}; }
  /// What was counted since the last call, such as "answered:2".
  std::string counted() {
    const std::scoped_lock lock(mutex_);
    std::string out;
    for (const auto& [result, count] : std::exchange(counts_, {}))
      out += (out.empty() ? "" : " ") + result + ':' + std::to_string(count);
    return out;
  }
  int count(const std::string& result) {
    const std::scoped_lock lock(mutex_);
    return counts_[result];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

std::string titles_of(const std::vector<model::Task>& tasks) {
  std::string out;
  for (const model::Task& task : tasks) out += (out.empty() ? "" : " ") + task.title;
  return out;
}

struct ReplicaFixture : TaskFixture {
  explicit ReplicaFixture(ThrowawayServer& of = *primary, ThrowawayServer& to = *standby)
      : TaskFixture(of),
        conninfo(to.conninfo(database.name(), "taskward")),
        postgres(to.conninfo("postgres", "postgres")) {
    new_task(ann, "first");
    new_task(bob, "first");
    catch_up();
  }
  ~ReplicaFixture() { resume(); }
  ReplicaFixture(const ReplicaFixture&) = delete;
  ReplicaFixture& operator=(const ReplicaFixture&) = delete;

  ResultMeter meter;
  store::ReplicaPause pause;
  Log silent{STDERR_FILENO, LogLevel::error, clock};
  Secret conninfo;
  Secret postgres;
  db::Connection superuser{{postgres, "test-standby"}, silent};
  Replica replica{options(), silent, pause, meter};

  db::ConnectionOptions options() const {
    return {conninfo, "test-replica", db::Preparation::on_first_use, 60s};
  }
  std::string on_standby(const std::string& sql) { return superuser.query(sql, db::Params()).row(0).text(); }
  /// Returns when the standby has replayed what the primary has written.
  void catch_up() {
    const std::string at = text("select pg_current_wal_insert_lsn()::text");
    BOOST_TEST_REQUIRE(wait_until(
        [&] { return on_standby("select (pg_last_wal_replay_lsn() >= '" + at + "')::text") == "true"; }));
  }
  /// From now on the standby replays nothing.
  void hold() {
    catch_up();
    superuser.execute("select pg_wal_replay_pause()");
    BOOST_TEST_REQUIRE(
        wait_until([&] { return on_standby("select pg_get_wal_replay_pause_state()") == "paused"; }));
  }
  void resume() { superuser.execute("select pg_wal_replay_resume()"); }

  std::string read(const TestUser& who, const model::TaskFilter& filter = {}) {
    return read_by(who.read_access(), filter);
  }
  std::string read_by(const store::ReadTasks& access, const model::TaskFilter& filter = {}) {
    return read_from(service, replica, access, filter);
  }
  std::string read_from(db::Connection& database, Replica& from, const store::ReadTasks& access,
                        const model::TaskFilter& filter = {}) {
    const auto listed = store::list_tasks(database, hints, access, {filter, 100, 0, {}, {}}, &from);
    return listed ? titles_of(listed->tasks) : outcome(listed);
  }
  /// The next read tries whether the replica is back.
  void end_pause() { pause.until = Replica::Steady::now(); }
  std::string exported(const TestUser& who) {
    const auto tasks = store::export_tasks(service, who.read_access(), {}, 100, stamp(), &replica);
    return tasks ? titles_of(*tasks) : outcome(tasks);
  }
  model::Task task_of(const TestUser& who) {
    const model::TaskFilter all;
    return store::list_tasks(service, hints, who.read_access(), {all, 100, 0, {}, {}})->tasks.at(0);
  }
};

BOOST_FIXTURE_TEST_SUITE(replicas, ReplicaFixture, *boost::unit_test::fixture<Servers>())

BOOST_AUTO_TEST_CASE(lists_and_searches_are_read_from_the_replica) {
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(read(ann, words("first")) == "first");
  BOOST_TEST(read(ann, words("absent")).empty());
  BOOST_TEST(meter.counted() == "answered:3");
}

BOOST_AUTO_TEST_CASE(short_page_by_creation_is_read_from_the_primary) {
  const auto counted_with = [&](const model::TaskFilter& filter, int limit, int offset = 0) {
    static_cast<void>(
        store::list_tasks(service, hints, ann.read_access(), {filter, limit, offset, {}, {}}, &replica));
    return meter.counted();
  };
  model::TaskFilter filter;
  BOOST_TEST(counted_with(filter, 21).empty());
  BOOST_TEST(counted_with(filter, 22) == "answered:1");
  BOOST_TEST(counted_with(filter, 21, 1) == "answered:1");
  filter.statuses = {model::TaskStatus::todo};
  BOOST_TEST(counted_with(filter, 21).empty());
  filter.statuses.push_back(model::TaskStatus::done);
  BOOST_TEST(counted_with(filter, 21) == "answered:1");
  filter = {.sort = model::TaskSort::title};
  BOOST_TEST(counted_with(filter, 21) == "answered:1");
}

BOOST_AUTO_TEST_CASE(question_to_the_primary_is_not_planned_each_time) {
  // The planner knows that few records are above a position.
  execute(
      "insert into taskward.audit (id, action, outcome, xid) select gen_random_uuid(), 'task.create', "
      "'success',"
      " (3 + n % 700)::text::xid8 from generate_series(1, 20000) n; analyze taskward.audit");
  catch_up();
  for (int i = 0; i < 20; ++i) BOOST_TEST(read(ann) == "first");
  db::Params none;
  const auto planned =
      service.query("select custom_plans from pg_prepared_statements where name = 'admit_to_replica'", none);
  BOOST_TEST_REQUIRE(planned.size() == 1U);
  BOOST_TEST(planned.row(0).number() <= 5);
}

BOOST_AUTO_TEST_CASE(list_of_an_owner_with_many_tasks_is_read_from_the_replica) {
  use_index(ann, true);
  catch_up();
  BOOST_TEST(read(ann, words("first")) == "first");
  BOOST_TEST(read(ann, words("first")) == "first");
  // The first looked among the tasks of a small owner.
  BOOST_TEST(meter.counted() == "answered:3");
}

BOOST_AUTO_TEST_CASE(export_is_recorded_and_read_from_the_replica) {
  clear_audit();
  hold();
  BOOST_TEST(exported(ann) == "first");
  // The record of an export is not a change of tasks.
  BOOST_TEST(exported(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:2");
  BOOST_TEST(audit_lines() == (Lines{"task.export success -", "task.export success -"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(personal_access_token_reads_from_the_replica_until_it_is_revoked) {
  const TestToken token = new_token_of(*this, ann.user);
  catch_up();
  db::ConnectionOptions unprepared = options();
  unprepared.preparation = db::Preparation::each_time;
  Replica second(unprepared, silent, pause, meter);
  const auto primary_unprepared = connect(db::Preparation::each_time);
  const auto read_twice = [&] {
    return read_by(token.read_access()) + ' ' + read_from(*primary_unprepared, second, token.read_access());
  };
  BOOST_TEST(read_twice() == "first first");
  BOOST_TEST(meter.counted() == "answered:2");
  hold();
  execute("update taskward.personal_tokens set scopes = '{tasks:write}'");
  BOOST_TEST(read_twice() == "forbidden forbidden");
  execute("update taskward.personal_tokens set revoked_at = now()");
  BOOST_TEST(read_twice() == "invalid_token invalid_token");
  BOOST_TEST(meter.counted().empty());
}

BOOST_AUTO_TEST_CASE(caller_reads_each_kind_of_change_while_others_read_from_the_replica) {
  using Change = std::pair<std::string, std::function<std::string()>>;
  const auto done = [](const auto& result) { return outcome(result); };
  const std::vector<Change> changes{
      {"create", [&] { return new_task(ann, "second"), std::string("ok"); }},
      {"update", [&] { return done(change(ann, task_of(ann).id, {.title = "changed"})); }},
      {"delete", [&] { return done(remove(ann, task_of(ann).id)); }},
      {"erase", [&] { return done(erase(ann, task_of(ann).id)); }},
      {"batch",
       [&] {
         return done(batch(ann, {{{"of a batch", "", {}}}, {}, {}}));
       }},
      {"import",
       [&] {
         return done(import(ann, {model::ImportedTask{{"imported", "", {}}, {}, {}}}));
       }},
      {"restore",
       [&] {
         const TaskId id = task_of(ann).id;
         BOOST_TEST_REQUIRE(done(remove(ann, id)) == "ok");
         return done(restore(ann, id));
       }},
  };
  for (const auto& [kind, apply] : changes) {
    BOOST_TEST_CONTEXT(kind) {
      hold();
      const std::string before = read(ann);
      BOOST_TEST(meter.counted() == "answered:1");
      BOOST_TEST_REQUIRE(apply() == "ok");
      BOOST_TEST(read(ann) == titles(ann));
      if (kind != "restore") BOOST_TEST(read(ann) != before);
      BOOST_TEST(exported(ann) ==
                 titles_of(*store::export_tasks(service, ann.read_access(), {}, 100, stamp())));
      BOOST_TEST(meter.counted().starts_with("behind:"));
      BOOST_TEST(read(bob) == "first");
      BOOST_TEST(meter.counted() == "answered:1");
      resume();
      BOOST_TEST(wait_until([&] {
        BOOST_TEST(read(ann) == titles(ann));
        return meter.counted() == "answered:1";
      }));
    }
  }
}

BOOST_AUTO_TEST_CASE(access_that_was_revoked_on_the_primary_reads_nothing) {
  hold();
  BOOST_TEST(read(ann) == "first");
  revoke(ann);
  BOOST_TEST(read(ann) == "invalid_token");
  BOOST_TEST(exported(ann) == "invalid_token");
  deactivate(bob);
  BOOST_TEST(read(bob) == "invalid_token");
  BOOST_TEST(meter.count("answered") == 1);
}

BOOST_AUTO_TEST_CASE(session_that_the_replica_does_not_have_yet_reads_from_the_primary) {
  hold();
  const TestUser again = new_session(ann);
  BOOST_TEST(read(again) == "first");
  BOOST_TEST(exported(again) == "first");
  BOOST_TEST(meter.counted() == "behind:2");
}

BOOST_AUTO_TEST_CASE(transaction_in_progress_on_the_replica_is_not_taken_for_one_that_it_has) {
  // The replica has begun to replay an older transaction. Its end, and a change after it, come later.
  const auto other = connect();
  other->execute(
      "begin; select pg_current_xact_id(); insert into taskward.outbox"
      " (id, kind, sealed) select gen_random_uuid(), 'password_changed', ''");
  new_task(ann, "second");
  catch_up();
  BOOST_TEST(read(ann) == "second first");
  BOOST_TEST(meter.counted() == "behind:1");
  other->execute("rollback");
  catch_up();
  BOOST_TEST(read(ann) == "second first");
  BOOST_TEST(meter.counted() == "answered:1");
}

BOOST_AUTO_TEST_CASE(records_of_another_cluster_whose_backup_was_restored_do_not_count) {
  execute("insert into taskward.audit (id, actor_id, action, outcome, xid) select gen_random_uuid(), '" +
          ann.user.uuid.text() +
          "', 'task.create', 'success', (1000000000 + n)::text::xid8"
          " from generate_series(1, 500) n");
  catch_up();
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:2");
}

BOOST_AUTO_TEST_CASE(replica_that_is_far_behind_is_left_alone_for_a_moment) {
  hold();
  BOOST_TEST(read(bob) == "first");
  for (int i = 0; i < Replica::kFarBehind; ++i) new_task(ann);
  const auto begun = Replica::Steady::now();
  BOOST_TEST(read(bob) == "first");
  BOOST_TEST(meter.counted() == "answered:1 far_behind:1");
  const auto until = pause.until.load();
  BOOST_TEST((until > begun));
  BOOST_TEST((until <= Replica::Steady::now() + Replica::kPauseFarBehind));
  pause.until = until + 1h;
  BOOST_TEST(!replica.is_usable());
  BOOST_TEST(read(bob) == "first");
  BOOST_TEST(exported(bob) == "first");
  BOOST_TEST(meter.counted().empty());
  resume();
  catch_up();
  BOOST_TEST(wait_until([&] {
    end_pause();
    BOOST_TEST(read(bob) == "first");
    return meter.counted() == "answered:1";
  }));
  BOOST_TEST((pause.until.load() == store::ReplicaPause::kNone));
}

BOOST_AUTO_TEST_CASE(after_a_pause_one_thread_tries_first) {
  using Use = store::ReplicaPause::Use;
  {
    const Use first(pause), second(pause);
    BOOST_TEST((first.is_possible() && second.is_possible()));
  }
  Use longer(pause), shorter(pause);
  longer.pause(1h);
  shorter.pause(1ms);
  BOOST_TEST((pause.until.load() > Replica::Steady::now() + 30min));
  BOOST_TEST(!Use(pause).is_possible());

  for (int round = 0; round < 100; ++round) {
    end_pause();
    std::atomic<int> arrived = 0;
    const auto used = run_concurrently<bool>(connections(4), [&](db::Connection&, int) {
      Use use(pause);
      ++arrived;
      while (arrived < 4) std::this_thread::yield();
      use.succeed();
      return use.is_possible();
    });
    BOOST_TEST_REQUIRE(std::count(used.begin(), used.end(), true) == 1);
    BOOST_TEST_REQUIRE((pause.until.load() == store::ReplicaPause::kNone));
  }
  end_pause();
  BOOST_TEST(Use(pause).is_possible());
  Use trial(pause), other(pause);
  BOOST_TEST((trial.is_possible() && !other.is_possible()));
  trial.pause(1h);
  BOOST_TEST(!Use(pause).is_possible());
  BOOST_TEST((pause.until.load() < Replica::Steady::now() + 2h));
}

BOOST_AUTO_TEST_CASE(read_that_fails_on_the_replica_is_left_to_the_primary) {
  db::Connection administrator({database.superuser(), "test"}, log);
  administrator.execute(
      "create function taskward.fails(code text) returns boolean language plpgsql as"
      " $$ begin raise exception using errcode = code; end $$");
  catch_up();
  const db::Statement conflict{"conflicts", db::Effect::reads, "select taskward.fails('40001')"};
  const db::Statement nap{"nap", db::Effect::reads, "select true, pg_sleep(20)::text"};
  const db::Statement cancelled{"cancelled", db::Effect::reads, "select taskward.fails('57014')"};
  const db::Statement corrupted{"corrupted", db::Effect::reads, "select taskward.fails('XX001')"};
  const db::Statement ended{"ended", db::Effect::reads, "select taskward.fails('57P01')"};
  db::Params none;
  using Expected = std::tuple<const db::Statement*, std::string, std::chrono::milliseconds>;
  for (const auto& [statement, result, length] :
       {Expected{&conflict, "cancelled:1", 0ms}, Expected{&nap, "slow:1", Replica::kPauseSlow},
        Expected{&cancelled, "slow:1", Replica::kPauseSlow},
        Expected{&corrupted, "failed:1", Replica::kPauseFailed},
        Expected{&ended, "failed:1", Replica::kPauseFailed}}) {
    const auto begun = Replica::Steady::now();
    const auto rows = replica.read(service, ann.read_access(), {*statement, none});
    BOOST_TEST_REQUIRE(bool(rows));
    BOOST_TEST(!rows->has_value());
    BOOST_TEST((Replica::Steady::now() - begun < 15s));
    BOOST_TEST(meter.counted() == result);
    const auto until = pause.until.load();
    if (length == 0ms) {
      BOOST_TEST((until == store::ReplicaPause::kNone));
    } else {
      BOOST_TEST((until > begun + length && until <= Replica::Steady::now() + length));
      end_pause();
    }
    BOOST_TEST(read(ann) == "first");
    BOOST_TEST(meter.counted() == "answered:1");
  }
}

BOOST_AUTO_TEST_CASE(trial_without_an_answer_of_the_replica_is_repeated) {
  const TestUser ended = new_session(ann);
  revoke(ended);
  catch_up();
  end_pause();
  BOOST_TEST(read(ended) == "invalid_token");
  BOOST_TEST((pause.until.load() != store::ReplicaPause::kNone));
  BOOST_TEST(replica.is_usable());
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST((pause.until.load() == store::ReplicaPause::kNone));
  BOOST_TEST(meter.counted() == "answered:1");
}

BOOST_AUTO_TEST_CASE(slow_primary_is_no_failure_of_the_replica) {
  BOOST_TEST(read(ann) == "first");
  db::Connection administrator({database.superuser(), "test"}, log);
  administrator.execute("begin; lock table taskward.sessions");
  std::jthread unlock([&] {
    std::this_thread::sleep_for(Replica::kLimit + 500ms);
    administrator.execute("commit");
  });
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:2");
}

BOOST_AUTO_TEST_CASE(replica_that_hangs_is_a_failure) {
  BOOST_TEST(read(ann) == "first");
  const auto pid = static_cast<pid_t>(std::stoi(
      on_standby("select pid::text from pg_stat_activity where application_name = 'test-replica'")));
  BOOST_TEST_REQUIRE(::kill(pid, SIGSTOP) == 0);
  const auto begun = Replica::Steady::now();
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST((Replica::Steady::now() - begun < 15s));
  ::kill(pid, SIGCONT);
  BOOST_TEST(meter.counted() == "answered:1 failed:1");
  BOOST_TEST(!replica.is_usable());

  const MuteServer mute;
  const Secret nowhere(mute.conninfo());
  Replica hung({nowhere, "test-replica"}, silent, pause, meter);
  end_pause();
  BOOST_TEST(read_from(service, hung, ann.read_access()) == "first");
  BOOST_TEST(meter.counted() == "failed:1");
  BOOST_TEST(!replica.is_usable());
}

BOOST_AUTO_TEST_CASE(reads_continue_without_the_replica_and_with_it_when_it_returns) {
  BOOST_TEST(read(ann) == "first");
  superuser.disconnect();
  standby->stop();
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(!replica.is_usable());
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:1 failed:1");
  standby->start();
  reconnect(superuser);
  end_pause();
  std::this_thread::sleep_for(2 * db::kRetryPause);
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:1");
}

BOOST_AUTO_TEST_CASE(failure_of_the_primary_is_reported) {
  BOOST_TEST(read(ann) == "first");
  const Secret nowhere("host=/nonexistent dbname=none user=none");
  db::Connection lost({nowhere, "test"}, silent);
  const model::TaskFilter all;
  BOOST_CHECK_THROW(
      static_cast<void>(store::list_tasks(lost, hints, ann.read_access(), {all, 100, 0, {}, {}}, &replica)),
      db::Unavailable);
  BOOST_TEST(meter.counted() == "answered:1");
  end_pause();
  BOOST_CHECK_THROW(static_cast<void>(read_from(lost, replica, ann.read_access())), db::Unavailable);
  BOOST_TEST((pause.until.load() != store::ReplicaPause::kNone));
  BOOST_TEST(read(ann) == "first");
  BOOST_TEST(meter.counted() == "answered:1");
}

BOOST_AUTO_TEST_CASE(server_that_is_no_standby_of_the_primary_is_not_used) {
  const Secret same(primary->conninfo(database.name(), "taskward"));
  Replica itself({same, "test-replica"}, silent, pause, meter);
  const ThrowawayDatabase elsewhere(server());
  Replica another({elsewhere.service(), "test-replica"}, silent, pause, meter);
  // As after a restore into a new database.
  const ThrowawayDatabase restored(*primary);
  const Secret administrator_of_restored(primary->conninfo(restored.name(), "postgres"));
  db::Connection({administrator_of_restored, "test"}, silent)
      .execute("alter database " + restored.name() + " set log_statement = 'all'");
  catch_up();
  const std::size_t logged = standby->log().size();
  const Secret beside(standby->conninfo(restored.name(), "taskward"));
  Replica of_other_database({beside, "test-replica"}, silent, pause, meter);
  for (Replica* const one : {&itself, &another, &of_other_database}) {
    end_pause();
    BOOST_TEST(read_from(service, *one, ann.read_access()) == "first");
    BOOST_TEST(!one->is_usable());
    BOOST_TEST(meter.counted() == "failed:1");
  }
  // It has not received the statement.
  const std::string log_of_standby = standby->log(logged);
  BOOST_TEST(log_of_standby.find("read_replica_position") != std::string::npos);
  BOOST_TEST(log_of_standby.find("taskward.tasks") == std::string::npos);
  const store::PrimaryState state = store::state_of(service);
  for (const auto& [url, is_one] :
       {std::pair{&same, false}, {&elsewhere.service(), false}, {&beside, false}, {&conninfo, true}}) {
    db::Connection server({*url, "test"}, silent);
    BOOST_TEST(store::is_standby_of(server, state) == is_one);
  }
}

BOOST_AUTO_TEST_CASE(primary_of_another_cluster_is_noticed) {
  TaskFixture elsewhere(server());
  Secret url(database.service().reveal());
  db::Connection moving({url, "test"}, silent);
  BOOST_TEST(read_from(moving, replica, ann.read_access()) == "first");
  BOOST_TEST(meter.counted() == "answered:1");
  elsewhere.new_task(elsewhere.ann, "elsewhere");
  url = Secret(elsewhere.database.service().reveal());
  moving.disconnect();
  BOOST_TEST(read_from(moving, replica, elsewhere.ann.read_access()) == "elsewhere");
  BOOST_TEST(meter.counted() == "failed:1");
}

BOOST_AUTO_TEST_CASE(writers_on_many_connections_read_what_they_have_written,
                     *boost::unit_test::label("slow")) {
  constexpr int kThreads = 4, kRounds = 100;
  std::vector<TestUser> writers;
  for (int i = 0; i < kThreads; ++i) writers.push_back(new_user());
  catch_up();
  std::jthread lag([&](const std::stop_token& stop) {
    db::Connection controller({postgres, "test-standby"}, silent);
    while (!stop.stop_requested()) {
      controller.execute("select pg_wal_replay_pause()");
      std::this_thread::sleep_for(10ms);
      controller.execute("select pg_wal_replay_resume()");
      std::this_thread::sleep_for(30ms);
    }
  });
  const auto missed = run_concurrently<int>(connections(kThreads), [&](db::Connection& database, int thread) {
    const TestUser& who = writers.at(static_cast<std::size_t>(thread));
    Replica own(options(), silent, pause, meter);
    const model::TaskFilter all;
    int missing = 0;
    for (int i = 0; i < kRounds; ++i) {
      const auto made = store::insert_task(database, hints, who.write_access(), new_id<TaskId>(),
                                           {"x", "", {}}, kQuota, {}, stamp());
      std::this_thread::sleep_for(std::chrono::milliseconds(i % 20));
      const auto listed = store::list_tasks(database, hints, who.read_access(), {all, 100, 0, {}, {}}, &own);
      const bool is_there =
          std::ranges::any_of(listed->tasks, [&](const model::Task& task) { return task.id == made->id; });
      missing += is_there ? 0 : 1;
    }
    return missing;
  });
  BOOST_TEST(missed == std::vector<int>(kThreads, 0), boost::test_tools::per_element());
  BOOST_TEST(meter.count("answered") > 0);
  BOOST_TEST(meter.count("behind") > 0);
}

BOOST_AUTO_TEST_SUITE_END()

// Two standbys of one primary, of which the one that is read is promoted.
BOOST_AUTO_TEST_CASE(standby_that_has_not_followed_a_failover_is_not_used, *boost::unit_test::label("slow")) {
  ThrowawayServer first(kReplicated);
  ThrowawayServer promoted(ThrowawayServer::StandbyOf{first}, kReplicated);
  ThrowawayServer left(ThrowawayServer::StandbyOf{first}, kReplicated);
  ReplicaFixture it(first, left);
  const auto host = [](const std::string& conninfo) { return conninfo.substr(0, conninfo.find(' ')); };
  const std::string former = it.conninfo.reveal().data();
  const Secret either(host(promoted.conninfo("", "")) + ',' +
                      former.substr(std::string_view("host=").size()) + " target_session_attrs=standby");
  Replica replica({either, "test-replica"}, it.silent, it.pause, it.meter);
  BOOST_TEST(wait_until([&] {
    it.end_pause();
    BOOST_TEST(it.read_from(it.service, replica, it.ann.read_access()) == "first");
    return it.meter.counted() == "answered:1";
  }));
  first.stop();
  const Secret as_superuser(promoted.conninfo("postgres", "postgres"));
  db::Connection administrator({as_superuser, "test"}, it.silent);
  administrator.execute("select pg_promote()");

  const Secret as_service(promoted.conninfo(it.database.name(), "taskward"));
  db::Connection now_primary({as_service, "test"}, it.silent);
  const auto read = [&] {
    it.end_pause();
    return it.read_from(now_primary, replica, it.ann.read_access());
  };
  // Its connection has survived the promotion.
  BOOST_TEST(read() == "first");
  BOOST_TEST(it.meter.counted() == "failed:1");
  BOOST_TEST(read() == "first");
  const auto made = store::insert_task(now_primary, it.hints, it.ann.write_access(), it.new_id<TaskId>(),
                                       {"second", "", {}}, kQuota, {}, it.stamp());
  BOOST_TEST_REQUIRE(outcome(made) == "ok");
  BOOST_TEST(read() == "second first");
  BOOST_TEST(it.meter.counted() == "far_behind:2");
  db::Connection follower({it.conninfo, "test"}, it.silent);
  const store::PrimaryState state = store::state_of(now_primary);
  BOOST_TEST(store::is_standby_of(follower, state));
  BOOST_TEST(!store::catches_up(follower, state, 0ms));

  it.superuser.execute("alter system set primary_conninfo = '" + promoted.conninfo("postgres", "postgres") +
                       "'");
  it.superuser.execute("select pg_reload_conf()");
  administrator.execute("checkpoint");
  BOOST_TEST(wait_until([&] {
    // A restart point stores the timeline.
    it.superuser.execute("checkpoint");
    BOOST_TEST(read() == "second first");
    return it.meter.count("answered") > 0;
  }));
  BOOST_TEST(store::catches_up(follower, state, 30s));
}

}  // namespace
}  // namespace taskward::testing
