// What a request costs: one statement, sent once.
#include <functional>

#include "task_fixture.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/users.hpp"

namespace taskward::testing {
namespace {

struct RoundTripFixture : TaskFixture {
  RoundTripFixture() {
    db::Connection superuser({database.superuser(), "test"}, {}, log);
    superuser.execute("alter role taskward in database " + database.name() + " set log_statement = 'all'");
  }

  /// How many statements the service has sent to this test's database.
  std::int64_t sent() {
    const std::string written = server().log();
    const std::string prefix = '\n' + database.name() + "|taskward|LOG:  ";
    std::int64_t count = 0;
    for (std::size_t at = written.find(prefix); at != std::string::npos; at = written.find(prefix, at + 1)) {
      const std::string_view rest = std::string_view(written).substr(at + prefix.size());
      if (rest.starts_with("execute ") || rest.starts_with("statement: ")) ++count;
    }
    return count;
  }

  void check_each_is_one(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& database_now = *connection;
    const TaskId id = make(ann).id;
    const store::NewSession login{ann.user, new_id<SessionId>(), new_hash(), kHour};
    const std::vector<std::pair<const char*, std::function<bool()>>> calls{
        {"insert_task",
         [&] {
           return bool(
               store::insert_task(database_now, ann.writes(), new_id<TaskId>(), {"x", "", {}}, stamp()));
         }},
        {"find_task", [&] { return bool(store::find_task(database_now, ann.reads(), id)); }},
        {"list_tasks", [&] { return bool(store::list_tasks(database_now, ann.reads(), {})); }},
        {"update_task",
         [&] {
           return bool(store::update_task(database_now, ann.writes(), id, {"y", {}, {}}, stamp()));
         }},
        {"delete_task", [&] { return bool(store::delete_task(database_now, ann.writes(), id, stamp())); }},
        {"delete_task again", [&] { return !store::delete_task(database_now, ann.writes(), id, stamp()); }},
        {"find_own_profile", [&] { return bool(store::find_own_profile(database_now, ann.profile())); }},
        {"insert_account",
         [&] {
           return bool(store::insert_account(database_now,
                                             {new_id<UserId>(), {}, "u" + new_id<UserId>().text(), "x", {}},
                                             store::MadeBy::oneself, stamp()));
         }},
        {"find_login",
         [&] {
           return store::find_login(database_now, model::AccountName::of("ann"), "x").user.has_value();
         }},
        {"insert_session",
         [&] {
           return store::insert_session(database_now, login, {store::LockSubject::Kind::username, "x"},
                                        "a hash", stamp())
               ->has_value();
         }},
        {"rotate_token",
         [&] {
           return bool(store::rotate_token(database_now, {ann.user, login.id, login.token_hash}, new_hash(),
                                           kHour, stamp()));
         }},
        {"revoke_sessions",
         [&] {
           return bool(
               store::revoke_sessions(database_now, ann.profile(), model::LogoutScope::others, stamp()));
         }},
    };
    for (const auto& [name, call] : calls) {
      const std::int64_t before = sent();
      BOOST_TEST(call(), name);
      BOOST_TEST(sent() - before == 1, name << " sent " << sent() - before << " statements");
    }
  }
};

BOOST_FIXTURE_TEST_SUITE(round_trips, RoundTripFixture)

BOOST_AUTO_TEST_CASE(each_function_is_one_statement) { check_each_is_one(db::Preparation::kept); }

BOOST_AUTO_TEST_CASE(each_function_is_one_statement_where_none_are_kept) {
  check_each_is_one(db::Preparation::each_time);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
