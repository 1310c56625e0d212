#!/usr/bin/env bash
# The handbook's examples in Python, R and Snakemake, run as they stand.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 7
KEDJA=$(realpath "$KEDJA") examples=$PWD/docs/examples
cd "$work"
cat >three.lua <<'LUA'
experiment { title = "Three toys", scenario = "toy", years = 2, factors = { { "densify.enabled", values = { false, true } } }, replicates = 3 }
LUA
"$KEDJA" batch three.lua --quiet 2>stderr; ok "an ensemble to open" $? "$(cat stderr)"
run=three.batch/members/member_0001.nc all=three.batch/three.nc
end=$("$KEDJA" hash $run | awk '{print $2}')
if /usr/bin/python3 -c 'import xarray, h5py, netCDF4' 2>/dev/null; then
  /usr/bin/python3 "$examples/ensemble.py" $run $all >py 2>stderr; ok "ensemble.py" $? "$(tail -n 5 stderr)"
  grep -q "state $end" py && grep -q "80 % of 6 members between" py && grep -qE "^densify.enabled=1: .* from 3 pairs" py; ok "it tells hash, quantiles and paired differences" $? "$(cat py)"
else skip "ensemble.py" "python3-xarray, python3-h5py or python3-netcdf4 is missing"; skip "what it tells" "the same"; fi
if Rscript -e 'library(ncdf4)' >/dev/null 2>&1; then
  Rscript "$examples/ensemble.R" $run $all >r 2>stderr; ok "ensemble.R" $? "$(tail -n 5 stderr)"
  # Both languages read the same medians.
  same "R reads the median that Python reads" "$(sed -nE 's/^  2022: median ([0-9]+).*/\1/p' py)" "$(awk '$1 == "2022" && NF == 5 {print $4}' r)"
else skip "ensemble.R" "r-base-core or r-cran-ncdf4 is missing"; skip "the same median as Python" "the same"; fi
if snakemake --version >/dev/null 2>&1; then
  snakemake -s "$examples/Snakefile" --cores 2 --config experiment=three.lua kedja="$KEDJA" out=snake.batch >stdout 2>stderr; ok "Snakefile" $? "$(tail -n 15 stderr)"
  hashes() { for f in "$1"/members/member_*.nc; do "$KEDJA" hash "$f"; done | sed 's|.*/||'; }
  same "its members are those of kedja batch" "$(hashes three.batch)" "$(hashes snake.batch)"
else skip "Snakefile" "snakemake is missing"; skip "its members" "the same"; fi
