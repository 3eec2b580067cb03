-- compatible-with: 3
--
-- A partition of the audit record for each month (UTC), and how old ones are dropped. The service may ask for both and does
-- neither by itself: which months are old is in a table that only the owner writes.

create table taskward.audit_policy (
  retention_months integer not null default 0
                   constraint audit_policy_retention check (retention_months between 0 and 1200),
  is_it            boolean primary key default true constraint audit_policy_is_one check (is_it)
);
insert into taskward.audit_policy default values;
comment on column taskward.audit_policy.retention_months is
  'whole months that are older may be dropped once they are sealed; 0 keeps everything. `taskward migrate` sets it';
grant select on taskward.audit_policy to taskward;

-- Who makes or drops months does so one after the other.
create function taskward.hold_audit_months() returns void
  language sql as $$ select pg_advisory_xact_lock(hashtextextended('taskward.audit_months', 0)) $$;

-- Every partition of a month, with where it begins and ends.
create view taskward.audit_months as
select c.oid::regclass as partition, m.first, (m.first at time zone 'UTC' + interval '1 month') at time zone 'UTC' as behind
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  cross join lateral (select to_date(substr(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC' as first) m
 where i.inhparent = 'taskward.audit'::regclass and c.relname ~ '^audit_[0-9]{4}_[0-9]{2}$';

create function taskward.has_audit_month(begins timestamptz) returns boolean
  language sql stable as $$ select exists (select from taskward.audit_months m where m.first = begins) $$;

-- The month's partition, unless there is one: true when it was made. Records of that month that lie in the default partition move
-- into it.
create function taskward.make_audit_month(month timestamptz) returns boolean
  language plpgsql as $$
declare
  begins timestamptz := date_trunc('month', month, 'UTC');
  ends   timestamptz := (begins at time zone 'UTC' + interval '1 month') at time zone 'UTC';
  name   text        := 'audit_' || to_char(begins at time zone 'UTC', 'YYYY_MM');
begin
  if taskward.has_audit_month(begins) then return false; end if;
  perform taskward.hold_audit_months();
  if taskward.has_audit_month(begins) then return false; end if;
  -- Nobody writes a record of the month into the default partition before its own is there. Of a month that has begun
  -- somebody may have chosen the default one already, and would be refused there: they wait at the whole table instead.
  if begins <= now() then
    lock table taskward.audit in access exclusive mode;
  end if;
  lock table taskward.audit_default in access exclusive mode;
  execute format('create table taskward.%I (like taskward.audit including defaults including constraints)', name);
  execute format('with moved as (delete from taskward.audit_default where at >= %L and at < %L returning *)'
                 ' insert into taskward.%I select * from moved', begins, ends, name);
  execute format('alter table taskward.audit attach partition taskward.%I for values from (%L) to (%L)', name, begins, ends);
  return true;
end
$$;

-- The months of what lies in the default partition, this month and `ahead` more: how many were made. Waits for
-- nobody's long read, and is asked again.
create function taskward.make_audit_months(ahead integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
declare
  made  integer := 0;
  month timestamptz;
begin
  if ahead not between 0 and 24 then raise exception 'months ahead: 0 to 24, not %', ahead using errcode = '22023'; end if;
  for month in
    select distinct date_trunc('month', at, 'UTC') from taskward.audit_default
    union
    select (date_trunc('month', now() at time zone 'UTC') + i * interval '1 month') at time zone 'UTC'
      from generate_series(0, ahead) i
    order by 1
  loop
    if taskward.make_audit_month(month) then made := made + 1; end if;
  end loop;
  return made;
end
$$;

-- Drops the oldest month that the policy lets go, if all of it is sealed, with a record under the id; gives the month
-- ('2026-01'), or null when there is none. Waits for nobody's long read, and is asked again. While it is at work nobody writes a
-- record, so it does no more than it must: leaves are forgotten afterwards.
create function taskward.drop_old_audit(record uuid) returns text
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
declare
  retention integer := (select retention_months from taskward.audit_policy);
  oldest    taskward.audit_months;
  month     text;
begin
  if retention = 0 then return null; end if;
  perform taskward.hold_audit_months();
  select * into oldest from taskward.audit_months m
   where m.behind <= (date_trunc('month', now() at time zone 'UTC') - retention * interval '1 month') at time zone 'UTC'
   order by m.first limit 1;
  if oldest is null then return null; end if;
  -- Nobody writes one more after the question; who reads is let alone until the end.
  execute format('lock table %s in share row exclusive mode', oldest.partition);
  if not taskward.audit_is_sealed(oldest.first, oldest.behind) then return null; end if;
  month := to_char(oldest.first at time zone 'UTC', 'YYYY-MM');
  execute format('drop table %s', oldest.partition);
  insert into taskward.audit (id, action, object_type, outcome, reason)
  values (record, 'audit.drop', 'audit_month', 'success', month);
  return month;
end
$$;

revoke execute on function taskward.hold_audit_months, taskward.has_audit_month, taskward.make_audit_month, taskward.make_audit_months,
  taskward.drop_old_audit from public;
grant execute on function taskward.make_audit_months, taskward.drop_old_audit to taskward;
grant select on taskward.audit_months to taskward;

select taskward.make_audit_months(1);
