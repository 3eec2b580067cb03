# shellcheck shell=bash
# label: slow
# Lists, searches and exports with a standby that replays each commit 5 seconds late (DATABASE_READ_URL): clients read what they have
# written at once, those that have not written read from the standby, and who has logged out reads nothing.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"
# shellcheck source=scripts/lib/postgres.sh
source "$repo/scripts/lib/postgres.sh"

fail() { wrong "$1"; }
find_postgres
exec_() { "$run" --dir "$dir" --exec "$@"; }
standby() { exec_ "$pg_bin/pg_ctl" -D "$scratch/standby/data" -l "$scratch/standby/log" -w -t 60 "$@" >/dev/null; }
on_standby() { exec_ psql -XAtq -h "$scratch/standby" -U postgres -d taskward -c "$1"; }
# From now on the standby replays nothing, until it is resumed.
hold() {
    on_standby 'select pg_wal_replay_pause()' >/dev/null
    until [[ $(on_standby 'select pg_get_wal_replay_pause_state()') == paused ]]; do sleep 0.1; done
}
resume() { on_standby 'select pg_wal_replay_resume()' >/dev/null; }
cleanup() { [[ ! -f $scratch/standby/data/postmaster.pid ]] || standby -m immediate stop; }

export LIMIT_EXEMPT=127.0.0.1 METRICS_FROM=127.0.0.1 BCRYPT_COST=10
# The standby is made later: until then everything is read from the primary.
export DATABASE_READ_URL="host=$scratch/standby dbname=taskward user=taskward"
start_instance
echo 'local replication postgres peer map=taskward' >>"$dir/pg/data/pg_hba.conf"
expect_status 0 exec_ pg_ctl reload
mkdir "$scratch/standby"
[[ $EUID -ne 0 ]] || chown "$run_account:" "$scratch/standby"
expect_status 0 exec_ "$pg_bin/pg_basebackup" -D "$scratch/standby/data" -U postgres -R --checkpoint=fast
cat >"$scratch/standby/taskward.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$scratch/standby'
recovery_min_apply_delay = '5s'
CONF
standby start
exec_ taskward user create --username ann --password-stdin <<<'a long enough secret' >/dev/null
exec_ taskward user create --username bob --password-stdin <<<'a long enough secret' >/dev/null

# as NAME METHOD PATH [CURL ARGUMENT…]: sets $status and $body.
declare -A token
as() {
    get "$3" -X "$2" -H "Authorization: Bearer ${token[$1]}" "${@:4}"
    [[ $status == 2* ]] || wrong "$2 $3 by $1: $status $body"
}
member() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" <<<"$body"; }
log_in() {
    get /auth/login --json "{\"username\":\"$1\",\"password\":\"a long enough secret\"}"
    [[ $status == 200 ]] || wrong "login of $1: $status $body"
    token[$1]=$(member access_token)
}
# reads RESULT: how many reads had it.
reads() {
    get /metrics
    sed -n "s/^taskward_replica_reads_total{result=\"$1\"} //p" <<<"$body" | grep . || echo 0
}
# answered NAME PATH: waits until the standby answers, at most 30 seconds.
answered() {
    local before deadline=$((SECONDS + 30))
    before=$(reads answered)
    until as "$1" GET "$2" && [[ $(reads answered) -gt $before ]]; do
        [[ $SECONDS -lt $deadline ]] || wrong "the standby does not answer $2 by $1: $(grep replica_ "$dir"/log/*.log | tail -n 3; tail -n 5 "$scratch/standby/log")"
        sleep 0.2
    done
}

log_in ann
log_in bob
as bob POST /tasks --json '{"title":"of Bob"}'
answered bob '/tasks?limit=100'
answered bob '/tasks?q=bob'
answered bob '/tasks/export'

# Ann reads each of her tasks at once, for longer than the standby lags (24 rounds of at least 0.3 seconds). Bob still reads from the
# standby.
answered_before=$(reads answered)
behind_before=$(reads behind)
for n in {1..24}; do
    as ann POST /tasks --json "{\"title\":\"task number $n.\"}"
    case $((n % 3)) in
        0) path='/tasks?limit=100' ;;
        1) path="/tasks?q=number+$n" ;;
        2) path='/tasks/export' ;;
    esac
    as ann GET "$path"
    [[ $body == *"\"task number $n.\""* ]] || wrong "$path of Ann lacks task number $n: $body"
    as bob GET '/tasks?limit=100'
    [[ $body == *'"of Bob"'* ]] || wrong "list of Bob: $body"
    sleep 0.3
done
[[ $(on_standby 'select count(*) from taskward.tasks') -lt $n ]] || wrong 'the standby does not lag'
[[ $(($(reads answered) - answered_before)) -ge $n ]] || wrong "of $n lists of Bob, the standby answered $(($(reads answered) - answered_before))"
[[ $(($(reads behind) - behind_before)) -ge $n ]] || wrong "of $n lists of Ann, $(($(reads behind) - behind_before)) met a standby that is behind"
answered ann '/tasks?limit=100'
[[ $body == *"\"task number $n.\""* ]] || wrong "list of Ann: $body"

# A logout holds at once, although the standby still has the session.
hold
as bob POST /auth/logout
for path in /tasks '/tasks?q=bob' /tasks/export; do
    get "$path" -H "Authorization: Bearer ${token[bob]}"
    [[ $status == 401 ]] || wrong "$path after the logout: $status $body"
done
[[ $(on_standby 'select count(*) from taskward.sessions where revoked_at is null') == 2 ]] || wrong 'the standby has the logout'

# What the doctor says of it.
finds() {
    local status=0 report
    report=$(exec_ "${@:2}" taskward doctor --json 2>&1) || status=$?
    [[ $report == *"\"$1\""* ]] || wrong "$1 is not found: $status $report"
}
finds replica_behind env
resume
finds replica_invalid env DATABASE_READ_URL="$(exec_ printenv DATABASE_URL)"
finds replica_invalid env DATABASE_READ_URL="host=$scratch/standby dbname=postgres user=taskward"

# Without the standby everything is read from the primary, and from the standby again when it is back.
standby -m fast stop
for _ in {1..10}; do as ann GET '/tasks?limit=100'; done
[[ $(reads failed) -gt 0 ]] || wrong 'no failure was counted'
finds replica_unavailable env
standby start
answered ann '/tasks?limit=100'
