#include "taskward/store/backup.hpp"

#include <algorithm>

#include "taskward/store/audit_walk.hpp"

namespace taskward::store {
namespace {

using db::Params;

constexpr const char* kTables =
    "select c.relname::text from pg_catalog.pg_class c where c.relnamespace = 'taskward'::regnamespace"
    " and c.relkind = 'r' order by c.relname";

// The text of a row depends on these.
constexpr const char* kPlainTexts =
    "set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'; set local intervalstyle = 'postgres';"
    " set local bytea_output = 'hex'; set local extra_float_digits = 1";

constexpr const char* kFound = R"(
select kind || ' ' || name from (
  select 1, 'schema', n.nspname::text from pg_catalog.pg_namespace n where n.nspname = 'taskward'
  union all
  select 2, case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end,
         format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname <> 'information_schema' and n.nspname !~ '^pg_' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
) found (rank, kind, name) order by rank, name limit 1)";

constexpr const char* kServiceRole =
    "select exists (select from pg_catalog.pg_roles where rolname = 'taskward')";

// The number is the process id of the session that created it.
constexpr const char* kLeftOver = R"(
select d.datname::text from pg_catalog.pg_database d
 where d.datname ~ '^taskward_scratch_[0-9]+$' and pg_catalog.pg_has_role(d.datdba, 'usage')
   and not exists (select from pg_catalog.pg_stat_activity a
                    where a.pid <> pg_catalog.pg_backend_pid() and a.pid = substr(d.datname, 18)::integer))";
constexpr const char* kCreateScratch = R"(
select name, format('create database %I template template0 encoding %L lc_collate %L lc_ctype %L', name,
                    pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
  from pg_catalog.pg_database d, lateral (select 'taskward_scratch_' || pg_catalog.pg_backend_pid() as name) n
 where d.datname = pg_catalog.current_database())";

constexpr int kTries = 5;

std::vector<std::string> texts(db::Connection& database, const char* sql) {
  const db::Rows rows = database.query(sql, Params());
  std::vector<std::string> all;
  for (std::size_t r = 0; r < rows.size(); ++r) all.push_back(rows.row(r).text());
  return all;
}

std::string quoted_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string all_of(const std::vector<std::string>& tables) {
  std::string out;
  for (const std::string& table : tables)
    out += (out.empty() ? "taskward." : ", taskward.") + quoted_name(table);
  return out;
}

std::string rows_of(const TableContent& table) {
  return std::to_string(table.rows) + (table.rows == 1 ? " row" : " rows");
}

}  // namespace

Snapshot::Snapshot(db::Connection& database) {
  for (int attempt = 1;; ++attempt) {
    const auto tables = texts(database, kTables);
    transaction_.emplace(database);
    use_one_read_only_snapshot(database);
    // Before the snapshot: a table that is rewritten after it would look empty.
    database.execute("lock table " + all_of(tables) + " in access share mode");
    if (texts(database, kTables) == tables) break;
    transaction_.reset();
    if (attempt == kTries) throw db::Unavailable("the tables of the database change all the time");
  }
  // The session is idle while the others read.
  database.execute("set local idle_in_transaction_session_timeout = 0");
  name_ = database.query("select pg_catalog.pg_export_snapshot()", Params()).row(0).text();
}

std::vector<TableContent> table_contents(db::Connection& database,
                                         const std::function<void(const std::string&)>& before) {
  database.execute(kPlainTexts);
  std::vector<TableContent> all;
  for (const std::string& table : texts(database, kTables)) {
    before(table);
    const db::Rows rows = database.query(
        "select count(*), coalesce(sum(('x' || encode(substr(sha256(convert_to(t::text, 'UTF8')), 1, 8), "
        "'hex'))::bit(64)::bigint), 0)::text from taskward." +
            quoted_name(table) + " t",
        Params());
    db::RowReader row = rows.row(0);
    TableContent content{table, row.number(), {}};
    content.digest = row.text();
    all.push_back(std::move(content));
  }
  return all;
}

std::optional<std::string> first_difference(const std::vector<TableContent>& expected,
                                            const std::vector<TableContent>& found) {
  for (const TableContent& one : expected) {
    const auto same =
        std::ranges::find_if(found, [&](const TableContent& other) { return other.name == one.name; });
    if (same == found.end()) return "the table " + one.name + " is missing";
    if (same->rows != one.rows)
      return "the table " + one.name + " has " + rows_of(*same) + " instead of " + std::to_string(one.rows);
    if (same->digest != one.digest) return "the table " + one.name + " has other content";
  }
  if (found.size() != expected.size()) return "there are tables that the backup does not list";
  return std::nullopt;
}

std::optional<std::string> found_in_database(db::Connection& database) {
  const auto found = texts(database, kFound);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

bool has_service_role(db::Connection& database) {
  return database.query(kServiceRole, Params()).row(0).boolean();
}

void analyze_tables(db::Connection& database) {
  database.execute("analyze " + all_of(texts(database, kTables)));
}

ScratchDatabase::ScratchDatabase(db::Connection& database) : database_(database) {
  for (const std::string& name : texts(database_, kLeftOver))
    database_.execute("drop database if exists " + quoted_name(name) + " with (force)");
  const db::Rows rows = database_.query(kCreateScratch, Params());
  db::RowReader row = rows.row(0);
  const std::string name = row.text();
  database_.execute(row.text());
  name_ = name;
}

ScratchDatabase::~ScratchDatabase() {
  try {
    drop();
  } catch (const std::exception&) {
    // The next one drops it.
  }
}

void ScratchDatabase::drop() {
  if (name_.empty()) return;
  database_.execute("drop database if exists " + quoted_name(name_) + " with (force)");
  name_.clear();
}

}  // namespace taskward::store
