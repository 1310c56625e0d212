#!/usr/bin/env bash
# Policies about services: what each changes against the base run of the same people, and what it leaves alone.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 7
run() { "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 2 --quiet "$@"; }
run --out "$work/base.nc"
ok "base run" $?
# effect NAME PYTHON SETTINGS…: runs with the settings, compares, and lets Python judge the rows r[id] = (base, change).
effect() {
  local name=$1 judge=$2; shift 2
  run --out "$work/$name.nc" "$@" && "$KEDJA" compare "$work/base.nc" "$work/$name.nc" --json >"$work/$name.json"
  /usr/bin/python3 - "$work/$name.json" <<PY
import json, sys
c = json.load(open(sys.argv[1])); r = {x["id"]: (x["base"], x["change"]) for x in c["rows"]}
assert c["same_people"][-1]["identical"] == 100.0, "the people differ"
same = lambda *ids: all(r[i][0] == r[i][1] for i in ids)
up = lambda i: r[i][1] > r[i][0]
down = lambda i: r[i][1] < r[i][0]
schools = {s["name"]: s for s in c["schools"]}
print({i: r[i] for i in r if r[i][0] != r[i][1]})
assert $judge
PY
  ok "$name" $?
}
effect school_in_shifts 'down("school_occupancy") and same("population", "pupils", "leisure_hours", "tax", "home_care")' \
  --set school_in_shifts.enabled=true --set school_in_shifts.gain=0.3
effect close_school 'up("school_occupancy") and up("transport") and up("mean_walk") and same("population", "pupils", "tax", "home_care") and sum(s["pupils_change"] == 0 and s["pupils_base"] > 0 for s in schools.values()) == 1' \
  --set close_school.enabled=true --set close_school.year=2021
effect co_use 'up("evening_hours") and down("leisure_rooms") and same("population", "pupils", "pupils_without", "tax")' \
  --set co_use.enabled=true
effect prevention 'down("result") and same("population", "pupils", "service_costs", "tax", "home_care", "school_cost")' \
  --set prevention.enabled=true --set prevention.lag=5
"$KEDJA" run scripts/scenarios/toy.lua --years 3 --quiet --set close_school.enabled=true --set close_school.year=2022 --set close_school.school=1000 >/dev/null 2>"$work/e"
ok "closing a school that is not there fails and names it" "$([ $? -eq 1 ] && grep -q "there is no facility 1000" "$work/e"; echo $?)" "$(cat "$work/e")"
"$KEDJA" check scripts/scenarios/varnamo_2035.lua --show parameters >"$work/check" && for p in co_use.share prevention.sek school_in_shifts.gain close_school.year services.healthier_years economy.tax_change; do grep -q "  $p = " "$work/check" || echo "$p" >>"$work/missing"; done
ok "check shows the new parameters" "$([ ! -s "$work/missing" ]; echo $?)" "$(cat "$work/missing" 2>/dev/null)"
