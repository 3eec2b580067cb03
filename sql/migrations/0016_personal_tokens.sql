-- compatible-with: 3
-- locks: taskward.users, taskward.audit, taskward.audit_seals
--
-- Personal access tokens, and which of them performed an action.

create table taskward.personal_tokens (
  user_id           uuid        not null references taskward.users on delete cascade,
  id                uuid        not null,
  token_hash        bytea       not null constraint personal_tokens_hash_is_sha256 check (octet_length(token_hash) = 32),
  name              text        not null constraint personal_tokens_name_length check (char_length(name) between 1 and 100),
  scopes            text[]      not null constraint personal_tokens_scopes check (cardinality(scopes) > 0),
  created_at        timestamptz not null default now(),
  expires_at        timestamptz not null,
  revoked_at        timestamptz,
  last_used_at      timestamptz,
  last_used_address inet,
  warned_at         timestamptz,
  primary key (user_id, id)
) with (fillfactor = 80);
create unique index personal_tokens_by_hash on taskward.personal_tokens (token_hash);
create index personal_tokens_to_warn_of on taskward.personal_tokens (expires_at) where warned_at is null and revoked_at is null;
comment on table taskward.personal_tokens is 'Name and validity may change; hash, owner and scopes never do, because workers cache them';
comment on column taskward.personal_tokens.last_used_at is 'to the minute';
comment on column taskward.personal_tokens.warned_at is 'when the mail that announces the end was queued';
grant select, insert, update, delete on taskward.personal_tokens to taskward;

-- How many live tokens the owner has, with the owner's row locked, so that no other is created until the transaction ends.
-- Null if the account is not active, or has another auth_epoch. The count is a statement of its own, whose snapshot is newer than the lock.
create function taskward.count_personal_tokens(owner uuid, epoch bigint) returns bigint
  language plpgsql volatile as $$
begin
  perform from taskward.users u where u.id = owner and u.auth_epoch = epoch and u.is_active for no key update;
  if not found then return null; end if;
  return (select count(*) from taskward.personal_tokens t
           where t.user_id = owner and t.revoked_at is null and t.expires_at > clock_timestamp());
end
$$;

alter table taskward.audit add column token_id uuid;
comment on column taskward.audit.token_id is 'the personal access token that the actor used';
grant insert (token_id) on taskward.audit to taskward;

-- The digest of a record includes its token_id. An older taskward-background does not know that, and is refused as soon as there
-- are tokens; the seals continue when it has been restarted.
alter table taskward.audit_seals add column covers_token_ids boolean not null default false;
comment on column taskward.audit_seals.covers_token_ids is 'whether the process that made it knows token_id';
drop policy audit_seals_are_appended on taskward.audit_seals;
create policy audit_seals_are_appended on taskward.audit_seals for insert to taskward
  with check (taskward.is_next_audit_seal(number, era)
              and (covers_token_ids or not exists (select from taskward.personal_tokens)));
