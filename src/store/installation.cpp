#include "taskward/store/installation.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "statement_lists.hpp"
#include "taskward/base/text.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Statement;

// What the connection's role may do, one right in a row. The names of columns are relevant only in the audit
// record, where the service must not set all of them.
const Statement held_rights{"service_rights", Effect::reads, R"(
with relations as (
  select c.oid, c.relname::text as name, c.relkind, c.relowner, c.relrowsecurity from pg_class c
   where c.relnamespace = 'taskward'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select p.privilege || ' on ' || r.name from relations r
 cross join unnest(array['select', 'insert', 'update', 'references']) p (privilege)
 where has_any_column_privilege(r.oid, p.privilege)
union all
select p.privilege || ' on ' || r.name from relations r
 cross join unnest(array['delete', 'truncate', 'trigger']) p (privilege)
 where has_table_privilege(r.oid, p.privilege)
union all
select 'insert of audit.' || a.attname from pg_attribute a
 where a.attrelid = 'taskward.audit'::regclass and a.attnum > 0 and not a.attisdropped
   and has_column_privilege(a.attrelid, a.attnum, 'insert')
union all
select distinct 'execute on ' || p.proname from pg_proc p
 where p.pronamespace = 'taskward'::regnamespace and p.proacl is not null and has_function_privilege(p.oid, 'execute')
union all
select 'ownership of ' || r.name from relations r where pg_has_role(r.relowner, 'member')
union all
select 'all rows of ' || r.name from relations r where r.name = 'audit_seals' and not r.relrowsecurity
union all
select 'usage of the schema taskward' where has_schema_privilege('taskward', 'usage')
union all
select 'create in the schema ' || n.nspname from pg_namespace n
 where n.nspname in ('taskward', 'public') and has_schema_privilege(n.oid, 'create')
union all
select p.privilege || ' in the database' from unnest(array['create', 'temporary']) p (privilege)
 where has_database_privilege(current_database(), p.privilege)
union all
select 'membership of ' || r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
 where m.member = (select oid from pg_roles where rolname = current_user)
union all
select a.name from pg_roles r
 cross join lateral (values ('createdb', r.rolcreatedb), ('createrole', r.rolcreaterole),
                            ('replication', r.rolreplication), ('bypassrls', r.rolbypassrls)) a (name, is_held)
 where r.rolname = current_user and a.is_held)"};

const Statement role{"connected_role", Effect::reads,
                     "select current_user::text, rolsuper from pg_roles where rolname = current_user"};

// Of the role that owns the tables: whether a right is missing, and which.
const Statement owner{"owner_rights", Effect::reads, R"(
select true, 'ownership of ' || c.relname from pg_class c
 where c.relnamespace = 'taskward'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
   and not pg_has_role(c.relowner, 'usage')
union all
select true, 'createdb' from pg_roles where rolname = current_user and not rolcreatedb
union all
select false, a.name from pg_roles r
 cross join lateral (values ('superuser', r.rolsuper), ('createrole', r.rolcreaterole),
                            ('replication', r.rolreplication), ('bypassrls', r.rolbypassrls)) a (name, is_held)
 where r.rolname = current_user and a.is_held)"};

const Statement limits{"role_limits", Effect::reads,
                       "select current_setting('lock_timeout') <> '0' and "
                       "current_setting('client_connection_check_interval') <> '0'"};

const Statement clock_now{"database_time", Effect::reads, "select clock_timestamp()"};

const Statement unfiled{"unfiled_audit", Effect::reads, "select exists (select from taskward.audit_default)"};

const Statement oldest_mail{"oldest_waiting_mail", Effect::reads,
                            "select min(created_at) from taskward.outbox where state = 'waiting'"};

const Statement directory{"data_directory", Effect::reads,
                          "select (select setting from pg_settings where name = 'data_directory')"};

const Statement load{"database_load", Effect::reads, R"(
select (select count(*) from pg_stat_activity where datname = current_database()),
       (select count(*) from pg_stat_activity where datname = current_database() and state = 'active'
                                                and pid <> pg_backend_pid()),
       current_setting('max_connections')::bigint,
       (select count(*) from pg_locks where not granted),
       pg_database_size(current_database()),
       pg_is_in_recovery())"};

/// What the migrations grant. A store test compares it with a migrated database.
struct Grant {
  std::string_view privileges;
  std::string_view objects;
};
constexpr Grant kGrants[] = {
    {"select insert update delete",
     "users sessions refresh_tokens tasks one_time_codes attempts lockouts outbox task_room idempotency_keys "
     "task_index totp recovery_codes passkeys mfa_logins webauthn_challenges personal_tokens"},
    {"select insert update", "signing_keys"},
    {"select insert", "audit audit_seals"},
    {"select", "schema_migrations search_configuration audit_policy audit_months audit_missing_indexes"},
    {"execute",
     "is_next_audit_seal this_cluster forget_audit_leaves make_audit_months drop_old_audit "
     "analyze_task_index index_audit_month drop_former_audit_index"},
};
constexpr std::string_view kAuditColumns =
    "id actor_id actor_role action object_type object_id outcome reason client_address user_agent request_id "
    "changed_fields token_id";

std::vector<std::string> granted() {
  std::vector<std::string> all{"usage of the schema taskward"};
  for (const Grant& grant : kGrants) {
    for (const std::string_view object : split(grant.objects, ' '))
      for (const std::string_view privilege : split(grant.privileges, ' '))
        all.push_back(std::string(privilege) + " on " + std::string(object));
  }
  for (const std::string_view column : split(kAuditColumns, ' '))
    all.push_back("insert of audit." + std::string(column));
  std::ranges::sort(all);
  return all;
}

RoleRights rights_of(db::Connection& database) {
  const db::Rows rows = database.run(role, Params());
  db::RowReader row = rows.row(0);
  RoleRights rights;
  rights.role = row.text();
  rights.is_superuser = row.boolean();
  return rights;
}

}  // namespace

StatementList installation_statements() {
  return {&held_rights, &role, &owner, &limits, &clock_now, &unfiled, &oldest_mail, &directory, &load};
}

RoleRights service_rights(db::Connection& database) {
  RoleRights rights = rights_of(database);
  if (rights.is_superuser) return rights;
  std::vector<std::string> held;
  const db::Rows rows = database.run(held_rights, Params());
  for (std::size_t r = 0; r < rows.size(); ++r) held.push_back(rows.row(r).text());
  std::ranges::sort(held);
  const std::vector<std::string> expected = granted();
  std::ranges::set_difference(expected, held, std::back_inserter(rights.missing));
  std::ranges::set_difference(held, expected, std::back_inserter(rights.excessive));
  return rights;
}

RoleRights owner_rights(db::Connection& database) {
  RoleRights rights = rights_of(database);
  const db::Rows rows = database.run(owner, Params());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    const bool is_missing = row.boolean();
    (is_missing ? rights.missing : rights.excessive).push_back(row.text());
  }
  std::ranges::sort(rights.missing);
  std::ranges::sort(rights.excessive);
  return rights;
}

bool has_role_limits(db::Connection& database) { return database.run(limits, Params()).row(0).boolean(); }

Timestamp database_time(db::Connection& database) {
  return database.run(clock_now, Params()).row(0).timestamp();
}

bool has_unfiled_audit(db::Connection& database) { return database.run(unfiled, Params()).row(0).boolean(); }

std::optional<Timestamp> oldest_waiting_mail(db::Connection& database) {
  return database.run(oldest_mail, Params()).row(0).timestamp_or_null();
}

std::optional<std::string> data_directory(db::Connection& database) {
  return database.run(directory, Params()).row(0).text_or_null();
}

DatabaseLoad read_database_load(db::Connection& database, std::chrono::milliseconds limit) {
  const db::Rows rows = database.run_within(limit, load, Params());
  db::RowReader row = rows.row(0);
  DatabaseLoad now;
  now.connections = row.number();
  now.active = row.number();
  now.most_connections = row.number();
  now.locks_waited_for = row.number();
  now.bytes = row.number();
  now.is_standby = row.boolean();
  return now;
}

}  // namespace taskward::store
