#!/usr/bin/env bash
# A run file is netCDF-4 with CF conventions: other programs open it and find land use at the right place.
# Argument: a run file; without one, a short run makes it.
file=${1:+$(realpath "$1")}
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
if [ -z "$file" ]; then
  file=$work/run.nc
  "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 2 --out "$file" --quiet 2>"$work/stderr" || { plan 1; ok "a run to look at" 1 "$(cat "$work/stderr")"; exit 1; }
fi
plan 12
has() { command -v "$1" >/dev/null; }

if has ncdump; then
  ncdump -h "$file" >"$work/header" 2>"$work/stderr"; ok "ncdump reads it" $? "$(cat "$work/stderr")"
  grep -q 'land_use(time, y, x)' "$work/header"; ok "land_use is a layer [time, y, x] in the root group" $? "$(grep land_use "$work/header")"
  grep -q 'land_use:grid_mapping = "crs"' "$work/header" && grep -q 'land_use:flag_meanings = "water ' "$work/header"
  ok "land_use names its grid mapping and classes" $? "$(grep land_use: "$work/header")"
  grep -q ':Conventions = "CF-1' "$work/header" && grep -qE ':state_hash = "[0-9a-f]{32}"' "$work/header"; ok "conventions and state hash" $?
else
  for name in "ncdump reads it" "land_use layer" "grid mapping" "conventions"; do skip "$name" "no ncdump"; done
fi

if has gdalinfo; then
  gdalinfo "NETCDF:\"$file\":land_use" >"$work/gdal" 2>"$work/stderr"; ok "gdalinfo reads land_use" $? "$(cat "$work/stderr")"
  grep -q 'ID\["EPSG",3006\]\]$' "$work/gdal"; ok "its coordinate system is EPSG:3006" $? "$(head -40 "$work/gdal")"
  corner=$(sed -nE 's/.*crs#GeoTransform=([-0-9.e+]+) ([-0-9.e+]+) 0 ([-0-9.e+]+) 0 .*/\1 \2 \3/p' "$work/gdal")
  placed=$(sed -nE 's/^Origin = \(([-0-9.]+),([-0-9.]+)\)/\1 \2/p; s/^Pixel Size = \(([-0-9.]+),([-0-9.]+)\)/\1 \2/p' "$work/gdal" | tr '\n' ' ')
  echo "$corner $placed" | awk '{ exit !($1 == $4 && $3 == $5 && $2 == $6 && $7 == -$6) }'; ok "its corner and cells are where the grid is" $? "$corner / $placed"
  grep -q 'Type=Byte' "$work/gdal"; ok "classes are bytes" $?
else
  for name in "gdalinfo reads land_use" "EPSG:3006" "corner" "bytes"; do skip "$name" "no gdalinfo"; done
fi

python=""
for candidate in python3 /usr/bin/python3; do has $candidate && $candidate -c 'import xarray, netCDF4' 2>/dev/null && { python=$candidate; break; }; done
if [ -n "$python" ]; then
  $python - "$file" >"$work/xarray" 2>"$work/stderr" <<'PYTHON'
import sys, numpy, xarray
run = xarray.open_dataset(sys.argv[1])
assert (numpy.diff(run.x) > 0).all() and (numpy.diff(run.y) < 0).all()
years = run.time.dt.year.values
assert (run.time.dt.month == 12).all() and (run.time.dt.day == 31).all() and (years == run.year.values).all(), run.time
print("opened", len(years))
classes = run.land_use.attrs["flag_meanings"].split()
assert run.land_use.dtype == numpy.uint8 and int(run.land_use.max()) < len(classes)
print("classes")
town = xarray.open_dataset(sys.argv[1], group="municipality")
assert town.name.values[0] and any("time" in town[v].dims for v in town.data_vars), town
print("tables")
provenance = xarray.open_dataset(sys.argv[1], group="provenance")
assert len(str(provenance.scenario.values)) > 0 and provenance.plugin.size > 0
print("provenance")
PYTHON
  for step in opened classes tables provenance; do grep -q "^$step" "$work/xarray"; ok "xarray: $step" $? "$(tail -5 "$work/stderr")"; done
else
  for step in opened classes tables provenance; do skip "xarray: $step" "no python3 with xarray and netCDF4"; done
fi
