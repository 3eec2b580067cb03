# shellcheck shell=bash
# From any folder, with a name as long and odd as it may be; as root below a folder only root can enter; as an ordinary user.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

account=taskward-t$$
cleanup() {
    if [[ $EUID -eq 0 ]] && id -u "$account" >/dev/null 2>&1; then userdel "$account" >/dev/null 2>&1; fi
}

# Longer than a socket's path may be.
dir="$scratch/a \"quoted\" \$name; it's, long/$(printf 'x%.0s' {1..120})"
cd /
start_instance
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status in $dir"
expect_status 0 "$run" --dir "$dir" --exec psql -XAtc 'SELECT 1' -U taskward
stop_instance

[[ $EUID -eq 0 ]] || exit 0

mkdir -m 700 "$scratch/closed"
dir=$scratch/closed/instance
cd "$scratch/closed"
expect_status 0 "$run" --dir instance --port 0 --detach
expect_text "/var/lib/$run_account/"
url=$(<"$dir/url")
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status in a closed folder"
while read -r owner command; do
    [[ $owner != root ]] || wrong "root runs: $command"
done < <(instance_processes | while read -r pid _; do ps -o user=,args= -p "$pid"; done)
expect_status 0 "$run" --dir instance --exec taskward config
stop_instance
real=$(readlink -f "$dir")
[[ $real == /var/lib/$run_account/* ]] || wrong "it lies in $real"
rm -rf -- "$real" "$real.origin"

# An ordinary user, with a clone of that user's own.
useradd --system --no-create-home --home-dir "$scratch" --shell /bin/sh "$account"
mkdir "$scratch/clone"
tar -C "$repo" --exclude=./.git --exclude=./.run --exclude=./build/sanitize --exclude=./build/debug -cf - . | tar -C "$scratch/clone" -xf -
chown -R "$account:" "$scratch/clone"
as_account() { setpriv --reuid="$account" --regid="$account" --clear-groups -- env HOME="$scratch/clone" "$@"; }
dir=$scratch/clone/.run
cd /
expect_status 0 as_account "$scratch/clone/scripts/run" --port 0 --detach
url=$(<"$dir/url")
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status for an ordinary user"
while read -r owner command; do
    [[ $owner == "$account" || $owner == "$(id -u "$account")" ]] || wrong "$owner runs: $command"
done < <(instance_processes | while read -r pid _; do ps -o user:32=,args= -p "$pid"; done)
expect_status 1 "$scratch/clone/scripts/run" --port 0 --detach
expect_text "belongs to $account"
expect_status 0 as_account "$scratch/clone/scripts/run" --stop
left=$(instance_processes)
[[ -z $left ]] || wrong "still there after the stop: $left"
