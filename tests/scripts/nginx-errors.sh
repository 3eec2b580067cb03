# shellcheck shell=bash
# label: slow
# nginx's own errors have the format of the workers', and its limits and headers are as documented.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

start_instance

# is_problem STATUS CODE: the answer is that problem, with all members and headers.
is_problem() {
    local id
    [[ $status == "$1" ]] || wrong "status $status instead of $1: $body"
    grep -qix 'content-type: application/problem+json' <<<"$headers" || wrong "not a problem: $headers"
    grep -qix 'cache-control: no-store' <<<"$headers" || wrong "may be cached: $headers"
    id=$(sed -nE 's/^x-request-id: ([0-9a-f]{32})$/\1/Ip' <<<"$headers")
    [[ -n $id && $(grep -ci '^x-request-id:' <<<"$headers") -eq 1 ]] || wrong "not one request id: $headers"
    [[ $body =~ ^\{\"type\":\"about:blank\",\"title\":\"[A-Za-z\ ]+\",\"status\":$1,\"detail\":\"[^\"]+\",\"code\":\"$2\",\"request_id\":\"$id\"\}$ ]] ||
        wrong "the body is: $body"
    has_security_headers
}
has_security_headers() {
    local name
    for name in strict-transport-security x-content-type-options content-security-policy referrer-policy x-frame-options; do
        [[ $(grep -ci "^$name:" <<<"$headers") -eq 1 ]] || wrong "not one $name: $headers"
    done
    ! grep -qiE '^server: nginx/' <<<"$headers" || wrong "the version is revealed: $headers"
}
has_header() { grep -qi "^$1: ." <<<"$headers" || wrong "no $1: $headers"; }

head -c 65537 /dev/zero >"$scratch/large"
long=$(head -c 9000 /dev/zero | tr '\0' a)
for version in --http1.1 --http2; do
    get /tasks $version --data-binary "@$scratch/large"
    is_problem 413 payload_too_large
    get /tasks $version -H 'Content-Length:' -H "$([[ $version == --http2 ]] || echo 'Transfer-Encoding: chunked')" --data-binary "@$scratch/large"
    is_problem 413 payload_too_large
    get /tasks $version -X TRACE
    is_problem 405 method_not_allowed
    has_header Allow
    get /%00 $version --path-as-is
    is_problem 400 bad_request
    get /../x $version --path-as-is
    is_problem 400 bad_request
    get /.problem $version
    is_problem 404 not_found
    get /tasks $version -H "Authorization: Bearer $(head -c 4096 /dev/zero | tr '\0' a)"
    [[ $status == 401 ]] || wrong "a bearer token of 4 KiB gets $status"
done
get "/$long" --http1.1
is_problem 414 uri_too_long
get / --http1.1 -H "X: $long"
is_problem 431 headers_too_large

# raw BYTES: sends BYTES over TLS, and sets $status, $headers and $body.
raw() {
    local answer
    answer=$(printf '%b' "$1" | timeout 10 openssl s_client -quiet -connect "${url#https://}" -CAfile "$dir/tls/cert.pem" 2>/dev/null || true)
    status=$(sed -nE '1s#^HTTP/1.1 ([0-9]{3}).*#\1#p' <<<"$answer")
    headers=$(tr -d '\r' <<<"$answer" | sed '/^$/q')
    body=$(tr -d '\r' <<<"$answer" | sed '1,/^$/d')
}
for garbage in 'foo bar\r\n\r\n' '\x01\x02\r\n\r\n' 'GET /x HTTP/1.1\r\n\r\n' 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n'; do
    raw "$garbage"
    is_problem 400 bad_request
done
raw 'GET /x HTTP/2.0\r\nHost: x\r\n\r\n'
is_problem 505 http_version_not_supported

get_plain() {
    status=$(curl -q -sS --noproxy '*' --max-time 20 -D "$scratch/headers" -o "$scratch/body" -w '%{http_code}' "http://${url#https://}/tasks")
    headers=$(tr -d '\r' <"$scratch/headers")
    body=$(<"$scratch/body")
}
get_plain
is_problem 400 bad_request
[[ $body == *"plain HTTP"* ]] || wrong "the detail does not say what is wrong: $body"

# Header fields of a client set neither the request id nor the client address.
get /healthz -H 'X-Request-Id: mine' -H 'Request-Id: mine' -H 'Remote-Addr: 192.0.2.1' -H 'Request-Method: DELETE'
[[ $status == 200 && $headers != *mine* ]] || wrong "a header field of the client was used: $status $headers"
[[ $(grep -ci '^x-request-id:' <<<"$headers") -eq 1 ]] || wrong "not one request id: $headers"
has_security_headers
get /healthz -I
[[ $status == 200 ]] || wrong "HEAD answers $status"
has_header Content-Length
has_security_headers
get /healthz -X OPTIONS
has_header X-Request-Id
has_security_headers

# Old protocols are refused, HTTP/2 is offered.
! openssl s_client -connect "${url#https://}" -tls1_1 -cipher 'DEFAULT@SECLEVEL=0' </dev/null >/dev/null 2>&1 || wrong "TLS 1.1 is accepted"
for version in -tls1_2 -tls1_3; do
    answer=$(openssl s_client -connect "${url#https://}" $version -alpn h2 -CAfile "$dir/tls/cert.pem" -verify_return_error </dev/null 2>&1 | tr -d '\0') ||
        wrong "no connection with $version: $answer"
    [[ $answer == *"ALPN protocol: h2"* ]] || wrong "no HTTP/2 with $version"
done

# The lower limit of the routes that hash passwords, with logins without a body.
# One curl keeps its connection, so that it is fast enough on a slow machine; below the limit of the other routes.
curl -q -sS --noproxy '*' --max-time 60 --cacert "$dir/tls/cert.pem" -o /dev/null --rate 60/s -X POST "$url/auth/login?n=[1-1200]" &
flood=$!
limited=
for _ in {1..60}; do
    get /auth/login -X POST
    [[ $status != 429 ]] || { limited=1; break; }
done
kill "$flood" 2>/dev/null || true
wait "$flood" 2>/dev/null || true
[[ -n $limited ]] || wrong "a flood of logins is not limited"
is_problem 429 too_many_requests
has_header Retry-After
get /healthz
[[ $status == 200 ]] || wrong "a flood of logins limits other routes: $status"

# The contract is large, and a client needs it once.
mapfile -t statuses < <(for _ in {1..40}; do printf 'url = "%s/openapi.json"\noutput = "/dev/null"\n' "$url"; done |
    curl -q -sS --noproxy '*' --max-time 60 --cacert "$dir/tls/cert.pem" -w '%{http_code}\n' -K - | sort -u)
[[ ${statuses[*]} == "200 429" ]] || wrong "forty requests for the contract are answered with: ${statuses[*]}"
get /healthz
[[ $status == 200 ]] || wrong "requests for the contract limit other routes: $status"

# Without workers: 502.
kill -STOP "$(<"$dir/pids/supervisor.pid")"
mapfile -t pids < <(cat "$dir"/pids/worker-*.pid)
kill -KILL "${pids[@]}"
mv "$dir/run/api.sock" "$dir/run/api.sock.away"
get /healthz
is_problem 502 bad_gateway
has_header Retry-After
mv "$dir/run/api.sock.away" "$dir/run/api.sock"
kill -CONT "$(<"$dir/pids/supervisor.pid")"
stop_instance

# Exempt addresses.
export LIMIT_EXEMPT="127.0.0.1, ::1 2001:db8::/32"
start_instance
for _ in {1..60}; do
    get /auth/login -X POST
    [[ $status != 429 ]] || [[ $body != *"from this address"* ]] || wrong "an exempt address is limited"
done

# is_client ADDRESS: the last request was logged with this address.
is_client() {
    local id
    id=$(sed -nE 's/^x-request-id: ([0-9a-f]{32})$/\1/Ip' <<<"$headers")
    grep -qh "\"request_id\":\"$id\".*\"client_address\":\"$1\"" "$dir"/log/worker-*.log ||
        wrong "the client is not $1: $(grep -h "$id" "$dir"/log/worker-*.log)"
}

# Only trusted proxies are believed about the address of the client, and only the last address that is not one of theirs.
get /healthz -H 'X-Forwarded-For: 203.0.113.9'
is_client 127.0.0.1
stop_instance
export TRUSTED_PROXIES="127.0.0.1, 198.51.100.0/24 2001:db8::/32"
start_instance
get /healthz -H 'X-Forwarded-For: 192.0.2.1, 203.0.113.9, 198.51.100.7'
is_client 203.0.113.9
get /healthz -H 'X-Forwarded-For: not an address'
is_client 127.0.0.1
expect_status 0 "$run" --dir "$dir" --exec taskward generate nginx-real-ip
[[ $output == "$(<"$dir/nginx/snippets/real-ip.conf")" ]] || wrong "nginx does not have: $output"
stop_instance

# The PROXY protocol: X-Forwarded-For then means nothing, and nginx requires the protocol.
export PROXY_PROTOCOL=on
start_instance
get /healthz --haproxy-protocol -H 'X-Forwarded-For: 203.0.113.9'
[[ $status == 200 ]] || wrong "status $status with the PROXY protocol"
is_client 127.0.0.1
! curl -q -sS --noproxy '*' --max-time 5 --cacert "$dir/tls/cert.pem" -o /dev/null "$url/healthz" 2>/dev/null || wrong "a connection without the PROXY protocol is accepted"
