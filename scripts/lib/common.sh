# shellcheck shell=bash
# Shared by the scripts. Sourced.

# Copies its input, with characters that could control the terminal (C0, C1, separators, bidirectional formatting) as "?".
printable() {
    LC_ALL=C sed 's/[\x01-\x08\x0b-\x1f\x7f]/?/g; s/\xc2[\x80-\x9f]/?/g; s/\xe2\x80[\x8e\x8f\xa8-\xae]/?/g
                  s/\xe2\x81[\xa6-\xa9]/?/g; s/\xd8\x9c/?/g'
}
say() { printf 'taskward: %s\n' "$*" | printable >&2; }
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
