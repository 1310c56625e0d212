#!/usr/bin/env bash
# kedja table: every table as text, CSV and JSON; the figures add up; bad input refused.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 17
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 5 --set protect_farmland.enabled=true --set new_road.enabled=true --set new_road.year=2100 --out "$work/v.nc" --quiet >"$work/out" 2>&1; ok "a run" $? "$(cat "$work/out")"
"$KEDJA" table "$work/v.nc" >"$work/names" 2>&1
names=$(awk '{ print $1 }' "$work/names")
same "the tables" "population components schools preschools placement elderly premises room_use housing staff economy vision policies" "$(echo $names)"
bad=
for name in $names; do
  "$KEDJA" table "$work/v.nc" $name >"$work/$name.txt" 2>&1 && "$KEDJA" table "$work/v.nc" $name --csv >"$work/$name.csv" 2>&1 && "$KEDJA" table "$work/v.nc" $name --json >"$work/$name.json" 2>&1 || bad="$bad $name"
done
ok "each as text, CSV and JSON" "$([ -z "$bad" ]; echo $?)" "$bad"
ok "policies by their titles for people, by their names for programs" "$(grep -q '^Protect farmland ' "$work/policies.txt" && ! grep -q protect_farmland "$work/policies.txt" && grep -q '^protect_farmland,' "$work/policies.csv"; echo $?)" "$(cat "$work/policies.txt")"
/usr/bin/python3 - "$work" $names >"$work/check" 2>&1 <<'PY'
import csv, json, sys
folder, names = sys.argv[1], sys.argv[2:]
tables = {n: json.load(open(f"{folder}/{n}.json")) for n in names}
for n, t in tables.items():
    rows = list(csv.DictReader(open(f"{folder}/{n}.csv")))
    assert len(rows) == len(t["rows"]) > 0 and t["years"] == list(range(2020, 2026)), n
    for a, b in zip(rows, t["rows"]):
        for year, value in zip(t["years"], b["values"]):
            assert (a[str(year)] == "") == (value is None) and (value is None or abs(float(a[str(year)]) - value) <= 0.5), (n, a, b)
def row(table, *keys):
    found = [r["values"] for r in tables[table]["rows"] if list(r.values())[:len(keys)] == list(keys)]
    assert len(found) == 1, (table, keys, len(found))
    return found[0]
town = tables["economy"]["rows"][0]["municipality"]
comes = ("Municipal tax", "Equalisation of income", "Equalisation of costs", "Fees", "Land sales")
goes = ("Cost of services, all", "All else (balancing item)", "Prevention programme, less what it saves", "Depreciation", "Write-off of closed premises", "Interest")
for year in range(6):
    sums = sum(row("economy", town, m)[year] for m in comes) - sum(row("economy", town, m)[year] for m in goes)
    assert abs(sums - row("economy", town, "Result of the year")[year]) < 0.01, (year, sums)
assert row("economy", town, "Debt less cash") and min(row("economy", town, "Interest")) > 0
population = [r for r in tables["population"]["rows"]]
for year in range(6):
    for area in {r["area"] for r in population}:
        parts = sum(r["values"][year] for r in population if r["area"] == area and r["age"] != "all ages")
        assert parts == row("population", area, "all ages")[year], (area, year)
    get = lambda what: row("components", "Värnamo", what)[year]
    for what in ("Births", "Deaths", "Moved in from the county", "In less out", "Moved out abroad"): assert (get(what) is None) == (year == 0), (what, year)  # the start counts no year
    if year: assert get("Inhabitants when the year began") + get("Births less deaths") + get("In less out") == get("Inhabitants on 31 December")
    areas = sum(r["values"][year] for r in population if r["age"] == "all ages" and r["area"] != "Värnamo")
    assert areas == get("Inhabitants on 31 December"), (year, areas)
    if year == 0: assert row("population", "Värnamo", "all ages")[0] == areas and "first year of the run: 31 December" in tables["population"]["note"]
    homes = lambda what: row("housing", "Värnamo", what)[year]
    strained = [homes(f"Share strained, {t} homes") for t in ("rental", "co-op", "owned")]
    assert 0 < min(strained) <= homes("Share of households strained, all homes") <= max(strained) < 100 and homes("Households with a strained housing cost") > 0
    assert all(0 < homes(f"Housing cost of income, {t} homes") < 60 for t in ("rental", "co-op", "owned"))
    for what in ("Rent lost on empty homes", "Cost of keeping empty co-op homes", "Cost of keeping empty owned homes"): assert homes(what) is None if year == 0 else homes(what) > 0, (what, year)
    schools = sum(r["values"][year] or 0 for r in tables["schools"]["rows"] if r["grade"] == "all grades" and r["measure"] == "Pupils")
    assert schools == row("placement", "Värnamo", "Pupils F–9")[year] > 3000
    assert row("elderly", "Värnamo", "Places in care homes")[year] - row("elderly", "Värnamo", "Persons who need a care home")[year] == row("elderly", "Värnamo", "Balance of places in care homes")[year]
for f, k in {(r["facility"], r["kind"]) for r in tables["premises"]["rows"]}:
    of = {r["measure"]: r for r in tables["premises"]["rows"] if (r["facility"], r["kind"]) == (f, k)}
    users, places = of["Children, pupils or residents"], of["Places"]
    full = [y for y, u, p in zip(tables["premises"]["years"], users["values"], places["values"]) if y >= tables["premises"]["now"] and p and u is not None and u >= p]
    assert users["first_full"] == (full[0] if full else None), (f, users, places)
    assert all(r["first_full"] is None for m, r in of.items() if r is not users), f
assert any(r["first_full"] for r in tables["premises"]["rows"])
rows = [r for r in csv.DictReader(l for l in open("maps/countries/se/service_cost.csv") if not l.startswith("#"))]
assert f'{sum(r["evidence"] == "assumed" for r in rows)} of {len(rows)} on the cost of services' in tables["economy"]["norms"] and not tables["population"]["norms"]
for r in tables["room_use"]["rows"]:
    if r["measure"] != "Use U = F × O": continue
    for year in range(6):
        f, o = (row("room_use", r["facility"], r["kind"], m)[year] for m in ("Frequency F", "Occupancy O"))
        if f is not None: assert abs(f * o / 100 - r["values"][year]) < 0.2, (r, f, o)
PY
ok "CSV and JSON agree; classes, components, grades and U = F × O add up" $? "$(tail -3 "$work/check")"
grep -q "Befolkning" <<<"$("$KEDJA" table "$work/v.nc" population --lang sv)"; ok "in Swedish" $?
# What a policy changed, against the layers of the run; a policy that is on and does nothing is there too.
changes="what policies changed is what the run shows"
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then skip "$changes" "python3-netcdf4 is missing"; else /usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys, netCDF4
rows = {(r["policy"], r["measure"]): r["values"] for r in json.load(open(f"{sys.argv[1]}/policies.json"))["rows"]}
run = netCDF4.Dataset(f"{sys.argv[1]}/v.nc")
changed = ((run["protection"][1] & 2) != (run["protection"][0] & 2)).sum() * 1.0  # cells of a hectare
assert rows["protect_farmland", "Protection changed"][1] == changed > 1000 and rows["protect_farmland", "Protection changed"][0] is None, (changed, rows)
assert rows["protect_farmland", "Times it acted"][1:] == [1.0] * 5 and rows["new_road", "Times it acted"][1:] == [0.0] * 5
assert rows["building_programme", "New building projects"][1] > 0
PY
ok "$changes" $? "$(tail -3 "$work/check")"; fi
# Ground around the municipality is no change of its; a policy that is switched on later tells how often it acted before what it did.
cat >"$work/toll.lua" <<'LUA'
policy { title = "Toll", sentence = "Toll.", apply = function(city) city:layer("charge"):set(city:everywhere(), 100) end }
LUA
echo 'scenario { title = "T", map = "varnamo", stop = 2021, policies = { { "toll", enabled = false } } }' >"$work/tolls.lua"; echo '2021-01 toll.enabled=true' >"$work/on"
changes="cells outside all areas are not counted as changed"
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then skip "$changes" "python3-netcdf4 is missing"; else
  "$KEDJA" run "$work/tolls.lua" --journal "$work/on" --quiet --out "$work/toll.nc" 2>"$work/stderr" && "$KEDJA" table "$work/toll.nc" policies --json >"$work/toll.json" 2>>"$work/stderr"
  /usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys, netCDF4
rows = json.load(open(f"{sys.argv[1]}/toll.json"))["rows"]
area = netCDF4.Dataset(f"{sys.argv[1]}/toll.nc")["area_row"][:]
assert [(r["measure"], r["values"]) for r in rows] == [("Times it acted", [None, 1.0]), ("Charge on builders changed", [None, float((area >= 0).sum())])], rows
assert 100000 < (area >= 0).sum() < area.size - 100000
PY
  ok "$changes" $? "$(cat "$work/stderr"; tail -3 "$work/check")"
fi
refused() { # NAME PATTERN ARGUMENTS…
  local name=$1 pattern=$2; shift 2
  "$KEDJA" "$@" >"$work/out" 2>&1; [ $? -eq 2 ] && grep -q "$pattern" "$work/out"; ok "refused: $name" $? "$(cat "$work/out")"
}
# What the vision demands, against the columns of the run and against the table itself; jobs do not grow in the model, so that all of theirs are lacking.
demands="the vision's demands are those of the run"
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then skip "$demands" "python3-netcdf4 is missing"; else /usr/bin/python3 - "$work" >"$work/check" 2>&1 <<'PY'
import json, sys, netCDF4
rows = {(r["demand"], r["measure"]): r["values"] for r in json.load(open(f"{sys.argv[1]}/vision.json"))["rows"]}
town = netCDF4.Dataset(f"{sys.argv[1]}/v.nc")["municipality"]
column = lambda name, scale=1: [float(v) * scale for v in town[name][:, 0]]
growth = lambda values: [now - before for before, now in zip(values, values[1:])]
users = lambda values: [u / h * d for u, h, d in zip(values, column("households"), column("needed_dwellings")[1:])]
expected = {"New homes": (column("needed_dwellings")[1:], column("completed")[1:]), "In-migrants": (column("needed_in_migrants")[1:], column("in_migrants")[1:]),
            "More jobs": (column("needed_jobs")[1:], growth(column("jobs"))), "More school places": (users(column("pupils")), growth(column("places"))),
            "More posts in services": (users(column("staff_needed", 0.01)), growth(column("staff_needed", 0.01)))}
assert {d for d, _ in rows} == set(expected)
for demand, (demanded, came) in expected.items():
    assert rows[demand, "demanded"][0] is None
    for what, values in ("demanded", demanded), ("came", came), ("lacking", [max(d - c, 0) for d, c in zip(demanded, came)]):
        assert max(abs(a - b) for a, b in zip(rows[demand, what][1:], values)) < 0.01, (demand, what, rows[demand, what], values)
assert min(rows["More jobs", "lacking"][1:]) > 100 and min(rows["More posts in services", "demanded"][1:]) > 10
PY
ok "$demands" $? "$(tail -3 "$work/check")"; fi
# The closing table has a line a demand whether or not the goal is reached; the same figures after a restart from a checkpoint.
closing() { "$KEDJA" run scripts/scenarios/varnamo_2035.lua --set demography.vision_year=2023 --years 3 "$@" 2>/dev/null >"$work/closing"; }
lines='New homes|In-migrants|More jobs|More school places|More posts in services'
closing --set demography.vision_population=45000 --set development.capacity_share=0
ok "a vision that cannot be reached: what is lacking a year" "$(grep -qE 'vision: 45,000 inhabitants in 2023, not reached: [0-9]+,[0-9]+ are lacking' "$work/closing" && [ "$(grep -cE "^  ($lines) +([0-9,]+ +){4}[1-9][0-9,]*$" "$work/closing")" -eq 5 ]; echo $?)" "$(cat "$work/closing")"
closing --set demography.vision_population=34000
ok "one that is reached is told as well" "$(grep -qE 'vision: 34,000 inhabitants in 2023, reached' "$work/closing" && [ "$(grep -cE "^  ($lines) .* [0-9,]+$" "$work/closing")" -eq 5 ]; echo $?)" "$(cat "$work/closing")"
demands() { "$KEDJA" table "$1" vision --csv; }
resumed="$work/w.nc"; "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 20 --quiet --out "$resumed" 2>/dev/null & pid=$!
until [ -e "$resumed.d/year_2023.nc" ] || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
killed=$([ -d "$resumed.d" ]; echo $?); "$KEDJA" resume "$resumed" --quiet 2>"$work/stderr"; "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 20 --quiet --out "$work/whole.nc" 2>>"$work/stderr"
ok "the same demands after a kill" "$([ "$killed" -eq 0 ] && [ "$(demands "$resumed")" = "$(demands "$work/whole.nc")" ]; echo $?)" "killed: $killed $(cat "$work/stderr")"
"$KEDJA" run scripts/scenarios/toy.lua --years 1 --quiet --out "$work/toy.nc" 2>/dev/null
refused "the vision of a run without one" "no vision was set" table "$work/toy.nc" vision
refused "an unknown table names the nearest" "the nearest is 'population'" table "$work/v.nc" populatoin
refused "a year outside the run" "expected a year from 2020 to 2025" table "$work/v.nc" staff --now 1999
refused "no such run" "none.nc" table "$work/none.nc" staff
refused "two forms at once" "either --json or --csv" table "$work/v.nc" staff --json --csv
