# shellcheck shell=bash
# The worker processes, and the one in the background, which is called a worker too where it is handled as one: start, watch,
# replace. Sourced by lib/instance.

declare -A worker_pid worker_started worker_failures worker_next

# start_worker NAME: NAME is pool-number, or background. Sets worker_pid[NAME].
start_worker() {
    local name=$1 ready=$dir/run/$1.ready log
    log=$(log_of_worker "$name")
    rm -f -- "$ready"
    (
        exec 8<&- 9<&-
        cd -- "$dir" || exit
        # The migrating role's password is none of a worker's business.
        unset DATABASE_OWNER_URL DATABASE_OWNER_URL_FILE
        if [[ $name == background ]]; then
            exec 3<&- 4<&-
            unset LISTEN_FDS LISTEN_FDNAMES LISTEN_PID
            exec setsid "$dir/bin/taskward-background" --ready-file "$ready"
        fi
        # Nor is the mail server's.
        unset MAIL_PASSWORD MAIL_PASSWORD_FILE
        export LISTEN_PID=$BASHPID
        nice=()
        # Hashing passwords takes what the others leave.
        if [[ $name == auth-* ]]; then
            export THREADS=$AUTH_THREADS
            nice=(nice -n 10)
        fi
        exec setsid "${nice[@]}" "$dir/bin/taskward-worker" --pool "${name%-*}" --ready-file "$ready"
    ) >>"$log" 2>&1 </dev/null &
    worker_pid[$name]=$!
    worker_started[$name]=$SECONDS
    echo "$!" >"$(pid_file_of_worker "$name")"
}

log_of_worker() { if [[ $1 == background ]]; then echo "$dir/log/background.log"; else echo "$dir/log/worker-$1.log"; fi; }
pid_file_of_worker() { if [[ $1 == background ]]; then echo "$dir/pids/background.pid"; else echo "$dir/pids/worker-$1.pid"; fi; }

# Whether it became ready; 1 when it ended before, 2 when it takes too long.
await_worker() {
    local name=$1 deadline=$((SECONDS + start_timeout))
    until [[ -e $dir/run/$name.ready ]]; do
        kill -0 "${worker_pid[$name]}" 2>/dev/null || return 1
        ((SECONDS < deadline)) || return 2
        sleep 0.05
    done
}

worker_ended() {
    local name=$1 status=0 log delay
    log=$(log_of_worker "$name")
    # bash's own notice of a signal would repeat the whole command.
    wait "${worker_pid[$name]}" 2>/dev/null || status=$?
    rm -f -- "$(pid_file_of_worker "$name")"
    unset "worker_pid[$name]"
    # EX_CONFIG: starting it again cannot help.
    [[ $status -ne 78 ]] || fail "worker $name refuses its settings" "$log"
    ((SECONDS - worker_started[$name] < 30)) || worker_failures[$name]=0
    delay=$((worker_failures[$name] == 0 ? 0 : 1 << (worker_failures[$name] - 1)))
    ((delay <= 10)) || delay=10
    worker_failures[$name]=$((worker_failures[$name] < 10 ? worker_failures[$name] + 1 : 10))
    worker_next[$name]=$((SECONDS + delay))
    say "worker $name ended with status $status; starting it again in $delay s (${log#"$dir/"})"
}

watch_workers() {
    local name
    for name in "${workers[@]}"; do
        if [[ -n ${worker_pid[$name]:-} ]]; then
            kill -0 "${worker_pid[$name]}" 2>/dev/null || worker_ended "$name"
        elif ((SECONDS >= worker_next[$name])); then
            start_worker "$name"
        fi
    done
}

# Replaces each worker: the new one accepts before the old one is told to stop, so a connection always finds somebody.
rolling_restart() {
    local name old drained=() pid deadline log
    for name in "${workers[@]}"; do
        [[ -z $stopping ]] || return 1
        old=${worker_pid[$name]:-}
        start_worker "$name"
        if ! await_worker "$name"; then
            log=$(log_of_worker "$name")
            say "the replacement of worker $name did not become ready; the old one stays (${log#"$dir/"})"
            kill -KILL "${worker_pid[$name]}" 2>/dev/null || true
            wait "${worker_pid[$name]}" 2>/dev/null || true
            if [[ -n $old ]]; then
                worker_pid[$name]=$old
                echo "$old" >"$(pid_file_of_worker "$name")"
            fi
            return 1
        fi
        [[ -z $old ]] || { kill -TERM "$old" 2>/dev/null || true; drained+=("$old"); }
    done
    deadline=$((SECONDS + $(drain_seconds)))
    for pid in "${drained[@]}"; do
        while kill -0 "$pid" 2>/dev/null; do
            if ((SECONDS >= deadline)); then
                say "the old worker (process $pid) does not end; killing it"
                kill -KILL "$pid" 2>/dev/null || true
            fi
            sleep 0.05
        done
        wait "$pid" 2>/dev/null || true
    done
}
