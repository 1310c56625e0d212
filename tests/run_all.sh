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

# Prints a test's line, what it skipped and the end of what failed, at one go; leaves its counts. A program that dies, or ends badly
# without a "not ok", counts as one failure of its own; so do cases that were planned and never came, and more cases than planned.
count() { # NAME OUTPUT STATUS SECONDS
  local p f s planned
  s=$(grep -cE '^(not )?ok .*# SKIP' "$2"); p=$(grep -E '^ok ' "$2" | grep -vc '# SKIP'); f=$(grep -E '^not ok ' "$2" | grep -vc '# SKIP')
  planned=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$2" | head -1)
  [ -n "$planned" ] && [ "$planned" -gt $((p + f + s)) ] && f=$((planned - p - s))
  [ -n "$planned" ] && [ "$planned" -lt $((p + f + s)) ] && f=$((f + 1))
  [ "$3" -ne 0 ] && [ "$f" -eq 0 ] && f=1
  [ $((p + f + s)) -eq 0 ] && f=1
  echo "$p $f $s" >"$2.counts"
  local lines
  lines=$(
    printf '%-34s %4d passed %3d failed %3d skipped  %4ds\n' "$1" "$p" "$f" "$s" "$4"
    grep -E '# SKIP' "$2" | sed 's/^/    /'
    [ "$f" -eq 0 ] || sed 's/^/    /' "$2" | tail -n 60
  )
  printf '%s\n' "$lines"
}

run() { # NAME COMMAND…
  local name=$1 out=$KEDJA_TEST_TMP/out.${1//\//_} status began=$SECONDS; shift
  case $name in */determinism.sh) await debug ;; */sanitize.sh) await tsan ;; esac
  timeout 1500 "$@" >"$out" 2>&1 </dev/null; status=$?
  count "$name" "$out" $status $((SECONDS - began))
}
export -f await count run

echo "Building …"
build release
[ $# -gt 0 ] || { nice -n 10 bash -c "$(declare -f build_ahead); build_ahead" >/dev/null 2>&1 </dev/null & ahead=$!; }
begun=0
for program in build/tests/test_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  wanted "$program" "$@" && begun=$((begun + 1)) && run "$(basename "$program")" "$program"
done
wanted tests/check_rooms.sh "$@" && begun=$((begun + 1)) && run check_rooms.sh bash tests/check_rooms.sh
# Two scripts at a time: most of them use one processor. The longest comes first, those that wait for other trees last.
scripts=(tests/cli/kit.sh)
for script in tests/cli/*.sh; do
  case $script in */tap.sh | */kit.sh | */determinism.sh | */sanitize.sh) ;; *) scripts+=("$script") ;; esac
done
scripts+=(tests/cli/determinism.sh tests/cli/sanitize.sh)
chosen=()
for script in "${scripts[@]}"; do wanted "$script" "$@" && chosen+=("$script"); done
[ ${#chosen[@]} -eq 0 ] || printf '%s\n' "${chosen[@]}" | ahead=${ahead:-} xargs -P 2 -I {} bash -c 'run {} bash {}'

# What was begun and left no counts counts as failed.
read -r passed failed skipped < <(cat "$KEDJA_TEST_TMP"/out.*.counts 2>/dev/null |
  awk -v begun=$((begun + ${#chosen[@]})) '{ p += $1; f += $2; s += $3; n++ } END { print p + 0, f + begun - n, s + 0 }')
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
