#!/usr/bin/env bash
# A live simulation: what is shown is the state of a run without a viewer, changes branch, the journal replays.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
if ! "$KEDJA" live --help >/dev/null 2>&1; then plan 1; skip "live" "built with -DKEDJA_VIEWER=OFF"; exit 0; fi
plan 40
value() { sed -nE "s/^$1=(.*)/\1/p" "$work/$2"; }
cat >"$work/session.view" <<'TXT'
settle
expect year=2020
dump WORK/start
value 2024 "Year"
expect from=2025
click "Densify near the centres"
settle
dump WORK/one
click "Place on the map: New school"
expect view=schools
press 760 420
settle
dump WORK/two
journal WORK/two.journal
click "Undo"
settle
dump WORK/undone
click "Redo"
settle
dump WORK/redone
value 2026 "From year"
set 0.9 "Highest floor-area ratio"
settle
value 2022 "From year"
click "Protect green and recreation land"
settle
dump WORK/earlier
journal WORK/earlier.journal
tabwalk
lintall
key F5
lint
TXT
sed -i "s#WORK#$work#" "$work/session.view"
scenario="scripts/scenarios/toy.lua --set densify.enabled=false"
"$KEDJA" live $scenario --script "$work/session.view" >/dev/null 2>"$work/stderr"; ok "a session with changes, a placed school, undo and redo" $? "$(cat "$work/stderr")"
plain=$(hash_of $scenario)
same "world A is the run without a viewer" "$plain" "$(value hash_a start)"
same "so is B before any change" "$plain" "$(value hash_b start)"
differs "a change makes another world" "$plain" "$(value hash_b one)"
same "and leaves A as it was" "$plain" "$(value hash_a two)"
same "undo goes back" "$(value hash_b one)" "$(value hash_b undone)"
same "redo goes on" "$(value hash_b two)" "$(value hash_b redone)"
same "the journal replays a branch to the same hash" "$(value hash_b two)" "$(hash_of $scenario --journal "$work/two.journal")"
"$KEDJA" replay "$work/two.journal" --json --threads 1 >"$work/replayed" 2>"$work/stderr"; ok "kedja replay needs the journal alone, and ends with the session's hash" "$([ $? -eq 0 ] && grep -q "$(value hash_b two)" "$work/replayed"; echo $?)" "$(cat "$work/stderr")"
sed 's/^@hash ./@hash x/' "$work/two.journal" >"$work/other.journal"; "$KEDJA" replay "$work/other.journal" --quiet >/dev/null 2>"$work/stderr"; ok "and status 1 where it does not" "$([ $? -eq 1 ] && grep -q "the session ended with the state" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
grep -v '^@scenario' "$work/two.journal" >"$work/old.journal"; "$KEDJA" replay "$work/old.journal" 2>"$work/stderr"; ok "a journal without its scenario: status 2" "$([ $? -eq 2 ] && grep -q "names no scenario" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
same "also one that begins earlier than the last" "$(value hash_b earlier)" "$(hash_of $scenario --journal "$work/earlier.journal" --threads 1)"
printf 'settle\ndump %s/again\n' "$work" >"$work/again.view"
"$KEDJA" live $scenario --journal "$work/two.journal" --memory 64 --script "$work/again.view" >/dev/null 2>"$work/stderr"
same "a session begins with the changes of another" "$(value hash_b two)" "$(value hash_b again)"
for lang in sv da; do
  KEDJA_DATA= "$KEDJA" live $scenario --lang $lang --script tests/ui/live_layout.view >/dev/null 2>"$work/stderr"; ok "layout of a live session, 720p to 4K: $lang" $? "$(cat "$work/stderr")"
done
# One rule of luck, in a session as between its finished runs: a school moves nobody, homes do.
cat >"$work/luck.view" <<TXT
settle
click "Place on the map: New school"
press 760 420
settle
value 2030 "Year"
expect text="The same people in the same homes in A and B"
journal $work/school.journal
value 2021 "From year"
click "Place on the map: Housing project"
press 1250 800
settle
value 2030 "Year"
expect text="? may be luck: one pair of runs"
click "Undo"
settle
value 2030 "Year"
expect text="The same people in the same homes in A and B"
TXT
"$KEDJA" live $scenario --lang en --script "$work/luck.view" >/dev/null 2>"$work/stderr"; ok "where a change moves nobody, luck parts nothing; where it does, it may" $? "$(cat "$work/stderr")"
"$KEDJA" run $scenario --quiet --out "$work/without.nc" >/dev/null 2>"$work/stderr" && "$KEDJA" run $scenario --journal "$work/school.journal" --quiet --out "$work/school.nc" >/dev/null 2>>"$work/stderr"
printf 'expect text="The same people in the same homes in A and B"\n' >"$work/pair.view"
"$KEDJA" view "$work/without.nc" "$work/school.nc" --lang en --script "$work/pair.view" >/dev/null 2>>"$work/stderr"; ok "as the finished runs say" $? "$(cat "$work/stderr")"
# Everything that can be put on the map, each in a year of its own, twice the same kind in two years; then all of it undone and redone.
cat >"$work/places.view" <<TXT
settle
dump $work/p_none
value 2021 "From year"
click "Place on the map: Housing project"
expect view=land
press 1250 800
settle
dump $work/p_homes
value 2022 "From year"
click "Place on the map: Protected area"
press 800 480
settle
dump $work/p_protect
click "Place on the map: Denser area"
expect view=population
press 1060 370
settle
dump $work/p_dense
value 2023 "From year"
click "Place on the map: New road"
expect view=travel_centre
press 700 600
press 1000 300
settle
dump $work/p_road
click "Place on the map: New rail station"
press 590 400
expect message="That is water: choose a place on land."
press 800 760
settle
dump $work/p_station
value 2025 "From year"
click "Place on the map: Housing project"
press 1150 720
settle
value 2030 "Year"
click "B  Your changes"
expect text="Housing project 2021"
expect text="Protected area 2022"
dump $work/p_all
journal $work/places.journal
$(for i in 1 2 3 4 5 6; do echo 'click "Undo"'; done)
settle
dump $work/p_undone
$(for i in 1 2 3 4 5 6; do echo 'click "Redo"'; done)
settle
dump $work/p_redone
TXT
"$KEDJA" live $scenario --script "$work/places.view" >/dev/null 2>"$work/stderr"; ok "projects, areas, a road, a station are put on the map" $? "$(cat "$work/stderr")"
kinds=$(for step in none homes protect dense road station all; do value hash_b p_$step; done | sort -u | wc -l)
same "each makes another world" 7 "$kinds"
same "all of it undone is the world before" "$(value hash_b p_none)" "$(value hash_b p_undone)"
same "all of it redone is the world after" "$(value hash_b p_all)" "$(value hash_b p_redone)"
same "and its journal replays to the same hash" "$(value hash_b p_all)" "$(hash_of $scenario --journal "$work/places.journal")"
# What is placed is seen at once, also in A's half and before its year; a panel over the map keeps the click; a change made at the start shows its year.
cat >"$work/answer.view" <<TXT
settle
value 2028 "From year"
click "Place on the map: New school"
press 450 830
dump $work/on_legend
press 800 400
expect message="New school: placed in world B, from January 2028."
expect text="B: New school, planned 2028"
value 2030 "Year"
expect from=2028
expect text="B: New school 2028"
click "Undo"
value 2020 "Year"
click "Densify near the centres"
expect year=2028
expect message="The change holds from January 2028: that year is shown."
lint
TXT
"$KEDJA" live $scenario --script "$work/answer.view" >/dev/null 2>"$work/stderr"; ok "placing and pulling a lever have an answer, and the year of changes is kept" $? "$(cat "$work/stderr")"
ok "a click on the legend builds nothing" "$(grep -q '"Undo" disabled' "$work/on_legend"; echo $?)" "$(grep Undo "$work/on_legend")"
# What acts once, in a year of its own, acts in the year from which it is switched on; levers of it say so. Grades are whole, schools go by name.
cat >"$work/once.view" <<TXT
settle
value 2024 "From year"
click "New school"
expect message="The change holds from January 2024: that year is shown."
settle
journal $work/once.journal
dump $work/once
value 2026 "From year"
value 500 "Places"
expect message="It acts in January 2024, before the year chosen: nothing changes."
value 4.4 "Highest grade"
dump $work/grades
click "Menu"
expect text="P: put in the middle"
key PageDown
expect text="Ctrl+Z: undo"
TXT
"$KEDJA" live $scenario --script "$work/once.view" >/dev/null 2>"$work/stderr"; ok "a switch takes From year; the message names the year in which it acts" $? "$(cat "$work/stderr")"
ok "the journal has its year, and replays to the same hash" "$(grep -q '^2024-01 new_school.year=2024$' "$work/once.journal" && [ "$(value hash_b once)" = "$(hash_of $scenario --journal "$work/once.journal")" ]; echo $?)" "$(cat "$work/once.journal")"
ok "grades read as grades: F and a whole number" "$(grep -q '"F"' "$work/grades" && grep -q '"4"' "$work/grades"; echo $?)" "$(grep text "$work/grades")"
cat >"$work/close.view" <<TXT
settle
value 2024 "From year"
click "Close a village school"
value 0 "School"
expect text="School: the smallest outside the town"
value 1 "School"
journal $work/close.journal
dump $work/close
TXT
"$KEDJA" live $scenario --script "$work/close.view" >/dev/null 2>"$work/stderr"
ok "schools are chosen by name" "$(grep -q '^2024-01 close_school.school=[1-9]' "$work/close.journal" && grep -q '"School: [A-ZÅÄÖ]' "$work/close"; echo $?)" "$(cat "$work/stderr" "$work/close.journal"; grep text "$work/close")"
# A policy of one's own: levers are what its parameters say they are, not what these are called.
mkdir "$work/own"
cat >"$work/own/nearest.lua" <<'LUA'
policy { title = "Nearest", sentence = "Nearest.", parameters = {
  { name = "nearest_school", kind = "school", title = "Nearest school", zero = "any school" },
  { name = "income_class", default = 1, min = 0, max = 8, title = "Income class" },
  { name = "taught_from", kind = "grade", default = 2, min = 0, max = 9, title = "Taught from" },
  { name = "reach", unit = "m", default = 0, min = 0, max = 500, title = "Reach", zero = "as far as it goes" },
}, apply = function(city, p) if p.taught_from > 3 then error("too late for them") end end }
LUA
echo 'scenario { title = "Own", map = "toy", stop = 2026, policies = { "nearest" } }' >"$work/own/town.lua"
cat >"$work/own.view" <<TXT
settle
value 2024 "From year"
value 0 "Nearest school"
expect text="Nearest school: any school"
expect text="Reach: as far as it goes"
value 1 "Nearest school"
value 2.5 "Income class"
value 0 "Taught from"
expect text="F"
journal $work/own.journal
dump $work/own.dump
value 4 "Taught from"
settle
expect message="too late for them"
TXT
"$KEDJA" live "$work/own/town.lua" --script "$work/own.view" >/dev/null 2>"$work/stderr"; ok "a school by another name is chosen by name; a refusal has the policy's words alone" $? "$(cat "$work/stderr")"
ok "what is called a class and is none stands between whole numbers" "$(grep -q '"Nearest school: Town school"' "$work/own.dump" && grep -q '^2024-01 nearest.nearest_school=1$' "$work/own.journal" && grep -q '^2024-01 nearest.income_class=2[.][0-9]' "$work/own.journal"; echo $?)" "$(cat "$work/own.journal"; grep text "$work/own.dump")"
"$KEDJA" run $scenario --journal "$work/two.journal" --years 7 --out "$work/j.nc" --quiet 2>"$work/stderr"
ok "a run file says what was changed" "$(h5dump -d /provenance/options "$work/j.nc" 2>/dev/null | grep -q 'new_school.x'; echo $?)" "$(cat "$work/stderr")"
echo "2025-01 densify.max_fra=2" >"$work/wrong.journal"
"$KEDJA" run $scenario --journal "$work/wrong.journal" >/dev/null 2>"$work/stderr"; status=$?
ok "an unknown name in a journal: status 2 and the nearest" "$([ $status -eq 2 ] && grep -q "max_far" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
echo "2025-01 densify.since=2024" >"$work/wrong.journal"
"$KEDJA" run $scenario --journal "$work/wrong.journal" >/dev/null 2>"$work/stderr"; status=$?
ok "what the program keeps of a policy: status 2" "$([ $status -eq 2 ] && grep -q "kept by the program" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
echo "2025-13 densify.enabled=1" >"$work/wrong.journal"
"$KEDJA" run $scenario --journal "$work/wrong.journal" >/dev/null 2>"$work/stderr"; status=$?
ok "a wrong month: status 2, file and line" "$([ $status -eq 2 ] && grep -q "wrong.journal:1" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
cat >"$work/seen.view" <<TXT
settle
wheel 900 400 3
click "Schools"
value 2026 "Year"
dump $work/left
session $work/seen.session.json
TXT
"$KEDJA" live $scenario --lang sv --journal "$work/two.journal" --script "$work/seen.view" >/dev/null 2>"$work/stderr"
printf 'settle\nexpect year=2026\nexpect view=schools\nexpect language=sv\nexpect from=2025\nexpect zoom=%s\ndump %s/back\nclick "Ångra"\nclick "Ångra"\ndump %s/first\n' "$(value zoom left)" "$work" "$work" >"$work/back.view"
"$KEDJA" live $scenario --session "$work/seen.session.json" --script "$work/back.view" >/dev/null 2>"$work/stderr"
ok "a live session comes back with year, view and camera" $? "$(cat "$work/stderr")"
same "and with its changes" "$(value hash_b two)" "$(value hash_b back)"
ok "which can be undone one by one" "$(grep -q '"Ångra" disabled' "$work/first" && ! grep -q '"Ångra" disabled' "$work/back"; echo $?)" "$(grep Ångra "$work/back" "$work/first")"
"$KEDJA" live $scenario --session "$work/seen.session.json" --shot "$work/at_once.png" >/dev/null 2>"$work/stderr"
printf 'settle\nshot %s/settled.png\n' "$work" >"$work/settled.view"; "$KEDJA" live $scenario --session "$work/seen.session.json" --script "$work/settled.view" >/dev/null 2>>"$work/stderr"
same "a picture of a session is of its year: the same as when both worlds are simulated" "$(cksum <"$work/settled.png")" "$(cksum <"$work/at_once.png")"
echo '{"kedja_session":1}' >"$work/none.session.json"
"$KEDJA" live $scenario --session "$work/none.session.json" >/dev/null 2>"$work/stderr"; status=$?
ok "a session of finished runs is refused: status 2 and where it opens" "$([ $status -eq 2 ] && grep -q 'kedja view' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" live no_such_scenario --shot "$work/x.png" >/dev/null 2>"$work/stderr"; status=$?
ok "no such scenario: status 2" "$([ $status -eq 2 ] && [ ! -e "$work/x.png" ]; echo $?)" "$(cat "$work/stderr")"
