#!/usr/bin/env bash
# kedja compare: the matrix of two runs and of several, and the refusal of runs that are not paired.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 28
run() { "$KEDJA" run scripts/scenarios/toy.lua --years 4 --quiet "$@"; }
for seed in 1 2 3; do
  run --seed $seed --out "$work/base$seed.nc" && run --seed $seed --set economy.tax_change=0.01 --set services.healthier_years=8 --out "$work/change$seed.nc"
done
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --json >"$work/one.json"
ok "compare two runs" $?
"$KEDJA" compare "$work/base1.nc" "$work/base1.nc" >"$work/alike" 2>&1 && grep -q "BASE AND CHANGE END IN THE SAME STATE" "$work/alike" && ! grep -q "CANNOT TELL" "$work/alike" && grep -q '"same_end": false' "$work/one.json"; ok "a run against itself says so" $? "$(head -5 "$work/alike")"
/usr/bin/python3 - "$work/one.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1])); rows = {r["id"]: r for r in c["rows"]}
assert {"people", "preschool", "school", "elderly_care", "health", "technical", "culture_leisure", "housing", "environment", "economy"} <= {r["department"] for r in c["rows"]}
assert all(r["low"] is None and r["high"] is None and r["distinguishable"] == "unknown" for r in c["rows"])
assert abs(rows["tax"]["change"] / rows["tax"]["base"] - (0.207 + 0.01) / 0.207) < 1e-6 and rows["tax"]["sign"] == "better"
assert rows["population"]["difference"] == 0 and rows["home_care"]["difference"] <= 0
assert all(abs(r["change"] - r["base"] - r["difference"]) < 1e-6 for r in c["rows"])
assert {s["name"] for s in c["settings"]} == {"economy.tax_change", "services.healthier_years"}
assert [s["identical"] for s in c["same_people"]] == [100.0] * 5 and c["interval"]["covers"].startswith("nothing")
PY
ok "one pair: every department, differences, no interval" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" >"$work/text"; "$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --all >"$work/all"
run --seed 1 --set economy.tax_change=0.01 --out "$work/tax1.nc"; "$KEDJA" compare "$work/base1.nc" "$work/tax1.nc" >"$work/tax"
ok "the same people in the same homes: no row may be luck, and what does not differ says so" "$(grep -q 'no luck of people parts them' "$work/tax" && ! grep -q '?' "$work/tax" && ! grep -q 'CANNOT TELL' "$work/tax" && grep -q 'Inhabitants .* 0  *0  no change' "$work/tax"; echo $?)" "$(cat "$work/tax")"
run --seed 1 --set demography.job_change=0.9 --out "$work/jobs1.nc"; "$KEDJA" compare "$work/base1.nc" "$work/jobs1.nc" >"$work/jobs"
ok "in the same homes with other work: it may be luck" "$(grep -q 'CANNOT TELL' "$work/jobs"; echo $?)" "$(cat "$work/jobs")"
ok "a headline says which places are missing in care homes, and figures since the start say so" "$(grep -q 'Care home places missing  *places ' "$work/text" && grep -q 'Mean queue time of homes let since the start' "$work/all"; echo $?)" "$(cat "$work/all")"
classes=$("$KEDJA" schools "$work/base1.nc" | awk '/^classes / {print $NF}')
same "classes are those that kedja schools counts" "$classes" "$(awk '$1 == "Classes" {print $4}' "$work/all")"
run --seed 1 --set new_school.year=2027 --out "$work/idle.nc"; "$KEDJA" compare "$work/base1.nc" "$work/idle.nc" >"$work/idle"
ok "a parameter of a policy that is off is no difference" "$(grep -q 'no setting differs' "$work/idle" && ! grep -q '2027' "$work/idle"; echo $?)" "$(head -5 "$work/idle")"
"$KEDJA" compare "$work"/base?.nc "$work"/change?.nc --json >"$work/many.json"
/usr/bin/python3 - "$work/many.json" "$work/one.json" <<'PY'
import json, sys
c = json.load(open(sys.argv[1])); rows = {r["id"]: r for r in c["rows"]}
assert c["seeds"] == [1, 2, 3] and c["interval"] == {"level": 0.95, "covers": "chance", "pairs": 3}
tax = rows["tax"]
assert tax["low"] < tax["difference"] < tax["high"] and tax["distinguishable"] == "yes" and tax["low"] > 0
assert rows["population"]["distinguishable"] == "no" and rows["population"]["sign"] == "neither"
PY
ok "three pairs by seed: intervals of chance" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --csv >"$work/c.csv"
[ "$(head -1 "$work/c.csv")" = "department,id,unit,start,base,change,difference,low,high,distinguishable,sign,per_head_rule" ] && grep -q '^economy,tax,MSEK/year,' "$work/c.csv"
ok "CSV" $?
grep -q '^environment,land_take,m2,,[0-9]' "$work/c.csv" && grep -q '^environment,near_green,%,[0-9]' "$work/c.csv" && grep -q '^people,population,persons,[0-9]' "$work/c.csv"; ok "no figure of the start where nothing was measured" $? "$(grep near_green "$work/c.csv")"
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --lang sv | grep -q "Vem vinner och vem förlorar"
ok "Swedish" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --lang da | grep -q "Hvem vinder, og hvem taber"
ok "Danish" $?
refused() { # TEXT FILES…: exit status 2 and a message that says so
  local text=$1; shift
  "$KEDJA" compare "$@" >"$work/o" 2>"$work/e"; [ $? -eq 2 ] && [ ! -s "$work/o" ] && grep -q "$text" "$work/e"
}
refused "not the same people with the same luck. seed: 1 in the first, 2 in the second" "$work/base1.nc" "$work/change2.nc"
ok "another seed is refused" $?
run --map varnamo --years 1 --seed 1 --out "$work/other.nc"
refused "not the same people with the same luck. map:" "$work/base1.nc" "$work/other.nc"
ok "another map is refused" $?
refused "has seed 3, but no changed run has" "$work"/base?.nc "$work/change1.nc" "$work/change2.nc"
ok "a seed without a partner is refused" $?
refused "has no year 2035" "$work/base1.nc" "$work/change1.nc" --year 2035
ok "a year that was not recorded is refused" $?
run --seed 1 --set services.panel_people=0 --out "$work/nobody.nc"
"$KEDJA" compare "$work/base1.nc" "$work/nobody.nc" 2>&1 | grep -q "who gains and who loses is not known"
ok "runs that follow nobody say so" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --chart "$work/m.png" && [ "$(head -c 4 "$work/m.png" | tail -c 3)" = PNG ] && refused "expected a name that ends in" "$work/base1.nc" "$work/change1.nc" --chart "$work/m.txt"
ok "picture" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --svg >"$work/m.svg" && head -c 5 "$work/m.svg" | grep -q '<?xml' && grep -q '</svg>' "$work/m.svg" && "$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --chart "$work/m2.svg" && cmp -s "$work/m.svg" "$work/m2.svg" &&
  refused "one of --json, --csv and --svg" "$work/base1.nc" "$work/change1.nc" --svg --json
ok "picture as SVG, on standard output and as a file" $?
"$KEDJA" compare "$work/base1.nc" "$work/change1.nc" --json | /usr/bin/python3 -c '
import json, re, sys
c = json.load(sys.stdin); words = {w for r in c["rows"] for w in (r["label"], r["unit"])} | {g["group"] for g in c["groups"] if g["by"] in ("all", "sex", "income")}
for language in ("sv", "da"):
    known = set(re.findall(r"^msgid \"(.+)\"$", open(f"po/{language}.po").read(), re.M))
    assert words <= known, words - known'
ok "every label has a translation" $?

# Several worlds beside each other. The toy's scenario densifies and protects farmland: the others leave one of them out.
worlds="$work/w_base.nc $work/w_open.nc $work/w_wide.nc"
run --seed 1 --years 8 --out "$work/w_base.nc" && run --seed 1 --years 8 --set protect_farmland.enabled=false --out "$work/w_open.nc" &&
  run --seed 1 --years 8 --set protect_farmland.enabled=false --set densify.enabled=false --out "$work/w_wide.nc"
"$KEDJA" compare $worlds --markdown --worlds "$work/w.png" --names "As planned;Fields open;All open" >"$work/w.md" 2>"$work/stderr"
/usr/bin/python3 - "$work" <<'PY'
import re, subprocess, sys, os
work = sys.argv[1]
rows = [[c.strip().replace("**", "").replace("−", "-").replace("+", "").replace(",", "") for c in line.strip("|\n").split("|")] for line in open(work + "/w.md")]
assert rows[0][2:] == ["As planned", "Fields open", "All open"], rows[0]
table = {r[0]: r for r in rows[2:]}
built = [float(x) for x in table["Farmland built on since the start"][2:]]
by_class = [[float(x) for x in r[2:]] for name, r in table.items() if name.startswith("– farmland")]
for w in range(3): assert abs(sum(c[w] for c in by_class) - built[w]) < 0.3, (w, by_class, built)
assert open(work + "/w.png", "rb").read(8) == b"\x89PNG\r\n\x1a\n"
PY
ok "three worlds: a table whose classes of farmland add up, and a picture" $? "$(cat "$work/stderr" "$work/w.md")"
"$KEDJA" compare $worlds --markdown --names "A;B" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected 3 names" "$work/stderr"; ok "a name too few is refused" $? "$(cat "$work/stderr")"
"$KEDJA" compare $worlds --worlds "$work/w.gif" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "ends in .png, .pdf or .svg" "$work/stderr" && [ ! -e "$work/w.gif" ]; ok "a picture of another kind is refused" $? "$(cat "$work/stderr")"
# The maps are of one pair, that of the base's first run, in whatever order the runs of the other world stand. The two seeds build differently.
for seed in 1 2; do run --seed $seed --years 15 --out "$work/s_base$seed.nc" && run --seed $seed --years 15 --set protect_farmland.enabled=false --out "$work/s_open$seed.nc"; done
maps() { local to=$1; shift; "$KEDJA" compare "${@/#/$work/s_}" --worlds "$work/$to.png" 2>>"$work/stderr"; }
maps one base1.nc base2.nc open1.nc open2.nc && maps same base1.nc base2.nc open2.nc open1.nc && maps other base2.nc base1.nc open1.nc open2.nc &&
  cmp "$work/one.png" "$work/same.png" >>"$work/stderr" && ! cmp -s "$work/one.png" "$work/other.png"
ok "the maps of two worlds are of the same seed" $? "$(cat "$work/stderr")"
# Two programmes: the worlds differ in what they plan, though no setting does.
planned() { printf 'scenario { title = "T", map = "toy", stop = %d, seed = 1, policies = { "building_programme" }, projects = {\n%s\n} }\n' "$2" "$3" >"$work/$1.lua"; "$KEDJA" run "$work/$1.lua" --quiet --out "$work/$1.nc"; }
north='{ name = "North", area = "Town", rental = 9, start = 2022 },' west='{ name = "West", area = "Town", rental = 5, start = 2022 },'
planned plan_a 2024 "$north $west" && planned plan_b 2025 '{ name = "North", area = "Town", rental = 20, start = 2023 }, { name = "East", area = "Village", owner = 4, start = 2022 },'
"$KEDJA" compare "$work/plan_a.nc" "$work/plan_b.nc" >"$work/planned" && grep -q "^  North: 9 → 20 homes, start 2022 → 2023$" "$work/planned" && grep -q "^  West: only in the base (5 homes, start 2022)$" "$work/planned" &&
  grep -q "^  East: only in the change (4 homes, start 2022)$" "$work/planned" && grep -q "the base runs to 2024, the change to 2025: compared in 2024" "$work/planned" && ! grep -q "no setting" "$work/planned"
ok "projects that differ are named, and years" $? "$(head -8 "$work/planned")"
"$KEDJA" compare "$work/plan_a.nc" "$work/plan_b.nc" --json | /usr/bin/python3 -c '
import json, sys
c = json.load(sys.stdin)
assert [(p["name"], p["how"]) for p in c["projects"]] == [("North", "other"), ("West", "only_base"), ("East", "only_change")] and not c["same_scenario"] and c["last_years"] == [2024, 2025]'
ok "and stand in the JSON" $?
planned plan_c 2024 "$north $west -- the same"
"$KEDJA" compare "$work/plan_a.nc" "$work/plan_c.nc" | grep -q "no setting and no project differs, but the texts of the scenarios do" && "$KEDJA" compare "$work/plan_a.nc" "$work/plan_a.nc" | grep -q "^  no setting differs"
ok "texts that differ in no project, and the same text, are told apart" $?
