#!/usr/bin/env bash
# kedja calibrate: what it refuses, and a small fit.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 12
still="vary = {}"
experiment() { # FILE TARGETS FACTORS REST
  printf 'experiment { title = { en = "a fit", sv = "en anpassning", da = "en tilpasning" }, scenario = "sweden_like", design = "latin_hypercube", samples = 2, years = 4,\n  factors = { %s }, %s,\n  fit = { case = "sweden-like", targets = { %s }, evaluations = 2 } }\n' "$3" "${4:-$still}" "$2" >"$1"
}
own=$("$KEDJA" plugins --doc | awk -F'|' '$2 == " `housing.search_scale` " { gsub(/ /, "", $3); print $3 }') # as shipped
one='{ "housing.search_scale", range = { 0.3, 1.3 } }'
experiment "$work/tests.lua" '"M1", "C1"' "$one"
"$KEDJA" calibrate "$work/tests.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "'C1' tests the model" "$work/stderr"; ok "a figure that tests the model is refused" $? "$(cat "$work/stderr")"
experiment "$work/unknown.lua" '"M99"' "$one"
"$KEDJA" calibrate "$work/unknown.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "'M99' is no row of maps/countries/se/targets.csv" "$work/stderr"; ok "an unknown figure" $? "$(cat "$work/stderr")"
experiment "$work/range.lua" '"M1", "M3"' '{ "housing.search_scale", range = { 0.3, 99 } }'
"$KEDJA" calibrate "$work/range.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "housing.search_scale" "$work/stderr"; ok "a range beyond the parameter's own" $? "$(cat "$work/stderr")"
experiment "$work/few.lua" '"M1"' "$one, { \"demography.sublet_rate\", range = { 0.1, 1.5 } }"
"$KEDJA" calibrate "$work/few.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "2 factors cannot be told from 1 targets" "$work/stderr"; ok "fewer figures than parameters" $? "$(cat "$work/stderr")"
refused() { # NAME MESSAGE
  "$KEDJA" calibrate "$work/refused.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "$2" "$work/stderr"; ok "$1" $? "$(cat "$work/stderr")"
}
experiment "$work/refused.lua" '"M1", "M3"' '{ "housing.search_scale", range = { 0.3, 0.8 } }'
refused "a value as it stands outside the range" "factor housing.search_scale: expected a range that holds ${own/./\\.}, the value as it stands, .*found 0.3 to 0.8"
experiment "$work/refused.lua" '"M1", "M3"' "$one" "seed = 1"
refused "the default ensemble, which a fit would not vary" "expected vary = {}, found [0-9]* of the default ensemble"
experiment "$work/refused.lua" '"M1", "M3"' "$one" 'vary = { { "demography.in_scale", range = { 1.0, 1.6 } } }'
refused "a list of what varies" "expected vary = {}, found 1 of the experiment"
experiment "$work/refused.lua" '"M1", "M3"' "$one" 'vary = {}, paired = false'
refused "seeds that differ from point to point" "paired: a fit has the same seeds at every point"
experiment "$work/fit.lua" '"M1", "M3"' "$one"
"$KEDJA" calibrate "$work/fit.lua" --json --quiet >"$work/a.json" 2>"$work/stderr"
/usr/bin/python3 - "$work/a.json" "$own" <<'PY'
import json, sys
fit = json.load(open(sys.argv[1]))
assert fit["evaluations"] == 7 and fit["loss_after"] <= fit["loss_before"]
p = fit["parameters"][0]
assert p["before"] == float(sys.argv[2]) and 0.3 <= p["after"] <= 1.3 and p["identified"] in ("well", "weakly", "not")
assert {t["id"] for t in fit["targets"]} == {"M1", "M3"} and all(t["after"] > 0 for t in fit["targets"])
PY
ok "a fit is never worse than where it began" $? "$(cat "$work/a.json" "$work/stderr")"

# What the experiment says is done: its map, its seed, and each of its settings, also of more than 64.
before() { # NAME REST: loss as it stands, on the smallest map
  experiment "$work/$1.lua" '"M1", "M3"' "$one" "vary = {}, map = \"toy\", $2"
  "$KEDJA" calibrate "$work/$1.lua" --json --quiet 2>"$work/stderr" | sed -n 's/.*"loss_before": \([^,]*\).*/\1/p'
}
first=$(sed -n 's/.*"loss_before": \([^,]*\).*/\1/p' "$work/a.json"); toy=$(before map "seed = 1")
[ -n "$toy" ] && [ "$toy" != "$first" ]; ok "the map of the experiment" $? "$first, on toy $toy; $(cat "$work/stderr")"
other=$(before seed "seed = 2"); [ -n "$other" ] && [ "$other" != "$toy" ]; ok "its seed" $? "$toy, with seed 2 $other; $(cat "$work/stderr")"
same=$("$KEDJA" check scripts/scenarios/sweden_like.lua --show parameters | sed -n 's/^  \(development\.[a-z_0-9]*\|demography\.[a-z_0-9]*\) = \([-0-9.e+]*\) .*/["\1"] = \2,/p' | grep -v mortality_trend)
few=$(before few "set = { $same }"); many=$(before many "set = { $same [\"housing.stay_none\"] = 5 }") # settings are sorted by name: this one is the last
[ "$(wc -l <<<"$same")" -gt 64 ] && [ -n "$few" ] && [ -n "$many" ] && [ "$few" != "$many" ]; ok "and more than 64 settings" $? "$few, $many; $(cat "$work/stderr")"
