#!/usr/bin/env bash
# What scripts read: one JSON object on standard output and nothing else; every promised figure; help for every command.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
keys="population_start population_end households dwellings moves chains person_months loop_seconds threads peak_memory_bytes state_hash"
plan 7
"$KEDJA" run scripts/scenarios/toy.lua --years 2 --json --out "$work/t.nc" >"$work/run.json" 2>/dev/null
/usr/bin/python3 - "$work/run.json" $keys <<'PY'
import json, sys
figures = json.load(open(sys.argv[1]))
missing = [key for key in sys.argv[2:] if key not in figures]
assert not missing, missing
assert figures["population_start"] == 600 and figures["person_months"] > 24 * 500
PY
ok "run --json has every figure" $?
"$KEDJA" info "$work/t.nc" --json | /usr/bin/python3 -c 'import json, sys; i = json.load(sys.stdin); assert i["years"] == [2020, 2021, 2022] and {"demography", "development", "housing", "schools", "services", "economy"} <= {p["id"] for p in i["plugins"]}'
ok "info --json" $?
same "figures in the file are those that were printed" "$(/usr/bin/python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["state_hash"])' "$work/run.json")" \
  "$("$KEDJA" info "$work/t.nc" --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["figures"]["state_hash"])')"
bad=""
for command in run resume report hash info check import plugins; do "$KEDJA" $command --help >"$work/help" 2>&1 && grep -q "usage: kedja $command" "$work/help" || bad+=" $command"; done
[ -z "$bad" ]; ok "every command explains itself" $? "no help:$bad"
"$KEDJA" plugins >"$work/plugins"; [ "$(grep -cE '^(demography|development|housing|schools) ' "$work/plugins")" -eq 4 ] && grep -q 'vacancy.parent' "$work/plugins"
ok "plugins lists the built-in model with its columns" $?
"$KEDJA" check scripts/scenarios/varnamo_2035.lua >"$work/check"; [ $? -eq 0 ] && grep -q 'housing.settle' "$work/check" && grep -q 'densify.max_far' "$work/check"
ok "check prints schedule and parameters" $?
[ ! -s "$work/stray" ] && "$KEDJA" run scripts/scenarios/toy.lua --years 1 --quiet >"$work/stray" 2>&1; [ ! -s "$work/stray" ]
ok "--quiet prints nothing" $? "$(cat "$work/stray")"
