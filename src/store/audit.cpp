#include "taskward/store/audit.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

// $1..$4 stamp, $5 what was asked for.
const db::Statement denied{"record_denied", db::Effect::writes,
                           "insert into taskward.audit " + std::string(kAuditColumns) + " select " +
                               stamp_values(1) + ", null, null, '" +
                               std::string(model::name(model::AuditAction::access_denied)) +
                               "', null, null, 'denied', $5::text, null::text[]"};

}  // namespace

StatementList audit_statements() { return {&denied}; }

void record_denied(db::Connection& database, model::AuditAction asked, const model::AuditStamp& stamp) {
  db::Params params;
  add_stamp(params, stamp);
  params.text(model::name(asked));
  static_cast<void>(database.run(denied, params));
}

}  // namespace taskward::store
