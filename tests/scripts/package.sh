# shellcheck shell=bash
# label: slow
# The package, in a Debian system of its own that boots systemd: installation, backup, restart of the system, crashes, upgrade under
# load, reload, certificates, removal and purge. Needs root, the package and a root filesystem (`make deb build/debian-root.tar`).
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

root_tar=$repo/build/debian-root.tar
[[ $EUID -eq 0 ]] || skip "only root can boot a container"
for program in systemd-nspawn nsenter dpkg-deb; do command -v "$program" >/dev/null || skip "$program is not installed"; done
[[ -s $root_tar ]] || skip "there is no root filesystem: make build/debian-root.tar"
package=$(find "$repo/dist" -name 'taskward_*.deb' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-)
[[ -n $package ]] || skip "there is no package: make deb"

root=$scratch/root
nspawn=
cleanup() {
    [[ -z $nspawn ]] || { kill -KILL ${init:+"$init"} "$nspawn"; wait "$nspawn"; } 2>/dev/null
    return 0
}
init=
inside() { nsenter -t "$init" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
boot() {
    systemd-nspawn -q -D "$root" --register=no --keep-unit --private-network --boot --console=passive --hostname=tasks \
        >>"$scratch/boot.log" 2>&1 </dev/null &
    nspawn=$!
    local state='' _
    for _ in {1..120}; do
        init=$(pgrep -P "$nspawn" | head -n 1)
        [[ -z $init ]] || state=$(inside systemctl is-system-running 2>/dev/null) || true
        [[ $state != running && $state != degraded ]] || return 0
        kill -0 "$nspawn" 2>/dev/null || return 1
        sleep 0.5
    done
    return 1
}
# Where the processes of a container cannot be counted, systemd waits for one at the end of a shutdown; then power is cut.
shut_down() {
    local _
    inside systemctl --no-block poweroff || true
    for _ in {1..100}; do
        kill -0 "$nspawn" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$init" "$nspawn" 2>/dev/null || true
    wait "$nspawn" 2>/dev/null || true
    nspawn=
}
fetch() { inside curl -q -sS --max-time 20 --cacert /etc/taskward/tls/fullchain.pem "$@"; }
status_of() { fetch -o /dev/null -w '%{http_code}' "https://localhost$1" 2>/dev/null || true; }
# within SECONDS COMMAND…: repeats it until it succeeds.
within() {
    local end=$((SECONDS + $1)) what="$*"
    shift
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $end ]] || wrong "not within $what: $(inside journalctl --no-pager -n 30 -o cat 2>&1)"
        sleep 0.2
    done
}
is_ready() { [[ $(status_of /readyz) == 200 ]]; }
pid_of() { inside systemctl show -P MainPID "$1"; }
units=(taskward-worker@api-1 taskward-worker@api-2 taskward-worker@auth-1 taskward-background)

# variant VERSION COMMAND…: a package of another version, changed by the command, which runs in its files.
variant() {
    local version=$1
    shift
    rm -rf "$scratch/variant"
    dpkg-deb -R "$package" "$scratch/variant"
    sed -i "s/^Version: .*/Version: $version/" "$scratch/variant/DEBIAN/control"
    (cd "$scratch/variant" && "$@")
    (cd "$scratch/variant" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group -b -Znone "$scratch/variant" "$root/root/$version.deb" >/dev/null
}

mkdir "$root"
tar -C "$root" -xf "$root_tar"
echo tasks >"$root/etc/hostname"
boot || skip "systemd does not boot in a container here: $(tail -n 3 "$scratch/boot.log")"
cp "$package" "$root/root/new.deb"
variant 0.9 true

# Installation, without a question but with an answer given before, and the first request.
preseed() { inside sh -c "echo 'taskward taskward/$1' | debconf-set-selections"; }
preseed 'hostname string tasks.example.org'
begun=$SECONDS
expect_status 0 inside apt-get install -y /root/0.9.deb
expect_text 'Taskward serves https://tasks.example.org/'
expect_status 0 inside taskward certificate
expect_text 'DNS:tasks.example.org, DNS:localhost'
within 60 is_ready
[[ $((SECONDS - begun)) -le 60 ]] || wrong "the first request took longer than 60 s"
[[ $(inside stat -c '%a %U' /etc/credstore/taskward.SECRET_KEY /etc/taskward/tls/privkey.pem | sort -u) == '600 root' ]] || wrong "a secret can be read"
[[ $(inside bash -c 'echo "a long enough secret" | taskward user create --username root-admin --role admin --password-stdin') =~ ^[0-9a-f-]{36}$ ]] || wrong "no administrator"
expect_status 0 inside taskward setup
expect_text 'Nothing is missing.'
expect_status 0 inside taskward setup --dry-run
expect_text 'Nothing is missing.'
expect_status 1 inside taskward doctor
expect_text plain_http
inside sh -c 'rm /etc/nginx/sites-enabled/default; systemctl reload nginx'
is_without_plain_http() { output=$(inside taskward doctor); [[ $? -eq 1 && $output != *plain_http* && $output == *certificate_self_signed* ]]; }
within 10 is_without_plain_http
[[ $(fetch --json '{"username":"root-admin","password":"a long enough secret"}' https://localhost/auth/login) == *access_token* ]] || wrong "the administrator cannot log in"
! inside journalctl --no-pager -o cat | grep -qF -f "$root/etc/credstore/taskward.SECRET_KEY" || wrong "the secret key is in the journal"

# What systemd makes of the units.
expect_status 0 inside systemd-analyze verify taskward.target taskward-background.service taskward-worker@api-1.service taskward-backup.timer
[[ -z $output ]] || wrong "$output"
! grep -q real-ip.conf "$root/var/lib/dpkg/info/taskward.conffiles" || wrong "setup writes a conffile"
for unit in "${units[@]}"; do
    [[ $(inside systemctl show -P NotifyAccess,WatchdogUSec "$unit" 2>/dev/null || inside systemctl show -p NotifyAccess -p WatchdogUSec --value "$unit") == *main*30s* ||
        $(inside systemctl show -p NotifyAccess -p WatchdogUSec --value "$unit" | sort | xargs) == '30s main' ]] || wrong "$unit: notification or watchdog"
    [[ $(inside ls "/run/credentials/$unit.service") == SECRET_KEY ]] || wrong "$unit has no credential"
done
expect_status 0 inside systemd-analyze security --no-pager --threshold=10 taskward-worker@api-1.service
expect_status 0 inside systemd-analyze security --no-pager --threshold=13 taskward-background.service
expect_status 0 inside systemd-analyze security --no-pager --threshold=13 taskward-backup.service
for profile in taskward taskward-worker taskward-background; do
    expect_status 0 inside apparmor_parser --skip-kernel-load --skip-cache "/etc/apparmor.d/$profile"
    [[ ! -e $root/etc/apparmor.d/force-complain/$profile ]] || wrong "the profile $profile is not enforced"
done
# Each start sets the mode of the sockets of all workers, and a worker must never wait for a connection that another one took.
inside systemctl restart taskward-worker@auth-1
for socket in 3 4; do
    flags=$(inside sed -n 's/^flags:\t*//p' "/proc/$(pid_of taskward-worker@api-1)/fdinfo/$socket")
    [[ $((flags & 04000)) -ne 0 ]] || wrong "a socket of the workers is blocking: flags $flags"
done
# A process that stops answering is replaced.
inside mkdir -p /run/systemd/system/taskward-worker@api-2.service.d
inside sh -c 'printf "[Service]\nWatchdogSec=2\n" >/run/systemd/system/taskward-worker@api-2.service.d/test.conf; systemctl daemon-reload; systemctl restart taskward-worker@api-2'
before=$(pid_of taskward-worker@api-2)
inside kill -STOP "$before"
is_replaced() { local now; now=$(pid_of "$1"); [[ $now != 0 && $now != "$2" ]] && inside systemctl -q is-active "$1"; }
within 20 is_replaced taskward-worker@api-2 "$before"
inside journalctl --no-pager -o cat -u taskward-worker@api-2 | grep -q 'Watchdog timeout' || wrong "the watchdog did not end the process"

# The nightly backup is off, but works, also encrypted, and its times are metrics.
[[ $(inside systemctl is-enabled taskward-backup.timer) == disabled ]] || wrong "the timer of backups is enabled"
[[ $(fetch https://localhost/metrics) != *taskward_backup* ]] || wrong "there are times of backups before the first"
# The name of a backup has seconds.
make_backup() { sleep 1; inside systemctl start taskward-backup.service || wrong "no backup: $(inside journalctl --no-pager -u taskward-backup -o cat)"; }
make_backup
backup=$(find "$root/var/backups/taskward" -type f -printf '%f %m\n')
[[ $backup =~ ^taskward-[0-9TZ]*\.backup\ 600$ ]] || wrong "the backup is: $backup"
metrics=$(fetch https://localhost/metrics)
for metric in taskward_backup_last_success_timestamp_seconds taskward_backup_last_verified_timestamp_seconds; do
    [[ $metrics == *$'\n'"$metric "[1-9]* ]] || wrong "$metric is missing"
done
inside sh -ec 'age-keygen -o /root/identity 2>/dev/null; age-keygen -y /root/identity >/etc/taskward/backup-recipients
    mkdir -p /run/systemd/system/taskward-backup.service.d; cat >/run/systemd/system/taskward-backup.service.d/test.conf <<END
[Service]
Environment="BACKUP_OPTIONS=--recipients /etc/taskward/backup-recipients" "VERIFY_OPTIONS=--identity %d/identity"
LoadCredential=identity:/root/identity
END
    systemctl daemon-reload'
make_backup
[[ -n $(find "$root/var/backups/taskward" -name '*.age') ]] || wrong "there is no encrypted backup"
# As docs/operations.md configures it, with and without the private key.
sed -n '/^\[Service\]/,/^Environment="VERIFY/p' "$repo/docs/operations.md" >"$root/root/dropin.conf"
[[ $(<"$root/root/dropin.conf") == *KEEP=30*identity* ]] || wrong "docs/operations.md has no drop-in for backups"
inside sh -ec 'cp /root/identity /etc/credstore/taskward.backup-identity; chmod 600 /etc/credstore/taskward.backup-identity
    cp /root/dropin.conf /run/systemd/system/taskward-backup.service.d/test.conf; systemctl daemon-reload'
verified() { fetch https://localhost/metrics | sed -n 's/^taskward_backup_last_verified_timestamp_seconds //p'; }
first=$(verified)
make_backup
[[ $(verified) != "$first" ]] || wrong "an encrypted backup was not verified"
before=$(verified)
sed -i '/^# To verify/,$d' "$root/root/dropin.conf"
grep '^ExecStart=' "$repo/docs/operations.md" >>"$root/root/dropin.conf"
inside sh -ec 'cp /root/dropin.conf /run/systemd/system/taskward-backup.service.d/test.conf; systemctl daemon-reload'
make_backup
[[ $(verified) == "$before" ]] || wrong "a backup was verified without its key"
inside sh -ec 'rm /etc/credstore/taskward.backup-identity; rm -r /run/systemd/system/taskward-backup.service.d; systemctl daemon-reload'
expect_status 0 inside journalctl --no-pager -u taskward-backup
expect_text 'backed up'
expect_status 0 inside systemctl enable --now taskward-backup.timer
expect_status 0 inside systemctl is-active taskward-backup.timer
# The recovery of a lost server, by the commands of docs/operations.md.
recovery=$(sed -n '/^   systemctl stop taskward.target/,/^   rm /p' "$repo/docs/operations.md")
[[ $recovery == *createdb*roles.sql*rm* ]] || wrong "docs/operations.md has no commands for a recovery"
expect_status 0 inside taskward backup --with-keys --recipients /etc/taskward/backup-recipients /root/recovery.age
expect_status 0 inside sh -ec "$recovery"
expect_status 0 inside taskward restore --identity /root/identity --keys-to /etc/credstore /root/recovery.age
expect_status 0 inside taskward migrate
expect_status 0 inside systemctl start taskward.target
within 60 is_ready
expect_status 0 inside taskward audit verify
[[ $(fetch --json '{"username":"root-admin","password":"a long enough secret"}' https://localhost/auth/login) == *access_token* ]] || wrong "the restored administrator cannot log in"

# The system restarts.
shut_down
boot || wrong "the system does not start again"
within 60 is_ready

# Each process is killed.
for unit in "${units[@]}"; do
    before=$(pid_of "$unit")
    inside kill -KILL "$before"
    within 20 is_replaced "$unit" "$before"
done
within 20 is_ready

# What the alerts say to do.
count=0
while read -r command; do
    [[ $command =~ ^(systemctl|journalctl) ]] || continue
    expect_status 0 inside sh -c "$command"
    [[ -n $output ]] || wrong "nothing from: $command"
    count=$((count + 1))
done < <(sed -n 's/^ *action: "\(.*\)"$/\1/p' "$repo/docs/monitoring/taskward-rules.yml" | sed 's/\\"/"/g; s/"level":"error"/"level":"info"/; s/; */\n/g')
[[ $count -ge 5 ]] || wrong "only $count commands of alerts were found"
# Mail from cron by the line of docs/operations.md: what is critical, and nothing else.
cron=$(sed -n 's/^\*\/15 \* \* \* \* root //p' "$repo/docs/operations.md" | sed 's/\\%/%/g')
[[ -n $cron ]] || wrong "docs/operations.md has no line for cron"
expect_status 0 inside sh -c "$cron"
[[ -z $output ]] || wrong "cron would mail: $output"
inside systemctl stop taskward-background
expect_status 0 inside sh -c "$cron"
expect_text background_missing
expect_status 0 inside systemctl start taskward-background

# Believed proxies, and a load balancer that passes connections through.
inside sh -c 'printf "TRUSTED_PROXIES = 127.0.0.1, ::1\nPROXY_PROTOCOL = on\n" >>/etc/taskward/taskward.conf'
expect_status 0 inside taskward setup
expect_text 'let nginx believe the trusted proxies'
is_proxied() { [[ $(fetch --haproxy-protocol -o /dev/null -w '%{http_code}' https://localhost/readyz) == 200 ]]; }
within 10 is_proxied
! is_ready || wrong "a connection without the PROXY protocol is served"
inside sed -i '/^TRUSTED_PROXIES/d; /^PROXY_PROTOCOL/d' /etc/taskward/taskward.conf
expect_status 0 inside taskward setup
within 10 is_ready

# More workers.
expect_status 0 inside systemctl enable --now taskward-worker@api-3
inside cp -r /usr/lib/systemd/system/taskward-worker@auth-1.service.d /etc/systemd/system/taskward-worker@auth-2.service.d
expect_status 0 inside systemctl enable --now taskward-worker@auth-2
[[ $(inside systemctl show -p Nice --value taskward-worker@auth-2) == 12 ]] || wrong "another worker for logins has another priority"
units+=(taskward-worker@api-3 taskward-worker@auth-2)

# Requests one after another, two on each connection, in two loops, until the file is removed; fewer than nginx permits a client.
start_load() {
    touch "$root/root/load"
    local loop
    loads=()
    for loop in 1 2; do
        # shellcheck disable=SC2016 # expands inside
        inside sh -c 'while [ -e /root/load ]; do curl -q -s --max-time 20 --cacert /root/ca.pem -o /dev/null -w "%{http_code} %{errormsg}\n" https://localhost/readyz https://localhost/.well-known/jwks.json -o /dev/null; sleep 0.05; done' \
            >"$scratch/load.$loop" 2>/dev/null &
        loads+=($!)
    done
}
end_load() {
    rm "$root/root/load"
    wait "${loads[@]}" || true
    local count bad
    count=$(cat "$scratch"/load.? | wc -l)
    bad=$(cat "$scratch"/load.? | grep -vc '^200 $' || true)
    [[ $count -gt 10 && $bad -eq 0 ]] || wrong "$1: $bad of $count requests failed: $(sort "$scratch"/load.? | uniq -c | xargs)"
}
pids() { local unit; for unit in "${units[@]}"; do pid_of "$unit"; done; }
cp "$root/etc/taskward/tls/fullchain.pem" "$root/root/ca.pem"

# An upgrade under load keeps an edited file, and replaces every process.
echo '# edited' >>"$root/etc/taskward/nginx/snippets/limit-exempt.conf"
printf 'LOG_LEVEL = warning\n' >"$root/etc/taskward/taskward.conf"
before=$(pids)
start_load
expect_status 0 inside apt-get install -y /root/new.deb
end_load upgrade
[[ -z $(comm -12 <(sort <<<"$before") <(pids | sort)) ]] || wrong "a process was not replaced by the upgrade"
grep -q '# edited' "$root/etc/taskward/nginx/snippets/limit-exempt.conf" || wrong "an edited file was replaced"
[[ -s $root/etc/taskward/taskward.conf ]] || wrong "the settings are gone"

before=$(pids)
start_load
expect_status 0 inside systemctl reload taskward
end_load reload
[[ -z $(comm -12 <(sort <<<"$before") <(pids | sort)) ]] || wrong "a process was not replaced by the reload"

# A migration that fails: the release before continues to serve, and the package is half-configured.
# shellcheck disable=SC2016 # expands in the command
variant 9.0 sh -c 'cd usr/share/taskward/sql/migrations; last=$(ls [0-9]*.sql | tail -n 1); printf -- "-- compatible-with: ${last%%_*}\nselect 1/0;\n" >9999_broken.sql; sha256sum *.sql >SHA256SUMS'
before=$(pids)
start_load
expect_status 1 inside dpkg -i /root/9.0.deb
expect_text 'the migration failed, so the processes of the previous release continue to serve'
end_load 'failed upgrade'
[[ $(pids) == "$before" ]] || wrong "a failed migration restarted a process"
# shellcheck disable=SC2016 # of dpkg-query
[[ $(inside dpkg-query -Wf '${db:Status-Abbrev}' taskward) == iF* ]] || wrong "the package is not half-configured"
inside sh -ec 'cd /usr/share/taskward/sql/migrations; rm 9999_broken.sql; sha256sum *.sql >SHA256SUMS'
expect_status 0 inside dpkg --configure taskward
within 20 is_ready
expect_status 0 inside dpkg -i /root/new.deb
within 20 is_ready

# A second certificate, by the hook for certbot; one that is invalid changes nothing. nginx permits a path relative to its own folder.
inside sed -i 's#/etc/taskward/tls/#../taskward/tls/#' /etc/taskward/nginx/snippets/certificate.conf
inside nginx -q -t || wrong "nginx does not accept a relative path"
inside sh -ec 'mkdir /root/second /root/broken; cd /root/second
    openssl req -x509 -newkey rsa:2048 -nodes -keyout privkey.pem -out fullchain.pem -days 30 -subj /CN=second -addext subjectAltName=DNS:localhost,DNS:second 2>/dev/null
    cp fullchain.pem /root/broken/; openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 >/root/broken/privkey.pem'
expect_status 3 inside taskward certificate --install /root/broken
expect_text 'privkey.pem is not the key of the certificate'
cmp -s "$root/etc/taskward/tls/fullchain.pem" "$root/root/ca.pem" || wrong "an invalid certificate was installed"
expect_status 0 inside env RENEWED_LINEAGE=/root/second /usr/share/taskward/certbot-deploy-hook
expect_text DNS:second
is_second() { inside sh -c 'openssl s_client -connect localhost:443 </dev/null 2>/dev/null | openssl x509 -noout -subject' | grep -q second; }
within 10 is_second

# A standby on another host.
inside sh -ec 'umask 077; echo postgresql://taskward@127.0.0.1/taskward >/etc/credstore/taskward.DATABASE_READ_URL'
expect_status 0 inside taskward setup
expect_text 'allow the workers to connect to other hosts'
expect_text 'replace the processes'
expect_status 0 inside taskward setup
expect_text 'Nothing is missing.'
inside sh -ec 'sleep 1; touch /etc/credstore/taskward.DATABASE_READ_URL'
expect_status 0 inside taskward setup
expect_text 'replace the processes'
inside rm -r /etc/credstore/taskward.DATABASE_READ_URL '/etc/systemd/system/taskward-worker@.service.d'

# Removal keeps settings, secrets and data; a new installation continues with them.
expect_status 0 inside apt-get remove -y taskward
[[ -z $(inside pgrep -f /usr/lib/taskward || true) ]] || wrong "a process runs after the removal"
[[ -e $root/etc/credstore/taskward.SECRET_KEY && -e $root/etc/taskward/tls/privkey.pem && -e $root/etc/taskward/taskward.conf ]] || wrong "the removal deleted a secret or settings"
expect_status 0 inside nginx -q -t
expect_status 0 inside dpkg -i /root/new.deb
within 60 is_ready
[[ $(inside taskward user list) == *root-admin* ]] || wrong "the data is gone"

purge() {
    inside rm -rf /etc/systemd/system/taskward-worker@auth-2.service.d
    expect_status 0 inside apt-get purge -y taskward
    expect_text 'dropdb taskward'
    expect_text 'backups were not removed'
}
purge

# A database that the answers name, as one on another host.
inside runuser -u postgres -- psql -qc "alter role taskward password 'a-secret'" -c "alter role taskward_owner password 'another'"
inside sh -ec 'umask 077; echo postgresql://taskward_owner:another@127.0.0.1/taskward >/etc/credstore/taskward.DATABASE_OWNER_URL'
preseed 'database-url password postgresql://taskward:a-secret@127.0.0.1/taskward'
expect_status 0 inside dpkg -i /root/new.deb
expect_text 'allow the workers to connect to other hosts'
within 60 is_ready
expect_status 0 inside sh -c 'echo postgresql://taskward:a-secret@127.0.0.1/taskward | taskward setup --database-url-stdin'
expect_text 'store DATABASE_URL'
within 60 is_ready
[[ $(stat -c %a "$root/etc/credstore/taskward.DATABASE_URL") == 600 ]] || wrong "DATABASE_URL can be read"
! grep -rq a-secret "$root/var/cache/debconf" || wrong "debconf keeps the connection string"
[[ -e $root/etc/systemd/system/taskward-worker@.service.d/database.conf ]] || wrong "the workers may not connect to another host"
purge
left=$(find "$root"/{etc,usr,var/lib,var/log,var/cache,run} -iname '*taskward*' ! -path '*/var/lib/postgresql/*' ! -name taskward.SECRET_KEY ! -path '*/run/systemd/*' ! -path '*/var/lib/systemd/*' -printf '%P\n')
[[ -z $left ]] || wrong "left after the purge: $left"
expect_status 0 inside nginx -q -t
[[ $(inside systemctl --failed --no-legend) == '' ]] || wrong "$(inside systemctl --failed --no-legend)"
