# shellcheck shell=bash
# What scripts/run, scripts/test and lib/instance share. Sourced.

say() { printf 'taskward: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The user that runs everything when the caller is root.
run_account=taskward-run

make_run_account() {
    [[ $EUID -eq 0 ]] || return 0
    id -u "$run_account" >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin \
            --comment 'Taskward from a clone' "$run_account" ||
        die "could not make the system user $run_account"
}

# port_is_taken PORT: succeeds when something listens on PORT where nginx would (127.0.0.1, ::1 or any address).
port_is_taken() {
    local hex table address state rest
    printf -v hex '%04X' "$1"
    for table in /proc/net/tcp /proc/net/tcp6; do
        [[ -r $table ]] || continue
        # sl local_address rem_address st …; 0A is LISTEN.
        while read -r _ address _ state rest; do
            [[ $state == 0A && ${address##*:} == "$hex" ]] || continue
            case ${address%:*} in
                00000000 | 0100007F) return 0 ;;
                00000000000000000000000000000000 | 00000000000000000000000001000000) return 0 ;;
                0000000000000000FFFF00000100007F) return 0 ;;
            esac
        done <"$table"
    done
    return 1
}

# A port nobody listens on, below the range the kernel takes outgoing connections' ports from.
free_port() {
    local port
    while :; do
        port=$((20000 + (SRANDOM % 12000)))
        port_is_taken "$port" || break
    done
    printf '%s\n' "$port"
}

machine_has_ipv6_loopback() {
    grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null
}
