# shellcheck shell=bash
# label: slow
# --exec runs commands with the settings of the instance; exit statuses; `taskward status`; --restart; stopping and starting PostgreSQL.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

start_instance
[[ $("$run" --dir "$dir" --exec psql -XAtc 'SELECT current_user, current_database()' -U taskward_owner) == 'taskward_owner|taskward' ]] ||
    wrong "psql as the owner"
! "$run" --dir "$dir" --exec psql -XAtc 'CREATE TEMPORARY TABLE t (n integer)' -U taskward >/dev/null 2>&1 ||
    wrong "the role of the service can create tables"
[[ $(echo 'SELECT 7' | "$run" --dir "$dir" --exec psql -XAt -U taskward) == 7 ]] || wrong "standard input does not reach the command"
expect_status 9 "$run" --dir "$dir" --exec bash -c 'exit 9'
expect_status 0 "$run" --dir "$dir" --exec taskward config
expect_text DATABASE_URL
[[ $output != *"$(<"$dir/etc/secret_key")"* ]] || wrong "taskward config shows the secret key"

# A signal that ends scripts/run ends the command.
is_asleep() { pgrep -f "^sleep 300\.$$ ?\$" >/dev/null; }
for signal in INT TERM HUP; do
    # A background job of a script ignores SIGINT, so env restores it.
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
    ! is_asleep || wrong "the command still runs after SIG$signal"
done
# shellcheck disable=SC2016 # expands in the command
expect_status 137 "$run" --dir "$dir" --exec bash -c 'kill -KILL $$'

# Exit statuses: 0 success, 1 failure, 2 invalid command line, 3 refused, 78 invalid settings.
exec_() { "$run" --dir "$dir" --exec "$@"; }
tw() { exec_ taskward "$@"; }
subcommands=(setup certificate migrate user 'user list' 'user show' 'user create' 'user set' 'user unlock' 'user delete' 'user sessions' 'user import'
             'user token' 'user reset-mfa' key audit backup restore mail status config routes errors openapi generate listen)
for subcommand in "${subcommands[@]}"; do
    read -ra words <<<"$subcommand"
    expect_status 0 tw "${words[@]}" --help
    expect_text "taskward $subcommand"
    expect_status 2 tw "${words[@]}" --colour
done
for program in taskward taskward-worker taskward-background; do
    expect_status 0 exec_ "$program" --help
    expect_text 'Exit status: 0 success, 1 failure'
    expect_text '3 refused (such as: no such user), 78 invalid settings'
    expect_status 2 exec_ "$program" --colour
done
expect_status 2 tw
expect_status 2 tw frobnicate
expect_status 0 tw --version
[[ $output =~ ^taskward\ [0-9]+\.[0-9] ]] || wrong "taskward --version: $output"
expect_status 2 tw user delete ada
expect_status 2 tw mail retry 7
expect_status 78 exec_ env THREADS=0 taskward config
expect_status 78 exec_ env THREADS=0 taskward user list
expect_status 78 exec_ env THREADS=0 taskward-worker --pool api
expect_status 78 exec_ env THREADS=0 taskward-background

# What runs. Rates need requests.
expect_status 2 tw status 5
expect_status 2 tw status --watch 0
expect_status 78 exec_ env THREADS=0 taskward status
for _ in {1..5}; do get /healthz; done
expect_status 0 tw status
for text in 'Processes ' ' background ' 'Requests ' 'p99' 'Hashing ' 'newest ' '0 dead'; do expect_text "$text"; done
expect_status 0 tw status --json
python3 -c '
import json, sys
status = json.loads(sys.argv[1])
assert sorted(one["pool"] for one in status["processes"]) == ["api", "api", "auth", "background"], status
assert all(one["memory_bytes"] > 1000000 and one["uptime_seconds"] >= 0 for one in status["processes"]), status
assert status["requests"]["total"] >= 5 and status["requests"]["total_p50_seconds"] <= status["requests"]["total_p99_seconds"], status
assert status["database"]["state"] == "up" and status["database"]["connections"] > 0, status
' "$output" || wrong "taskward status --json: $output"
expect_status 0 timeout --preserve-status -s INT 6 "$run" --dir "$dir" --exec taskward status --watch
[[ $(grep -c '^Requests ' <<<"$output") -ge 2 && $output != *$'\033'* ]] || wrong "taskward status --watch: $output"
expect_status 64 tw doctor --colour
expect_status 0 tw doctor --help
expect_text 'taskward doctor'

expect_status 3 tw setup
expect_text 'setup must be run as root'
expect_status 2 tw setup --upgrade --dry-run

unknown=0193e4a0-0000-7000-8000-000000000000
expect_status 0 tw user create --username ada --role admin --password-stdin <<<'a long enough secret'
expect_status 3 tw user create --username ada --password-stdin <<<'a long enough secret'
expect_status 3 tw user create --username eve --password-stdin <<<'password'
expect_status 3 tw user set ada --role guest
expect_status 3 tw user set nobody --role guest
expect_status 3 tw user show nobody
expect_status 3 tw user unlock nobody
expect_status 3 tw user delete nobody --yes
expect_status 3 tw user delete ada --yes
expect_status 3 tw user sessions nobody
expect_status 3 tw user sessions ada --end-one "$unknown"
expect_status 3 tw key revoke no-such-key
expect_status 3 exec_ env JWT_ALG=HS256 JWT_SECRET_KEY=qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G taskward key rotate
expect_status 3 tw mail retry "$unknown"
expect_status 3 tw audit prove "$unknown"
printf 'username\nada\n' >"$scratch/taken.csv"
expect_status 3 tw user import "$scratch/taken.csv"
expect_status 1 tw user import "$scratch/missing.csv"
expect_status 1 tw audit export --dir "$scratch/missing/export"
expect_status 0 tw user list
expect_status 0 tw user show ada
expect_status 0 tw key rotate
expect_status 0 tw key list
expect_status 0 tw mail list
expect_status 0 tw migrate --status

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

# Without a working replacement, the old workers are kept.
mv "$dir/bin/taskward-worker" "$dir/bin/taskward-worker.away"
ln -s /bin/false "$dir/bin/taskward-worker"
expect_status 1 "$run" --dir "$dir" --restart
expect_text "not all workers were replaced"
mv -f "$dir/bin/taskward-worker.away" "$dir/bin/taskward-worker"
[[ $(cat "$dir"/pids/worker-*.pid) == "$after" ]] || wrong "a worker was replaced although the replacement failed"
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status after a failed replacement"

# A server that was stopped on purpose stays stopped; its output must not hold the pipe.
expect_status 0 "$run" --dir "$dir" --exec pg_ctl stop -m fast
sleep 1
[[ ! -e $dir/pg/data/postmaster.pid ]] || wrong "PostgreSQL was restarted although it was stopped on purpose"
get /readyz
[[ $status == 503 ]] || wrong "/readyz answers $status without a database"
for subcommand in 'user list' 'key list' 'mail list' 'audit head' 'audit verify' 'migrate --status' migrate; do
    read -ra words <<<"$subcommand"
    expect_status 1 tw "${words[@]}"
done
expect_status 1 tw status
expect_text 'Database    unavailable: cannot connect'
expect_text ' background '
expect_status 0 "$run" --dir "$dir" --exec pg_ctl start
for _ in {1..50}; do
    get /readyz
    [[ $status != 200 ]] || break
    sleep 0.2
done
[[ $status == 200 ]] || wrong "/readyz answers $status after the database was started"
[[ $(cat "$dir"/pids/worker-*.pid) == "$after" ]] || wrong "a worker was replaced because the database was stopped"
