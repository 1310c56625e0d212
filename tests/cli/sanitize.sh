#!/usr/bin/env bash
# Sanitizers: every unit test and two audited runs under ASan + UBSan; a run on three threads under TSan with Archer, which
# tells TSan of OpenMP's own ordering (plain TSan reports races that are none).
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/shared/lsan.supp:print_suppressions=0
build() { # PRESET TARGETS…
  local preset=$1; shift
  [ -f "build-$preset/build.ninja" ] || cmake --preset "$preset" -DKEDJA_MODULES=OFF >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
  cmake --build "build-$preset" "$@" >"$work/log" 2>&1 || { tail -n 30 "$work/log"; return 1; }
}
log=$(build asan); status=$?
ok "the tree builds with ASan and UBSan" $status "$log"
bad="" run=0
for program in build-asan/tests/test_*; do
  [ -f "$program" ] && [ -x "$program" ] || continue
  run=$((run + 1))
  # The longest takes 15 s alone; 124 is the status of one that took more than ten minutes.
  timeout 600 "$program" >"$work/out" 2>&1; status=$?
  [ $status -eq 0 ] && continue
  bad+="$(basename "$program") ended with $status"$'\n'"$(grep -E 'ERROR|runtime error|SUMMARY|not ok' "$work/out" | head -3)"$'\n'"$(tail -n 3 "$work/out")"$'\n'
done
[ -z "$bad" ] && [ $run -gt 0 ]; ok "unit tests under ASan and UBSan" $? "$run programs; $bad"
build-asan/kedja run scripts/scenarios/toy.lua --years 5 --audit --out "$work/toy.nc" --quiet >"$work/out" 2>&1 &&
  build-asan/kedja report "$work/toy.nc" --png "$work/toy.png" >>"$work/out" 2>&1 && build-asan/kedja hash "$work/toy.nc" >>"$work/out" 2>&1
ok "toy: run, record, read, draw under ASan and UBSan" $? "$(tail -n 30 "$work/out")"
build-asan/kedja run scripts/scenarios/varnamo_2035.lua --years 2 --quiet --set densify.enabled=true --set protect_farmland.enabled=true >"$work/out" 2>&1
ok "Värnamo: two years under ASan and UBSan" $? "$(tail -n 30 "$work/out")"
archer=$(ls /usr/lib/llvm-*/lib/libarcher.so 2>/dev/null | tail -n 1)
if [ -z "$archer" ]; then
  skip "Värnamo on three threads under TSan" "libarcher.so is missing"
else
  log=$(build tsan --target kedja); status=$?
  [ $status -eq 0 ] && OMP_TOOL_LIBRARIES=$archer TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66" \
    build-tsan/kedja run scripts/scenarios/varnamo_2035.lua --years 1 --threads 3 --out "$work/tsan.nc" --quiet >"$work/out" 2>&1
  ok "Värnamo on three threads under TSan" $? "$log$(grep -A12 -m1 'WARNING: ThreadSanitizer' "$work/out")"
fi
