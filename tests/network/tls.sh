# shellcheck shell=bash
# testssl.sh against the running product: prints every finding of severity LOW or higher, and fails if one is not about the
# self-signed certificate of the development instance. About two minutes: make check-tls
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/support/common.sh"

testssl=$(command -v testssl || command -v testssl.sh) || die "testssl.sh is not installed"
export LIMIT_EXEMPT="127.0.0.1 ::1"
start_instance
timeout 600 "$testssl" --quiet --color 0 --warnings off --ip one --jsonfile "$scratch/findings.json" "$url/healthz" >"$scratch/report" 2>&1 </dev/null ||
    [[ -s $scratch/findings.json ]] || wrong "testssl.sh ended early: $(tail -n 5 "$scratch/report")"
python3 - "$scratch/findings.json" <<'PYTHON'
import json, sys
findings = json.load(open(sys.argv[1]))
severities = ("LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL")
# Of a certificate that no authority has signed.
self_signed = ("cert_chain_of_trust", "cert_trust", "cert_revocation", "cert_crlDistributionPoints", "cert_ocspURL", "cert_notRevoked",
               "DNS_CAArecord", "overall_grade", "grade_cap_reason_1", "cert_validityPeriod", "cert_extlifeSpan", "cert_subjectAltName")
found = [f for f in findings if f["severity"] in severities]
# Of testssl.sh itself; and that the client chooses the cipher, as Mozilla's intermediate configuration recommends.
accepted = ("engine_problem", "cipher_order")
bad = [f for f in found if not f["id"].split(" ")[0] in self_signed + accepted]
print(f"testssl.sh: {len(findings)} findings, {len(found)} of severity LOW or higher, {len(bad)} of them not about the self-signed certificate")
for f in found:
    print(f"  {f['severity']:8} {f['id']}: {f['finding']}")
sys.exit(1 if bad or len(findings) < 50 else 0)
PYTHON
