#include "taskward/api/admin_bodies.hpp"

#include "taskward/base/rfc3339.hpp"
#include "text_rules.hpp"

namespace taskward::api {
namespace {

using json::Writer;
using model::Account;
using model::AccountDetail;
using model::AuditRecord;
using model::Dashboard;

/// `true` or `false`, or only the one of them that `only` is. `store` is given what was read.
template <class T, class Store>
Field<T> flag(std::string_view name, Store store, std::optional<bool> only = std::nullopt) {
  Field<T> field{name, Presence::optional, NullMeans::wrong_type, {}, {}};
  field.schema.type = Schema::Type::boolean;
  if (only) field.schema.note = *only ? "Only true." : "Only false.";
  field.read = [=](T& into, json::Value& value, const std::string& at, Faults& faults) {
    const auto* given = value.get_if<bool>();
    if (given == nullptr) return add_wrong_type(at, "true or false", faults);
    if (only && *given != *only)
      faults.push_back({at, FaultCode::invalid_value, *only ? "can only be true" : "can only be false"});
    else
      store(into, *given);
  };
  return field;
}

template <class T>
Field<T> role_field(std::optional<model::Role> T::*member) {
  return choice("role", member, Presence::optional, model::kRoles, model::role,
                [](model::Role role) { return model::name(role); });
}

void write_text_or_null(Writer& w, const std::optional<std::string>& text) {
  if (text)
    w.string(*text);
  else
    w.null();
}

void write_time_or_null(Writer& w, const std::optional<Timestamp>& moment) {
  if (moment)
    w.string(rfc3339(*moment));
  else
    w.null();
}

void write_number(Writer& w, std::string_view key, std::int64_t value) {
  w.key(key);
  w.number(value);
}

const std::vector<Part<model::AccountLocks>>& lock_parts() {
  using model::AccountLocks;
  static const std::vector<Part<AccountLocks>> parts{
      {"email", [](Writer& w, const AccountLocks& locks) { write_time_or_null(w, locks.email); }},
      {"username", [](Writer& w, const AccountLocks& locks) { write_time_or_null(w, locks.username); }},
      {"session", [](Writer& w, const AccountLocks& locks) { write_time_or_null(w, locks.caller); }},
  };
  return parts;
}

void write_tasks(Writer& w, const model::TaskCounts& tasks) {
  w.begin_object();
  w.key("by_status");
  w.begin_object();
  write_number(w, "todo", tasks.todo);
  write_number(w, "in_progress", tasks.in_progress);
  write_number(w, "done", tasks.done);
  w.end_object();
  write_number(w, "trash", tasks.trash);
  w.end_object();
}

/// A security event as an administrator sees it: also who did it, and to what.
const std::vector<Part<AuditRecord>>& event_parts() {
  static const std::vector<Part<AuditRecord>> parts{
      {"id", [](Writer& w, const AuditRecord& event) { w.string(event.id.text()); }},
      {"at", [](Writer& w, const AuditRecord& event) { w.string(rfc3339(event.at)); }},
      {"actor_id",
       [](Writer& w, const AuditRecord& event) {
         write_text_or_null(w, event.actor_id ? std::optional(event.actor_id->text()) : std::nullopt);
       }},
      {"actor_role", [](Writer& w, const AuditRecord& event) { write_text_or_null(w, event.actor_role); }},
      {"action", [](Writer& w, const AuditRecord& event) { w.string(event.action); }},
      {"object_type", [](Writer& w, const AuditRecord& event) { write_text_or_null(w, event.object_type); }},
      {"object_id",
       [](Writer& w, const AuditRecord& event) {
         write_text_or_null(w, event.object_id ? std::optional(event.object_id->text()) : std::nullopt);
       }},
      {"outcome", [](Writer& w, const AuditRecord& event) { w.string(event.outcome); }},
      {"reason", [](Writer& w, const AuditRecord& event) { write_text_or_null(w, event.reason); }},
      {"client_address",
       [](Writer& w, const AuditRecord& event) { write_text_or_null(w, event.client_address); }},
      {"request_id", [](Writer& w, const AuditRecord& event) { write_text_or_null(w, event.request_id); }},
  };
  return parts;
}

/// Counts by the names of a closed set.
template <class Choices, class Counts>
void write_counts(Writer& w, std::string_view key, const Choices& choices, const Counts& counts) {
  w.key(key);
  w.begin_object();
  for (std::size_t i = 0; i < choices.size(); ++i) write_number(w, name(choices[i]), counts[i]);
  w.end_object();
}

void write_users(Writer& w, const Dashboard& board) {
  w.begin_object();
  write_counts(w, "by_role", model::kRoles, board.users_by_role);
  write_counts(w, "by_state", model::kAccountStates, board.users_by_state);
  w.end_object();
}

/// The members, without the braces around them.
template <class T>
void write_members(Writer& w, const T& value, const std::vector<Part<T>>& parts) {
  for (const Part<T>& part : parts) {
    w.key(part.name);
    part.write(w, value);
  }
}

}  // namespace

const Shape<domain::AccountOrder>& account_order_shape() {
  using Body = domain::AccountOrder;
  static const Shape<Body> shape{
      "AccountOrder",
      {
          text("email", &Body::email, Presence::optional, new_email()),
          text("username", &Body::username, Presence::optional, new_username()),
          text("name", &Body::name, Presence::optional, display_name()),
          text("password", &Body::password, Presence::optional, new_password()),
          role_field(&Body::role),
          flag<Body>("is_active", [](Body& into, bool value) { into.is_active = value; }),
      },
      [](const std::set<std::string_view>& given, const Body&) -> Faults {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        if (!has("email") && !has("username"))
          return {{"email", FaultCode::required, "email or username is required"}};
        if (!has("email") && !has("password")) {
          return {{"password", FaultCode::required,
                   "is required without an e-mail address, which a code to log in with can go to"}};
        }
        return {};
      }};
  return shape;
}

const Shape<model::AccountChange>& account_change_shape() {
  using Body = model::AccountChange;
  static const Shape<Body> shape{
      "AccountChange",
      {
          role_field(&Body::role),
          flag<Body>("is_active", [](Body& into, bool value) { into.is_active = value; }),
          text("email", &Body::email, Presence::optional, not_null(new_email())),
          text("username", &Body::username, Presence::optional, not_null(new_username())),
          text("name", &Body::name, Presence::optional, display_name()),
          // Only failures lock a name, so it can only be unlocked.
          flag<Body>(
              "locked", [](Body& into, bool) { into.unlock = true; }, false),
          flag<Body>(
              "password_reset", [](Body& into, bool) { into.reset_password = true; }, true),
      },
      {}};
  return shape;
}

const std::vector<Part<Account>>& account_parts() {
  static const std::vector<Part<Account>> parts{
      {"state", [](Writer& w, const Account& one) { w.string(name(one.state())); }},
      {"updated_at", [](Writer& w, const Account& one) { w.string(rfc3339(one.updated_at)); }},
      {"last_login_at", [](Writer& w, const Account& one) { write_time_or_null(w, one.last_login_at); }},
      {"locked_until",
       [](Writer& w, const Account& one) { write_object(w, one.locked_until, lock_parts()); }},
  };
  return parts;
}

const std::vector<Part<AccountDetail>>& account_detail_parts() {
  static const std::vector<Part<AccountDetail>> parts{
      {"live_sessions", [](Writer& w, const AccountDetail& one) { w.number(one.live_sessions); }},
      {"tasks", [](Writer& w, const AccountDetail& one) { write_tasks(w, one.tasks); }},
      {"last_24_hours",
       [](Writer& w, const AccountDetail& one) {
         w.begin_object();
         write_number(w, "security_events", one.events);
         w.end_object();
       }},
  };
  return parts;
}

const std::vector<Part<Dashboard>>& dashboard_parts() {
  static const std::vector<Part<Dashboard>> parts{
      {"users", [](Writer& w, const Dashboard& board) { write_users(w, board); }},
      {"locked_accounts", [](Writer& w, const Dashboard& board) { w.number(board.locked_accounts); }},
      {"tasks", [](Writer& w, const Dashboard& board) { write_tasks(w, board.tasks); }},
      {"live_sessions", [](Writer& w, const Dashboard& board) { w.number(board.live_sessions); }},
      {"last_24_hours",
       [](Writer& w, const Dashboard& board) {
         w.begin_object();
         write_number(w, "logins", board.logins);
         write_number(w, "login_failures", board.login_failures);
         w.end_object();
       }},
      {"mail",
       [](Writer& w, const Dashboard& board) {
         w.begin_object();
         write_number(w, "waiting", board.mail_waiting);
         write_number(w, "dead", board.mail_dead);
         w.end_object();
       }},
      {"security_events",
       [](Writer& w, const Dashboard& board) { write_array(w, board.events, event_parts()); }},
  };
  return parts;
}

void write_account(Writer& w, const Account& account) {
  w.begin_object();
  write_members<model::User>(w, account, user_parts());
  write_members(w, account, account_parts());
  w.end_object();
}

void write_account(Writer& w, const AccountDetail& account) {
  w.begin_object();
  write_members<model::User>(w, account, user_parts());
  write_members<Account>(w, account, account_parts());
  write_members(w, account, account_detail_parts());
  w.end_object();
}

}  // namespace taskward::api
