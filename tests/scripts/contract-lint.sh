# shellcheck shell=bash
# The published contract passes the linters that its readers use, without an error or a warning.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

expect_status 0 make -C "$repo" --no-print-directory linters
bin=$repo/build/npm/lint/node_modules/.bin
cp -- "$repo"/tests/lint/* "$scratch/"
cd -- "$scratch"
"$repo/build/${VARIANT:-release}/taskward" openapi >openapi.json

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true CI=1
expect_status 0 "$bin/spectral" lint --ruleset spectral.yaml --fail-severity hint openapi.json
expect_status 0 "$bin/redocly" lint --config redocly.yaml --max-problems 1000 openapi.json
if grep -Eqi '[1-9][0-9]* (warning|error)' <<<"$output"; then wrong "redocly reports problems: $output"; fi
