-- compatible-with: 3
-- locks: taskward.users, taskward.tasks, taskward.task_room
--
-- Fewer indexes on tasks, so that creating and changing one is cheap. Lists of an owner with few tasks read all of them. An owner with
-- many has a row for each in taskward.task_index, which has the indexes.

alter table taskward.users add column tasks_indexed smallint not null default 0
  constraint users_tasks_indexed check (tasks_indexed between 0 and 2);
comment on column taskward.users.tasks_indexed is
  '0: the tasks are not in task_index; 1: new tasks are, taskward-background adds the others; 2: all tasks are';
create index users_to_index on taskward.users (id) where tasks_indexed = 1;

alter table taskward.tasks add column is_indexed boolean;
comment on column taskward.tasks.is_indexed is 'whether task_index has a row for the task; null in tasks from before there was one';

drop index taskward.tasks_by_change, taskward.tasks_by_due_date, taskward.tasks_by_priority, taskward.tasks_by_title,
  taskward.tasks_by_status, taskward.tasks_by_words;
alter table taskward.tasks drop column search;
-- An update finds room for the new version on the same page, and then changes no index.
alter table taskward.tasks set (fillfactor = 85);

-- The words of a task, for search. `taskward migrate` replaces it when SEARCH_CONFIGURATION changes.
do $migration$
declare
  configuration text := (select name from taskward.search_configuration);
  words_of      text := $$to_tsvector('simple', translate(taskward.form_kc(%1$s), '_~/@', '    '))$$;
begin
  if configuration <> 'pg_catalog.simple' then
    words_of := words_of || format($$ || to_tsvector(%L, translate(taskward.form_kc(%%1$s), '_~/@', '    '))$$, configuration);
  end if;
  execute format(
    $$create function taskward.search_vector(title text, tags text[], description text) returns tsvector
        language sql immutable parallel safe as
      $body$ select setweight(%s, 'A') || case when tags = '{}' then '' else setweight(%s, 'B') end || setweight(%s, 'D') $body$ $$,
    format(words_of, 'title'), format(words_of, 'taskward.tag_words(tags)'), format(words_of, 'description'));
end
$migration$;

-- Workers of the release before write task.search, which PostgreSQL reads as search(task) without such a column. It finds the
-- function in the schema of the role's name, unless search_path was changed.
create function taskward.search(task taskward.tasks) returns tsvector
  language sql stable parallel safe as $$ select taskward.search_vector(task.title, task.tags, task.description) $$;

-- From how many tasks on an owner's tasks are indexed.
create function taskward.has_many_tasks(tasks bigint) returns boolean
  language sql immutable parallel safe as 'select tasks > 1000';

create table taskward.task_index (
  owner_id   uuid        not null,
  id         uuid        not null,
  trashed    boolean     not null,
  status     text        not null,
  priority   smallint    not null,
  due_at     timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  title      text        not null,
  tags       text[]      not null,
  search     tsvector    not null,
  primary key (owner_id, id)
) with (autovacuum_analyze_scale_factor = 0.02);
comment on table taskward.task_index is 'a copy of what tasks are sorted, filtered and searched by; triggers of tasks keep it';
create index task_index_by_change   on taskward.task_index (owner_id, trashed, updated_at, id);
create index task_index_by_due_date on taskward.task_index (owner_id, trashed, due_at, id);
create index task_index_by_priority on taskward.task_index (owner_id, trashed, priority, id);
create index task_index_by_title    on taskward.task_index (owner_id, trashed, lower(title collate "C"), id);
create index task_index_by_status   on taskward.task_index (owner_id, trashed, status, created_at, id);
create index task_index_by_words    on taskward.task_index using gin (taskward.owned_words(owner_id, search, tags))
  with (gin_pending_list_limit = 256);
grant select, insert, update, delete on taskward.task_index to taskward;

-- For taskward-background, when it has added the tasks of an owner: lists are planned by statistics.
create function taskward.analyze_task_index() returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
begin
  analyze taskward.task_index;
end
$$;
revoke execute on function taskward.analyze_task_index from public;
grant execute on function taskward.analyze_task_index to taskward;

create function taskward.index_task() returns trigger
  language plpgsql as $$
begin
  insert into taskward.task_index
    (owner_id, id, trashed, status, priority, due_at, created_at, updated_at, title, tags, search)
  values (new.owner_id, new.id, new.trashed, new.status, new.priority, new.due_at, new.created_at, new.updated_at, new.title,
          new.tags, taskward.search_vector(new.title, new.tags, new.description))
  on conflict (owner_id, id) do update
    set trashed = excluded.trashed, status = excluded.status, priority = excluded.priority, due_at = excluded.due_at,
        created_at = excluded.created_at, updated_at = excluded.updated_at, title = excluded.title, tags = excluded.tags,
        search = excluded.search;
  return null;
end
$$;

create function taskward.unindex_task() returns trigger
  language plpgsql as $$
begin
  delete from taskward.task_index i where i.owner_id = old.owner_id and i.id = old.id;
  return null;
end
$$;

-- For workers of the release before.
create function taskward.decide_index_of_task() returns trigger
  language plpgsql as $$
begin
  new.is_indexed := (select u.tasks_indexed > 0 from taskward.users u where u.id = new.owner_id);
  return new;
end
$$;
create trigger decide_index before insert on taskward.tasks
  for each row when (new.is_indexed is null) execute function taskward.decide_index_of_task();

create trigger index_inserted after insert on taskward.tasks
  for each row when (new.is_indexed) execute function taskward.index_task();
create trigger index_updated after update on taskward.tasks
  for each row when (new.is_indexed) execute function taskward.index_task();
create trigger unindex_deleted after delete on taskward.tasks
  for each row when (old.is_indexed) execute function taskward.unindex_task();

-- The free quota of an owner is in one row, and exact only near the limit.
alter table taskward.task_room add column is_exact boolean not null default false;
comment on table taskward.task_room is 'how many more tasks an owner may have, those in the trash not counted (shard 0)';
comment on column taskward.task_room.is_exact is 'whether every task is subtracted when it is created';

create function taskward.mark_large_owner() returns trigger
  language plpgsql as $$
begin
  -- Other shards are of the release before, until the quota is recounted.
  update taskward.users u set tasks_indexed = 1
   where u.id = new.owner_id and u.tasks_indexed = 0
     and not exists (select from taskward.task_room r where r.owner_id = new.owner_id and r.shard > 0);
  return null;
end
$$;
create trigger mark_large_owner after insert or update on taskward.task_room
  for each row when (new.shard = 0 and taskward.has_many_tasks(new.quota - new.room)) execute function taskward.mark_large_owner();
