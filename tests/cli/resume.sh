#!/usr/bin/env bash
# A run killed at any moment goes on to the same hash; nothing half-written stands under the final name.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
scenario=scripts/scenarios/varnamo_2035.lua
kills=12
plan $((kills + 15))
reference=$(hash_of $scenario --years 15 --threads 2)
began=$(date +%s%N)
"$KEDJA" run $scenario --years 15 --threads 2 --out "$work/whole.nc" --quiet 2>/dev/null
millis=$((($(date +%s%N) - began) / 1000000))
for i in $(seq $kills); do
  file=$work/killed$i.nc
  "$KEDJA" run $scenario --years 15 --threads 2 --out "$file" --quiet 2>/dev/null & pid=$!
  sleep "$(awk -v m=$millis -v i="$i" -v n=$kills 'BEGIN { printf "%.3f", m * i / (n + 1) / 1000 }')"
  kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
  if [ -e "$file" ]; then early="finished before the kill"; else early=""; fi
  [ -z "$early" ] && [ ! -d "$file.d" ] && { # killed before the request was written: nothing to resume, and it says so
    "$KEDJA" resume "$file" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "$(basename "$file")" "$work/stderr"
    ok "killed before it began ($i of $kills)" $? "$(cat "$work/stderr")"; continue; }
  "$KEDJA" resume "$file" --quiet 2>"$work/stderr"
  same "killed after $i/$((kills + 1)) of the time${early:+ ($early)}" "$reference" "$("$KEDJA" hash "$file" 2>&1 | awk '{print $NF}')"
  rm -rf "$file" "$file.d"
done
# Killed twice on the way.
file=$work/twice.nc
"$KEDJA" run $scenario --years 15 --out "$file" --quiet 2>/dev/null & pid=$!; sleep "$(awk -v m=$millis 'BEGIN { print m * 0.4 / 1000 }')"; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
[ -d "$file.d" ] && { "$KEDJA" resume "$file" --quiet 2>/dev/null & pid=$!; sleep "$(awk -v m=$millis 'BEGIN { print m * 0.3 / 1000 }')"; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null; }
"$KEDJA" resume "$file" --quiet 2>"$work/stderr"
same "killed twice" "$reference" "$("$KEDJA" hash "$file" | awk '{print $NF}')"
# Stopped politely.
file=$work/term.nc
"$KEDJA" run $scenario --years 15 --out "$file" --quiet 2>/dev/null & pid=$!
for wait in $(seq 2000); do [ -e "$file.d/year_2024.nc" ] || ! kill -0 $pid 2>/dev/null && break; sleep 0.01; done # on the way, however busy the machine
kill -TERM $pid 2>/dev/null; wait $pid; status=$?
[ $status -eq 75 ]; ok "SIGTERM ends with status 75" $? "status $status"
"$KEDJA" resume "$file" --quiet 2>"$work/stderr"
same "stopped by SIGTERM in mid-year, resumed" "$reference" "$("$KEDJA" hash "$file" | awk '{print $NF}')"
mkdir "$file.d"; echo old >"$file.d/checkpoint_202212.h5"; echo old >"$file.d/year_2022.nc" # of a version that kept checkpoints as HDF5
"$KEDJA" run $scenario --years 1 --out "$file" --quiet 2>"$work/stderr" && [ ! -d "$file.d" ]; ok "an unfinished run of an earlier version is put aside" $? "$(cat "$work/stderr")"
# What plugins keep outside the state rests on the same figures after a restart: a station, and a change of what its ways are reckoned with.
printf '2025-02 environment.bicycle_factor=2\n' >"$work/journal"
station="$scenario --years 8 --threads 2 --quiet --journal $work/journal --set new_station.enabled=true --set new_station.year=2022"
"$KEDJA" run $station --out "$work/station.nc" 2>"$work/stderr"; file=$work/station_stopped.nc
"$KEDJA" run $station --out "$file" 2>>"$work/stderr" & pid=$!
for wait in $(seq 2000); do [ -e "$file.d/year_2025.nc" ] || ! kill -0 $pid 2>/dev/null && break; sleep 0.01; done
kill -TERM $pid 2>/dev/null; wait $pid; [ $? -eq 75 ]; ok "stopped after the change" $? "$(cat "$work/stderr")"
"$KEDJA" resume "$file" --quiet 2>"$work/stderr"
same "a station and another speed on the way, resumed" "$("$KEDJA" hash "$work/station.nc" | awk '{print $NF}')" "$("$KEDJA" hash "$file" | awk '{print $NF}')"
# What a policy asks is the same after a restart: indicators of past years, and layers and means that are made anew each month.
cat >"$work/asks.lua" <<'LUA'
policy { title = "Asks", sentence = "Asks.", apply = function(city)
  local then_, before = city:indicator("municipality", "population", city.year - 3), city:indicator("municipality", "births", city.year - 1)
  local answer = tostring(then_) .. " " .. tostring(before) .. " " .. city:indicator("area", "mean_rent", "Town") .. " " .. city:layer("potential"):highest() .. " " .. city:layer("households"):sum()
  print(city.year .. ": " .. answer)
  local land = city:layer("land_use")
  city:layer("max_far"):set(land:is("flats"), 0.5 + (then_ or 0) % 7 / 10 + (before or 0) % 5 / 20)
end }
LUA
echo 'scenario { title = "T", map = "toy", stop = 2040, policies = { "asks" } }' >"$work/asking.lua"
"$KEDJA" run "$work/asking.lua" --out "$work/asked.nc" >/dev/null 2>"$work/asked"; file=$work/asking.nc
"$KEDJA" run "$work/asking.lua" --out "$file" >/dev/null 2>&1 & pid=$!
for wait in $(seq 4000); do [ -e "$file.d/year_2026.nc" ] || ! kill -0 $pid 2>/dev/null && break; sleep 0.005; done
kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
[ -e "$file" ] && finished=" (finished before the kill)" || finished=
"$KEDJA" resume "$file" >/dev/null 2>"$work/stderr"
same "a policy that asks the past, killed and resumed$finished" "$("$KEDJA" hash "$work/asked.nc" | awk '{print $NF}')" "$("$KEDJA" hash "$file" | awk '{print $NF}')"
asked() { grep -o "20[0-9][0-9]: .*" "$1" | sort; }
[ -n "$finished" ] || { [ "$(asked "$work/stderr" | wc -l)" -ge 5 ] && [ -z "$(comm -23 <(asked "$work/stderr") <(asked "$work/asked"))" ] && grep -q "2021: nil nil" "$work/asked" && grep -q "2023: [0-9.]* [0-9]" "$work/asked"; }
ok "and hears the same each year" $? "$(asked "$work/stderr" | head -3)"
same "and did the same, year by year" "$("$KEDJA" table "$work/asked.nc" policies --csv)" "$("$KEDJA" table "$file" policies --csv)"
file=$work/term.nc
"$KEDJA" resume "$file" --quiet; ok "resuming a complete run exits 0 at once" $?
# The scenario may change or vanish after the start: the run goes on with what it began with.
cp $scenario "$work/mine.lua"; file=$work/moved.nc
"$KEDJA" run "$work/mine.lua" --years 15 --out "$file" --quiet 2>/dev/null & pid=$!; sleep "$(awk -v m=$millis 'BEGIN { print m * 0.6 / 1000 }')"; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
echo 'error("changed")' >"$work/mine.lua"
"$KEDJA" resume "$file" --quiet 2>"$work/stderr"
same "scenario file changed after the kill" "$reference" "$("$KEDJA" hash "$file" 2>&1 | awk '{print $NF}')"
echo text >"$work/notrun.nc"; "$KEDJA" resume "$work/notrun.nc" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q notrun.nc "$work/stderr"
ok "resuming a file that is no run: status 2" $? "$(cat "$work/stderr")"; rm "$work/notrun.nc"
# Two runs into one file would mix their years: the second is refused, the first goes on.
file=$work/shared.nc
"$KEDJA" run $scenario --years 40 --out "$file" --quiet 2>/dev/null & pid=$!
for i in $(seq 100); do [ -e "$file.d/year_2020.nc" ] && break; sleep 0.05; done
"$KEDJA" run $scenario --years 1 --out "$file" --quiet 2>"$work/stderr"; status=$?; wait $pid
[ $status -eq 2 ] && grep -q "another process" "$work/stderr" && "$KEDJA" hash "$file" >/dev/null
ok "a second run into the same file: refused" $? "status $status: $(cat "$work/stderr")"; rm -f "$file"
# Other rates than the run began with: refused, not silently another result.
file=$work/rates.nc; mkdir -p "$work/data" && cp -r maps scripts "$work/data/"
KEDJA_DATA=$work/data "$KEDJA" run $scenario --years 40 --out "$file" --quiet 2>/dev/null & pid=$!
for wait in $(seq 4000); do [ -e "$file.d/year_2022.nc" ] || ! kill -0 $pid 2>/dev/null && break; sleep 0.005; done # neither before the start nor at the end, however busy the machine
kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
awk -F, 'BEGIN { OFS = "," } /^(F|M|female|male),50,/ { $3 = $3 * 2 } { print }' maps/countries/se/mortality.csv >"$work/data/maps/countries/se/mortality.csv"
KEDJA_DATA=$work/data "$KEDJA" resume "$file" --quiet 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "have changed" "$work/stderr"
ok "rates changed after the kill: refused" $? "$(cat "$work/stderr")"; rm -rf "$file" "$file.d"
[ -z "$(find "$work" -name '*.part')" ] && [ ! -d "$file.d" ]; ok "no temporary files are left" $? "$(find "$work" -name '*.part')"
