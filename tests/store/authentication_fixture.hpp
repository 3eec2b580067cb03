// Codes, rate limits and lockouts at the level of use cases: readable mail, simulated time and concurrent
// workers.
#pragma once

#include <string>
#include <vector>

#include "concurrently.hpp"
#include "domain_fixture.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/domain/passwords.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {

/// A mailed code and the challenge that was returned with it.
struct SentCode {
  std::string otp;
  std::string challenge;
};

struct AuthenticationFixture : DomainFixture {
  static constexpr const char* kAnn = "ann@example.com";

  AuthenticationFixture() { static_cast<void>(resources.tokens()); }  // loaded before threads need them

  /// The use cases on another connection, as in another worker.
  domain::Resources resources_on(db::Connection& connection) {
    return {connection,   clock, random, keys,   passwords, hashing,     password_policy,
            derived_keys, rules, meter,  health, hints,     known_tokens};
  }

  /// All mail in the outbox, decrypted, oldest first.
  std::vector<model::Mail> queued_mail() {
    const db::Rows rows =
        owner.query("select id, kind, sealed from taskward.outbox order by created_at, id", db::Params());
    std::vector<model::Mail> out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      db::RowReader row = rows.row(r);
      const auto id = row.id<model::MailId>();
      const auto kind = model::mail_kind(row.text()).value();
      auto mail = domain::open_mail(derived_keys.mail, id, kind, row.text());
      BOOST_TEST_REQUIRE(mail.has_value());
      out.push_back(std::move(*mail));
    }
    return out;
  }
  /// Each queued mail as "kind recipient".
  Lines mail_lines() {
    Lines out;
    for (const model::Mail& mail : queued_mail())
      out.push_back(std::string(model::name(mail.kind)) + ' ' + mail.to);
    return out;
  }

  SentCode sent_code(const Result<domain::CodeRequested>& requested) {
    BOOST_TEST_REQUIRE(outcome(requested) == "ok");
    return {queued_mail().back().fields.at("code"), std::string(requested->challenge.reveal())};
  }
  SentCode login_code(const std::string& email) {
    return sent_code(domain::request_login_code(resources, email, origin));
  }
  SentCode reset_code(const std::string& email) {
    return sent_code(domain::request_password_reset(resources, email, origin));
  }

  static domain::SubmittedCode without_challenge(const std::string& otp) {
    return {Secret(otp), std::nullopt};
  }
  static domain::SubmittedCode without_challenge(const SentCode& code) { return without_challenge(code.otp); }
  static domain::SubmittedCode with_challenge(const SentCode& code) {
    return {Secret(code.otp), Secret(code.challenge)};
  }
  static domain::SubmittedCode with_challenge(const std::string& otp, const SentCode& code) {
    return {Secret(otp), Secret(code.challenge)};
  }
  /// A wrong code; different values of `which` give different codes.
  static std::string wrong_otp(const SentCode& code, int which = 1) {
    std::string other = code.otp;
    for (std::size_t place = other.size(); which > 0 && place-- > 0; which /= 9)
      other[place] = static_cast<char>('0' + (other[place] - '0' + 1 + (which - 1) % 9) % 10);
    return other;
  }

  Result<model::TokenPair> code_login(const std::string& email, const domain::SubmittedCode& code) {
    return pair_of(domain::log_in(resources, email, code, origin));
  }
  /// "ok", or the error code of a login with the code.
  std::string code_login_outcome(const std::string& email, const domain::SubmittedCode& code) {
    return outcome(code_login(email, code));
  }
  /// Access with the access token of the pair.
  domain::OwnProfile access_of(const Result<model::TokenPair>& pair) {
    BOOST_TEST_REQUIRE(outcome(pair) == "ok");
    auto access = domain::Authentication::verify<model::Permission::own_profile>(resources,
                                                                                 pair->access_token.reveal());
    BOOST_TEST_REQUIRE(outcome(access) == "ok");
    return *access;
  }

  /// Locks the name by failed logins.
  void lock_name(const char* name) {
    for (int i = 0; i < model::kLockAfter; ++i) static_cast<void>(log_in(name, "wrong"));
  }

  /// Simulates the passage of time: moves codes, rate limits and locks into the past.
  void advance_time(std::chrono::seconds time) {
    const std::string by = "interval '" + std::to_string(time.count()) + " seconds'";
    execute("update taskward.one_time_codes set created_at = created_at - " + by +
            ", expires_at = expires_at - " + by + ";update taskward.attempts set last_at = last_at - " + by +
            ", refused_at = refused_at - " + by + ", moments = array(select m - " + by +
            " from unnest(moments) m order by m);"
            "update taskward.lockouts set locked_until = locked_until - " +
            by + ", last_failure_at = last_failure_at - " + by);
  }

  /// Creates a task for the user, with the permissions of the session.
  void create_task(const UserId& user, const SessionId& session) {
    const auto access = AnyAccess::of<model::Permission::write_tasks>(user, session);
    BOOST_TEST(outcome(store::insert_task(service, hints, access, new_id<TaskId>(), {"a task", "", {}},
                                          kQuota, {}, stamp())) == "ok");
  }
  /// Every row of every table, in lower case.
  std::string dump() {
    const db::Rows tables = owner.query(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'taskward' and c.relkind = 'r'",
        db::Params());
    std::string all;
    for (std::size_t r = 0; r < tables.size(); ++r) {
      all += text("select coalesce(string_agg(lower(t::text), ' '), '') from taskward." +
                  tables.row(r).text() + " t");
    }
    return all;
  }
};

}  // namespace taskward::testing
