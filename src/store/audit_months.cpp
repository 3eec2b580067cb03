#include "taskward/store/audit_months.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Statement;

const Statement create{"make_audit_months", Effect::writes, "select taskward.make_audit_months($1::integer)"};
const Statement drop{"drop_old_audit", Effect::writes, "select taskward.drop_old_audit($1::uuid)"};
const Statement drop_former{"drop_former_audit_index", Effect::writes,
                            "select taskward.drop_former_audit_index()"};
const Statement missing{
    "missing_audit_indexes", Effect::reads,
    "select c.relname::text, i.name from taskward.audit_missing_indexes i join pg_class c on"
    " c.oid = i.partition where i.is_due order by i.first, i.name"};
const Statement index{"index_audit_month", Effect::writes, "select taskward.index_audit_month($1::text)"};
// $1 the maximum number of seals.
const Statement forget{
    "forget_audit_leaves", Effect::writes,
    "select taskward.forget_audit_leaves(min(m.first), $1::integer) from taskward.audit_months m"};

// For the operator, on a connection without prepared statements.
constexpr const char* kRetention = "select retention_months from taskward.audit_policy";

// $1 months, $2 the audit record's id.
std::string set_retention() {
  return "with before as (select retention_months from taskward.audit_policy), changed as (update"
         " taskward.audit_policy set retention_months = $1::integer where retention_months <> $1::integer "
         "returning"
         " retention_months), audited as (insert into taskward.audit (id, action, object_type, outcome, "
         "reason,"
         " changed_fields) select $2::uuid, " +
         quoted(model::AuditAction::audit_retention) +
         ", 'audit', 'success', b.retention_months || '->' || c.retention_months, array['retention_months']"
         " from before b cross join changed c) select count(*) from changed";
}

}  // namespace

StatementList audit_month_statements() { return {&create, &drop, &drop_former, &missing, &index, &forget}; }

int make_audit_months(db::Connection& database) {
  return static_cast<int>(database.run(create, Params().number(kAuditMonthsAhead)).row(0).number());
}

std::optional<std::string> drop_old_audit(db::Connection& database, const AuditId& record) {
  return database.run(drop, Params().id(record)).row(0).text_or_null();
}

bool drop_former_audit_index(db::Connection& database) {
  return database.run(drop_former, Params()).row(0).boolean();
}

std::vector<MissingAuditIndex> missing_audit_indexes(db::Connection& database) {
  const db::Rows rows = database.run(missing, Params());
  std::vector<MissingAuditIndex> all;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    std::string month = row.text();
    all.push_back({std::move(month), row.text()});
  }
  return all;
}

bool index_audit_month(db::Connection& database, const std::string& name, const GiveUp& give_up) {
  return database.run_unless(give_up, index, Params().text(name)).row(0).boolean();
}

bool forget_audit_leaves(db::Connection& database) {
  return database.run(forget, Params().number(kForgetBatch)).row(0).number() == kForgetBatch;
}

std::chrono::months audit_retention(db::Connection& connection) {
  return std::chrono::months(connection.query(kRetention, Params()).row(0).number());
}

bool set_audit_retention(db::Connection& connection, std::chrono::months retention, const AuditId& record) {
  return connection.query(set_retention(), Params().number(retention.count()).id(record)).row(0).number() !=
         0;
}

}  // namespace taskward::store
