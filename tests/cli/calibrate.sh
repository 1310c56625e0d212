#!/usr/bin/env bash
# kedja calibrate: what it refuses, and a small fit.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
experiment() { # FILE TARGETS FACTORS
  printf 'experiment { title = { en = "a fit", sv = "en anpassning", da = "en tilpasning" }, scenario = "sweden_like", design = "latin_hypercube", samples = 2, years = 4,\n  vary = {}, factors = { %s },\n  fit = { case = "sweden-like", targets = { %s }, evaluations = 2 } }\n' "$3" "$2" >"$1"
}
one='{ "housing.search_scale", range = { 0.3, 1.3 } }'
experiment "$work/tests.lua" '"M1", "C1"' "$one"
"$KEDJA" calibrate "$work/tests.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "'C1' tests the model" "$work/stderr"; ok "a figure that tests the model is refused" $? "$(cat "$work/stderr")"
experiment "$work/unknown.lua" '"M99"' "$one"
"$KEDJA" calibrate "$work/unknown.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "'M99' is no row of maps/countries/se/targets.csv" "$work/stderr"; ok "an unknown figure" $? "$(cat "$work/stderr")"
experiment "$work/range.lua" '"M1", "M3"' '{ "housing.search_scale", range = { 0.3, 99 } }'
"$KEDJA" calibrate "$work/range.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "housing.search_scale" "$work/stderr"; ok "a range beyond the parameter's own" $? "$(cat "$work/stderr")"
experiment "$work/few.lua" '"M1"' "$one, { \"demography.sublet_rate\", range = { 0.2, 1.5 } }"
"$KEDJA" calibrate "$work/few.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "2 factors cannot be told from 1 targets" "$work/stderr"; ok "fewer figures than parameters" $? "$(cat "$work/stderr")"
experiment "$work/fit.lua" '"M1", "M3"' "$one"
"$KEDJA" calibrate "$work/fit.lua" --json --quiet >"$work/a.json" 2>"$work/stderr"
/usr/bin/python3 - "$work/a.json" <<'PY'
import json, sys
fit = json.load(open(sys.argv[1]))
assert fit["evaluations"] == 7 and fit["loss_after"] <= fit["loss_before"]
p = fit["parameters"][0]
assert p["before"] == 1 and 0.3 <= p["after"] <= 1.3 and p["identified"] in ("well", "weakly", "not")
assert {t["id"] for t in fit["targets"]} == {"M1", "M3"} and all(t["after"] > 0 for t in fit["targets"])
PY
ok "a fit is never worse than where it began" $? "$(cat "$work/a.json" "$work/stderr")"
