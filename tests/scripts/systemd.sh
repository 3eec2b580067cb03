# shellcheck shell=bash
# systemd accepts the units, and rates the services as well confined.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

command -v systemd-analyze >/dev/null || exit 0

# The programs are not installed.
cp -r "$repo/systemd" "$scratch/units"
cd "$scratch/units"
sed -i -E 's#^ExecStart=/usr/(lib/taskward/taskward-(worker|background)|bin/taskward)#ExecStart=/bin/true#' ./*.service
for instance in api-1 api-2 auth-1; do cp taskward-worker@.service "taskward-worker@$instance.service"; done
output=$(SYSTEMD_UNIT_PATH="$scratch/units:" systemd-analyze verify ./*.socket ./*.target ./*.timer ./taskward-worker@{api-1,auth-1}.service ./taskward-{background,backup}.service 2>&1) || wrong "$output"
# Other units of the machine may be invalid.
! grep -i taskward <<<"$output" || wrong "systemd reports problems"
! grep -q backup taskward.target || wrong "the target starts backups"
for unit in taskward-worker@api-1=10 taskward-background=13 taskward-backup=15; do
    output=$(systemd-analyze security --no-pager --offline=true --threshold="${unit#*=}" "./${unit%=*}.service" 2>&1) ||
        wrong "$unit: $(tail -n 1 <<<"$output")"
done

if command -v systemd-sysusers >/dev/null; then
    output=$(systemd-sysusers --dry-run "$repo/systemd/taskward.sysusers" 2>&1) || wrong "$output"
fi
if command -v systemd-tmpfiles >/dev/null; then
    mkdir -p "$scratch/root/etc"
    cp /etc/passwd /etc/group "$scratch/root/etc/"
    systemd-sysusers --root="$scratch/root" - <"$repo/systemd/taskward.sysusers" >/dev/null 2>&1 || wrong "systemd-sysusers failed"
    output=$(systemd-tmpfiles --root="$scratch/root" --create "$repo/systemd/taskward.tmpfiles" 2>&1) || true
    [[ $output != *"taskward.tmpfiles:"* ]] || wrong "$output"
fi
