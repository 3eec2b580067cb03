# shellcheck shell=bash
# Creates and configures the PostgreSQL cluster in DIR/pg, which accepts only the user that runs it, over a unix socket. Sourced
# by lib/instance.

# Sets pg_bin, the folder of the PostgreSQL programs: PG_BINDIR, else that of the cluster's version, else the newest from 15 up.
find_postgres() {
    local version='' candidate
    if [[ -n ${PG_BINDIR:-} ]]; then
        pg_bin=$PG_BINDIR
        [[ -x $pg_bin/initdb ]] || fail "there is no initdb in PG_BINDIR ($pg_bin)"
        return
    fi
    if [[ -f $data/PG_VERSION ]]; then
        version=$(<"$data/PG_VERSION")
        [[ -x /usr/lib/postgresql/$version/bin/postgres ]] ||
            fail "the database in $dir/pg needs PostgreSQL $version, which is not installed: apt-get install postgresql-$version"
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

# Sets pg_socket_dir. The path of a socket is limited to 107 bytes, and clients interpret commas and quotes in it: if DIR is
# unsuitable, the socket is in a private folder below /tmp, whose name is kept in pg/socket-dir.
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
        say "creating a database in $dir/pg"
        rm -rf -- "$data.new"
        local locale=C.UTF-8
        locale -a 2>/dev/null | grep -qix 'C\.utf-\?8' || locale=C
        "$pg_bin/initdb" -D "$data.new" --username=postgres --auth-local=peer --auth-host=reject --data-checksums \
            --encoding=UTF8 --locale="$locale" >"$log" 2>&1 9<&- || fail "initdb failed" "$log"
        printf "\n# Rewritten by scripts/run at every start.\ninclude = '../taskward.conf'\n" >>"$data.new/postgresql.conf"
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
    # Only the user that runs the server may connect, as any of the three roles.
    echo 'local all all peer map=taskward' >"$data/pg_hba.conf"
    printf 'taskward "%s" %s\n' "$account" postgres "$account" taskward_owner "$account" taskward >"$data/pg_ident.conf"

    # A log file, so that a server started with --exec does not hold the caller's terminal or pipe. pg_ctl puts its arguments
    # into a shell command unquoted, so the paths are passed in the environment and as the working directory.
    {
        echo '#!/usr/bin/env bash'
        printf 'export PGDATA=%q\n' "$data"
        printf 'cd -- %q || exit\n' "$dir/log"
        printf 'exec %q -l postgres.log "$@"\n' "$pg_bin/pg_ctl"
    } >"$dir/bin/pg_ctl"
    chmod 755 "$dir/bin/pg_ctl"
}
