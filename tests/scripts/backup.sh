# shellcheck shell=bash
# label: slow
# `taskward backup`, `backup verify` and `restore`: what goes out comes back identical, and nothing else is touched, whatever goes wrong.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

export LIMIT_EXEMPT=127.0.0.1/32 BCRYPT_COST=4 ENVIRONMENT=test
start_instance
mkdir -m 1777 "$scratch/out"
out=$scratch/out
taskward() { "$run" --dir "$dir" --exec taskward "$@"; }
# as DATABASE COMMAND…: with another database. The URLs of the instance are always its own.
# shellcheck disable=SC2016 # expands in the command
as() {
    "$run" --dir "$dir" --exec bash -c 'export DATABASE_OWNER_URL=${DATABASE_OWNER_URL/@\/taskward/@\/$1} DATABASE_URL=${DATABASE_URL/@\/taskward/@\/$1}; exec "${@:2}"' - "$@"
}
owner() { "$run" --dir "$dir" --exec psql -XAtqc "$1" -U taskward_owner; }
super() { "$run" --dir "$dir" --exec psql -XAtqc "$1" -U postgres -d "${2:-postgres}"; }
databases() { super "select string_agg(datname, ' ' order by datname) from pg_database where not datistemplate"; }
# Nothing was restored into the database `empty`, and there is no other.
untouched() {
    [[ $(databases) == 'empty postgres taskward' ]] || wrong "databases: $(databases)"
    [[ $(super "select count(*) from pg_namespace where nspname = 'taskward'" empty) == 0 ]] || wrong "something was restored"
}
exported() { "$run" --dir "$dir" --exec psql -XAtq -U taskward_owner -d "$1" -c 'select t from taskward.tasks t order by t' -c 'select u from taskward.users u order by u' \
    -c 'select a from taskward.audit a order by at, id' -c 'select s from taskward.audit_seals s order by number'; }

# Tasks, and a client that writes during the backup.
get /auth/register -H 'Content-Type: application/json' -d '{"username": "ada", "email": "ada@example.org", "password": "correct horse battery"}'
get /auth/login -H 'Content-Type: application/json' -d '{"username": "ada", "password": "correct horse battery"}'
token=$(sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' <<<"$body")
my() { get "$@" -H "Authorization: Bearer $token"; }
{
    echo title,description,tags
    for n in {1..2000}; do echo "task $n ☂,\"a
description \\. $n\",\"home,work\""; done
} >"$scratch/tasks.csv"
my /tasks/import -H 'Content-Type: text/csv' --data-binary "@$scratch/tasks.csv"
[[ $status == 200 ]] || wrong "import: $status $body"
(
    for n in {1..100}; do my /tasks -H 'Content-Type: application/json' -d "{\"title\": \"during $n\"}"; done
) &
writer=$!
expect_status 0 taskward backup "$out/a.backup"
expect_text "backed up "
[[ $(stat -c %a "$out/a.backup") == 600 ]] || wrong "mode of the file"
kill "$writer" 2>/dev/null || true
wait "$writer" || true
expect_status 0 taskward backup verify "$out/a.backup"
expect_text "rows of "
expect_text "the audit record is intact"
get /metrics
for name in success verified; do
    [[ $body =~ taskward_backup_last_${name}_timestamp_seconds\ ([0-9.e+]+) ]] || wrong "no metric of $name"
    awk -v "at=${BASH_REMATCH[1]}" -v "now=$(date +%s)" 'BEGIN { exit !(at > now - 300 && at <= now + 1) }' || wrong "time of $name: ${BASH_REMATCH[1]}"
done

# Out and back, without the service in between, so that both are of the same moment.
expect_status 0 taskward backup --force "$out/a.backup"
super "create database empty owner taskward_owner"
untouched

# Files that are refused, by name.
size=$(stat -c %s "$out/a.backup")
refused() { # FILE TEXT [OPTION…]
    expect_status 3 as empty taskward restore "${@:3}" "$1"
    expect_text "$(basename "$1")' "
    expect_text "$2"
    untouched
}
flip() { # FILE OFFSET
    python3 - "$out/a.backup" "$1" "$2" <<'PY'
import sys
bytes = bytearray(open(sys.argv[1], "rb").read())
bytes[int(sys.argv[3])] ^= 4
open(sys.argv[2], "wb").write(bytes)
PY
    chmod 644 "$1"
}
head -c $((size / 2)) "$out/a.backup" >"$out/truncated"
refused "$out/truncated" "is truncated"
flip "$out/flipped" $((size / 2))
refused "$out/flipped" "is damaged"
expect_status 3 taskward backup verify "$out/flipped"
for offset in 3 40 $((size - 10)); do
    flip "$out/flipped" "$offset"
    expect_status 3 as empty taskward restore "$out/flipped"
done
untouched
: >"$out/nothing"
refused "$out/nothing" "is empty"
cp "$repo/README.md" "$out/foreign"
refused "$out/foreign" "is not a backup of Taskward"
# Newer releases: with another format, and with another schema.
newer() { # FROM TO
    python3 - "$out/a.backup" "$out/newer" "$1" "$2" <<'PY'
import hashlib, sys
text = open(sys.argv[1], "rb").read()
end = text.rindex(b"end of taskward backup, SHA-256 ")
text = text[:end].replace(sys.argv[3].encode(), sys.argv[4].encode(), 1)
open(sys.argv[2], "wb").write(text + b"end of taskward backup, SHA-256 " + hashlib.sha256(text).hexdigest().encode() + b"\n")
PY
    chmod 644 "$out/newer"
}
newer '"format":1' '"format":2'
refused "$out/newer" "is of a newer release"
newer '"schema":' '"schema":9'
refused "$out/newer" "is of a newer release"
# A dump that is not what the header says.
newer '"rows":2' '"rows":3'
refused "$out/newer" "rows instead of"
newer '"audit_hash":"' '"audit_hash":"00'
refused "$out/newer" "the newest seal"
expect_status 3 taskward backup verify "$out/newer"
chmod 600 "$out/a.backup"
expect_status 3 as empty env -u SECRET_KEY_FILE SECRET_KEY="another key of at least 32 bytes, only here" taskward restore "$out/a.backup"
expect_text "SECRET_KEY is not the one"
expect_status 3 as empty taskward restore "$out/missing"
expect_text "cannot be read"
expect_status 3 taskward restore "$out/a.backup"
expect_text "the database is not empty: it contains the schema taskward"
super "create table other ()" empty
expect_status 3 as empty taskward restore "$out/a.backup"
expect_text "it contains the table public.other"
super "drop table other" empty
untouched

# Killed in the middle, where a pg_restore that stops waits: the server rolls back.
mkdir "$scratch/waiting"
# shellcheck disable=SC2016 # expands in the script
printf '#!/bin/sh\n"$PG_BINDIR/pg_restore" "$@" | { head -c 30000; exec sleep 3; }\n' >"$scratch/waiting/pg_restore"
chmod -R a+rx "$scratch/waiting"
# shellcheck disable=SC2016 # expands in the command
as empty bash -c 'PATH=$2:$PATH; taskward restore "$1" & echo $! >"$3"; wait $!' - "$out/a.backup" "$scratch/waiting" "$out/pid" >/dev/null 2>&1 &
killed=$!
waits() { [[ $(super "select count(*) from pg_stat_activity where datname = 'empty' and state = 'idle in transaction'") == 1 ]]; }
for _ in {1..100}; do
    if [[ -s $out/pid ]] && waits; then break; fi
    sleep 0.1
done
waits || wrong "the restore does not wait"
kill -KILL "$(<"$out/pid")"
wait "$killed" || true
for _ in {1..50}; do
    [[ $(super "select count(*) from pg_stat_activity where datname = 'empty'") != 0 ]] || break
    sleep 0.1
done
untouched

# The real restore.
expect_status 0 as empty taskward restore "$out/a.backup"
expect_text "restored "
expect_status 0 as empty taskward migrate --status
expect_status 0 as empty taskward audit verify
expect_text "Intact: "
super "drop database empty"

# Identical exports and head, while nothing is written.
background=$(instance_processes | sed -n 's/^\([0-9]*\) .*taskward-background.*/\1/p')
kill -STOP "$background"
expect_status 0 taskward backup "$out/b.backup"
exported taskward >"$scratch/before"
super "create database empty owner taskward_owner"
expect_status 0 as empty taskward restore "$out/b.backup"
exported empty >"$scratch/after"
cmp "$scratch/before" "$scratch/after" || wrong "the restored data differ"
[[ $(wc -l <"$scratch/before") -gt 2000 ]] || wrong "nothing was compared"
head=$(as empty taskward audit head)
[[ ${head%%\"records*} == "$(taskward audit head | sed 's/"records.*//')" ]] || wrong "the heads differ"
kill -CONT "$background"
super "drop database empty; " && super "create database empty owner taskward_owner"

# Encrypted, with the keys.
age-keygen -o "$out/key" 2>"$scratch/public"
age-keygen -o "$out/other-key" 2>/dev/null
chmod 644 "$out/key" "$out/other-key"
recipient=$(sed -n 's/^Public key: //p' "$scratch/public")
expect_status 2 taskward backup --with-keys "$out/c.age"
expect_text "--with-keys requires"
expect_status 0 taskward backup --with-keys --recipient "$recipient" "$out/c.age"
! grep -aq 'taskward backup' "$out/c.age" || wrong "it is not encrypted"
expect_status 0 env -u SECRET_KEY "$run" --dir "$dir" --exec env -u SECRET_KEY_FILE taskward backup verify --identity "$out/key" "$out/c.age"
refused "$out/c.age" "cannot be decrypted" --identity "$out/other-key"
# typed COMMAND…: on a terminal, where the passphrase is typed each time that age asks for it.
typed() {
    python3 -c '
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while select.select([terminal], [], [], 60)[0]:
    try: part = os.read(terminal, 1024)
    except OSError: break
    if not part: break
    shown += part
    if part.rstrip().endswith(b":"): os.write(terminal, b"some words that nobody guesses\n")
print(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}
expect_status 0 typed "$run" --dir "$dir" --exec taskward backup --passphrase "$out/p.age"
expect_status 0 typed "$run" --dir "$dir" --exec taskward backup verify "$out/p.age"
ssh-keygen -q -t ed25519 -N '' -f "$out/ssh"
chmod 644 "$out/ssh"
cat "$out/ssh.pub" >"$out/recipients"
expect_status 0 taskward backup --recipients "$out/recipients" "$out/e.age"
expect_status 0 taskward backup verify --identity "$out/ssh" "$out/e.age"
expect_status 0 taskward backup --recipient "$(<"$out/ssh.pub")" "$out/f.age"
head -c $(($(stat -c %s "$out/c.age") - 100)) "$out/c.age" >"$out/truncated"
refused "$out/truncated" "cannot be decrypted" --identity "$out/key"
mkdir -m 1777 "$out/keys"
expect_status 3 as empty taskward restore --keys-to "$out/keys" "$out/b.backup"
expect_text "contains no keys"
expect_status 0 as empty taskward restore --identity "$out/key" --keys-to "$out/keys" "$out/c.age"
cmp -s "$out/keys/taskward.SECRET_KEY" <(tr -d '\n' <"$dir/etc/secret_key") || wrong "another SECRET_KEY was written"
[[ $(stat -c %a "$out/keys/taskward.SECRET_KEY") == 600 ]] || wrong "mode of the key"
super "drop database empty; " && super "create database empty owner taskward_owner"
expect_status 0 as empty taskward restore --identity "$out/key" "$out/c.age"
super "drop database empty"
"$run" --dir "$dir" --exec taskward backup - >"$scratch/stdout"
cp "$scratch/stdout" "$out/d.backup"
chmod 644 "$out/d.backup"
expect_status 0 taskward backup verify "$out/d.backup"

# An existing file, a full disk, an interruption, a missing program, and a server that is not there leave no file.
expect_status 3 taskward backup "$out/b.backup"
expect_text "exists"
nothing_new() { [[ -z $(find "$out" -name 'fresh*') ]] || wrong "left: $(find "$out" -name 'fresh*')"; }
nothing_new
# shellcheck disable=SC2016 # expands in the command
expect_status 1 "$run" --dir "$dir" --exec bash -c 'trap "" XFSZ; ulimit -f 20; exec taskward backup "$1"' - "$out/fresh.backup"
expect_text "cannot be written"
nothing_new
if [[ $EUID -eq 0 ]]; then
    mkdir "$scratch/small"
    if mount -t tmpfs -o size=64k,mode=1777 none "$scratch/small" 2>/dev/null; then
        cleanup() { umount "$scratch/small"; }
        expect_status 1 taskward backup "$scratch/small/full.backup"
        expect_text "No space left on device"
        expect_status 1 taskward backup --recipient "$recipient" "$scratch/small/full.age"
        expect_text "no space left on device"
        [[ -z $(ls "$scratch/small") ]] || wrong "a partial backup remains"
    fi
fi
# While pg_dump runs.
mkdir -m 777 "$scratch/interrupted"
printf '#!/bin/sh\ntouch "%s"\nexec sleep 60\n' "$scratch/interrupted/begun" >"$scratch/interrupted/pg_dump"
chmod a+rx "$scratch/interrupted/pg_dump"
# shellcheck disable=SC2016 # expands in the command
expect_status 1 "$run" --dir "$dir" --exec bash -c 'PATH=$2:$PATH taskward backup "$1" & until [ -e "$2/begun" ]; do sleep 0.05; done; kill -TERM $!; wait $!' - "$out/fresh.backup" "$scratch/interrupted"
expect_text "interrupted"
nothing_new
# A child gets no secret settings.
mkdir "$scratch/bin"
# shellcheck disable=SC2016 # expands in the script
printf '#!/bin/sh\n[ -z "${SECRET_KEY:-}" ] || exit 6\nexit 5\n' >"$scratch/bin/pg_dump"
chmod -R a+rx "$scratch/bin"
# shellcheck disable=SC2016 # expands in the command
expect_status 1 "$run" --dir "$dir" --exec bash -c 'unset SECRET_KEY_FILE; export SECRET_KEY="a key of at least thirty-two bytes"; PATH=$2:$PATH exec taskward backup "$1"' - "$out/fresh.backup" "$scratch/bin"
expect_text "pg_dump failed (exit status 5)"
nothing_new

# Retention deletes only what it has written.
mkdir -m 777 "$out/nightly"
touch "$out/nightly/taskward-20200101T000000Z.backup" "$out/nightly/taskward-20200102T000000Z.backup.age" \
    "$out/nightly/taskward-20200103T000000Z.backup.part" "$out/nightly/taskward-2020.backup" "$out/nightly/notes"
chmod -R a+rw "$out/nightly"
expect_status 0 taskward backup --keep 2 "$out/nightly"
kept=$(find "$out/nightly" -type f -printf '%f\n' | LC_ALL=C sort | tr '\n' ' ')
[[ $kept =~ ^'notes taskward-2020.backup taskward-20200102T000000Z.backup.age taskward-'[0-9]{8}T[0-9]{6}'Z.backup '$ ]] || wrong "kept: $kept"
expect_status 0 taskward backup verify "$out/nightly"
expect_status 2 taskward backup --keep 2 "$out/file"
expect_status 2 taskward backup --keep 0 "$out/nightly"

# Invalid command lines.
expect_status 2 taskward backup
expect_status 2 taskward backup verify
expect_status 2 taskward backup --identity x "$out/fresh"
expect_status 2 taskward backup verify --force "$out/a.backup"
expect_status 2 taskward backup --passphrase --recipient "$recipient" "$out/fresh"
expect_status 2 taskward restore
expect_status 1 taskward backup "$scratch/nowhere/file"

# Without a server.
expect_status 0 "$run" --dir "$dir" --exec pg_ctl stop -m fast
expect_status 1 taskward backup "$out/fresh.backup"
expect_text "cannot connect to the database"
nothing_new
