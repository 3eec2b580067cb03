#include <algorithm>

#include "administration_parts.hpp"
#include "audit_rows.hpp"
#include "session_rows.hpp"
#include "statement_lists.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/db/array.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

// A statement that writes its record is never repeated after a lost connection, though it only looks.

/// A count for each of the names, as SQL columns.
template <class Values>
std::string counts_of(const std::string& column, const Values& values) {
  std::vector<std::string> out;
  for (const auto value : values)
    out.push_back("count(*) filter (where " + column + " = '" + std::string(name(value)) + "')");
  return joined(out, ", ");
}

/// SQL: the state of the account u, where `locked` has the subjects that are locked now.
const std::string kState =
    "case when not u.is_active then 'inactive' when uuid_send(u.id) in (select k.subject from locked k) then"
    " 'locked' else 'active' end";

/// Names that nobody has are locked too; their subjects are longer.
const std::string kLocked =
    ", locked as materialized (select distinct l.subject from taskward.lockouts l"
    " where l.locked_until > now() and octet_length(l.subject) = 16 and l.name_kind in " +
    std::string(kLockKinds) + ')';

// $1..$3 caller, $4..$7 stamp, $8 how many events.
const Statement dashboard{
    "read_dashboard", Effect::writes,
    kAdministratorActs + kLocked +
        filled(R"(, users as materialized (
  select {by_role}, {by_state}, count(*) filter (where s.is_locked)
    from (select u.role, {state} as state, uuid_send(u.id) in (select k.subject from locked k) as is_locked
            from taskward.users u join actor a on a.permitted) s
), tasks as materialized (
  select {task_counts} from taskward.tasks t join actor a on a.permitted
), sessions as materialized (
  select count(*) from taskward.sessions s join taskward.users u on u.id = s.user_id join actor a on a.permitted
   where {is_live}
), logins as materialized (
  select count(*) filter (where e.outcome = 'success'), count(*) filter (where e.outcome <> 'success')
    from taskward.audit e join actor a on a.permitted
   where e.action = {login} and e.at > now() - interval '24 hours'
), mail as materialized (
  select (select count(*) from taskward.outbox o where o.state = 'waiting'),
         (select count(*) from taskward.outbox o where o.state = 'dead')
    from actor a where a.permitted
), events as (
  select e.* from taskward.audit e join actor a on a.permitted where e.action not like 'task.%'
   order by e.at desc, e.id desc limit $8::integer
))",
               {{"by_role", counts_of("s.role", model::kRoles)},
                {"by_state", counts_of("s.state", model::kAccountStates)},
                {"state", kState},
                {"task_counts", std::string(kTaskCounts)},
                {"is_live", std::string(kIsLive)},
                {"login", quoted(AuditAction::session_login)}}) +
        note("noted", stamp_values(4), {.action = AuditAction::dashboard_read, .object_type = "null"},
             "actor a") +
        " select a.permitted, users.*, tasks.*, sessions.*, logins.*, mail.*, " + audit_record_columns("e") +
        " from actor a cross join users cross join tasks cross join sessions cross join logins"
        " left join mail on true left join events e on true order by e.at desc, e.id desc"};

/// Which accounts u, by three parameters from `first` on: a pattern, roles and states, each null for all.
std::string is_wanted(const Places& at, int first) {
  return filled(
      R"((({text} is null or lower(u.email collate "C") like {text} or lower(u.username collate "C") like {text}
       or lower(u.name collate "C") like {text})
      and ({roles} is null or u.role = any({roles})) and ({states} is null or {state} = any({states}))))",
      {{"text", at.own(first) + "::text"},
       {"roles", at.own(first + 1) + "::text[]"},
       {"states", at.own(first + 2) + "::text[]"},
       {"state", kState}});
}

// Own parameters: pattern, roles, states, limit, the position before the page (time and id), whether to
// count.
const StatementForBoth list = for_both("list_accounts", Effect::writes, [](const Places& at) {
  return at.begin + kLocked +
         note("noted", stamp_values(at.stamp), {.action = AuditAction::account_list, .object_type = "null"},
              "actor a") +
         filled(R"(
select a.permitted,
       case when {count}::boolean then (select count(*) from taskward.users u where a.permitted and {wanted}) end,
       {columns}
  from actor a
  left join lateral (
    select u.* from taskward.users u
     where a.permitted and (u.created_at, u.id) < ({time}::text::timestamptz, {id}::uuid) and {wanted}
     order by u.created_at desc, u.id desc limit {limit}::integer
  ) p on true
  left join lateral {locks} k on true
 order by p.created_at desc, p.id desc)",
                {{"count", at.own(6)},
                 {"wanted", is_wanted(at, 0)},
                 {"columns", account_columns("p", "k")},
                 {"time", at.own(4)},
                 {"id", at.own(5)},
                 {"limit", at.own(3)},
                 {"locks", locks_of("p.id")}});
});

// Own parameter: the account.
const StatementForBoth read = for_both("read_account", Effect::writes, [](const Places& at) {
  return at.begin +
         ", found as materialized (select u.* from taskward.users u join actor a on a.permitted"
         " where u.id = " +
         at.own(0) + "::uuid)" +
         note("noted", stamp_values(at.stamp), {.action = AuditAction::account_read, .object = "u.id"},
              "actor a left join found u on true where u.id is not null or not a.permitted") +
         filled(R"(
select a.permitted, {columns},
       (select count(*) from taskward.sessions s where s.user_id = u.id and {is_live}),
       t.todo, t.in_progress, t.done, t.trash,
       (select count(*) from (
          select e.id from taskward.audit e
           where e.actor_id = u.id and e.action not like 'task.%' and e.at > now() - interval '24 hours' union
          select e.id from taskward.audit e
           where e.object_id = u.id and e.action not like 'task.%' and e.at > now() - interval '24 hours') recent)
  from actor a left join found u on true
  left join lateral {locks} k on true
  left join lateral (select {task_counts} from taskward.tasks t where t.owner_id = u.id) t on true)",
                {{"columns", account_columns("u", "k")},
                 {"is_live", std::string(kIsLive)},
                 {"locks", locks_of("u.id")},
                 {"task_counts", std::string(kTaskCounts)}});
});

// Own parameter: the account.
const StatementForBoth addressee = for_both("find_addressee", Effect::reads, [](const Places& at) {
  // The stamp's place is taken by nothing: a look that nobody is shown has no record.
  const std::string user = parameter(at.stamp);
  return at.begin +
         " select a.permitted, u.id is not null, u.email, u.username, u.is_active from actor a"
         " left join taskward.users u on a.permitted and u.id = " +
         user + "::uuid";
});

// $1 id or null, $2 address or null, $3 user name or null. An id goes before a user name that looks like one.
const Statement find{"find_account", Effect::reads,
                     "select u.id from taskward.users u where u.id = $1::uuid or " +
                         same_name("u.email", "$2") + " or " + same_name("u.username", "$3") +
                         " order by (u.id = $1::uuid) is true desc limit 1"};

// $1..$4 stamp, $5 user.
const Statement sessions_of{
    "list_sessions_of_account", Effect::writes,
    kOperatorActs +
        note("noted", stamp_values(1),
             {.action = AuditAction::account_read, .object = "$5::uuid", .reason = "'sessions'"}, "actor a") +
        " select s.id, s.method, s.created_at, s.last_used_at, s.expires_at, host(s.client_address),"
        " s.user_agent from taskward.sessions s join taskward.users u on u.id = s.user_id"
        " where s.user_id = $5::uuid and " +
        std::string(kIsLive) + " order by s.last_used_at desc, s.id desc"};

/// A pattern of LIKE for texts in lower case that hold this one, in which no sign of LIKE's means anything.
std::string pattern_for(const std::string& text) {
  std::string out = "%";
  for (const char c : lower(text)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

/// Names as PostgreSQL spells an array. An empty one stands for a filter that is not there.
template <class Values>
db::ArrayText names_of(const Values& values) {
  db::ArrayText out;
  for (const auto value : values) out.add(name(value));
  return out;
}

void add_array_or_null(Params& params, db::ArrayText& array, bool is_empty) {
  if (is_empty)
    params.null();
  else
    params.literal(array.c_str());
}

constexpr UserId behind_all() {
  UserId id;
  id.uuid.bytes.fill(0xff);
  return id;
}

}  // namespace

StatementList administration_list_statements() {
  return {&dashboard,        &list.by_administrator,      &list.by_operator,      &read.by_administrator,
          &read.by_operator, &addressee.by_administrator, &addressee.by_operator, &find,
          &sessions_of};
}

Result<model::Dashboard> read_dashboard(db::Connection& database, const Administer& access,
                                        const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.number(model::kDashboardEvents);
  const Rows rows = database.run(dashboard, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  model::Dashboard out;
  for (std::int64_t& count : out.users_by_role) count = row->number();
  for (std::int64_t& count : out.users_by_state) count = row->number();
  out.locked_accounts = row->number();
  out.tasks = task_counts_from(*row);
  out.live_sessions = row->number();
  out.logins = row->number();
  out.login_failures = row->number();
  out.mail_waiting = row->number();
  out.mail_dead = row->number();
  if (row->is_null()) return out;
  constexpr int before_events = 1 + model::kRoles.size() + model::kAccountStates.size() + 1 + 4 + 1 + 2 + 2;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader event = rows.row(r);
    event.skip(before_events);
    out.events.push_back(audit_record_from(event));
  }
  return out;
}

Result<ListedAccounts> list_accounts(db::Connection& database, const Actor& actor,
                                     const AccountListing& listing, const model::AuditStamp& stamp) {
  const model::AccountFilter& filter = listing.filter;
  const std::string pattern = filter.text.empty() ? std::string() : pattern_for(filter.text);
  db::ArrayText roles = names_of(filter.roles);
  db::ArrayText states = names_of(filter.states);
  const std::string time = listing.after ? rfc3339_precise(listing.after->created_at) : "infinity";
  const UserId id = listing.after ? listing.after->id : behind_all();
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.text_or_null(std::string_view(pattern));
  add_array_or_null(params, roles, filter.roles.empty());
  add_array_or_null(params, states, filter.states.empty());
  params.number(listing.limit).text(time).id(id);
  params.literal(listing.total == AccountListing::Total::count ? "true" : "false");
  const Rows rows = database.run(list.of(actor), params);
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  ListedAccounts out;
  if (first->is_null())
    first->skip();
  else
    out.total = first->number();
  if (first->is_null()) return out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(2);
    out.accounts.push_back(account_from(row));
  }
  return out;
}

Result<model::AccountDetail> read_account(db::Connection& database, const Actor& actor, const UserId& user,
                                          const model::AuditStamp& stamp) {
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
  params.id(user);
  const Rows rows = database.run(read.of(actor), params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (row->is_null()) return ErrorCode::not_found;
  model::AccountDetail detail;
  static_cast<model::Account&>(detail) = account_from(*row);
  detail.live_sessions = row->number();
  detail.tasks = task_counts_from(*row);
  detail.events = row->number();
  return detail;
}

Result<Addressee> find_addressee(db::Connection& database, const Actor& actor, const UserId& user) {
  Params params;
  add_actor(params, actor);
  params.id(user);
  const Rows rows = database.run(addressee.of(actor), params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return ErrorCode::not_found;
  Addressee out;
  out.email = row->text_or_null();
  out.username = row->text_or_null();
  out.is_active = row->boolean();
  return out;
}

std::optional<UserId> find_account(db::Connection& database, const std::string& text) {
  const auto id = UserId::parse(text);
  const bool is_address = model::AccountName::of(text).kind == model::AccountName::Kind::email;
  Params params;
  add_id_or_null(params, id);
  params.text_or_null(is_address ? std::string_view(text) : std::string_view())
      .text_or_null(is_address ? std::string_view() : std::string_view(text));
  const Rows rows = database.run(find, params);
  if (rows.empty()) return std::nullopt;
  return rows.row(0).id<UserId>();
}

std::vector<model::Session> list_sessions_of(db::Connection& database, const UserId& user,
                                             const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.id(user);
  const Rows rows = database.run(sessions_of, params);
  std::vector<model::Session> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    out.push_back(session_from(row));
  }
  return out;
}

}  // namespace taskward::store
