#include "taskward/store/access.hpp"

#include "fragments.hpp"
#include "statement_lists.hpp"

namespace taskward::store {
namespace {

// $1..$3 caller, $4..$7 stamp, $8 the reason, $9 and $10 type and id of the object, $11 whether the request
// is refused although the access is permitted.
const db::Statement check{"check_access", db::Effect::writes,
                          std::string(kCaller) + ", audited as (insert into taskward.audit " +
                              audit_columns_and_token() + " select " + stamp_values(4) + ", c.id, c.role, '" +
                              std::string(model::name(model::AuditAction::access_denied)) +
                              "', $9::text, $10::uuid, 'denied', $8::text, null::text[], c.token_id from "
                              "caller c where not c.permitted or $11::boolean)"
                              " select c.permitted from caller c"};

// $1..$3 caller.
const db::Statement standing{"find_own_standing", db::Effect::reads,
                             std::string(kCaller) +
                                 " select u.role, u.second_factor from caller c"
                                 " join taskward.users u on u.id = c.id"};

}  // namespace

StatementList access_statements() { return {&check, &standing}; }

Result<Standing> find_own_standing(db::Connection& database, const model::Bearer& access) {
  db::Params params;
  add_caller(params, access);
  const db::Rows rows = database.run(standing, params);
  if (rows.empty()) return session_ended_error();
  db::RowReader row = rows.row(0);
  Standing found;
  found.role = model::role(row.view()).value();
  found.has_second_factor = row.boolean();
  return found;
}

namespace {

std::string_view reason_of(const model::Bearer& access, const RefusedRequest& request) {
  if (request.lacks_scope && access.scope() != model::Scope::none) return model::name(access.scope());
  return request.action ? model::name(*request.action) : model::name(access.permission());
}

}  // namespace

Result<Done> check_access(db::Connection& database, const model::Bearer& access,
                          const model::AuditStamp& stamp, const RefusedRequest& request) {
  db::Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(reason_of(access, request)).text_or_null(request.object_type);
  if (request.object)
    params.uuid(*request.object);
  else
    params.null();
  params.literal(request.lacks_scope ? "t" : "f");
  const db::Rows rows = database.run(check, params);
  auto row = permitted_row(rows);
  if (!row) return std::move(row).error();
  return Done{};
}

}  // namespace taskward::store
