#include "taskward/store/codes.hpp"

#include "code_issuing.hpp"
#include "fragments.hpp"
#include "statement_lists.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

/// SQL: the audit record, and the result: whether the code was issued, and if not how long to wait.
std::string issued_or_wait(int stamp, int first, const std::string& actor, const std::string& columns) {
  const std::string purpose = parameter(first) + "::text";
  return ", audited as (insert into taskward.audit " + std::string(kAuditColumns) + " select " +
         stamp_values(stamp) + ", " + actor + ", " + quoted(model::AuditAction::code_request) +
         ", null, null, case when p is null then 'denied' else 'success' end, " + purpose +
         ", null::text[] from requested k left join issued p on true) select " + columns +
         "exists (select from issued), " + seconds_until_code_allowed(first);
}

const std::string kRequested = "with requested as (select)";

// $1..$4 stamp, $5..$10 code, $11..$14 mail.
const Statement request{
    "request_code", Effect::writes,
    kRequested + issue_code(5) + queue_mail("mailed", 11, "issued") + issued_or_wait(1, 5, "null, null", "")};

std::string account_of(int email) {
  return "(select from taskward.users u where u.is_active and " + same_name("u.email", parameter(email)) +
         ')';
}

// $1..$4 stamp, $5..$10 code, $11..$14 mail for an account, $15..$18 mail for an unknown address, $19
// address.
const Statement request_either{
    "request_code_of_account", Effect::writes,
    kRequested + issue_code(5) + queue_mail("mailed", 11, "issued where exists " + account_of(19)) +
        queue_mail("mailed_unknown", 15, "issued where not exists " + account_of(19)) +
        issued_or_wait(1, 5, "null, null", "")};

// $1..$3 caller, $4..$7 stamp, $8..$13 code, $14..$17 mail.
const Statement request_as_caller{
    "request_code_as_caller", Effect::writes,
    std::string(kCaller) + ", requested as (select c.id, c.role from caller c where c.permitted)" +
        issue_code(8) + queue_mail("mailed", 14, "issued") +
        issued_or_wait(4, 8, "k.id, k.role", "(select c.permitted from caller c), ")};

// $1 address.
const Statement stored_address{"find_stored_address", Effect::reads,
                               "select u.email from taskward.users u where " + same_name("u.email", "$1")};

// $1 purpose, $2 subject.
const Statement recipient{"find_code_recipient", Effect::reads,
                          "select c.code_hash, c.sealed_recipient from taskward.one_time_codes c"
                          " where c.purpose = $1::text and c.subject = $2::bytea"
                          " and c.sealed_recipient is not null"};

Result<Done> issued(db::RowReader& row) {
  if (row.boolean()) return Done{};
  return too_many_codes(row);
}

}  // namespace

StatementList code_statements() {
  return {&request, &request_either, &request_as_caller, &stored_address, &recipient};
}

std::optional<std::string> find_stored_address(db::Connection& database, const std::string& email) {
  const Rows rows = database.run(stored_address, Params().text(email));
  if (rows.empty()) return std::nullopt;
  return rows.row(0).text();
}

std::optional<CodeRecipient> find_code_recipient(db::Connection& database, model::CodePurpose purpose,
                                                 const crypto::Sha256& subject) {
  const Rows rows = database.run(recipient, Params().text(model::name(purpose)).bytes(crypto::view(subject)));
  if (rows.empty()) return std::nullopt;
  db::RowReader row = rows.row(0);
  CodeRecipient found;
  found.code = row.text();
  found.sealed = row.text();
  return found;
}

Result<Done> request_code(db::Connection& database, const NewCode& code, const SealedMail& mail,
                          const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, mail);
  const Rows rows = retry_on_unique_violation([&] { return database.run(request, params); });
  db::RowReader row = rows.row(0);
  return issued(row);
}

Result<Done> request_code(db::Connection& database, const NewCode& code, const std::string& email,
                          const SealedMail& for_account, const SealedMail& for_unknown,
                          const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, for_account);
  add_mail(params, for_unknown);
  params.text(email);
  const Rows rows = retry_on_unique_violation([&] { return database.run(request_either, params); });
  db::RowReader row = rows.row(0);
  return issued(row);
}

Result<Done> request_code(db::Connection& database,
                          const model::SessionAccess<model::Permission::own_profile>& access,
                          const NewCode& code, const SealedMail& mail, const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  add_code(params, code);
  add_mail(params, mail);
  const Rows rows = retry_on_unique_violation([&] { return database.run(request_as_caller, params); });
  db::RowReader first = rows.row(0);
  if (first.is_null()) return session_ended_error();
  if (!first.boolean()) return ErrorCode::forbidden;
  return issued(first);
}

}  // namespace taskward::store
