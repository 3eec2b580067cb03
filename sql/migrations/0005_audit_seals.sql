-- compatible-with: 3
--
-- Seals of the audit record. SEALS.md says what they hold, to the byte, and how to check them.

-- Sealing takes records by the transactions that wrote them.
create index audit_by_transaction on taskward.audit (xid);
-- Checking asks which months were dropped.
create index audit_drops on taskward.audit (at) where action = 'audit.drop';

create table taskward.audit_seals (
  number    bigint      primary key constraint audit_seals_number check (number >= 1),
  era       integer     not null constraint audit_seals_era check (era >= 1),
  cluster   text        not null,
  xid_from  xid8,
  xid_below xid8        not null,
  open      xid8[]      not null,
  era_at    timestamptz,
  records   integer     not null constraint audit_seals_records check (records >= 0),
  first_at  timestamptz,
  last_at   timestamptz,
  leaves    bytea,
  root      bytea       not null constraint audit_seals_root check (octet_length(root) = 32),
  previous  bytea       not null constraint audit_seals_previous check (octet_length(previous) = 32),
  sealed_at timestamptz not null,
  signature bytea       not null constraint audit_seals_signature check (octet_length(signature) = 64),
  constraint audit_seals_transactions check (xid_from is null or xid_from <= xid_below),
  constraint audit_seals_times check ((records = 0) = (first_at is null) and (records = 0) = (last_at is null)),
  constraint audit_seals_leaves check (octet_length(leaves) = records * 56)
);
-- Hashes do not get smaller, and a part of what is not compressed is read without the rest.
alter table taskward.audit_seals alter column leaves set storage external;
create index audit_seals_by_beginning on taskward.audit_seals (first_at);
create index audit_seals_by_end on taskward.audit_seals (last_at, first_at);
create index audit_seals_with_leaves on taskward.audit_seals (last_at) where leaves is not null;

comment on table taskward.audit_seals is 'Append-only. Each is signed, under a key that is not in the database';
comment on column taskward.audit_seals.era is
  'counts the database clusters the record has lived in: each counts its transactions anew';
comment on column taskward.audit_seals.xid_from is
  'xid_below of the seal before; null for a seal that begins an era, which takes whatever no seal has';
comment on column taskward.audit_seals.xid_below is
  'of this era, records of all transactions below this have been sealed, but for those in open';
comment on column taskward.audit_seals.open is 'the transactions below xid_below that were still under way';
comment on column taskward.audit_seals.era_at is
  'the latest time of a record that was there when the era began; null when there was none';
comment on column taskward.audit_seals.leaves is
  'for each record its time (8 bytes), id (16 bytes) and SHA-256 (32 bytes); null once all of them were dropped';
comment on column taskward.audit_seals.sealed_at is 'when it was decided which records it takes';

-- The service appends: it can neither leave a number out nor take one that would leave no room for more.
create function taskward.is_next_audit_seal(number bigint, era integer) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
select coalesce((select is_next_audit_seal.number - 1 = s.number and is_next_audit_seal.era - s.era in (0, 1)
                   from taskward.audit_seals s order by s.number desc limit 1),
                is_next_audit_seal.number = 1 and is_next_audit_seal.era = 1)
$$;
revoke execute on function taskward.is_next_audit_seal(bigint, integer) from public;
grant execute on function taskward.is_next_audit_seal(bigint, integer) to taskward;
alter table taskward.audit_seals enable row level security;
create policy audit_seals_are_read on taskward.audit_seals for select to taskward using (true);
create policy audit_seals_are_appended on taskward.audit_seals for insert to taskward
  with check (taskward.is_next_audit_seal(number, era));
grant select, insert on taskward.audit_seals to taskward;

-- Which cluster this is. A dump that is restored into another one goes on with other transaction ids.
create function taskward.this_cluster() returns text
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as 'select system_identifier::text from pg_control_system()';
revoke execute on function taskward.this_cluster() from public;
grant execute on function taskward.this_cluster() to taskward;

-- What a leaf says of whose it is, as it lies in audit_seals.leaves.
create function taskward.audit_leaf_key(at timestamptz, id uuid) returns bytea
  language sql stable parallel safe
  as $$ select int8send((extract(epoch from at) * 1000000)::bigint) || uuid_send(id) $$;

-- Whether every record from the one time up to the other is sealed. Whoever is going to drop them must keep others
-- from writing first (lock the partition), and then ask.
create function taskward.audit_is_sealed(from_at timestamptz, to_at timestamptz) returns boolean
  language plpgsql stable set search_path = pg_catalog, pg_temp
  as $$
declare
  newest record;
begin
  if not exists (select from taskward.audit a where a.at >= from_at and a.at < to_at) then
    return true;
  end if;
  select s.cluster, s.xid_below, s.open, s.era_at into newest
    from taskward.audit_seals s order by s.number desc limit 1;
  if not found or newest.cluster <> taskward.this_cluster() then
    return false;
  end if;
  -- Of this era's transactions the numbers tell.
  if not exists (select from taskward.audit a
                  where a.at >= from_at and a.at < to_at
                    and (a.xid >= newest.xid_below or a.xid = any (newest.open))) then
    return true;
  end if;
  -- A record of an earlier era may have any number, and was sealed before this era began, or at its beginning.
  return not exists (
    select from taskward.audit a
     where a.at >= from_at and a.at < to_at
       and (a.xid >= newest.xid_below or a.xid = any (newest.open))
       and (newest.era_at is null or a.at > newest.era_at
            or not exists (
              select from taskward.audit_seals s, generate_series(0, s.records - 1) place
               where s.first_at < to_at and s.last_at >= from_at and s.leaves is not null
                 and substr(s.leaves, place * 56 + 1, 24) = taskward.audit_leaf_key(a.at, a.id))));
end
$$;

-- Empties the leaves of some seals none of whose records is there any more, before that time: how many. It gives nothing away: a seal
-- without leaves is only believed when its months were dropped.
create function taskward.forget_audit_leaves(before timestamptz, most integer default 500) returns bigint
  language sql security definer set search_path = pg_catalog, pg_temp
  as $$
with gone as (
  select s.number from taskward.audit_seals s
   where s.last_at < before and s.leaves is not null
     and not exists (select from taskward.audit a where a.at between s.first_at and s.last_at)
   order by s.last_at limit most
), emptied as (
  update taskward.audit_seals s set leaves = null from gone g where s.number = g.number
  returning 1)
select count(*) from emptied
$$;
revoke execute on function taskward.forget_audit_leaves(timestamptz, integer) from public;
grant execute on function taskward.forget_audit_leaves(timestamptz, integer) to taskward;
