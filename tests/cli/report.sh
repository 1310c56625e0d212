#!/usr/bin/env bash
# Map and summary of a real run appear in each language, and only whole. That every text is translated: tests/cli/texts.sh.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 42
"$KEDJA" run scripts/scenarios/toy.lua --years 4 --out "$work/toy.nc" --quiet >/dev/null 2>"$work/stderr"
ok "a run to draw" $? "$(cat "$work/stderr")"
# size FILE: width and height of a PNG.
size() { od -An -tu1 -j16 -N8 "$1" 2>/dev/null | awk '{print $1*16777216+$2*65536+$3*256+$4 "x" $5*16777216+$6*65536+$7*256+$8}'; }
for language in en sv da; do
  "$KEDJA" report "$work/toy.nc" --map "$work/map_$language.png" --png "$work/page_$language.png" --lang $language >/dev/null 2>"$work/stderr"
  ok "report in $language, nothing shortened" "$([ $? -eq 0 ] && ! grep -q shortened "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
done
same "size of the map" 1600x1200 "$(size "$work/map_sv.png")"
same "size of the page" 2400x1697 "$(size "$work/page_sv.png")"
differs "languages differ" "$(cksum <"$work/page_sv.png")" "$(cksum <"$work/page_en.png")"
"$KEDJA" report "$work/toy.nc" --png "$work/again.png" --lang sv >/dev/null 2>&1
same "the same run gives the same picture" "$(cksum <"$work/page_sv.png")" "$(cksum <"$work/again.png")"
"$KEDJA" report "$work/toy.nc" --png "$work/no/such/folder/page.png" >/dev/null 2>"$work/stderr"
ok "a folder that is not there is an error" "$([ $? -ne 0 ] && grep -q "no/such/folder" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
ok "nothing half-written" "$(! ls "$work"/*.part >/dev/null 2>&1; echo $?)" "$(ls "$work")"
"$KEDJA" report "$work/toy.nc" --out "$work/wrong.txt" >/dev/null 2>"$work/stderr"
ok "--out wants a name that ends in .pdf, .html, .svg or .png" "$([ $? -eq 2 ] && grep -q "ends in .pdf" "$work/stderr" && [ ! -e "$work/wrong.txt" ]; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" report "$work/toy.nc" --map "$work/wrong.pdf" --png "$work/right.png" >/dev/null 2>"$work/stderr"
ok "--map wants a name that ends in .png" "$([ $? -eq 2 ] && grep -q "ends in .png" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" report "$work/toy.nc" --out "$work/page.pdf" --lang da >/dev/null 2>&1
ok "the PDF is tagged" "$(grep -aq "/MarkInfo << /Marked true" "$work/page.pdf"; echo $?)"
"$KEDJA" run scripts/scenarios/toy.lua --years 4 --set densify.enabled=true --set new_school.enabled=true --set new_school.year=2022 --out "$work/toy2.nc" --quiet >/dev/null 2>&1
for language in sv da en; do
  "$KEDJA" report "$work/toy.nc" "$work/toy2.nc" --out "$work/pair_$language.pdf" --lang $language >/dev/null 2>"$work/stderr"
  ok "a handout on a pair of runs: $language" $? "$(cat "$work/stderr")"
done
pages=$(pdfinfo "$work/pair_sv.pdf" 2>/dev/null | sed -nE 's/^Pages: *//p')
ok "four to eight pages, tagged" "$([ "${pages:-0}" -ge 4 ] && [ "$pages" -le 8 ] && pdfinfo "$work/pair_sv.pdf" | grep -q 'Tagged: *yes'; echo $?)" "pages: $pages"
ok "findings in sentences, method and provenance can be read" "$(pdftotext "$work/pair_sv.pdf" - 2>/dev/null | grep -q 'invånare 2024' && pdftotext "$work/pair_sv.pdf" - | grep -q 'Metod och gränser' && pdftotext "$work/pair_sv.pdf" - | grep -q 'tillståndshash'; echo $?)"
pdftotext -layout "$work/pair_en.pdf" "$work/pair_en.txt"
ok "where all live alike the matrix does not ask" "$(grep -qE ' (better|worse)( |$)' "$work/pair_en.txt" && ! grep -qE ' (better|worse)\?' "$work/pair_en.txt" && grep -q 'no luck of people parts them' "$work/pair_en.txt"; echo $?)"
first() { pdftotext -layout -f 1 -l 2 "$work/pair_en.pdf" - 2>/dev/null; }
ok "and neither do pages 1 and 2; they tell what changes most, a gain with its price, and which schools one world alone has" "$(first | grep -q 'no luck of people parts them' && ! first | grep -q 'cannot be told apart' && first | grep -q 'What changes most from A to B: ' && first | grep -qE 'Open at the end in B alone: New school'; echo $?)" "$(first | head -30)"
"$KEDJA" run scripts/scenarios/toy.lua --years 4 --set demography.patience=2 --set economy.tax_change=0.02 --out "$work/toy3.nc" --quiet >/dev/null 2>&1; "$KEDJA" report "$work/toy.nc" "$work/toy3.nc" --out "$work/pair_en.pdf" --quiet && pdftotext -layout "$work/pair_en.pdf" "$work/pair_en.txt"
ok "one pair cannot tell chance: the matrix asks" "$(grep -qE ' (better|worse)\?' "$work/pair_en.txt" && ! grep -qE ' (better|worse)( |$)' "$work/pair_en.txt" && grep -q 'marked ? may be luck' "$work/pair_en.txt"; echo $?)" "$(grep -E 'better|worse' "$work/pair_en.txt")"
ok "and so do its first pages" "$(first | grep -q 'cannot be told apart. What differs below may be either' && ! first | grep -q 'no luck of people'; echo $?)" "$(first | head -30)"
ok "a pair tells what the result differs by, not its level" "$(grep -qE 'municipal result of 2024 is SEK [0-9]+ million (higher|lower) in B than in A' "$work/pair_en.txt"; echo $?)" "$(grep result "$work/pair_en.txt")"
"$KEDJA" run scripts/scenarios/toy.lua --years 3 --out "$work/short.nc" --quiet >/dev/null 2>&1; "$KEDJA" run scripts/scenarios/toy.lua --years 4 --seed 2 --out "$work/luck.nc" --quiet >/dev/null 2>&1
# refused NAME PATTERN ARGUMENTS: a report of two runs that ends with status 2 and leaves no file.
refused() { local name=$1 pattern=$2; shift 2; rm -f "$work/refused".*; "$KEDJA" report "$work/toy.nc" "$@" >/dev/null 2>"$work/stderr"
  ok "$name" "$([ $? -eq 2 ] && grep -q "$pattern" "$work/stderr" && ! ls "$work/refused".* >/dev/null 2>&1; echo $?)" "$(cat "$work/stderr")"; }
refused "a pair that ends in different years" "ends in 2024, .*short.nc in 2023" "$work/short.nc" --out "$work/refused.pdf"
refused "a pair of two seeds" "run both with the same seed" "$work/luck.nc" --out "$work/refused.pdf"
refused "a second run that --png would leave out" "option --png: it is of one run" "$work/toy2.nc" --png "$work/refused.png"
refused "a second run that --map would leave out beside a handout" "option --map: it is of one run" "$work/toy2.nc" --map "$work/refused.png" --out "$work/refused.pdf"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 6 --set demography.vision_year=2026 --set demography.vision_population=36000 --set housing.ltv_max=0.8 --out "$work/v.nc" --quiet >/dev/null 2>"$work/stderr"
"$KEDJA" report "$work/v.nc" --out "$work/v.pdf" --quiet >/dev/null 2>>"$work/stderr"
pdftotext -layout "$work/v.pdf" "$work/v.txt"
page() { pdftotext -layout -f "$1" -l "$1" "$work/v.pdf" - 2>/dev/null; }
same "page 1 of one run has no level of the result" 0 "$(page 1 | grep -ci 'result')"
ok "page 1: the shortage of care homes, by the planners' table" "$("$KEDJA" table "$work/v.nc" elderly --csv >"$work/elderly" 2>&1; short=$(sed -nE 's/.*Balance of places in care homes.*,-([0-9]+)$/\1/p' "$work/elderly"); [ -n "$short" ] && page 1 | grep -qE "need a care home in 2026, and there are [0-9]+ places: $short too few"; echo $?)" "$(cat "$work/elderly"; page 1)"
ok "page 1: the count beside the run, and the vision met" "$(page 1 | grep -qE 'Counted on 30 September 2025: 34,531 inhabitants. The run has 3[0-9],[0-9]+ at that time' && page 1 | grep -qE 'vision of 36,000 inhabitants in 2026: met, with [0-9]+ to spare'; echo $?)" "$(page 1)"
ok "page 1: the counts stand on the chart of inhabitants" "$(page 1 | grep -q 'dotted: observed' && page 1 | grep -qE '^ *[0-9,]* *observed|observed *$| observed ' && page 1 | grep -q 1995; echo $?)" "$(page 1)"
ok "page 2: what the vision demands, school places and posts too" "$([ "$(page 2 | grep -cE '(More inhabitants|New homes|In-migrants|More jobs|More school places|More posts in services)( +[0-9,]+){3}')" -eq 6 ]; echo $?)" "$(page 2)"
printf 'experiment { title = { en = "Two", sv = "Två", da = "To" }, scenario = "varnamo_2035", years = 2, replicates = 2 }\n' >"$work/two.lua"
"$KEDJA" batch "$work/two.lua" --out "$work/two" --jobs 2 --quiet 2>"$work/stderr" && "$KEDJA" report "$work/two/two.nc" --out "$work/two.pdf" --quiet 2>>"$work/stderr"
ok "counts stand on the chart of an ensemble too" "$(pdftotext "$work/two.pdf" - | grep -q 'dotted: observed'; echo $?)" "$(cat "$work/stderr")"
ok "no name of a parameter stands on a page for everybody" "$(! grep -q ltv_max "$work/v.txt" && page 2 | grep -q '1 other setting, named in the run file'; echo $?)" "$(grep -n setting "$work/v.txt")"
ok "map and school table say that schools are assumed, page 2 what is" "$([ "$(for p in 3 4; do page $p | tr -s ' \n' ' ' | grep -c 'Sites, sizes and names of the schools of the start are assumed'; done | tr -d '\n')" = 11 ] && page 2 | tr -s ' \n' ' ' | grep -q 'sites and sizes of'; echo $?)" "$(page 4 | head -5)"
"$KEDJA" report "$work/v.nc" --tables "$work/v_tables.pdf" --quiet >/dev/null 2>"$work/stderr"
ok "names of schools and care homes stand whole in the tables" "$([ ! -s "$work/stderr" ] && pdftotext -layout "$work/v_tables.pdf" - | grep -q 'Värnamo södra äldreboende'; echo $?)" "$(cat "$work/stderr")"
for change in 0 0.0001; do "$KEDJA" run scripts/scenarios/toy.lua --years 2 --quiet --set economy.tax_change=$change --out "$work/tax_$change.nc"; done
"$KEDJA" report "$work/tax_0.nc" "$work/tax_0.0001.nc" --quiet --out "$work/tax.html" 2>"$work/stderr"
ok "results that differ by less than a million are nearly the same, not the same" "$(grep -q 'is nearly the same in A and B' "$work/tax.html"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" report "$work/toy.nc" --out "$work/one.html" --lang da >/dev/null 2>"$work/stderr"
ok "one HTML file that needs nothing else" "$(grep -q '<html lang="da">' "$work/one.html" && grep -q 'data:image/png;base64' "$work/one.html" && ! grep -qE 'src="[^d]|href=' "$work/one.html"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" report "$work/toy.nc" --out "$work/part.svg" >/dev/null 2>"$work/stderr"
ok "pages as drawings" "$([ -s "$work/part_1.svg" ] && [ -s "$work/part_6.svg" ]; echo $?)" "$(ls "$work")"
"$KEDJA" report "$work/toy.nc" --tables "$work/tables.pdf" --lang sv --quiet >/dev/null 2>"$work/stderr"
ok "all tables as an appendix, nothing cut" "$([ $? -eq 0 ] && [ ! -s "$work/stderr" ] && pdftotext "$work/tables.pdf" - | grep -q 'Befolkningsförändringens delar' && pdftotext "$work/tables.pdf" - | grep -q 'Kommunens ekonomi' && pdfinfo "$work/tables.pdf" | grep -q 'Tagged: *yes'; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" report "$work/toy.nc" --tables "$work/tables.png" >/dev/null 2>"$work/stderr"
ok "--tables wants a name that ends in .pdf" "$([ $? -eq 2 ] && grep -q "ends in .pdf" "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
ok "nothing half-written is left" "$(! ls "$work"/*.part* >/dev/null 2>&1; echo $?)" "$(ls "$work")"
