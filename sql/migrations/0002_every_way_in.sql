-- compatible-with: 1
--
-- One-time codes, mail, limits and lockouts.

alter table taskward.users
  add column name text constraint users_display_name_length check (char_length(name) between 1 and 100),
  add column email_verified_at timestamptz,
  add column auth_epoch bigint not null default 0;
comment on column taskward.users.name is 'what the person wants to be called; nobody logs in by it';
comment on column taskward.users.email_verified_at is
  'when a code that was sent to the address came back; null when nobody has shown yet that it is theirs';

comment on column taskward.users.auth_epoch is
  'counts changes of the password: a session of an earlier one is over, also if it began at that very moment';

alter table taskward.sessions add column auth_epoch bigint not null default 0;
alter table taskward.sessions drop constraint sessions_method;
alter table taskward.sessions add constraint sessions_method check (method in ('password', 'otp'));

-- For the purge.
create index sessions_by_expiry on taskward.sessions (expires_at);
create index refresh_tokens_by_expiry on taskward.refresh_tokens (expires_at);

-- For a person's own security events, among which those of their tasks are not.
create index audit_security_by_actor on taskward.audit (actor_id, id desc) where action not like 'task.%';

-- One row for each address and purpose: a new code takes the old one's place.
create table taskward.one_time_codes (
  purpose             text        not null
                      constraint one_time_codes_purpose check (purpose in ('login', 'password_reset', 'email_change')),
  subject             bytea       not null,
  code_hash           bytea       not null,
  challenge_hash      bytea       not null,
  created_at          timestamptz not null default now(),
  expires_at          timestamptz not null,
  failures            smallint    not null default 0,
  challenged_failures smallint    not null default 0,
  used_at             timestamptz,
  primary key (purpose, subject)
);
comment on table taskward.one_time_codes is
  'Keyed hashes only: neither a code nor an address can be read here, nor guessed without the key';
comment on column taskward.one_time_codes.failures is 'wrong tries without the challenge';
comment on column taskward.one_time_codes.challenged_failures is 'wrong tries that carried the challenge';

-- Attempts of one kind by one subject (a client, an address), the moments of those that still count.
create table taskward.attempts (
  kind       text          not null,
  subject    bytea         not null,
  moments    timestamptz[] not null,
  last_at    timestamptz   not null,
  refused_at timestamptz,
  primary key (kind, subject)
) with (fillfactor = 70);

comment on column taskward.attempts.refused_at is 'of the last refusal that was recorded: not each of a flood is';

-- Consecutive failures to prove who one is, by the name that was given, whether or not there is such an account.
create table taskward.lockouts (
  name_kind       text        not null
                  constraint lockouts_name_kind check (name_kind in ('email', 'username', 'caller')),
  subject         bytea       not null,
  failures        integer     not null,
  locks           integer     not null default 0,
  locked_until    timestamptz,
  last_failure_at timestamptz not null,
  primary key (name_kind, subject)
) with (fillfactor = 70);
comment on column taskward.lockouts.subject is
  'the account''s id, or a keyed hash of a name that no account has: an unknown name is not kept';
comment on column taskward.lockouts.failures is 'since the last success or lock';
comment on column taskward.lockouts.locks is 'since the last success: each lasts twice as long as the one before';

create table taskward.outbox (
  id             uuid        primary key,
  kind           text        not null,
  state          text        not null default 'waiting'
                 constraint outbox_state check (state in ('waiting', 'handed_over', 'dead')),
  sealed         bytea,
  created_at     timestamptz not null default now(),
  useful_until   timestamptz,
  attempts       integer     not null default 0,
  next_try_at    timestamptz not null default now(),
  claimed_by     uuid,
  claimed_until  timestamptz,
  last_error     text,
  handed_over_at timestamptz,
  constraint outbox_erased_when_handed_over check ((state = 'handed_over') = (handed_over_at is not null)
                                                   and (state <> 'handed_over' or sealed is null))
) with (fillfactor = 70);
comment on column taskward.outbox.sealed is
  'recipient and content, encrypted under a key that is not in the database; erased when handed over';
create index outbox_waiting on taskward.outbox (next_try_at) where state = 'waiting';

grant select, insert, update, delete on
  taskward.one_time_codes, taskward.attempts, taskward.lockouts, taskward.outbox to taskward;
