#!/usr/bin/env bash
# Runs that lack a layer, a table or a column (rewritten by another program, so that no seal protects them): the viewer and the handout work, or say what is missing.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
works=(area area/population area_row built_year catchment catchment_7_9 dwellings facility facility/pupils floor_area households land_use max_far municipality municipality/result population project protection vacancy zoning)
refused=("crs" "provenance" "area/id")
plan $((${#works[@]} + ${#refused[@]} + 6))
"$KEDJA" run scripts/scenarios/toy.lua --out "$work/whole.nc" --quiet 2>"$work/stderr"; ok "a run to take from" $? "$(cat "$work/stderr")"
if ! /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
  for _ in $(seq $((${#works[@]} + ${#refused[@]} + 5))); do skip "a run that lacks something" "python3-h5py is missing"; done
  exit 0
fi
/usr/bin/python3 - "$work" "${works[@]}" "${refused[@]}" 2>"$work/stderr" <<'PY'
import sys, h5py
folder, names = sys.argv[1], sys.argv[2:]
with h5py.File(f"{folder}/whole.nc") as whole:
    for name in names:
        with h5py.File(f"{folder}/no_{name.replace('/', '_')}.nc", "w") as out:
            out.attrs.update(whole.attrs)
            for key in whole:
                if key != name:
                    whole.copy(key, out)
            if "/" in name:
                del out[name]
            elif name not in whole:
                print(f"the run has no {name}", file=sys.stderr)
PY
ok "each without one of them" "$([ ! -s "$work/stderr" ]; echo $?)" "$(cat "$work/stderr")"
shot() { SDL_VIDEODRIVER=dummy "$KEDJA" view "$work/$1.nc" --shot "$work/$1.png" --size 1280x720 >"$work/stdout" 2>"$work/stderr"; }
# said FILE STATUS WORD: status 2, one line that names the file and what is missing, and nothing left.
said() { [ "$2" -eq 2 ] && [ "$(wc -l <"$work/stderr")" -eq 1 ] && grep -qF "$work/$1.nc" "$work/stderr" && grep -qF "$3" "$work/stderr"; }
viewer=true; "$KEDJA" view --help >/dev/null 2>&1 || viewer=false
for name in "${works[@]}"; do
  file=no_${name//\//_}
  shown=0 told=0
  if $viewer; then shot "$file"; shown=$?; [ $shown -eq 0 ] && [ ! -s "$work/$file.png" ] && shown=1; fi
  [ $shown -eq 0 ] || cp "$work/stderr" "$work/why"
  "$KEDJA" report "$work/$file.nc" --out "$work/$file.pdf" >"$work/stdout" 2>"$work/stderr"; status=$?
  if [ $status -eq 0 ]; then [ -s "$work/$file.pdf" ] || told=1; else said "$file" $status "\`${name##*/}\`" && [ ! -e "$work/$file.pdf" ] || told=1; fi
  ok "without $name: seen, and printed or refused by name" $((shown + told)) "$(cat "$work/why" "$work/stderr" 2>/dev/null)"
done
for name in "${refused[@]}"; do
  file=no_${name//\//_}
  "$KEDJA" report "$work/$file.nc" --out "$work/$file.pdf" >"$work/stdout" 2>"$work/stderr"; said "$file" $? "/$name"
  ok "without $name: refused by name" $? "$(cat "$work/stderr")"
done
# What is not there is not offered; the rest works as ever.
if $viewer; then
  script() { SDL_VIDEODRIVER=dummy "$KEDJA" view "$work/$1.nc" --script "$work/$2.view" >"$work/stdout" 2>"$work/stderr"; }
  printf 'click "Density"\n' >"$work/density.view"
  script no_population density; [ $? -ne 0 ] && grep -q 'no widget "Density"' "$work/stderr"; ok "a view without its layer is not offered" $? "$(cat "$work/stderr")"
  printf 'click "Moving chains"\nlint\nclick "Pupils"\nlint\nclick "Economy"\nlint\nclick "Charts"\nlint\nkey home\nexpect text="Inhabitants"\nkey F5\nlint\nlang sv\nlint\n' >"$work/rest.view"
  script no_facility rest; ok "a run without schools: the rest, and its layout, hold" $? "$(cat "$work/stderr")"
else
  skip "a view without its layer is not offered" "built with -DKEDJA_VIEWER=OFF"; skip "a run without schools: the rest holds" "the same"
fi
"$KEDJA" schools "$work/no_facility.nc" >"$work/stdout" 2>"$work/stderr"; said no_facility $? "the plugin schools"; ok "kedja schools says that there are none" $? "$(cat "$work/stderr")"
"$KEDJA" chains "$work/no_vacancy.nc" >"$work/stdout" 2>"$work/stderr"; said no_vacancy $? "\`vacancy\`"; ok "kedja chains says that there are none" $? "$(cat "$work/stderr")"
