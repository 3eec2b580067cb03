# shellcheck shell=bash
# What the script tests share. A test says nothing when it passes; it ends at the first thing that is wrong. Sourced.
set -euo pipefail

repo=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd -P)
run=$repo/scripts/run
# As root this account runs what scripts/run starts.
# shellcheck source=scripts/lib/common.sh
source "$repo/scripts/lib/common.sh"

# A folder of this test's own, which the other account can reach.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/script-test.XXXXXXXX")
chmod 755 "$scratch"
dir="$scratch/an instance"

finish() {
    local status=$? marker
    trap - EXIT
    set +e
    while IFS= read -r -d '' marker; do
        "$run" --dir "$(dirname -- "$marker")" --stop >/dev/null 2>&1
    done < <(find "$scratch" -name .taskward-instance -print0)
    if [[ $(type -t cleanup) == function ]]; then cleanup; fi
    rm -rf -- "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# wrong TEXT…: the test fails, with the line of the test.
wrong() {
    local frame=0
    while [[ ${BASH_SOURCE[frame + 1]} == "${BASH_SOURCE[0]}" ]]; do ((++frame)); done
    printf '%s:%s: %s\n' "${BASH_SOURCE[frame + 1]##*/}" "${BASH_LINENO[frame]}" "$*"
    exit 1
}

# expect_status STATUS COMMAND…: runs it, keeps what it prints in $output.
expect_status() {
    local expected=$1 status=0
    shift
    output=$("$@" 2>&1) || status=$?
    [[ $status -eq $expected ]] || wrong "status $status and not $expected from: $*"$'\n'"$output"
}

# expect_text TEXT: $output has it.
expect_text() { [[ $output == *"$1"* ]] || wrong "no \"$1\" in:"$'\n'"$output"; }

# The product in $dir on a free port; its address in $url.
start_instance() {
    expect_status 0 "$run" --dir "$dir" --port 0 --detach
    url=$(<"$dir/url")
}

stop_instance() { expect_status 0 "$run" --dir "$dir" --stop; }

# get PATH [CURL ARGUMENT…]: status in $status, headers in $headers, body in $body.
get() {
    local path=$1
    shift
    : >"$scratch/body"
    status=$(curl -q -sS --noproxy '*' --max-time 20 --cacert "$dir/tls/cert.pem" -D "$scratch/headers" -o "$scratch/body" \
        -w '%{http_code}' "$@" "$url$path")
    headers=$(tr -d '\r' <"$scratch/headers")
    body=$(<"$scratch/body")
}

# Who still runs from $dir: nothing of that may stay after a stop.
instance_processes() {
    local real process command
    real=$(readlink -f -- "$dir")
    for process in /proc/[0-9]*; do
        command=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
        # A worker shows its working directory to root only.
        if [[ $process/cwd -ef $real || $process/cwd -ef $real/pg/data || $command == "$real/bin/"* ]]; then
            printf '%s %s\n' "${process#/proc/}" "$command"
        fi
    done
}
