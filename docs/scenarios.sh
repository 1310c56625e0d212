#!/usr/bin/env bash
# scenarios.sh [MAP_OF_LUND [SEEDS]]: runs the scenarios of docs/scenarios.md and puts its tables anew. KEEP=1 takes runs that are there.
set -euo pipefail
cd "$(dirname "$0")/.."
map=${1:-out/maps/lund} seeds=${2:-3} kedja=${KEDJA:-build/kedja} out=out/pages
mkdir -p "$out"
run() { local name=$1; shift; [ -n "${KEEP:-}" ] && [ -f "$out/$name.nc" ] || "$kedja" run "$@" --quiet --out "$out/$name.nc"; }
put() { # MARKER FILE: what stands between the marker and the next end
  awk -v marker="<!-- table: $1 -->" -v table="$2" '$0 == marker { print; while ((getline line < table) > 0) print line; skip = 1; next } /^<!-- end/ { skip = 0 } !skip' docs/scenarios.md >"$out/page" && mv "$out/page" docs/scenarios.md
}
for seed in $(seq "$seeds"); do
  run "vision.$seed" scripts/scenarios/varnamo_2035.lua --seed "$seed"
  for on in true false; do
    run "villages_$on.$seed" scripts/scenarios/villages.lua --seed "$seed" --set grow_villages.enabled=$on
    run "senior_$on.$seed" scripts/scenarios/senior_chains.lua --seed "$seed" --set senior_housing.enabled=$on
  done
done
for seed in $(seq "$seeds"); do "$kedja" export "$out/vision.$seed.nc" --table municipality --year all --out "$out/vision.$seed.csv"; done
/usr/bin/python3 - "$out" "$seeds" >"$out/vision.md" <<'PY'
import csv, sys
out, seeds = sys.argv[1], int(sys.argv[2])
runs = [{int(r["year"]): r for r in csv.DictReader(open(f"{out}/vision.{s}.csv"))} for s in range(1, seeds + 1)]
mean = lambda y, c: sum(float(r[y][c]) for r in runs) / seeds
print("| | inhabitants | homes that the vision asks for | homes completed | in-migrants it asks for | in-migrants | jobs it asks for | households without a home |")
print("|---|---|---|---|---|---|---|---|")
for y in (2021, 2025, 2030, 2035):
    print(f"| {y} | " + " | ".join(f"{mean(y, c):,.0f}" for c in ("population", "needed_dwellings", "completed", "needed_in_migrants", "in_migrants", "needed_jobs", "lodging")) + " |")
PY
"$kedja" compare "$out"/villages_false.*.nc "$out"/villages_true.*.nc --markdown --names "Villages as they are;Villages opened" >"$out/villages.md"
"$kedja" compare "$out"/senior_false.*.nc "$out"/senior_true.*.nc --markdown --names "No senior homes;60 a year" >"$out/senior.md"
put vision "$out/vision.md"; put villages "$out/villages.md"; put senior "$out/senior.md"
if [ -f "$map/map.nc" ]; then
  run lund_programme scripts/scenarios/lund_2040.lua --map "$map" --seed 1
  run lund_inside scripts/scenarios/lund_2040.lua --map "$map" --seed 1 --set building_programme.share=2.42 --set densify.enabled=true --set densify.infill=true \
    --set protect_farmland.enabled=true --set protect_farmland.min_class=1
  "$kedja" compare "$out/lund_programme.nc" "$out/lund_inside.nc" --markdown --names "Programme;26 000 homes, no new farmland" >"$out/lund.md"
  put lund "$out/lund.md"
fi
