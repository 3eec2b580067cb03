-- The two database roles. Run once, as a superuser, before the first `taskward migrate`; running it
-- again changes nothing.
--
--   taskward_owner  owns the schema, migrates it, and verifies backups in databases that it creates
--   taskward        is what the service logs in as: no DDL, and on the audit table INSERT and SELECT only
--
-- Neither has a password: give them one, or let them in by peer authentication, as pg_hba.conf has it.

do $$
begin
  if not exists (select from pg_roles where rolname = 'taskward_owner') then
    create role taskward_owner login nosuperuser nocreaterole;
  end if;
  if not exists (select from pg_roles where rolname = 'taskward') then
    create role taskward login nosuperuser nocreatedb nocreaterole;
  end if;
  -- The service makes nothing in the database, temporary tables included.
  execute format('revoke temporary on database %I from public', current_database());
end
$$;

alter role taskward_owner createdb;

-- A statement whose client has given up ends soon, and one that waits for a lock longer than its client
-- would wait ends by itself. As settings of the role they need no state in a session.
alter role taskward set client_connection_check_interval = '5s';
alter role taskward set lock_timeout = '8s';
