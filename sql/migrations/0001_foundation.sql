-- compatible-with: 1
--
-- Accounts, sessions, tasks, signing keys and the audit record.
--
-- The line above names the oldest schema whose workers can run on this one: an upgrade migrates
-- first and restarts the workers afterwards, one by one. Applied files never change; what is wrong
-- in one is mended by the next.

create table taskward.users (
  id            uuid        primary key,
  email         text        constraint users_email_length check (char_length(email) between 3 and 254),
  username      text        constraint users_username_length check (char_length(username) between 3 and 64),
  password_hash text,
  role          text        not null constraint users_role check (role in ('guest', 'user', 'admin')),
  is_active     boolean     not null default true,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint users_have_a_name check (email is not null or username is not null)
);
comment on column taskward.users.password_hash is 'bcrypt; null for an account without a password';

-- Names are kept as they were typed and compared without case, by ASCII rules in every locale.
create unique index users_email_key on taskward.users (lower(email collate "C"));
create unique index users_username_key on taskward.users (lower(username collate "C"));

create table taskward.sessions (
  user_id        uuid        not null references taskward.users on delete cascade,
  id             uuid        not null,
  method         text        not null constraint sessions_method check (method in ('password')),
  created_at     timestamptz not null default now(),
  last_used_at   timestamptz not null default now(),
  expires_at     timestamptz not null,
  revoked_at     timestamptz,
  revoked_reason text,
  client_address inet,
  user_agent     text,
  primary key (user_id, id),
  constraint sessions_revoked_for_a_reason check ((revoked_at is null) = (revoked_reason is null))
);
comment on table taskward.sessions is 'A session is the chain of refresh tokens that one login started';

create table taskward.refresh_tokens (
  user_id    uuid        not null,
  token_hash bytea       not null constraint refresh_tokens_hash_is_sha256 check (octet_length(token_hash) = 32),
  session_id uuid        not null,
  issued_at  timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  primary key (user_id, token_hash),
  foreign key (user_id, session_id) references taskward.sessions on delete cascade
);
comment on column taskward.refresh_tokens.used_at is 'when it was turned in for the next one; it is dead since';
create index refresh_tokens_session on taskward.refresh_tokens (user_id, session_id);

create table taskward.tasks (
  owner_id     uuid        not null references taskward.users on delete cascade,
  id           uuid        not null,
  title        text        not null constraint tasks_title_length check (char_length(title) between 1 and 200),
  description  text        not null default ''
                           constraint tasks_description_length check (char_length(description) <= 10000),
  status       text        not null constraint tasks_status check (status in ('todo', 'in_progress', 'done')),
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  completed_at timestamptz,
  version      bigint      not null default 1,
  primary key (owner_id, id),
  constraint tasks_completed_when_done check ((status = 'done') = (completed_at is not null))
);
comment on table taskward.tasks is 'The owner comes first in the key, so that no statement can forget to name it';
create index tasks_by_creation on taskward.tasks (owner_id, created_at desc, id desc);
create index tasks_by_status on taskward.tasks (owner_id, status, created_at desc, id desc);

create table taskward.signing_keys (
  kid                text        primary key,
  alg                text        not null,
  public_key         bytea       not null,
  sealed_private_key bytea       not null,
  created_at         timestamptz not null default now(),
  signs_from         timestamptz not null default now(),
  verifies_until     timestamptz,
  revoked_at         timestamptz
);
comment on column taskward.signing_keys.public_key is 'SubjectPublicKeyInfo, DER';
comment on column taskward.signing_keys.sealed_private_key is
  'PKCS #8 DER, encrypted under a key derived from SECRET_KEY, which is not in the database';
comment on column taskward.signing_keys.verifies_until is 'null while it may still sign';

-- Partitioned by time, so that years of records can be dropped as a whole. Until there are partitions for
-- their months, records lie in the default one.
create table taskward.audit (
  id             uuid        not null,
  at             timestamptz not null default clock_timestamp(),
  xid            xid8        not null default pg_current_xact_id(),
  actor_id       uuid,
  actor_role     text,
  action         text        not null,
  object_type    text,
  object_id      uuid,
  outcome        text        not null constraint audit_outcome check (outcome in ('success', 'failure', 'denied')),
  reason         text,
  client_address inet,
  user_agent     text,
  request_id     text,
  changed_fields text[],
  primary key (at, id)
) partition by range (at);
create table taskward.audit_default partition of taskward.audit default;
comment on table taskward.audit is
  'Append-only. No foreign keys: the record outlives what it speaks of, and holds ids, never names or secrets';
comment on column taskward.audit.xid is
  'the transaction that wrote it: a reader that stops at pg_snapshot_xmin misses none that is still open';
create index audit_by_actor on taskward.audit (actor_id, id desc);
create index audit_by_object on taskward.audit (object_id, id desc);

grant usage on schema taskward to taskward;
grant select on taskward.schema_migrations to taskward;
grant select, insert, update, delete on
  taskward.users, taskward.sessions, taskward.refresh_tokens, taskward.tasks to taskward;
grant select, insert, update on taskward.signing_keys to taskward;
-- Not at and xid: the service cannot say when a record was written, nor in which transaction.
grant select on taskward.audit to taskward;
grant insert (id, actor_id, actor_role, action, object_type, object_id, outcome, reason, client_address, user_agent,
              request_id, changed_fields) on taskward.audit to taskward;
