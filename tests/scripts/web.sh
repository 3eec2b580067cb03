# shellcheck shell=bash
# label: slow
# The web interface: how nginx delivers it, and each of its flows in headless Chromium against the running product.
# SHOTS names a folder for screenshots.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

expect_status 0 make -C "$repo" --no-print-directory browser
[[ -e $repo/build/pages/app/done ]] || wrong "npm could not fetch what the web interface is built from: $(cat "$repo/build/pages/app/npm.log")"
# The tests send more than the user of a browser, and create many accounts.
export LIMIT_EXEMPT="127.0.0.1, ::1" BCRYPT_COST=10
start_instance

# has_header LINE: $headers contain LINE, ignoring case.
has_header() { grep -qixF "$1" <<<"$headers" || wrong "no \"$1\": $headers"; }
is_problem() { [[ $status == "$1" ]] && has_header 'Content-Type: application/problem+json'; }
# bash warns that it drops null bytes from the body; the file contains them.
get_bytes() { get "$@" 2>/dev/null; }
security_headers() {
    local name
    for name in content-security-policy x-content-type-options strict-transport-security x-frame-options referrer-policy \
        cross-origin-resource-policy x-request-id; do
        [[ $(grep -ci "^$name:" <<<"$headers") -eq 1 ]] || wrong "not one $name: $headers"
    done
}

for option in --get --head; do
    get / "$option"
    [[ $status == 302 ]] || wrong "/ answers $status with $option"
    has_header 'Location: /app/'
    security_headers
done
for method in POST DELETE PROPFIND; do
    get / -X "$method"
    is_problem 404 || wrong "$method / answers $status"
done

for path in /app /app/ /app/login /app/tasks/some-id /app/a/b/c /app/index.html; do
    get "$path"
    [[ $status == 200 && $body == *'<div id="app">'* ]] || wrong "$path answers $status: $body"
    has_header 'Content-Type: text/html; charset=utf-8'
    has_header 'Cache-Control: no-cache'
    security_headers
    has_header "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types taskward"
done
get /app/ --head
[[ $status == 200 ]] || wrong "HEAD /app/ answers $status"
get /app/ -X OPTIONS
[[ $status == 204 ]] || wrong "OPTIONS /app/ answers $status"
has_header 'Allow: GET, HEAD, OPTIONS'
for method in POST DELETE TRACE; do
    get /app/login -X "$method"
    is_problem 405 || wrong "$method /app/login answers $status"
    has_header 'Allow: GET, HEAD, OPTIONS'
done
for path in /app/assets/ /app/assets/main.js /app/assets/main.AAAAAAAA.js /application /appx; do
    get "$path" --path-as-is
    is_problem 404 || wrong "$path answers $status"
done

# No inline script or style, and only references to this host.
get /app/
! grep -iE '<style|style=|<script[^>]*>[^<]| on[a-z]+=|(src|href)="(https?:)?//' <<<"$body" || wrong "/app has an inline script or style, or refers to another host"
mapfile -t parts < <(find "$dir/html/app/assets" -type f ! -name '*.gz' ! -name '*.br' -printf '/app/assets/%f\n')
[[ ${#parts[@]} -ge 6 ]] || wrong "the web interface consists of: ${parts[*]}"
while read -r path; do
    [[ " ${parts[*]} " == *" $path "* ]] || wrong "/app/ refers to $path, which does not exist"
done < <(grep -oE '(src|href)="/app/[^"]+"' <<<"$body" | cut -d'"' -f2)
for path in "${parts[@]}"; do
    get_bytes "$path"
    [[ $status == 200 ]] || wrong "$path answers $status"
    has_header 'Cache-Control: public, max-age=31536000, immutable'
    security_headers
    type=$(grep -i '^content-type:' <<<"$headers")
    cp "$scratch/body" "$scratch/plain"
    get_bytes "$path" -H 'Accept-Encoding: gzip, br;q=0'
    has_header 'Content-Encoding: gzip'
    has_header 'Vary: Accept-Encoding'
    gzip -dc "$scratch/body" | cmp -s - "$scratch/plain" || wrong "$path differs when it is compressed"
    [[ $path == *.js || $path == *.css ]] || continue
    get_bytes "$path" -H 'Accept-Encoding: gzip, deflate, br, zstd'
    has_header 'Content-Encoding: br'
    has_header 'Vary: Accept-Encoding'
    [[ $(grep -i '^content-type:' <<<"$headers") == "$type" ]] || wrong "$path has another type when it is compressed: $headers"
    node -e 'process.stdout.write(require("zlib").brotliDecompressSync(require("fs").readFileSync(process.argv[1])))' "$scratch/body" |
        cmp -s - "$scratch/plain" || wrong "$path differs when it is compressed"
done

get /app/sw.js
[[ $status == 200 ]] || wrong "/app/sw.js answers $status"
has_header 'Content-Type: text/javascript; charset=utf-8'
has_header 'Cache-Control: no-cache'
security_headers
for path in "${parts[@]}"; do
    [[ $path == *licences* || $body == *"\"$path\""* ]] || wrong "the service worker does not keep $path"
done

expect_status 0 env APP_PACKAGES="$repo/build/pages/app/node_modules" node --test "$repo"/tests/browser/unit-*.mjs

# Cookies and passkeys belong to a domain. The administrator must set up a second factor.
printf 'PUBLIC_URL = https://localhost:%s\nMFA_REQUIRED = admin\n' "${url##*:}" >>"$dir/etc/taskward.conf"
expect_status 0 "$run" --dir "$dir" --restart
expect_status 0 "$run" --dir "$dir" --exec taskward user create --username chief --email chief@example.org --role admin --password-stdin \
    <<<'a long enough secret'
spki=$(openssl x509 -in "$dir/tls/cert.pem" -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)
for test in "$repo"/tests/browser/web*.mjs; do
    expect_status 0 env PACKAGES="$repo/build/npm/browser" APP="$dir/html/app" NODE_EXTRA_CA_CERTS="$dir/tls/cert.pem" SHOTS="${SHOTS:-}" \
        MAIL="$dir/mail" ADMIN=chief node "$test" "https://localhost:${url##*:}" "$spki"
    [[ -z $output ]] || wrong "$output"
done
