#!/usr/bin/env bash
# A branch from a stored run: the months before are checked against it, the hash is that of a full run, and what cannot be is refused.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 8
scenario=scripts/scenarios/toy.lua
hash() { "$KEDJA" hash "$1" | awk '{print $NF}'; }
"$KEDJA" run $scenario --years 6 --seed 5 --set densify.max_far=1.1 --quiet --out "$work/base.nc" 2>"$work/stderr"; ok "a base run" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc@2023-01" --quiet --out "$work/same.nc" 2>"$work/stderr"
same "a branch without a change is the base" "$(hash "$work/base.nc")" "$(hash "$work/same.nc")"
"$KEDJA" run --branch-from "$work/base.nc@2023-03" --set protect_farmland.enabled=false --set housing.interest=0.05 --quiet --threads 1 --out "$work/branch.nc" 2>"$work/stderr"
printf '2023-03 protect_farmland.enabled=false\n2023-03 housing.interest=0.05\n' >"$work/journal"
"$KEDJA" run $scenario --years 6 --seed 5 --set densify.max_far=1.1 --journal "$work/journal" --quiet --out "$work/full.nc" 2>>"$work/stderr"
same "a branch hashes as the full run with the same changes does" "$(hash "$work/full.nc")" "$(hash "$work/branch.nc")"
differs "and not as the base" "$(hash "$work/base.nc")" "$(hash "$work/branch.nc")"
"$KEDJA" compare "$work/base.nc" "$work/branch.nc" >"$work/matrix" 2>"$work/stderr"; ok "base and branch are a pair" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc@2043-01" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "simulates 2021-01 to 2026-12, not 2043-01" "$work/stderr"; ok "a month that the base does not have" $? "$(cat "$work/stderr")"
"$KEDJA" run --branch-from "$work/base.nc" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "such as base.nc@2028-01" "$work/stderr"; ok "no month" $? "$(cat "$work/stderr")"
"$KEDJA" run $scenario --branch-from "$work/base.nc@2023-01" 2>"$work/stderr"; [ $? -eq 2 ] && grep -q "are those of the base" "$work/stderr"; ok "a scenario beside it is refused" $? "$(cat "$work/stderr")"
