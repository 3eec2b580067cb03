# shellcheck shell=bash
# Shared by the scripts. Sourced.

say() { printf 'taskward: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The user that runs everything when the caller is root.
run_account=taskward-run

make_run_account() {
    [[ $EUID -eq 0 ]] || return 0
    id -u "$run_account" >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin \
            --comment 'Taskward from a clone' "$run_account" ||
        die "could not create the system user $run_account"
}
