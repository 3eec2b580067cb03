# shellcheck shell=bash
# label: slow
# An upgrade without a stop: the workers of the previous release and of this one serve side by side, on one socket, during and after
# the migrations, with a million tasks. No request fails, and no migration keeps others from a table for longer than a second.
# The previous release is the last tag, or else the commit before the newest migration. It is built once, in build/previous.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

git -C "$repo" rev-parse -q --verify HEAD >/dev/null || skip "the history is not here, so there is no previous release"
previous=$(git -C "$repo" describe --tags --abbrev=0 HEAD^ 2>/dev/null ||
    git -C "$repo" log --diff-filter=A -1 --format=%H^ -- 'sql/migrations/*.sql')
commit=$(git -C "$repo" rev-parse -q --verify "$previous^{commit}") || skip "the history does not reach back to the previous release"
tree=$repo/build/previous/$commit
if [[ ! -d $tree ]]; then
    rm -rf "$tree.new"
    mkdir -p "$tree.new/build"
    git -C "$repo" archive "$commit" | tar -C "$tree.new" -xf -
    # The pages are not what is tested.
    ln -s "$repo/build/pages" "$repo/build/npm" "$tree.new/build/"
    mv "$tree.new" "$tree"
fi

export LIMIT_EXEMPT="127.0.0.1, ::1" TASKS_PER_USER=1000000
expect_status 0 "$tree/scripts/run" --no-dotenv --dir "$dir" --port 0 --detach
url=$(<"$dir/url")
exec_() { "$run" --dir "$dir" --exec "$@"; }
owner() { exec_ psql -XAtq -U taskward_owner "$@"; }

exec_ taskward user create --username ann --role admin --password-stdin <<<'a long enough secret' >/dev/null
owner -c "insert into taskward.users (id, username, role) select gen_random_uuid(), 'bulk-' || n, 'user' from generate_series(1, 1000) n" \
    -c "insert into taskward.tasks (owner_id, id, title, status, is_indexed)
        select u.id, gen_random_uuid(), 'A task', 'todo', false from taskward.users u, generate_series(1, 1000) where u.username like 'bulk-%'" \
    -c "analyze taskward.users, taskward.tasks"
[[ $(owner -c 'select count(*) from taskward.tasks') -eq 1000000 ]] || wrong "there are not a million tasks"

# The locks that keep others from a table, every 20 ms: moment, process, table.
watch_locks() {
    touch "$scratch/watch"
    while [[ -e $scratch/watch ]]; do
        echo "select extract(epoch from clock_timestamp()), l.pid, l.relation::regclass from pg_locks l join pg_class c on c.oid = l.relation
            where l.mode = 'AccessExclusiveLock' and l.granted and c.relnamespace = 'taskward'::regnamespace;"
        sleep 0.02
    done | owner >"$scratch/locks" &
    watcher=$!
}
# longest_lock: sets $longest to the longest time, in milliseconds, that one process had one of them.
longest_lock() {
    rm "$scratch/watch"
    wait "$watcher"
    longest=$(awk -F '|' 'NF == 3 { k = $2 $3; if (!(k in last) || $1 - last[k] > 0.2) first[k] = $1; last[k] = $1
            t = ($1 - first[k]) * 1000; if (t > most) most = t }
        END { printf "%d", most }' "$scratch/locks")
}

# Requests one after another, in loops: creations, lists, changes, and logins, which the other pool answers.
login='{"username":"ann","password":"a long enough secret"}'
token=$(curl -q -sS --noproxy '*' --cacert "$dir/tls/cert.pem" --json "$login" "$url/auth/login" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
task=$(curl -q -sS --noproxy '*' --cacert "$dir/tls/cert.pem" -H "Authorization: Bearer $token" --json '{"title":"one"}' "$url/tasks" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
[[ -n $token && -n $task ]] || wrong "no login, or no task"
load() {
    local name=$1
    shift
    while [[ -e $scratch/load ]]; do
        curl -q -s --noproxy '*' --max-time 20 --cacert "$dir/tls/cert.pem" -o /dev/null -w '%{http_code} %{errormsg}\n' "$@"
        sleep 0.02
    done >"$scratch/answers.$name"
}
touch "$scratch/load"
load create -H "Authorization: Bearer $token" --json '{"title":"During the upgrade"}' "$url/tasks#[1-10]" &
load list -H "Authorization: Bearer $token" "$url/tasks#[1-10]" &
for title in one another; do
    load "change-$title" -H "Authorization: Bearer $token" -X PATCH --json "{\"title\":\"$title\"}" "$url/tasks/$task#[1-5]" &
done
load login --json "$login" "$url/auth/login" &
sleep 2

# replaced NAME: ends a worker, which the supervisor starts again from the new files, and waits until that one serves.
replaced() {
    local before now
    before=$(<"$dir/pids/worker-$1.pid")
    kill -TERM "$before"
    for _ in {1..100}; do
        sleep 0.1
        now=$(cat -- "$dir/pids/worker-$1.pid" 2>/dev/null || echo "$before")
        [[ $now == "$before" || ! -e $dir/run/$1.ready ]] || return 0
    done
    wrong "worker $1 was not replaced"
}

old=$(<"$dir/pids/worker-api-2.pid")
tar -C "$repo/build/${VARIANT:-release}" -cf - taskward taskward-worker taskward-background | exec_ tar -C "$dir/bin" -xf -
tar -C "$repo" -cf - sql | exec_ tar -C "$dir" -xf -
watch_locks
expect_status 0 exec_ taskward migrate
longest_lock
[[ $longest -le 1000 ]] || wrong "a migration kept others from a table for $longest ms"
sleep 2
replaced api-1
[[ -d /proc/$old && $(<"$dir/pids/worker-api-2.pid") == "$old" ]] || wrong "no worker of the previous release is left"
sleep 3
expect_status 0 "$run" --dir "$dir" --restart
sleep 2
rm "$scratch/load"
wait

failed=$(cat "$scratch"/answers.* | grep -vcE '^20[01] $' || true)
[[ $failed -eq 0 ]] || wrong "$failed requests failed: $(sort "$scratch"/answers.* | uniq -c | xargs)"
for name in create list change-one change-another login; do
    [[ $(wc -l <"$scratch/answers.$name") -gt 10 ]] || wrong "there were too few requests: $name"
done
created=$(grep -c '^201 $' "$scratch/answers.create")
[[ $(owner -c "select count(*) from taskward.tasks where title = 'During the upgrade'") -eq $created ]] || wrong "not as many tasks as answers, $created"
[[ $(owner -c "select count(*) from taskward.audit where action = 'task.create'") -eq $((created + 1)) ]] || wrong "not as many records as tasks, $created"
expect_status 0 exec_ taskward audit verify
expect_status 0 exec_ taskward migrate --status
expect_text 'The schema is current.'

# The watch notices a lock that is too long.
watch_locks
owner -c 'begin; lock table taskward.tasks in access exclusive mode; select pg_sleep(1.5); rollback' >/dev/null
longest_lock
[[ $longest -gt 1000 ]] || wrong "the watch saw $longest ms of a lock of 1500"
stop_instance
