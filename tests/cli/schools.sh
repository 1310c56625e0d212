#!/usr/bin/env bash
# kedja schools and kedja catchments: the same figures as text, CSV and JSON, a map, polygons, and bad input refused.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 20
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 3 --set schools.mode=1 --out "$work/v.nc" --quiet >"$work/out" 2>&1; ok "run with catchment areas" $? "$(cat "$work/out")"
"$KEDJA" schools "$work/v.nc" >"$work/text" 2>&1; ok "table" $? "$(cat "$work/text")"
"$KEDJA" schools "$work/v.nc" --csv >"$work/csv" 2>&1
"$KEDJA" schools "$work/v.nc" --json >"$work/json" 2>&1
/usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import csv, json, sys
run = json.load(open(sys.argv[1] + "/json"))
rows = list(csv.DictReader(open(sys.argv[1] + "/csv")))
last = run["years"][-1]
by_grade = sum(int(r["pupils"]) for r in rows if r["grade"] != "all" and int(r["year"]) == last)
in_all = sum(int(r["pupils"]) for r in rows if r["grade"] == "all" and int(r["year"]) == last)
placed = sum(m["pupils"]["values"][-1] for m in run["placement"])
from_json = sum(g["pupils"][-1] or 0 for s in run["schools"] for g in s["grades"] if g["grade"] == "all")
classes = sum(int(r["classes"]) for r in rows if r["grade"] == "all" and int(r["year"]) == last)
assert by_grade == in_all == placed == from_json > 3000, (by_grade, in_all, placed, from_json)
assert classes == sum(m["school_classes"]["values"][-1] for m in run["placement"])
for s in run["schools"]:
    for g in s["grades"]:
        full = [y for y, p, n in zip(run["years"], g["places"], g["pupils"]) if y >= run["now"] and p and n >= p]
        assert g["first_full"] == (full[0] if full else None), (s["name"], g)
for a in run["preschool"]:
    assert len(a["preschool_need"]["values"]) == len(run["years"])
PY
ok "text, CSV and JSON agree; grades add up to schools and these to the municipality" $? "$(cat "$work/check")"
if "$KEDJA" report --help >/dev/null 2>&1 && "$KEDJA" schools "$work/v.nc" --map "$work/map.png" >"$work/out" 2>&1; then
  [ "$(head -c 4 "$work/map.png" | tail -c 3)" = PNG ]; ok "map of the catchments" $?
elif grep -q 'without drawing' "$work/out"; then skip "map of the catchments" "built without drawing"
else ok "map of the catchments" 1 "$(cat "$work/out")"; fi
if "$KEDJA" export "$work/v.nc" --layer catchment --out "$work/c.geojson" >"$work/out" 2>&1; then
  n=$(/usr/bin/python3 -c 'import json,sys; print(sum(1 for f in json.load(open(sys.argv[1]))["features"] if f["properties"]["value"] > 0))' "$work/c.geojson")
  [ "${n:-0}" -ge 8 ]; ok "catchments as polygons" $? "$n polygons"
elif grep -q 'without' "$work/out"; then skip "catchments as polygons" "built without GDAL"
else ok "catchments as polygons" 1 "$(cat "$work/out")"; fi
for seed in 2 3; do "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 3 --seed $seed --set schools.mode=1 --out "$work/v$seed.nc" --quiet >"$work/out" 2>&1; done
"$KEDJA" schools "$work/v.nc" "$work/v2.nc" "$work/v3.nc" --json >"$work/all.json" 2>"$work/stderr"
for seed in 2 3; do "$KEDJA" schools "$work/v$seed.nc" --json >"$work/json$seed" 2>/dev/null; done
/usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys
one = [json.load(open(sys.argv[1] + n)) for n in ("/json", "/json2", "/json3")]
all_runs = json.load(open(sys.argv[1] + "/all.json"))
seen = set()
for k, s in enumerate(all_runs["schools"]):
    for j, g in enumerate(s["grades"]):
        years = sorted(r["schools"][k]["grades"][j]["first_full"] or 9999 for r in one)
        i = g["first_full_interval"]
        assert [i["low"], i["median"], i["high"]] == [None if y == 9999 else y for y in years], (s["name"], g["grade"], i, years)
        assert i["runs"] == 3 and i["full_in"] == sum(y < 9999 for y in years)
        seen.add(i["full_in"])
assert len(seen) > 1
PY
ok "first full years of three runs: interval and in how many" $? "$(cat "$work/check" "$work/stderr")"
# One definition (core/io/first_full.h): what kedja schools says, every other answer about the same run says too.
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 8 --out "$work/f.nc" --quiet >"$work/out" 2>&1
"$KEDJA" schools "$work/f.nc" --json >"$work/f.json" 2>"$work/stderr"; "$KEDJA" table "$work/f.nc" premises --json >"$work/f_table.json" 2>>"$work/stderr"
"$KEDJA" plans "$work/f.nc" --json >"$work/f_plans.json" 2>>"$work/stderr"
/usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys
at = lambda n: json.load(open(sys.argv[1] + n))
schools = {s["name"]: next(g["first_full"] for g in s["grades"] if g["grade"] == "all") for s in at("/f.json")["schools"]}
table = {r["facility"]: r["first_full"] for r in at("/f_table.json")["rows"] if r["kind"] == "school" and r["measure"].startswith("Children")}
alerts = {a["name"]: a["year"] for a in at("/f_plans.json")["alerts"] if a["kind"] == "school_full" and a["department"] == "school"}
assert len(schools) == 12 and any(schools.values()) and not all(schools.values()), schools
assert table == schools, (table, schools)
assert alerts and all(schools[name] == year for name, year in alerts.items()), (alerts, schools)
with open(sys.argv[1] + "/f.view", "w") as script:
    for name, year in schools.items():
        script.write(f'click "Pupils"\nclick "{name}"\n' + (f'expect text="First full year, from 2023 on: {year}"\n' if year else 'expect text="Grades"\n'))
with open(sys.argv[1] + "/f.want", "w") as want: want.writelines(f"{n} {y or '–'}\n" for n, y in sorted(schools.items()))
PY
ok "first full year: schools, table and plans agree" $? "$(cat "$work/check" "$work/stderr")"
if ! "$KEDJA" view --help >/dev/null 2>&1 || ! command -v pdftotext >/dev/null; then skip "first full year: viewer and handout agree" "no viewer or no pdftotext"
else
  "$KEDJA" view "$work/f.nc" --script "$work/f.view" >"$work/out" 2>&1 && "$KEDJA" report "$work/f.nc" --out "$work/f.pdf" >>"$work/out" 2>&1 &&
    pdftotext -layout "$work/f.pdf" - | grep -oE '^ *[A-ZÅÄÖ][a-zåäö]+( [a-zåäö]+)? (skola|school)( [0-9])? .*' | grep -v 'More school places' | sed -E 's/^ *//; s/  +.*  +/ /' | sort >"$work/f.found"
  diff <(sort "$work/f.want") "$work/f.found" >>"$work/out" 2>&1; ok "first full year: viewer and handout agree" $? "$(cat "$work/out")"
fi
"$KEDJA" schools "$work/v.nc" --lang da >"$work/text_da" 2>"$work/stderr" && "$KEDJA" catchments "$work/v.nc" --new 1 --lang da >>"$work/text_da" 2>>"$work/stderr"
ok "both texts in Danish" "$(grep -q '^Elever pr. skole i oktober' "$work/text_da" && grep -q '^Skoledistrikter af hele områder' "$work/text_da" && grep -q '^  ny skole i ' "$work/text_da" && ! grep -qE ' (the|of|and) ' "$work/text_da" && [ ! -s "$work/stderr" ]; echo $?)" "$(cat "$work/text_da" "$work/stderr")"
"$KEDJA" catchments "$work/v.nc" --new 2 --json >"$work/json" 2>"$work/stderr"
/usr/bin/python3 - "$work/json" >"$work/check" 2>&1 <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["above_places"] <= r["above_places_nearest"] and r["areas_apart"] == 0
assert 0 <= r["gap"] < 0.05 and len(r["areas"]) < r["candidates"] <= 150 and sum(s["new"] for s in r["sites"]) >= 1
assert all(a["school"] in [s["name"] for s in r["sites"]] for a in r["areas"])
assert r["mean_way_s"] >= r["mean_way_nearest_s"] - 1e-6
PY
ok "optimal catchments and two new schools" $? "$(cat "$work/check" "$work/stderr")"
cat >"$work/longname.lua" <<'LUA'
policy { title = "T", sentence = "S.", when = "once", apply = function(city, p)
  city:facility { kind = "school", name = "Bors nya skola för de yngre barnen i samhället och på landet däromkring, nära stationen", area = "Bor", places = 100, from_grade = 0, to_grade = 6 }
end }
LUA
echo 'scenario { title = "T", map = "varnamo", stop = 2021, policies = { "longname" } }' >"$work/long.lua"
"$KEDJA" run "$work/long.lua" --quiet --out "$work/long.nc" >/dev/null 2>"$work/stderr"
"$KEDJA" catchments "$work/long.nc" --json >"$work/json" 2>>"$work/stderr" && "$KEDJA" schools "$work/long.nc" --json >"$work/json_schools" 2>>"$work/stderr" && "$KEDJA" catchments "$work/long.nc" >"$work/text_joined" 2>>"$work/stderr"
/usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys
sites = [s["name"] for s in json.load(open(sys.argv[1] + "/json"))["sites"]]; names = {s["name"] for s in json.load(open(sys.argv[1] + "/json_schools"))["schools"]}
joined = [s for s in sites if " + " in s]; text = open(sys.argv[1] + "/text_joined").read()
assert any("nära stationen" in s for s in joined) and all(part in names for s in sites for part in s.split(" + ")), (joined, names)
assert all("  " + s + ": " in text for s in joined)
PY
ok "schools that share a catchment are named in full" $? "$(cat "$work/check" "$work/stderr")"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 1 --seed 2 --out "$work/short.nc" --quiet >"$work/out" 2>&1
refused() { # NAME PATTERN ARGUMENTS…
  local name=$1 pattern=$2; shift 2
  "$KEDJA" "$@" >"$work/out" 2>&1; [ $? -eq 2 ] && grep -q "$pattern" "$work/out"; ok "refused: $name" $? "$(cat "$work/out")"
}
refused "no such run" "none.nc" schools "$work/none.nc"
refused "a year outside the run" "expected a year from 2020 to 2023" schools "$work/v.nc" --now 1999
refused "an unknown level" "expected low or high" catchments "$work/v.nc" --level middle
refused "more new schools than can be asked for" "option --new" catchments "$work/v.nc" --new 99
refused "schools without places" "option --places" catchments "$work/v.nc" --new 1 --places 0
refused "runs of other years" "expected the same years" schools "$work/v.nc" "$work/short.nc"
refused "the same run twice" "expected another seed" schools "$work/v.nc" "$work/v.nc"
refused "another run twice" "v2.nc is the same run as .*v2.nc: expected another seed" schools "$work/v.nc" "$work/v2.nc" "$work/v2.nc"
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 3 --seed 2 --set schools.mode=1 --set densify.enabled=true --out "$work/dense.nc" --quiet >"$work/out" 2>&1
refused "runs of two plans" "dense.nc has other settings than .*v.nc" schools "$work/v.nc" "$work/dense.nc"
