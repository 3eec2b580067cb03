# shellcheck shell=bash
# --exec runs commands with the instance's settings; --restart replaces the workers; PostgreSQL may be stopped and started.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

start_instance
[[ $("$run" --dir "$dir" --exec psql -XAtc 'SELECT current_user, current_database()' -U taskward_owner) == 'taskward_owner|taskward' ]] ||
    wrong "psql as the owner"
! "$run" --dir "$dir" --exec psql -XAtc 'CREATE TEMPORARY TABLE t (n integer)' -U taskward >/dev/null 2>&1 ||
    wrong "the service's role can make tables"
[[ $(echo 'SELECT 7' | "$run" --dir "$dir" --exec psql -XAt -U taskward) == 7 ]] || wrong "standard input does not reach the command"
expect_status 9 "$run" --dir "$dir" --exec bash -c 'exit 9'
expect_status 0 "$run" --dir "$dir" --exec taskward config
expect_text DATABASE_URL
[[ $output != *"$(<"$dir/etc/secret_key")"* ]] || wrong "taskward config shows the secret key"

# Who ends scripts/run ends the command.
is_asleep() {
    local process
    for process in /proc/[0-9]*; do
        [[ $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") != "sleep 300.$$ " ]] || return 0
    done
    return 1
}
for signal in INT TERM HUP; do
    # A background job of a script ignores SIGINT, so env gives it back.
    env --default-signal=INT "$run" --dir "$dir" --exec sleep "300.$$" >"$scratch/output" 2>&1 &
    pid=$!
    for _ in {1..300}; do
        ! is_asleep || break
        sleep 0.1
    done
    is_asleep || wrong "the command was not started: $(<"$scratch/output")"
    kill -"$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    [[ $status -eq 143 ]] || wrong "status $status after SIG$signal: $(<"$scratch/output")"
    ! is_asleep || wrong "the command outlives SIG$signal"
done
# shellcheck disable=SC2016 # expands in the command
expect_status 137 "$run" --dir "$dir" --exec bash -c 'kill -KILL $$'

before=$(cat "$dir"/pids/worker-*.pid)
expect_status 0 "$run" --dir "$dir" --restart
after=$(cat "$dir"/pids/worker-*.pid)
[[ $(wc -l <<<"$after") -eq 3 ]] || wrong "not three workers after the restart"
[[ -z $(comm -12 <(sort <<<"$before") <(sort <<<"$after")) ]] || wrong "a worker was not replaced"
for pid in $before; do
    ! grep -qs taskward-worker "/proc/$pid/cmdline" || wrong "the old worker $pid still runs"
done
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status after the restart"

# Stopped on purpose, it stays stopped; its output must not hold the pipe.
expect_status 0 "$run" --dir "$dir" --exec pg_ctl stop -m fast
sleep 1
[[ ! -e $dir/pg/data/postmaster.pid ]] || wrong "PostgreSQL was started again although it was stopped on purpose"
get /readyz
[[ $status == 503 ]] || wrong "/readyz answers $status without a database"
expect_status 0 "$run" --dir "$dir" --exec pg_ctl start
for _ in {1..50}; do
    get /readyz
    [[ $status != 200 ]] || break
    sleep 0.2
done
[[ $status == 200 ]] || wrong "/readyz answers $status after the database came back"
[[ $(cat "$dir"/pids/worker-*.pid) == "$after" ]] || wrong "a worker was replaced because the database was away"
