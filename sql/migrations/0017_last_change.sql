-- compatible-with: 3
-- locks: taskward.tasks
--
-- Which fields a change wrote: the statement that changes a task computes them from the row as it was, and has them for its audit
-- record without reading the row before.

alter table taskward.tasks add column last_change smallint;
comment on column taskward.tasks.last_change is 'a bit for each field that the last change wrote; read only by the statement that sets it';
