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
/usr/bin/python3 - "$out" "$seeds" >"$out/senior_built.md" <<'PY'
import sys, netCDF4
out, seeds = sys.argv[1], int(sys.argv[2])
CANCELLED = "planned appealed permitted started done cancelled".split().index("cancelled")
sums = [0.0, 0.0, 0.0]
for s in range(1, seeds + 1):
    p = netCDF4.Dataset(f"{out}/senior_true.{s}.nc")["project"]
    homes, built, stage = p["n_senior"][:], p["built"][-1], p["stage"][-1]
    for i, n in enumerate((homes.sum(), built[homes > 0].sum(), (homes - built)[(homes > 0) & (stage == CANCELLED)].sum())): sums[i] += float(n) / seeds
print("| Senior homes | planned | that stand in 2035 | in projects given up |\n|---|---|---|---|")
print("| mean of the seeds | " + " | ".join(f"{n:,.0f}" for n in sums) + " |")
PY
put senior_built "$out/senior_built.md"; put vision "$out/vision.md"; put villages "$out/villages.md"; put senior "$out/senior.md"
if [ -f "$map/map.nc" ]; then
  record="--set development.capacity_share=0.025" nobody="--set demography.vision_population=0"
  for seed in $(seq "$seeds"); do
    run "lund_programme.$seed" scripts/scenarios/lund_2040.lua --map "$map" --seed "$seed"
    run "lund_inside.$seed" scripts/scenarios/lund_inside.lua --map "$map" --seed "$seed"
    "$kedja" export "$out/lund_inside.$seed.nc" --table municipality --year all --out "$out/lund_inside.$seed.csv"
  done
  run lund_record.1 scripts/scenarios/lund_inside.lua --map "$map" --seed 1 $record
  run lund_nobody.1 scripts/scenarios/lund_inside.lua --map "$map" --seed 1 $nobody
  for world in record nobody; do "$kedja" export "$out/lund_$world.1.nc" --table municipality --year all --out "$out/lund_$world.1.csv"; done
  "$kedja" compare "$out"/lund_programme.*.nc "$out"/lund_inside.*.nc --markdown --names "Programme;26 000 homes from the inside out" >"$out/lund.md"
  /usr/bin/python3 - "$out" "$seeds" >"$out/lund_demands.md" <<'PY'
import csv, sys
out, seeds = sys.argv[1], int(sys.argv[2])
def read(world, seeds): return [{int(r["year"]): r for r in csv.DictReader(open(f"{out}/lund_{world}.{s}.csv"))} for s in range(1, seeds + 1)]
inside = read("inside", seeds)
years = sorted(inside[0])[1:]
def mean(runs, column, over): return sum(float(r[y][column]) for r in runs for y in over) / len(runs)
shown = (("completed", 1), ("started", 1), ("building_capacity", 1), ("homes_put_off", 1), ("homes_lost", 1), ("population", 1), ("needed_in_migrants", 1), ("in_migrants", 1), ("needed_jobs", 1), ("vacant_on_offer", 1))
print("| | homes completed | begun | the trade's capacity | put off a year | given up | inhabitants | in-migrants it asks for | in-migrants | jobs it asks for | homes on offer |")
print("|---|" + "---|" * len(shown))
for y in years:
    print(f"| {y} | " + " | ".join(f"{mean(inside, c, [y]):,.0f}" for c, _ in shown) + " |")
print("| **all** | " + " | ".join(f"**{mean(inside, c, years):,.0f}**" if c in ("completed", "started", "homes_put_off", "homes_lost", "in_migrants") else "" for c, _ in shown) + " |")
print()
print("| left out (one seed) | homes completed | inhabitants in 2040 | homes on offer in 2040 |")
print("|---|---|---|---|")
for world, says in (("inside", "nothing"), ("record", "the building trade above its record year (2.5 % of the stock in place of 3 %)"), ("nobody", "the people who fill the homes (forecast of in-migration as it is)")):
    runs = read(world, 1)
    print(f"| {says} | {mean(runs, 'completed', years):,.0f} | {mean(runs, 'population', years[-1:]):,.0f} | {mean(runs, 'vacant_on_offer', years[-1:]):,.0f} |")
PY
  put lund "$out/lund.md"; put demands "$out/lund_demands.md"
fi
