# shellcheck shell=bash
# Four kinds of slow clients (slowhttptest), 1000 connections of one address, while another client reads: prints its rate, p50 and
# p99, and fails if p99 is more than twice that without slow clients. Two minutes: make check-slow-clients
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/support/common.sh"

for program in slowhttptest wrk; do command -v $program >/dev/null || die "$program is not installed"; done
# The reader is another client than the slow ones, which come from this address.
export TRUSTED_PROXIES=127.0.0.1 LIMIT_EXEMPT=203.0.113.9
start_instance

# read_for SECONDS: the reader's requests per second, p50 and p99 in milliseconds, and requests that failed.
read_for() {
    cat >"$scratch/report.lua" <<'LUA'
-- Milliseconds before each request. All programs share this host's processors: if the reader used them up, p99 would be the length
-- of a slice of the scheduler.
delay = function() return math.random(2, 6) end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("%.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
LUA
    wrk -t1 -c8 -d"$1s" --timeout 10s -H 'X-Forwarded-For: 203.0.113.9' -s "$scratch/report.lua" "$url/healthz" | tail -n 1
}

# aside COMMAND…: in the background, with the processor time that is left: that of other clients is not this host's. The kernel may
# group the processes of a session.
aside() {
    # shellcheck disable=SC2016 # expands in the command
    setsid -w sh -c 'echo 19 >/proc/self/autogroup; exec nice -n 19 timeout 60 "$@"' - "$@" >"$scratch/aside.log" 2>&1 </dev/null &
    aside=$!
}
end_aside() {
    kill "$aside" 2>/dev/null || true
    wait "$aside" 2>/dev/null || true
}

# slowhttptest -X keeps a processor busy by itself, so it is compared with a program that does the same and sends nothing.
declare -A usual
read_for 3 >/dev/null
for kind in none busy; do
    [[ $kind == none ]] || aside sh -c 'while :; do :; done'
    read -r rate p50 p99 failed < <(read_for 10)
    [[ $kind == none ]] || end_aside
    printf '%-8s %8s req/s  p50 %7s ms  p99 %7s ms  %s failed\n' "$kind" "$rate" "$p50" "$p99" "$failed"
    usual[$kind]=$p99
done
bad=0
for kind in headers body read range; do
    # -l ends the test after that many seconds.
    case $kind in
        headers) options=(-H -i 5 -t GET) ;;
        body) options=(-B -i 5 -s 8192 -t POST) ;;
        read) options=(-X -w 10 -y 20 -n 5 -z 32 -k 3) ;;
        range) options=(-R -a 10 -b 3000 -t HEAD) ;;
    esac
    path=/healthz
    # The largest body that needs no login.
    [[ $kind != read ]] || path=$(cd "$dir/html" && find . -name '*.js' -size +500k -printf '%s %P\n' | sort -n | sed -n '$s,^[0-9]* ,/,p')
    aside slowhttptest -c 1000 -r 200 -l 22 -p 3 "${options[@]}" -u "$url$path"
    p99=${usual[none]}
    [[ $kind != read ]] || p99=${usual[busy]}
    # Until all have connected: how many may do so each second is another matter.
    sleep 9
    read -r slow_rate slow_p50 slow_p99 slow_failed < <(read_for 10)
    end_aside
    printf '%-8s %8s req/s  p50 %7s ms  p99 %7s ms  %s failed  (p99 %s)\n' "$kind" "$slow_rate" "$slow_p50" "$slow_p99" "$slow_failed" \
        "$(awk "BEGIN { printf \"%.2f x\", $slow_p99 / $p99 }")"
    awk "BEGIN { exit !($slow_p99 <= 2 * $p99 && $slow_failed == 0) }" || bad=1
done
[[ $bad -eq 0 ]] || wrong "slow clients delay others"
