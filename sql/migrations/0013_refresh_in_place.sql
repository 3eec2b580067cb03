-- compatible-with: 3
-- locks: taskward.sessions
--
-- A refresh writes one row: the session has the hashes of its refresh token and of the one before it. A worker of an older
-- release goes on with taskward.refresh_tokens; a session that it began moves into its own row at its next refresh.

-- Without constraints: PostgreSQL would parse them at each refresh.
alter table taskward.sessions
  add column token_hash          bytea,
  add column previous_token_hash bytea,
  add column token_issued_at     timestamptz;
comment on column taskward.sessions.token_hash is
  'of the refresh token; null while the session has its tokens in taskward.refresh_tokens';
comment on column taskward.sessions.previous_token_hash is 'of the refresh token that was exchanged at last_used_at';
comment on column taskward.sessions.token_issued_at is
  'iat of the refresh token, from which and the previous hash it can be made again; null for that of a login';
comment on table taskward.refresh_tokens is 'Only of sessions without a token_hash';

-- A refresh changes expires_at. With an index on that column every index would be written each time, and nothing needs it:
-- the purge also asks for revoked_at, so it reads the table.
drop index taskward.sessions_by_expiry;
alter table taskward.sessions set (fillfactor = 70);
