# shellcheck shell=bash
# label: slow
# Start, stop, start again: the data is kept and no process remains; a running instance is not started twice.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

start_instance
expect_text "Taskward runs at $url"
expect_text "--cacert"
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status"
[[ $(stat -c %a "$dir/tls/key.pem") == 600 && $(stat -c %a "$dir/etc/secret_key") == 600 ]] || wrong "a secret is readable by other users"

# The three printed commands can be pasted.
sed -n '/^Register/,$p' <<<"$output" | grep -E '^(curl|TOKEN)' >"$scratch/pasted"
[[ $(wc -l <"$scratch/pasted") -eq 3 ]] || wrong "not three commands to paste"
# shellcheck disable=SC2016 # expands when it is run
echo 'echo "token: ${#TOKEN}"' >>"$scratch/pasted"
expect_status 0 env -C / bash -eu "$scratch/pasted"
expect_text '"title":"Try Taskward"'
[[ ! $output =~ token:\ 0 ]] || wrong "no token was found"

expect_status 1 "$run" --dir "$dir" --port 0 --detach
expect_text "already runs"
get /readyz
[[ $status == 200 ]] || wrong "the second start disturbed the first"

key=$(<"$dir/etc/secret_key")
stop_instance
left=$(instance_processes)
[[ -z $left ]] || wrong "left after the stop: $left"
left=$(find "$dir/run/" "$dir/pids/" "$dir/pg/data/" \( -type s -o -name '*.pid' \))
[[ -z $left ]] || wrong "left after the stop: $left"
expect_status 0 "$run" --dir "$dir" --stop
expect_text "nothing runs"

start_instance
[[ $(<"$dir/etc/secret_key") == "$key" ]] || wrong "the secret key changed"
get /auth/login --json '{"email":"you@example.org","password":"a long enough secret"}'
[[ $status == 200 ]] || wrong "the account of the first run is missing: $status $body"

# --no-build starts the programs in DIR as they are.
stop_instance
expect_status 0 "$run" --no-dotenv --dir "$dir" --port 0 --detach --no-build
[[ $output != *building* ]] || wrong "--no-build builds"
url=$(<"$dir/url")
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status after a start without a build"
