-- compatible-with: 14
-- locks: taskward.users, taskward.sessions
--
-- Second factors, and how each session was authenticated. A worker of an older release ignores second factors: nobody has
-- one before the workers of this release run.

-- Kept by the statements that add and remove factors, so that the statement of a request reads one row.
alter table taskward.users add column second_factor boolean not null default false;
comment on column taskward.users.second_factor is 'whether a confirmed TOTP secret or a passkey exists';

-- Without constraints: PostgreSQL would parse them at each refresh.
alter table taskward.sessions
  add column amr              text[],
  add column authenticated_at timestamptz;
comment on column taskward.sessions.amr is
  'authentication methods (RFC 8176); null for sessions of older releases, whose method is the only one';
comment on column taskward.sessions.authenticated_at is
  'the last authentication with all factors of amr; null for sessions of older releases: created_at';
alter table taskward.sessions drop constraint sessions_method;
alter table taskward.sessions add constraint sessions_method check (method in ('password', 'otp', 'passkey')) not valid;

create table taskward.totp (
  user_id         uuid        primary key references taskward.users on delete cascade,
  session_id      uuid,
  sealed_secret   bytea       not null,
  created_at      timestamptz not null default now(),
  confirmed_at    timestamptz,
  last_step       bigint      not null default 0,
  failures        integer     not null default 0,
  locks           integer     not null default 0,
  locked_until    timestamptz
);
comment on table taskward.totp is 'RFC 6238 (SHA-1, 6 digits, 30 seconds)';
comment on column taskward.totp.session_id is 'the session that may confirm it; null when confirmed';
comment on column taskward.totp.sealed_secret is 'encrypted under a key derived from SECRET_KEY';
comment on column taskward.totp.confirmed_at is 'null until the first code was entered, at most 10 minutes after created_at';
comment on column taskward.totp.last_step is 'of the last accepted code; no code of it or an earlier step is accepted';
comment on column taskward.totp.failures is 'since the last success or lock';
comment on column taskward.totp.locks is 'since the last success: each lasts twice as long as the one before';

create table taskward.recovery_codes (
  user_id   uuid  not null references taskward.users on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);
comment on table taskward.recovery_codes is 'Unused codes; using one deletes it';
comment on column taskward.recovery_codes.code_hash is
  'HMAC under a key derived from SECRET_KEY';

create table taskward.passkeys (
  user_id            uuid        not null references taskward.users on delete cascade,
  id                 uuid        not null,
  credential_id      bytea       not null constraint passkeys_credential_id_length
                                 check (octet_length(credential_id) between 1 and 1023),
  public_key         bytea       not null,
  algorithm          integer     not null constraint passkeys_algorithm check (algorithm in (-7, -8, -257)),
  name               text        not null constraint passkeys_name_length check (char_length(name) between 1 and 100),
  sign_count         bigint      not null,
  is_backup_eligible boolean     not null,
  is_backed_up       boolean     not null,
  transports         text[]      not null default '{}',
  aaguid             uuid        not null,
  created_at         timestamptz not null default now(),
  last_used_at       timestamptz,
  primary key (user_id, id)
);
comment on column taskward.passkeys.algorithm is 'COSE: -7 ES256, -8 EdDSA, -257 RS256';
create unique index passkeys_credential_id on taskward.passkeys (credential_id);

-- A login whose first factor was accepted, and that awaits the second.
create table taskward.mfa_logins (
  token_hash bytea       primary key,
  user_id    uuid        not null references taskward.users on delete cascade,
  auth_epoch bigint      not null,
  method     text        not null constraint mfa_logins_method check (method in ('password', 'otp')),
  amr        text[]      not null,
  expires_at timestamptz not null,
  failures   smallint    not null default 0
);
comment on column taskward.mfa_logins.token_hash is 'SHA-256 of the MFA token';
create index mfa_logins_user on taskward.mfa_logins (user_id);

create table taskward.webauthn_challenges (
  challenge_hash bytea       primary key,
  purpose        text        not null constraint webauthn_challenges_purpose
                             check (purpose in ('registration', 'login', 'mfa', 'reauthentication')),
  user_id        uuid        references taskward.users on delete cascade,
  session_id     uuid,
  mfa_token_hash bytea,
  expires_at     timestamptz not null
);
comment on table taskward.webauthn_challenges is 'Each is deleted when it is used';
comment on column taskward.webauthn_challenges.challenge_hash is 'SHA-256 of the challenge';
create index webauthn_challenges_user on taskward.webauthn_challenges (user_id);

grant select, insert, update, delete on
  taskward.totp, taskward.recovery_codes, taskward.passkeys, taskward.mfa_logins, taskward.webauthn_challenges to taskward;
