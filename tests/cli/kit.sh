#!/usr/bin/env bash
# The plugin kit as a stranger meets it: an installed Kedja, headers, template, examples, faults that are named, the ABI.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan $((62 + $(ls build/plugins/*.so | wc -l)))
export LC_ALL=C.UTF-8
prefix=$work/prefix toy=scripts/scenarios/toy.lua
cmake --install build --prefix "$prefix" >"$work/log" 2>&1; ok "cmake --install" $? "$(tail -n 5 "$work/log")"
missing=""
for file in bin/kedja include/kedja/plugin.h lib/cmake/kedja/kedjaConfig.cmake lib/pkgconfig/kedja.pc share/kedja/maps/toy/recipe.lua \
  share/kedja/scripts/policies/densify.lua share/kedja/plugins/template/plugin.c share/man/man1/kedja.1 share/man/man1/kedja-run.1; do
  [ -s "$prefix/$file" ] || missing+=" $file"
done
[ -z "$missing" ]; ok "program, headers, packages, maps, policies, template and man pages are installed" $? "missing:$missing"
mv "$prefix" "$work/moved"; prefix=$work/moved # an installed tree may be moved
K=$prefix/bin/kedja
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
for kind in "gcc c c11" "gcc c c17" "gcc c c2x" "g++ c++ c++11" "g++ c++ c++20" "clang c c11" "clang c c17" "clang c c2x" "clang++ c++ c++11" "clang++ c++ c++20"; do
  read -r compiler language standard <<<"$kind"
  bad=""
  for header in "$prefix"/include/kedja/*.h; do
    printf '#include <kedja/%s>\nextern int not_empty;\n' "$(basename "$header")" | $compiler -x "$language" -std="$standard" -Wall -Wextra -Werror -pedantic -fsyntax-only -I "$prefix/include" - 2>"$work/log" ||
      bad+=" $(basename "$header"): $(head -n 1 "$work/log")"
  done
  [ -z "$bad" ]; ok "each header compiles alone: $compiler -std=$standard" $? "$bad"
done

# ---- template and examples: built against the installed package only ----
build_outside() { # FOLDER NAME: builds into $work/NAME
  cmake -S "$1" -B "$work/$2" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="-Wall -Wextra -Wconversion -Wshadow -Werror" >"$work/log" 2>&1 &&
    cmake --build "$work/$2" >>"$work/log" 2>&1
}
(cd "$work" && "$K" plugin new street_trees >"$work/new" 2>&1); ok "plugin new" $? "$(cat "$work/new")"
build_outside "$work/street_trees" trees_build; ok "the new plugin compiles without a warning" $? "$(tail -n 15 "$work/log")"
ctest --test-dir "$work/trees_build" >"$work/log" 2>&1; ok "its test passes" $? "$(tail -n 20 "$work/log")"
trees=$work/trees_build/street_trees.so
(cd "$work" && "$K" plugin new street_trees >"$work/log" 2>&1); [ $? -eq 2 ]; ok "plugin new writes over nothing" $? "$(cat "$work/log")"
"$K" plugin new "Bad Name" >"$work/log" 2>&1; [ $? -eq 2 ] && grep -q "is no plugin name" "$work/log"; ok "a bad name is refused" $?
(cd "$work" && "$K" plugin new housing >log 2>&1); [ $? -eq 2 ] && grep -q "is a plugin of the program" "$work/log" && [ ! -e "$work/housing" ]; ok "the name of a built-in is refused" $? "$(cat "$work/log")"
for example in schelling slope_growth; do
  build_outside examples/$example $example; ok "$example compiles against the package" $? "$(tail -n 15 "$work/log")"
  "$K" plugin check "$work/$example/$example.so" >"$work/log" 2>&1; ok "$example passes plugin check" $? "$(grep -v passed "$work/log")"
done
"$K" run examples/slope_growth/relief_toy.lua --plugin "$work/slope_growth/slope_growth.so" --out "$work/relief.nc" --quiet 2>"$work/log"; ok "slope_growth runs on uneven ground" $? "$(cat "$work/log")"
/usr/bin/python3 - "$work/relief.nc" >"$work/log" 2>&1 <<'PY'
import sys, xarray
run = xarray.open_dataset(sys.argv[1])
urban, slope = run["slope_growth_urban"].values, run["slope_growth_slope"].values[-1]
new = (urban[-1] == 1) & (urban[0] == 0)
assert (slope > 0).sum() > 50 and new[slope == 0].sum() > 20, (int((slope > 0).sum()), int(new.sum()))
assert not new[slope > 21].any(), int(new[slope > 21].sum())
table = xarray.open_dataset(sys.argv[1], group="slope_growth")
grown = sum(float(table[rule].sum()) for rule in ("spontaneous", "centres", "edges", "roads"))
assert grown == new.sum() == float(table["urban_cells"].values.reshape(-1)[-1] - table["urban_cells"].values.reshape(-1)[0]), (grown, int(new.sum()))
assert all(float(table[rule].sum()) > 0 for rule in ("spontaneous", "centres", "edges", "roads"))
PY
ok "no cell is built beyond the steepest slope, every rule grows, and the indicators add up" $? "$(cat "$work/log")"

# ---- what a stranger's plugin is to the rest ----
"$K" check toy --show parameters --plugin "$trees" >"$work/log" 2>&1; grep -q "street_trees.chance = 0.05" "$work/log"; ok "its parameters are listed" $?
one=$(KEDJA=$K hash_of $toy --years 3 --plugin "$trees"); two=$(KEDJA=$K hash_of $toy --years 3 --plugin "$trees" --set street_trees.chance=0.5)
differs "and can be set" "$one" "$two"
"$K" plugins --plugin "$trees" --doc >"$work/log" 2>&1; grep -q '`street_trees.chance`' "$work/log" && grep -q '`housing.queue' "$work/log"
ok "the reference names its parameters and those of the built-ins" $?
"$K" run $toy --years 2 --plugin "$trees" --out "$work/t.nc" --quiet; h5dump -d /provenance/plugin_stamp "$work/t.nc" 2>/dev/null | grep -q "strict contract-off"; ok "its stamp is in the run file" $?
gcc -shared -fPIC -O2 -ffast-math -Icore/include tests/abi/faulty.c -o "$work/fast.so" && "$K" run $toy --years 1 --plugin "$work/fast.so" >/dev/null 2>"$work/log"
[ $? -eq 0 ] && grep -q "fast-math contract-unknown" "$work/log"; ok "another stamp is warned about" $? "$(cat "$work/log")"

# ---- in experiments ----
cat >"$work/trees.lua" <<'LUA'
experiment { title = "Trees", scenario = "toy", years = 2, vary = {}, plugins = { "street_trees" }, replicates = 2,
  factors = { { "street_trees.chance", values = { 0.1, 0.4 } } } }
LUA
cp "$trees" "$work/kept.so"
batch() { "$K" batch "$@" --out "$work/trees.batch" --jobs 2 --quiet >"$work/stdout" 2>"$work/log"; }
batch "$work/trees.lua"; [ $? -eq 2 ] && grep -q "needs the plugin 'street_trees'.*--plugin" "$work/log" && [ ! -e "$work/trees.batch" ]; ok "an experiment names the plugin that it needs" $? "$(cat "$work/log")"
batch "$work/trees.lua" --plugin "$trees"; ok "with its file its parameter is a factor" $? "$(cat "$work/log")"
seed=$(sed -n 3p "$work/trees.batch/members.csv" | cut -d, -f4)
same "a member is the run with the plugin and that value" "$(KEDJA=$K hash_of $toy --years 2 --seed "$seed" --plugin "$trees" --set street_trees.chance=0.4)" "$("$K" hash "$work/trees.batch/members/member_0002.nc" | awk '{print $2}')"
rm "$work/trees.batch/members/member_0002.nc" "$trees"
batch "$work/trees.lua"; [ $? -eq 2 ] && grep -q "street_trees.so: cannot be read" "$work/log"; ok "its file is gone: told once, before any member" $? "$(cat "$work/log")"
cp "$work/kept.so" "$trees"; echo changed >>"$trees"
batch "$work/trees.lua"; [ $? -eq 2 ] && grep -q "street_trees.so has changed since" "$work/log"; ok "another file in its place is refused" $? "$(cat "$work/log")"
cp "$work/kept.so" "$trees"; batch "$work/trees.lua"; ok "with the old one the same command goes on, and need not name it" $? "$(cat "$work/log")"
sed -i 's/"street_trees" }/"build\/street_trees.so" }/' "$work/trees.lua"
"$K" batch "$work/trees.lua" --dry-run >/dev/null 2>"$work/log"; [ $? -eq 2 ] && grep -q "trees.lua:1.*expected ids" "$work/log"; ok "no script loads native code by itself" $? "$(cat "$work/log")"

# ---- as levers ----
printf 'settle\nvalue 2023 "From year"\nset 0.8 "Chance"\nsettle\nlintall\ndump %s/live\njournal %s/live.journal\n' "$work" "$work" >"$work/lever.view"
if ! "$K" live --help >/dev/null 2>&1; then skip "its parameter is a lever" "built without the viewer"; skip "and the session replays" "built without the viewer"; else
  SDL_VIDEODRIVER=dummy "$K" live $toy --plugin "$trees" --script "$work/lever.view" >/dev/null 2>"$work/log"; ok "its parameter is a lever, and the panel with it is whole" $? "$(cat "$work/log")"
  same "and the session replays" "$(KEDJA=$K hash_of $toy --plugin "$trees" --journal "$work/live.journal")" "$(sed -n 's/^hash_b=//p' "$work/live")"
fi

# ---- built-ins through the same check ----
export K work
printf '%s\n' build/plugins/*.so | xargs -P 2 -I FILE bash -c '"$K" plugin check FILE >"$work/$(basename FILE).log" 2>&1; echo $? >"$work/$(basename FILE).status"'
for plugin in build/plugins/*.so; do
  name=$(basename "$plugin"); status=$(cat "$work/$name.status")
  ok "built-in ${name%.so} passes plugin check" "$status" "$(grep -v '^  passed' "$work/$name.log")"
done

# ---- faults: named, status as promised, nothing half-written ----
faulty() { gcc -shared -fPIC -O1 -fvisibility=hidden $(pkg-config --cflags kedja) -DFAULT="$1" ${2:-} tests/abi/faulty.c -o "$work/faulty.so"; }
fault() { # FAULT STATUS WORDS [run options]
  local name=$1 wanted=$2 words=$3; shift 3
  faulty "$name" || { ok "$name" 1 "does not compile"; return; }
  "$K" run $toy --years 2 --plugin "$work/faulty.so" --out "$work/f.nc" --quiet "$@" >"$work/log" 2>&1; local status=$?
  [ $status -eq "$wanted" ] && grep -q "$words" "$work/log" && [ ! -e "$work/f.nc" ]
  ok "$name is named" $? "status $status, wanted $wanted with '$words': $(head -c 300 "$work/log")"
  rm -rf "$work/f.nc.d"
}
fault VERSION_MAJOR 2 "built for plugin ABI 2.[0-9]*, this program speaks 1."
fault VERSION_MINOR 2 "needs plugin ABI 1."
fault SMALL 2 "definition of 16 bytes"
fault FUTURE_DEFINITION 2 "definition of another size"
fault MISSING_COLUMN 2 "needs column cell.no_such_column"
fault OTHER_TYPE 2 "cell.land_use has type"
fault DUPLICATE_COLUMN 2 "land_use"
fault NO_UNIT 2 "without unit or sentence"
fault HAZARD 2 "'faulty.other' and 'faulty.step'.*cell.faulty_value"
fault NO_MEMORY 1 "plugin 'faulty': create failed"
fault UNDECLARED_READ 1 "asked to read cell.population, which it did not declare"
fault ROW_BEYOND 1 "added to row 1000000 of faulty_total"
fault NOT_A_NUMBER 1 "plugin 'faulty' left cell.faulty_value of id 1 at"
fault OUT_OF_RANGE 1 "left cell.faulty_value of id 1 at 101"
fault QUIET_WRITE 1 "changed cell.land_use, which it did not declare" --audit
gcc -shared -fPIC -DNO_SYMBOL -Icore/include tests/abi/faulty.c -o "$work/faulty.so"
"$K" run $toy --plugin "$work/faulty.so" >/dev/null 2>"$work/log"; [ $? -eq 2 ] && grep -q "exports no symbol" "$work/log"; ok "a missing symbol is named" $? "$(cat "$work/log")"
faulty MONTH_7; "$K" run $toy --years 2 --plugin "$work/faulty.so" --out "$work/m.nc" --quiet >/dev/null 2>"$work/log"; status=$?
[ $status -eq 1 ] && grep -q "2021-07, system 'faulty.step': nothing grows in July" "$work/log" && [ ! -e "$work/m.nc" ] && [ -s "$work/m.nc.d/checkpoint_202012.state" ]
ok "a failure in July keeps the last checkpoint" $? "status $status: $(cat "$work/log")"
faulty NONE; "$K" resume "$work/m.nc" --quiet 2>"$work/log"; ok "with which a mended plugin goes on" $? "$(cat "$work/log")"
for case in "CRASH crashed" "HANG did not end" "HIDDEN_STATE kept outside" "ORDER_OF_BLOCKS order of"; do
  read -r name words <<<"$case"; faulty "$name"
  "$K" plugin check "$work/faulty.so" --seconds 20 >"$work/log" 2>&1; [ $? -eq 1 ] && grep -q "$words" "$work/log"; ok "plugin check finds $name" $? "$(grep -v passed "$work/log")"
done

# ---- the ABI as it was recorded ----
version=$(sed -nE 's/^#define KJ_ABI_(MAJOR|MINOR) ([0-9]+)u.*/\2/p' core/include/kedja/version.h | paste -sd.)
gcc -g -O0 -shared -fPIC -std=c17 -Icore/include tests/abi/surface.c -o "$work/surface.so"
if [ "$(uname -m)" = x86_64 ]; then
  abidiff "tests/abi/abi-$version.xml" "$work/surface.so" >"$work/log" 2>&1; ok "the border is the one that was recorded as $version" $? "$(cat "$work/log")"
  "$K" run $toy --years 1 --plugin tests/abi/plugin_1_0_x86_64.so --quiet 2>"$work/log"; ok "a plugin built against ABI 1.0 still loads and runs" $? "$(cat "$work/log")"
else
  skip "the border is the one that was recorded" "recorded on x86_64"; skip "a plugin built against ABI 1.0 still loads and runs" "an x86_64 binary"
fi
