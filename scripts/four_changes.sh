#!/usr/bin/env bash
# The four changes of docs/consequences.md, rerun: five seeds of a base and of each change in Värnamo 2035, and the table in Markdown.
# usage: scripts/four_changes.sh [FOLDER [SEEDS]]      KEDJA: the program (default build/kedja); needs python3.
set -euo pipefail
cd "$(dirname "$0")/.."
kedja=${KEDJA:-build/kedja} out=${1:-out/four_changes} seeds=${2:-5}
mkdir -p "$out"; rm -f "$out"/*.nc
declare -A change=(
  [base]=""
  [a]="new_school.enabled=true new_school.places=600 new_school.from_grade=0 new_school.to_grade=9 new_school.x=434961 new_school.y=6336799"
  [b]="school_in_shifts.enabled=true school_in_shifts.gain=0.9 school_in_shifts.from=2028"
  [c]="senior_housing.enabled=true senior_housing.homes=200 senior_housing.every=20 senior_housing.smallest=3000 senior_housing.from=2026"
  [d]="close_school.enabled=true"
)
for seed in $(seq "$seeds"); do
  for name in base a b c d; do
    file=$out/${name}_$seed.nc settings=()
    for setting in ${change[$name]}; do settings+=(--set "$setting"); done
    "$kedja" run scripts/scenarios/varnamo_2035.lua --seed "$seed" --out "$file" --quiet "${settings[@]}" >/dev/null
  done
done
for name in a b c d; do "$kedja" compare "$out"/base_*.nc "$out/${name}"_*.nc --json >"$out/$name.json"; done
"$kedja" compare "$out"/base_*.nc "$out"/d_*.nc --chart "$out/close_school.png"
python3 - "$out" <<'PY'
import json, sys
rows = ["pupils", "school_occupancy", "at_nearest", "mean_walk", "transport", "in_shift", "school_cost", "home_care", "evening_hours", "leisure_rooms", "room_use", "crowded", "strained",
        "lodging", "queue_months", "farmland", "service_costs", "investments", "result_each"]
groups = [("age", "6–15"), ("age", "80+"), ("income", "Lowest fifth of income"), ("income", "Highest fifth of income")]
c = {k: json.load(open(f"{sys.argv[1]}/{k}.json")) for k in "abcd"}
def decimals(unit): return 0 if unit in ("persons", "households", "hours/week", "m2", "SEK/year", "MSEK") else 1
def number(v, d, sign=True):
    text = f"{v:{'+' if sign else ''},.{d}f}".replace(",", " ").replace("-", "−")
    return text
def cell(r, d):
    if abs(r["difference"]) < 0.5 * 10 ** -d and r["low"] == r["high"]: return "0"
    mark = " chance?" if r["distinguishable"] == "no" else {"better": " ▲", "worse": " ▼"}.get(r.get("sign"), "")
    return f"{number(r['difference'], d)} ({number(r['low'], d)} … {number(r['high'], d)}){mark}"
first = c["a"]
print(f"| {first['year']} | unit | base | (a) larger school at Kärda | (b) two shifts | (c) 200 senior flats | (d) close a village school |\n|---|---|---|---|---|---|---|")
for i in rows:
    r = {k: next(x for x in c[k]["rows"] if x["id"] == i) for k in "abcd"}
    d = 0 if i == "school_occupancy" else decimals(r["a"]["unit"])
    print(f"| {r['a']['label']} | {r['a']['unit']} | {number(r['a']['base'], d, False)} | " + " | ".join(cell(r[k], d) for k in "abcd") + " |")
for by, name in groups:
    r = {k: next(x for x in c[k]["groups"] if x["by"] == by and name in x["group"]) for k in "abcd"}
    text = lambda g: f"{number(g['net'], 1)} ({number(g['low'], 1)} … {number(g['high'], 1)})"
    print(f"| Net share that gains: {r['a']['group']} | % | | " + " | ".join(text(r[k]) for k in "abcd") + " |")
same = {k: c[k]["same_people"][-1] if c[k].get("same_people") else None for k in "abcd"}
if all(same.values()): print("| The same people / in the same home | % | | " + " | ".join(f"{same[k]['identical']:.1f} / {same[k]['same_home']:.1f}" for k in "abcd") + " |")
PY
