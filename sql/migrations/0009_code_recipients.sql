-- compatible-with: 3
--
-- To which spelling of an address a one-time code was sent.

alter table taskward.one_time_codes add column sealed_recipient bytea;
comment on column taskward.one_time_codes.sealed_recipient is
  'the address as the code was sent to it, encrypted under a key that is not in the database and bound to code_hash';
