-- compatible-with: 3
--
-- What administrators see and search.

-- Each login writes it: so there is room for the next version of a row on its own page.
alter table taskward.users add column last_login_at timestamptz;
alter table taskward.users set (fillfactor = 85);
comment on column taskward.users.last_login_at is 'when a session of the account last began';
comment on column taskward.users.auth_epoch is
  'counts what ends all sessions, such as a change of the password: a session of an earlier one is over, also if it began at
   that very moment';

-- The order of the list of accounts.
create index users_by_creation on taskward.users (created_at, id);
-- Whoever takes an administrator away looks at all that are left.
create index users_active_administrators on taskward.users (id) where role = 'admin' and is_active;
-- Whose names are locked now.
create index lockouts_by_end on taskward.lockouts (locked_until) where locked_until is not null;

-- For the dashboard.
create index outbox_dead on taskward.outbox (created_at) where state = 'dead';
create index audit_logins on taskward.audit (at, outcome) where action = 'session.login';
create index audit_security_by_time on taskward.audit (at, id) where action not like 'task.%';
