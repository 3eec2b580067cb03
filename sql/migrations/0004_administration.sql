-- compatible-with: 3
--
-- What administrators see and search.

alter table taskward.users add column last_login_at timestamptz;
comment on column taskward.users.last_login_at is 'when a session of the account last began';
