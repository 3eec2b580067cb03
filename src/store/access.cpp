#include "taskward/store/access.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

// $1..$3 caller, $4..$7 stamp, $8 the permission, which is recorded as the reason.
const db::Statement check{
    "check_access", db::Effect::writes,
    std::string(kCaller) + ", audited as (insert into taskward.audit " + std::string(kAuditColumns) +
        " select " + stamp_values(4) + ", c.id, c.role, '" +
        std::string(model::name(model::AuditAction::access_denied)) +
        "', null, null, 'denied', $8::text, null::text[] from caller c where not c.permitted)"
        " select c.permitted from caller c"};

}  // namespace

StatementList access_statements() { return {&check}; }

Result<Done> check_access(db::Connection& database, const model::Bearer& access,
                          const model::AuditStamp& stamp) {
  db::Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(model::name(access.permission()));
  const db::Rows rows = database.run(check, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return Done{};
}

}  // namespace taskward::store
