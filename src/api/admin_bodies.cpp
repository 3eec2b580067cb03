#include "taskward/api/admin_bodies.hpp"

#include <utility>

#include "email_field.hpp"
#include "text_rules.hpp"
#include "user_part_list.hpp"

namespace taskward::api {

template <>
struct ValuesOf<model::AccountState> {
  static constexpr auto& all = model::kAccountStates;
};

namespace {

using json::Writer;
using model::Account;
using model::AccountDetail;
using model::AccountState;
using model::AuditRecord;
using model::Dashboard;
using model::TaskCounts;

/// A boolean. If `only` is set, it is the only accepted value. `store` receives the value.
template <class T, class Store>
Field<T> flag(std::string_view name, Store store, std::optional<bool> only = std::nullopt) {
  Field<T> field{name, Presence::optional, NullMeans::wrong_type, {}, {}};
  field.schema.type = Schema::Type::boolean;
  if (only) field.schema.note = *only ? "Must be true." : "Must be false.";
  field.read = [=](T& into, json::Value& value, const std::string& at, Faults& faults) {
    const auto* given = value.get_if<bool>();
    if (given == nullptr) return add_wrong_type(at, "true or false", faults);
    if (only && *given != *only)
      faults.push_back({at, FaultCode::invalid_value, *only ? "must be true" : "must be false"});
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

AccountState state_of(const Account& account) { return account.state(); }

const Parts<model::AccountLocks>& lock_parts() {
  using model::AccountLocks;
  static const Parts<AccountLocks> parts{
      "AccountLocks",
      {
          part<&AccountLocks::email>("email", "Logins with the e-mail address."),
          part<&AccountLocks::username>("username", "Logins with the user name."),
          part<&AccountLocks::caller>("session",
                                      "All password checks of the account, also within a session."),
      }};
  return parts;
}

const Parts<TaskCounts>& status_count_parts() {
  static const Parts<TaskCounts> parts{"TasksByStatus",
                                       {
                                           part<&TaskCounts::todo>("todo"),
                                           part<&TaskCounts::in_progress>("in_progress"),
                                           part<&TaskCounts::done>("done"),
                                       }};
  return parts;
}

const Parts<TaskCounts>& task_count_parts() {
  static const Parts<TaskCounts> parts{"TaskCounts",
                                       {
                                           group_part<TaskCounts, &status_count_parts>("by_status"),
                                           part<&TaskCounts::trash>("trash"),
                                       }};
  return parts;
}

/// The members of an account that a list and a single account have in common.
template <class T>
std::vector<Part<T>> account_part_list() {
  std::vector<Part<T>> list = user_part_list<T>();
  list.push_back(derived_part<T, &state_of>(
      "state", "An account that is not active has no other state, even if it is locked."));
  list.push_back(part<&Account::updated_at, T>("updated_at"));
  list.push_back(part<&Account::last_login_at, T>("last_login_at"));
  list.push_back(object_part<&Account::locked_until, &lock_parts, T>("locked_until"));
  return list;
}

const Parts<AccountDetail>& recent_parts() {
  static const Parts<AccountDetail> parts{"RecentOfAccount",
                                          {part<&AccountDetail::events>("security_events")}};
  return parts;
}

/// A security event for administrators, with its actor and object.
const Parts<AuditRecord>& event_parts() {
  static const Parts<AuditRecord> parts{"SecurityEvent",
                                        {
                                            part<&AuditRecord::id>("id"),
                                            part<&AuditRecord::at>("at"),
                                            part<&AuditRecord::actor_id>("actor_id"),
                                            part<&AuditRecord::actor_role>("actor_role"),
                                            part<&AuditRecord::action>("action"),
                                            part<&AuditRecord::object_type>("object_type"),
                                            part<&AuditRecord::object_id>("object_id"),
                                            part<&AuditRecord::outcome>("outcome"),
                                            part<&AuditRecord::reason>("reason"),
                                            part<&AuditRecord::client_address>("client_address"),
                                            part<&AuditRecord::request_id>("request_id"),
                                            part<&AuditRecord::token_id>("token_id"),
                                        }};
  return parts;
}

/// One count per value of an enumeration.
template <auto Member, const auto& Choices, std::size_t... I>
std::vector<Part<Dashboard>> count_parts(std::index_sequence<I...>) {
  Schema number;
  number.type = Schema::Type::integer;
  return {Part<Dashboard>{name(Choices[I]), number,
                          [](Writer& w, const Dashboard& board) { w.number((board.*Member)[I]); }}...};
}
template <auto Member, const auto& Choices>
std::vector<Part<Dashboard>> count_parts() {
  return count_parts<Member, Choices>(std::make_index_sequence<Choices.size()>());
}

const Parts<Dashboard>& role_count_parts() {
  static const Parts<Dashboard> parts{"UsersByRole", count_parts<&Dashboard::users_by_role, model::kRoles>()};
  return parts;
}

const Parts<Dashboard>& state_count_parts() {
  static const Parts<Dashboard> parts{"UsersByState",
                                      count_parts<&Dashboard::users_by_state, model::kAccountStates>()};
  return parts;
}

const Parts<Dashboard>& user_count_parts() {
  static const Parts<Dashboard> parts{"UserCounts",
                                      {
                                          group_part<Dashboard, &role_count_parts>("by_role"),
                                          group_part<Dashboard, &state_count_parts>("by_state"),
                                      }};
  return parts;
}

const Parts<Dashboard>& recent_login_parts() {
  static const Parts<Dashboard> parts{"RecentLogins",
                                      {
                                          part<&Dashboard::logins>("logins"),
                                          part<&Dashboard::login_failures>("login_failures"),
                                      }};
  return parts;
}

const Parts<Dashboard>& mail_queue_parts() {
  static const Parts<Dashboard> parts{"MailQueue",
                                      {
                                          part<&Dashboard::mail_waiting>("waiting"),
                                          part<&Dashboard::mail_dead>("dead"),
                                      }};
  return parts;
}

const Parts<model::DayStatistics>& day_parts() {
  using Day = model::DayStatistics;
  static const auto parts = [] {
    Parts<Day> all{
        "DayStatistics",
        {
            part<&Day::date>("date", "A day in UTC."),
            part<&Day::logins>("logins"),
            part<&Day::login_failures>("login_failures"),
            part<&Day::tasks_created>("tasks_created", "Without those that were permanently deleted."),
            part<&Day::tasks_completed>("tasks_completed", "Without those that are no longer done."),
        }};
    all.list.front().schema.format = "date";
    return all;
  }();
  return parts;
}

}  // namespace

const Shape<domain::AccountOrder>& account_order_shape() {
  using Body = domain::AccountOrder;
  static const Shape<Body> shape{
      "AccountOrder",
      {
          email("email", &Body::email, Presence::optional),
          text("username", &Body::username, Presence::optional, new_username()),
          text("name", &Body::name, Presence::optional, display_name()),
          text("password", &Body::password, Presence::optional, new_password()),
          role_field(&Body::role),
          flag<Body>("is_active", [](Body& into, bool value) { into.is_active = value; }),
      },
      [](const std::set<std::string_view>& given, const Body&) -> Faults {
        const auto has = [&](std::string_view name) { return given.count(name) != 0; };
        if (!has("email") && !has("username"))
          return {{"email", FaultCode::required, "is required if username is omitted"}};
        if (!has("email") && !has("password")) {
          return {{"password", FaultCode::required,
                   "is required if email is omitted: login codes are sent by e-mail"}};
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
          email("email", &Body::email, Presence::optional, NullMeans::wrong_type),
          text("username", &Body::username, Presence::optional, not_null(new_username())),
          text("name", &Body::name, Presence::optional, display_name()),
          // Only failed logins lock an account.
          flag<Body>(
              "locked", [](Body& into, bool) { into.unlock = true; }, false),
          flag<Body>(
              "password_reset", [](Body& into, bool) { into.reset_password = true; }, true),
      },
      {}};
  return shape;
}

const Parts<Account>& account_parts() {
  static const Parts<Account> parts{"Account", account_part_list<Account>()};
  return parts;
}

const Parts<AccountDetail>& account_detail_parts() {
  static const auto parts = [] {
    Parts<AccountDetail> all{"AccountDetail", account_part_list<AccountDetail>()};
    all.list.push_back(part<&AccountDetail::live_sessions>("live_sessions"));
    all.list.push_back(object_part<&AccountDetail::tasks, &task_count_parts>("tasks"));
    all.list.push_back(group_part<AccountDetail, &recent_parts>("last_24_hours"));
    return all;
  }();
  return parts;
}

const Parts<AccountPageBody>& account_page_parts() {
  using Body = AccountPageBody;
  static const Parts<Body> parts{
      "AccountPage",
      {
          objects_part<&Body::items, &account_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::next_cursor>("next_cursor", "Absent on the last page."),
          part_if_any<&Body::total>("total", "With count=true: the number of items on all pages."),
      }};
  return parts;
}

const Parts<StatisticsBody>& statistics_parts() {
  static const Parts<StatisticsBody> parts{
      "Statistics", {objects_part<&StatisticsBody::items, &day_parts>("items", "Oldest first.")}};
  return parts;
}

const Parts<EndedSessionsBody>& ended_sessions_parts() {
  static const Parts<EndedSessionsBody> parts{"EndedSessions", {part<&EndedSessionsBody::ended>("ended")}};
  return parts;
}

const Parts<Dashboard>& dashboard_parts() {
  static const Parts<Dashboard> parts{
      "Dashboard",
      {
          group_part<Dashboard, &user_count_parts>("users"),
          part<&Dashboard::locked_accounts>("locked_accounts", "Including accounts that are not active."),
          object_part<&Dashboard::tasks, &task_count_parts>("tasks"),
          part<&Dashboard::live_sessions>("live_sessions"),
          group_part<Dashboard, &recent_login_parts>("last_24_hours"),
          group_part<Dashboard, &mail_queue_parts>("mail"),
          objects_part<&Dashboard::events, &event_parts>("security_events", "Newest first."),
      }};
  return parts;
}

}  // namespace taskward::api
