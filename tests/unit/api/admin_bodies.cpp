#include "taskward/api/admin_bodies.hpp"

#include <boost/test/unit_test.hpp>

#include "support_bodies.hpp"

namespace taskward::api {
namespace {

using testing::read_as;
using testing::read_of;

std::string create_errors(std::string_view body) { return read_of(account_order_shape(), body); }
std::string change_errors(std::string_view body) { return read_of(account_change_shape(), body); }

BOOST_AUTO_TEST_SUITE(admin_bodies)

BOOST_AUTO_TEST_CASE(account_requires_an_email_or_a_username_with_a_password) {
  BOOST_TEST(create_errors(R"({"email":"a@example.com"})") == "ok");
  BOOST_TEST(create_errors(R"({"username":"ann","password":"a long secret"})") == "ok");
  BOOST_TEST(create_errors("{}") == "email required");
  BOOST_TEST(create_errors(R"({"username":"ann"})") == "password required");
  BOOST_TEST(create_errors(R"({"password":"a long secret"})") == "email required");
}

BOOST_AUTO_TEST_CASE(every_field_of_a_new_account_is_parsed) {
  const auto read =
      read_as(account_order_shape(),
              R"({"email":"a@example.com","username":"ann","name":"Ann","password":"a long secret",)"
              R"("role":"admin","is_active":false})");
  BOOST_TEST_REQUIRE(testing::outcome(read) == "ok");
  BOOST_TEST(read->name.value() == "Ann");
  BOOST_TEST(read->password->reveal() == "a long secret");
  BOOST_TEST((read->role == model::Role::admin));
  BOOST_TEST(!read->is_active);
  const auto bare = read_as(account_order_shape(), R"({"email":"a@example.com"})");
  BOOST_TEST(bare->is_active);
  BOOST_TEST(!bare->role.has_value());
}

BOOST_AUTO_TEST_CASE(all_errors_of_a_new_account_are_reported) {
  BOOST_TEST(
      create_errors(
          R"({"email":"x","username":"a b c","name":"a\nb","password":"short","role":"king","is_active":1,)"
          R"("id":"x"})") ==
      "email too_short, username invalid_format, name invalid_character, password too_short, "
      "role invalid_value, is_active wrong_type, id unknown_member");
}

BOOST_AUTO_TEST_CASE(account_change_contains_only_the_fields_present) {
  const auto none = read_as(account_change_shape(), "{}");
  BOOST_TEST_REQUIRE(testing::outcome(none) == "ok");
  BOOST_TEST((!none->role && !none->is_active && !none->email && !none->username && !none->name));
  BOOST_TEST((!none->unlock && !none->reset_password));
  const auto all =
      read_as(account_change_shape(),
              R"({"role":"guest","is_active":false,"email":"a@example.com","username":"ann","name":null,)"
              R"("locked":false,"password_reset":true})");
  BOOST_TEST_REQUIRE(testing::outcome(all) == "ok");
  BOOST_TEST((all->role == model::Role::guest));
  BOOST_TEST(!all->is_active.value());
  BOOST_TEST(all->email.value() == "a@example.com");
  BOOST_TEST(all->username.value() == "ann");
  BOOST_TEST(all->name.value() == "");
  BOOST_TEST((all->unlock && all->reset_password));
}

BOOST_AUTO_TEST_CASE(admin_cannot_lock_accounts_or_null_required_fields) {
  BOOST_TEST(change_errors(R"({"locked":true})") == "locked invalid_value");
  BOOST_TEST(change_errors(R"({"password_reset":false})") == "password_reset invalid_value");
  BOOST_TEST(
      change_errors(R"({"locked":null,"is_active":null,"role":null,"email":null,"username":null})") ==
      "role wrong_type, is_active wrong_type, email wrong_type, username wrong_type, locked wrong_type");
  BOOST_TEST(change_errors(R"({"password":"a long secret"})") == "password unknown_member");
}

model::AccountDetail account_detail() {
  model::AccountDetail account;
  account.username = "ann";
  account.locked_until.email = Timestamp(std::chrono::seconds(1));
  account.live_sessions = 2;
  account.tasks = {1, 2, 3, 4};
  account.events = 5;
  return account;
}

BOOST_AUTO_TEST_CASE(account_detail_contains_the_state_but_no_password_hash) {
  json::Writer w;
  write_object(w, account_detail(), account_detail_parts());
  BOOST_TEST(w.take() ==
             R"({"id":"00000000-0000-0000-0000-000000000000","email":null,"username":"ann","name":null,)"
             R"("email_verified":false,"role":"user","is_active":true,"has_second_factor":false,)"
             R"("created_at":"1970-01-01T00:00:00.000Z",)"
             R"("state":"locked","updated_at":"1970-01-01T00:00:00.000Z","last_login_at":null,)"
             R"("locked_until":{"email":"1970-01-01T00:00:01.000Z","username":null,"session":null},)"
             R"("live_sessions":2,"tasks":{"by_status":{"todo":1,"in_progress":2,"done":3},"trash":4},)"
             R"("last_24_hours":{"security_events":5}})");
}

BOOST_AUTO_TEST_CASE(account_state_is_derived_from_is_active_and_locks) {
  model::Account account;
  BOOST_TEST((account.state() == model::AccountState::active));
  for (auto lock :
       {&model::AccountLocks::email, &model::AccountLocks::username, &model::AccountLocks::caller}) {
    model::Account locked;
    locked.locked_until.*lock = Timestamp();
    BOOST_TEST((locked.state() == model::AccountState::locked));
    locked.is_active = false;
    BOOST_TEST((locked.state() == model::AccountState::inactive));
  }
}

BOOST_AUTO_TEST_CASE(dashboard_json_contains_every_field) {
  model::Dashboard board;
  board.users_by_role = {1, 2, 3};
  board.users_by_state = {4, 5, 6};
  board.locked_accounts = 7;
  board.tasks = {8, 9, 10, 11};
  board.live_sessions = 12;
  board.logins = 13;
  board.login_failures = 14;
  board.mail_waiting = 15;
  board.mail_dead = 16;
  model::AuditRecord event;
  event.action = "session.login";
  event.outcome = "failure";
  event.actor_id = UserId{};
  board.events.push_back(event);
  json::Writer w;
  write_object(w, board, dashboard_parts());
  BOOST_TEST(
      w.take() ==
      R"({"users":{"by_role":{"guest":1,"user":2,"admin":3},"by_state":{"active":4,"inactive":5,"locked":6}},)"
      R"("locked_accounts":7,"tasks":{"by_status":{"todo":8,"in_progress":9,"done":10},"trash":11},)"
      R"("live_sessions":12,"last_24_hours":{"logins":13,"login_failures":14},"mail":{"waiting":15,"dead":16},)"
      R"("security_events":[{"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00.000Z",)"
      R"("actor_id":"00000000-0000-0000-0000-000000000000","actor_role":null,"action":"session.login",)"
      R"("object_type":null,"object_id":null,"outcome":"failure","reason":null,"client_address":null,)"
      R"("request_id":null,"token_id":null}]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
