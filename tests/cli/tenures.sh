#!/usr/bin/env bash
# The Danish tenures as people see them: on the map, in chains, stories and tables, in every language; values of a country's own, and what is wrong in them.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 25
holds() { # FILE WORD…: each word stands in the file
  local file=$1 word; shift
  for word in "$@"; do grep -q -- "$word" "$file" || { echo "# no '$word'"; return 1; }; done
}
"$KEDJA" map show ballerup >"$work/map" 2>"$work/stderr"; grep "dwellings by tenure" "$work/map" >"$work/stock"
ok "the stock of a Danish map by Danish tenures" "$(holds "$work/stock" almen andel ejer 'privat leje' >&2; echo $?)" "$(cat "$work/stderr" "$work/stock")"
share=$(sed -E 's/.*almen [0-9]+ \(([0-9.]+) %\).*ungdomsbolig [0-9]+ \(([0-9.]+) %\).*ældrebolig [0-9]+ \(([0-9.]+) %\).*/\1 \2 \3/' "$work/stock" | awk '{ print $1 + $2 + $3 }')
ok "more than half of Ballerup is almen: 12 572 of 23 464" "$(awk -v s="$share" 'BEGIN { exit !(s > 52.6 && s < 54.6) }'; echo $?)" "$share %"
json=$("$KEDJA" run scripts/scenarios/ballerup_2035.lua --years 6 --threads 2 --out "$work/b.nc" --json 2>"$work/stderr"); ok "a Danish run" $? "$(cat "$work/stderr")"
hash=$(sed -nE 's/.*"state_hash": *"([0-9a-f]+)".*/\1/p' <<<"$json")
same "same hash on one thread" "$hash" "$(hash_of scripts/scenarios/ballerup_2035.lua --years 6 --threads 1)"
same "same hash on four threads" "$hash" "$(hash_of scripts/scenarios/ballerup_2035.lua --years 6 --threads 4)"
for lang in en sv da; do
  "$KEDJA" chains "$work/b.nc" --by tenure --lang $lang >"$work/chains" 2>"$work/stderr"
  grep '(%): *almen' "$work/chains" >"$work/freed"
  ok "chains name the tenures of the homes freed ($lang)" "$(holds "$work/freed" almen andel ejer 'privat leje' >&2; echo $?)" "$(cat "$work/stderr" "$work/freed")"
done
ok "and of the homes built" "$(grep -qE '^  ejer +[0-9.]+ ' "$work/chains" && grep -qE '^  privat leje +[0-9.]+ ' "$work/chains"; echo $?)" "$(tail -12 "$work/chains")"
ok "and of the homes that stood empty" "$(grep -cE '^  (almen|andel|ejer|privat leje) +[0-9.]+ +[0-9]+ +[0-9],[0-9] ' "$work/chains" | grep -qx 4; echo $?)" "$(tail -12 "$work/chains")"
"$KEDJA" table "$work/b.nc" housing --csv >"$work/housing.csv" 2>"$work/stderr"
ok "the table of housing counts homes by tenure" "$(holds "$work/housing.csv" 'Homes, almen' 'Homes, privat leje' 'Homes, andel' 'Homes, ejer' >&2; echo $?)" "$(cat "$work/stderr" "$work/housing.csv")"
/usr/bin/python3 - "$work/housing.csv" <<'PY'
import csv, sys
rows = {r[1]: [float(x or "nan") for x in r[3:]] for r in list(csv.reader(open(sys.argv[1])))[1:]}
homes = [rows[k] for k in rows if k.startswith("Homes, ")]
assert len(homes) == 6, rows.keys()
assert all(abs(sum(h[y] for h in homes) - rows["Homes"][y]) < 0.5 for y in range(len(rows["Homes"]))), "tenures add up to the homes"
assert all(n > 20 for n in rows["Homes let to households in need"][1:])
PY
ok "they add up to all homes; the municipality houses people every year" $?
"$KEDJA" table "$work/b.nc" housing --lang da >"$work/housing" 2>/dev/null; ok "in Danish too" "$(holds "$work/housing" 'Boliger, almen' 'Boliger, privat leje' >&2; echo $?)" "$(cat "$work/housing")"
"$KEDJA" export "$work/b.nc" --table home_class --out "$work/classes.csv" >/dev/null 2>"$work/stderr"
same "children are counted in private rentals apart" "$(sed -nE 's/.*"Homes, privat leje".*,([0-9.]+)\r?$/\1/p' "$work/housing.csv")" "$(awk -F, '$4 == "private" { n += $6 } END { print n }' "$work/classes.csv")"
id=$("$KEDJA" chain "$work/b.nc" | awk 'NR == 2 { print $1 }')
"$KEDJA" chain "$work/b.nc" "$id" --lang da >"$work/story" 2>"$work/stderr"; ok "a story says ejer or privat leje of the home it began with" "$(grep -qE '\((ejer|privat leje)\)' "$work/story"; echo $?)" "$(cat "$work/stderr" "$work/story")"
"$KEDJA" chains "$work/b.nc" --by tenure --json | /usr/bin/python3 -c 'import json, sys; assert {"owner", "private"} <= {g["name"] for g in json.load(sys.stdin)["by"]}'; ok "JSON keeps the model's own names" $?
"$KEDJA" run varnamo_2035 --years 5 --out "$work/v.nc" --quiet >/dev/null 2>"$work/stderr" && "$KEDJA" chains "$work/v.nc" >"$work/swedish" 2>>"$work/stderr"
ok "a Swedish run has no private rental, and words of its own" "$(grep -q '(%):  rental' "$work/swedish" && ! grep -qE 'private|almen' "$work/swedish"; echo $?)" "$(cat "$work/stderr" "$work/swedish")"
"$KEDJA" check ballerup_2035 --show parameters >"$work/parameters" 2>"$work/stderr"
ok "a parameter shows the country's value and source" "$(grep -A3 'housing.municipal_share' "$work/parameters" | grep -q 'almenboligloven 59'; echo $?)" "$(grep -A3 'housing.municipal_share' "$work/parameters")"

# Faults in a country's own values, and in a recipe.
mkdir -p "$work/data/maps/countries" && cp -r maps/countries/dk "$work/data/maps/countries/dk" # a folder that stands there is taken whole
refused() { # NAME ROW PATTERN
  printf 'name,value,unit,evidence,source\n%s\n' "$2" >"$work/data/maps/countries/dk/parameters.csv"
  KEDJA_DATA="$work/data" "$KEDJA" check ballerup_2035 >/dev/null 2>"$work/stderr"
  [ $? -eq 2 ] && grep -qE "$3" "$work/stderr"; ok "$1" $? "$(cat "$work/stderr")"
}
refused "an unknown parameter" 'housing.municipal,0.25,1,assumed,x' "parameters.csv:2: column \`name\`: plugin 'housing' has no parameter 'housing.municipal'"
refused "a value out of range" 'housing.municipal_share,1.25,1,assumed,x' 'parameters.csv:2: column `value`: expected 0 to 1, found 1.25'
refused "another unit" 'housing.rent_m2,920,DKK/m2/year,assumed,x' 'parameters.csv:2: column `unit`: expected `SEK/m2/year`, found `DKK/m2/year`'
refused "no source" 'housing.rent_m2,1290,SEK/m2/year,assumed,' 'parameters.csv:2: column `source` is empty'
refused "a parameter twice" $'housing.rent_m2,1290,SEK/m2/year,assumed,x\nhousing.rent_m2,1290,SEK/m2/year,assumed,x' "parameters.csv:3: 'housing.rent_m2' stands on line 2 already"
of_recipe() { # NAME SED PATTERN: in a recipe of Sweden
  sed "$2" maps/toy/recipe.lua >"$work/recipe.lua"
  "$KEDJA" import "$work/recipe.lua" --out "$work/toy" >/dev/null 2>"$work/stderr"
  [ $? -eq 2 ] && grep -qE "$3" "$work/stderr"; ok "$1" $? "$(cat "$work/stderr")"
}
of_recipe "private rentals outside Denmark" 's/dwellings = {/& tenure = { small_houses = { rental = 0.1, owner = 0.9 }, flats = { rental = 0.5, coop = 0.3, private = 0.2 } },/' "private"
of_recipe "owned flats outside Denmark" 's/dwellings = {/& tenure = { small_houses = { rental = 0.1, owner = 0.9 }, flats = { rental = 0.5, coop = 0.3, owner = 0.2 } },/' "owned flats are sold like co-op ones"
