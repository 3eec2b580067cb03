# shellcheck shell=bash
# What is made once and kept (secret key, certificate), and the environment of the workers and of --exec. Sourced by lib/instance.

# number_setting NAME DEFAULT LOWEST HIGHEST: checks one of scripts/run's own settings and gives it its default.
number_setting() {
    local name=$1 default=$2 lowest=$3 highest=$4
    local value=${!name:-$default}
    [[ $value =~ ^[0-9]{1,4}$ && $((10#$value)) -ge $lowest && $((10#$value)) -le $highest ]] ||
        fail "$name must be a number from $lowest to $highest, not: $value"
    printf -v "$name" '%d' "$((10#$value))"
}

make_secret_key() {
    [[ ! -s $dir/etc/secret_key ]] || return 0
    openssl rand -base64 32 >"$dir/etc/secret_key.new" || fail "could not make a secret key"
    mv -- "$dir/etc/secret_key.new" "$dir/etc/secret_key"
}

# Writes what a command or a worker needs to find this instance, as shell text, and loads it. What is the instance's own
# (its database) is fixed; for the rest the caller's environment wins, at the start and at --exec.
write_environment() {
    local file=$dir/etc/environment name log=$dir/log/config.log
    make_secret_key
    [[ -f $dir/etc/taskward.conf ]] ||
        printf '# Settings of this instance: lines KEY = value. The environment wins.\n' >"$dir/etc/taskward.conf"
    {
        unless_given TASKWARD_CONFIG "$dir/etc/taskward.conf"
        unless_given SQL_DIR "$dir/sql"
        unless_in_file MAIL_TEMPLATES "$dir/templates"
        unless_in_file MAIL_DIR "$dir/mail"
        unless_in_file METRICS_DIR "$dir/metrics"
        unless_in_file PASSWORD_BLOCKLIST "$dir/share/common-passwords.txt"
        # A file beats the environment, so it is named only when nobody gave a key.
        if [[ -z ${SECRET_KEY:-} ]] && ! is_in_file SECRET_KEY; then
            unless_given SECRET_KEY_FILE "$dir/etc/secret_key"
        fi
        if [[ -n $own_database ]]; then
            # The caller's PGUSER and the like would lead elsewhere.
            # shellcheck disable=SC2016 # expands when it is loaded
            echo 'unset "${!PG@}"'
            always DATABASE_URL "postgresql://taskward@/taskward?host=$pg_socket_dir&port=5432"
            always DATABASE_OWNER_URL "postgresql://taskward_owner@/taskward?host=$pg_socket_dir&port=5432"
            always PGHOST "$pg_socket_dir"
            always PGPORT 5432
            always PGDATABASE taskward
            # For psql; the services name their own role.
            always PGUSER taskward_owner
            always PGDATA "$data"
        else
            always DATABASE_URL "$DATABASE_URL"
            [[ -z ${DATABASE_OWNER_URL:-} ]] || always DATABASE_OWNER_URL "$DATABASE_OWNER_URL"
        fi
        # shellcheck disable=SC2016 # expands when it is loaded
        printf 'export PATH=%q:%s"$PATH"\n' "$dir/bin" "$([[ -z $own_database ]] || printf '%q:' "$pg_bin")"
        always LC_ALL C.UTF-8
    } >"$file.new"

    # The settings the caller gave are remembered for --exec; `taskward config` knows their names.
    (
        # shellcheck source=/dev/null
        source "$file.new"
        exec "$dir/bin/taskward" config
    ) >"$log" 2>&1 </dev/null || fail "the settings are not accepted" "$log"
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
# unless_in_file NAME VALUE: the instance's own default of a setting, which the environment and the settings file may name
# otherwise.
unless_in_file() { is_in_file "$1" || unless_given "$1" "${!1:-$2}"; }

# setting_in_force NAME: its value, empty when it is not set.
setting_in_force() { "$dir/bin/taskward" config 2>/dev/null </dev/null | sed -nE "s/^$1 +(.*[^ ]) {2,}[^ ].*$/\\1/p"; }

load_environment() {
    local file=$dir/etc/environment
    [[ -f $file ]] || die "nothing was ever started in $shown_dir"
    # shellcheck source=/dev/null
    source "$file"
}

# For localhost, 127.0.0.1 and ::1; a new one when the old one has less than a week left.
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
# Not an authority: who trusts this certificate trusts this one server, and nothing it might sign.
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
CONF
    openssl req -x509 -config "$dir/tls/request.conf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -sha256 \
        -days 397 -keyout "$key.new" -out "$cert.new" >"$log" 2>&1 || fail "could not make a certificate" "$log"
    chmod 644 "$cert.new"
    mv -- "$key.new" "$key"
    mv -- "$cert.new" "$cert"
}
