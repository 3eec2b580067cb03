# shellcheck shell=bash
# label: slow
# /docs, /redoc and passkeys in headless Chromium, against the running product; and the pages that replace them without npm.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

expect_status 0 make -C "$repo" --no-print-directory browser
[[ -e $repo/build/pages/packages/done ]] || wrong "npm could not fetch Swagger UI and ReDoc: $(cat "$repo/build/pages/packages/npm.log")"
export LIMIT_EXEMPT="127.0.0.1, ::1" # passkeys.mjs sends more than a browser's user
start_instance

# has_header LINE: $headers contain LINE, ignoring case.
has_header() { grep -qixF "$1" <<<"$headers" || wrong "no \"$1\": $headers"; }
is_problem() { [[ $status == "$1" ]] && has_header 'Content-Type: application/problem+json'; }
# bash warns that it drops null bytes from the body; the file contains them.
get_bytes() { get "$@" 2>/dev/null; }

for page in docs redoc; do
    for path in "/$page" "/$page/"; do
        get "$path"
        [[ $status == 200 && $body == *'<script src="/'* ]] || wrong "$path answers $status: $body"
        has_header 'Cache-Control: no-cache'
        for name in content-security-policy x-content-type-options strict-transport-security x-frame-options referrer-policy x-request-id; do
            [[ $(grep -ci "^$name:" <<<"$headers") -eq 1 ]] || wrong "not one $name: $headers"
        done
        ! grep -qiE "^content-security-policy:.*(unsafe|https?:|\*)" <<<"$headers" || wrong "the policy is too permissive: $headers"
    done
    get "/$page" -I
    [[ $status == 200 ]] || wrong "HEAD /$page answers $status"
    get "/$page/" -X OPTIONS
    [[ $status == 204 ]] || wrong "OPTIONS /$page/ answers $status"
    has_header 'Allow: GET, HEAD, OPTIONS'
    for method in POST DELETE TRACE; do
        get "/$page" -X "$method"
        is_problem 405 || wrong "$method /$page answers $status"
        has_header 'Allow: GET, HEAD, OPTIONS'
    done
    # No inline script or style, and only references to this host.
    get "/$page"
    ! grep -iE '<style|style=|<script[^>]*>[^<]| on[a-z]+=|(src|href)="(https?:)?//' <<<"$body" || wrong "/$page has an inline script or style, or refers to another host"
    mapfile -t parts < <(grep -oE '(src|href)="/(docs|redoc)/[^"]+"' <<<"$body" | cut -d'"' -f2)
    [[ ${#parts[@]} -ge 4 ]] || wrong "/$page refers to: ${parts[*]}"
    for path in "${parts[@]}"; do
        get_bytes "$path"
        [[ $status == 200 ]] || wrong "$path answers $status"
        has_header 'Cache-Control: public, max-age=31536000, immutable'
        [[ $path == *.png ]] && continue
        cp "$scratch/body" "$scratch/plain"
        get_bytes "$path" -H 'Accept-Encoding: gzip'
        has_header 'Content-Encoding: gzip'
        gzip -dc "$scratch/body" | cmp -s - "$scratch/plain" || wrong "$path differs when it is compressed"
    done
    for path in "/$page/index.html" "/$page/nothing" "/$page/a/b" "/$page/start.0123456789abcdef.js" "/$page/..%2fnginx.conf"; do
        get "$path" --path-as-is
        is_problem 404 || wrong "$path answers $status"
    done
done

expect_status 0 env PACKAGES="$repo/build/npm/browser" node "$repo/tests/browser/docs.mjs" "$url"
[[ -z $output ]] || wrong "$output"

# Passkeys belong to a domain.
spki=$(openssl x509 -in "$dir/tls/cert.pem" -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)
expect_status 0 env PACKAGES="$repo/build/npm/browser" node "$repo/tests/browser/passkeys.mjs" "https://localhost:${url##*:}" "$spki"
[[ -z $output ]] || wrong "$output"

# Without npm the build succeeds, and the pages say what is missing.
mkdir "$scratch/bin"
find /usr/bin /bin /usr/sbin /sbin -maxdepth 1 ! -type d ! -name npm -print0 | xargs -0 ln -sf -t "$scratch/bin"
expect_status 0 env PATH="$scratch/bin" make -C "$repo" --no-print-directory pages PAGES="$scratch/pages"
expect_text 'there is no npm'
# The next make tries again.
expect_status 0 env PATH="$scratch/bin" make -C "$repo" --no-print-directory pages PAGES="$scratch/pages"
expect_text 'there is no npm'
# A failing npm does not fail the build either.
expect_status 0 make -C "$repo" --no-print-directory pages PAGES="$scratch/pages" NPM=false
expect_text 'npm could not fetch'
rm -f "$dir/html/app/index.html.gz"
for page in docs redoc app; do
    cp "$scratch/pages/html/$page/index.html" "$dir/html/$page/index.html"
    get "/$page"
    [[ $status == 200 && $body == *swagger-ui-dist* && $body == *redoc* && $body == *preact* && $body == *'make pages'* && $body == */openapi.json* ]] ||
        wrong "without npm /$page answers $status: $body"
    has_header 'Content-Type: text/html; charset=utf-8'
    has_header 'Cache-Control: no-cache'
done
get /openapi.json
[[ $status == 200 ]] || wrong "/openapi.json answers $status"
