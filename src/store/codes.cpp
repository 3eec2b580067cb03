#include "taskward/store/codes.hpp"

#include "counting.hpp"
#include "run_again.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// Each purpose has an hour of its own: nobody uses up the codes to log in with by asking for others.
std::string hour_kind(const std::string& purpose) {
  return "('" + std::string(model::kCodesPerAddress.kind) + ":' || " + purpose + ')';
}

/// CTEs that put a code into its place: `placed` has a row if that was allowed. Five parameters from
/// $first on: purpose, subject, recipient, code, challenge. `asked` has one row, or none to do nothing.
/// Of two first requests at once the second runs into the first's row and is run again (until_seen): so
/// nothing is charged to the address's hour for a code that is not sent.
std::string place_code(int first) {
  const std::string purpose = parameter(first) + "::text";
  const std::string subject = parameter(first + 1) + "::bytea";
  const std::string recipient = parameter(first + 2) + "::bytea";
  const std::string code = parameter(first + 3) + "::bytea";
  const std::string challenge = parameter(first + 4) + "::bytea";
  const std::string expiry = "clock_timestamp() + " + interval(model::kCodeLifetime);
  const std::string pause = "clock_timestamp() - " + interval(model::kCodePause);
  const model::Limit& hour = model::kCodesPerAddress;
  return ", held as (select c.created_at from taskward.one_time_codes c where c.purpose = " + purpose +
         " and c.subject = " + subject + " for update), counted as (" +
         count_moment(hour_kind(purpose), recipient, std::to_string(hour.most),
                      std::to_string(hour.window.count()),
                      "asked where not exists (select from held h where h.created_at > " + pause + ")") +
         "), first_one as (insert into taskward.one_time_codes (purpose, subject, code_hash, challenge_hash,"
         " created_at, expires_at) select " +
         purpose + ", " + subject + ", " + code + ", " + challenge + ", clock_timestamp(), " + expiry +
         " from counted where not exists (select from held) returning 1 as one),"
         " next_one as (update taskward.one_time_codes c set code_hash = " +
         code + ", challenge_hash = " + challenge +
         ", created_at = clock_timestamp(), expires_at = " + expiry +
         ", failures = 0, challenged_failures = 0, used_at = null from counted where c.purpose = " + purpose +
         " and c.subject = " + subject +
         " and exists (select from held) returning 1 as one),"
         " placed as (select one from first_one union all select one from next_one)";
}

/// The record, and what the statement gives: whether it was placed, and if not how long to wait.
std::string placed_or_wait(int stamp, int first, const std::string& actor, const std::string& columns) {
  const std::string purpose = parameter(first) + "::text";
  const model::Limit& hour = model::kCodesPerAddress;
  return ", noted as (insert into taskward.audit " + std::string(kAuditColumns) + " select " +
         stamp_values(stamp) + ", " + actor + ", " + quoted(model::AuditAction::code_request) +
         ", null, null, case when p is null then 'denied' else 'success' end, " + purpose +
         ", null::text[] from asked k left join placed p on true) select " + columns +
         "exists (select from placed), greatest((select ceil(extract(epoch from h.created_at + " +
         interval(model::kCodePause) + " - clock_timestamp()))::bigint from held h), " +
         rest_of_window(hour_kind(purpose), parameter(first + 2) + "::bytea",
                        std::to_string(hour.window.count())) +
         " * (select count(*) filter (where cardinality(" +
         live_moments(std::to_string(hour.window.count())) + ") >= " + std::to_string(hour.most) +
         ") from taskward.attempts a where a.kind = " + hour_kind(purpose) +
         " and a.subject = " + parameter(first + 2) + "::bytea))";
}

const std::string kAsked = "with asked as (select)";

// $1..$4 stamp, $5..$9 code, $10..$13 mail.
const Statement request{
    "request_code", Effect::writes,
    kAsked + place_code(5) + queue_mail("mailed", 10, "placed") + placed_or_wait(1, 5, "null, null", "")};

std::string account_of(int email) {
  return "(select from taskward.users u where u.is_active and " + same_name("u.email", parameter(email)) +
         ')';
}

// $1..$4 stamp, $5..$9 code, $10..$13 mail for an account, $14..$17 mail for nobody, $18 address.
const Statement request_either{
    "request_code_of_account", Effect::writes,
    kAsked + place_code(5) + queue_mail("mailed", 10, "placed where exists " + account_of(18)) +
        queue_mail("mailed_nobody", 14, "placed where not exists " + account_of(18)) +
        placed_or_wait(1, 5, "null, null", "")};

// $1..$3 caller, $4..$7 stamp, $8..$12 code, $13..$16 mail.
const Statement request_as_caller{
    "request_code_as_caller", Effect::writes,
    std::string(kCaller) + ", asked as (select c.id, c.role from caller c where c.permitted)" +
        place_code(8) + queue_mail("mailed", 13, "placed") +
        placed_or_wait(4, 8, "k.id, k.role", "(select c.permitted from caller c), ")};

void add_code(Params& params, const NewCode& code) {
  params.text(model::name(code.purpose))
      .bytes(crypto::view(code.subject))
      .bytes(crypto::view(code.recipient))
      .bytes(crypto::view(code.code))
      .bytes(crypto::view(code.challenge));
}

Result<Done> placed(db::RowReader& row) {
  if (row.boolean()) return Done{};
  Error refusal(ErrorCode::too_many_requests,
                "A code was sent to this address a moment ago, or too many in an hour.");
  refusal.retry_after = retry_after(row);
  return refusal;
}

}  // namespace

StatementList code_statements() { return {&request, &request_either, &request_as_caller}; }

Result<Done> request_code(db::Connection& database, const NewCode& code, const SealedMail& mail,
                          const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, mail);
  const Rows rows = until_seen([&] { return database.run(request, params); });
  db::RowReader row = rows.row(0);
  return placed(row);
}

Result<Done> request_code(db::Connection& database, const NewCode& code, const std::string& email,
                          const SealedMail& for_account, const SealedMail& for_nobody,
                          const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, for_account);
  add_mail(params, for_nobody);
  params.text(email);
  const Rows rows = until_seen([&] { return database.run(request_either, params); });
  db::RowReader row = rows.row(0);
  return placed(row);
}

Result<Done> request_code(db::Connection& database,
                          const model::Access<model::Permission::own_profile>& access, const NewCode& code,
                          const SealedMail& mail, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, mail);
  const Rows rows = until_seen([&] { return database.run(request_as_caller, params); });
  db::RowReader first = rows.row(0);
  if (first.is_null()) return session_over();
  if (!first.boolean()) return ErrorCode::forbidden;
  return placed(first);
}

}  // namespace taskward::store
