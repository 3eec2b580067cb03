# shellcheck shell=bash
# label: slow
# DIR with a long name and special characters; a clone that only root can enter; an ordinary user.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

account=taskward-t$$
cleanup() {
    if [[ $dir == /var/lib/"$run_account"/* && -e $dir ]]; then
        "$run" --dir "$dir" --stop >/dev/null 2>&1
        rm -rf -- "$dir"
    fi
    if [[ $EUID -eq 0 ]] && id -u "$account" >/dev/null 2>&1; then userdel "$account" >/dev/null 2>&1; fi
}

# Longer than the path of a socket may be.
dir="$scratch/a \"quoted\" \$name; it's, long/$(printf 'x%.0s' {1..120})"
cd /
start_instance
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status in $dir"
expect_status 0 "$run" --dir "$dir" --exec psql -XAtc 'SELECT 1' -U taskward
stop_instance

[[ $EUID -eq 0 ]] || exit 0

# A folder that $run_account cannot reach is refused, with one that it can reach.
mkdir -m 700 "$scratch/closed"
expect_status 1 "$run" --dir "$scratch/closed/instance" --port 0 --detach
expect_text "cannot reach $scratch/closed/instance"
expect_text "--dir /var/lib/$run_account/instance"
[[ ! -e $scratch/closed/instance ]] || wrong "a refused folder was created"

# A clone that it cannot reach serves all the same.
linked_clone "$scratch/closed/clone"
clone=$scratch/closed/clone/scripts/run
dir=$(realpath -- "$scratch/closed/clone")
dir=/var/lib/$run_account/$(tr / - <<<"${dir#/}")
expect_status 0 "$clone" --port 0 --detach
expect_text "so DIR is $dir"
[[ $(readlink -f "$scratch/closed/clone/.run") == "$dir" ]] || wrong ".run does not lead to $dir"
url=$(<"$dir/url")
get /readyz
[[ $status == 200 ]] || wrong "/readyz answers $status for a closed clone"
while read -r owner command; do
    [[ $owner != root ]] || wrong "root runs: $command"
done < <(instance_processes | while read -r pid _; do ps -o user=,args= -p "$pid"; done)
expect_status 0 "$clone" --exec taskward config
expect_status 0 "$clone" --restart
expect_status 0 "$clone" --stop
rm -rf -- "$dir"

# An ordinary user with a clone.
useradd --system --no-create-home --home-dir "$scratch" --shell /bin/sh "$account"
mkdir "$scratch/clone"
tar -C "$repo" --exclude=./.git --exclude=./.run --exclude=./.env --exclude=./build/sanitize --exclude=./build/debug -cf - . | tar -C "$scratch/clone" -xf -
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
[[ -z $left ]] || wrong "left after the stop: $left"
