# shellcheck shell=bash
# Which processes are this instance's, and how they are ended. Sourced by lib/instance.

# Runs a command that must not keep the workers' sockets, the command channel or the lock open.
without_descriptors() { "$@" 3<&- 4<&- 8<&- 9<&-; }

# our_processes FOLDER PROGRAM: who runs PROGRAM in FOLDER. Process ids in files may be stale, this is not. A worker hides what it
# does from its own user as well (it is not dumpable), its working directory included; what is left is the path it was started by.
our_processes() {
    local folder=$1 program=$2 process exe started_as
    for process in /proc/[0-9]*; do
        if [[ $process/cwd -ef $folder ]]; then
            exe=$(readlink "$process/exe" 2>/dev/null) || continue
            exe=${exe% (deleted)}
            [[ ${exe##*/} != "$program" ]] || printf '%s\n' "${process#/proc/}"
        elif [[ -O $process ]] && { IFS= read -r -d '' started_as <"$process/cmdline"; } 2>/dev/null; then
            [[ $started_as != "$dir/bin/$program" ]] || printf '%s\n' "${process#/proc/}"
        fi
    done
}

# end_processes SIGNAL SECONDS FOLDER PROGRAM: signals them, waits, and kills who is still there.
end_processes() {
    local signal=$1 seconds=$2 folder=$3 program=$4 deadline pids
    mapfile -t pids < <(our_processes "$folder" "$program")
    [[ ${#pids[@]} -gt 0 ]] || return 0
    kill -"$signal" "${pids[@]}" 2>/dev/null || true
    deadline=$((SECONDS + seconds))
    while ((SECONDS < deadline)); do
        mapfile -t pids < <(our_processes "$folder" "$program")
        [[ ${#pids[@]} -gt 0 ]] || return 0
        sleep 0.1
    done
    say "$program does not end in $seconds s; killing it"
    kill -KILL "${pids[@]}" 2>/dev/null || true
    while [[ -n $(our_processes "$folder" "$program") ]]; do sleep 0.1; done
}

# The workers bound their own drain; five seconds more, and they are killed.
drain_seconds() {
    local limit=${DRAIN_TIMEOUT:-30}
    [[ $limit =~ ^[0-9]{1,4}$ ]] || limit=30
    echo $((10#$limit + 5))
}

# Ends whatever runs here in the order in which nobody loses anything: first who takes requests, last who keeps the data.
end_everything() {
    # Only the master is told: nginx's own children end with it, once their requests are answered.
    if [[ -n ${nginx_pid:-} ]] && kill -QUIT "$nginx_pid" 2>/dev/null; then
        local deadline=$((SECONDS + nginx_quit_timeout))
        while kill -0 "$nginx_pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
    fi
    end_processes TERM 5 "$dir" nginx
    end_processes TERM "$(drain_seconds)" "$dir" taskward-worker
    end_processes TERM "$(drain_seconds)" "$dir" taskward-background
    if postgres_is_running; then
        pg_ctl -m fast -w -t 30 stop >/dev/null 2>&1 || true
    fi
    end_processes INT 5 "$data" postgres
}

remove_traces() {
    local socket_dir
    rm -f -- "$dir"/run/*.sock "$dir"/run/*.ready "$dir/run/control" "$dir"/pids/*.pid
    socket_dir=$(cat -- "$dir/pg/socket-dir" 2>/dev/null || true)
    if [[ $socket_dir =~ ^/tmp/taskward-pg\.[A-Za-z0-9]+$ && -O $socket_dir ]]; then
        rm -rf -- "$socket_dir"
        rm -f -- "$dir/pg/socket-dir"
    fi
}

# Ends what a supervisor left behind that was killed.
sweep() {
    local nginx_pid
    nginx_pid=$(cat -- "$dir/pids/nginx.pid" 2>/dev/null || true)
    # The number may be another's by now.
    [[ -n $nginx_pid && /proc/$nginx_pid/cwd -ef $dir ]] || nginx_pid=
    end_everything
    remove_traces
}
