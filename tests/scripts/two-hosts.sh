# shellcheck shell=bash
# label: slow
# Three hosts with one database, whose clocks differ by three minutes: nginx and workers as on this host, 90 seconds ahead, and 90
# seconds behind (libfaketime). Tokens, sessions, codes, limits, locks, idempotency keys, roles and a new signing key hold across them.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

library=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
[[ -e $library ]] || wrong "libfaketime is not installed"

export TRUSTED_PROXIES=127.0.0.1 BCRYPT_COST=10 JWT_ALG=ES256
start_instance
hosts=("$dir" "$scratch/ahead" "$scratch/behind")
exec_() { "$run" --dir "$dir" --exec "$@"; }
SECRET_KEY=$(<"$dir/etc/secret_key")
# shellcheck disable=SC2016 # expands in the command
DATABASE_URL=$(exec_ sh -c 'printf %s "$DATABASE_URL"')
# shellcheck disable=SC2016 # expands in the command
DATABASE_OWNER_URL=$(exec_ sh -c 'printf %s "$DATABASE_OWNER_URL"')
export SECRET_KEY DATABASE_URL DATABASE_OWNER_URL
# The library's semaphores belong to one user, so scripts/run must not change it.
as_user=()
[[ $EUID -ne 0 ]] || as_user=(setpriv --reuid="$run_account" --regid="$run_account" --init-groups env HOME="$scratch/ahead")
for host in ahead=+90 behind=-90; do
    # Once without, because a build must have the right time.
    expect_status 0 "$run" --dir "$scratch/${host%=*}" --port 0 --detach
    expect_status 0 "$run" --dir "$scratch/${host%=*}" --stop
    # Its certificate must be valid by its own clock, and by that of this host.
    [[ $host != behind* ]] || rm "$scratch"/behind/tls/*
    expect_status 0 "${as_user[@]}" env LD_PRELOAD="$library" FAKETIME="${host#*=}s" FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_CACHE_DURATION=1000000 \
        "$run" --dir "$scratch/${host%=*}" --no-build --port 0 --detach
done

# on HOST METHOD PATH [CURL ARGUMENT…]: a request to host 0, 1 or 2, each of another client unless $client is set; sets $status
# and $body.
requests=0
client=
on() {
    local at=${hosts[$1]}
    requests=$((requests + 1))
    status=$(curl -q -sS --noproxy '*' --max-time 20 --cacert "$at/tls/cert.pem" -o "$scratch/body" -D "$scratch/headers" -w '%{http_code}' \
        -X "$2" -H "X-Forwarded-For: ${client:-192.0.2.$((requests % 250))}" "${@:4}" "$(<"$at/url")$3")
    body=$(<"$scratch/body")
}
expect() { [[ $status == "$1" ]] || wrong "$2: $status $body"; }
member() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" <<<"$body"; }
login='{"username":"ann","password":"a long enough secret"}'
exec_ taskward user create --username ann --role admin --password-stdin <<<'a long enough secret' >/dev/null
exec_ taskward user create --username bob --password-stdin <<<'a long enough secret' >/dev/null
log_in() { on "$1" POST /auth/login --json "${2:-$login}"; expect 200 "login on host $1"; access=$(member access_token) refresh=$(member refresh_token); }
ann() { on "$1" "$2" "$3" -H "Authorization: Bearer $access" "${@:4}"; }

# The clocks do differ: the log has the host's time.
for host in 1=90 2=-90; do
    at=${hosts[${host%=*}]}
    on "${host%=*}" GET /readyz
    expect 200 "host ${host%=*}"
    off=$(($(date -d "$(tail -qn 1 "$at"/log/worker-api-?.log | sed -n 's/.*"time":"\([^"]*\)".*/\1/p' | sort | tail -n 1)" +%s) - $(date +%s)))
    [[ $((off - ${host#*=})) =~ ^-?[0-2]$ ]] || wrong "the clock of host ${host%=*} is off by $off seconds"
done

# A token of each host is valid on each, at once, and can be refreshed on each.
for from in 0 1 2; do
    log_in "$from"
    for to in 0 1 2; do
        ann "$to" GET /tasks
        expect 200 "a token of host $from on host $to"
        on "$to" POST /auth/refresh --json "{\"refresh_token\":\"$refresh\"}"
        expect 200 "refresh on host $to of a session of host $from"
        access=$(member access_token) refresh=$(member refresh_token)
    done
done
# It ends when the database's clock says so, also that of the host behind.
ends=$(cut -d . -f 2 <<<"$access" | tr '_-' '/+' | { base64 -d 2>/dev/null || true; } | sed -n 's/.*"exp":\([0-9]*\).*/\1/p')
left=$((ends - $(date +%s)))
[[ $left -ge 895 && $left -le 905 ]] || wrong "a token of the host behind ends in $left seconds"

# One-time codes of an application: the database's time decides, so the code of now is right on each host, and once.
ann 0 POST /auth/totp
expect 201 'enrolment of TOTP'
secret=$(member secret)
totp() { oathtool --totp -b "$secret" --now "$(date -d "$1 seconds" '+%F %T')"; }
# The current step must be long enough for the requests that follow.
while [[ $(($(date +%s) % 30)) -gt 20 ]]; do sleep 1; done
ann 1 POST /auth/totp/confirm --json "{\"code\":\"$(totp 0)\"}"
expect 200 'the code of now on the host ahead'
on 2 POST /auth/login --json "${login%\}},\"totp\":\"$(totp 0)\"}"
expect 401 'the same code again on the host behind'
on 2 POST /auth/login --json "${login%\}},\"totp\":\"$(totp 30)\"}"
expect 200 'the next code on the host behind'
access=$(member access_token) refresh_ann=$(member refresh_token)

# An idempotency key: one task, whichever host is asked.
key=$(exec_ cat /proc/sys/kernel/random/uuid)
for host in 0 1 2; do
    ann "$host" POST /tasks -H "Idempotency-Key: $key" --json '{"title":"once"}'
    expect 201 "host $host"
done
ann 1 GET /tasks
[[ $(grep -o '"title":"once"' <<<"$body" | wc -l) -eq 1 ]] || wrong "an idempotency key made more than one task"

# A lockout counts the failures on all hosts, and holds on all.
guess='{"username":"bob","password":"a wrong long secret"}'
for n in {0..4}; do on $((n % 3)) POST /auth/login --json "$guess"; done
for host in 0 1 2; do
    on "$host" POST /auth/login --json '{"username":"bob","password":"a long enough secret"}'
    expect 423 "a locked name on host $host"
done

# The limit of a client counts its attempts on all hosts.
client=203.0.113.7
for n in {0..11}; do on $((n % 3)) POST /auth/login --json "{\"username\":\"nobody-$n\",\"password\":\"a wrong long secret\"}"; done
expect 429 'a client with many attempts'
[[ $(member code) == too_many_requests ]] || wrong "$body"
client=

# A role, a new signing key and a revoked session: at once, or after the two seconds for which keys are kept.
expect_status 0 exec_ taskward user unlock bob
access_ann=$access
log_in 2 '{"username":"bob","password":"a long enough secret"}'
expect_status 0 exec_ taskward key rotate --lead 0
former=$access
sleep 2.5
log_in 1 '{"username":"bob","password":"a long enough secret"}'
[[ ${access%%.*} != "${former%%.*}" ]] || wrong "the new key does not sign"
for access in "$former" "$access"; do
    for host in 0 1 2; do
        ann "$host" GET /tasks
        expect 200 "a token of the former or the new key on host $host"
    done
done
expect_status 0 exec_ taskward user set bob --role admin
ann 1 GET /admin/users
expect 200 'a new role on the host ahead'
access=$access_ann
on 1 POST /auth/logout --json "{\"refresh_token\":\"$refresh_ann\"}"
expect 204 'logout on the host ahead'
for host in 0 2; do
    ann "$host" GET /tasks
    expect 401 "a session that ended on another host, on host $host"
done
expect_status 0 exec_ taskward audit verify
for host in behind ahead; do expect_status 0 "$run" --dir "$scratch/$host" --stop; done
stop_instance
