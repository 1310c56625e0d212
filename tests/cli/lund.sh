#!/usr/bin/env bash
# Real Lund: imported from the open data beside the project, run, and held against the input table.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
data=../shared/data/lund_deso_scb
plan 9
if [ ! -d $data ]; then
  for name in "import" "population at the start" "population by area" "one centre a built-up place" "a market in motion from the first months" "run" "same hash on one and two threads" "assumed schools are named so in print" "without an imported map"; do skip "$name" "no $data"; done
  exit 0
fi
"$KEDJA" import maps/lund/recipe.lua --data $data --out "$work/lund" >"$work/report" 2>"$work/stderr"; ok "import" $? "$(cat "$work/stderr")"
json=$("$KEDJA" run scripts/scenarios/lund_2040.lua --map "$work/lund" --years 2 --threads 2 --out "$work/lund.nc" --json 2>"$work/stderr")
same "population at the start" 132314 "$(sed -nE 's/.*"population_start": *([0-9]+).*/\1/p' <<<"$json")"
if ! command -v python3 >/dev/null || ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  skip "population by area" "python3-netcdf4 is missing"
  skip "one centre a built-up place" "python3-netcdf4 is missing"
  skip "a market in motion from the first months" "python3-netcdf4 is missing"
else
  difference=$(/usr/bin/python3 - "$work/lund.nc" $data/lund_deso2025.csv <<'PY'
import csv, sys, netCDF4
run = netCDF4.Dataset(sys.argv[1])["area"]
here = {str(c): int(p) for c, p in zip(run["code"][:], run["population"][0])}
want = {row["deso"]: int(row["pop2025"]) for row in csv.DictReader(open(sys.argv[2]))}
print(len(want), sum(abs(here.get(code, -10**6) - n) for code, n in want.items()))
PY
)
  same "population by area" "76 0" "$difference"
  # Lund, Dalby, Genarp, Södra Sandby, Veberöd and one more stand apart; the other 70 areas that are no countryside are parts of them
  same "one centre a built-up place" 6 "$(/usr/bin/python3 -c 'import sys, netCDF4; print(int((netCDF4.Dataset(sys.argv[1])["travel_centre"][0] == 0).sum()))' "$work/lund.nc")"
  # moves in and homes left of the first quarter over the mean quarter of the second year; began at rest, the first is 0.5
  motion=$(/usr/bin/python3 - "$work/lund.nc" <<'PY'
import sys, netCDF4
vacancy = netCDF4.Dataset(sys.argv[1])["vacancy"]
start = 12 * 126 # January 2026, counted from January 1900
def quarters(name, keep):
    month = vacancy[name][:]
    of = lambda first, n: ((month >= first) & (month < first + n) & keep).sum()
    return of(start, 3) / (of(start + 12, 12) / 4)
ended = vacancy["stage"][:] == 3
print(f"{quarters('closed', ended):.2f} {quarters('opened', vacancy['cause'][:] > 0):.2f}")
PY
)
  read -r in out <<<"$motion"
  awk -v i="$in" -v o="$out" 'BEGIN { exit !(i > 0.8 && i < 1.3 && o > 0.8 && o < 1.3) }'; ok "a market in motion from the first months" $? "moves in $in, homes left $out of a quarter of the second year"
fi
[ -n "$json" ]; ok "run" $? "$(cat "$work/stderr")"
two=$(sed -nE 's/.*"state_hash": *"([0-9a-f]+)".*/\1/p' <<<"$json")
same "same hash on one and two threads" "$two" "$(hash_of scripts/scenarios/lund_2040.lua --map "$work/lund" --years 2 --threads 1)"
"$KEDJA" report "$work/lund.nc" --tables "$work/tables.pdf" --quiet >/dev/null 2>"$work/stderr"
if command -v pdftotext >/dev/null; then
  ok "assumed schools are named so in print" "$(pdftotext -layout "$work/tables.pdf" "$work/tables.txt" && grep -q 'Assumed school B2010' "$work/tables.txt" && ! grep -q '1281B2010 skola' "$work/tables.txt"; echo $?)" "$(cat "$work/stderr")"
else skip "assumed schools are named so in print" "no pdftotext"; fi
"$KEDJA" run scripts/scenarios/lund_2040.lua >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q 'kedja import' "$work/stderr"
ok "without an imported map: status 2 and the command that imports it" $? "$(cat "$work/stderr")"
