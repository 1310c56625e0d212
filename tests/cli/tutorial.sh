#!/usr/bin/env bash
# The handbook's tutorial, run as written; and the chapter with the words of policies, which the program writes.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
root=$PWD; KEDJA=$(realpath "$KEDJA"); export KEDJA_DATA=$root
"$KEDJA" policy words --lang en >"$work/words.md" 2>"$work/stderr"; ok "policy words" $? "$(cat "$work/stderr")"
diff "$work/words.md" docs/policy_words.md >"$work/diff"; ok "docs/policy_words.md is what the program writes (kedja policy words --lang en >docs/policy_words.md)" $? "$(head -20 "$work/diff")"
missing=""; for page in docs/*.md; do grep -q "($page" README.md || missing+=" $page"; done
[ -z "$missing" ]; ok "README leads to every page of the handbook" $? "$missing"
mkdir "$work/bin" "$work/town"; ln -s "$KEDJA" "$work/bin/kedja"
# Blocks of Lua become files, named in their first line; blocks of commands become one script in the order of the page.
/usr/bin/python3 - docs/policy_tutorial.md "$work/town" <<'PY'
import re, sys
page, folder = open(sys.argv[1]).read(), sys.argv[2]
blocks = re.findall(r"^```(sh|lua)\n(.*?)^```$", page, re.S | re.M)
with open(folder + "/all.sh", "w") as script:
    script.write("set -e\n")
    for kind, text in blocks:
        if kind == "lua": script.write("cat >%s <<'LUA'\n%sLUA\n" % (re.match(r"-- (\S+\.lua)", text)[1], text))
        else: script.write(text)
print(sum(kind == "sh" for kind, _ in blocks), "blocks of commands")
PY
(cd "$work/town" && PATH=$work/bin:$PATH bash all.sh >"$work/out" 2>"$work/stderr"); ok "every command of the tutorial" $? "$(tail -5 "$work/stderr")"
if /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  forest=$(/usr/bin/python3 -c 'import sys, netCDF4
for name in sys.argv[1:]: print(int(netCDF4.Dataset(name)["municipality"]["forest_built_m2"][1:].sum() // 10000), end=" ")' "$work/town/plan_1.nc" "$work/town/ring_1.nc")
  [ "${forest% * }" -gt $((4 * $(echo "$forest" | cut -d' ' -f2))) ] 2>/dev/null; ok "the policy does what the page says: less than a quarter of the forest is built on" $? "$forest"
else
  skip "the policy does what the page says" "python3-netcdf4 is missing"
fi
