-- compatible-with: 3
--
-- A partition of the audit record for each month.

comment on table taskward.audit_default is 'records of months that have no partition of their own';
