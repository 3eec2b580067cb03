-- compatible-with: 3
--
-- Each index costs every action, so the month that is written has only those without which a request would not be bounded.
-- What else administrators search by is indexed when the month has ended. 0012 drops it from the months that are written.

-- What a closed month is indexed by in addition. All are in the order of the record: of one that is not, PostgreSQL would
-- expect to sort the open month too, and walk the order instead.
create view taskward.audit_lookups (name, definition) as values
  ('by_actor',   '(actor_id, at desc, id desc)'),
  ('by_object',  '(object_id, at desc, id desc)'),
  ('by_address', '(client_address, at desc, id desc)'),
  ('by_request', '(request_id, at desc, id desc)');

-- Transactions that began before a month ended have ten minutes to write their records; until then its indexes wait.
create view taskward.audit_missing_indexes as
select m.first, m.behind <= now() - interval '10 minutes' as is_due, m.partition, i.name, l.definition
  from taskward.audit_months m join pg_class c on c.oid = m.partition
  cross join taskward.audit_lookups l cross join lateral (select c.relname || '_' || l.name as name) i
 where to_regclass(format('taskward.%I', i.name)) is null;
grant select on taskward.audit_missing_indexes to taskward;

-- Builds an index that a closed month lacks; false when there is nothing to do or another process builds one.
create function taskward.index_audit_month(index_name text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s'
  set max_parallel_maintenance_workers = 0 as $$
declare
  missing taskward.audit_missing_indexes;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('taskward.audit_missing_indexes', 0)) then return false; end if;
  select * into missing from taskward.audit_missing_indexes i where i.name = index_name and i.is_due;
  if not found then return false; end if;
  execute format('create index %I on %s %s', missing.name, missing.partition, missing.definition);
  return true;
end
$$;
revoke execute on function taskward.index_audit_month from public;
grant execute on function taskward.index_audit_month to taskward;

-- The default partition is not written while there are months: it has all indexes.
do $migration$
declare
  command text;
begin
  for command in
    select format('create index %I on taskward.audit_default %s', 'audit_default_' || l.name, l.definition)
      from taskward.audit_lookups l
  loop
    execute command;
  end loop;
end
$migration$;
