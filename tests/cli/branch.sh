#!/usr/bin/env bash
# A branch from a stored run: the months before are checked against it, the hash is that of a full run, and what cannot be is refused.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 13
scenario=scripts/scenarios/toy.lua
hash() { "$KEDJA" hash "$1" | awk '{print $NF}'; }
"$KEDJA" run $scenario --years 6 --seed 5 --set densify.max_far=1.1 --quiet --out "$work/base.nc" 2>"$work/stderr"; ok "a base run" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc@2023-01" --quiet --out "$work/same.nc" 2>"$work/stderr"
same "a branch without a change is the base" "$(hash "$work/base.nc")" "$(hash "$work/same.nc")"
"$KEDJA" run --branch-from "$work/base.nc@2023-03" --set protect_farmland.enabled=false --set housing.interest=0.05 --quiet --threads 1 --out "$work/branch.nc" 2>"$work/stderr"
printf '2023-03 protect_farmland.enabled=false\n2023-03 housing.interest=0.05\n' >"$work/journal"
"$KEDJA" run $scenario --years 6 --seed 5 --set densify.max_far=1.1 --journal "$work/journal" --quiet --out "$work/full.nc" 2>>"$work/stderr"
same "a branch hashes as the full run with the same changes does" "$(hash "$work/full.nc")" "$(hash "$work/branch.nc")"
differs "and not as the base" "$(hash "$work/base.nc")" "$(hash "$work/branch.nc")"
"$KEDJA" compare "$work/base.nc" "$work/branch.nc" >"$work/matrix" 2>"$work/stderr"; ok "base and branch are a pair" $? "$(cat "$work/stderr")"
"$KEDJA" compare "$work/base.nc" "$work/branch.nc" --json >"$work/settings" 2>>"$work/stderr"; grep -q "Protect farmland: off from 2023-03" "$work/matrix" && grep -q '"from": "2023-03"' "$work/settings"
ok "and what was changed in the branch is told, with the month" $? "$(head -20 "$work/matrix")"
"$KEDJA" run $scenario --years 6 --seed 6 --set densify.max_far=1.1 --quiet --out "$work/base6.nc" 2>"$work/stderr" && "$KEDJA" run --branch-from "$work/base6.nc@2023-03" --set protect_farmland.enabled=false --set housing.interest=0.05 --quiet --out "$work/branch6.nc" 2>>"$work/stderr" &&
  "$KEDJA" compare "$work/base.nc" "$work/base6.nc" "$work/branch.nc" "$work/branch6.nc" --json 2>>"$work/stderr" | grep -q '"pairs": 2'; ok "branches over several seeds are compared" $? "$(cat "$work/stderr")"
before=$(hash "$work/base.nc"); "$KEDJA" run --branch-from "$work/base.nc@2023-03" --set housing.interest=0.05 --out "$work/../$(basename "$work")/base.nc" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "is the run that is branched from" "$work/stderr" && [ "$(hash "$work/base.nc")" = "$before" ]
ok "the base is not written over" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc@2043-01" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "simulates 2021-01 to 2026-12, not 2043-01" "$work/stderr"; ok "a month that the base does not have" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "such as base.nc@2028-01" "$work/stderr"; ok "no month" $? "$(cat "$work/stderr")"
"$KEDJA" run $scenario --branch-from "$work/base.nc@2023-01" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "are those of the base" "$work/stderr"; ok "a scenario beside it is refused" $? "$(cat "$work/stderr")"
# A policy that asks for years before the branch hears what a full run hears; no ratio that it sets is the one (1.0) that stood there.
cat >"$work/looks.lua" <<'LUA'
policy { title = "Looks", sentence = "Looks.", apply = function(city)
  city:layer("max_far"):set(city:layer("land_use"):is("flats"), 0.53 + city:indicator("municipality", "population", city.year - 2) % 7 / 10 + city:indicator("area", "population", "Town", city.year - 2) % 5 / 20)
end }
LUA
echo 'scenario { title = "T", map = "toy", stop = 2026, policies = { { "looks", enabled = false } } }' >"$work/looking.lua"; echo '2023-01 looks.enabled=true' >"$work/look"
"$KEDJA" run "$work/looking.lua" --quiet --out "$work/unseen.nc" 2>"$work/stderr" && "$KEDJA" run "$work/looking.lua" --quiet --journal "$work/look" --out "$work/seen.nc" 2>>"$work/stderr" &&
  "$KEDJA" run --branch-from "$work/unseen.nc@2023-01" --quiet --set looks.enabled=true --out "$work/late.nc" 2>>"$work/stderr"
same "a policy that asks the past, in a branch and in a full run" "$(hash "$work/seen.nc") differs" "$(hash "$work/late.nc") $([ "$(hash "$work/seen.nc")" != "$(hash "$work/unseen.nc")" ] && echo differs)"
# Every shipped policy, switched on later than its year, acts and changes the state; those that have a year say that it was past.
cat >"$work/later.lua" <<'LUA'
scenario { title = "T", map = "toy", stop = 2024, policies = {}, projects = { { name = "Late", area = "Village", rental = 5, start = 2022 } } }
LUA
"$KEDJA" run "$work/later.lua" --quiet --set housing_project.enabled=true --set housing_project.year=2022 --set housing_project.rental=1 --out "$work/later.nc" 2>"$work/stderr" || cat "$work/stderr" >&2
declare -A settings=([densify]="smallest=0 distance=500" [densify_area]="x=501350 y=6301350" [grow_villages]="smallest=0" [new_school]="year=2022" [new_road]="year=2022" [senior_housing]="smallest=0"
  [new_station]="year=2022 minutes=1 x=500450 y=6300450" [protect_area]="x=501350 y=6301350" [close_school]="year=2022" [housing_project]="year=2021 rental=0")
for file in scripts/policies/*.lua; do
  name=$(basename "$file" .lua) sets=() past=0
  for s in enabled=true ${settings[$name]:-}; do sets+=(--set "$name.$s"); [[ $s == year=* ]] && past=1; done
  "$KEDJA" run --branch-from "$work/later.nc@2023-01" "${sets[@]}" --out "$work/b_$name.nc" >/dev/null 2>"$work/err"
  case $? in
    0) [ "$(hash "$work/b_$name.nc")" != "$(hash "$work/later.nc")" ] || echo "$name changed nothing" ;;
    *) [ $name = close_school ] && grep -q "no open school outside the town" "$work/err" || { echo "$name:"; cat "$work/err"; } ;;
  esac
  [ $past -eq 0 ] || grep -q "2023: policy $name: its year 202[12] is past, so it acts now" "$work/err" || echo "$name does not say that its year is past"
done >"$work/idle"
[ ! -s "$work/idle" ]; ok "each shipped policy does what it does when it is switched on later" $? "$(cat "$work/idle")"
