// Each request that succeeds sends exactly one statement to the database.
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
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

struct RoundTripFixture : TaskFixture {
  RoundTripFixture() {
    db::Connection superuser({database.superuser(), "test"}, log);
    superuser.execute("alter role taskward in database " + database.name() + " set log_statement = 'all'");
  }

  /// The number of statements that the service has sent to this database since the last call.
  std::int64_t newly_sent() {
    const std::string written = '\n' + server().log(seen_);
    seen_ += written.size() - 1;
    const std::string prefix = '\n' + database.name() + "|taskward|LOG:  ";
    std::int64_t count = 0;
    for (std::size_t at = written.find(prefix); at != std::string::npos; at = written.find(prefix, at + 1)) {
      const std::string_view rest = std::string_view(written).substr(at + prefix.size());
      if (rest.starts_with("execute ") || rest.starts_with("statement: ")) ++count;
    }
    return count;
  }

  using Call = std::pair<const char*, std::function<bool()>>;

  void check_each_sends_one(const std::vector<Call>& calls) {
    for (const auto& [name, call] : calls) {
      static_cast<void>(newly_sent());
      BOOST_TEST(call(), name);
      const std::int64_t sent = newly_sent();
      BOOST_TEST(sent == 1, name << " sent " << sent << " statements");
    }
  }

  void check_tasks_and_sessions(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& client = *connection;
    const TaskId id = new_task(ann).id;
    const store::NewSession login{ann.user, new_id<SessionId>(), new_hash(), kHour};
    check_each_sends_one({
        {"insert_task",
         [&] {
           return bool(store::insert_task(client, hints, ann.write_access(), new_id<TaskId>(), {"x", "", {}},
                                          kQuota, {}, stamp()));
         }},
        {"find_task", [&] { return bool(store::find_task(client, ann.read_access(), id)); }},
        {"list_tasks",
         [&] {
           return bool(store::list_tasks(client, hints, ann.read_access(), {{}, 20, 0, {}, {}}));
         }},
        {"list_tasks with a total",
         [&] {
           return store::list_tasks(client, hints, ann.read_access(),
                                    {{}, 20, 0, {}, store::TaskListing::Total::count})
               ->total.has_value();
         }},
        {"insert_task with a key",
         [&] {
           return bool(store::insert_task(client, hints, ann.write_access(), new_id<TaskId>(), {"x", "", {}},
                                          kQuota, new_key(), stamp()));
         }},
        {"apply_batch",
         [&] {
           const TaskId made = new_id<TaskId>();
           const auto records = new_ids<AuditId>(2);
           return bool(store::apply_batch(client, ann.write_access(), {{{"x", "", {}}}, {}, {}}, {&made, 1},
                                          records, kQuota, {}, origin));
         }},
        {"export_tasks",
         [&] { return bool(store::export_tasks(client, ann.read_access(), {}, 10, stamp())); }},
        {"update_task",
         [&] {
           return bool(store::update_task(client, ann.write_access(), id, {"y", {}, {}}, {}, stamp()));
         }},
        {"delete_task",
         [&] {
           return bool(
               store::delete_task(client, ann.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp()));
         }},
        {"delete_task again",
         [&] {
           return !store::delete_task(client, ann.write_access(), id, {}, kQuota, new_id<AuditId>(), stamp());
         }},
        {"restore_task",
         [&] { return bool(store::restore_task(client, ann.write_access(), id, {}, kQuota, stamp())); }},
        {"erase_task", [&] { return bool(store::erase_task(client, ann.write_access(), id, {}, stamp())); }},
        {"find_own_profile", [&] { return bool(store::find_own_profile(client, ann.profile_access())); }},
        {"insert_account",
         [&] {
           return bool(store::insert_account(client,
                                             {new_id<UserId>(), {}, "u" + new_id<UserId>().text(), "x", {}},
                                             store::CreatedBy::self, stamp()));
         }},
        {"find_login",
         [&] { return store::find_login(client, model::AccountName::of("ann"), "x").user.has_value(); }},
        {"insert_session",
         [&] {
           return store::insert_session(client, login, {store::LockSubject::Kind::username, "x"}, "a hash",
                                        stamp())
               ->has_value();
         }},
        {"rotate_token",
         [&] {
           return bool(store::rotate_token(client, {ann.user, *login.id, login.token_hash}, new_token(),
                                           kHour, stamp()));
         }},
        {"revoke_sessions",
         [&] {
           return bool(
               store::revoke_sessions(client, ann.profile_access(), model::LogoutScope::others, stamp()));
         }},
        {"list_sessions", [&] { return bool(store::list_sessions(client, ann.profile_access())); }},
        {"end_session",
         [&] { return !store::end_session(client, ann.profile_access(), bob.session, stamp()); }},
        {"record_denied",
         [&] {
           store::record_denied(client, model::AuditAction::account_register, stamp());
           return true;
         }},
        {"record_failure",
         [&] {
           store::record_failure(client, model::AuditAction::session_login, ann.user, "x", stamp());
           return true;
         }},
        {"list_activity",
         [&] { return bool(store::list_activity(client, ann.profile_access(), 10, std::nullopt)); }},
        {"search_audit",
         [&] {
           return bool(store::search_audit(client, new_user(model::Role::admin).admin_access(), {{}, 10},
                                           {model::AuditAction::audit_read}, stamp()));
         }},
    });
  }

  /// By a personal access token, which costs no more than a session; and the actions on tokens.
  void check_tokens(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& client = *connection;
    const TaskId id = new_task(bob).id;
    const TestToken token = new_token_of(*this, bob.user);
    const TestUser boss = new_user(model::Role::admin);
    const TestToken of_boss = new_token_of(*this, boss.user);
    const auto admin = of_boss.admin_access();
    store::NewToken more{new_id<PersonalTokenId>(), new_hash(), "x", {}, kHour};
    more.scopes.add(model::Scope::tasks_read);
    check_each_sends_one({
        {"find_token", [&] { return store::find_token(client, token.hash).has_value(); }},
        {"find_task", [&] { return bool(store::find_task(client, token.read_access(), id)); }},
        {"list_tasks",
         [&] {
           return bool(store::list_tasks(client, hints, token.read_access(), {{}, 20, 0, {}, {}}));
         }},
        {"insert_task",
         [&] {
           return bool(store::insert_task(client, hints, token.write_access(), new_id<TaskId>(),
                                          {"x", "", {}}, kQuota, new_key(), stamp()));
         }},
        {"apply_batch",
         [&] {
           const TaskId made = new_id<TaskId>();
           const auto records = new_ids<AuditId>(2);
           return bool(store::apply_batch(client, token.write_access(), {{{"x", "", {}}}, {}, {}}, {&made, 1},
                                          records, kQuota, {}, origin));
         }},
        {"export_tasks",
         [&] { return bool(store::export_tasks(client, token.read_access(), {}, 10, stamp())); }},
        {"update_task",
         [&] {
           return bool(store::update_task(client, token.write_access(), id, {"y", {}, {}}, {}, stamp()));
         }},
        {"find_own_profile", [&] { return bool(store::find_own_profile(client, token.profile_access())); }},
        {"list_accounts",
         [&] {
           return bool(store::list_accounts(client, admin, {{}, 10}, stamp()));
         }},
        {"read_dashboard", [&] { return bool(store::read_dashboard(client, admin, stamp())); }},
        {"record_token_use",
         [&] {
           store::record_token_use(client, bob.user, token.id, "192.0.2.7");
           return true;
         }},
        {"insert_token",
         [&] { return bool(store::insert_token(client, bob.profile_access(), more, stamp())); }},
        {"list_tokens", [&] { return bool(store::list_tokens(client, bob.profile_access())); }},
        {"rename_token",
         [&] { return bool(store::rename_token(client, bob.profile_access(), more.id, "y", stamp())); }},
        {"revoke_token",
         [&] { return bool(store::revoke_token(client, bob.profile_access(), more.id, stamp())); }},
        {"list_tokens_of", [&] { return bool(store::list_tokens_of(client, admin, bob.user, stamp())); }},
        {"revoke_tokens_of", [&] { return bool(store::revoke_tokens_of(client, admin, bob.user, stamp())); }},
    });
  }

  /// Codes, rate limits, locks and the own account. Ann's session stays live until the last call.
  void check_authentication(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& client = *connection;
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
    const auto right_code = [](const store::NewCode& code) {
      return store::CodeAttempt{code.purpose, code.subject, code.code, code.challenge};
    };
    const store::SealedMail notice = mail();
    const std::string email = "ann" + std::to_string(static_cast<int>(preparation)) + "@example.com";
    check_each_sends_one({
        {"count_attempt", [&] { return !store::count_attempt(client, model::kLoginLimit, "x", stamp()); }},
        {"find_own_login", [&] { return bool(store::find_own_login(client, ann.profile_access())); }},
        {"count_failed_login",
         [&] {
           return bool(store::count_failed_login(client, model::AuditAction::session_login, subject, {},
                                                 store::LoginFailure::wrong_password, new_id<AuditId>(),
                                                 stamp()));
         }},
        {"rehash_password",
         [&] {
           store::rehash_password(client, ann.user, "a hash", "hash 2");
           return true;
         }},
        {"change_password",
         [&] {
           return bool(store::change_password(client, ann.profile_access(), "hash 2", "a hash", stamp()));
         }},
        {"change_profile",
         [&] {
           return bool(store::change_profile(client, ann.profile_access(), {"Ann", "annie"}, stamp()));
         }},
        {"request_code", [&] { return bool(store::request_code(client, login, mail(), stamp())); }},
        {"request_code again", [&] { return !store::request_code(client, login, mail(), stamp()); }},
        {"request_code of an account",
         [&] { return bool(store::request_code(client, reset, email, mail(), mail(), stamp())); }},
        {"request_code as caller",
         [&] { return bool(store::request_code(client, ann.profile_access(), change, mail(), stamp())); }},
        {"change_email",
         [&] {
           return bool(store::change_email(client, ann.profile_access(),
                                           {right_code(change), email, {}, notice}, stamp()));
         }},
        {"insert_session by code",
         [&] {
           return bool(store::insert_session(client,
                                             {right_code(login),
                                              email,
                                              {ann.user, new_id<SessionId>(), new_hash(), kHour},
                                              notice,
                                              store::CodeLogin::Account::there,
                                              new_id<AuditId>(),
                                              new_id<AuditId>(),
                                              model::Role::user},
                                             stamp()));
         }},
        {"delete_account by code",
         [&] { return !store::delete_account(client, ann.profile_access(), right_code(login), stamp()); }},
        {"delete_account",
         [&] { return !store::delete_account(client, ann.profile_access(), "another hash", stamp()); }},
        {"reset_password",
         [&] {
           return bool(
               store::reset_password(client, right_code(reset), email, "a hash", new_id<AuditId>(), stamp()));
         }},
    });
  }

  /// Administration, with one administrator and another user.
  void check_administration(db::Preparation preparation) {
    const auto connection = connect(preparation);
    db::Connection& client = *connection;
    const TestUser root = new_user(model::Role::admin);
    const auto access = root.admin_access();
    const auto user = new_user();
    const auto deleted_user = new_user();
    const store::Actor the_operator = store::Actor::the_operator();
    const auto order = [&] {
      store::AccountChangeOrder out;
      out.user = user.user;
      out.change.name = "Bob " + new_id<UserId>().text();
      out.unlock_record = new_id<AuditId>();
      out.reset_record = new_id<AuditId>();
      return out;
    };
    check_each_sends_one({
        {"read_dashboard", [&] { return bool(store::read_dashboard(client, access, stamp())); }},
        {"list_accounts",
         [&] {
           return bool(store::list_accounts(client, access, {{}, 10, {}, store::AccountListing::Total::count},
                                            stamp()));
         }},
        {"list_accounts by the operator",
         [&] {
           return bool(store::list_accounts(client, the_operator, {{}, 10, {}, {}}, stamp()));
         }},
        {"read_account", [&] { return bool(store::read_account(client, access, user.user, stamp())); }},
        {"read_account by the operator",
         [&] { return bool(store::read_account(client, the_operator, user.user, stamp())); }},
        {"find_addressee", [&] { return bool(store::find_addressee(client, access, user.user, stamp())); }},
        {"find_account", [&] { return store::find_account(client, root.user.text()).has_value(); }},
        {"change_account", [&] { return bool(store::change_account(client, access, order(), stamp())); }},
        {"change_account by the operator",
         [&] { return bool(store::change_account(client, the_operator, order(), stamp())); }},
        {"list_sessions_of", [&] { return store::list_sessions_of(client, user.user, stamp()).size() == 1; }},
        {"end_session_of",
         [&] { return bool(store::end_session_of(client, user.user, user.session, stamp())); }},
        {"end_sessions", [&] { return bool(store::end_sessions(client, access, user.user, stamp())); }},
        {"delete_account by the operator",
         [&] { return bool(store::delete_account(client, the_operator, deleted_user.user, stamp())); }},
        {"delete_account by an administrator",
         [&] { return bool(store::delete_account(client, access, user.user, stamp())); }},
    });
    set_role(root, model::Role::user);
  }

 private:
  std::size_t seen_ = 0;
};

BOOST_FIXTURE_TEST_SUITE(round_trips, RoundTripFixture)

BOOST_AUTO_TEST_CASE(each_function_sends_one_statement) {
  check_tasks_and_sessions(db::Preparation::on_first_use);
  check_authentication(db::Preparation::on_first_use);
  check_administration(db::Preparation::on_first_use);
  check_tokens(db::Preparation::on_first_use);
}

BOOST_AUTO_TEST_CASE(each_function_sends_one_statement_without_prepared_statements) {
  check_tasks_and_sessions(db::Preparation::each_time);
  check_authentication(db::Preparation::each_time);
  check_administration(db::Preparation::each_time);
  check_tokens(db::Preparation::each_time);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
