# shellcheck shell=bash
# label: slow
# A start reads .env in the clone, and ignores it with --no-dotenv: then nothing it names is contacted.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

# A server that notes every connection and closes it, in the place of a database and of a mail relay.
cat >"$scratch/listener.py" <<'PY'
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as port:
    port.write(f"{server.getsockname()[1]}\n")
while True:
    connection, _ = server.accept()
    with open(sys.argv[2], "a") as contacts:
        contacts.write("contact\n")
    connection.close()
PY
: >"$scratch/contacts"
python3 "$scratch/listener.py" "$scratch/port" "$scratch/contacts" &
listener=$!
cleanup() { kill "$listener" 2>/dev/null; }
for _ in {1..100}; do
    [[ ! -s $scratch/port ]] || break
    sleep 0.1
done
port=$(<"$scratch/port")

linked_clone "$scratch/clone"
clone=$scratch/clone/scripts/run
unset DATABASE_URL DATABASE_OWNER_URL MAIL_SERVER MAIL_PORT MAIL_USE_TLS API_WORKERS
cat >"$scratch/clone/.env" <<ENV
# The last line does not end with a line feed.
DATABASE_URL=postgresql://taskward@127.0.0.1:$port/elsewhere
DATABASE_OWNER_URL=postgresql://taskward_owner@127.0.0.1:$port/elsewhere
MAIL_SERVER=127.0.0.1
MAIL_PORT=$port
MAIL_USE_TLS=off
ENV
printf 'API_WORKERS=3' >>"$scratch/clone/.env"

expect_status 0 "$clone" --no-dotenv --dir "$dir" --port 0 --detach
expect_text "mail      $dir/mail"
expect_text "database  $dir/pg"
url=$(<"$dir/url")
[[ -e $dir/pids/worker-api-2.pid && ! -e $dir/pids/worker-api-3.pid ]] || wrong "not two workers with --no-dotenv"
get /auth/otp/request --json '{"email":"ada@example.org"}'
[[ $status == 20* ]] || wrong "/auth/otp/request answers $status: $body"
for _ in {1..100}; do
    ! grep -qsr 'ada@example.org' "$dir/mail" || break
    sleep 0.1
done
grep -qsr 'ada@example.org' "$dir/mail" || wrong "no mail in $dir/mail"
# The same PostgreSQL programs under another name.
mkdir "$scratch/pg"
ln -s "$("$clone" --dir "$dir" --exec printenv PG_BINDIR)"/* "$scratch/pg/"
expect_status 0 "$clone" --no-dotenv --dir "$dir" --stop
[[ ! -s $scratch/contacts ]] || wrong "the database or relay of .env was contacted with --no-dotenv"

expect_status 1 "$clone" --dir "$dir" --port 0 --detach
expect_text 'migration failed'
[[ -s $scratch/contacts ]] || wrong "the database of .env was not contacted without --no-dotenv"

# The environment has precedence over .env.
sed -i '/^DATABASE_/d' "$scratch/clone/.env"
printf '\nPG_BINDIR=%s' "$scratch/pg" >>"$scratch/clone/.env"
expect_status 0 env -u PG_BINDIR MAIL_PORT=2525 "$clone" --dir "$dir" --port 0 --detach
expect_text 'mail      127.0.0.1, port 2525'
[[ -e $dir/pids/worker-api-3.pid ]] || wrong "API_WORKERS in .env has no effect"
for program in psql initdb; do
    expect_status 0 "$clone" --dir "$dir" --exec bash -c "command -v $program"
    [[ $output == "$scratch/pg/$program" ]] || wrong "PG_BINDIR in .env does not reach --exec: $output"
done
grep -q "exec $scratch/pg/pg_ctl" "$dir/bin/pg_ctl" || wrong "PG_BINDIR in .env does not reach pg_ctl"
stop_instance

# Invalid lines.
echo 'a secret' >"$scratch/clone/.env"
expect_status 1 "$clone" --dir "$dir" --port 0 --detach
expect_text '.env:1: neither NAME=value nor a comment'
[[ $output != *'a secret'* ]] || wrong "a line of .env is printed"
echo 'VARIANT=fast' >"$scratch/clone/.env"
expect_status 2 env -u VARIANT "$clone" --dir "$dir" --port 0 --detach
expect_text 'VARIANT must be'
