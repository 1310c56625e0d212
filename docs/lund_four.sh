#!/usr/bin/env bash
# lund_four.sh [MAP [SEEDS]]: runs the four worlds of docs/lund_four.md and puts its picture and table anew. MAP: the imported map
# of Lund (default out/maps/lund; see maps/lund/recipe.lua). About a minute for each seed.
set -euo pipefail
cd "$(dirname "$0")/.."
map=${1:-out/maps/lund} seeds=${2:-3} kedja=${KEDJA:-build/kedja} out=out/four
[ -f "$map/map.nc" ] || { echo "$map/map.nc is missing: build/kedja import maps/lund/recipe.lua --data FOLDER --out $map" >&2; exit 2; }
mkdir -p "$out"; rm -f "$out"/*.nc
dense="--set densify.enabled=true" fields="--set protect_farmland.enabled=true"
for seed in $(seq "$seeds"); do
  echo "seed $seed of $seeds" >&2
  run() { local name=$1; shift; "$kedja" run scripts/scenarios/lund_2040.lua --map "$map" --seed "$seed" --quiet --out "$out/$name.$seed.nc" "$@"; }
  run trend
  run densify $dense
  run protect $fields
  run both $dense $fields
done
"$kedja" compare "$out"/trend.*.nc "$out"/densify.*.nc "$out"/protect.*.nc "$out"/both.*.nc --names "Trend;Densify;Protect farmland;Both" \
  --worlds docs/pictures/lund_four.png --markdown >"$out/table.md"
awk -v table="$out/table.md" '/^<!-- table/ { print; while ((getline line < table) > 0) print line; skip = 1; next } /^<!-- end/ { skip = 0 } !skip' docs/lund_four.md >"$out/page.md"
mv "$out/page.md" docs/lund_four.md
echo "docs/lund_four.md and docs/pictures/lund_four.png are those of this version" >&2
