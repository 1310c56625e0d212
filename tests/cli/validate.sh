#!/usr/bin/env bash
# The model against published figures: every target listed with bounds, value, verdict and baseline; what cannot be checked says why.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 19
root=$PWD; case $KEDJA in /*) program=$KEDJA;; *) program=$root/$KEDJA;; esac
(cd "$work" && KEDJA_DATA=$root "$program" validate --seeds 2 --json --quiet >"$work/v.json" 2>"$work/stderr")
ok "validate runs what it has maps for" $? "$(cat "$work/stderr")"
/usr/bin/python3 - "$work/v.json" <<'PY'
import json, sys
v = json.load(open(sys.argv[1]))
rows = {t["id"]: t for t in v["targets"]}
assert len(rows) > 50 and all(k in t for t in v["targets"] for k in ("id", "low", "high", "value", "ok", "baseline", "role", "source"))
for t in v["targets"]:
    if t["role"] == "context": assert t["ok"] is None
    elif t["checked"]: assert t["ok"] == (t["low"] <= t["value"] <= t["high"]), t
    else: assert t["ok"] is None and t["note"], t
# The baselines of the hindcasts: the counts of 2010, and the localities' shares of 2010 held against those of 2018, from the figures themselves.
then = [82800, 6136, 5708, 4062 + 738, 2892, 1218, 584, 545]
now = [91940, 6285, 6486, 4971, 2956, 2032, 713, 536]
assert rows["P2"]["checked"] and rows["P2"]["baseline"] == 32833
assert rows["P4"]["checked"] and abs(rows["P4"]["baseline"] - sum(abs(a / sum(then) - b / sum(now)) for a, b in zip(then, now)) / 8) < 1e-6
assert rows["M1"]["checked"] and not rows["C1"]["checked"] and "no map" in rows["C1"]["note"]
s = v["scores"]["validate"]
assert s["held"] == sum(1 for t in v["targets"] if t["role"] == "validate" and t["ok"]) and s["checked"] <= s["rows"]
# Read off deaths one by one, the tables give the life expectancy that they were made for: within four standard errors of two runs (one run has a standard deviation of 0.2).
assert abs(rows["D2a"]["value"] - 84.74) < 0.7 and abs(rows["D2b"]["value"] - 81.35) < 0.7
PY
ok "every target with bounds, value, verdict, baseline" $? "$(head -40 "$work/v.json")"
for seed in 1 2; do
  "$KEDJA" run varnamo_2010 --seed $seed --out "$work/v$seed.nc" --quiet && "$KEDJA" run lund_2010 --seed $seed --out "$work/l$seed.nc" --quiet
  "$KEDJA" export "$work/v$seed.nc" --table municipality --out "$work/v$seed.csv" --quiet && "$KEDJA" export "$work/l$seed.nc" --table area --out "$work/l$seed.csv" --quiet
done
/usr/bin/python3 - "$work" <<'PY'
import csv, json, sys
work = sys.argv[1]
rows = {t["id"]: t for t in json.load(open(work + "/v.json"))["targets"]}
counted = {"1281TC105": 91940, "1281TB108": 6285, "1281TB101": 6486, "1281TB110": 4971, "1281TB102": 2956, "1281TB107": 2032, "1281TB103": 713, "1281TB106": 536}
people, error = 0.0, 0.0
for seed in "12":
    people += sum(float(r["population"]) for r in csv.DictReader(open(f"{work}/v{seed}.csv"))) / 2
    found = dict.fromkeys(counted, 0.0)
    for r in csv.DictReader(open(f"{work}/l{seed}.csv")):
        code = r["code"].split("-")[0]
        if code in found: found[code] += float(r["population"])
    error += sum(abs(found[c] / sum(found.values()) - counted[c] / sum(counted.values())) for c in counted) / 8 / 2
assert abs(rows["P2"]["value"] - people) < 0.06, (rows["P2"], people)
assert abs(rows["P4"]["value"] - error) < 1e-6, (rows["P4"], error)
PY
ok "hindcasts from 2010: population and shares of localities worked out again from the runs" $? "$(cat "$work/stderr")"
mkdir -p "$work/small/maps"; cp -r maps/countries "$work/small/maps/"; sed -i 's/^1281,1281TC105,Lund,2018-12-31,91940/1281,1281TC105,Lund,2018-12-31,many/' "$work/small/maps/countries/se/observed_localities.csv"
KEDJA_DATA="$work/small" "$KEDJA" validate 2>"$work/stderr" >/dev/null; [ $? -eq 2 ] && grep -q 'observed_localities.csv:7: column `population`: expected a whole number, found `many`' "$work/stderr"
ok "a damaged count of a locality names file and line before any case runs" $? "$(cat "$work/stderr")"
"$KEDJA" validate --map moon=x 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "expected lund=FOLDER.*varnamo-2010=FOLDER" "$work/stderr"; ok "an unknown case" $? "$(cat "$work/stderr")"
mkdir -p "$work/data/maps/countries/se"; sed 's/,validate,/,hope,/' maps/countries/se/targets.csv >"$work/data/maps/countries/se/targets.csv"
KEDJA_DATA="$work/data" "$KEDJA" validate 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "targets.csv:[0-9]*: column role" "$work/stderr"; ok "a wrong row names file and line" $? "$(cat "$work/stderr")"
/usr/bin/python3 - <<'PY'
import csv, glob, os
def keys(path):
    rows = list(csv.reader(line for line in open(path) if line.strip() and not line.startswith("#")))
    at = rows[0].index("value")
    return rows[0], sorted(tuple(row[:at]) for row in rows[1:])
for name in ("mortality", "fertility", "fertility_family", "separation", "union", "leaving_home", "migration_profile", "care_entry", "studies", "employment", "income",
             "in_age", "in_household", "in_students", "after_studies", "out_deciders"):
    assert keys(f"maps/countries/se/{name}.csv") == keys(f"maps/countries/dk/{name}.csv"), name
for country, name in ((c, n) for c in ("se", "dk") for n in ("in_age", "in_household")): # shares of all
    header, *rows = csv.reader(line for line in open(f"maps/countries/{country}/{name}.csv") if line.strip() and not line.startswith("#"))
    for first in {row[0] for row in rows}: assert abs(sum(float(row[2]) for row in rows if row[0] == first) - 1) < 2e-3, (country, name, first)
PY
ok "Denmark has the tables of demography for the same ages and kinds" $?

# People by area against counts: errors worked out again from the file, on counts made up so that each rule has a known error.
mkdir -p "$work/areas/maps/countries"; cp -r maps/toy "$work/areas/maps/"; cp -r maps/countries/se "$work/areas/maps/countries/"; cp -r scripts "$work/areas/"
for seed in 1 2; do KEDJA_DATA="$work/areas" "$KEDJA" run scripts/scenarios/toy.lua --years 3 --seed $seed --out "$work/a$seed.nc" >/dev/null 2>&1; done
KEDJA_DATA="$work/areas" "$KEDJA" export "$work/a1.nc" --table area --year all --out "$work/a1.csv" >/dev/null
/usr/bin/python3 - "$work" <<'PY'
import csv, sys
work = sys.argv[1]
rows = list(csv.DictReader(open(work + "/a1.csv")))
years = sorted({int(r["year"]) for r in rows})
with open(work + "/areas/maps/countries/se/observed_areas.csv", "w") as out:
    out.write("municipality,area,name,date,population,dwellings,evidence,source\n")
    for r in rows:
        y, start = int(r["year"]), next(s for s in rows if s["code"] == r["code"] and int(s["year"]) == years[0])
        people = int(r["population"]) + (7 if y == years[-1] else 0)   # the last year: the run is 7 persons short in each area
        if y == years[1]: people = 2 * int(start["population"])          # the next year: shares stay, twice the people
        homes = 3 * int(start["population"]) if y == years[0] else 3 * people   # one person in three homes at all times
        out.write(f"0,{r['code']},x,{y}-12-31,{people},{homes},measured,made up\n")
PY
KEDJA_DATA="$work/areas" "$KEDJA" validate "$work/a1.nc" --json >"$work/areas.json" 2>"$work/stderr"
/usr/bin/python3 - "$work/areas.json" <<'PY'
import json, sys
years = json.load(open(sys.argv[1]))["years"]
assert all(y["low"] is None and y["high"] is None for y in years), years # one run alone has no interval
assert len(years) == 3
assert abs(years[-1]["model"] - 7) < 1e-6, years[-1]
assert abs(years[0]["shares"]) < 1e-6 and years[0]["model"] > 1 and not years[0]["better"], years[0]
assert all(abs(y["per_home"]) < 1e-6 for y in years), years
PY
ok "people by area: known errors of the run and of both rules" $? "$(cat "$work/stderr" "$work/areas.json")"
KEDJA_DATA="$work/areas" "$KEDJA" validate "$work/a1.nc" "$work/a2.nc" --markdown >"$work/areas.md" 2>"$work/stderr"; [ $? -eq 0 ] && grep -q ' to [0-9]* |' "$work/areas.md"
ok "several seeds give an interval" $? "$(cat "$work/stderr")"
KEDJA_DATA="$work/areas" "$KEDJA" validate "$work/a1.nc" "$work/a2.nc" --json >"$work/areas.json" 2>"$work/stderr"
/usr/bin/python3 - "$work/areas.json" <<'PY'
import json, sys
years = json.load(open(sys.argv[1]))["years"]
assert len(years) == 3 and all(y["low"] < y["model"] < y["high"] for y in years), years
PY
ok "and the interval stands in the JSON" $? "$(cat "$work/stderr" "$work/areas.json")"
unlike() { KEDJA_DATA="$work/areas" "$KEDJA" validate "$1" "$2" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "$3" "$work/stderr"; ok "$4" $? "$(cat "$work/stderr")"; }
KEDJA_DATA="$work/areas" "$KEDJA" run scripts/scenarios/toy.lua --years 2 --seed 3 --out "$work/short.nc" >/dev/null 2>&1
KEDJA_DATA="$work/areas" "$KEDJA" run scripts/scenarios/toy.lua --years 3 --seed 3 --set demography.in_scale=1.5 --out "$work/other.nc" >/dev/null 2>&1
unlike "$work/a1.nc" "$work/a1.nc" "have the same seed 1: expected runs that differ by their seed alone" "the same run twice is no second run"
unlike "$work/a1.nc" "$work/short.nc" "expected runs of the same years" "runs of other years do not go together"
unlike "$work/a2.nc" "$work/other.nc" "have different scenarios or settings" "runs of other settings do not go together"
"$KEDJA" validate "$work/a1.nc" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "has no counts of its" "$work/stderr"; ok "no counts of these areas: status 2, and what is missing" $? "$(cat "$work/stderr")"
sed -i '2s/-12-31/-31/' "$work/areas/maps/countries/se/observed_areas.csv"
KEDJA_DATA="$work/areas" "$KEDJA" validate "$work/a1.nc" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "observed_areas.csv:2: column .date.: expected a date" "$work/stderr"; ok "a damaged row names file and line" $? "$(cat "$work/stderr")"
# Two made-up counties that follow the rules of the projection with rates that never change, mortality apart from its trend; counted in
# fractions, so that nothing but the projection can err.
mkdir -p "$work/counties"
/usr/bin/python3 - "$work/counties" <<'PY'
import math, sys
force = lambda age, year: 0.0001 * math.exp(0.09 * age) * math.exp(-0.02 * (year - 1998))
boys = 0.6 # far from what is usual: only who counts can know it
survive = lambda age, year: math.exp(-0.5 * (force(age, year) + force(min(age + 1, 100), year)))
born = {a: 0.11 * math.exp(-((a - 30) / 6) ** 2) for a in range(15, 50)}
moves = lambda county, age: (0.03 if county else -0.02) * math.exp(-((age - 24) / 8) ** 2) if age < 90 else 0.0
ages = [str(a) for a in range(100)] + ["100+"]
people, deaths, births = [open(f"{sys.argv[1]}/{n}.csv", "w") for n in ("population", "deaths", "births_by_mother_age")]
for f in (people, deaths, births): f.write("region,year,sex,age,count\n")
for county, name in enumerate(("North", "South")):
    now = {s: [4000.0 if a < 60 else 4000.0 * (100 - a) / 40 for a in range(101)] for s in ("Females", "Males")}
    if county: now = {s: [x * (1.5 if 20 <= a < 35 else 1.0) for a, x in enumerate(v)] for s, v in now.items()}
    for year in range(1975, 2016):
        if year > 1975:
            new = {}
            for s, v in now.items():
                new[s] = [0.0] + [v[a - 1] * (survive(a - 1, year) + moves(county, a)) for a in range(1, 100)] + [v[99] * survive(99, year) + v[100] * survive(100, year)]
            by_age = {a: born[a] * 0.5 * (now["Females"][a] + new["Females"][a]) for a in born}
            for s, share in (("Females", 1 - boys), ("Males", boys)):
                new[s][0] = sum(by_age.values()) * share * (math.exp(-0.9 * force(0, year)) + moves(county, 0))
                for a in born: births.write(f"{name},{year},{s},{'49+' if a == 49 else a},{by_age[a] * share:.9f}\n")
                for a in range(101): deaths.write(f"{name},{year},{s},{ages[a]},{force(a, year) * 0.5 * (now[s][a] + new[s][a]):.9f}\n")
            now = new
        for s, v in now.items():
            for a in range(101): people.write(f"{name},{year},{s},{ages[a]},{v[a]:.9f}\n")
PY
"$KEDJA" validate --counties "$work/counties" --json >"$work/counties.json" 2>"$work/stderr"
ok "a hindcast of counties runs" $? "$(cat "$work/stderr")"
/usr/bin/python3 - "$work/counties.json" <<'PY'
import json, sys
found = json.load(open(sys.argv[1]))
assert found["counties"] == 2 and abs(found["mortality_trend"][0] + 0.02) < 1e-4 and abs(found["boys"] - 0.6) < 1e-6, found
last = {e["ages"]: e for e in found["errors"] if e["year"] == 2015}
assert len(last) == 9 and all(e["model"] < 0.2 for e in last.values()), last
assert last["80–"]["shares"] > 5 and last["all"]["shares"] > 1 and last["all"]["better"], last
PY
ok "where rates do not change the projection is right, and shares as they were are not" $? "$(cat "$work/counties.json")"
gzip -k "$work/counties/deaths.csv"; sed -i '5s/Females/Kvinnor/' "$work/counties/deaths.csv"
"$KEDJA" validate --counties "$work/counties" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q 'deaths.csv:5: column sex: expected Females or Males, found "Kvinnor"' "$work/stderr"
ok "a wrong word names file and line" $? "$(cat "$work/stderr")"
rm "$work/counties/deaths.csv"; "$KEDJA" validate --counties "$work/counties" --json 2>"$work/stderr" | cmp -s - "$work/counties.json" && truncate -s 5000 "$work/counties/deaths.csv.gz" &&
  { "$KEDJA" validate --counties "$work/counties" 2>"$work/stderr"; [ $? -eq 2 ]; } && grep -q "damaged" "$work/stderr"
ok "packed tables are read, damaged ones refused" $? "$(cat "$work/stderr")"
