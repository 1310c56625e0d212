#!/usr/bin/env bash
# schools.sh [SEEDS]: runs Värnamo with and without the vision, and puts the table of schools in docs/consequences.md anew; what is said about it
# and the picture are not changed. Some five seconds for each seed.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-5} kedja=${KEDJA:-build/kedja} out=out/schools page=docs/consequences.md
mkdir -p "$out"; rm -f "$out"/*.nc
for seed in $(seq "$seeds"); do
  echo "seed $seed of $seeds" >&2
  "$kedja" run scripts/scenarios/varnamo_2035.lua --seed "$seed" --quiet --out "$out/vision_$seed.nc"
  "$kedja" run scripts/scenarios/varnamo_2035.lua --seed "$seed" --quiet --set demography.vision_population=0 --out "$out/forecast_$seed.nc"
done
for world in vision forecast; do "$kedja" schools "$out/$world"_*.nc --json >"$out/$world.json"; done
/usr/bin/python3 - "$out" "$page" <<'PY'
import json, sys
out, page = sys.argv[1:]
worlds = [json.load(open(f"{out}/{w}.json")) for w in ("vision", "forecast")]
def full(s):
    f = s["first_full_interval"]
    return f"{f['low'] or 'never'}–{f['high'] or 'never'} in {f['full_in']} of {f['runs']}" if f["full_in"] else f"0 of {f['runs']}"
rows = ["| school | places | pupils 2020 | with the vision: 2035 | full | without: 2035 | full |", "|---|---|---|---|---|---|---|"]
for a, b in zip(*(w["schools"] for w in worlds)):
    assert a["name"] == b["name"]
    p, q = (next(g for g in s["grades"] if g["grade"] == "all") for s in (a, b))
    rows.append(f"| {a['name']} | {p['places'][0]} | {p['pupils'][0]} | {p['pupils'][-1]} | {full(p)} | {q['pupils'][-1]} | {full(q)} |")
text = open(page).read()
begin, end = "<!-- table: schools -->\n", "<!-- end of table -->"
at = text.index(begin) + len(begin)
open(page, "w").write(text[:at] + "\n".join(rows) + "\n" + text[text.index(end, at):])
PY
