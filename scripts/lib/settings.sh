# shellcheck shell=bash
# The secret key and the certificate, which are created once, and the environment of the workers and of --exec. Sourced by
# lib/instance.

make_secret_key() {
    [[ ! -s $dir/etc/secret_key ]] || return 0
    openssl rand -base64 32 >"$dir/etc/secret_key.new" || fail "could not create a secret key"
    mv -- "$dir/etc/secret_key.new" "$dir/etc/secret_key"
}

# Writes DIR/etc/environment, as shell text, and loads it. The database is fixed; for everything else the caller's environment
# has precedence, at the start and at --exec.
write_environment() {
    local file=$dir/etc/environment name log=$dir/log/config.log
    make_secret_key
    [[ -f $dir/etc/taskward.conf ]] ||
        printf '# Settings of this instance: lines KEY = value. The environment has precedence.\n' >"$dir/etc/taskward.conf"
    {
        unless_given TASKWARD_CONFIG "$dir/etc/taskward.conf"
        unless_given SQL_DIR "$dir/sql"
        unless_given TASKWARD_NGINX "$dir/nginx"
        unless_in_file MAIL_TEMPLATES "$dir/templates"
        unless_in_file MAIL_DIR "$dir/mail"
        unless_in_file METRICS_DIR "$dir/metrics"
        unless_in_file BACKUP_STATE "$dir/metrics"
        unless_in_file PASSWORD_BLOCKLIST "$dir/share/common-passwords.txt"
        # A file has precedence over the environment, so it is named only if no key is given.
        if [[ -z ${SECRET_KEY:-} ]] && ! is_in_file SECRET_KEY; then
            unless_given SECRET_KEY_FILE "$dir/etc/secret_key"
        fi
        if [[ -n $own_database ]]; then
            # The caller's PGUSER and the like would name another server.
            # shellcheck disable=SC2016 # expands when it is loaded
            echo 'unset "${!PG@}"'
            always DATABASE_URL "postgresql://taskward@/taskward?host=$pg_socket_dir&port=5432"
            always DATABASE_OWNER_URL "postgresql://taskward_owner@/taskward?host=$pg_socket_dir&port=5432"
            always PGHOST "$pg_socket_dir"
            always PGPORT 5432
            always PGDATABASE taskward
            # For psql; the services name their role.
            always PGUSER taskward_owner
            always PGDATA "$data"
            always PG_BINDIR "$pg_bin"
        else
            always DATABASE_URL "$DATABASE_URL"
            [[ -z ${DATABASE_OWNER_URL:-} ]] || always DATABASE_OWNER_URL "$DATABASE_OWNER_URL"
        fi
        # shellcheck disable=SC2016 # expands when it is loaded
        printf 'export PATH=%q:%s"$PATH"\n' "$dir/bin" "${own_database:+$(printf '%q:' "$pg_bin")}"
        always LC_ALL C.UTF-8
    } >"$file.new"

    # `taskward config` checks the settings, and lists their names: those in the environment are stored for --exec.
    (
        # shellcheck source=/dev/null
        source "$file.new"
        exec "$dir/bin/taskward" config
    ) >"$log" 2>&1 </dev/null || fail "the settings are invalid" "$log"
    while read -r name; do
        case $name in DATABASE_URL | DATABASE_OWNER_URL | SQL_DIR) continue ;; esac
        [[ -z ${!name+set} ]] || unless_given "$name" "${!name}"
        name=${name}_FILE
        [[ -z ${!name+set} ]] || unless_given "$name" "${!name}"
    done >>"$file.new" < <(sed -nE 's/^([A-Z][A-Z0-9_]+) .*/\1/p' "$log")
    mv -- "$file.new" "$file"
    load_environment
}
always() { printf 'export %s=%q\n' "$1" "$2"; }
# shellcheck disable=SC2016 # expands when it is loaded
unless_given() { printf '[[ -n ${%s+set} ]] || export %s=%q\n' "$1" "$1" "$2"; }

is_in_file() { grep -qs "^[[:space:]]*$1[[:space:]]*=" "${TASKWARD_CONFIG:-$dir/etc/taskward.conf}"; }
# unless_in_file NAME VALUE: a default that the environment and the settings file override.
unless_in_file() { is_in_file "$1" || unless_given "$1" "${!1:-$2}"; }

load_environment() {
    local file=$dir/etc/environment
    [[ -f $file ]] || die "nothing was ever started in $dir"
    # shellcheck source=/dev/null
    source "$file"
}

# For localhost, 127.0.0.1 and ::1. Replaced when it expires within a week.
prepare_certificate() {
    local cert=$dir/tls/cert.pem key=$dir/tls/key.pem log=$dir/log/openssl.log
    if [[ -s $key && -s $cert ]] && openssl x509 -in "$cert" -noout -checkend $((7 * 24 * 3600)) >/dev/null 2>&1; then
        return
    fi
    cat >"$dir/tls/request.conf" <<'CONF'
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = Taskward on this machine
[extensions]
# Not an authority: trusting this certificate means trusting this server only.
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
CONF
    openssl req -x509 -config "$dir/tls/request.conf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -sha256 \
        -days 397 -keyout "$key.new" -out "$cert.new" >"$log" 2>&1 || fail "could not create a certificate" "$log"
    chmod 644 "$cert.new"
    mv -- "$key.new" "$key"
    mv -- "$cert.new" "$cert"
}
