#include "taskward/store/health.hpp"

#include "statement_lists.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::store {
namespace {

// $1 the known version. It must have been applied, and every newer one must be compatible with it.
const db::Statement current{"schema_is_current", db::Effect::reads, R"(
select coalesce(max(version) >= $1::integer, false)
       and not coalesce(bool_or(version > $1::integer and compatible_with > $1::integer), false)
  from taskward.schema_migrations)"};

// Nothing of it remains, so it may be repeated like a read.
const db::Statement probe{"probe_writes", db::Effect::reads, "select taskward.probe_writes()"};

}  // namespace

StatementList health_statements() { return {&current, &probe}; }

void probe_writes(db::Connection& database) { static_cast<void>(database.run(probe, db::Params())); }

bool schema_is_current(db::Connection& database) {
  return database.run(current, db::Params().number(known_schema_version())).row(0).boolean();
}

}  // namespace taskward::store
