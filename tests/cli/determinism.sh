#!/usr/bin/env bash
# The state hash after 15 years of Värnamo: one factor varied at a time from the reference (gcc, release, two threads).
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
scenario=scripts/scenarios/varnamo_2035.lua
plan 14
build() { # PRESET: a second compiler or optimisation of the same tree, programs only
  [ -f "build-$1/build.ninja" ] || cmake --preset "$1" -DKEDJA_TESTS=OFF -DKEDJA_MODULES=OFF >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
  cmake --build "build-$1" --target kedja >"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }
}
reference=$(hash_of $scenario --years 15 --threads 2)
[ -n "$reference" ]; ok "reference: gcc, release, two threads" $? "$(cat "$work/stderr")"
for threads in 1 3 4 8; do same "$threads threads" "$reference" "$(hash_of $scenario --years 15 --threads $threads)"; done
log=$(build clang); same "clang" "$reference" "$(KEDJA=build-clang/kedja hash_of $scenario --years 15 --threads 2)$log"
log=$(build debug); same "debug" "$reference" "$(KEDJA=build-debug/kedja hash_of $scenario --years 15 --threads 2)$log"
modules=""
for module in build/plugins/*.so; do modules+=" --plugin $module"; done
same "built-in plugins loaded as modules" "$reference" "$(hash_of $scenario --years 15 --threads 2 $modules)"
same "with output" "$reference" "$(hash_of $scenario --years 15 --threads 2 --out "$work/v.nc")"
same "hash in the file" "$reference" "$("$KEDJA" hash "$work/v.nc" | awk '{print $NF}')"
same "audited (blocks from last to first, invariants each month)" "$reference" "$(hash_of $scenario --years 15 --audit)"
differs "another seed" "$reference" "$(hash_of $scenario --years 15 --seed 77)"
differs "densify.enabled=true" "$reference" "$(hash_of $scenario --years 15 --set densify.enabled=true)"
differs "protect_farmland.enabled switched" "$(hash_of $scenario --years 15 --set protect_farmland.enabled=true)" \
  "$(hash_of $scenario --years 15 --set protect_farmland.enabled=false)"
