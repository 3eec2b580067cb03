# shellcheck shell=bash
# Shared by the script tests. A test prints nothing if it passes, and ends at the first failure. Sourced.
set -euo pipefail

repo=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd -P)
# shellcheck source=scripts/lib/common.sh
source "$repo/scripts/lib/common.sh"

# A private folder that $run_account can reach.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/script-test.XXXXXXXX")
chmod 755 "$scratch"
dir="$scratch/an instance"

# scripts/run without the developer's .env.
run=$scratch/run
printf '#!/bin/sh\nexec "%s/scripts/run" --no-dotenv "$@"\n' "$repo" >"$run"
chmod 755 "$run"

# linked_clone FOLDER: a clone with its own scripts, .env and .run, which shares sources and build with this one.
linked_clone() {
    local entry
    mkdir -p "$1"
    cp -R "$repo/scripts" "$1/scripts"
    for entry in "$repo"/*; do
        [[ ${entry##*/} == scripts ]] || ln -s "$entry" "$1/"
    done
}

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

# skip REASON: ends the test, which cannot run here.
skip() {
    echo "skipped: $*"
    exit 77
}

# wrong TEXT…: fails the test, and prints the line of the test.
wrong() {
    local frame=0
    while [[ ${BASH_SOURCE[frame + 1]} == "${BASH_SOURCE[0]}" ]]; do ((++frame)); done
    printf '%s:%s: %s\n' "${BASH_SOURCE[frame + 1]##*/}" "${BASH_LINENO[frame]}" "$*"
    exit 1
}

# expect_status STATUS COMMAND…: runs the command, with its output in $output.
expect_status() {
    local expected=$1 status=0
    shift
    output=$("$@" 2>&1) || status=$?
    [[ $status -eq $expected ]] || wrong "status $status instead of $expected from: $*"$'\n'"$output"
}

# expect_text TEXT: $output contains TEXT.
expect_text() { [[ $output == *"$1"* ]] || wrong "no \"$1\" in:"$'\n'"$output"; }

# Starts the product in $dir on a free port, with its address in $url.
start_instance() {
    expect_status 0 "$run" --dir "$dir" --port 0 --detach
    url=$(<"$dir/url")
}

stop_instance() { expect_status 0 "$run" --dir "$dir" --stop; }

# get PATH [CURL ARGUMENT…]: sets $status, $headers and $body.
get() {
    local path=$1
    shift
    : >"$scratch/body"
    status=$(curl -q -sS --noproxy '*' --max-time 20 --cacert "$dir/tls/cert.pem" -D "$scratch/headers" -o "$scratch/body" \
        -w '%{http_code}' "$@" "$url$path")
    headers=$(tr -d '\r' <"$scratch/headers")
    body=$(<"$scratch/body")
}

# The processes that run in $dir. There must be none after a stop.
instance_processes() {
    local real process command
    real=$(readlink -f -- "$dir")
    for process in /proc/[0-9]*; do
        command=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
        # The working directory of a worker is visible to root only.
        if [[ $process/cwd -ef $real || $process/cwd -ef $real/pg/data || $command == "$real/bin/"* ]]; then
            printf '%s %s\n' "${process#/proc/}" "$command"
        fi
    done
}
