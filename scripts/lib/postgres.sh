# shellcheck shell=bash
# The instance's own PostgreSQL: a real server of the newest installed version, reached through a unix socket by the account
# that runs it and by nobody else. Sourced by lib/instance.

# The folder of PostgreSQL's programs: that of the data's version, else the newest of 15 and up.
find_postgres() {
    local version='' candidate
    if [[ -n ${PG_BINDIR:-} ]]; then
        pg_bin=$PG_BINDIR
        [[ -x $pg_bin/initdb ]] || fail "PG_BINDIR is $pg_bin, and there is no initdb in it"
        return
    fi
    if [[ -f $data/PG_VERSION ]]; then
        version=$(<"$data/PG_VERSION")
        [[ -x /usr/lib/postgresql/$version/bin/postgres ]] ||
            fail "the data in $shown_dir/pg was made by PostgreSQL $version, which is not installed: apt-get install postgresql-$version"
    else
        for candidate in /usr/lib/postgresql/*/bin/initdb; do
            candidate=${candidate#/usr/lib/postgresql/}
            candidate=${candidate%/bin/initdb}
            [[ $candidate =~ ^[0-9]+$ && $candidate -ge 15 && $candidate -gt ${version:-0} ]] && version=$candidate
        done
        [[ -n $version ]] || fail "PostgreSQL 15 or newer is needed, and none is installed"
    fi
    pg_bin=/usr/lib/postgresql/$version/bin
}

# A socket's path may have 107 bytes, and clients give a comma or a quote in it a meaning of their own: then the socket lies
# in a private folder below /tmp.
choose_socket_dir() {
    local plain=$dir/pg/socket remembered=$dir/pg/socket-dir
    if [[ $plain =~ ^[A-Za-z0-9/._-]+$ && ${#plain} -le 90 ]]; then
        pg_socket_dir=$plain
        mkdir -p -- "$pg_socket_dir"
        rm -f -- "$remembered"
        return
    fi
    pg_socket_dir=$(cat -- "$remembered" 2>/dev/null || true)
    if [[ ! $pg_socket_dir =~ ^/tmp/taskward-pg\.[A-Za-z0-9]+$ || -L $pg_socket_dir || ! -d $pg_socket_dir || ! -O $pg_socket_dir ]]; then
        pg_socket_dir=$(mktemp -d /tmp/taskward-pg.XXXXXXXX)
        printf '%s\n' "$pg_socket_dir" >"$remembered"
    fi
}

prepare_postgres() {
    find_postgres
    choose_socket_dir
    local log=$dir/log/initdb.log account
    account=$(id -un)
    if [[ ! -f $data/PG_VERSION ]]; then
        say "making a database in $shown_dir/pg"
        rm -rf -- "$data.new"
        local locale=C.UTF-8
        locale -a 2>/dev/null | grep -qix 'C\.utf-\?8' || locale=C
        # Made beside its place and moved there when it is complete.
        "$pg_bin/initdb" -D "$data.new" --username=postgres --auth-local=peer --auth-host=reject --data-checksums \
            --encoding=UTF8 --locale="$locale" >"$log" 2>&1 9<&- || fail "initdb failed" "$log"
        printf "\n# What scripts/run wants is rewritten at every start.\ninclude = '../taskward.conf'\n" >>"$data.new/postgresql.conf"
        mv -- "$data.new" "$data"
    fi
    cat >"$dir/pg/taskward.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$pg_socket_dir'
unix_socket_permissions = 0700
port = 5432
log_line_prefix = '%m [%p] %u@%d '
timezone = 'UTC'
log_timezone = 'UTC'
CONF
    # Only the account that runs the server gets in, as any of the three roles.
    echo 'local all all peer map=taskward' >"$data/pg_hba.conf"
    printf 'taskward "%s" %s\n' "$account" postgres "$account" taskward_owner "$account" taskward >"$data/pg_ident.conf"

    # The log keeps a server started by hand from holding its caller's terminal or pipe. pg_ctl puts its arguments into a shell
    # command, so they must have no odd characters; what is in the environment may have any.
    {
        echo '#!/usr/bin/env bash'
        printf 'export PGDATA=%q\n' "$data"
        printf 'cd -- %q || exit\n' "$dir/log"
        printf 'exec %q -l postgres.log "$@"\n' "$pg_bin/pg_ctl"
    } >"$dir/bin/pg_ctl"
    chmod 755 "$dir/bin/pg_ctl"
}
pg_ctl() { without_descriptors "$dir/bin/pg_ctl" "$@"; }

postgres_is_running() {
    local pid=''
    [[ -f $data/postmaster.pid ]] || return 1
    read -r pid <"$data/postmaster.pid" 2>/dev/null || return 1
    [[ $pid =~ ^[0-9]+$ && /proc/$pid/cwd -ef $data ]]
}

start_postgres() {
    local log=$dir/log/postgres.log offset
    offset=$(size_of "$log")
    # After a crash the number in postmaster.pid may be another process's by now, and PostgreSQL would take that for itself.
    if [[ -f $data/postmaster.pid ]] && [[ -z $(our_processes "$data" postgres) ]]; then
        rm -f -- "$data/postmaster.pid"
    fi
    pg_ctl -w -t 120 start >"$dir/log/pg_ctl.log" 2>&1 ||
        fail "PostgreSQL does not start" "$log" "$offset"
}

superuser_psql() { without_descriptors "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$pg_socket_dir" -p 5432 -U postgres "$@" </dev/null; }

prepare_database() {
    local log=$dir/log/database.log
    : >"$log"
    {
        [[ $(superuser_psql -d postgres -Atc "SELECT count(*) FROM pg_database WHERE datname = 'taskward'") == 1 ]] ||
            superuser_psql -d postgres -c 'CREATE DATABASE taskward' &&
        superuser_psql -d taskward -f "$dir/sql/roles.sql" &&
        superuser_psql -d postgres -c 'ALTER DATABASE taskward OWNER TO taskward_owner'
    } >>"$log" 2>&1 || fail "the database could not be prepared" "$log"
}

migrate() {
    local log=$dir/log/migrate.log
    without_descriptors "$dir/bin/taskward" migrate >"$log" 2>&1 </dev/null || fail "the migration failed" "$log"
}
