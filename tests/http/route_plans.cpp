#include "route_plans.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "load.hpp"

namespace taskward::test {
namespace {

std::vector<std::string> columns(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find("  ", at), line.size());
    out.push_back(line.substr(at, end - at));
    at = std::min(line.find_first_not_of(' ', end), line.size());
  }
  return out;
}

std::optional<std::string> new_account(RouteFixture&) {
  return R"({"email":")" + new_email() + R"(","password":"a long enough secret"})";
}
std::optional<std::string> known_account(RouteFixture& fixture) { return credentials(fixture.other); }
std::optional<std::string> fresh_token(RouteFixture& fixture) {
  return R"({"refresh_token":")" + log_in(fixture.stack, fixture.other).refresh + "\"}";
}
std::optional<std::string> fresh_address(RouteFixture&) { return R"({"email":")" + new_email() + "\"}"; }
std::optional<std::string> wrong_code(RouteFixture&) {
  return R"({"email":"nobody@example.org","otp":"000000"})";
}
/// Well-formed, but of no passkey.
constexpr const char* kAssertion =
    R"({"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"YQ","authenticatorData":"YQ","signature":"YQ"}})";
std::optional<std::string> wrong_passkey(RouteFixture&) {
  return R"({"credential":)" + std::string(kAssertion) + '}';
}
std::optional<std::string> wrong_registration(RouteFixture&) {
  return R"({"name":"Phone","credential":{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"YQ","attestationObject":"YQ"}}})";
}
std::optional<std::string> task(RouteFixture&) { return R"({"title":"Coffee"})"; }

}  // namespace

std::vector<Row> route_table(const Stack& stack) {
  std::istringstream text(stack.exec({"taskward", "routes"}).out);
  std::string line;
  std::getline(text, line);
  const std::vector<std::string> headings{"NAME",  "METHOD",    "PATH",  "PERMISSION",
                                          "SCOPE", "ASSURANCE", "ROLES", "POOL"};
  BOOST_TEST(columns(line) == headings, boost::test_tools::per_element());
  std::vector<Row> rows;
  while (std::getline(text, line)) {
    const auto cells = columns(line);
    BOOST_REQUIRE(cells.size() == headings.size());
    rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]});
  }
  BOOST_TEST(rows.size() >= 16U);
  return rows;
}

std::string RouteFixture::task_of(const User& owner) const {
  return stack.sql(
      "insert into taskward.tasks (owner_id, id, title, status) select '" + owner.id +
      "', overlay(gen_random_uuid()::text placing '7' from 15)::uuid, 'Tea', 'todo' returning id");
}

std::string RouteFixture::session_of(const User& owner) const {
  return stack.sql("insert into taskward.sessions (user_id, id, method, expires_at) select '" + owner.id +
                   "', gen_random_uuid(), 'password', now() + interval '1 hour' returning id");
}

std::string RouteFixture::passkey_of(const User& owner) const {
  return stack.sql(
      "with gone as (delete from taskward.passkeys where user_id = '" + owner.id +
      "') insert into taskward.passkeys (user_id, id, credential_id, public_key, algorithm, name, sign_count,"
      " is_backup_eligible, is_backed_up, aaguid) select '" +
      owner.id +
      "', gen_random_uuid(), uuid_send(gen_random_uuid()), 'x', -7, 'Phone', 0, false, false,"
      " gen_random_uuid() returning id");
}

std::string RouteFixture::token_of(const User& owner) const {
  return stack.sql(
      "insert into taskward.personal_tokens (user_id, id, token_hash, name, scopes, expires_at) select '" +
      owner.id +
      "', gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), 'a token', '{tasks:read}', now() + "
      "interval "
      "'1 hour' returning id");
}

std::string RouteFixture::sealed_record() const {
  std::string id;
  BOOST_TEST(eventually(std::chrono::seconds(30), [&] {
    id = stack.sql(
        "select a.id from taskward.audit a, taskward.audit_seals s where s.leaves is not null and"
        " position(taskward.audit_leaf_key(a.at, a.id) in s.leaves) > 0 limit 1");
    return !id.empty();
  }));
  return id;
}

std::string RouteFixture::dead_mail() const {
  return stack.sql(
      "insert into taskward.outbox (id, kind, state, sealed, next_try_at) values (gen_random_uuid(),"
      " 'login_code', 'dead', 'x', now()) returning id");
}

std::string RouteFixture::account() const {
  return stack.sql("insert into taskward.users (id, email, role) values (gen_random_uuid(), '" + new_email() +
                   "', 'user') returning id");
}

const std::map<std::string, Plan>& plans() {
  static const std::map<std::string, Plan> all{
      {"register", {201, new_account}},
      {"login", {200, known_account}},
      {"login_short", {200, known_account}},
      {"refresh", {200, fresh_token}},
      {"refresh_short", {200, fresh_token}},
      {"logout", {204, fresh_token}},
      {"otp_request", {202, fresh_address}},
      {"otp_verify", {401, wrong_code}},
      {"me", {200}},
      {"change_me", {200, [](RouteFixture&) { return R"({"name":"Ada"})"; }}},
      {"delete_me", {401, [](RouteFixture&) { return R"({"password":"not the password"})"; }}},
      {"change_password",
       {401,
        [](RouteFixture&) {
          return R"({"current_password":"not the password","new_password":"a long new secret"})";
        }}},
      {"mfa", {401, [](RouteFixture&) { return R"({"mfa_token":"unknown","totp":"000000"})"; }}},
      {"reauthenticate", {401, [](RouteFixture&) { return R"({"password":"not the password"})"; }}},
      {"enroll_totp", {201}},
      {"confirm_totp", {401, [](RouteFixture&) { return R"({"code":"000000"})"; }}},
      {"disable_totp", {404}},
      {"renew_recovery_codes", {404}},
      {"passkey_options", {200}},
      {"register_passkey", {422, wrong_registration}},
      {"passkeys", {200}},
      {"rename_passkey", {200, [](RouteFixture&) { return R"({"name":"Key"})"; }}},
      {"delete_passkey", {204}},
      {"passkey_login_options", {200}},
      {"passkey_login", {401, wrong_passkey}},
      {"mfa_passkey_options", {401, [](RouteFixture&) { return R"({"mfa_token":"unknown"})"; }}},
      {"reauthenticate_passkey_options", {200}},
      {"forgot_password", {202, fresh_address}},
      {"reset_password",
       {401,
        [](RouteFixture&) {
          return R"({"email":"nobody@example.org","otp":"000000","new_password":"a long new secret"})";
        }}},
      {"sessions", {200}},
      {"end_session", {204}},
      {"activity", {200}},
      {"protected", {200}},
      {"create_token", {201, [](RouteFixture&) { return R"({"name":"Script","scopes":["tasks:read"]})"; }}},
      {"tokens", {200}},
      {"change_token", {200, [](RouteFixture&) { return R"({"name":"Script"})"; }}},
      {"revoke_token", {204}},
      {"list_tasks", {200}},
      {"create_task", {201, task}},
      {"batch_tasks", {200, [](RouteFixture&) { return R"({"create":[{"title":"Coffee"}]})"; }}},
      {"export_tasks", {200}},
      {"import_tasks", {200, [](RouteFixture&) { return R"([{"title":"Coffee"}])"; }}},
      {"read_task", {200}},
      {"replace_task", {200, task}},
      {"change_task", {200, task}},
      {"delete_task", {204}},
      {"restore_task", {200}},
      {"admin", {200}},
      {"admin_dashboard", {200}},
      {"admin_statistics", {200}},
      {"list_users", {200}},
      {"create_user", {201, new_account}},
      {"read_user", {200}},
      {"change_user", {200, [](RouteFixture&) { return R"({"name":"Ada"})"; }}},
      {"delete_user", {204}},
      {"end_user_sessions", {200}},
      {"reset_user_mfa", {204}},
      {"user_tokens", {200}},
      {"revoke_user_tokens", {200}},
      {"read_audit", {200}},
      {"audit_seals", {200}},
      {"audit_proof", {200}},
      {"list_mail", {200}},
      {"retry_mail", {204}},
      {"healthz", {200}},
      {"readyz", {200}},
      {"jwks", {200}},
      {"metrics", {200}},
      {"openapi", {200}},
  };
  return all;
}

std::string id_for(const Row& row, const RouteFixture& fixture, const User& user) {
  if (!has_id(row)) return {};
  if (row.path.starts_with("/admin/users/")) return fixture.account();
  if (row.path.starts_with("/admin/audit/")) return fixture.sealed_record();
  if (row.path.starts_with("/admin/mail/")) return fixture.dead_mail();
  if (row.path.starts_with("/auth/sessions/")) return fixture.session_of(user);
  if (row.path.starts_with("/auth/passkeys/")) return fixture.passkey_of(user);
  if (row.path.starts_with("/auth/tokens/")) return fixture.token_of(user);
  return fixture.task_of(user);
}

Request request_for(const Row& row, RouteFixture& fixture, const std::string& token, const std::string& id) {
  std::string path = row.path;
  if (const std::size_t brace = path.find("{id}"); brace != std::string::npos) path.replace(brace, 4, id);
  return {.method = row.method, .path = path, .body = plans().at(row.name).body(fixture), .token = token};
}

bool is_open(const Row& row) { return row.permission == "anyone"; }
bool has_id(const Row& row) { return row.path.find("{id}") != std::string::npos; }

void for_each_row(RouteFixture& fixture, const std::function<void(const Row&, const Plan&)>& check) {
  for (const Row& row : route_table(fixture.stack)) {
    BOOST_TEST_CONTEXT(row.method << ' ' << row.path) {
      const auto plan = plans().find(row.name);
      BOOST_TEST((plan != plans().end()), "route without a planned request: " << row.name);
      if (plan != plans().end()) check(row, plan->second);
    }
  }
}

void for_each_role(RouteFixture& fixture, const std::function<void(const std::string&, const User&)>& check) {
  for (const auto& [role, user] : fixture.by_role) {
    BOOST_TEST_CONTEXT("as " << role) { check(role, user); }
  }
}

}  // namespace taskward::test
