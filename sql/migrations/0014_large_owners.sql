-- compatible-with: 3
--
-- The owners who have many tasks already; taskward-background indexes these.

update taskward.users u set tasks_indexed = 1
  from (select r.owner_id from taskward.task_room r group by r.owner_id having taskward.has_many_tasks(max(r.quota) - sum(r.room))) k
 where u.id = k.owner_id;
