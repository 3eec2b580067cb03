# shellcheck shell=bash
# label: slow
# `taskward doctor` finds nothing unexpected in a new instance, and every fault that is caused here by its code.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

start_instance
exec_() { "$run" --dir "$dir" --exec "$@"; }
super() { exec_ psql -XAtq -U postgres -d taskward -c "$1" >/dev/null; }
owner() { exec_ psql -XAtq -U taskward_owner -c "$1" >/dev/null; }
password='the password of the mail server'
every=$scratch/every-output

# examine [NAME=VALUE…]: sets $status, $codes (of a valid JSON object) and $report.
examine() {
    status=0
    report=$(exec_ env "$@" taskward doctor --json 2>&1) || status=$?
    printf '%s\n' "$report" >>"$every"
    codes=$(python3 -c '
import json, sys
report = json.loads(sys.stdin.read())
assert set(report) == {"findings", "checked", "skipped"}, report
for one in report["findings"]:
    assert one["severity"] in ("warning", "critical") and one["meaning"] and one["action"], one
for one in report["skipped"]:
    assert one["check"] and one["reason"], one
print(*[one["code"] for one in report["findings"]])' <<<"$report") || wrong "invalid JSON: $report"
}
# finds CODE STATUS [NAME=VALUE…]
finds() {
    examine "${@:3}"
    [[ " $codes " == *" $1 "* ]] || wrong "$1 is not found: $report"
    [[ $status -eq $2 ]] || wrong "status $status instead of $2 with $codes"
}

# A new instance. How full the disks of this host are is not known.
examine
expected='certificate_self_signed mail_to_files'
unexpected=$(tr ' ' '\n' <<<"$codes" | grep -vx 'disk_low\|disk_full' | sort | tr '\n' ' ')
[[ $unexpected == "$expected " ]] || wrong "found in a new instance: $report"
[[ $codes == *disk_full* || $status -eq 1 ]] || wrong "status $status"
expect_status "$status" exec_ taskward doctor
for code in $codes; do expect_text ": $code"; done
expect_text ' critical'
[[ $(tail -n 1 <<<"$output") =~ ^[0-9]+\ warnings?,\ [0-9]+\ critical$ ]] || wrong "last line: $output"
expect_status 64 exec_ taskward doctor --colour
expect_status 64 exec_ taskward doctor now
expect_status 0 exec_ taskward doctor --help
expect_text 'settings_invalid (critical)'

# Settings and secrets.
finds settings_invalid 2 THREADS=0
[[ $report == *THREADS* ]] || wrong "$report"
finds settings_invalid 2 TASKWARD_CONFIG="$scratch/missing"
finds environment_test 1 ENVIRONMENT=test
finds every_proxy_trusted 2 TRUSTED_PROXIES=192.0.2.1,0.0.0.0/0
finds every_proxy_trusted 2 TRUSTED_PROXIES=::/0
finds mail_unencrypted 2 MAIL_SERVER=192.0.2.1 MAIL_USE_TLS=off MAIL_TIMEOUT=1
chmod 644 "$dir/etc/secret_key"
finds secret_readable 2
chmod 600 "$dir/etc/secret_key"
# shellcheck disable=SC2016 # expands in the command
report=$(exec_ bash -c 'DATABASE_OWNER_URL=$DATABASE_URL taskward doctor' 2>&1) || true
[[ $report == *database_urls_equal* && $report == *owner_rights_missing* ]] || wrong "$report"
finds signing_keys_unusable 2 -u SECRET_KEY_FILE SECRET_KEY='another key of at least 32 bytes, only here'

# Rights.
super 'alter role taskward superuser'
finds service_is_superuser 2
super 'alter role taskward nosuperuser'
super 'revoke insert on taskward.tasks from taskward'
finds service_rights_missing 2
[[ $report == *'insert on tasks'* ]] || wrong "$report"
super 'grant insert on taskward.tasks to taskward; grant delete, truncate on taskward.audit to taskward'
finds service_rights_excessive 2
[[ $report == *'delete on audit, truncate on audit'* ]] || wrong "$report"
super 'revoke delete, truncate on taskward.audit from taskward; alter role taskward_owner bypassrls; alter role taskward reset lock_timeout'
finds owner_rights_excessive 1
[[ " $codes " == *' service_limits_missing '* ]] || wrong "$report"
super "alter role taskward_owner nobypassrls; alter role taskward set lock_timeout = '8s'"

# The schema.
version=$(exec_ psql -XAtc 'select max(version) from taskward.schema_migrations')
owner "create table public.kept as select * from taskward.schema_migrations"
owner "delete from taskward.schema_migrations where version = $version"
finds schema_behind 2
owner "insert into taskward.schema_migrations select * from public.kept where version = $version"
owner "insert into taskward.schema_migrations values ($version + 1, 'later.sql', 'x', $version)"
finds release_older 1
owner "update taskward.schema_migrations set compatible_with = version where version > $version"
finds schema_newer 2
owner "delete from taskward.schema_migrations where version > $version; update taskward.schema_migrations set checksum = 'x' where version = 3"
finds schema_altered 2
owner "delete from taskward.schema_migrations; insert into taskward.schema_migrations select * from public.kept; drop table public.kept"
echo '-- damage' >>"$dir/sql/migrations/0001_foundation.sql"
finds migrations_damaged 2
sed -i '$d' "$dir/sql/migrations/0001_foundation.sql"

# A clock that is wrong: a function of the same name precedes that of PostgreSQL.
super "create schema later; grant usage on schema later to taskward; alter role taskward set search_path = later, pg_catalog"
for skew in 'clock_differs=10 seconds=1' 'clock_wrong=1 hour=2'; do
    IFS='=' read -r code interval wanted <<<"$skew"
    super "create or replace function later.clock_timestamp() returns timestamptz language sql as \$\$ select pg_catalog.clock_timestamp() + interval '$interval' \$\$"
    finds "$code" "$wanted"
done
super 'drop function later.clock_timestamp(); drop schema later; alter role taskward reset search_path'

# Mail: one that is dead, one that waits, and servers that answer wrongly.
owner "insert into taskward.outbox (id, kind, state) values (gen_random_uuid(), 'later', 'dead')"
finds mail_dead 1
owner "update taskward.outbox set state = 'waiting', created_at = now() - interval '2 hours', next_try_at = now() + interval '1 hour'"
finds mail_waiting 1
owner 'delete from taskward.outbox'
cat >"$scratch/smtp.py" <<'PY'
import socketserver, sys
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split()[0].upper()
            print(line.decode().strip(), file=sys.stderr, flush=True)
            if word == b"EHLO":
                self.wfile.write(b"250-here\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                self.wfile.write(b"334 \r\n")
                self.rfile.readline()
                self.wfile.write(b"535 no\r\n" if sys.argv[1] == "strict" else b"235 welcome\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 done\r\n")
with socketserver.TCPServer(("127.0.0.1", 0), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
PY
for kind in strict kind; do
    rm -f "$scratch/port"
    python3 "$scratch/smtp.py" "$kind" >"$scratch/port" 2>"$scratch/smtp.log" &
    smtp=$!
    cleanup() { kill "$smtp" 2>/dev/null || true; }
    for _ in {1..100}; do
        [[ ! -s $scratch/port ]] || break
        sleep 0.1
    done
    server=(MAIL_SERVER=127.0.0.1 MAIL_PORT="$(<"$scratch/port")" MAIL_USERNAME=ada MAIL_PASSWORD="$password")
    if [[ $kind == strict ]]; then
        finds mail_login_refused 2 "${server[@]}" MAIL_USE_TLS=off
        finds mail_encryption_failed 2 "${server[@]}" MAIL_USE_TLS=starttls
    else
        examine "${server[@]}" MAIL_USE_TLS=off
        [[ $codes != *mail* ]] || wrong "$report"
        ! grep -q MAIL "$scratch/smtp.log" || wrong "a mail was sent: $(<"$scratch/smtp.log")"
        finds mail_password_missing 2 "${server[@]:0:3}"
    fi
    kill "$smtp"
    wait "$smtp" || true
done
finds mail_server_unreachable 2 "${server[@]}" MAIL_USE_TLS=off

# Certificates.
cp "$dir/tls/cert.pem" "$dir/tls/key.pem" "$scratch/"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj /CN=x -keyout "$scratch/other.pem" -out "$scratch/request.pem" 2>/dev/null
cat "$scratch/other.pem" >"$dir/tls/key.pem"
finds certificate_key_wrong 2
[[ " $codes " == *' nginx_invalid '* ]] || wrong "$report"
for days in certificate_expires=3=1 certificate_expired=-1=2; do
    IFS='=' read -r code days wanted <<<"$days"
    openssl x509 -req -in "$scratch/request.pem" -signkey "$scratch/other.pem" -days "$days" -out "$dir/tls/cert.pem" 2>/dev/null
    finds "$code" "$wanted"
    [[ " $codes " == *' certificate_names '* ]] || wrong "$report"
done
echo nonsense >"$dir/tls/cert.pem"
finds certificate_invalid 2
# Of an authority that is not known.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj /CN=authority -keyout "$scratch/authority.key" -out "$scratch/authority.pem" 2>/dev/null
openssl x509 -req -in "$scratch/request.pem" -CA "$scratch/authority.pem" -CAkey "$scratch/authority.key" -CAcreateserial -days 90 -out "$dir/tls/cert.pem" 2>/dev/null
finds certificate_chain_incomplete 1
cat "$scratch/cert.pem" >"$dir/tls/cert.pem"
cat "$scratch/key.pem" >"$dir/tls/key.pem"
output=$(exec_ taskward doctor --json --host tasks.example.org) || true
[[ $output == *certificate_names* ]] || wrong "$output"

# nginx and the sockets.
echo '# edited' >>"$dir/nginx/snippets/pools.conf"
echo '192.0.2.7 1;' >>"$dir/nginx/snippets/limit-exempt.conf"
finds nginx_outdated 1
[[ " $codes " == *' nginx_limits_differ '* ]] || wrong "$report"
finds nginx_outdated 1 LIMIT_EXEMPT=192.0.2.7/32
[[ $codes != *nginx_limits_differ* ]] || wrong "$report"
finds nginx_proxies_differ 2 TRUSTED_PROXIES=192.0.2.7
finds nginx_proxies_differ 2 TRUSTED_PROXIES=192.0.2.7 PROXY_PROTOCOL=on
finds settings_invalid 2 PROXY_PROTOCOL=on
echo 'listen 127.0.0.1:1' >>"$dir/nginx/snippets/listen.conf"
finds nginx_invalid 2
sed -i '$d' "$dir"/nginx/snippets/{pools,limit-exempt,listen}.conf
chmod 666 "$dir/run/api.sock"
finds socket_mode 2
chmod 660 "$dir/run/api.sock"
mv "$dir/run/auth.sock" "$dir/run/away"
finds socket_missing 2
mv "$dir/run/away" "$dir/run/auth.sock"

# Processes, seals and partitions. A stopped background process seals nothing.
background=$(instance_processes | sed -n 's/^\([0-9]*\) .*taskward-background.*/\1/p')
kill -STOP "$background"
finds process_stopped 2
owner "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), now() - interval '10 minutes', 'task.create', 'success')"
finds seals_late 2
owner "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), '2001-01-01', 'task.create', 'success')"
finds audit_default_rows 2
kill -CONT "$background"
mkdir -m 755 "$scratch/no-metrics"
finds worker_missing 2 METRICS_DIR="$scratch/no-metrics"
[[ " $codes " == *' background_missing '* ]] || wrong "$report"
sleep 3
chmod 755 "$dir/bin/taskward-worker"
finds restart_pending 1

# Backups.
date -d '-10 days' +%Y-%m-%dT%H:%M:%SZ >"$dir/metrics/last-success"
cp "$dir/metrics/last-success" "$dir/metrics/last-verified"
chmod 644 "$dir"/metrics/last-*
examine
[[ " $codes " == *' backup_old backup_unverified '* ]] || wrong "$report"

# A full disk.
if [[ $EUID -eq 0 ]] && mkdir "$scratch/small" && mount -t tmpfs -o size=64k,mode=1777 none "$scratch/small" 2>/dev/null; then
    cleanup() { umount "$scratch/small"; }
    finds disk_full 2 MAIL_DIR="$scratch/small"
fi

# Without a database everything else is examined.
expect_status 0 exec_ pg_ctl stop -m fast
finds database_unavailable 2
[[ " $codes " == *' certificate_self_signed '* && $report == *'"skipped":[{"check":"schema"'* ]] || wrong "$report"

for secret in "$(<"$dir/etc/secret_key")" "$password" 'another key of at least'; do
    ! grep -qF -- "$secret" "$every" || wrong "a secret is in the output"
done
