#include "taskward/store/outbox.hpp"

#include <algorithm>

#include "administration_sql.hpp"
#include "fragments.hpp"
#include "statement_lists.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// Claiming an expired mail does not count as an attempt: it will only be marked as dead.
const Statement claim_next{"claim_mail", Effect::writes, R"(
with due as (
  select id from taskward.outbox
   where state = 'waiting' and next_try_at <= now() and (claimed_until is null or claimed_until <= now())
   order by attempts > 0, next_try_at
   limit 1 for update skip locked
)
update taskward.outbox o
   set claimed_by = $1::uuid, claimed_until = now() + make_interval(secs => $2::double precision),
       attempts = attempts + case when o.useful_until <= now() then 0 else 1 end
  from due where o.id = due.id
returning o.id, o.kind, o.sealed, o.created_at, o.attempts,
          coalesce(o.useful_until > now(), true), coalesce(o.last_error, ''))"};

const Statement handed_over{"record_mail_handed_over", Effect::writes, R"(
update taskward.outbox
   set state = 'handed_over', handed_over_at = now(), sealed = null, last_error = null,
       claimed_by = null, claimed_until = null
 where id = $1::uuid and claimed_by = $2::uuid and state = 'waiting')"};

const Statement deferred{"record_mail_deferred", Effect::writes, R"(
update taskward.outbox
   set next_try_at = least(now() + make_interval(secs => $3::double precision / 1000), useful_until),
       last_error = $4::text, claimed_by = null, claimed_until = null
 where id = $1::uuid and claimed_by = $2::uuid and state = 'waiting')"};

// The purge uses next_try_at as the time from which the mail is dead.
const Statement dead{"record_mail_dead", Effect::writes, R"(
update taskward.outbox
   set state = 'dead', next_try_at = now(), last_error = $3::text, claimed_by = null, claimed_until = null
 where id = $1::uuid and claimed_by = $2::uuid and state = 'waiting')"};

constexpr std::string_view kListed =
    "o.id, o.kind, o.state, o.sealed, o.created_at, o.attempts, o.next_try_at, coalesce(o.last_error, '')";

const Statement list{"list_mail", Effect::reads,
                     "select " + std::string(kListed) +
                         " from taskward.outbox o where o.state = any($1::text[])"
                         " order by o.created_at desc, o.id desc limit $2::bigint"};

/// SQL: the mail of a state that is asked for. Delivered mail is much, and the other states have an index
/// each.
std::string of_state(model::MailState state) {
  return "select * from taskward.outbox where state = '" + std::string(name(state)) + "' and '" +
         std::string(name(state)) + "' = any($8::text[]) and ($10::uuid is null or id < $10::uuid)";
}

// $1..$3 caller, $4..$7 stamp, $8 states, $9 limit, $10 the mail before the page.
const Statement list_as_administrator{
    "list_mail_as_administrator", Effect::writes,
    administrator_cte() +
        audit("audited", stamp_values(4), {.action = model::AuditAction::mail_read, .object_type = "'mail'"},
              "actor a") +
        " select a.permitted, " + std::string(kListed) + " from actor a left join lateral (select * from (" +
        of_state(model::MailState::waiting) + " union all " + of_state(model::MailState::dead) +
        " union all (" + of_state(model::MailState::handed_over) +
        " order by id desc limit $9::bigint)) m where a.permitted order by m.id desc limit $9::bigint) o on "
        "true"
        " order by o.id desc"};

// One row for each id, whether it exists or not.
const Statement lock{"lock_mail", Effect::writes, R"(
with existing as (
  select id, state, coalesce(useful_until > now(), true) as is_still_useful
    from taskward.outbox where id = any($1::uuid[]) order by id for update
)
select a.id, t.id is not null, coalesce(t.state = 'dead', false), coalesce(t.is_still_useful, false)
  from unnest($1::uuid[]) as a (id) left join existing t on t.id = a.id)"};

constexpr std::string_view kRequeue = R"(
update taskward.outbox
   set state = 'waiting', next_try_at = now(), attempts = 0, claimed_by = null, claimed_until = null
 where state = 'dead')";

/// The same for the mails that match `which` (SQL), with one audit record of their number under the id
/// `record` (SQL).
std::string requeue(const std::string& which, const std::string& record) {
  return "with requeued as (" + std::string(kRequeue) + " and " + which +
         " returning 1), audited as (insert into taskward.audit (id, action, object_type, outcome, reason) "
         "select " +
         record + "::uuid, " + quoted(model::AuditAction::mail_retry) +
         ", 'mail', 'success', count(*)::text from requeued having count(*) > 0) select count(*) from "
         "requeued";
}

const Statement retry{"retry_mail", Effect::writes, requeue("id = any($1::uuid[])", "$2")};

const Statement retry_all{"retry_all_mail", Effect::writes,
                          requeue("(useful_until is null or useful_until > now())", "$1")};

// $1..$3 caller, $4..$7 stamp, $8 the mail.
const Statement retry_as_administrator{
    "retry_mail_as_administrator", Effect::writes,
    administrator_cte() + R"(, found as (
  select m.id, m.state = 'dead' and coalesce(m.useful_until > now(), true) as is_retryable
    from taskward.outbox m join actor a on a.permitted where m.id = $8::uuid for update of m
), requeued as ()" +
        std::string(kRequeue) + " and id = (select f.id from found f where f.is_retryable) returning id)" +
        audit("audited", stamp_values(4),
              {.action = model::AuditAction::mail_retry, .object_type = "'mail'", .object = "$8::uuid"},
              "actor a left join requeued r on true where r.id is not null or not a.permitted") +
        " select a.permitted, f.id is not null, coalesce(f.is_retryable, false)"
        " from actor a left join found f on true"};

std::string array_of(std::span<const model::MailId> ids) {
  std::vector<std::string> texts;
  for (const model::MailId& id : ids) texts.push_back(id.text());
  return '{' + joined(texts, ",") + '}';
}

std::string array_of(std::span<const model::MailState> states) {
  std::vector<std::string_view> names;
  for (const model::MailState state : states) names.push_back(model::name(state));
  return '{' + joined(names, ",") + '}';
}

ListedMail listed_from(db::RowReader& row) {
  ListedMail mail;
  mail.id = row.id<model::MailId>();
  mail.kind = row.text();
  mail.state = row.text();
  mail.sealed = row.text_or_null();
  mail.created_at = row.timestamp();
  mail.attempts = static_cast<int>(row.number());
  mail.next_try_at = row.timestamp();
  mail.last_error = row.text();
  return mail;
}

/// Truncates the reason and replaces what PostgreSQL does not accept in a text: invalid UTF-8 and NUL. An
/// SMTP server's reply may contain both.
std::string truncated(std::string_view reason) {
  std::string text;
  while (!reason.empty() && text.size() < kMailErrorMaxBytes) {
    const std::size_t length = code_point_length(reason);
    if (text.size() + length > kMailErrorMaxBytes) break;
    text += length == 0 || reason.front() == '\0' ? std::string_view("?") : reason.substr(0, length);
    reason.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

bool changed_one(const Rows& rows) { return rows.tag() == "UPDATE 1"; }

}  // namespace

StatementList outbox_statements() {
  return {&claim_next, &handed_over,           &deferred, &dead, &list, &list_as_administrator, &lock, &retry,
          &retry_all,  &retry_as_administrator};
}

std::optional<ClaimedMail> claim_mail(db::Connection& database, const ClaimId& id,
                                      std::chrono::seconds lease) {
  const Rows rows = database.run(claim_next, Params().id(id).number(lease.count()));
  if (rows.empty()) return std::nullopt;
  db::RowReader row = rows.row(0);
  ClaimedMail mail;
  mail.claim = {row.id<model::MailId>(), id};
  mail.kind = row.text();
  mail.sealed = row.text();
  mail.created_at = row.timestamp();
  mail.attempts = static_cast<int>(row.number());
  mail.is_still_useful = row.boolean();
  mail.last_error = row.text();
  return mail;
}

bool record_handed_over(db::Connection& database, const Claim& claim) {
  return changed_one(database.run(handed_over, Params().id(claim.mail).id(claim.id)));
}

bool record_deferred(db::Connection& database, const Claim& claim, std::chrono::milliseconds delay,
                     std::string_view reason) {
  const std::string text = truncated(reason);
  return changed_one(
      database.run(deferred, Params().id(claim.mail).id(claim.id).number(delay.count()).text(text)));
}

bool record_dead(db::Connection& database, const Claim& claim, std::string_view reason) {
  const std::string text = truncated(reason);
  return changed_one(database.run(dead, Params().id(claim.mail).id(claim.id).text(text)));
}

std::vector<ListedMail> list_mail(db::Connection& database, std::span<const model::MailState> states,
                                  std::int64_t most) {
  const std::string array = array_of(states);
  const Rows rows = database.run(list, Params().literal(array.c_str()).number(most));
  std::vector<ListedMail> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    out.push_back(listed_from(row));
  }
  return out;
}

Result<std::vector<ListedMail>> list_mail(db::Connection& database, const Administer& access,
                                          std::span<const model::MailState> states, std::int64_t most,
                                          const std::optional<model::MailId>& before,
                                          const model::AuditStamp& stamp) {
  const std::string array = array_of(states);
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.literal(array.c_str()).number(most);
  if (before)
    params.id(*before);
  else
    params.null();
  const Rows rows = database.run(list_as_administrator, params);
  if (auto first = permitted_row(rows); !first) return std::move(first).error();
  std::vector<ListedMail> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(1);
    if (row.is_null()) break;
    out.push_back(listed_from(row));
  }
  return out;
}

Result<Done> retry_mail(db::Connection& database, const Administer& access, const model::MailId& id,
                        const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  const Rows rows = database.run(retry_as_administrator, params.id(id));
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  if (!row->boolean()) return Error(ErrorCode::not_found);
  if (!row->boolean()) return Error(ErrorCode::mail_not_dead);
  return Done{};
}

std::vector<RetryConflict> retry_mail(db::Connection& database, std::span<const model::MailId> ids,
                                      const AuditId& record) {
  const std::string array = array_of(ids);
  std::vector<RetryConflict> conflicts;
  database.connect();
  db::Transaction transaction(database);
  const Rows rows = database.run(lock, Params().literal(array.c_str()));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    const auto id = row.id<model::MailId>();
    const bool exists = row.boolean();
    const bool is_dead = row.boolean();
    const bool is_still_useful = row.boolean();
    if (!exists)
      conflicts.push_back({RetryConflict::Kind::unknown, id});
    else if (!is_dead)
      conflicts.push_back({RetryConflict::Kind::not_dead, id});
    else if (!is_still_useful)
      conflicts.push_back({RetryConflict::Kind::expired, id});
  }
  if (!conflicts.empty()) return conflicts;
  static_cast<void>(database.run(retry, Params().literal(array.c_str()).id(record)));
  transaction.commit();
  return {};
}

std::int64_t retry_all_mail(db::Connection& database, const AuditId& record) {
  return database.run(retry_all, Params().id(record)).row(0).number();
}

}  // namespace taskward::store
