#!/usr/bin/env bash
# Bad input: a clear message, the right status, nothing half-written under the final name.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
scenario=scripts/scenarios/varnamo_2035.lua
plan 103
# refused NAME STATUS PATTERN COMMAND…: exit status and a message that matches.
refused() {
  local name=$1 status=$2 pattern=$3 found; shift 3
  timeout 60 "$@" >"$work/stdout" 2>"$work/stderr"; found=$?
  [ $found -eq "$status" ] && grep -qE "$pattern" "$work/stderr"
  ok "$name" $? "status $found, wanted $status; message: $(cat "$work/stderr")"
}
lua() { printf '%s\n' "$2" >"$work/$1.lua"; echo "$work/$1.lua"; }
refused "no scenario named" 2 "which scenario" "$KEDJA" run
refused "missing scenario" 2 "nowhere.lua" "$KEDJA" run nowhere.lua
refused "misspelt scenario, nearest named" 2 "did you mean 'varnamo_2035'" "$KEDJA" run varnamo_203
refused "unknown command" 2 "did you mean 'run'" "$KEDJA" rum
refused "unknown option" 2 "'--years'" "$KEDJA" run $scenario --yaers 5
refused "text where a number belongs" 2 "whole number" "$KEDJA" run $scenario --years five
mkdir -p "$work/couples/maps/countries"; cp -r maps/toy "$work/couples/maps/"; cp -r maps/countries/se "$work/couples/maps/countries/"
sed -i 's/^female,18,[0-9.]*/female,18,0.0500/' "$work/couples/maps/countries/se/start_partner_share.csv"
refused "more with a partner than have left home" 2 "start_partner_share.csv, female,18: expected at most 0.0400, since 0.9600 live with their parents .*, found 0.0500" env KEDJA_DATA="$work/couples" "$KEDJA" run scripts/scenarios/toy.lua --years 1 --out "$work/couples.nc"
# shares FILE PATTERN MESSAGE: one share of a table changed; in_age has a row of its own for varnamo.
shares() {
  rm -rf "$work/shares"; mkdir -p "$work/shares/maps/countries"; cp -r maps/countries/se "$work/shares/maps/countries/"
  sed -i -E "s/^($2),[0-9.]+,/\1,0.99,/" "$work/shares/maps/countries/se/$1.csv"
  refused "shares of $1 that do not sum to one" 2 "$work/shares/maps/countries/se/$1.csv:[0-9]+: column .value.: expected shares that sum to 1 in rows [0-9]+ to [0-9]+$3, found a sum of [0-9.]+$" env KEDJA_DATA="$work/shares" "$KEDJA" run scripts/scenarios/toy.lua --years 1
}
shares in_age varnamo,30_34 ", municipality = varnamo"; shares in_household 22_24,single ", age = 22_24"; shares new_home_rooms flat,1 ", home = flat"
shares start_household_kind single ""; shares start_dwelling_rooms detached,5 ", kind = detached"
rm "$work/shares/maps/countries/se/"*.csv; cp maps/countries/se/*.csv "$work/shares/maps/countries/se/"; rm "$work/shares/maps/countries/se/mortality.csv"
refused "a table lost from the folder of KEDJA_DATA is not taken from elsewhere" 2 "^kedja: error: $work/shares/maps/countries/se/mortality.csv: no such file" env KEDJA_DATA="$work/shares" "$KEDJA" run scripts/scenarios/toy.lua --years 1
refused "zero years" 2 "from 1" "$KEDJA" run $scenario --years 0
refused "Lua syntax error" 2 "syntax.lua:2" "$KEDJA" run "$(lua syntax $'scenario{\n  name = = 1\n}')"
refused "Lua runtime error" 2 "fault.lua:1" "$KEDJA" run "$(lua fault 'local x = nil + 1')"
refused "endless loop" 2 "loop.lua" "$KEDJA" run "$(lua loop 'while true do end')"
refused "memory bomb" 2 "memory" "$KEDJA" run "$(lua bomb 'local t = {} for i = 1, 1e9 do t[i] = {i} end')"
refused "unknown key, nearest named" 2 "'?map'?" "$KEDJA" run "$(lua key 'scenario{ name = "x", mapp = "toy", stop = 2025 }')"
refused "a file that declares no scenario" 2 "scenario" "$KEDJA" run "$(lua empty '-- nothing')"
refused "a text in Latin-1" 2 "latin.lua:2: byte 0xE4 is not UTF-8 text: save the file as UTF-8" "$KEDJA" check "$(lua latin $'scenario{\n title = "V\xe4rnamo", map = "toy", stop = 2024 }')"
refused "a title with a zero byte" 2 'zero.lua:2: scenario.title: expected a text in UTF-8, found the byte 0x00 at place 2' "$KEDJA" check "$(lua zero $'scenario{\n title = "V\\0rnamo", map = "toy", stop = 2024 }')"
"$KEDJA" check "$(lua marked $'\xef\xbb\xbfscenario{ title = "Värnamo", map = "toy", stop = 2024 }')" >/dev/null 2>"$work/stderr"; ok "a byte order mark is no fault" $? "$(cat "$work/stderr")"
refused "an end before the map's beginning, with its line" 2 "early.lua:3: scenario.stop: the run would stop in 2010, but map 'toy' starts after December" "$KEDJA" run "$(lua early $'scenario{\n title = "x", map = "toy",\n stop = 2010 }')"
refused "nesting beyond all bounds, with its line" 2 "deep.lua:2: C stack overflow" "$KEDJA" check "$(lua deep "$(printf 'local a = 1\nx = '; printf '{%.0s' {1..1000})")"
refused "words of a script do not steer the terminal" 2 'steer.lua:1: x\?\[31m' "$KEDJA" check "$(lua steer 'error("x\27[31m")')"
mkfifo "$work/fifo.lua"
refused "a pipe that nobody writes" 2 "fifo.lua: cannot be read: it is no file but a pipe or a device" timeout 5 "$KEDJA" run "$work/fifo.lua"
refused "a device without end" 2 "/dev/zero: cannot be read: it is no file but a pipe or a device" timeout 5 "$KEDJA" run /dev/zero
refused "unknown map" 2 "nomap" "$KEDJA" run $scenario --map nomap
refused "a scenario's map misspelt: its line, and the nearest" 2 "mapped.lua:2: scenario.map: värnamo is neither .*did you mean 'varnamo'" "$KEDJA" check "$(lua mapped $'scenario{ title = "x", stop = 2025,\n  map = "värnamo" }')"
refused "unknown policy, nearest named" 2 "densify" "$KEDJA" run $scenario --set densfy.enabled=true
refused "unknown parameter, nearest named" 2 "densify.max_far" "$KEDJA" run $scenario --set densify.max_fra=1
refused "part of a parameter's name: the one that begins so" 2 "nearest known one is 'demography.vision_population'" "$KEDJA" run $scenario --set demography.vision_popu=40000
refused "parameter out of range" 2 "densify.max_far.*expected" "$KEDJA" run $scenario --set densify.max_far=1e9
refused "decimal comma" 2 "decimal point" "$KEDJA" run $scenario --set densify.max_far=1,4
refused "half a switch" 2 "expected 0 or 1" "$KEDJA" run $scenario --set densify.enabled=0.5
refused "half a year" 2 "whole number from 1900 to 2500" "$KEDJA" run $scenario --set new_school.year=2027.5
refused "a policy that ends before it begins" 2 "densify.from.*2030.*densify.to.*2025" "$KEDJA" run $scenario --set densify.from=2030 --set densify.to=2025
refused "the vision of another map: a warning" 0 "the goal of 40000 inhabitants is that of the scenario's own map varnamo, not of toy" "$KEDJA" run varnamo_2035 --map toy --years 1
refused "a parameter of a policy that is off: a warning" 0 "policy new_school is off: new_school.year changes nothing .--set new_school.enabled=true" "$KEDJA" run $scenario --years 1 --set new_school.year=2027
refused "a setting twice: the later one, with a note" 0 "max_far=2 takes the place of --set densify.max_far=1" "$KEDJA" run scripts/scenarios/toy.lua --years 1 --set densify.max_far=1 --set densify.max_far=2
refused "a setting in hexadecimal digits" 2 "densify.max_far': expected a number in decimal digits without blanks, true or false after '=', found '0x2'" "$KEDJA" run $scenario --set densify.max_far=0x2
refused "a setting with a blank" 2 "in decimal digits without blanks.*found ' 1'" "$KEDJA" run $scenario --set "densify.max_far= 1"
refused "a map without a name" 2 "^kedja: error: expected the name or the folder of a map, found nothing" "$KEDJA" run $scenario --map ""
refused "setting without a value" 2 "NAME=VALUE|name=value" "$KEDJA" run $scenario --set densify.max_far
for bytes in 3000 12584 14000; do
  head -c $bytes tests/abi/plugin_1_0_x86_64.so >"$work/cut.so"
  refused "a plugin cut off at $bytes bytes" 2 "cut.so: cannot be loaded as a plugin: the file is cut off, $bytes bytes" "$KEDJA" run scripts/scenarios/toy.lua --years 1 --plugin "$work/cut.so"
done
head -c 3000 tests/abi/plugin_1_0_x86_64.so >"$work/cut.so"
refused "a plugin that is cut off, in the list of plugins" 2 "the file is cut off" "$KEDJA" plugins --plugin "$work/cut.so"
refused "plugin that is none" 2 "README" "$KEDJA" run $scenario --plugin README.md
refused "output in a missing folder" 2 "nofolder" "$KEDJA" run $scenario --out "$work/nofolder/x.nc"
refused "output is a folder" 2 "$(basename "$work")" "$KEDJA" run $scenario --out "$work"
echo mine >"$work/mine.txt"
refused "output is somebody's file that is no run" 2 "mine.txt.*not replaced" "$KEDJA" run $scenario --years 1 --out "$work/mine.txt"
same "and that file is as it was" "mine" "$(cat "$work/mine.txt")"
refused "hash of a file that is no run" 2 "README.md" "$KEDJA" hash README.md
refused "hash of a missing file" 2 "nothere.nc" "$KEDJA" hash nothere.nc
refused "resume of nothing" 2 "nothere.nc" "$KEDJA" resume nothere.nc
"$KEDJA" run $scenario --years 1 --out "$work/whole.nc" --quiet 2>/dev/null; head -c 20000 "$work/whole.nc" >"$work/cut.nc"
refused "hash of a file cut off" 2 "cut.nc" "$KEDJA" hash "$work/cut.nc"
# Standard output is an output, too: who reads a part of it has what was wanted.
for words in "run scripts/scenarios/toy.lua --years 1 --json" "hash $work/whole.nc" "info $work/whole.nc --json" "table $work/whole.nc population --csv" "compare $work/whole.nc $work/whole.nc --csv" "--help"; do
  "$KEDJA" $words >/dev/full 2>"$work/stderr"; [ $? -eq 1 ] && grep -q "^kedja: error: standard output: cannot be written" "$work/stderr"; ok "a full standard output: kedja ${words%% *}" $? "$(cat "$work/stderr")"
done
(set -o pipefail; "$KEDJA" table "$work/whole.nc" population --csv 2>"$work/stderr" | head -n 1 >/dev/null) && [ ! -s "$work/stderr" ]; ok "a reader that has enough is no fault" $? "$(cat "$work/stderr")"
mkdir -p "$work/torn.nc.d" && printf '{\n "format": 1,\n' >"$work/torn.nc.d/request.json"
refused "a damaged request" 2 "torn.nc.d/request.json:[0-9]+: not JSON" "$KEDJA" resume "$work/torn.nc"
# What cannot be written is found before any drawing: the same status and sentence everywhere, with the name as it was typed.
unwritable() { # OPTION FILE COMMAND…
  refused "$3 $1 into a missing folder" 2 "^kedja: error: $2: cannot be written: there is no such folder\$" timeout 5 "$KEDJA" "${@:3}" "$1" "$2"
  [ "$(wc -l <"$work/stderr")" -eq 1 ] || ok "one sentence of it" 1 "$(cat "$work/stderr")"
}
unwritable --out /nofolder/x.pdf report "$work/whole.nc"
unwritable --png /nofolder/x.png report "$work/whole.nc"
unwritable --map /nofolder/x.png report "$work/whole.nc"
unwritable --tables /nofolder/x.pdf report "$work/whole.nc"
unwritable --map /nofolder/x.png schools "$work/whole.nc"
unwritable --chart /nofolder/x.png compare "$work/whole.nc" "$work/whole.nc"
unwritable --worlds /nofolder/x.png compare "$work/whole.nc" "$work/whole.nc"
unwritable --png /nofolder/x.png chains "$work/whole.nc"
unwritable --out /nofolder/x.gpkg export "$work/whole.nc" --table area
unwritable --out /nofolder/x.tif export "$work/whole.nc" --layer land_use
unwritable --png /nofolder/x.png map show toy
unwritable --chart /nofolder/x.png sensitivity toy_ensemble
refused "a map into a folder that cannot be made, before any work" 2 "^kedja: error: $work/mine.txt/map: cannot be written: a part of its path is no folder\$" timeout 5 "$KEDJA" import varnamo --out "$work/mine.txt/map"
refused "a map under the name of a file" 2 "$work/mine.txt: cannot be written: $work/mine.txt is no folder" timeout 5 "$KEDJA" import varnamo --out "$work/mine.txt"
refused "a new recipe where none can be written" 2 "^kedja: error: $work/mine.txt/mine: cannot be written: a part of its path is no folder\$" "$KEDJA" map new "$work/mine.txt/mine" --municipality 1281
refused "a picture under the name of a folder" 2 "$(basename "$work"): cannot be written: expected a file or nothing, found a folder" "$KEDJA" chains "$work/whole.nc" --png "$work"
refused "a chain by a word" 2 "chain: expected the number of a vacancy \\(leave it out to list the chains\\), found 'ID'" "$KEDJA" chain "$work/whole.nc" ID
refused "a person by a word" 2 "person: expected the number of a person .*, found 'ID'" "$KEDJA" person "$work/whole.nc" ID
refused "validate with a folder that is no map, before any run" 2 "lund=$work: expected a folder with map.nc" timeout 5 "$KEDJA" validate --map lund="$work"
# Each line of the list of commands is a whole sentence, or a whole part of one.
cut=""; while read -r name line; do "$KEDJA" "$name" --help | grep -qE '^'"$(sed 's/[][().*|;]/\\&/g' <<<"$line")"'[.]' || cut+="$name: $line; "; done < <("$KEDJA" --help | grep '^  ')
[ -z "$cut" ]; ok "the list of commands cuts no sentence" $? "$cut"
# A disk that fills up during the run: a small file system of our own where that is allowed.
mkdir "$work/small"
if mount -t tmpfs -o size=3m tmpfs "$work/small" 2>/dev/null; then
  refused "disk full during the run" 1 "space|No space|full" "$KEDJA" run $scenario --years 15 --out "$work/small/x.nc" --quiet
  [ ! -e "$work/small/x.nc" ]; ok "nothing under the final name after a full disk" $?
  umount "$work/small"
else
  skip "disk full during the run" "mounting a small file system is not allowed here"
  skip "nothing under the final name after a full disk" "mounting a small file system is not allowed here"
fi
# Named projects: what the map has to say about them, and notes on what is in order and yet perhaps not meant.
projects() { lua "$1" "scenario { title = \"T\", map = \"toy\", stop = 2024, policies = { $2 },
  projects = {
    { name = \"Norr\", area = \"Town\", rental = 5, start = 2022 },
    $3
  } }"; }
refused "a project in no area of the map, nearest named" 2 "p1.lua:4: project 'Söder': map toy has no area 'Villag'; did you mean 'Village'" "$KEDJA" check "$(projects p1 '"building_programme"' '{ name = "Söder", area = "Villag", rental = 5, start = 2022 },')"
refused "a project outside the map" 2 "p2.lua:4: project 'Söder': the point 1.0, 2.0 lies outside the map toy" "$KEDJA" check "$(projects p2 '"building_programme"' '{ name = "Söder", x = 1, y = 2, rental = 5, start = 2022 },')"
refused "a faulty project stops a run before it begins" 2 "p3.lua:4: project 'Söder'.rental: expected a whole number from 0 to 20000, found -5" "$KEDJA" run "$(projects p3 '"building_programme"' '{ name = "Söder", area = "Village", rental = -5, start = 2022 },')" --out "$work/p3.nc"
[ ! -e "$work/p3.nc" ] && [ ! -e "$work/p3.nc.d" ]; ok "and nothing is written" $?
refused "a project that the map's programme has too" 2 "p4.lua:4: project 'Centrum västra' stands in .*varnamo.lua:[0-9]+ too" "$KEDJA" check "$(projects p4 '"building_programme"' '{ name = "Centrum västra", area = "Bor", rental = 5, start = 2022 },' | tee "$work/name" | xargs sed -i 's/"Town"/"Bor"/; s/"toy"/"varnamo"/'; cat "$work/name")"
refused "a start before the first year is a note" 0 "p5.lua:4: 1 project is to start before the run's first year 2021 and starts in it: 'Söder' \(1999\)" "$KEDJA" check "$(projects p5 '"building_programme"' '{ name = "Söder", area = "Village", rental = 5, start = 1999 },')"
refused "a project that the map has already is a note" 0 "p6.lua:4: 1 project stands on the map already, whose own is kept: 'Orchard'" "$KEDJA" check "$(projects p6 '"building_programme"' '{ name = "Orchard", area = "Village", rental = 5, start = 2023 },')"
refused "projects that nobody builds are a note" 0 "p7.lua:3: the scenario's projects are not built by building_programme, which is off" "$KEDJA" check "$(projects p7 '' '')"

# Recipes and what is said of them.
recipe() { sed "$2" maps/toy/recipe.lua >"$work/$1.lua"; echo "$work/$1.lua"; }
refused "a coordinate system that is not known, with its line" 2 "epsg.lua:[0-9]+: map.epsg: expected 3006 or 25832, found 999999" "$KEDJA" import "$(recipe epsg 's/epsg = [0-9]*/epsg = 999999/')" --out "$work/epsg"
refused "shares of land above 1" 2 "shares.lua:[0-9]+: map.land: arable 0.8 and forest 0.58 add up to 1.38: expected at most 1" "$KEDJA" import "$(recipe shares 's/arable = 0.25, forest = 0.35/arable = 0.80, forest = 0.58/')" --out "$work/shares"
refused "a share of land that is too much with the default of the other" 2 "arable 0.8 and forest 0.6 \(its default\) add up to 1.4" "$KEDJA" import "$(recipe shares 's/arable = 0.25, forest = 0.35/arable = 0.80/')" --out "$work/shares"
refused "a folder of data that is not there" 2 "^kedja: error: --data $work/none: there is no such folder" "$KEDJA" import maps/toy/recipe.lua --data "$work/none" --out "$work/none_out"
refused "an unknown code of a municipality, nearest named" 2 "municipality.csv knows no 1258, 9999; nearest to 1258: 1257 Örkelljunga, 1256 Östra Göinge, 1260 Bjuv" "$KEDJA" import "$(lua region 'map { name = "r", title = "R", country = "se", start = 2023, epsg = 3006, cell = 100,
  municipalities = { file = "m.gpkg", code = "kod", only = { "1285", "1258", "9999" } } }')" --out "$work/region"
long=$(printf 'å%.0s' {1..200})
"$KEDJA" check "$(lua cut "scenario { title = 5, about = \"x$long\", map = \"toy\", stop = 2024 }
-- x$long")" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && iconv -f UTF-8 -t UTF-8 "$work/stderr" >/dev/null 2>&1 && grep -q "åå$" "$work/stderr"; ok "source is shown without cutting a letter" $? "$(tail -2 "$work/stderr")"
"$KEDJA" map new "$work/new" --municipality 1285 >/dev/null 2>&1; grep -B3 'land = { arable = 0.08' "$work/new/recipe.lua" | grep -q MarkanvKn; ok "a new recipe says where the shares of land stand" $? "$(ls "$work/new" 2>&1)"
