-- compatible-with: 3
--
-- Search and tags find a text in each of its Unicode spellings: words and tags are indexed in Normalization Form KC. The texts
-- themselves are not changed.

-- PL/pgSQL keeps its plans while SQL would be planned anew for each task.

create function taskward.form_kc(given text) returns text
  language plpgsql immutable parallel safe strict as $$
begin
  -- ASCII is in this form.
  return case when octet_length(given) = length(given) then given else normalize(given, NFKC) end;
end
$$;

create function taskward.form_kc(given text[]) returns text[]
  language plpgsql immutable parallel safe strict as $$
declare
  normalised text[] := given;
begin
  for i in 1 .. cardinality(given) loop
    normalised[i] := taskward.form_kc(given[i]);
  end loop;
  return normalised;
end
$$;

-- Whether each of the parts, which are separated by spaces, is contained in the task. For text that no index of words has.
create function taskward.has_parts(parts text, title text, tags text[], description text) returns boolean
  language plpgsql immutable parallel safe strict as $$
declare
  content text := lower(taskward.form_kc(concat_ws(E'\n', title, array_to_string(tags, E'\n'), description)));
  part    text;
begin
  foreach part in array string_to_array(lower(parts), ' ') loop
    if strpos(content, part) = 0 then
      return false;
    end if;
  end loop;
  return true;
end
$$;

drop index taskward.tasks_by_words;

create or replace function taskward.owned_words(owner_id uuid, search tsvector, tags text[]) returns tsvector
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
    words := words || (tag_of || taskward.form_kc(tags[i]));
  end loop;
  return array_to_tsvector(words);
end
$$;

do $migration$
declare
  configuration text := (select name from taskward.search_configuration);
  words_of      text := $$to_tsvector('simple', translate(taskward.form_kc(%1$s), '_~/@', '    '))$$;
begin
  if configuration <> 'pg_catalog.simple' then
    words_of := words_of || format($$ || to_tsvector(%L, translate(taskward.form_kc(%%1$s), '_~/@', '    '))$$, configuration);
  end if;
  alter table taskward.tasks drop column search;
  execute format(
    $$alter table taskward.tasks add column search tsvector not null generated always as (
        setweight(%s, 'A') || case when tags = '{}' then '' else setweight(%s, 'B') end || setweight(%s, 'D')) stored$$,
    format(words_of, 'title'), format(words_of, 'taskward.tag_words(tags)'), format(words_of, 'description'));
end
$migration$;

create index tasks_by_words on taskward.tasks using gin (taskward.owned_words(owner_id, search, tags))
  with (gin_pending_list_limit = 256);

-- For the readiness check: writes a row and rolls it back. Fails if the service cannot write to the database or cannot run PL/pgSQL.
create function taskward.probe_writes() returns boolean
  language plpgsql volatile as $$
begin
  insert into taskward.attempts (kind, subject, moments, last_at) values ('probe', uuid_send(gen_random_uuid()), '{}', now());
  raise exception using errcode = 'TW001';
exception when sqlstate 'TW001' then
  return true;
end
$$;
