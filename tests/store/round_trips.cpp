// What a request costs: one statement, sent once.
#include <functional>

#include "task_fixture.hpp"
#include "taskward/store/account_changes.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward/store/attempts.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/audit_search.hpp"
#include "taskward/store/codes.hpp"
#include "taskward/store/dashboard.hpp"
#include "taskward/store/logins.hpp"
#include "taskward/store/passwords.hpp"
#include "taskward/store/profile.hpp"
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

  using Call = std::pair<const char*, std::function<bool()>>;

  void check_each_is_one(const std::vector<Call>& calls) {
    for (const auto& [name, call] : calls) {
      const std::int64_t before = sent();
      BOOST_TEST(call(), name);
      BOOST_TEST(sent() - before == 1, name << " sent " << sent() - before << " statements");
    }
  }

  void check_tasks_and_sessions(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& database_now = *connection;
    const TaskId id = make(ann).id;
    const store::NewSession login{ann.user, new_id<SessionId>(), new_hash(), kHour};
    check_each_is_one({
        {"insert_task",
         [&] {
           return bool(store::insert_task(database_now, ann.writes(), new_id<TaskId>(), {"x", "", {}}, kQuota,
                                          {}, stamp()));
         }},
        {"find_task", [&] { return bool(store::find_task(database_now, ann.reads(), id)); }},
        {"list_tasks",
         [&] {
           return bool(store::list_tasks(database_now, ann.reads(), {{}, 20, 0, {}, {}}));
         }},
        {"list_tasks with a total",
         [&] {
           return store::list_tasks(database_now, ann.reads(),
                                    {{}, 20, 0, {}, store::TaskListing::Total::count})
               ->total.has_value();
         }},
        {"insert_task with a key",
         [&] {
           return bool(store::insert_task(database_now, ann.writes(), new_id<TaskId>(), {"x", "", {}}, kQuota,
                                          new_key(), stamp()));
         }},
        {"apply_batch",
         [&] {
           const TaskId made = new_id<TaskId>();
           const auto records = new_ids<AuditId>(2);
           return bool(store::apply_batch(database_now, ann.writes(), {{{"x", "", {}}}, {}, {}}, {&made, 1},
                                          records, kQuota, {}, origin));
         }},
        {"export_tasks",
         [&] { return bool(store::export_tasks(database_now, ann.reads(), {}, 10, stamp())); }},
        {"update_task",
         [&] {
           return bool(store::update_task(database_now, ann.writes(), id, {"y", {}, {}}, {}, stamp()));
         }},
        {"delete_task",
         [&] {
           return bool(
               store::delete_task(database_now, ann.writes(), id, {}, kQuota, new_id<AuditId>(), stamp()));
         }},
        {"delete_task again",
         [&] {
           return !store::delete_task(database_now, ann.writes(), id, {}, kQuota, new_id<AuditId>(), stamp());
         }},
        {"restore_task",
         [&] { return bool(store::restore_task(database_now, ann.writes(), id, {}, kQuota, stamp())); }},
        {"erase_task", [&] { return bool(store::erase_task(database_now, ann.writes(), id, {}, stamp())); }},
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
        {"list_sessions", [&] { return bool(store::list_sessions(database_now, ann.profile())); }},
        {"end_session",
         [&] { return !store::end_session(database_now, ann.profile(), bob.session, stamp()); }},
        {"record_denied",
         [&] {
           store::record_denied(database_now, model::AuditAction::account_register, stamp());
           return true;
         }},
        {"record_failure",
         [&] {
           store::record_failure(database_now, model::AuditAction::session_login, ann.user, "x", stamp());
           return true;
         }},
        {"list_activity",
         [&] { return bool(store::list_activity(database_now, ann.profile(), 10, std::nullopt)); }},
        {"search_audit",
         [&] {
           return bool(store::search_audit(database_now, someone(model::Role::admin).administers(), {{}, 10},
                                           {model::AuditAction::audit_read}, stamp()));
         }},
    });
  }

  /// Everything there is to codes, limits, locks and one's own account. The session of Ann is there till
  /// the end.
  void check_ways_in(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& database_now = *connection;
    const store::LockSubject subject{store::LockSubject::Kind::username, "x"};
    const auto new_code = [&](model::CodePurpose purpose) {
      return store::NewCode{purpose, new_hash(), new_hash(), new_hash(), new_hash()};
    };
    const auto mail = [&] {
      return store::SealedMail{new_id<model::MailId>(), model::MailKind::login_code, "sealed", kHour};
    };
    using model::CodePurpose;
    const store::NewCode login = new_code(CodePurpose::login);
    const store::NewCode reset = new_code(CodePurpose::password_reset);
    const store::NewCode change = new_code(CodePurpose::email_change);
    const auto right = [](const store::NewCode& code) {
      return store::CodeTry{code.purpose, code.subject, code.code, code.challenge};
    };
    const store::SealedMail letter = mail();
    const std::string email = "ann" + std::to_string(static_cast<int>(preparation)) + "@example.com";
    check_each_is_one({
        {"count_attempt",
         [&] { return !store::count_attempt(database_now, model::kLoginLimit, "x", stamp()); }},
        {"find_own_login", [&] { return bool(store::find_own_login(database_now, ann.profile())); }},
        {"count_failed_login",
         [&] {
           return bool(store::count_failed_login(database_now, model::AuditAction::session_login, subject, {},
                                                 store::LoginFailure::wrong_password, new_id<AuditId>(),
                                                 stamp()));
         }},
        {"rehash_password",
         [&] {
           store::rehash_password(database_now, ann.user, "a hash", "hash 2");
           return true;
         }},
        {"change_password",
         [&] {
           return bool(store::change_password(database_now, ann.profile(), "hash 2", "a hash", stamp()));
         }},
        {"change_profile",
         [&] {
           return bool(store::change_profile(database_now, ann.profile(), {"Ann", "annie"}, stamp()));
         }},
        {"request_code", [&] { return bool(store::request_code(database_now, login, mail(), stamp())); }},
        {"request_code again", [&] { return !store::request_code(database_now, login, mail(), stamp()); }},
        {"request_code of an account",
         [&] { return bool(store::request_code(database_now, reset, email, mail(), mail(), stamp())); }},
        {"request_code as caller",
         [&] { return bool(store::request_code(database_now, ann.profile(), change, mail(), stamp())); }},
        {"change_email",
         [&] {
           return bool(
               store::change_email(database_now, ann.profile(), {right(change), email, {}, letter}, stamp()));
         }},
        {"insert_session by code",
         [&] {
           return bool(store::insert_session(database_now,
                                             {right(login),
                                              email,
                                              {ann.user, new_id<SessionId>(), new_hash(), kHour},
                                              letter,
                                              store::CodeLogin::Account::there,
                                              new_id<AuditId>(),
                                              new_id<AuditId>(),
                                              model::Role::user},
                                             stamp()));
         }},
        {"delete_account by code",
         [&] { return !store::delete_account(database_now, ann.profile(), right(login), stamp()); }},
        {"delete_account",
         [&] { return !store::delete_account(database_now, ann.profile(), "another hash", stamp()); }},
        {"reset_password",
         [&] {
           return bool(store::reset_password(database_now, right(reset), email, "a hash", new_id<AuditId>(),
                                             stamp()));
         }},
    });
  }

  /// Everything there is to administration. There is one administrator, and Bob is another each time.
  void check_administration(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& database_now = *connection;
    const Someone root = someone(model::Role::admin);
    const auto access = root.administers();
    const auto someone_else = someone();
    const auto third = someone();
    const store::Actor the_operator = store::Actor::the_operator();
    const auto order = [&] {
      store::AccountChangeOrder out;
      out.user = someone_else.user;
      out.change.name = "Bob " + new_id<UserId>().text();
      out.unlock_record = new_id<AuditId>();
      out.reset_record = new_id<AuditId>();
      return out;
    };
    check_each_is_one({
        {"read_dashboard", [&] { return bool(store::read_dashboard(database_now, access, stamp())); }},
        {"list_accounts",
         [&] {
           return bool(store::list_accounts(database_now, access,
                                            {{}, 10, {}, store::AccountListing::Total::count}, stamp()));
         }},
        {"list_accounts by the operator",
         [&] {
           return bool(store::list_accounts(database_now, the_operator, {{}, 10, {}, {}}, stamp()));
         }},
        {"read_account",
         [&] { return bool(store::read_account(database_now, access, someone_else.user, stamp())); }},
        {"read_account by the operator",
         [&] { return bool(store::read_account(database_now, the_operator, someone_else.user, stamp())); }},
        {"find_addressee",
         [&] { return bool(store::find_addressee(database_now, access, someone_else.user)); }},
        {"find_account", [&] { return store::find_account(database_now, root.user.text()).has_value(); }},
        {"change_account",
         [&] { return bool(store::change_account(database_now, access, order(), stamp())); }},
        {"change_account by the operator",
         [&] { return bool(store::change_account(database_now, the_operator, order(), stamp())); }},
        {"list_sessions_of",
         [&] { return store::list_sessions_of(database_now, someone_else.user, stamp()).size() == 1; }},
        {"end_session_of",
         [&] {
           return bool(store::end_session_of(database_now, someone_else.user, someone_else.session, stamp()));
         }},
        {"end_sessions",
         [&] { return bool(store::end_sessions(database_now, access, someone_else.user, stamp())); }},
        {"delete_account by the operator",
         [&] { return bool(store::delete_account(database_now, the_operator, third.user, stamp())); }},
        {"delete_account by an administrator",
         [&] { return bool(store::delete_account(database_now, access, someone_else.user, stamp())); }},
    });
    set_role(root, model::Role::user);
  }
};

BOOST_FIXTURE_TEST_SUITE(round_trips, RoundTripFixture)

BOOST_AUTO_TEST_CASE(each_function_is_one_statement) {
  check_tasks_and_sessions(db::Preparation::kept);
  check_ways_in(db::Preparation::kept);
  check_administration(db::Preparation::kept);
}

BOOST_AUTO_TEST_CASE(each_function_is_one_statement_where_none_are_kept) {
  check_tasks_and_sessions(db::Preparation::each_time);
  check_ways_in(db::Preparation::each_time);
  check_administration(db::Preparation::each_time);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
