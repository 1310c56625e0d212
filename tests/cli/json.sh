#!/usr/bin/env bash
# What scripts read: one JSON object on standard output and nothing else; every promised figure; help for every command.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
keys="population_start population_end households dwellings moves chains person_months loop_seconds threads peak_memory_bytes state_hash"
plan 10
"$KEDJA" run scripts/scenarios/toy.lua --years 2 --json --out "$work/t.nc" >"$work/run.json" 2>/dev/null
/usr/bin/python3 - "$work/run.json" $keys <<'PY'
import json, sys
figures = json.load(open(sys.argv[1]))
missing = [key for key in sys.argv[2:] if key not in figures]
assert not missing, missing
assert figures["population_start"] == 600 and figures["person_months"] > 24 * 500
PY
ok "run --json has every figure" $?
cells=$(("$("$KEDJA" map show varnamo 2>/dev/null | sed -nE 's/^grid +([0-9]+) x ([0-9]+) cells.*/\1 * \2/p')"))
"$KEDJA" run varnamo_2035 --years 5 --json --out "$work/v.nc" 2>/dev/null | /usr/bin/python3 -c '
import json, sys
run, cells = json.load(sys.stdin), int(sys.argv[1])
assert cells > 0
most = 200 * run["population_end"] + 100 * cells
assert run["peak_memory_bytes"] <= most, "%d bytes, %d at most" % (run["peak_memory_bytes"], most)' "$cells" 2>"$work/stderr"
ok "Värnamo takes at most 200 bytes a person and 100 a cell, its start included" $? "$(cat "$work/stderr")"
"$KEDJA" info "$work/t.nc" --json | /usr/bin/python3 -c 'import json, sys; i = json.load(sys.stdin); assert i["years"] == [2020, 2021, 2022] and {"demography", "development", "housing", "schools", "services", "economy"} <= {p["id"] for p in i["plugins"]}'
ok "info --json" $?
same "figures in the file are those that were printed" "$(/usr/bin/python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["state_hash"])' "$work/run.json")" \
  "$("$KEDJA" info "$work/t.nc" --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["figures"]["state_hash"])')"
bad=""
for command in run resume report hash info check import plugins; do "$KEDJA" $command --help >"$work/help" 2>&1 && grep -q "usage: kedja $command" "$work/help" || bad+=" $command"; done
[ -z "$bad" ]; ok "every command explains itself" $? "no help:$bad"
"$KEDJA" plugins >"$work/plugins"; [ "$(grep -cE '^(demography|development|housing|schools) ' "$work/plugins")" -eq 4 ] && grep -q 'vacancy.parent' "$work/plugins"
ok "plugins lists the built-in model with its columns" $?
"$KEDJA" check scripts/scenarios/varnamo_2035.lua --show all >"$work/check"; [ $? -eq 0 ] && grep -q 'housing.settle' "$work/check" && grep -q 'densify.max_far' "$work/check" && grep -q 'economy.costs  *before economy.budget' "$work/check"
ok "check --show all prints schedule, hazards and parameters" $? "$(head -30 "$work/check")"
"$KEDJA" check scripts/scenarios/varnamo_2035.lua --set densify.enabled=true --set development.plot=800 >"$work/check"; [ $? -eq 0 ] && [ "$(wc -l <"$work/check")" -lt 30 ] && grep -q '^policies *building_programme' "$work/check" &&
  grep -q '^  *densify' "$work/check" && grep -q 'development.plot = 800 m2, by default 1000' "$work/check"
ok "check says on one page what is on and what differs" $? "$(cat "$work/check")"
"$KEDJA" check toy --show plan >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q 'expected schedule, hazards, parameters or all' "$work/stderr"; ok "and refuses a part that it does not know" $? "$(cat "$work/stderr")"
[ ! -s "$work/stray" ] && "$KEDJA" run scripts/scenarios/toy.lua --years 1 --quiet >"$work/stray" 2>&1; [ ! -s "$work/stray" ]
ok "--quiet prints nothing" $? "$(cat "$work/stray")"
