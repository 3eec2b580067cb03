# shellcheck shell=bash
# label: slow
# `taskward audit` verifies, exports and proves the audit record, and an independent verifier written from docs/seals.md agrees, before
# and after the owner of the database has tampered with it.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

export LIMIT_EXEMPT=127.0.0.1/32 BCRYPT_COST=4 ENVIRONMENT=test
start_instance
mkdir -m 1777 "$scratch/out"
audit() { "$run" --dir "$dir" --exec taskward audit "$@"; }
owner() { "$run" --dir "$dir" --exec psql -XAtqc "$1" -U taskward_owner; }
check() { python3 "$repo/tests/support/check_export.py" "$@"; }
sound() { [[ $output == *'"verdict":"sound"'* ]] || wrong "not sound: $output"; }
# Until every record written so far is sealed.
wait_for_seals() {
    local deadline=$((SECONDS + 60))
    until [[ $(owner "select taskward.audit_is_sealed('-infinity', now() - interval '1 millisecond')") == t ]]; do
        ((SECONDS < deadline)) || wrong "not sealed after 60 seconds"
        sleep 0.3
    done
}
for n in {1..12}; do
    get /auth/login -H 'Content-Type: application/json' -d "{\"username\": \"nobody$n\", \"password\": \"wrong password\"}"
done
wait_for_seals
began=$(owner "select to_char(max(at) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from taskward.audit")

# Intact.
expect_status 0 audit verify
expect_text "Intact: "
expect_status 0 audit verify --json
sound
expect_status 0 audit verify --json --from 2020-01-01T00:00:00Z --to 2020-01-02T00:00:00Z
[[ $output == *'"records":0,'* ]] || wrong "records of another time were verified: $output"
expect_status 0 audit head
head=$output
printf 'A mail.\n%s\nIts end.\n' "$head" >"$scratch/head"
[[ $head =~ \"number\":([0-9]+),\"hash\":\"([0-9a-f]{64})\" ]] || wrong "head: $head"
number=${BASH_REMATCH[1]} hash=${BASH_REMATCH[2]}
expect_status 0 audit verify --head "$scratch/head"
expect_status 0 audit export --dir "$scratch/out/whole"
expect_status 0 check export "$scratch/out/whole" --keep "$number" "$hash"
expect_text "sound: "
cmp -s "$scratch/out/whole/SEALS.md" "$repo/docs/seals.md" || wrong "SEALS.md differs from docs/seals.md"
expect_status 0 audit export --dir "$scratch/out/part" --from "$began"
expect_status 0 check export "$scratch/out/part" --from "${began%Z}000Z"
[[ $(wc -l <"$scratch/out/part/records.ndjson") -lt $(wc -l <"$scratch/out/whole/records.ndjson") ]] ||
    wrong "--from omits nothing"
id=$(owner "select id from taskward.audit order by at offset 7 limit 1")
"$run" --dir "$dir" --exec taskward audit prove "$id" --json >"$scratch/proof"
expect_status 0 check proof "$scratch/proof"
expect_status 0 audit prove "$id"
expect_text "$id"
[[ $(owner "select string_agg(distinct action, ' ' order by action) from taskward.audit where actor_id is null and action like 'audit.%'") == \
    'audit.export audit.head' ]] || wrong "exports and heads are not recorded"

# Mailed.
expect_status 0 audit head --mail auditor@example.org
for _ in {1..100}; do
    ! grep -qsr 'auditor@example.org' "$dir/mail" || break
    sleep 0.1
done
grep -qr 'Seal [0-9]* of Taskward' "$dir/mail" || wrong "no mail with the head"

# Invalid and impossible requests.
expect_status 2 audit
expect_status 2 audit look
expect_status 2 audit verify --dir x
expect_status 2 audit verify --from yesterday
expect_status 2 audit verify --from 2026-01-02T00:00:00Z --to 2026-01-01T00:00:00Z
expect_status 2 audit verify --head /nowhere
expect_status 2 audit verify --retention -1
expect_status 2 audit verify --public-key "$scratch/head"
expect_status 2 audit prove
expect_status 2 audit prove 7
expect_status 3 audit prove 00000000-0000-7000-8000-000000000000
expect_status 2 audit head --mail nobody
expect_status 2 audit export
expect_status 2 audit export --dir "$scratch/out/whole"
expect_status 1 audit export --dir "$scratch/nowhere/else"
if [[ -w /dev/full ]]; then
    # A limit on the file size, as on a full disk.
    # shellcheck disable=SC2016 # expands in the command
    expect_status 1 "$run" --dir "$dir" --exec bash -c 'trap "" XFSZ; ulimit -f 4; exec taskward audit export --dir "$1"' - "$scratch/out/full"
    expect_text "cannot be written"
    [[ -z $(find "$scratch/out" -name 'full*') ]] || wrong "a partial export remains"
fi

# Tampered with: the command and the verifier report the same record.
tampered() { # WORD-OF-VERDICT WORD-OF-CHECKER ID
    expect_status 3 audit verify --json
    expect_text "\"kind\":\"$1\""
    [[ -z $3 ]] || expect_text "\"record\":\"$3\""
    rm -rf "$scratch/out/tampered"
    expect_status 0 audit export --dir "$scratch/out/tampered"
    expect_status 1 check export "$scratch/out/tampered"
    expect_text "$2"
    [[ -z $3 ]] || expect_text "$3"
}
wait_for_seals
expect_status 0 audit verify
owner "create table taskward.kept_audit as select * from taskward.audit;
       create table taskward.kept_seals as select * from taskward.audit_seals"
owner "update taskward.audit set reason = 'forged' where id = '$id'"
tampered record_changed "was changed" "$id"
expect_status 3 audit prove "$id"
expect_text "changed after it was sealed"
owner "update taskward.audit a set reason = k.reason from taskward.kept_audit k where a.id = k.id and a.id = '$id'"
expect_status 0 audit verify
owner "update taskward.audit set at = at + interval '2 milliseconds' where id = '$id'"
tampered record_reordered "moved" "$id"
owner "delete from taskward.audit where id = '$id'"
tampered record_removed "was removed" "$id"
owner "insert into taskward.audit select * from taskward.kept_audit where id = '$id'"
expect_status 0 audit verify
new=$(owner "insert into taskward.audit (id, at, xid, action, outcome)
  select gen_random_uuid(), at + interval '1 microsecond', xid, action, outcome from taskward.audit where id = '$id' returning id")
tampered record_slipped_in "was inserted" "$new"
owner "delete from taskward.audit where id = '$new'"
owner "update taskward.audit_seals set sealed_at = sealed_at - interval '1 day' where number = 1"
tampered seal_changed "signature is wrong" ""
owner "update taskward.audit_seals s set sealed_at = k.sealed_at from taskward.kept_seals k where s.number = 1 and k.number = 1"
expect_status 0 audit verify
owner "delete from taskward.audit_seals where number = 2"
tampered seal_removed "seal 2 is missing" ""
owner "delete from taskward.audit_seals"
wait_for_seals
expect_status 0 audit verify
expect_status 3 audit verify --head "$scratch/head"
expect_text "TAMPERED: Seal "

# Without a database.
expect_status 0 "$run" --dir "$dir" --exec pg_ctl stop -m fast
expect_status 1 audit verify
