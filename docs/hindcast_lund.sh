#!/usr/bin/env bash
# hindcast_lund.sh [MAP [SEEDS]]: runs the hindcast of docs/hindcast_lund.md and puts its three tables anew; what is said about them stands in the text and is not changed.
# MAP: Lund of 2020 (default out/maps/lund_2020; see "Repeat it" there). Some twenty seconds for each seed.
set -euo pipefail
cd "$(dirname "$0")/.."
map=${1:-out/maps/lund_2020} seeds=${2:-5} kedja=${KEDJA:-build/kedja} out=out/hindcast_lund page=docs/hindcast_lund.md
[ -f "$map/map.nc" ] || { echo "$map/map.nc is missing: maps/lund_2020/prepare.sh, then kedja import maps/lund_2020/recipe.lua --data FOLDER --out $map" >&2; exit 2; }
mkdir -p "$out"; rm -f "$out"/*.nc
run() { local name=$1; shift; "$kedja" run scripts/scenarios/lund_2020.lua --map "$map" --quiet --out "$out/$name.nc" "$@"; }
for seed in $(seq "$seeds"); do echo "seed $seed of $seeds" >&2; run "known.$seed" --seed "$seed"; done
sed '/^  set = {/,/^  },/d' scripts/scenarios/lund_2020.lua >"$out/developers.lua" # the model's own values for demand and capacity
"$kedja" run "$out/developers.lua" --map "$map" --seed 1 --quiet --set building_programme.enabled=false --out "$out/developers.nc"
"$kedja" validate "$out"/known.*.nc --markdown >"$out/known.md"
"$kedja" validate "$out/developers.nc" --markdown >"$out/developers.md"
sed '/^$/,$d' "$out/known.md" >"$out/years.md"; sed '1,/^$/d' "$out/known.md" >"$out/areas.md"; sed -i '/^$/,$d' "$out/developers.md"
put() { # MARKER: what stands between the marker and the next end
  awk -v marker="<!-- table: $1 -->" -v table="$out/$1.md" '$0 == marker { print; while ((getline line < table) > 0) print line; skip = 1; next } /^<!-- end/ { skip = 0 } !skip' "$page" >"$out/page.md"
  cp "$out/page.md" "$page"
}
put years; put areas; put developers
