# shellcheck shell=bash
# The program that runs files of JWS test vectors reports its results, and fails if one is unexpected.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

vectors=$repo/build/${VARIANT:-release}/vectors
# RFC 8037, appendix A.4; the same with a changed signature; one under an unsupported key.
jws=eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc
signature=hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
# file ID-1's-RESULT ID-2's-RESULT
file() {
    cat >"$scratch/file.json" <<JSON
{"testGroups": [
  {"public": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
   "tests": [{"tcId": 1, "comment": "as it stands", "jws": "$jws.$signature", "result": "$1"},
             {"tcId": 2, "comment": "altered", "jws": "$jws.A${signature:1}", "result": "$2"}]},
  {"public": {"kty": "OKP", "crv": "Ed448", "x": "AAAA"},
   "tests": [{"tcId": 3, "comment": "another curve", "jws": "$jws.$signature", "result": "valid"}]}]}
JSON
}

file valid invalid
expect_status 0 "$vectors" "$scratch/file.json"
expect_text '1 accepted valid as it stands'
expect_text '2 refused invalid altered'
expect_text '3 unsupported valid another curve'
expect_text '3 as expected (1 of them valid but unsupported), 0 not'

file invalid valid
expect_status 1 "$vectors" "$scratch/file.json"
expect_text '1 accepted invalid as it stands  (WRONG)'
expect_text '2 refused valid altered  (WRONG)'
expect_status 1 "$vectors" "$scratch/file.json" 1
expect_status 0 "$vectors" "$scratch/file.json" 1 2

file valid invalid
expect_status 1 "$vectors" "$scratch/file.json" 2
expect_text 'DOES NOT DIFFER'

expect_status 2 "$vectors"
expect_status 2 "$vectors" "$scratch/none.json"
