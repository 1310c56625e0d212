#!/usr/bin/env bash
# kedja plans: the register of all departments, its alerts, and the need of housing.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 10
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 6 --out "$work/v.nc" --set new_school.enabled=true --set new_school.year=2023 --set new_school.places=200 \
  --set close_school.enabled=true --set close_school.year=2025 >"$work/closing" 2>/dev/null
ok "a run with a school that opens and one that closes" $?
"$KEDJA" plans "$work/v.nc" --json >"$work/p.json"
/usr/bin/python3 - "$work/p.json" <<'PY'
import json, sys
p = json.load(open(sys.argv[1])); plans = p["plans"]
opens = [x for x in plans if x["kind"] == "opens"]; closes = [x for x in plans if x["kind"] == "closes"]
assert len(opens) == 1 and opens[0]["department"] == "school" and opens[0]["year"] == 2023 and opens[0]["size"] == 200, opens
assert abs(opens[0]["investment_sek"] - 200 * 12 * 37000) < 1, opens
assert len(closes) == 1 and closes[0]["year"] == 2025 and closes[0]["size"] < 0, closes
assert any(x["kind"] == "homes" and x["name"] and x["area"] and x["size"] > 0 for x in plans)
# What departments plan adds up to what the municipality invests, each year.
for s in p["staff"]:
    planned = sum(x["investment_sek"] or 0 for x in plans if x["year"] == s["year"])
    assert s["year"] == 2020 or abs(planned - s["new_investments_sek"]) < 1, (s, planned)
assert [x["year"] for x in plans] == sorted(x["year"] for x in plans)
PY
ok "plans of all departments add up to the investments" $?
/usr/bin/python3 - "$work/p.json" <<'PY'
import json, sys
plans = json.load(open(sys.argv[1]))["plans"]
cancelled = {x["name"]: x for x in plans if x["kind"] == "homes_cancelled"}
assert cancelled and all(2020 < x["year"] <= 2026 and x["size"] > 0 for x in cancelled.values()), cancelled
assert not cancelled.keys() & {x["name"] for x in plans if x["kind"] == "homes"}, cancelled
PY
ok "a project that was given up is no home that is planned" $? "$(grep -c cancelled "$work/p.json")"
/usr/bin/python3 - "$work/p.json" <<'PY'
import json, sys
p = json.load(open(sys.argv[1])); kinds = {a["kind"] for a in p["alerts"]}
mean = sum(s["new_investments_sek"] for s in p["staff"][1:]) / (len(p["staff"]) - 1)
peaks = {s["year"] for s in p["staff"][1:] if s["new_investments_sek"] > 2 * mean}
assert peaks == {a["year"] for a in p["alerts"] if a["kind"] == "investment_peak"} and 2023 in peaks, (peaks, mean)
for a, b in zip(p["staff"], p["staff"][1:]):
    outgrows = b["posts"] > a["posts"] and (b["posts"] - a["posts"]) / a["posts"] > (b["aged_20_64"] - a["aged_20_64"]) / a["aged_20_64"]
    told = [x for x in p["alerts"] if x["kind"] == "staff" and x["year"] == b["year"]]
    assert outgrows == bool(told), b
    for x in told: # per cent of both
        assert x["value"] > x["against"] and abs(x["value"] - 100 * (b["posts"] / a["posts"] - 1)) < 0.01 and abs(x["against"] - 100 * (b["aged_20_64"] / a["aged_20_64"] - 1)) < 1e-6, (x, a, b)
assert "care_homes" in kinds, kinds
PY
ok "alerts: peaks, staff and care homes as the figures say" $?
/usr/bin/python3 - "$work/p.json" <<'PY'
import json, sys
h = json.load(open(sys.argv[1]))["housing_need"]
assert len(h) == 7 and all(0 < y["crowded"] < y["crowded_norm3"] < y["households"] and y["strained"] > 0 and y["young_at_home"] > 0 for y in h)
PY
ok "need of housing every year" $?
"$KEDJA" plans "$work/v.nc" --csv | head -1 | grep -q '^record,year,department,what,name,area,size,investment_sek$'
ok "CSV" $?
"$KEDJA" plans "$work/v.nc" --lang sv >"$work/sv" && grep -q "Bostadsbehov" "$work/sv" && "$KEDJA" plans "$work/v.nc" --lang da | grep -q "Boligbehov" && ! grep -qE "all homes completed|streets and pipes|posts grow" "$work/sv"
ok "Swedish and Danish" $?
echo x >"$work/no.nc"; "$KEDJA" plans "$work/no.nc" >"$work/o" 2>"$work/e"
ok "a file that is no run is refused" "$([ $? -eq 2 ] && [ ! -s "$work/o" ] && grep -q no.nc "$work/e"; echo $?)" "$(cat "$work/e")"
# What became of the named projects: as the years went, and in the closing table.
for year in 2021 2026; do "$KEDJA" export "$work/v.nc" --table project --year $year --out "$work/projects$year.csv" 2>/dev/null; done
/usr/bin/python3 - "$work" scripts/programmes/varnamo.lua <<'PY'
import csv, re, sys
first, last = ({r["name"]: r for r in csv.DictReader(open(f"{sys.argv[1]}/projects{y}.csv")) if r["kind"] == "programme"} for y in (2021, 2026))
plan = {m[0]: int(m[1]) for m in re.findall(r'name = "([^"]+)".*start = (\d+)', open(sys.argv[2]).read())}
assert first.keys() == last.keys() == plan.keys()
gone = [n for n, r in last.items() if r["stage"] == "cancelled"]
moved = [n for n, r in last.items() if r["stage"] != "cancelled" and r["start"] != first[n]["start"]]
assert gone and all(last[n]["completion"] == "" for n in gone) and moved, (gone, moved)
assert all(r["completion"] > r["start"] for r in last.values() if r["stage"] != "cancelled")
# A year says what was known then: in the first one most stand as planned, and whatever is not begun is never ahead of its plan.
assert sum(int(first[n]["start"][:4]) == plan[n] for n in plan) > len(plan) / 2 and all(int(r["start"][:4]) >= plan[n] for n, r in last.items())
closing = open(sys.argv[1] + "/closing").read()
built = sum(r["stage"] == "done" for r in last.values())
assert f"  {built} of {len(plan)} projects are built;" in closing, closing
for n in gone[:3]: assert re.search(re.escape(n) + r" was given up in 20\d\d", closing), (n, closing)
late = {n: int(last[n]["start"][:4]) - plan[n] for n in plan if n not in gone}
worst = max(late, key=late.get)
assert late[worst] < 2 or f"{worst}: {late[worst]} years late" in closing, (worst, late, closing)
PY
ok "projects as they stood each year; a cancelled one has no completion; the closing table tells what became of them" $? "$(cat "$work/closing")"
if "$KEDJA" report "$work/v.nc" --out "$work/v.html" --lang sv >/dev/null 2>"$work/stderr"; then
  grep -q "projekt är byggda; .* lades ned 20" "$work/v.html"; ok "so does the handout" $? "$(grep '<li>' "$work/v.html")"
else skip "so does the handout" "built without drawing"; fi
