#include "taskward/store/account_lists.hpp"

#include "account_states.hpp"
#include "administration_sql.hpp"
#include "audit_rows.hpp"
#include "fragments.hpp"
#include "session_rows.hpp"
#include "sql_text.hpp"
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

// These statements read, but they also write an audit record, so that Effect::writes keeps them from being
// repeated after a lost connection.

/// SQL: whether the account u matches the filter, three arguments from `first` on: a pattern, roles and
/// states. Each matches everything if it is null.
std::string matches_filter(const StatementLayout& at, int first) {
  return filled(
      R"((({text} is null or lower(u.email collate "C") like {text} or lower(u.username collate "C") like {text}
       or lower(u.name collate "C") like {text})
      and ({roles} is null or u.role = any({roles})) and ({states} is null or {state} = any({states}))))",
      {{"text", at.argument(first) + "::text"},
       {"roles", at.argument(first + 1) + "::text[]"},
       {"states", at.argument(first + 2) + "::text[]"},
       {"state", account_state()}});
}

// Arguments: pattern, roles, states, limit, the position before the page (time and id), whether to count.
const ActorStatements list = for_both_actors("list_accounts", Effect::writes, [](const StatementLayout& at) {
  return at.begin + locked_subjects() +
         audit("audited", stamp_values(at.stamp),
               {.action = AuditAction::account_list, .object_type = "null"}, "actor a") +
         filled(R"(
select a.permitted,
       case when {count}::boolean then (select count(*) from taskward.users u where a.permitted and {matches}) end,
       {columns}
  from actor a
  left join lateral (
    select u.* from taskward.users u
     where a.permitted and (u.created_at, u.id) < ({time}::text::timestamptz, {id}::uuid) and {matches}
     order by u.created_at desc, u.id desc limit {limit}::integer
  ) p on true
  left join lateral {locks} k on true
 order by p.created_at desc, p.id desc)",
                {{"count", at.argument(6)},
                 {"matches", matches_filter(at, 0)},
                 {"columns", account_columns("p", "k")},
                 {"time", at.argument(4)},
                 {"id", at.argument(5)},
                 {"limit", at.argument(3)},
                 {"locks", locks_of("p.id")}});
});

// Argument: the account.
const ActorStatements read = for_both_actors("read_account", Effect::writes, [](const StatementLayout& at) {
  return at.begin +
         ", found as materialized (select u.* from taskward.users u join actor a on a.permitted"
         " where u.id = " +
         at.argument(0) + "::uuid)" +
         audit("audited", stamp_values(at.stamp),
               {.action = AuditAction::account_read, .object = asked_id(at.argument(0))},
               "actor a left join found u on true where u.id is not null or not a.permitted") +
         filled(R"(
select a.permitted, {columns},
       (select count(*) from taskward.sessions s where s.user_id = u.id and {is_live}),
       t.todo, t.in_progress, t.done, t.trash,
       (select count(*) from (
          select e.id from taskward.audit e where {by} and e.at > now() - interval '24 hours' union
          select e.id from taskward.audit e where {on} and e.at > now() - interval '24 hours') recent)
  from actor a left join found u on true
  left join lateral {locks} k on true
  left join lateral (select {task_counts} from taskward.tasks t where t.owner_id = u.id) t on true)",
                {{"columns", account_columns("u", "k")},
                 {"is_live", std::string(kIsLive)},
                 {"by", event_by("e", "u.id")},
                 {"on", event_on("e", "u.id")},
                 {"locks", locks_of("u.id")},
                 {"task_counts", std::string(kTaskCounts)}});
});

// Argument: the account.
const ActorStatements addressee =
    for_both_actors("find_addressee", Effect::writes, [](const StatementLayout& at) {
      return at.begin +
             audit("audited", stamp_values(at.stamp),
                   {.action = AuditAction::account_change, .object = asked_id(at.argument(0))},
                   "actor a where not a.permitted") +
             " select a.permitted, u.id is not null, u.email, u.username, u.is_active from actor a"
             " left join taskward.users u on a.permitted and u.id = " +
             at.argument(0) + "::uuid";
    });

// $1 id or null, $2 address or null, $3 user name or null. An id takes precedence over a user name that looks
// like one.
const Statement find{"find_account", Effect::reads,
                     "select u.id from taskward.users u where u.id = $1::uuid or " +
                         same_name("u.email", "$2") + " or " + same_name("u.username", "$3") +
                         " order by (u.id = $1::uuid) is true desc limit 1"};

// $1..$4 stamp, $5 user.
const Statement sessions_of{
    "list_sessions_of_account", Effect::writes,
    operator_cte() +
        audit("audited", stamp_values(1),
              {.action = AuditAction::account_read, .object = "$5::uuid", .reason = "'sessions'"},
              "actor a") +
        " select s.id, s.method, s.created_at, s.last_used_at, s.expires_at, host(s.client_address),"
        " s.user_agent, " +
        authentication_columns("s") +
        " from taskward.sessions s join taskward.users u on u.id = s.user_id"
        " where s.user_id = $5::uuid and " +
        std::string(kIsLive) + " order by s.last_used_at desc, s.id desc"};

/// A LIKE pattern for lower-case texts that contain this one, with LIKE's special characters escaped.
std::string pattern_for(const std::string& text) {
  std::string out = "%";
  for (const char c : lower(text)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

/// An array literal of the names.
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

constexpr UserId max_user_id() {
  UserId id;
  id.uuid.bytes.fill(0xff);
  return id;
}

}  // namespace

StatementList account_list_statements() {
  return {&list.by_administrator,
          &list.by_operator,
          &read.by_administrator,
          &read.by_operator,
          &addressee.by_administrator,
          &addressee.by_operator,
          &find,
          &sessions_of};
}

Result<ListedAccounts> list_accounts(db::Connection& database, const Actor& actor,
                                     const AccountListing& listing, const model::AuditStamp& stamp) {
  const model::AccountFilter& filter = listing.filter;
  const std::string pattern = filter.text.empty() ? std::string() : pattern_for(filter.text);
  db::ArrayText roles = names_of(filter.roles);
  db::ArrayText states = names_of(filter.states);
  const std::string time = listing.after ? rfc3339_precise(listing.after->created_at) : "infinity";
  const UserId id = listing.after ? listing.after->id : max_user_id();
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
  out.accounts = read_joined<model::Account>(rows, *first, 2, account_from);
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

Result<Addressee> find_addressee(db::Connection& database, const Actor& actor, const UserId& user,
                                 const model::AuditStamp& stamp) {
  Params params;
  add_actor(params, actor);
  add_stamp(params, stamp);
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
