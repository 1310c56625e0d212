# Shared by the shell tests: TAP lines and small helpers. Source it, call `plan N`, then `ok NAME STATUS [DETAIL]`.
tap_number=0
plan() { echo "1..$1"; }
ok() { # NAME STATUS [DETAIL]
  tap_number=$((tap_number + 1))
  if [ "$2" -eq 0 ]; then echo "ok $tap_number - $1"; else echo "not ok $tap_number - $1"; [ -n "${3:-}" ] && printf '%s\n' "$3" | sed 's/^/# /'; fi
  return 0
}
skip() { tap_number=$((tap_number + 1)); echo "ok $tap_number - $1 # SKIP $2"; }
same() { # NAME WANTED FOUND
  [ -n "$2" ] && [ "$2" = "$3" ]; ok "$1" $? "wanted '$2', found '$3'"
}
differs() { # NAME A B
  [ -n "$2" ] && [ -n "$3" ] && [ "$2" != "$3" ]; ok "$1" $? "both are '$2'"
}
KEDJA=${KEDJA:-build/kedja}
work=$(mktemp -d "${KEDJA_TEST_TMP:-/tmp}/kedja-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
# State hash that a run ends with; arguments go to `kedja run`.
hash_of() { "$KEDJA" run "$@" --json 2>"$work/stderr" | sed -nE 's/.*"state_hash": *"([0-9a-f]+)".*/\1/p'; }
