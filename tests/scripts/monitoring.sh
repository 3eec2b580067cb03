# shellcheck shell=bash
# The alerts and the dashboard in docs/monitoring are valid, and use only metrics that the service has.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

cd "$repo/docs/monitoring"
expect_status 0 promtool check rules taskward-rules.yml
expect_status 0 promtool test rules taskward-rules-test.yml
# Each alert is tested.
while read -r alert; do
    grep -q "$alert" taskward-rules-test.yml || wrong "$alert has no test"
done < <(sed -n 's/^ *- alert: //p' taskward-rules.yml)

# shellcheck disable=SC2016 # backquotes of Markdown
mapfile -t known < <("$repo/build/${VARIANT:-release}/taskward" generate doc-metrics | sed -nE 's/^\| `(taskward_[a-z_]+)`.*/\1/p')
[[ ${#known[@]} -gt 10 ]] || wrong "the metrics cannot be listed"
for file in taskward-rules.yml grafana-dashboard.json; do
    while read -r metric; do
        [[ " ${known[*]} " == *" $metric "* ]] || wrong "$file: there is no metric $metric"
    done < <(grep -oE 'taskward_[a-z_]+' "$file" | sed 's/_bucket$//' | sort -u)
done
# Grafana checks an expression when it is shown; here promtool does, without Grafana's variables.
python3 - grafana-dashboard.json "$scratch/rules.yml" <<'PYTHON'
import json, sys
panels = json.load(open(sys.argv[1]))["panels"]
with open(sys.argv[2], "w") as out:
    print("groups: [{name: dashboard, rules: [", file=out)
    for panel in panels:
        for target in panel["targets"]:
            expr = target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")
            print("{record: 'x', expr: " + json.dumps(expr) + "},", file=out)
    print("]}]", file=out)
PYTHON
expect_status 0 promtool check rules --lint=none "$scratch/rules.yml"
