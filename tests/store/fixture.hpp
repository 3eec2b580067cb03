// The base of every store test: its own database, connections as the service and as the owner, users with
// sessions inserted by SQL, and access to the audit record.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/result.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/user.hpp"
#include "taskward/store/owner_hints.hpp"
#include "taskward/store/sessions.hpp"
#include "tests/support/any_access.hpp"
#include "tests/support/throwaway_database.hpp"

namespace taskward::testing {

/// The server of this test run.
ThrowawayServer& server();

using Lines = std::vector<std::string>;

inline constexpr std::string_view kRootSecret = "a root secret of the tests, thirty-two bytes or more";
inline constexpr std::chrono::seconds kHour{3600};
/// A task quota that no test reaches unless it sets its own.
inline constexpr int kQuota = 100'000;

/// "ok", or the error code.
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(facts(result.error().code).name);
}

inline std::int64_t count_of(const Lines& all, std::string_view line) {
  return std::count(all.begin(), all.end(), line);
}

/// Polls the condition. Returns whether it held within 30 seconds.
bool wait_until(const std::function<bool()>& condition);
/// Connects as soon as the pause after a failed attempt is over.
void reconnect(db::Connection& connection);

/// A user with a live session and its current refresh token.
struct TestUser {
  UserId user;
  SessionId session;
  crypto::Sha256 token{};
  bool is_former = false;  ///< the token is in taskward.refresh_tokens

  template <model::Permission P>
  [[nodiscard]] model::SessionAccess<P> access() const {
    return AnyAccess::of<P>(user, session);
  }
  [[nodiscard]] auto profile_access() const { return access<model::Permission::own_profile>(); }
  [[nodiscard]] auto read_access() const { return access<model::Permission::read_tasks>(); }
  [[nodiscard]] auto write_access() const { return access<model::Permission::write_tasks>(); }
  [[nodiscard]] auto admin_access() const { return access<model::Permission::administer>(); }
  [[nodiscard]] store::PresentedToken presented() const { return {user, session, token, is_former}; }
};

/// One audit record; "-" stands for null.
struct AuditRow {
  std::string action, outcome, reason, actor, actor_role, object_type, object, changed, request, address,
      agent;
  /// "action outcome reason"
  [[nodiscard]] std::string line() const { return action + ' ' + outcome + ' ' + reason; }
};

class StoreFixture {
 public:
  explicit StoreFixture(ThrowawayDatabase::Schema schema = ThrowawayDatabase::Schema::migrated,
                        ThrowawayServer& on = server());

  ThrowawayDatabase database;
  SystemClock clock;
  crypto::SystemRandom random;
  Log log;
  db::Connection service;
  db::Connection owner;

  /// Opens another connection as the service. Thread-safe.
  std::unique_ptr<db::Connection> connect(db::Preparation preparation = db::Preparation::on_first_use);
  /// The first `count` of the connections for concurrent work, which stay open until the test ends.
  std::span<const std::unique_ptr<db::Connection>> connections(int count);

  template <class Id>
  Id new_id() {
    return Id::make(clock, random);
  }
  crypto::Sha256 new_hash();
  /// A refresh token that is issued now.
  store::IssuedToken new_token();
  model::AuditStamp stamp() { return {new_id<AuditId>(), origin}; }
  model::Origin origin{"request-1", "192.0.2.7", "a test"};
  store::OwnerHints hints;

  TestUser new_user(model::Role role = model::Role::user, const std::string& username = {});
  /// Another session of the same user.
  TestUser new_session(const TestUser& who);
  /// The same, begun by an older release.
  TestUser new_former_session(const TestUser& who);
  void set_role(const TestUser& who, model::Role role);
  void deactivate(const TestUser& who);
  void revoke(const TestUser& who);
  void expire(const TestUser& who);

  /// Runs as the owner.
  void execute(const std::string& sql) { owner.execute(sql); }
  /// The first column of the first row of the result.
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);
  /// The number of rows of a table of the schema taskward. `table` may be followed by joins and a where
  /// clause.
  std::int64_t count_rows(const std::string& table) {
    return number("select count(*) from taskward." + table);
  }
  bool is_alive(const TestUser& who);
  /// Waits until `connections` connections of the service to this database wait for a lock. Uses the owner's
  /// connection.
  void wait_for_blocked(int connections);

  std::vector<AuditRow> audit();
  /// Each audit record as "action outcome reason", oldest first.
  Lines audit_lines();
  Lines sorted_audit_lines();
  void clear_audit() { execute("truncate taskward.audit"); }

 private:
  std::vector<std::unique_ptr<db::Connection>> connections_;
};

/// A database without a schema.
class EmptyFixture : public StoreFixture {
 public:
  EmptyFixture() : StoreFixture(ThrowawayDatabase::Schema::none) {}
};

}  // namespace taskward::testing
