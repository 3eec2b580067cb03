# shellcheck shell=bash
# The scripts pass shellcheck.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

cd "$repo"
mapfile -t scripts < <(grep -lE '^#!.*\b(ba)?sh\b' .ci/* scripts/* scripts/lib/* 2>/dev/null)
shellcheck -x "${scripts[@]}" tests/scripts/*.sh || wrong "shellcheck reports problems"
for script in "${scripts[@]}"; do
    [[ $script == scripts/lib/* || -x $script ]] || wrong "$script is not executable"
done
