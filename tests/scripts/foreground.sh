# shellcheck shell=bash
# label: slow
# In the foreground, Ctrl-C or SIGTERM ends everything.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

for signal in INT TERM; do
    # The shell empties it only in the background, so what the run before wrote could be read.
    rm -f "$scratch/output"
    # In a terminal, Ctrl-C signals all processes of the foreground group. A background job of a script ignores SIGINT, so env
    # restores it.
    setsid env --default-signal=INT "$run" --dir "$dir" --port 0 >"$scratch/output" 2>&1 &
    pid=$!
    for _ in {1..600}; do
        ! grep -qs 'Taskward runs at' "$scratch/output" || break
        kill -0 "$pid" 2>/dev/null || wrong "it ended: $(<"$scratch/output")"
        sleep 0.1
    done
    url=$(<"$dir/url")
    get /readyz
    [[ $status == 200 ]] || wrong "/readyz answers $status"
    kill -"$signal" -- "-$pid"
    status=0
    wait "$pid" || status=$?
    [[ $status -eq 0 ]] || wrong "status $status after SIG$signal: $(<"$scratch/output")"
    left=$(instance_processes)
    [[ -z $left ]] || wrong "left after SIG$signal: $left"
done
