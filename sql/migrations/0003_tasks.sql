-- compatible-with: 2
--
-- Tasks with priority, due date, tags, search and a trash; room for more of them; idempotency keys.

-- The configuration that texts are searched by. `taskward migrate` changes it, and the column `search` with it.
create table taskward.search_configuration (
  name  text    not null,
  is_it boolean primary key default true constraint search_configuration_is_one check (is_it)
);
insert into taskward.search_configuration (name) values ('pg_catalog.simple');

-- Both are run for each task that is written, and PL/pgSQL keeps its plans while SQL would be planned anew each time.

-- array_to_string is not immutable because of other types than text.
create function taskward.tag_words(tags text[]) returns text
  language plpgsql immutable parallel safe as $$
begin
  return array_to_string(tags, ' ');
end
$$;

-- A search must look at one owner's words only, also when it is for the beginning of a word: so the owner stands before each
-- word and each whole tag in the index. Words that nobody would type are left out. Its cost is far above what it takes, so that
-- the planner never runs it for each task of an owner where the index could tell.
create function taskward.owned_words(owner_id uuid, search tsvector, tags text[]) returns tsvector
  language plpgsql immutable parallel safe cost 10000 as $$
declare
  word_of text   := owner_id::text || ' ';
  tag_of  text   := owner_id::text || '#';
  words   text[] := tsvector_to_array(search);
begin
  for i in 1 .. cardinality(words) loop
    words[i] := case when octet_length(words[i]) <= 1000 then word_of || words[i] else word_of end;
  end loop;
  for i in 1 .. cardinality(tags) loop
    words := words || (tag_of || tags[i]);
  end loop;
  return array_to_tsvector(words);
end
$$;

alter table taskward.tasks
  add column priority   smallint    not null default 0
             constraint tasks_priority check (priority between 0 and 4),
  add column due_at     timestamptz,
  add column tags       text[]      not null default '{}'
             constraint tasks_tags check (cardinality(tags) <= 20 and array_position(tags, null) is null),
  add column deleted_at timestamptz,
  add column trashed    boolean     not null generated always as (deleted_at is not null) stored,
  add column search     tsvector    not null generated always as (
    -- Without the signs that make PostgreSQL's parser look through the text over and over, as in long paths and addresses.
    setweight(to_tsvector('simple', translate(title, '_~/@', '    ')), 'A')
    || case when tags = '{}' then ''
       else setweight(to_tsvector('simple', translate(taskward.tag_words(tags), '_~/@', '    ')), 'B') end
    || setweight(to_tsvector('simple', translate(description, '_~/@', '    ')), 'D')) stored;
comment on column taskward.tasks.priority is '0 none, 1 low, 2 normal, 3 high, 4 urgent';
comment on column taskward.tasks.deleted_at is 'when it went into the trash';

-- Each order of a list is one of these, forwards or backwards. What lies in the trash is a list of its own.
drop index taskward.tasks_by_creation, taskward.tasks_by_status;
create index tasks_by_creation on taskward.tasks (owner_id, trashed, created_at, id);
create index tasks_by_change   on taskward.tasks (owner_id, trashed, updated_at, id);
create index tasks_by_due_date on taskward.tasks (owner_id, trashed, due_at, id);
create index tasks_by_priority on taskward.tasks (owner_id, trashed, priority, id);
create index tasks_by_title    on taskward.tasks (owner_id, trashed, lower(title collate "C"), id);
-- Most of what one has ever written down is done, and seldom looked at.
create index tasks_by_status   on taskward.tasks (owner_id, trashed, status, created_at, id);
create index tasks_by_words    on taskward.tasks using gin (taskward.owned_words(owner_id, search, tags))
  with (gin_pending_list_limit = 256);
-- For the purge.
create index tasks_in_trash on taskward.tasks (deleted_at) where trashed;

create table taskward.task_room (
  owner_id    uuid        not null references taskward.users on delete cascade,
  shard       smallint    not null,
  room        integer     not null,
  quota       integer,
  reckoned_at timestamptz not null default now(),
  primary key (owner_id, shard),
  constraint task_room_quota_is_in_the_first check ((shard = 0) = (quota is not null))
) with (fillfactor = 50);  -- its rows are updated for each task, and find their next version on the same page
-- Reckoned for no quota: brought up to the one that holds when the next task is made.
insert into taskward.task_room (owner_id, shard, room, quota)
select owner_id, 0, -count(*), 0 from taskward.tasks group by owner_id;
comment on table taskward.task_room is
  'How many more tasks one may have, trash apart: the sum of the shards is the quota less the tasks. An owner has the first shard;
   the others are made when many make tasks at once, so that they need not wait for one another';
comment on column taskward.task_room.reckoned_at is 'when the tasks were last counted, of the first shard';
create index task_room_by_reckoning on taskward.task_room (reckoned_at) where shard = 0;

create table taskward.idempotency_keys (
  owner_id     uuid        not null references taskward.users on delete cascade,
  key_hash     bytea       not null,
  request_hash bytea       not null,
  created_at   timestamptz not null default now(),
  task_ids     uuid[]      not null,
  answer       jsonb,
  primary key (owner_id, key_hash)
);
comment on column taskward.idempotency_keys.answer is
  'what the first answer was made of; erased when a task in it is deleted for good, and no second answer is given then';
create index idempotency_keys_by_creation on taskward.idempotency_keys (created_at);
-- Whoever deletes a task for good looks for the answers it stands in.
create index idempotency_keys_by_task on taskward.idempotency_keys using gin (task_ids) where answer is not null;

grant select on taskward.search_configuration to taskward;
grant select, insert, update, delete on taskward.task_room, taskward.idempotency_keys to taskward;
