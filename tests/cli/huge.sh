#!/usr/bin/env bash
# A huge grid: 4000 x 4000 cells with land cover from a raster; few persons, so that the test stays short.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 3
command -v gdal_create >/dev/null || { for name in "imported" "checked" "size"; do skip "$name" "no gdal_create (package gdal-bin)"; done; exit 0; }
gdal_create -q -of GTiff -outsize 4000 4000 -ot Byte -burn 2 -a_srs EPSG:3006 -a_ullr 400000 6500000 600000 6300000 -co COMPRESS=DEFLATE "$work/cover.tif"
cat >"$work/areas.geojson" <<'JSON'
{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3006"}},"features":[
{"type":"Feature","properties":{"code":"a","people":700,"rent":100,"own":200,"coop":20},"geometry":{"type":"Polygon","coordinates":[[[400000,6300000],[405000,6300000],[405000,6305000],[400000,6305000],[400000,6300000]]]}},
{"type":"Feature","properties":{"code":"b","people":300,"rent":50,"own":80,"coop":10},"geometry":{"type":"Polygon","coordinates":[[[595000,6495000],[600000,6495000],[600000,6500000],[595000,6500000],[595000,6495000]]]}}]}
JSON
cat >"$work/recipe.lua" <<'LUA'
map { name = "huge", title = "Huge", start = 2020, epsg = 3006, cell = 50, extent = { west = 400000, south = 6300000, east = 600000, north = 6500000 },
  work = { jobs = 400 }, municipality = { code = "1", name = "M", county = "C" }, sources = { "none" },
  areas = { file = "areas.geojson", code = "code", population = "people", tenure = { rental = "rent", coop = "coop", owner = "own" } },
  land = { cover = { file = "cover.tif", classes = { { value = 2, use = "forest" } } } }, facilities = { fill = { "school", "preschool" } } }
LUA
"$KEDJA" import "$work/recipe.lua" --data "$work" --out "$work/map" >"$work/report" 2>"$work/stderr"; ok "16 million cells are imported" $? "$(cat "$work/stderr")"
"$KEDJA" map check "$work/map" >"$work/checked" 2>&1; ok "and hold together" $? "$(cat "$work/checked")"
same "their number" "4000 x 4000" "$("$KEDJA" map show "$work/map" | sed -nE 's/^grid +([0-9]+ x [0-9]+) cells.*/\1/p')"
