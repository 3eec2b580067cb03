-- compatible-with: 3
--
-- Events on an account are shown to its owner, who finds them by a new index of all months. No request waits while it is built.

-- step
create index if not exists audit_security_by_object on only taskward.audit (object_id, at desc, id desc)
  where action not like 'task.%' and action <> 'session.refresh';

create or replace view taskward.audit_without_security_by_object as
select p.inhrelid::regclass as partition, c.relname || '_security_by_object' as name
  from pg_inherits p join pg_class c on c.oid = p.inhrelid
 where p.inhparent = 'taskward.audit'::regclass
   and not exists (select from pg_index i join pg_inherits a on a.inhrelid = i.indexrelid
                    where i.indrelid = p.inhrelid and a.inhparent = 'taskward.audit_security_by_object'::regclass);

-- step for each row
-- What an interrupted run has left behind.
select format('drop index concurrently taskward.%I', l.name)
  from taskward.audit_without_security_by_object l
  join pg_index i on i.indexrelid = to_regclass(format('taskward.%I', l.name)) and not i.indisvalid;

-- step for each row
select format($$create index concurrently if not exists %I on %s (object_id, at desc, id desc)
                  where action not like 'task.%%' and action <> 'session.refresh'$$, l.name, l.partition)
  from taskward.audit_without_security_by_object l;

-- step for each row
select format('alter index taskward.audit_security_by_object attach partition taskward.%I', l.name)
  from taskward.audit_without_security_by_object l;

-- step
-- locks: taskward.audit
-- Logins and dropped months are found by their action. What else is dropped here, closed months get back.
do $$
begin
  if not (select i.indisvalid from pg_index i where i.indexrelid = 'taskward.audit_security_by_object'::regclass) then
    raise exception 'a month has come without the index audit_security_by_object';
  end if;
end
$$;
drop view if exists taskward.audit_without_security_by_object;
drop index if exists taskward.audit_by_actor, taskward.audit_by_address, taskward.audit_by_request, taskward.audit_logins,
  taskward.audit_drops;

-- Workers of the release before find the events on an account by the index audit_by_object, so it is dropped an hour later, by
-- taskward-background. A new database has no such workers.
create or replace function taskward.drop_former_audit_index() returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
  if to_regclass('taskward.audit_by_object') is null
     or exists (select from taskward.schema_migrations m where m.version = 12 and m.applied_at > now() - interval '1 hour') then
    return false;
  end if;
  drop index taskward.audit_by_object;
  return true;
end
$$;
revoke execute on function taskward.drop_former_audit_index from public;
grant execute on function taskward.drop_former_audit_index to taskward;
do $$
begin
  if not exists (select from taskward.users) then perform taskward.drop_former_audit_index(); end if;
end
$$;
