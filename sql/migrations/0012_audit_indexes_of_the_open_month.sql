-- compatible-with: 3
--
-- Requests wait while the current month gets its index: about a second for three million records.

-- The strongest lock first: after the index was built it would be too late to wait for a reader.
lock table taskward.audit in access exclusive mode;
create index audit_security_by_object on taskward.audit (object_id, at desc, id desc)
  where action not like 'task.%' and action <> 'session.refresh';
-- Logins and dropped months are found by their action.
drop index taskward.audit_by_actor, taskward.audit_by_object, taskward.audit_by_address, taskward.audit_by_request,
  taskward.audit_logins, taskward.audit_drops;
