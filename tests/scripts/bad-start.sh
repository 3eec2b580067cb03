# shellcheck shell=bash
# label: slow
# Invalid options and settings are refused before anything is started, with a message that names them.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

# refused STATUS TEXT ARGUMENT…
refused() {
    local expected=$1 text=$2
    shift 2
    expect_status "$expected" "$run" "$@"
    expect_text "$text"
}
refused 2 "--colour" --colour
refused 2 "--port needs a value" --port
refused 2 "not: http" --port http
refused 2 "not: 70000" --port 70000
refused 2 "cannot be combined" --stop --restart
refused 2 "cannot be combined with --port" --stop --port 1
refused 2 "cannot be combined with --port" --restart --no-build
refused 2 "--exec needs a command" --exec
expect_status 2 env VARIANT=fast "$run"
expect_text "not: fast"
expect_status 0 "$run" --help
expect_text "--detach"
refused 1 "nothing was ever started" --dir "$dir" --exec true
refused 1 "nothing was ever started" --dir "$dir" --restart
refused 1 "nothing was ever started" --dir "$dir" --port 0 --no-build
refused 0 "nothing runs" --dir "$dir" --stop
[[ ! -e $dir ]] || wrong "a refused command created $dir"

mkdir "$scratch/foreign"
echo precious >"$scratch/foreign/file"
refused 1 "not empty" --dir "$scratch/foreign" --port 0
[[ $(ls -A "$scratch/foreign") == file ]] || wrong "a foreign folder was changed"

if [[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 443 ]]; then
    refused 1 "port 443 needs privileges" --dir "$dir" --port 443
fi

# A port in use, by another instance.
start_instance
taken=$(<"$dir/port")
refused 1 "port $taken is used" --dir "$scratch/second" --port "$taken" --detach
[[ ! -e $scratch/second ]] || wrong "a folder was created although the port is in use"
stop_instance

# bad_setting TEXT NAME=VALUE: the start fails with TEXT, and leaves no process.
bad_setting() {
    expect_status 1 env "$2" "$run" --dir "$dir" --port 0 --detach
    expect_text "$1"
    local left
    left=$(instance_processes)
    [[ -z $left ]] || wrong "left after a failed start: $left"
}
bad_setting "localhost" LIMIT_EXEMPT="10.0.0.0/8 localhost"
bad_setting "10.0.0.0/33" LIMIT_EXEMPT="10.0.0.0/33"
bad_setting "1::2::3" LIMIT_EXEMPT="::1,1::2::3"
bad_setting "API_WORKERS" API_WORKERS=0
bad_setting "JWT_ALG" JWT_ALG=none
bad_setting "BCRYPT_COST" BCRYPT_COST=4
bad_setting "SECRET_KEY" SECRET_KEY=changeme
bad_setting "migration failed" DATABASE_URL="postgresql://nobody@/nowhere?host=$scratch"
