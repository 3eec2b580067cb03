#include "taskward/store/attempts.hpp"

#include "attempt_counting.hpp"
#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// $1..$4 stamp, $5 kind, $6 subject, $7 most, $8 window in seconds. Of two concurrent statements
// the second waits for the row's lock and then sees what the first has counted.
const Statement count{"count_attempt", Effect::writes,
                      "with counted as (" +
                          count_attempt_sql("$5::text", "$6::bytea", "$7::integer", "$8::double precision") +
                          R"(), refused as (
  update taskward.attempts a set refused_at = clock_timestamp()
   where a.kind = $5::text and a.subject = $6::bytea and not exists (select from counted)
     and (a.refused_at is null or a.refused_at <= clock_timestamp() - make_interval(secs => $8::double precision))
  returning a.kind
), audited as (insert into taskward.audit )" +
                          std::string(kAuditColumns) + " select " + stamp_values(1) + ", null, null, " +
                          quoted(model::AuditAction::limit_exceeded) +
                          R"(, null, null, 'denied', r.kind, null::text[] from refused r)
select exists (select from counted),
       )" + rest_of_window("$5::text", "$6::bytea", "$8::double precision")};

}  // namespace

StatementList attempt_statements() { return {&count}; }

std::string_view name(LockSubject::Kind kind) noexcept {
  switch (kind) {
    case LockSubject::Kind::email:
      return "email";
    case LockSubject::Kind::username:
      return "username";
    case LockSubject::Kind::caller:
      return "caller";
  }
  return "";
}

std::optional<std::chrono::seconds> count_attempt(db::Connection& database, const model::Limit& limit,
                                                  std::string_view subject, const model::AuditStamp& stamp) {
  Params params;
  add_stamp(params, stamp);
  params.text(limit.kind).bytes(subject).number(limit.most).number(limit.window.count());
  const Rows rows = database.run(count, params);
  db::RowReader row = rows.row(0);
  if (row.boolean()) return std::nullopt;
  return retry_after(row);
}

}  // namespace taskward::store
