#!/usr/bin/env bash
# The shipped policies against a base run of Värnamo, kedja policy, triggers, and policies that clash.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 48
scenario=scripts/scenarios/varnamo_2035.lua
KEDJA=$(realpath "$KEDJA")
export KEDJA_DATA=$PWD

"$KEDJA" policy list >"$work/list" 2>"$work/stderr"; ok "policy list" $? "$(cat "$work/stderr")"
missing=""; for file in scripts/policies/*.lua; do grep -q "^$(basename "$file" .lua) " "$work/list" || missing+=" $file"; done
[ -z "$missing" ]; ok "all files are there" $? "$missing"
"$KEDJA" policy show densify --lang sv | grep -q 'Högsta exploateringstal'; ok "policy show in Swedish" $?
for lang in sv da; do "$KEDJA" policy show grow_villages --lang $lang; "$KEDJA" policy show new_school --lang $lang; "$KEDJA" policy list --lang $lang | tail -1; done >"$work/shown"
grep -q '^rör inte  *städer' "$work/shown" && grep -q '^tillämpas  *varje januari$' "$work/shown" && ! grep -qE '(^| )(the|of|and|each|lever|changes)( |,|$)' "$work/shown"; ok "and nothing in English beside it, in Danish neither" $? "$(cat "$work/shown")"
same "in English without --lang, whatever the terminal's language is" "$("$KEDJA" policy show densify --lang en)" "$(LC_ALL=sv_SE.UTF-8 "$KEDJA" policy show densify)"
"$KEDJA" policy show densfy >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "did you mean 'densify'" "$work/stderr"; ok "policy show of a misspelt name" $? "$(cat "$work/stderr")"
(cd "$work" && "$KEDJA" policy new hush >/dev/null && "$KEDJA" policy check hush.lua >"$work/check" 2>"$work/stderr"); ok "a new policy passes its check" $? "$(cat "$work/stderr")"
grep -q 'SCENARIO --set' "$work/check"; [ $? -ne 0 ] && grep -q "only if the scenario lists it" "$work/check"; ok "its check says where it is looked for" $? "$(cat "$work/check")"
printf "scenario { title = 'Hush', map = 'toy', stop = 2023,\n%s\n}\n" "$(grep '^  policies' "$work/check")" >"$work/hush_town.lua"
"$KEDJA" run "$work/hush_town.lua" --years 1 --quiet >"$work/stdout" 2>"$work/stderr"; ok "and what it says to try works" $? "$(cat "$work/stderr")"
sed 's/bits_on(/bits_onn(/' "$work/hush.lua" >"$work/broken.lua"; sed -i 's/name = "hush"/name = "broken"/' "$work/broken.lua"
mkdir "$work/late" "$work/flats"
grep -q 'title = { en = "Hush", sv = "Hush", da = "Hush" }' "$work/hush.lua"; ok "its title is the name as one reads it" $? "$(cat "$work/hush.lua")"
sed 's/when = "year",/when = { year = 2026 },/' "$work/hush.lua" >"$work/late/hush.lua"; "$KEDJA" policy check "$work/late/hush.lua" >"$work/check" 2>"$work/stderr"; grep -q 'through 6 years of map toy: acted 1 time' "$work/check"; ok "a policy with a year is tried until it has come" $? "$(cat "$work/check")"
"$KEDJA" policy check "$work/late/hush.lua" --years 3 >/dev/null 2>"$work/stderr"; grep -q 'has not acted and is not tested: the trial ends in 2023, before its year 2026' "$work/stderr"; ok "and is said not to be tested where it has not" $? "$(cat "$work/stderr")"
sed 's/"protection"):bits_on(land:is("forest") & near, "green")/"zoning"):set(near, "flats")/' "$work/hush.lua" >"$work/flats/hush.lua"; "$KEDJA" policy check "$work/flats/hush.lua" >/dev/null 2>"$work/stderr"; grep -q "no 'flats'; it has: none small_houses mixed work" "$work/stderr"; ok "a word that a layer does not have: those that it has" $? "$(cat "$work/stderr")"
"$KEDJA" policy check "$work/broken.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q 'broken.lua:30' "$work/stderr"
ok "a policy that fails in its first January is found: status 2 and the line" $? "$(cat "$work/stderr")"
cat >"$work/aged.lua" <<'LUA'
policy { title = "Aged", sentence = "Aged.", apply = function(city)
  local before = city:indicator("municipality", "population", city.year - 4)
  if before and city.year > 2024 then error("found") end
end }
LUA
"$KEDJA" policy check "$work/aged.lua" >/dev/null 2>"$work/stderr" && grep -q "in 2022 it asked for 2018 and got nil: the trial knows nothing before 2020; if it counts back from city.year, --years 4 reaches" "$work/stderr"
ok "a trial too short for what the policy asks says so" $? "$(cat "$work/stderr")"
"$KEDJA" policy check "$work/aged.lua" --years 4 >"$work/check" 2>"$work/stderr" && grep -q "through 4 years" "$work/check" && ! grep -q "got nil" "$work/stderr"; ok "and with more years does not" $? "$(cat "$work/stderr")"
"$KEDJA" policy check "$work/aged.lua" --years 5 >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q 'aged.lua:3: found' "$work/stderr"; ok "a fault of a later year is found with --years" $? "$(cat "$work/stderr")"
# A run keeps its texts: a policy mended since is not what resume applies, and it says so.
printf 'scenario { title = "T", map = "toy", stop = 2026, policies = { "aged" } }\n' >"$work/ageing.lua"
"$KEDJA" run "$work/ageing.lua" --quiet --out "$work/ageing.nc" >/dev/null 2>"$work/first"; sed -i 's/error("found")/return/' "$work/aged.lua"
"$KEDJA" resume "$work/ageing.nc" --quiet >/dev/null 2>"$work/stderr"; [ $? -eq 1 ] && grep -q "aged.lua:3: found" "$work/stderr" && grep -q "a run keeps the texts that it began with" "$work/stderr" && ! grep -q "keeps the texts" "$work/first"
ok "a resumed run that fails in a policy says that its texts are those it began with" $? "$(cat "$work/stderr")"
(cd "$work" && "$KEDJA" policy new hush 2>/dev/null); [ $? -eq 2 ]; ok "policy new does not overwrite" $?

# A place: false without coordinates, else where they say. It declares x and y itself.
cat >"$work/spot.lua" <<'LUA'
policy { title = "Spot", sentence = "Spot.", place = "nowhere", apply = function(city, p)
  if p.point then error("here: " .. p.point.x .. " " .. p.point.y) end
end }
LUA
sed 's/place = /parameters = { { name = "x", default = 1, min = 0, max = 2 } }, place = /; s/Spot/Twice/g' "$work/spot.lua" >"$work/twice.lua"
printf 'scenario { title = "T", map = "toy", stop = 2022, policies = { "spot" } }\n' >"$work/place.lua"
"$KEDJA" run "$work/place.lua" --quiet >/dev/null 2>"$work/stderr" && { "$KEDJA" run "$work/place.lua" --quiet --set spot.x=500 --set spot.y=300 >/dev/null 2>"$work/stderr"; [ $? -ne 0 ]; } && grep -q 'here: 500.0 300.0' "$work/stderr"
ok "a policy's place is false, or the point that is given" $? "$(cat "$work/stderr")"
"$KEDJA" policy check "$work/twice.lua" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "'x' is declared twice" "$work/stderr"; ok "a place and a parameter x are refused" $? "$(cat "$work/stderr")"

# A parameter says what its value is: its name says nothing.
cat >"$work/nearest.lua" <<'LUA'
policy { title = "Nearest", sentence = "Nearest.", parameters = {
  { name = "nearest_school", kind = "school", sentence = "Which school.", zero = "any" },
  { name = "school", unit = "km", default = 1, min = 0, max = 5 },
  { name = "other", kind = "school", zero = "any" },
  { name = "beds", unit = "places", kind = "whole", default = 2, min = 1, max = 9 },
}, apply = function(city, p) print("school " .. p.nearest_school) end }
LUA
printf 'scenario { title = "T", map = "toy", stop = 2021, policies = { "nearest" } }\n' >"$work/near_town.lua"
near() { local id=$1 what=${2:-run}; "$KEDJA" "$what" "$work/near_town.lua" --set nearest.nearest_school="$id" ${3:-} >/dev/null 2>"$work/stderr"; }
near 1 run --quiet && grep -q "school 1" "$work/stderr"; ok "a policy is given the id of a school" $? "$(cat "$work/stderr")"
near 2 check; [ $? -eq 2 ] && grep -q "'nearest.nearest_school' = 2: expected the id of a school, or 0 (any); facility 2 is a preschool" "$work/stderr"; ok "that of a preschool is refused: status 2" $? "$(cat "$work/stderr")"
near 99 check && grep -q "note: .*there is no facility 99 on the map" "$work/stderr" && { near 99 run --quiet; [ $? -eq 1 ]; } && grep -q "policy nearest, 2021-01: .*there is no facility 99" "$work/stderr"
ok "one that the map has not is a note, and no school when the policy acts" $? "$(cat "$work/stderr")"
"$KEDJA" check "$work/near_town.lua" --set nearest.nearest_school=99 --set nearest.other=2 >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "facility 2 is a preschool" "$work/stderr"
ok "and hides no other that is of the wrong kind" $? "$(cat "$work/stderr")"
"$KEDJA" policy check "$work/nearest.lua" >"$work/check" 2>"$work/stderr" && grep -q '^  nearest_school *0  (id of a facility: school)' "$work/check" && grep -q 'Which school; 0: any\.' "$work/check" && grep -q '^  school *1 km (0 to 5)' "$work/check"
ok "policy check shows what each value is" $? "$(cat "$work/check" "$work/stderr")"
"$KEDJA" check "$work/near_town.lua" --show parameters >"$work/check" 2>"$work/stderr" && grep -q '^  nearest\.nearest_school = 0 (id of a facility: school) ' "$work/check" && grep -q '^  nearest\.school = 1 km (0 to 5) ' "$work/check" &&
  grep -q '^  nearest\.beds = 2 places (whole, 1 to 9) ' "$work/check"
ok "and check --show parameters in the same words" $? "$(grep -E ' = .* \(' "$work/check"; cat "$work/stderr")"
mkdir "$work/wrong"; sed 's/"school", sen/"skool", sen/' "$work/nearest.lua" >"$work/wrong/nearest.lua"; "$KEDJA" policy check "$work/wrong/nearest.lua" >/dev/null 2>"$work/stderr"
[ $? -eq 2 ] && grep -q 'nearest.lua:2: policy.parameters.1.kind: expected one of: whole grade preschool school .*, found "skool"' "$work/stderr"; ok "an unknown kind: status 2, file, line and what there is" $? "$(cat "$work/stderr")"

# Indicators: not before they are measured, one rule for policies and triggers, and no sums of what is no count.
printf 'scenario { title = "T", map = "toy", stop = 2022, policies = { "own" } }\n' >"$work/own_town.lua"
own() { # WHEN BODY: runs two years of a policy
  printf 'policy { title = "Own", sentence = "Own.",\n  when = %s,\n  apply = function(city, p)\n    %s\n  end,\n}\n' "$1" "$2" >"$work/own.lua"
  "$KEDJA" run "$work/own_town.lua" --quiet >/dev/null 2>"$work/stderr"
}
own '{ column = "queue_mean", above = -1 }' 'print("acts " .. city.year .. "-" .. city.month)'; same "a trigger waits for the first measurement" "acts 2022-1" "$(sed -n 's/kedja: note: //p' "$work/stderr")"
own '"year"' 'print(city:indicator("municipality", "queue_mean"), city:indicator("municipality", "population", "Toyville") == city:indicator("municipality", "population", "T001"))'
[ "$(grep -c "nil.true" "$work/stderr")" = 1 ]; ok "an indicator is nil before it is measured; name and code mean one row" $? "$(cat "$work/stderr")"
own '"year"' 'if city:indicator("municipality", "queue_mean") > 5 then return end'; grep -q "own.lua:4: attempt to compare" "$work/stderr" && grep -q "municipality.queue_mean was nil here: it is not measured yet" "$work/stderr"; ok "and who reckons with nil is told which indicator it was" $? "$(cat "$work/stderr")"
own '{ column = "completed", below = 50 }' 'return'; [ $? -eq 2 ] && grep -q "own.lua:2: policy.when: municipality.completed is a yearly count" "$work/stderr"; ok "a trigger on a yearly count is refused" $? "$(cat "$work/stderr")"
own '"year"' 'print(city:indicator("area", "mean_rent", "Town")) print(city:indicator("area", "mean_rent"))'; [ $? -eq 1 ] && grep -q "own.lua:4: area.mean_rent (SEK/month) is no count: its sum over 3 rows means nothing" "$work/stderr"
ok "a sum of means is refused" $? "$(cat "$work/stderr")"
own '"year"' 'local l = city:layer("land_use") local m = l:is("forest")
    and l:is("park")'; [ $? -eq 2 ] && grep -q "own.lua:5: write a & b, not .and." "$work/stderr"; ok "masks joined by 'and' are refused with the line" $? "$(cat "$work/stderr")"
own '"year"' 'city.layer("zoning")'; grep -q "own.lua:4: write city:layer(…), with a colon" "$work/stderr"; ok "a word of the city without its colon" $? "$(cat "$work/stderr")"

# Triggers: the year in which max_far of the first cell was raised.
cat >"$work/late.lua" <<'LUA'
policy { title = "Late", sentence = "Late.", when = { column = "dwellings", above = 0 }, apply = function(city)
  local forest = city:layer("land_use"):is("forest")
  city:layer("max_far"):set(forest, city:layer("max_far") + 1)
end }
LUA
cat >"$work/one.lua" <<'LUA'
policy { title = "One", sentence = "One.", when = { year = 2022 }, apply = function(city) city:layer("max_far"):max(city:layer("land_use"):is("flats"), 3) end }
LUA
cat >"$work/two.lua" <<'LUA'
policy { title = "Two", sentence = "Two.", apply = function(city) city:layer("max_far"):min(city:layer("land_use"):is("flats"), 1) end }
LUA
cat >"$work/s.lua" <<'LUA'
scenario { title = "T", map = "toy", stop = 2024, policies = { "late", "one", "two" } }
LUA
"$KEDJA" run "$work/s.lua" --out "$work/s.nc" --audit >/dev/null 2>"$work/stderr"; ok "a scenario with triggers runs" $? "$(cat "$work/stderr")"
grep -q 'policy two changes max_far on [0-9]* cells whose max_far policy one had set' "$work/stderr"; ok "policies that clash are reported with both names" $? "$(cat "$work/stderr")"

if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  for name in "trigger" "who may apply" "protect_farmland" "protect_green" "affordable_share" "land_price" "new_station" "densify" "grow_villages" "any order"; do skip "$name" "python3-netcdf4 is missing"; done
  exit 0
fi
value() { # FILE COLUMN: sum of a municipality's column over all years but the first
  /usr/bin/python3 -c 'import sys, netCDF4; print(int(netCDF4.Dataset(sys.argv[1])["municipality"][sys.argv[2]][1:].sum()))' "$1" "$2"
}
run() { local out=$1; shift; "$KEDJA" run $scenario --years 10 --out "$work/$out.nc" "$@" >/dev/null 2>"$work/stderr" || cat "$work/stderr" >&2; }
more() { [ "$2" -gt "$3" ]; ok "$1" $? "$2 against $3"; }
raised=$(/usr/bin/python3 - "$work/s.nc" <<'PY'
import sys, netCDF4
run = netCDF4.Dataset(sys.argv[1])
forest = run["land_use"][0] == 2
print(sorted({round(float(x), 3) for x in (run["max_far"][-1] - run["max_far"][0])[forest & (run["land_use"][-1] == 2)]}))
PY
)
same "an indicator that has passed its bound triggers once" "[1.0]" "$raised"
# Who may apply: with the age of senior homes at 50, some who move in are younger than 65; else nobody.
cat >"$work/who.lua" <<'LUA'
policy { title = "Who", sentence = "Who.", parameters = { { name = "age", default = 65, min = 50, max = 80, unit = "year", title = "Age", sentence = "Age." } }, apply = function(city, p) city:set_param("housing.senior_age", p.age) end }
LUA
echo 'scenario { title = "T", map = "toy", stop = 2026, policies = { "building_programme", "who" }, projects = { { name = "Old", area = "Town", senior = 30, start = 2021 } } }' >"$work/who_town.lua"
for age in 50 65; do "$KEDJA" run "$work/who_town.lua" --quiet --set who.age=$age --out "$work/who$age.nc" >/dev/null 2>"$work/stderr"; done
youngest() { /usr/bin/python3 -c 'import sys, netCDF4, numpy as np
v = netCDF4.Dataset(sys.argv[1])["vacancy"]; age = np.array(v["mover_age"][:])[np.array(v["tenure"][:]) == v["tenure"].flag_meanings.split().index("senior")]
print(min(a for a in age if a > 0))' "$1" 2>>"$work/stderr"; }
[ "$(youngest "$work/who65.nc")" -ge 65 ] && [ "$(youngest "$work/who50.nc")" -lt 65 ] && [ "$(youngest "$work/who50.nc")" -ge 50 ]; ok "a policy decides from which age one may have a senior home" $? "$(cat "$work/stderr")"
run base
run farmland --set protect_farmland.enabled=true --set protect_farmland.min_class=1
same "protect_farmland: no farmland is built on; the base run builds on some" "0 yes" "$(value "$work/farmland.nc" farmland_built_m2) $([ "$(value "$work/base.nc" farmland_built_m2)" -gt 0 ] && echo yes)"
run green --set protect_green.enabled=true
same "protect_green: no park is built on; the base run builds on some" "0 yes" "$(value "$work/green.nc" green_built_m2) $([ "$(value "$work/base.nc" green_built_m2)" -gt 0 ] && echo yes)"
run affordable --set affordable_share.enabled=true --set affordable_share.share=1
more "affordable_share: owners forgo rent" "$(value "$work/affordable.nc" affordable_cost_sek)" "$(value "$work/base.nc" affordable_cost_sek)"
run price --set land_price.enabled=true
more "land_price: the municipality is paid for land" "$(value "$work/price.nc" land_sales_sek)" "$(value "$work/base.nc" land_sales_sek)"
run station --set new_station.enabled=true --set new_station.year=2022 --set new_station.minutes=4
more "new_station: the way to it is counted" "$(value "$work/station.nc" station_car)" "$(value "$work/base.nc" station_car)"
run dense --set densify.enabled=true
land() { for use in farmland forest green open; do value "$work/$1.nc" ${use}_built_m2; done; value "$work/$1.nc" density; } # one sum may be the same by chance
differs "densify changes what is built" "$(land dense)" "$(land base)"
run villages --set grow_villages.enabled=true
land() { for kind in farmland forest open; do value "$1" ${kind}_built_m2; done | tr '\n' ' '; }
differs "grow_villages changes what is built" "$(land "$work/villages.nc")" "$(land "$work/base.nc")"
# An audit fails where a protected cell is built on, whatever the order of the policies.
for order in '"protect_green", "protect_farmland", "grow_villages", "densify"' '"densify", "grow_villages", "protect_farmland", "protect_green"'; do
  echo "scenario { title = 'O', map = 'varnamo', stop = 2026, policies = { 'building_programme', $order }, set = {} }" >"$work/order.lua"
  "$KEDJA" run "$work/order.lua" --audit --out "$work/order.nc" >/dev/null 2>"$work/stderr" || echo failed
done >"$work/orders"
[ ! -s "$work/orders" ]; ok "no protected cell is built on under two orders of four policies" $? "$(cat "$work/stderr")"
sed -e '/Distance from homes/d; /How far from homes/d' -e 's/name = "hush"/name = "bare"/' "$work/hush.lua" >"$work/bare.lua"
"$KEDJA" policy check "$work/bare.lua" >"$work/check" 2>"$work/stderr" && grep -q '^  metres ' "$work/check" && ! grep -q 'metres. metres' "$work/check"; ok "a parameter without text of its own is not said twice" $? "$(cat "$work/check" "$work/stderr")"
