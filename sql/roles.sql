-- The two database roles. Run once, as a superuser, before the first `taskward migrate`; running it
-- again changes nothing.
--
--   taskward_owner  owns the schema and migrates it
--   taskward        is what the service logs in as: no DDL, and on the audit table INSERT and SELECT only
--
-- Neither has a password: give them one, or let them in by peer authentication, as pg_hba.conf has it.

do $$
begin
  if not exists (select from pg_roles where rolname = 'taskward_owner') then
    create role taskward_owner login nosuperuser nocreatedb nocreaterole;
  end if;
  if not exists (select from pg_roles where rolname = 'taskward') then
    create role taskward login nosuperuser nocreatedb nocreaterole;
  end if;
end
$$;
