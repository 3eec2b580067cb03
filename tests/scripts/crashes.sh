# shellcheck shell=bash
# label: slow
# Processes that were killed are restarted, and a start works after everything was killed.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

# until_ready: waits until the product answers.
until_ready() {
    local try
    for try in {1..75}; do
        sleep 0.2
        get /readyz 2>/dev/null || status=
        [[ $status != 200 ]] || return 0
    done
    wrong "not ready after $try tries: $status $body"
}

start_instance

killed=$(<"$dir/pids/worker-api-1.pid")
grep -q '^CPUSchedulingPolicy=batch$' "$repo/systemd/taskward-worker@.service" || wrong "the policy of the unit is not that of scripts/run"
[[ $(ps -o cls= -p "$killed") == *B ]] || wrong "the worker has another scheduling policy than its unit"
kill -KILL "$killed"
for _ in {1..50}; do
    sleep 0.1
    now=$(cat -- "$dir/pids/worker-api-1.pid" 2>/dev/null || echo "$killed")
    [[ $now == "$killed" ]] || break
done
[[ $now != "$killed" ]] || wrong "the killed worker was not replaced"
until_ready

kill -KILL "$(<"$dir/pids/nginx.pid")"
sleep 0.5
until_ready

kill -KILL "$(head -n 1 "$dir/pg/data/postmaster.pid")"
sleep 0.5
until_ready

# Only the supervisor: the next start ends the other processes, whose port it needs.
port=$(<"$dir/port")
kill -KILL "$(<"$dir/pids/supervisor.pid")"
expect_status 0 "$run" --dir "$dir" --port "$port" --detach
until_ready

# Everything at once: stale pid files and sockets remain.
mapfile -t pids < <(instance_processes | cut -d ' ' -f 1)
kill -KILL "${pids[@]}"
[[ -e $dir/pg/data/postmaster.pid && -e $dir/run/api.sock ]] || wrong "no stale files are left to test with"
expect_status 0 "$run" --dir "$dir" --port "$port" --detach
until_ready

# A stop ends what a killed supervisor left behind.
kill -KILL "$(<"$dir/pids/supervisor.pid")"
stop_instance
left=$(instance_processes)
[[ -z $left ]] || wrong "left after the stop: $left"

# A worker that rejects its settings is not restarted: everything ends, and the log says why.
start_instance
echo 'THREADS = 0' >>"$dir/etc/taskward.conf"
kill -KILL "$(<"$dir/pids/worker-api-1.pid")"
for _ in {1..300}; do
    [[ -n $(instance_processes) ]] || break
    sleep 0.1
done
left=$(instance_processes)
[[ -z $left ]] || wrong "left after a worker rejected its settings: $left"
grep -q 'worker api-1 rejects its settings' "$dir/log/supervisor.log" || wrong "the log does not say why: $(<"$dir/log/supervisor.log")"
