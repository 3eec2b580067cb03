-- compatible-with: 3
--
-- Seals of the audit record.

-- Sealing takes records by the transactions that wrote them.
create index audit_by_transaction on taskward.audit (xid);

create table taskward.audit_seals (
  number bigint primary key, xid_below xid8 not null, sealed_at timestamptz not null default now()
);
grant select, insert on taskward.audit_seals to taskward;
