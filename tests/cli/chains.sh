#!/usr/bin/env bash
# What people ask of moving chains: figures as JSON and text, a chart, a story in three languages; clear errors.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 32
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 10 --out "$work/v.nc" --quiet >/dev/null 2>"$work/stderr"
ok "a run with chains" $? "$(cat "$work/stderr")"
"$KEDJA" chain "$work/v.nc" --lang sv >"$work/listed"; ok "chains to tell are listed with the place where they began" "$(tail -n +2 "$work/listed" | grep -qvE "^ +[0-9]+ +[0-9]+ hushåll, från 20[0-9]{2}-[0-9]{2}  [A-ZÅÄÖ]" || [ "$(wc -l <"$work/listed")" -eq 1 ]; [ $? -ne 0 ]; echo $?)" "$(cat "$work/listed")"
"$KEDJA" chains "$work/v.nc" --by size --json >"$work/chains.json"
/usr/bin/python3 - "$work/chains.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1]))
for key in "boundary chains mean_length share_1_2_steps per_100_bottom_half per_100_bottom_fifth rounds ends by".split():
    assert key in c, key
assert "Värnamo" in c["boundary"] and c["chains"] > 100 and 1 <= c["mean_length_low"] <= c["mean_length"] <= c["mean_length_high"]
assert abs(sum(c["distribution"].values()) - 1) < 1e-6 and abs(sum(e["share"] for e in c["ends"]) - 1) < 1e-6
assert c["rounds"][0]["round"] == 1 and sum(r["moves"] for r in c["rounds"]) == c["households"]
for r in c["rounds"]:
    assert abs(r["share_above_median"] + r["share_below_median"] - 1) < 1e-6
b = c["length_by_boundary"]
assert abs(b["map"] - c["mean_length"]) < 1e-6 and b["municipality"] == b["map"] <= b["county"] <= b["nation"] and b["map_predicted"] is None
assert sum(g["chains"] for g in c["by"]) == c["chains"] and all(g["by"] == "size" for g in c["by"])
v = c["vacancies"]
assert v["filled"] == sum(t["filled"] for t in v["by_tenure"]) > 1000 and v["open"] == sum(t["open"] for t in v["by_tenure"]) > 0
for t in [v] + [t for t in v["by_tenure"] if t["filled"]]:
    m = t["months"]
    assert abs(sum(m[s]["mean"] for s in ("notice", "renovation", "on_offer", "contract_to_move_in")) - m["whole"]["mean"]) < 1e-6, t
    assert all(0 <= s["lower_quartile"] <= s["median"] <= s["upper_quartile"] and 0 <= s["passed"] <= t["filled"] for s in m.values()), t
PY
ok "chains --json has every key and adds up" $?
bad=""
for by in tenure size kind project year; do "$KEDJA" chains "$work/v.nc" --by $by | grep -q "By $by of the new dwelling" || bad+=" $by"; done
[ -z "$bad" ]; ok "chains by tenure, size, kind, project, year" $? "$bad"
"$KEDJA" chains "$work/v.nc" >"$work/text"; grep -q "boundary: the municipality of Värnamo" "$work/text" && grep -q "Traced, not caused" "$work/text"
ok "the boundary is always named" $? "$(head -3 "$work/text")"
stages=$(sed -n '/Months that homes stood empty/,$p' "$work/text"); [ "$(grep -cE '^  (rental|co-op|owner|all) .* [0-9.]+ [0-9]+ \([0-9]+–[0-9]+\)$' <<<"$stages")" -eq 4 ]; ok "months by stage and tenure" $? "$stages"
id=$("$KEDJA" chain "$work/v.nc" | awk 'NR==2 {print $1}')
"$KEDJA" chain "$work/v.nc" "$id" >"$work/en"; [ "$(grep -cE '^[A-Z][a-z]+ [0-9]{4}\. ' "$work/en")" -ge 3 ] && grep -q "Here the chain ends" "$work/en"
ok "a chain is told" $? "$(cat "$work/en")"
"$KEDJA" chain "$work/v.nc" "$id" --lang sv >"$work/sv"; "$KEDJA" chain "$work/v.nc" "$id" --lang da >"$work/da"
ok "the story in Swedish" "$(grep -q 'Här slutar kedjan' "$work/sv" && ! grep -q 'chain ends' "$work/sv"; echo $?)" "$(cat "$work/sv")"
ok "the story in Danish" "$(grep -q 'Her slutter kæden' "$work/da" && ! grep -q 'chain ends' "$work/da"; echo $?)" "$(cat "$work/da")"
if "$KEDJA" chains "$work/v.nc" --png "$work/en.png" >/dev/null 2>"$work/stderr"; then
  "$KEDJA" chains "$work/v.nc" --png "$work/sv.png" --lang sv >/dev/null 2>>"$work/stderr"
  ok "a chart of rounds, nothing shortened" "$([ -s "$work/en.png" ] && ! grep -q shortened "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
  differs "the chart in Swedish" "$(cksum <"$work/en.png")" "$(cksum <"$work/sv.png")"
else skip "a chart of rounds" "built without drawing"; skip "the chart in Swedish" "built without drawing"; fi
"$KEDJA" chain "$work/v.nc" 999999999 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected a vacancy from 1 to" "$work/stderr"; ok "an id that is not there" $? "$(cat "$work/stderr")"
"$KEDJA" chains "$work/v.nc" --lang sv >"$work/text_sv" 2>"$work/stderr"
ok "the text in Swedish, with its decimal comma" "$(grep -q '^  hushåll per ny bostad  *1,' "$work/text_sv" && grep -q '^  hyresrätt ' "$work/text_sv" && ! grep -qE ' (the|of|and) ' "$work/text_sv" && [ ! -s "$work/stderr" ]; echo $?)" "$(cat "$work/text_sv" "$work/stderr")"
"$KEDJA" chains "$work/v.nc" --by colour 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected tenure, size" "$work/stderr"; ok "an unknown --by" $? "$(cat "$work/stderr")"
"$KEDJA" chains README.md 2>"$work/stderr"; [ $? -eq 2 ]; ok "a file that is no run" $? "$(cat "$work/stderr")"
"$KEDJA" run scripts/scenarios/toy.lua --years 1 --out "$work/t.nc" --quiet; "$KEDJA" chains "$work/t.nc" | grep -q "No chain can be counted yet"; ok "a short run says that it is too short" $?
"$KEDJA" run scripts/scenarios/toy.lua --years 6 --out "$work/plain.nc" --quiet
"$KEDJA" run scripts/scenarios/toy.lua --years 6 --out "$work/followed.nc" --trace sample:30 --trace household:5 --quiet
same "following people changes nothing" "$("$KEDJA" hash "$work/plain.nc" | awk '{print $NF}')" "$("$KEDJA" hash "$work/followed.nc" | awk '{print $NF}')"
"$KEDJA" person "$work/followed.nc" | awk '{print $1}' | while read -r id; do [ "$id" = … ] || "$KEDJA" person "$work/followed.nc" "$id"; done >"$work/lives"; "$KEDJA" household "$work/followed.nc" 5 >>"$work/lives"
[ "$(grep -c 'A simulated life' "$work/lives")" -eq 21 ] && [ "$(grep -c 'Moves to' "$work/lives")" -ge 1 ]; ok "lives are told" $? "$(head -20 "$work/lives")"
"$KEDJA" household "$work/followed.nc" 5 --lang sv | grep -q "Hushåll 5"; ok "a household in Swedish" $?
# Areas that have codes in place of names are told by the nearest locality of the country's table.
mkdir -p "$work/coded/maps/toy"; cp -r maps/countries "$work/coded/maps/"; cp -r scripts "$work/coded/"
sed 's/code = "T1", name = "Town"/code = "T001C1", name = "T001C1"/; s/code = "T2", name = "Village"/code = "T001B2", name = "T001B2"/; s/around = { "Town" }/around = { "T001C1" }/' maps/toy/recipe.lua >"$work/coded/maps/toy/recipe.lua"
printf '%s\n' municipality,name,kind,x,y,epsg,evidence,source T001,Storby,town,500450,6300450,3006,assumed,test T001,Lillby,locality,501350,6301350,3006,assumed,test T001,Elsewhere,town,1,1,25832,assumed,test \
  X009,Other,locality,500450,6300450,3006,assumed,test >"$work/coded/maps/countries/se/localities.csv"
KEDJA_DATA=$work/coded "$KEDJA" run scripts/scenarios/toy.lua --years 6 --out "$work/coded.nc" --trace sample:600 --quiet 2>"$work/stderr"
for id in $(seq 5 6 600); do KEDJA_DATA=$work/coded "$KEDJA" person "$work/coded.nc" "$id" --lang da; done >"$work/lives" 2>>"$work/stderr"
ok "an area with a code is told by a locality: in the town, near another" "$(grep -q ', i Storby (C1)' "$work/lives" && grep -q ', ved Lillby (B2)' "$work/lives" && ! grep -qE 'Elsewhere|Other|, i T001' "$work/lives"; echo $?)" "$(cat "$work/stderr"; head -40 "$work/lives")"
says="the viewer tells it with the same words: its chain, a place that is clicked"
if "$KEDJA" view --help >/dev/null 2>&1 && command -v pdftotext >/dev/null; then
  printf 'click "Fortæl en flyttekæde"\nexpect selection=chain\nlint\nexport %s\nclick "Arealanvendelse"\nkey 0\npress 700 700\nexpect text="Ved Lillby (B2)"\nlint\n' "$work/chain.pdf" >"$work/coded.view"
  KEDJA_DATA=$work/coded SDL_VIDEODRIVER=dummy "$KEDJA" view "$work/coded.nc" --lang da --script "$work/coded.view" >/dev/null 2>"$work/stderr" && pdftotext "$work/chain.pdf" - | tr '\n' ' ' >"$work/chain.txt"
  ok "$says" "$(grep -q ', i Storby (C1)' "$work/chain.txt"; echo $?)" "$(cat "$work/stderr" "$work/chain.txt")"
else
  skip "$says" "no viewer or no pdftotext"
fi
"$KEDJA" person "$work/followed.nc" --lang sv >"$work/list" && grep -q 'anteckning' "$work/list" && ! grep -q 'note' "$work/list"; ok "the list of those who were followed is translated" $? "$(cat "$work/list")"
"$KEDJA" chain "$work/followed.nc" --lang da >"$work/list" 2>&1 && grep -q 'husstande, fra' "$work/list"; ok "the list of chains is translated" $? "$(cat "$work/list")"
"$KEDJA" person "$work/plain.nc" 1 2>"$work/stderr"; [ $? -eq 2 ] && grep -q -- "--trace person:ID" "$work/stderr"; ok "a run that followed nobody says how to ask" $? "$(cat "$work/stderr")"
"$KEDJA" run scripts/scenarios/toy.lua --trace people:1 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected person:ID" "$work/stderr"; ok "an unknown --trace" $? "$(cat "$work/stderr")"
"$KEDJA" run scripts/scenarios/toy.lua --years 1 --out "$work/nobody.nc" --trace household:99999999 --trace household:5 --quiet >/dev/null 2>"$work/stderr"
[ $? -eq 0 ] && [ "$(grep -c 'household:99999999: .*from 1 to [0-9]' "$work/stderr")" -eq 2 ] && grep -q 'at the start' "$work/stderr" && grep -q 'nothing is kept' "$work/stderr" && ! grep -q 'household:5:' "$work/stderr"
ok "who does not exist is told at the start and at the end" $? "$(cat "$work/stderr")"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 14 --out "$work/killed.nc" --trace sample:50 --quiet & pid=$!
for _ in $(seq 200); do [ -e "$work/killed.nc.d/year_2024.nc" ] && break; sleep 0.05; done
kill -KILL $pid 2>/dev/null; wait $pid 2>/dev/null
[ -e "$work/killed.nc" ] || "$KEDJA" resume "$work/killed.nc" --quiet 2>"$work/stderr"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 14 --out "$work/whole.nc" --trace sample:50 --quiet
one=$("$KEDJA" person "$work/whole.nc" | awk 'NR == 3 {print $1}')
same "a resumed run followed them all the way" "$("$KEDJA" person "$work/whole.nc" "$one" | cksum) $("$KEDJA" person "$work/whole.nc" | cksum)" \
  "$("$KEDJA" person "$work/killed.nc" "$one" | cksum) $("$KEDJA" person "$work/killed.nc" | cksum)"
"$KEDJA" chains "$work/v.nc" --caused "Bredaryd #4" --pairs 2 --json 2>"$work/stderr" >"$work/caused.json"
/usr/bin/python3 - "$work/caused.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1]))
assert c["project"] == "Bredaryd" and c["pairs"] == 2 and "Värnamo" in c["boundary"]
assert c["dwellings"]["traced"] > 0 and c["moves"]["traced"] >= c["dwellings"]["traced"] - 2
assert all(c[k]["low"] <= c[k]["caused"] <= c[k]["high"] for k in ("moves", "first_homes", "freed_homes", "dwellings", "residents"))
PY
ok "traced and caused by one project" $? "$(cat "$work/stderr" "$work/caused.json")"
for lang in sv da; do "$KEDJA" chains "$work/v.nc" --caused Bredaryd --pairs 1 --lang $lang 2>"$work/stderr" | head -1; done >"$work/caused"
ok "the runs are counted" "$(grep -qE '^1 of 2 runs(  .* left)?$' "$work/stderr" && grep -q '^2 of 2 runs$' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
ok "its boundary is said in the language asked for" "$(grep -q "gräns: kommunen Värnamo" "$work/caused" && grep -q "afgrænsning: Värnamo Kommune" "$work/caused"; echo $?)" "$(cat "$work/stderr" "$work/caused")"
"$KEDJA" chains "$work/v.nc" --caused "No such place" --pairs 1 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "no project named 'No such place'" "$work/stderr" && ! grep -q " runs" "$work/stderr"; ok "an unknown project, before any run" $? "$(cat "$work/stderr")"
"$KEDJA" chains "$work/v.nc" --caused "Bredary" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "did you mean 'Bredaryd'" "$work/stderr"; ok "and a misspelt one, with the nearest" $? "$(cat "$work/stderr")"
