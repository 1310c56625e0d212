#!/usr/bin/env bash
# Builds, then runs every test program and shell test; counts what really ran. Each test prints TAP:
#   ok 1 - name      not ok 2 - name      ok 3 - name # SKIP reason
# Arguments: run only test files whose name contains one of them.
set -uo pipefail
cd "$(dirname "$0")/.."
export KEDJA=$PWD/build/kedja CMOCKA_MESSAGE_OUTPUT=TAP OMP_WAIT_POLICY=passive
export KEDJA_TEST_TMP; KEDJA_TEST_TMP=$(mktemp -d); trap '[ -z "${ahead:-}" ] || kill "$ahead" 2>/dev/null; rm -rf "$KEDJA_TEST_TMP"' EXIT
export XDG_CACHE_HOME=$KEDJA_TEST_TMP/cache

wanted() { # NAME WORDS…
  local name=$1; shift
  [ $# -eq 0 ] && return 0
  for word in "$@"; do [[ $name == *$word* ]] && return 0; done
  return 1
}

build() {
  local preset=$1 folder; folder=$([ "$1" = release ] && echo build || echo "build-$1")
  [ -f "$folder/build.ninja" ] || cmake --preset "$preset" >"$KEDJA_TEST_TMP/log" 2>&1 || { cat "$KEDJA_TEST_TMP/log"; exit 1; }
  cmake --build "$folder" >"$KEDJA_TEST_TMP/log" 2>&1 || { grep -E 'error|warning|FAILED|undefined' "$KEDJA_TEST_TMP/log" || cat "$KEDJA_TEST_TMP/log"; exit 1; }
}

# In a whole run the trees that determinism.sh and sanitize.sh need are built meanwhile, on what the other tests leave of the processors.
# What goes wrong here those two find and report themselves.
build_ahead() {
  local preset options target
  for preset in clang debug asan tsan; do
    options=-DKEDJA_MODULES=OFF target=kedja
    case $preset in clang | debug) options+=" -DKEDJA_TESTS=OFF" ;; asan) target=all ;; esac
    [ -f "build-$preset/build.ninja" ] || cmake --preset "$preset" $options
    cmake --build "build-$preset" --target "$target"
    touch "$KEDJA_TEST_TMP/built-$preset"
  done
}
await() { while [ -n "${ahead:-}" ] && [ ! -e "$KEDJA_TEST_TMP/built-$1" ] && kill -0 "$ahead" 2>/dev/null; do sleep 0.2; done; }

passed=0 failed=0 skipped=0
# A program that dies, or ends badly without a "not ok", counts as one failure of its own.
count() { # NAME OUTPUT STATUS SECONDS
  local p f s
  s=$(grep -cE '^(not )?ok .*# SKIP' "$2"); p=$(grep -E '^ok ' "$2" | grep -vc '# SKIP'); f=$(grep -E '^not ok ' "$2" | grep -vc '# SKIP')
  local planned; planned=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$2" | head -1)
  # Cases that were planned and never came count as failed; so does a bad end without a "not ok".
  [ -n "$planned" ] && [ "$planned" -gt $((p + f + s)) ] && f=$((planned - p - s))
  [ "$3" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  [ $((p + f + s)) -eq 0 ] && f=1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-34s %4d passed %3d failed %3d skipped  %4ds\n' "$1" "$p" "$f" "$s" "$4"
  grep -E '# SKIP' "$2" | sed 's/^/    /'
  [ "$f" -eq 0 ] || sed 's/^/    /' "$2" | tail -n 60
}

run() { # NAME COMMAND…
  local name=$1 out=$KEDJA_TEST_TMP/out status began=$SECONDS; shift
  timeout 900 "$@" >"$out" 2>&1 </dev/null; status=$?
  count "$name" "$out" $status $((SECONDS - began))
}

echo "Building …"
build release
[ $# -gt 0 ] || { nice -n 10 bash -c "$(declare -f build_ahead); build_ahead" >/dev/null 2>&1 </dev/null & ahead=$!; }
for program in build/tests/test_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  wanted "$program" "$@" && run "$(basename "$program")" "$program"
done
wanted tests/check_rooms.sh "$@" && run check_rooms.sh bash tests/check_rooms.sh
for script in tests/cli/*.sh; do
  [ "$script" = tests/cli/tap.sh ] && continue
  case $script in */determinism.sh) await debug ;; */sanitize.sh) await tsan ;; esac
  wanted "$script" "$@" && run "$script" bash "$script"
done
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
