-- compatible-with: 3
--
-- Indexes to search the audit record by.
--
-- The record is read by (at, id), newest first, a month's partition after the other: so each index that is walked
-- has these behind its key. (The ones before went by id alone, which says nothing of the partitions.) Every
-- index costs every deed; what has none is found by a walk through the record itself, some ten thousands at a time.

drop index taskward.audit_by_actor, taskward.audit_by_object, taskward.audit_security_by_actor;
create index audit_by_actor   on taskward.audit (actor_id, at desc, id desc);
create index audit_by_object  on taskward.audit (object_id, at desc, id desc);
create index audit_by_address on taskward.audit (client_address, at desc, id desc);
-- For a person's own security events, among which those of their tasks are not.
create index audit_security_by_actor on taskward.audit (actor_id, at desc, id desc) where action not like 'task.%';
-- Without what most of the record consists of: that is met soon in any walk.
create index audit_by_action  on taskward.audit (action, at desc, id desc)
  where action not in ('task.create', 'task.update', 'task.delete', 'session.refresh');
create index audit_failures   on taskward.audit (at desc, id desc) where outcome <> 'success';
-- A request leaves a few records at most, which need no order.
create index audit_by_request on taskward.audit using hash (request_id);
