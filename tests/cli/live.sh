#!/usr/bin/env bash
# A live simulation: what is shown is the state of a run without a viewer, changes branch, the journal replays.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
if ! "$KEDJA" live --help >/dev/null 2>&1; then plan 1; skip "live" "built with -DKEDJA_VIEWER=OFF"; exit 0; fi
plan 17
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
same "also one that begins earlier than the last" "$(value hash_b earlier)" "$(hash_of $scenario --journal "$work/earlier.journal" --threads 1)"
printf 'settle\ndump %s/again\n' "$work" >"$work/again.view"
"$KEDJA" live $scenario --journal "$work/two.journal" --memory 64 --script "$work/again.view" >/dev/null 2>"$work/stderr"
same "a session begins with the changes of another" "$(value hash_b two)" "$(value hash_b again)"
"$KEDJA" run $scenario --journal "$work/two.journal" --years 7 --out "$work/j.nc" --quiet 2>"$work/stderr"
ok "a run file says what was changed" "$(h5dump -d /provenance/options "$work/j.nc" 2>/dev/null | grep -q 'new_school.x'; echo $?)" "$(cat "$work/stderr")"
echo "2025-01 densify.max_fra=2" >"$work/wrong.journal"
"$KEDJA" run $scenario --journal "$work/wrong.journal" >/dev/null 2>"$work/stderr"; status=$?
ok "an unknown name in a journal: status 2 and the nearest" "$([ $status -eq 2 ] && grep -q "max_far" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
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
"$KEDJA" live $scenario --journal "$work/two.journal" --script "$work/seen.view" >/dev/null 2>"$work/stderr"
printf 'settle\nexpect year=2026\nexpect view=schools\nexpect zoom=%s\ndump %s/back\n' "$(value zoom left)" "$work" >"$work/back.view"
"$KEDJA" live $scenario --session "$work/seen.session.json" --script "$work/back.view" >/dev/null 2>"$work/stderr"
ok "a live session comes back with year, view and camera" $? "$(cat "$work/stderr")"
same "and with its changes" "$(value hash_b two)" "$(value hash_b back)"
echo '{"kedja_session":1}' >"$work/none.session.json"
"$KEDJA" live $scenario --session "$work/none.session.json" >/dev/null 2>"$work/stderr"; status=$?
ok "a session of finished runs is refused: status 2 and where it opens" "$([ $status -eq 2 ] && grep -q 'kedja view' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" live no_such_scenario --shot "$work/x.png" >/dev/null 2>"$work/stderr"; status=$?
ok "no such scenario: status 2" "$([ $status -eq 2 ] && [ ! -e "$work/x.png" ]; echo $?)" "$(cat "$work/stderr")"
