#!/usr/bin/env bash
# The viewer, driven by scripts without a display: a forum's session, the layout at many sizes, what it exports, what it refuses.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
ui=$PWD/tests/ui
if ! "$KEDJA" view --help >/dev/null 2>&1; then plan 1; skip "the viewer" "built with -DKEDJA_VIEWER=OFF"; exit 0; fi
plan 46
"$KEDJA" run scripts/scenarios/toy.lua --out "$work/a.nc" --quiet 2>"$work/stderr" &&
  "$KEDJA" run scripts/scenarios/toy.lua --set densify.enabled=true --set new_school.enabled=true --set new_school.year=2025 --out "$work/b.nc" --quiet 2>"$work/stderr"
ok "two runs to look at" $? "$(cat "$work/stderr")"
view() { ( cd "$work" && SDL_VIDEODRIVER=dummy "$KEDJA_PATH" view "$@" >"$work/stdout" 2>"$work/stderr" ); }
KEDJA_PATH=$(realpath "$KEDJA")
# script NAME FILE RUN…: the script holds.
script() { local name=$1 file=$2; shift 2; view "$@" --script "$file"; ok "$name" $? "$(cat "$work/stderr")"; }
script "a forum's session by mouse and keyboard" "$ui/forum.view" a.nc b.nc
script "one run alone" "$ui/one_run.view" a.nc
script "layout: no overlap, no cut text, targets of 44 pixels: sv" "$ui/layout.view" a.nc b.nc --lang sv
script "the same: da" "$ui/layout.view" a.nc b.nc --lang da
script "the same: en" "$ui/layout.view" a.nc b.nc --lang en
if command -v msgfilter >/dev/null; then
  mkdir -p "$work/data/locale/sv/LC_MESSAGES"
  # every Swedish text made two fifths longer
  msgfilter --keep-header -i po/sv.po -o "$work/long.po" awk '{ n = int(length($0) * 0.4 + 0.5); s = $0; for (i = 0; i < n; i++) s = s (i % 7 == 0 ? " " : "ö"); printf "%s", s }' 2>/dev/null
  msgfmt -o "$work/data/locale/sv/LC_MESSAGES/kedja.mo" "$work/long.po" 2>"$work/stderr"
  ( cd "$work" && KEDJA_DATA=$work/data "$KEDJA_PATH" view a.nc b.nc --lang sv --script "$ui/layout.view" >"$work/stdout" 2>"$work/stderr" )
  ok "the same with texts two fifths longer" $? "$(cat "$work/stderr")"
else
  skip "the same with texts two fifths longer" "no gettext tools"
fi
view a.nc --shot shot.png --lang sv; ok "one frame as a picture" $? "$(cat "$work/stderr")"
same "and where it is, in a line" "kedja: written: shot.png" "$(cat "$work/stderr")"
size() { od -An -tu1 -j16 -N8 "$1" 2>/dev/null | awk '{print $1*16777216+$2*65536+$3*256+$4 "x" $5*16777216+$6*65536+$7*256+$8}'; }
same "of 1920 by 1080 pixels" 1920x1080 "$(size "$work/shot.png")"
OMP_NUM_THREADS=1 view a.nc --shot shot1.png --lang sv
same "the same pixels on one thread" "$(cksum <"$work/shot.png")" "$(cksum <"$work/shot1.png")"
view a.nc --shot large.png --size 3840x2160; same "4K" 3840x2160 "$(size "$work/large.png")"
printf 'export page.pdf\nexport drawing.svg\nexport table.csv\nsession seen.json\n' >"$work/export.view"
script "exports" "$work/export.view" a.nc b.nc --lang sv
ok "the page is a tagged PDF" "$(pdfinfo "$work/page.pdf" 2>/dev/null | grep -q 'Tagged: *yes'; echo $?)"
ok "its text can be read" "$(pdftotext "$work/page.pdf" - 2>/dev/null | grep -q 'Visa på kartan'; echo $?)" "$(pdftotext "$work/page.pdf" - 2>&1 | head -20)"
ok "the drawing is SVG with text or glyphs" "$(head -c 400 "$work/drawing.svg" | grep -q '<svg'; echo $?)"
same "the table has a row a world and year" 23 "$(wc -l <"$work/table.csv")"
awk -F';' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { start = $at["completed"] } NR == 3 { next_year = $at["completed"] } END { exit !(("farmland_built [ha]" in at) && ("completed" in at) && start == "" && next_year != "") }' "$work/table.csv"
ok "heads say the unit of the figures; what happens in a year is empty for the start" $? "$(head -2 "$work/table.csv")"
printf 'expect year=2030\nexpect compare=swipe\n' >"$work/seen.view"
script "a saved session opens" "$work/seen.view" seen.json
printf 'key pagedown\nexpect text="What it does to each department"\nexpect text="Preschool"\n' >"$work/matrix.view"
script "all departments stand on the pages after the results" "$work/matrix.view" a.nc b.nc --lang en
"$KEDJA" run scripts/scenarios/toy.lua --years 4 --out "$work/short.nc" --quiet 2>"$work/stderr"
cat >"$work/short.view" <<'TXT'
expect year=2024
expect text="B a: no difference yet."
key end
expect year=2030
expect text="A ends in 2024."
TXT
script "a shorter run: the last common year first, then which one ends; names by file" "$work/short.view" short.nc a.nc
"$KEDJA" run scripts/scenarios/toy.lua --seed 7 --years 2 --out "$work/luck.nc" --quiet 2>"$work/stderr"
view a.nc luck.nc --shot luck.png; status=$?
ok "runs of different seeds are not held against each other: status 2" "$([ $status -eq 2 ] && grep -q "luck.nc has seed 7, expected" "$work/stderr" && [ ! -e "$work/luck.png" ]; echo $?)" "status $status: $(cat "$work/stderr")"
cat >"$work/worlds.view" <<'TXT'
click "Economy"
expect world=A
click "Figures of world B"
expect world=B
click "Pupils"
expect world=B
key b
expect world=A
key F5
size 1280x720
expect text="B − A"
expect text="No place left"
expect text="Simulation, not a forecast"
expect text="Inhabitants"
expect text="Dwellings"
expect text="The same people in the same homes in A and B"
TXT
script "pages of one world say which and turn to the other; a projector's forum has rows and a legend" "$work/worlds.view" a.nc b.nc
"$KEDJA" run scripts/scenarios/toy.lua --set demography.patience=2 --out "$work/other.nc" --quiet 2>"$work/stderr"
echo 'expect text="? may be luck"' >"$work/ask.view"; script "where people live other lives the headline asks" "$work/ask.view" a.nc other.nc
echo 'expect text="B a: no difference."' >"$work/end.view"; script "in the last year there is no yet" "$work/end.view" a.nc a.nc
town=(scripts/scenarios/varnamo_2035.lua --years 2 --quiet)
"$KEDJA" run "${town[@]}" --out "$work/v.nc" 2>"$work/stderr" && "$KEDJA" run "${town[@]}" --set densify.enabled=true --out "$work/d.nc" 2>>"$work/stderr" &&
  "$KEDJA" run "${town[@]}" --set close_school.enabled=true --set close_school.year=2021 --out "$work/c.nc" 2>>"$work/stderr"
cat >"$work/town.view" <<'TXT'
click "Side by side"
lint
click "Density"
lint
key 1
key F5
lint
size 1280x720
lint
expect compare=side
expect text="Värnamo"
lang sv
lint
click "Jämför"
lint
lang da
expect text="B − A"
lang en
expect text="B − A"
TXT
script "side by side, and in a projector's forum, the town is whole and nothing lies over it" "$work/town.view" v.nc d.nc
# A pair in which nobody lives another life: no question mark, the school that closes, what is worse; the timeline has the policy that differs first.
cat >"$work/closed.view" <<'TXT'
expect text="B Close a village school: without "
expect text="The same people in the same homes in A and B: no luck of people parts them."
expect text="B Close a village school, Housing programme"
dump closed.txt
export closed.pdf
click "Schools"
expect text="Closed school"
lint
click "Menu"
expect text="B: figures of the other world"
expect text="Ctrl+P: picture"
click "Results"
click "Municipal result"
expect text="All else is what no service explains"
click "School signs"
dump unsigned.txt
TXT
script "a school is closed: told without luck, with its price, and named" "$work/closed.view" v.nc c.nc
ok "the headline has no question mark and tells the price; without signs there is no legend of them" "$(pdftotext "$work/closed.pdf" - | tr -s ' \n' ' ' | grep -oE 'B Close a village school: without .*The same people in the same homes' >"$work/closed.head"; grep -q 'minutes longer' "$work/closed.head" && ! grep -q '?' "$work/closed.head" && grep -q '"No place left"' "$work/closed.txt" && ! grep -q '"No place left"' "$work/unsigned.txt"; echo $?)" "$(cat "$work/closed.head"; grep text "$work/unsigned.txt")"
cat >"$work/assumed.view" <<'TXT'
expect text="observed"
click "Pupils"
click "Värnamo norra skola"
expect text="The map assumes this school"
click "Crowded households"
dump crowded.txt
TXT
script "counts of inhabitants stand on their chart, and a school that the map assumes says so" "$work/assumed.view" v.nc
ok "areas are compared by shares, with their unit" "$(grep -q '"per 100 inhabitants · pale' "$work/crowded.txt"; echo $?)" "$(grep text "$work/crowded.txt")"
printf 'expect language=da\nexpect year=2030\n' >"$work/tongue.view"
view a.nc b.nc --lang da --script <(echo 'session spoken.json'); script "a session keeps its language" "$work/tongue.view" spoken.json
if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
  printf 'size 640x360\nexport film.mp4\n' >"$work/film.view"
  view a.nc --script film.view
  seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/film.mp4" 2>/dev/null)
  ok "a film of about twenty seconds" "$(awk -v s="${seconds:-0}" 'BEGIN { exit !(s > 17 && s < 21) }'; echo $?)" "$seconds seconds $(cat "$work/stderr")"
else
  skip "a film of about twenty seconds" "no ffmpeg"
fi
printf 'experiment { title = { en = "Three lots", sv = "Tre lotter", da = "Tre lodder" }, scenario = "toy", replicates = 3 }\n' >"$work/lots.lua"
"$KEDJA" batch "$work/lots.lua" --out "$work/lots" --jobs 2 >"$work/stdout" 2>"$work/stderr"
cat >"$work/lots.view" <<'TXT'
expect view=built
expect text="Chans att bebyggas"
expect text="Simuleringar, inte prognos"
lint
click "Diagram"
expect text="2030: de 3 körningarna ligger"
lint
key home
lint
dump lots.txt
TXT
script "a merged ensemble: chances on the map, runs as thin lines, words" "$work/lots.view" "$work/lots/lots.nc" --lang sv
ok "of its map the names are drawn; what it does not record cannot be switched on" "$(grep -q '"Ortnamn" on$' "$work/lots.txt" && [ "$(grep -c '^widget toggle .* disabled$' "$work/lots.txt")" -eq 3 ]; echo $?)" "$(grep toggle "$work/lots.txt")"
view "$work/lots/lots.nc" a.nc --shot none.png; status=$?
ok "an ensemble beside a run is refused: status 2" "$([ $status -eq 2 ] && grep -q ensemble "$work/stderr" && [ ! -e "$work/none.png" ]; echo $?)" "status $status: $(cat "$work/stderr")"
cp tests/ui/forum_session.view "$work/"; ( cd "$work" && KEDJA_DATA= "$KEDJA_PATH" live varnamo_2035 --lang sv --script forum_session.view >stdout 2>stderr )
ok "the session of a forum: protect farmland, a school, compare, a chain, export" "$([ -s "$work/session.pdf" ] && [ -s "$work/session_7_chain.png" ] && [ -s "$work/session.journal" ]; echo $?)" "$(cat "$work/stderr")"
( cd "$work" && env -u DISPLAY -u WAYLAND_DISPLAY SDL_VIDEODRIVER=x11 "$KEDJA_PATH" view a.nc >/dev/null 2>stderr ); status=$?
ok "no display: status 2 and a way out" "$([ $status -eq 2 ] && grep -q -- "--shot" "$work/stderr"; echo $?)" "status $status: $(cat "$work/stderr")"
( cd "$work" && env -u DISPLAY -u WAYLAND_DISPLAY SDL_VIDEODRIVER=x11 "$KEDJA_PATH" view none.nc >/dev/null 2>stderr ); status=$?
ok "a missing file is said before a missing display" "$([ $status -eq 2 ] && grep -q "none.nc: cannot be read" "$work/stderr"; echo $?)" "status $status: $(cat "$work/stderr")"
# Without a driver named SDL falls back on one that nobody sees: refused at once, before a run is read or simulated.
for what in "view a.nc" "live varnamo_2035"; do
  ( cd "$work" && env -u DISPLAY -u WAYLAND_DISPLAY -u XDG_RUNTIME_DIR -u SDL_VIDEODRIVER timeout 20 "$KEDJA_PATH" $what >/dev/null 2>stderr ); status=$?
  ok "nothing to show a window on, said in one line: $what" "$([ $status -eq 2 ] && grep -q "no display was found: .*--shot FILE.png" "$work/stderr" && [ "$(wc -l <"$work/stderr")" -eq 1 ]; echo $?)" "status $status: $(cat "$work/stderr")"
done
( cd "$work" && SDL_VIDEODRIVER=dummy timeout 3 "$KEDJA_PATH" view a.nc >/dev/null 2>stderr ); status=$?
ok "a driver that the person names is taken" "$([ $status -eq 124 ]  || [ $status -eq 0 ]; echo $?)" "status $status: $(cat "$work/stderr")"
view a.nc --shot /nofolder/x.png; status=$?
ok "a picture into a missing folder: status 2" "$([ $status -eq 2 ] && grep -q "error: /nofolder/x.png: cannot be written: there is no such folder" "$work/stderr"; echo $?)" "status $status: $(cat "$work/stderr")"
head -c 3000 "$work/a.nc" >"$work/broken.nc"; view broken.nc --shot x.png; status=$?
ok "a broken file: status 2, nothing written" "$([ $status -eq 2 ] && [ ! -e "$work/x.png" ]; echo $?)" "status $status: $(cat "$work/stderr")"
mkdir -p "$work/open.nc.d"; echo '{}' >"$work/open.nc.d/request.json"; view open.nc --shot x.png; status=$?
ok "a run that is not finished: status 2 and how to go on" "$([ $status -eq 2 ] && grep -q resume "$work/stderr"; echo $?)" "status $status: $(cat "$work/stderr")"
echo 'click "No such thing"' >"$work/wrong.view"; view a.nc --script wrong.view; status=$?
ok "a script that fails names file and line" "$([ $status -eq 2 ] && grep -q 'wrong.view:1' "$work/stderr"; echo $?)" "status $status: $(cat "$work/stderr")"
if command -v xdotool >/dev/null && command -v Xvfb >/dev/null; then
  Xvfb -displayfd 3 -screen 0 1280x720x24 3>"$work/display" >/dev/null 2>&1 & server=$!
  for i in $(seq 300); do [ -s "$work/display" ] && break; sleep 0.1; done
  screen=:$(cat "$work/display")
  ( cd "$work" && DISPLAY=$screen SDL_VIDEODRIVER=x11 exec "$KEDJA_PATH" view a.nc >stdout 2>stderr ) & viewer=$!
  # The window is asked for each time: SDL makes it anew once it knows how it will draw, and a new one may not have the keyboard yet.
  press() { window=$(DISPLAY=$screen xdotool search --class kedja 2>/dev/null | tail -1); [ -n "$window" ] && DISPLAY=$screen xdotool windowfocus "$window" key --window "$window" "$@" 2>/dev/null; }
  # until_pressed CONDITION KEY…: the keys are pressed every two seconds until the condition holds, for a minute at most.
  until_pressed() { local holds=$1 i; shift; for i in $(seq 600); do $holds && return; [ $((i % 20)) -eq 10 ] && press "$@"; sleep 0.1; done; return 1; }
  drawn() { [ -s "$work/a_view.png" ]; }
  closed() { ! kill -0 $viewer 2>/dev/null; }
  until_pressed drawn Home Right F5 ctrl+p; pictured=$?
  until_pressed closed ctrl+q; left=$?
  kill $viewer 2>/dev/null; wait $viewer; status=$?
  kill $server 2>/dev/null; wait $server 2>/dev/null
  ok "a real window no larger than its screen takes keys, writes its picture and closes" "$([ "$(size "$work/a_view.png")" = 1280x720 ] && [ $status -eq 0 ] && [ $pictured -eq 0 ] && [ $left -eq 0 ]; echo $?)" "size $(size "$work/a_view.png"), status $status, window '$window', picture $pictured, closed by its key $left: $(cat "$work/stderr")"
else
  skip "a real window no larger than its screen takes keys, writes its picture and closes" "no xdotool or Xvfb"
fi
