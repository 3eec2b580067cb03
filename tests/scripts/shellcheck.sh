# shellcheck shell=bash
# The scripts are as shellcheck wants them, and nginx takes the installed configuration as it is shipped.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

cd "$repo"
mapfile -t scripts < <(grep -lE '^#!.*\b(ba)?sh\b' .ci/* scripts/* scripts/lib/* 2>/dev/null)
shellcheck -x "${scripts[@]}" tests/scripts/*.sh || wrong "shellcheck has something to say"
for script in "${scripts[@]}"; do
    [[ $script == scripts/lib/* || -x $script ]] || wrong "$script cannot be executed"
done
