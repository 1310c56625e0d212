#!/usr/bin/env bash
# The dependency order of the rooms (docs/architecture.md): who may include whom. Prints TAP.
set -uo pipefail
cd "$(dirname "$0")/.."
echo "1..2"
declare -A may=(
  [base]="" [rng]="base" [table]="base" [space]="base table" [engine]="base rng table space io/paramtable"
  [script]="base rng table space engine" [io]="base rng table space engine draw/language" [draw]="base"
  [map]="base rng table space engine script io" [run]="base rng table space engine script io map"
  [batch]="base rng table space engine script io map run"
  [compare]="base rng table space engine script io draw/language draw/number chains/area_words"
  [chains]="base rng table space engine io draw/language draw/number"
  [report]="base rng table space engine io chains compare draw" [cli]="base rng table space engine script io map run batch chains compare draw report ../viz"
)
may[validate]="base rng table space engine script io map run batch chains"; may[cli]+=" validate"
bad=""
for room in "${!may[@]}"; do
  for file in core/"$room"/*.[ch]; do
    [ -f "$file" ] || continue
    while read -r target; do
      allowed=no
      for other in $room ${may[$room]}; do [[ "$target" == "$other" || "$target" == "$other"/* || "$target" == "$other".h ]] && allowed=yes; done
      [ $allowed = yes ] || bad+="$file includes $target"$'\n'
    done < <(sed -nE 's|^#include "\.\./([^"]+)".*|\1|p' "$file")
  done
done
[ -z "$bad" ] && echo "ok 1 - rooms include only what stands below them" || { echo "not ok 1 - rooms include only what stands below them"; printf '%s' "$bad" | sed 's/^/# /'; }
strangers=$(grep -nE '#include "\.\./' plugins/*/*.[ch] 2>/dev/null || true)
[ -z "$strangers" ] && echo "ok 2 - plugins include the public headers only" || { echo "not ok 2 - plugins include the public headers only"; printf '%s\n' "$strangers" | sed 's/^/# /'; }
[ -z "$bad$strangers" ]
