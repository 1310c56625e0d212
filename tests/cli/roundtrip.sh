#!/usr/bin/env bash
# A map goes out as GeoTIFF and GeoPackage and comes in again: every layer cell by cell, every area with its persons.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 15
if ! command -v gdalinfo >/dev/null || ! "$KEDJA" export toy --layer land_use --out "$work/probe.tif" 2>/dev/null; then
  for i in $(seq 15); do skip "round trip $i" "no GDAL"; done; exit 0
fi
"$KEDJA" run scripts/scenarios/toy.lua --years 1 --out "$work/toy.nc" --quiet >/dev/null 2>&1
mkdir "$work/data" "$work/again"
layers="land_use zoning protection farmland_class max_far travel_centre walk_cost"
for layer in $layers; do "$KEDJA" export toy --layer $layer --out "$work/data/$layer.tif" || exit 1; done
"$KEDJA" export "$work/toy.nc" --year 2020 --table area --out "$work/data/areas.gpkg" || exit 1
cat >"$work/recipe.lua" <<'LUA'
map {
  name = "again", title = "Toy again", start = 2020, epsg = 3006, cell = 100,
  extent = { west = 500000, south = 6300000, east = 502000, north = 6302000 },
  municipality = { code = "T001", name = "Toyville", county = "Toyshire" },
  areas = { file = "areas.gpkg", code = "code", name = "name", population = "population",
    kind = { column = "kind", rural = "rural", locality = "locality", town = "town" } },
  dwellings = { total = 280 },
  land = { cover = { file = "land_use.tif", classes = "kedja" } },
  layers = { zoning = { file = "zoning.tif" }, protection = { file = "protection.tif" }, farmland_class = { file = "farmland_class.tif" },
    max_far = { file = "max_far.tif" }, travel_centre = { file = "travel_centre.tif" }, walk_cost = { file = "walk_cost.tif" } },
  work = { jobs = 320 }, sources = { "itself" },
}
LUA
"$KEDJA" import "$work/recipe.lua" --data "$work/data" --out "$work/again" >"$work/report" 2>"$work/stderr"; ok "the exported map is imported" $? "$(cat "$work/stderr")"
# What lies outside the map is not compared: nobody looks at it (the toy world has no outside).
for layer in $layers area; do
  "$KEDJA" export toy --layer $layer --out "$work/was.tif" && "$KEDJA" export "$work/again" --layer $layer --out "$work/is.tif"
  gdal_translate -q -of XYZ "$work/was.tif" "$work/was.xyz" 2>/dev/null && gdal_translate -q -of XYZ "$work/is.tif" "$work/is.xyz" 2>/dev/null
  cmp -s "$work/was.xyz" "$work/is.xyz" && [ "$(wc -l <"$work/is.xyz")" = 400 ]; ok "layer $layer is the same, cell by cell" $? "$(diff "$work/was.xyz" "$work/is.xyz" | head -5)"
done
same "all persons are there again" 600 "$("$KEDJA" map show "$work/again" | sed -nE 's/^ +persons ([0-9]+).*/\1/p')"
one=$(sed -nE 's/.*digest ([0-9a-f]{32}).*/\1/p' "$work/report")
"$KEDJA" import "$work/recipe.lua" --data "$work/data" --out "$work/twice" >"$work/report" 2>/dev/null
same "the same recipe and files give the same digest" "$one" "$(sed -nE 's/.*digest ([0-9a-f]{32}).*/\1/p' "$work/report")"
# The same picture shifted by half its width, or said to lie in another system, is met with a sentence.
gdal_translate -q -a_ullr 501000 6302000 503000 6300000 "$work/data/land_use.tif" "$work/data/shifted.tif"
sed 's/land_use.tif/shifted.tif/' "$work/recipe.lua" >"$work/shifted.lua"
"$KEDJA" import "$work/shifted.lua" --data "$work/data" --out "$work/shifted" >"$work/report" 2>"$work/stderr"
ok "a shifted raster: a warning with the share that it covers" "$([ $? -eq 0 ] && grep -q 'warning: shifted.tif covers 50.0 % of the map' "$work/report"; echo $?)" "$(cat "$work/report" "$work/stderr")"
"$KEDJA" map check "$work/shifted" >"$work/checked" 2>&1; ok "map check repeats it" "$(grep -q 'import: shifted.tif covers' "$work/checked"; echo $?)" "$(cat "$work/checked")"
gdal_translate -q -a_srs EPSG:25832 "$work/data/land_use.tif" "$work/data/elsewhere.tif"
sed 's/land_use.tif/elsewhere.tif/' "$work/recipe.lua" >"$work/elsewhere.lua"
"$KEDJA" import "$work/elsewhere.lua" --data "$work/data" --out "$work/elsewhere" >/dev/null 2>"$work/stderr"
ok "a raster of another coordinate system: status 2, where it lies and where the map lies" "$([ $? -eq 2 ] && grep -q 'no pixel lies on the map' "$work/stderr" && [ ! -e "$work/elsewhere" ]; echo $?)" "$(cat "$work/stderr")"
gdalwarp -q -overwrite -t_srs EPSG:4326 -tr 0.0002 0.0002 "$work/data/land_use.tif" "$work/data/degrees.tif"
sed 's/land_use.tif", classes/degrees.tif", resample = "mode", classes/' "$work/recipe.lua" >"$work/degrees.lua"
"$KEDJA" import "$work/degrees.lua" --data "$work/data" --out "$work/degrees" >"$work/report" 2>"$work/stderr" && "$KEDJA" export "$work/degrees" --layer land_use --out "$work/is.tif"
gdal_translate -q -of XYZ "$work/data/land_use.tif" "$work/was.xyz"; gdal_translate -q -of XYZ "$work/is.tif" "$work/is.xyz"
changed=$(diff "$work/was.xyz" "$work/is.xyz" | grep -c '^<')
ok "a finer raster in degrees gives the same land but for rims (mode; $changed of 400 cells differ)" "$([ "$changed" -le 24 ]; echo $?)" "$(cat "$work/stderr")"
