#!/usr/bin/env bash
# The model against published figures: every target listed with bounds, value, verdict and baseline; what cannot be checked says why.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
root=$PWD; case $KEDJA in /*) program=$KEDJA;; *) program=$root/$KEDJA;; esac
(cd "$work" && KEDJA_DATA=$root "$program" validate --seeds 2 --json --quiet >"$work/v.json" 2>"$work/stderr")
ok "validate runs what it has maps for" $? "$(cat "$work/stderr")"
/usr/bin/python3 - "$work/v.json" <<'PY'
import json, sys
v = json.load(open(sys.argv[1]))
rows = {t["id"]: t for t in v["targets"]}
assert len(rows) > 50 and all(k in t for t in v["targets"] for k in ("id", "low", "high", "value", "ok", "baseline", "role", "source"))
for t in v["targets"]:
    if t["role"] == "context": assert t["ok"] is None
    elif t["checked"]: assert t["ok"] == (t["low"] <= t["value"] <= t["high"]), t
    else: assert t["ok"] is None and t["note"], t
assert rows["M1"]["checked"] and not rows["C1"]["checked"] and "no map" in rows["C1"]["note"]
s = v["scores"]["validate"]
assert s["held"] == sum(1 for t in v["targets"] if t["role"] == "validate" and t["ok"]) and s["checked"] <= s["rows"]
# Read off deaths one by one, the tables give the life expectancy that they were made for: within four standard errors of two runs.
assert abs(rows["D2a"]["value"] - 84.74) < 2.0 and abs(rows["D2b"]["value"] - 81.35) < 2.0
PY
ok "every target with bounds, value, verdict, baseline" $? "$(head -40 "$work/v.json")"
"$KEDJA" validate --map moon=x 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected lund=FOLDER" "$work/stderr"; ok "an unknown case" $? "$(cat "$work/stderr")"
mkdir -p "$work/data/maps/countries/se"; sed 's/,validate,/,hope,/' maps/countries/se/targets.csv >"$work/data/maps/countries/se/targets.csv"
KEDJA_DATA="$work/data" "$KEDJA" validate 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "targets.csv:[0-9]*: column role" "$work/stderr"; ok "a wrong row names file and line" $? "$(cat "$work/stderr")"
/usr/bin/python3 - <<'PY'
import csv, glob, os
def keys(path):
    rows = list(csv.reader(line for line in open(path) if line.strip() and not line.startswith("#")))
    at = rows[0].index("value")
    return rows[0], sorted(tuple(row[:at]) for row in rows[1:])
for name in ("mortality", "fertility", "fertility_family", "separation", "union", "leaving_home", "migration_profile", "care_entry", "studies", "employment", "income"):
    assert keys(f"maps/countries/se/{name}.csv") == keys(f"maps/countries/dk/{name}.csv"), name
PY
ok "Denmark has the tables of demography for the same ages and kinds" $?
