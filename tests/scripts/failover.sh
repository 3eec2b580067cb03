# shellcheck shell=bash
# label: slow
# Three PostgreSQL servers under Patroni, strictly synchronous, whose primary is killed 20 times while clients write. Then its whole
# host stops answering once, and both standbys once. No acknowledged change is lost, none is made twice, what was answered in between
# is an honest 503, and the service is back by itself within 30 seconds. One etcd is enough: it does not fail here.
# By hand, `bash tests/scripts/failover.sh` takes settings: ROUNDS kills another number of times. BREAK=async replicates asynchronously, and not in the last second before each kill: it must fail.
# KEEP=FOLDER keeps journal and logs there. etcd and Patroni listen on loopback without passwords: not for a machine with other users.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"
# shellcheck source=scripts/lib/postgres.sh
source "$repo/scripts/lib/postgres.sh"

command -v patroni etcd >/dev/null || wrong "patroni or etcd-server is not installed"
rounds=${ROUNDS:-20}
deadline=$((SECONDS + 780))
fail() { wrong "$1"; }
data='' # of no cluster
find_postgres
writers_py=$repo/tests/support/failover_writers.py

# PostgreSQL refuses to run as root.
as_user=(env)
[[ $EUID -ne 0 ]] || as_user=(setpriv --reuid="$run_account" --regid="$run_account" --init-groups --)
nodes=$scratch/nodes
mkdir "$nodes"
[[ $EUID -ne 0 ]] || chown "$run_account:" "$nodes"

# Below the ports from which connections are made, one of which could take the port of a server that is down.
mapfile -t ports < <(python3 - <<'PY'
import random, socket
free = []
while len(free) < 8:
    port = random.randrange(15000, 32000)
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            continue
    if port not in free:
        free.append(port)
print(*free, sep="\n")
PY
)
sql_ports=("${ports[@]:0:3}") rest_ports=("${ports[@]:3:3}") etcd=127.0.0.1:${ports[6]}
password=$(openssl rand -hex 16)
synchronous=true
[[ ${BREAK:-} != async ]] || synchronous=false

# ---------------------------------------------------------------- the servers

patroni_pids=('' '' '')
etcd_pid='' writers_pid=''

start_etcd() {
    "${as_user[@]}" etcd --data-dir "$nodes/etcd" --listen-client-urls "http://$etcd" --advertise-client-urls "http://$etcd" \
        --listen-peer-urls "http://127.0.0.1:${ports[7]}" --initial-advertise-peer-urls "http://127.0.0.1:${ports[7]}" \
        --initial-cluster "default=http://127.0.0.1:${ports[7]}" >"$scratch/etcd.log" 2>&1 </dev/null &
    etcd_pid=$!
}

# start_node NUMBER: Patroni, which starts PostgreSQL.
start_node() {
    "${as_user[@]}" patroni "$nodes/$1.yml" >>"$scratch/patroni-$1.log" 2>&1 </dev/null &
    patroni_pids[$1]=$!
}

write_node() {
    cat >"$nodes/$1.yml" <<YAML
scope: taskward
name: node$1
restapi: {listen: "127.0.0.1:${rest_ports[$1]}", connect_address: "127.0.0.1:${rest_ports[$1]}"}
etcd3: {host: "$etcd"}
bootstrap:
  dcs:
    ttl: 8
    loop_wait: 1
    retry_timeout: 3
    primary_start_timeout: 0
    maximum_lag_on_failover: 1048576
    synchronous_mode: $synchronous
    synchronous_mode_strict: $synchronous
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {max_connections: 100, shared_buffers: 32MB, max_wal_size: 256MB, wal_keep_size: 64MB}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
postgresql:
  listen: "127.0.0.1:${sql_ports[$1]}"
  connect_address: "127.0.0.1:${sql_ports[$1]}"
  data_dir: $nodes/$1
  bin_dir: $pg_bin
  pgpass: $nodes/$1.pgpass
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  authentication:
    superuser: {username: postgres, password: "$password"}
    replication: {username: replicator, password: "$password"}
  parameters: {unix_socket_directories: ""}
  pg_hba: [host all all 127.0.0.1/32 scram-sha-256, host replication replicator 127.0.0.1/32 scram-sha-256]
YAML
}

# Sets pids: the server of a node and its children.
server_pids() {
    local postmaster
    postmaster=$(head -n 1 "$nodes/$1/postmaster.pid" 2>/dev/null) || postmaster=
    pids=()
    # The file of a server that was killed may name another process by now.
    [[ -n $postmaster && /proc/$postmaster/cwd -ef $nodes/$1 ]] || return 0
    mapfile -t pids < <(ps -o pid= --ppid "$postmaster")
    pids=("$postmaster" "${pids[@]// /}")
}

# signal_server SIGNAL NUMBER
signal_server() {
    server_pids "$2"
    [[ ${#pids[@]} -eq 0 ]] || kill "-$1" "${pids[@]}" 2>/dev/null || true
}

# signal_standbys SIGNAL: all but $old.
signal_standbys() {
    local number
    for number in 0 1 2; do [[ $number == "$old" ]] || signal_server "$1" "$number"; done
}

# For a second, nothing that the primary writes reaches a standby.
stop_replication() {
    local pid
    server_pids "$old"
    for pid in "${pids[@]}"; do
        [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != *' walsender '* ]] || kill -STOP "$pid"
    done
    sleep 1
}

cleanup() {
    local number pid
    exec 2>/dev/null
    for pid in "$writers_pid" "${patroni_pids[@]}"; do
        [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null
    done
    for number in 0 1 2; do signal_server KILL "$number"; done
    [[ -z $etcd_pid ]] || kill -KILL "$etcd_pid" 2>/dev/null
    wait
    if [[ -n ${KEEP:-} ]]; then cp -r "$scratch" "$KEEP"; fi
}

# answers NUMBER PATH: whether Patroni's REST interface says so of its node.
answers() { [[ $(curl -q -s --noproxy '*' --max-time 2 -o /dev/null -w '%{http_code}' "http://127.0.0.1:${rest_ports[$1]}/$2") == 200 ]]; }

# Sets primary to the number of the node that is the primary.
find_primary() {
    for primary in 0 1 2; do ! answers "$primary" primary || return 0; done
    return 1
}

at="127.0.0.1:${sql_ports[0]},127.0.0.1:${sql_ports[1]},127.0.0.1:${sql_ports[2]}"
url_of() { printf 'postgresql://%s:%s@%s/%s?target_session_attrs=read-write' "$1" "$password" "$at" "${2:-taskward}"; }
sql() {
    PGPASSWORD=$password "$pg_bin/psql" -XAtq -F $'\t' -v ON_ERROR_STOP=1 \
        "postgresql://postgres@$at/${database:-taskward}?target_session_attrs=read-write" "$@"
}

# Whether the next fault may come: two standbys are less than a megabyte behind, and Patroni has chosen the synchronous one.
is_healthy() {
    local standby=
    find_primary || return 1
    [[ $(database=postgres sql -c "select count(*) from pg_stat_replication where state = 'streaming' and replay_lsn > pg_current_wal_lsn() - 1000000" 2>/dev/null) == 2 ]] || return 1
    [[ $synchronous == true ]] || return 0
    for standby in 0 1 2; do ! answers "$standby" sync || return 0; done
    return 1
}

# until_true SECONDS WHAT COMMAND…
until_true() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [[ $SECONDS -lt $deadline ]] || wrong "the test took too long, while waiting until $what"
        [[ $SECONDS -lt $limit ]] || wrong "not in time: $what"$'\n'"$(tail -n 30 "$scratch"/patroni-?.log)"
        sleep 0.3
    done
}

start_etcd
for number in 0 1 2; do (umask 077 && write_node "$number"); done
[[ $EUID -ne 0 ]] || chown "$run_account:" "$nodes"/*.yml
start_node 0
until_true 60 "the first server runs" find_primary
for number in 1 2; do start_node "$number"; done
until_true 60 "two standbys follow" is_healthy
database=postgres sql -c 'create database taskward' >/dev/null
sql -f "$repo/sql/roles.sql" >/dev/null
sql -c 'alter database taskward owner to taskward_owner' -c "alter role taskward password '$password'" \
    -c "alter role taskward_owner password '$password'" >/dev/null

# ---------------------------------------------------------------- the service and its clients

DATABASE_URL=$(url_of taskward)
DATABASE_OWNER_URL=$(url_of taskward_owner)
export DATABASE_URL DATABASE_OWNER_URL LIMIT_EXEMPT="127.0.0.1, ::1" TASKS_PER_USER=1000000 BCRYPT_COST=4 ENVIRONMENT=test ACCESS_TOKEN_TTL=3600
start_instance
exec_() { "$run" --dir "$dir" --exec "$@"; }
exec_ taskward user create --username ann --password-stdin <<<'a long enough secret' >/dev/null
printf 'ann\na long enough secret\n' | python3 "$writers_py" write "$url" "$dir/tls/cert.pem" "$scratch/journal" "$scratch/stop" >"$scratch/writers.log" 2>&1 &
writers_pid=$!

# ---------------------------------------------------------------- the faults

# begin KIND, end: a line of the faults, for the check.
begin() {
    kind=$1
    fault=$((${fault:-0} + 1))
    begun=$EPOCHREALTIME
}
end() { printf '%s\t%s\t%s\t%s\n' "$fault" "$kind" "$begun" "$EPOCHREALTIME" >>"$scratch/faults"; }
# Without Patroni, nothing gives up the lock of the primary before it expires.
kill_node() {
    kill -KILL "${patroni_pids[$old]}"
    wait "${patroni_pids[$old]}" 2>/dev/null || true
    patroni_pids[old]=''
    signal_server KILL "$old"
}
failed_over() { find_primary && [[ $primary != "$old" ]]; }
recovered() {
    until_true 60 "there is another primary" failed_over
    [[ -n ${patroni_pids[$old]} ]] || start_node "$old"
    until_true 60 "two standbys follow after fault $fault" is_healthy
    sleep 2
    end
}

until_true 60 "two standbys follow" is_healthy
sleep 3
for ((round = 1; round <= rounds; ++round)); do
    find_primary || wrong "there is no primary"
    old=$primary
    [[ $synchronous == true ]] || stop_replication
    if [[ $((round % 2)) -eq 1 ]]; then
        begin server
        signal_server KILL "$old"
    else
        begin node
        kill_node
    fi
    recovered
done

# The host of the primary is lost: connections to it are not closed, and new ones are not answered. It starts again later.
find_primary || wrong "there is no primary"
old=$primary
begin lost
kill -STOP "${patroni_pids[$old]}"
signal_server STOP "$old"
until_true 60 "there is another primary" failed_over
sleep 12
kill_node
recovered

# The host of the primary dies while changes wait for a standby.
find_primary || wrong "there is no primary"
old=$primary
begin doubted
stop_replication
kill_node
recovered

# Both standbys stop for longer: changes wait for them, and none is acknowledged. As the primary lives, it remains the primary.
find_primary || wrong "there is no primary"
old=$primary
signal_standbys STOP
begin paused
sleep 14
end
begin resumed
signal_standbys CONT
until_true 60 "two standbys follow after fault $fault" is_healthy
sleep 12
end

touch "$scratch/stop"
wait "$writers_pid" || wrong "the clients failed: $(<"$scratch/writers.log")"
writers_pid=

# ---------------------------------------------------------------- what is there

sql -c 'select id, title, version, deleted_at is not null from taskward.tasks' >"$scratch/tasks"
sql -c "select action, object_id, count(*) from taskward.audit where action in ('task.create', 'task.update', 'task.delete')
    and outcome = 'success' group by 1, 2" >"$scratch/records"
check() { python3 "$writers_py" check "$1" "$scratch/faults" "$scratch/tasks" "$scratch/records"; }
check "$scratch/journal" || exit 1
# The check notices what is missing, and what is there twice.
{ cat "$scratch/journal"; echo '{"entry": "create", "title": "lost", "known": true, "id": "0", "version": 1}'; } >"$scratch/forged"
expect_status 1 check "$scratch/forged"
expect_text "acknowledged: {'entry': 'create', 'title': 'lost'"
again=$(tail -n 1 "$scratch/tasks")
echo "$again" >>"$scratch/tasks"
expect_status 1 check "$scratch/journal"
expect_text 'is there 2 times'
expect_status 0 exec_ taskward audit verify
expect_text 'Intact: '
mkdir -m 1777 "$scratch/out"
expect_status 0 exec_ taskward audit export --dir "$scratch/out/export"
expect_status 0 python3 "$repo/tests/support/check_export.py" export "$scratch/out/export"
[[ $(sql -c 'select max(era) from taskward.audit_seals') -eq 1 ]] || wrong "a failover began another era of seals"
stop_instance
