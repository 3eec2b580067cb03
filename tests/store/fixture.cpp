#include "fixture.hpp"

#include <unistd.h>

#include <thread>

#include "taskward/store/schema.hpp"

namespace taskward::testing {

bool wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

void reconnect(db::Connection& connection) {
  wait_until([&] {
    try {
      connection.connect();
      return true;
    } catch (const db::Unavailable&) {
      return false;
    }
  });
}

StoreFixture::StoreFixture(ThrowawayDatabase::Schema schema, ThrowawayServer& on)
    : database(on, schema),
      log(STDERR_FILENO, LogLevel::error, clock),
      service({database.service(), "test", db::Preparation::on_first_use}, log, store::check_schema),
      owner({database.owner(), "test-owner"}, log) {}

std::unique_ptr<db::Connection> StoreFixture::connect(db::Preparation preparation) {
  auto connection = std::make_unique<db::Connection>(
      db::ConnectionOptions{database.service(), "test", preparation, std::chrono::seconds(60)}, log,
      store::check_schema);
  connection->connect();
  return connection;
}

std::span<const std::unique_ptr<db::Connection>> StoreFixture::connections(int count) {
  while (connections_.size() < static_cast<std::size_t>(count)) connections_.push_back(connect());
  return std::span(connections_).first(static_cast<std::size_t>(count));
}

crypto::Sha256 StoreFixture::new_hash() {
  crypto::Sha256 hash;
  random.fill(hash);
  return hash;
}

store::IssuedToken StoreFixture::new_token() {
  return {new_hash(), std::chrono::floor<std::chrono::seconds>(clock.now())};
}

TestUser StoreFixture::new_user(model::Role role, const std::string& username) {
  TestUser who;
  who.user = new_id<UserId>();
  const std::string name = username.empty() ? "u" + who.user.text() : username;
  owner.query(
      "insert into taskward.users (id, username, password_hash, role)"
      " values ($1::uuid, $2::text, 'a hash', $3::text)",
      db::Params().id(who.user).text(name).text(model::name(role)));
  return new_session(who);
}

TestUser StoreFixture::new_session(const TestUser& who) {
  const TestUser fresh{who.user, new_id<SessionId>(), new_hash()};
  owner.query(
      "insert into taskward.sessions (user_id, id, method, expires_at, token_hash)"
      " values ($1::uuid, $2::uuid, 'password', now() + interval '1 hour', $3::bytea)",
      db::Params().id(fresh.user).id(fresh.session).bytes(crypto::view(fresh.token)));
  return fresh;
}

TestUser StoreFixture::new_former_session(const TestUser& who) {
  const TestUser fresh{who.user, new_id<SessionId>(), new_hash(), true};
  owner.query(
      "insert into taskward.sessions (user_id, id, method, expires_at)"
      " values ($1::uuid, $2::uuid, 'password', now() + interval '1 hour')",
      db::Params().id(fresh.user).id(fresh.session));
  owner.query(
      "insert into taskward.refresh_tokens (user_id, token_hash, session_id, expires_at)"
      " values ($1::uuid, $2::bytea, $3::uuid, now() + interval '1 hour')",
      db::Params().id(fresh.user).bytes(crypto::view(fresh.token)).id(fresh.session));
  return fresh;
}

void StoreFixture::set_role(const TestUser& who, model::Role role) {
  owner.query("update taskward.users set role = $2::text where id = $1::uuid",
              db::Params().id(who.user).text(model::name(role)));
}

void StoreFixture::deactivate(const TestUser& who) {
  owner.query("update taskward.users set is_active = false where id = $1::uuid", db::Params().id(who.user));
}

void StoreFixture::revoke(const TestUser& who) {
  owner.query("update taskward.sessions set revoked_at = now(), revoked_reason = 'test' where id = $1::uuid",
              db::Params().id(who.session));
}

void StoreFixture::expire(const TestUser& who) {
  owner.query("update taskward.sessions set expires_at = now() where id = $1::uuid",
              db::Params().id(who.session));
}

std::int64_t StoreFixture::number(const std::string& sql) {
  return owner.query(sql, db::Params()).row(0).number();
}

std::string StoreFixture::text(const std::string& sql) {
  return owner.query(sql, db::Params()).row(0).text();
}

bool StoreFixture::is_alive(const TestUser& who) {
  return owner
      .query("select revoked_at is null and expires_at > now() from taskward.sessions where id = $1::uuid",
             db::Params().id(who.session))
      .row(0)
      .boolean();
}

void StoreFixture::wait_for_blocked(int connections) {
  const std::string waiting =
      "select count(distinct pid) from pg_locks where not granted and pid in"
      " (select pid from pg_stat_activity where datname = current_database() and usename = 'taskward')";
  wait_until([&] { return number(waiting) >= connections; });
}

std::vector<AuditRow> StoreFixture::audit() {
  const db::Rows rows = owner.query(
      "select action, outcome, coalesce(reason, '-'), coalesce(actor_id::text, '-'), coalesce(actor_role, "
      "'-'),"
      " coalesce(object_type, '-'), coalesce(object_id::text, '-'),"
      " coalesce(array_to_string(changed_fields, ' '), '-'), coalesce(request_id, '-'),"
      " coalesce(host(client_address), '-'), coalesce(user_agent, '-')"
      " from taskward.audit order by at, xid::text::bigint",
      db::Params());
  std::vector<AuditRow> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    AuditRow one;
    for (std::string* field :
         {&one.action, &one.outcome, &one.reason, &one.actor, &one.actor_role, &one.object_type, &one.object,
          &one.changed, &one.request, &one.address, &one.agent}) {
      *field = row.text();
    }
    out.push_back(std::move(one));
  }
  return out;
}

Lines StoreFixture::audit_lines() {
  Lines out;
  for (const AuditRow& row : audit()) out.push_back(row.line());
  return out;
}

Lines StoreFixture::sorted_audit_lines() {
  Lines out = audit_lines();
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace taskward::testing
