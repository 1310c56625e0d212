#!/usr/bin/env bash
# Maps elsewhere: Ballerup from cited facts with Danish tables; regions of three and of eight municipalities with moves between them.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 16
"$KEDJA" map check varnamo >"$work/checked" 2>&1 && grep -q '^varnamo: 0 errors, 0 warnings' "$work/checked"; ok "Värnamo's synthetic outline encloses nothing that lies outside" $? "$(cat "$work/checked")"
"$KEDJA" map check ballerup >"$work/checked" 2>&1; ok "Ballerup builds from facts alone, without an error" $? "$(cat "$work/checked")"
json=$("$KEDJA" run scripts/scenarios/ballerup_2035.lua --years 3 --threads 2 --out "$work/ballerup.nc" --json 2>"$work/stderr"); ok "Ballerup runs with Danish tables" $? "$(cat "$work/stderr")"
same "population at the start" 49274 "$(sed -nE 's/.*"population_start": *([0-9]+).*/\1/p' <<<"$json")"
same "same hash on one and two threads" "$(sed -nE 's/.*"state_hash": *"([0-9a-f]+)".*/\1/p' <<<"$json")" "$(hash_of scripts/scenarios/ballerup_2035.lua --years 3 --threads 1)"
"$KEDJA" report "$work/ballerup.nc" --map "$work/ballerup.png" --lang da >/dev/null 2>"$work/stderr"; ok "its map in Danish" "$([ $? -eq 0 ] && ! grep -q shortened "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
data=../shared/data/se_kommun_tatort
if [ ! -d $data ]; then
  for name in "region" "municipalities" "persons" "run" "all three move" "other municipality" "county" "its municipalities" "it runs" "boundary"; do skip "$name" "no $data"; done; exit 0
fi
# Without coastlines from gmt: the recipe's shores are left out, so that the test needs no such program.
sed 's/, shores = "gshhg"//' maps/finnveden/recipe.lua >"$work/recipe.lua"
"$KEDJA" import "$work/recipe.lua" --data $data --out "$work/region" >"$work/report" 2>"$work/stderr"; ok "a region of three municipalities is imported" $? "$(cat "$work/stderr")"
"$KEDJA" export "$work/region" --table municipality --out "$work/municipality.csv"
same "its municipalities" "Gislaved Gnosjö Värnamo " "$(awk -F, 'NR > 1 { print $4 }' "$work/municipality.csv" | sort | tr '\n' ' ')"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --map "$work/region" --years 2 --out "$work/region.nc" --quiet >/dev/null 2>"$work/stderr"; ok "it runs" $? "$(cat "$work/stderr")"
"$KEDJA" export "$work/region.nc" --table municipality --year 2023 --out "$work/start.csv"
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR > 1 { printf "%s ", $c }' "$2"; }
same "each with its own population" "$(awk -F, '$1 ~ /^(0617|0662|0683)$/ { printf "%s ", $8 }' maps/countries/se/municipality.csv)" "$(column population "$work/start.csv")"
"$KEDJA" export "$work/region.nc" --table municipality --out "$work/end.csv"
ok "people move in all three" "$(for n in $(column household_moves "$work/end.csv"); do [ "$n" -gt 0 ] || echo no; done | grep -q no && echo 1 || echo 0)" "$(column household_moves "$work/end.csv")"
sed 's/"0662"/"9999"/' "$work/recipe.lua" >"$work/wrong.lua"
"$KEDJA" import "$work/wrong.lua" --data $data --out "$work/wrong" >/dev/null 2>"$work/stderr"
ok "an unknown municipality: status 2" "$([ $? -eq 2 ] && grep -q 'municipality.csv knows no 9999; nearest to 9999: ' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
sed 's/, shores = "gshhg"//' maps/kronoberg/recipe.lua >"$work/county.lua"
"$KEDJA" import "$work/county.lua" --data $data --out "$work/county" >"$work/report" 2>"$work/stderr"; ok "a county of eight municipalities is imported" $? "$(cat "$work/stderr")"
"$KEDJA" export "$work/county" --table municipality --out "$work/municipality.csv"
same "its municipalities" "Alvesta Lessebo Ljungby Markaryd Tingsryd Uppvidinge Växjö Älmhult " "$(awk -F, 'NR > 1 { print $4 }' "$work/municipality.csv" | LC_ALL=C sort | tr '\n' ' ')"
"$KEDJA" run scripts/scenarios/kronoberg_2040.lua --map "$work/county" --years 1 --out "$work/county.nc" --quiet >/dev/null 2>"$work/stderr"; ok "it runs with its own scenario" $? "$(cat "$work/stderr")"
same "chains name their boundary" "Kronoberg 2023 (8 municipalities)" "$("$KEDJA" chains "$work/county.nc" --json | sed -nE 's/.*"boundary": *"([^"]*)".*/\1/p' | head -1)"
