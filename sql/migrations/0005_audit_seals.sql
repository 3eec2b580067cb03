-- compatible-with: 3
--
-- Seals of the audit record.

-- Sealing takes records by the transactions that wrote them.
create index audit_by_transaction on taskward.audit (xid);
