#!/usr/bin/env bash
# Ensembles on this machine: the same members whatever is killed and whenever, errors told member by member.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 77
KEDJA=$(realpath "$KEDJA")
mkdir "$work/exp" && cd "$work/exp"
cat >toy8.lua <<'LUA'
experiment {
  title = "Eight toys", scenario = "toy", years = 6,
  factors = { { "densify.enabled", values = { false, true } } },
  replicates = 4,
}
LUA
hashes() { for f in "$1"/members/member_*.nc; do "$KEDJA" hash "$f"; done | sed 's|.*/||'; }
state() { "$KEDJA" batch status "$@" 2>&1 | tail -1; }

"$KEDJA" batch toy8.lua --dry-run >dry 2>"$work/stderr"; ok "dry run" $? "$(cat "$work/stderr")"
same "dry run lists every member" 8 "$(grep -cE '^ +[0-9]+ +[12] +[1-4] +[0-9]+ ' dry)"
grep -q 'covers .*chance (4 seeds).*assumptions (.*fertility.*).*plans (densify.enabled), model (housing.area_luck)' dry; ok "dry run says what the spread covers" $? "$(cat dry)"
awk '/estimate from a probe/ {e = NR} /^ *member +point/ {m = NR} END {exit !(e && m > e)}' dry; ok "the estimate stands before the table" $? "$(cat dry)"
sed 's/replicates = 4/replicates = 40/' toy8.lua >toy80.lua; "$KEDJA" batch toy80.lua --dry-run >dry80 2>"$work/stderr"
same "of a long table a dozen rows" 12 "$(grep -cE '^ +[0-9]+ +[12] +[0-9]+ +[0-9]+ ' dry80)"; grep -q '… and 68 more; .*toy80.batch/members.csv' dry80; ok "and how many more, and where they are written" $? "$(cat dry80)"
grep -q 'own error, laid over area.population' dry; ok "dry run says how wrong the model itself is" $? "$(cat dry)"
grep -qE 'a member +[0-9.]+ s .* MB of memory, .* MB on disk' dry && [ ! -e toy8.batch ]; ok "dry run estimates and leaves nothing" $? "$(cat dry)"

"$KEDJA" batch toy8.lua --jobs 2 --quiet 2>"$work/stderr"; ok "a whole ensemble" $? "$(cat "$work/stderr")"
same "all complete" "8 members: 8 complete" "$(state toy8.lua)"
reference=$(hashes toy8.batch)
same "every member has a hash of its own" 8 "$(awk '{print $2}' <<<"$reference" | sort -u | wc -l)"
# A member is the run that its line in the list says, by hand.
line=$(sed -n '4p' toy8.batch/members.csv); IFS=, read -r number point replicate seed densify fertility mortality in out delay loss luck <<<"$line"
by_hand=$(hash_of toy --years 6 --seed "$seed" --set densify.enabled="$densify" --set demography.fertility_scale="$fertility" --set demography.mortality_scale="$mortality" \
  --set demography.in_scale="$in" --set demography.out_scale="$out" --set development.delay_year="$delay" --set development.loss_year="$loss" --set housing.area_luck="$luck")
same "a member equals the run that its line describes" "$by_hand" "$(awk '/member_0003/ {print $2}' <<<"$reference")"
same "paired: replicate 1 has one seed and one draw in both points" "$(sed -n 2p toy8.batch/members.csv | cut -d, -f4,6-)" "$(sed -n 3p toy8.batch/members.csv | cut -d, -f4,6-)"
before=$(stat -c '%n %Y %i' toy8.batch/members/*); "$KEDJA" batch toy8.lua --quiet; same "a second call does nothing again" "$before" "$(stat -c '%n %Y %i' toy8.batch/members/*)"

# The merged file against the members, recomputed by another program.
python=/usr/bin/python3
if $python -c 'import netCDF4, numpy' 2>/dev/null; then
  cat >check.py <<'PY'
import sys, glob, netCDF4, numpy as np
e, paths = netCDF4.Dataset(sys.argv[1]), sorted(glob.glob(sys.argv[2]))
runs = [netCDF4.Dataset(p) for p in paths]
bad = 0
def same(what, a, b):
    global bad
    if not np.allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-6, atol=1e-9, equal_nan=True): bad += 1; print("#", what, a, b)
m = [int(p[-7:-3]) - 1 for p in paths]; point = e["members"]["point"][:][m]; replicate = e["members"]["replicate"][:][m]
for table, column in (("municipality", "population"), ("area", "population"), ("municipality", "moves")):
    v = np.array([r[table][column][:] for r in runs], float); d = e["all"][table][column]
    same(column + " n", d[0], np.full(v.shape[1:], len(runs))); same(column + " mean", d[1], v.mean(0)); same(column + " sd", d[2], v.std(0, ddof=1))
    for k, q in enumerate((5, 10, 25, 50, 75, 90, 95)): same(f"{column} q{q}", d[3 + k], np.percentile(v, q, axis=0))
    on = e["by"]["densify.enabled=1"][table][column]; same(column + " level", on[1], v[point == 2].mean(0))
    pairs = [v[(point == 2) & (replicate == r)][0] - v[(point == 1) & (replicate == r)][0] for r in (1, 2, 3, 4) if ((replicate == r).sum() == 2)]
    diff = e["difference"]["densify.enabled=1"][table][column]; same(column + " pairs", diff[0], np.full(v.shape[1:], len(pairs))); same(column + " difference", diff[1], np.mean(pairs, axis=0))
from statistics import NormalDist # the model's error laid over: a quantile is where that share of the widened members lies below
e_area = e["all"]["area"]; widths = [float(w) for w in e_area["population_with_error"].model_error_percent.split()]
widened = 0; v = np.log(np.array([r["area"]["population"][:] for r in runs], float)); n, _, areas = v.shape
for t, wide in ((1, widths[0]), (2, widths[1]), (6, widths[2] * np.sqrt(6 / 3))):
    off = v[:, t] - v[:, t].mean(0); off -= off.mean(1, keepdims=True)
    shown = (np.percentile(off, 90) - np.percentile(off, 10)) / (2 * NormalDist().inv_cdf(0.9)) * np.sqrt(n / (n - 1) * areas / (areas - 1))
    if shown >= wide / 100: # few people: luck alone spreads the members more than that
        same(f"with error {t}", e_area["population_with_error"][:, t], e_area["population"][:, t])
        continue
    sd = np.sqrt((wide / 100) ** 2 - shown ** 2)
    widened = t
    for k, p in ((4, 0.1), (6, 0.5), (8, 0.9)):
        same(f"with error {t} {p}", [np.mean([NormalDist().cdf((np.log(q) - x) / sd) for x in v[:, t, a]]) for a, q in enumerate(e_area["population_with_error"][k, t])], np.full(areas, p))
bad += not widened; print("# no year is widened") if not widened else None
last = max(int(k[6:]) for k in e.variables if k.startswith("built_")); built = np.mean([r["built_year"][-1] > 0 for r in runs], axis=0)
inside = runs[0]["area_row"][:] >= 0
same("map", np.ma.filled(e[f"built_{last}"][:], np.nan)[inside], built[inside])
same("hash", [h == r.state_hash for h, r in zip(e["members"]["state_hash"][:][m], runs)], [True] * len(runs))
print("wrong", bad, "members", e[f"built_{last}"].members, "ok", int(e["members"]["ok"][:].sum()))
PY
  same "merged figures equal those recomputed from the members" "wrong 0 members 8 ok 8" "$($python check.py toy8.batch/toy8.nc 'toy8.batch/members/*.nc' 2>&1 | tail -1)"
  cp -r toy8.batch gap; rm gap/members/member_0003.nc
  "$KEDJA" batch merge gap >/dev/null 2>"$work/stderr"; status=$?
  [ $status -eq 1 ] && grep -q '1 of 8 members are missing' "$work/stderr"; ok "a merge with a gap says so: status 1" $? "status $status $(cat "$work/stderr")"
  same "and every figure has its own number" "wrong 0 members 7 ok 7" "$($python check.py gap/toy8.nc 'gap/members/*.nc' 2>&1 | tail -1)"
else
  for name in "merged figures equal those recomputed" "a merge with a gap" "its numbers"; do skip "$name" "python3-netcdf4 is missing"; done
fi
"$KEDJA" hash toy8.batch/toy8.nc >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q toy8.nc "$work/stderr"; ok "an ensemble is not taken for a run" $? "$(cat "$work/stderr")"

# Sensitivity of a whole experiment: what decides about the population is found, what does nothing is not.
cat >morris.lua <<'LUA'
experiment { title = "Effects", scenario = "toy", years = 4, design = "morris", samples = 3,
  factors = { { "demography.mortality_scale", range = { 0.2, 5 } }, { "schools.preschool_enrolment", range = { 0.5, 1 } }, { "seed" } } }
LUA
"$KEDJA" batch morris.lua --jobs 2 --quiet 2>"$work/stderr" && "$KEDJA" sensitivity morris.lua >sens 2>"$work/stderr"; ok "sensitivity" $? "$(cat "$work/stderr")"
sed 's/−/-/g' sens | awk '/^demography.mortality_scale/ {a = $2} /^schools.preschool/ {b = $2} END {exit !(a < -10 && b == 0)}'; ok "deaths count for the population, preschool enrolment does not" $? "$(cat sens)"
grep -qE '^luck: between runs that differ in their seed alone the standard deviation is [0-9.]+ \(' sens && ! grep -q '^seed' sens && [ "$(tail -n +2 morris.batch/members.csv | cut -d, -f4 | sort -u | wc -l)" = 6 ]; ok "luck is a spread of its own, from two seeds a trajectory" $? "$(cat sens; cut -d, -f1-4 morris.batch/members.csv)"
grep -q '^3 trajectories; .* fewer than 20 are too narrow to be called 95 %' sens && ! grep -q '95 % interval' sens; ok "intervals of three trajectories are not called 95 %" $? "$(cat sens)"
lots() { echo "experiment { title = 'Lots', scenario = 'toy', years = 3, vary = {}, replicates = 3, factors = { { 'demography.mortality_scale', values = { 1, 3 } }$2 } }" >"$1.lua"; "$KEDJA" batch "$1.lua" --quiet 2>>"$work/stderr"; "$KEDJA" sensitivity "$1.lua" 2>>"$work/stderr" | sed -nE 's/^demography.mortality_scale=3 +[0-9]+ +//p'; }
same "a factor beside that does nothing narrows no interval" "$(lots lots)" "$(lots idle ", { 'environment.green_distance', values = { 300, 301 } }")"
"$KEDJA" sensitivity toy8.lua >sens8 2>"$work/stderr"; ok "sensitivity of levels over pairs" $? "$(cat "$work/stderr")"
grep -qE '^densify.enabled=1 +4 ' sens8 && grep -qE 'need about [0-9]+ replicates: [0-9]+ runs|every interval is within|no level changes|told from chance' sens8 && grep -qE '80 % of 8 members lie between [0-9]{1,3}(,[0-9]{3})* and [0-9]{1,3}(,[0-9]{3})*, median' sens8 && grep -q 'cannot be said below 36 replicates (72 runs)' sens8 && grep -q 'over members with the same luck' sens8; ok "pairs, spread, and how many runs are needed" $? "$(cat sens8)"
"$KEDJA" sensitivity toy8.lua --lang sv >sens_sv 2>"$work/stderr"; grep -q '^nivå  *par  *medel ' sens_sv && grep -q '^80 % av 8 körningar ligger mellan' sens_sv && ! grep -qE ' (the|of|and|to|runs|members) ' sens_sv; ok "the same in Swedish, whole" $? "$(cat sens_sv "$work/stderr")"
"$KEDJA" sensitivity toy8.lua --figure result >sens_money 2>"$work/stderr" && grep -q 'municipality.result at the end of 2026, SEK$' sens_money && grep -qE 'median [−0-9,.]+ SEK$' sens_money; ok "money is told in SEK" $? "$(cat "$work/stderr" sens_money)"
cp -r morris.batch thin; rm "$(ls thin/members/member_*.nc | tail -1)" thin/morris.nc
"$KEDJA" batch merge thin >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 1 ] && [ -e thin/morris.nc ]; ok "a merge with too few trajectories for indices goes on without them" $? "status $status $(cat "$work/stderr")"
"$KEDJA" sensitivity morris.lua --out thin >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q '2 trajectories are whole; at least 3 are needed' "$work/stderr"; ok "and sensitivity says why: status 2" $? "status $status $(cat "$work/stderr")"
echo 'experiment { title = "Own luck", scenario = "toy", years = 1, vary = {}, paired = false, factors = { { "densify.enabled", values = { false, true } } }, replicates = 2 }' >own.lua
"$KEDJA" batch own.lua --quiet 2>"$work/stderr" && "$KEDJA" sensitivity own.lua >sens_own 2>"$work/stderr" && grep -q 'over members each with a luck of its own' sens_own && ! grep -q 'same luck' sens_own; ok "members with their own luck are not said to share it" $? "$(cat "$work/stderr" sens_own)"
echo 'experiment { title = "Luck alone", scenario = "toy", years = 1, vary = {}, replicates = 2 }' >luck.lua
"$KEDJA" batch luck.lua --map toy --out mapped --quiet 2>"$work/stderr" && "$KEDJA" batch luck.lua --map varnamo --out mapped --quiet 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q 'planned on the map toy, --map names varnamo' "$work/stderr"; ok "a map of the command line is kept; another one for the same members is refused" $? "status $status $(cat "$work/stderr")"
"$KEDJA" batch luck.lua --quiet 2>"$work/stderr"; "$KEDJA" sensitivity luck.lua >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q 'nothing is compared' "$work/stderr"; ok "sensitivity of an experiment without factors: refused" $? "$(cat "$work/stderr")"
"$KEDJA" sensitivity toy80.lua >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q 'no member has run yet: `kedja batch .*toy80.lua` runs' "$work/stderr"; ok "sensitivity before any run: which command to give" $? "$(cat "$work/stderr")"
mkdir looking && (cd looking && "$KEDJA" sensitivity ../toy80.lua >/dev/null 2>&1; "$KEDJA" batch status ../toy80.lua >look 2>&1 && grep -q ' 0 complete' look && "$KEDJA" batch cancel ../toy80.lua >/dev/null 2>&1 && [ -z "$(find . -name '*.batch')" ] && "$KEDJA" batch status ../toy80.lua --out planned >/dev/null 2>&1 && [ -f planned/members.csv ]); ok "who only looks leaves no folder, and one that is named is planned in" $? "$(cat looking/look)"
"$KEDJA" sensitivity toy8.lua --figure popul >/dev/null 2>"$work/stderr"; grep -q "did you mean 'population'" "$work/stderr"; ok "the beginning of a name finds it" $? "$(cat "$work/stderr")"
sed 's/samples = 3/samples = 2/' morris.lua >two.lua; "$KEDJA" batch two.lua --dry-run >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q 'experiment.samples' "$work/stderr" && grep -q '3' "$work/stderr"; ok "two trajectories are refused before anything runs" $? "$(cat "$work/stderr")"
"$KEDJA" sensitivity toy8.lua --figure popluation >/dev/null 2>"$work/stderr"; status=$?; [ $status -eq 2 ] && grep -q "kept no figure 'popluation' of the municipalities; did you mean 'population'" "$work/stderr"; ok "an unknown figure: the nearest named" $? "$(cat "$work/stderr")"
if "$KEDJA" sensitivity morris.lua --chart x.png 2>&1 >/dev/null | grep -q "built without drawing"; then
  for name in "chart of effects" "chart of differences" "indices on the page, luck among them"; do skip "$name" "built without drawing"; done
else
  "$KEDJA" sensitivity morris.lua --chart effects.svg --lang sv >/dev/null 2>"$work/stderr" && grep -q '<svg' effects.svg && [ ! -s "$work/stderr" ]; ok "chart of effects" $? "$(cat "$work/stderr")"
  "$KEDJA" sensitivity toy8.lua --chart tornado.pdf >/dev/null 2>"$work/stderr" && pdftotext tornado.pdf - | tr '\n' ' ' | grep -q 'Densify near the centres: on'; ok "chart of differences" $? "$(cat "$work/stderr")"
  "$KEDJA" report morris.batch/morris.nc --out morris.pdf --lang sv >/dev/null 2>"$work/stderr" && pdftotext morris.pdf - | grep -q 'Vad som avgör: invånare' && pdftotext morris.pdf - | grep -q 'demography.mortality_scale' && pdftotext morris.pdf - | grep -q 'slump (standardavvikelse)' && ! "$KEDJA" report morris.batch/morris.nc --png morris.png --lang da 2>&1 | grep shortened; ok "indices on the page, luck among them" $? "$(cat "$work/stderr")"
fi

# The page of the ensemble.
picture() { "$KEDJA" report toy8.batch/toy8.nc --png "$1.png" --lang "$1" --quiet 2>"$work/stderr" && [ "$(od -An -tu1 -j16 -N8 "$1.png" | tr -s ' ')" = " 0 0 9 96 0 0 6 161" ]; }
"$KEDJA" report toy8.batch/toy8.nc --png en.png >/dev/null 2>&1
if grep -q "built without drawing" <("$KEDJA" report toy8.batch/toy8.nc --png x.png 2>&1); then
  for name in "page in English" "page in Swedish" "inhabitants by area" "names, version and map" "what the spread covers" "wrong year and ending"; do skip "$name" "built without drawing"; done
else
  picture en; ok "page in English: 2400 by 1697 pixels, nothing shortened" $([ $? -eq 0 ] && [ ! -s "$work/stderr" ]; echo $?) "$(cat "$work/stderr")"
  picture sv && [ ! -s "$work/stderr" ] && ! cmp -s en.png sv.png; ok "page in Swedish" $? "$(cat "$work/stderr")"
  "$KEDJA" report toy8.batch/toy8.nc --out areas.pdf --lang sv >/dev/null 2>"$work/stderr"; [ "$(pdfinfo areas.pdf | awk '/^Pages/ {print $2}')" = 2 ] && pdftotext areas.pdf - | grep -q 'undre linjen: 80 %, med modellens eget fel inräknat'; ok "a PDF has a second page with inhabitants by area" $? "$(cat "$work/stderr")"
  pdftotext -l 1 areas.pdf - >"$work/first" 2>&1; grep -qx Village "$work/first" && grep -qE 'Kedja [0-9.]+ · karta .* \(digest [0-9a-f]{12}\)' "$work/first"; ok "its map names places, its foot version and map" $? "$(cat "$work/first")"
  "$KEDJA" report toy8.batch/toy8.nc --out da.pdf --lang da >/dev/null 2>"$work/stderr"; pdftotext da.pdf - | tr '\n' ' ' | grep -q 'tilfældighed (4 frø), antagelser (Fødselsrater, .*Opgivne projekter), planer (Fortæt nær centrum), modellen (Områdernes egen udvikling)'; ok "what the spread covers, in the reader's language" $? "$(cat "$work/stderr")$(pdftotext da.pdf - | head -8)"
  message() { "$KEDJA" report toy8.batch/toy8.nc "$@" 2>&1 >/dev/null; echo " status $?"; }
  found="$(message --out no.pdf --year 2023; message --png no.png --out no.html)"; [[ $found = *"last year: leave out --year 2023"*" status 2"*"no.html: expected a name that ends in .png, .pdf or .svg"*" status 2" ]] && [ ! -e no.pdf ] && [ ! -e no.png ]; ok "a year, and a page as HTML: refused before any drawing" $? "$found"
fi
head -c 20000 toy8.batch/toy8.nc >cut.nc; "$KEDJA" report cut.nc --png cut.png >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -q cut.nc "$work/stderr" && [ ! -e cut.png ]; ok "page of a file cut off: refused" $? "$(cat "$work/stderr")"

# The driver killed at ten random moments.
lost=0; detail=""
for i in $(seq 10); do
  "$KEDJA" batch toy8.lua --out kill --jobs 2 --quiet 2>/dev/null & pid=$!
  sleep "0.$((RANDOM % 90 + 10))"; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
done
"$KEDJA" batch toy8.lua --out kill --jobs 2 --quiet 2>"$work/stderr"; status=$?
same "kill -9 of the driver, ten times: no member lost, none doubled" "$reference" "$(hashes kill)"
[ $status -eq 0 ] && [ -z "$(find kill -name '*.nc.d' -o -name '*.part' -o -name '*.failed' -o -name 'member_*.lock')" ]; ok "and nothing half-done is left" $? "status $status; $(find kill | tr '\n' ' ') $(cat "$work/stderr")"
# A member killed: it goes on within the same call.
"$KEDJA" batch toy8.lua --out one --jobs 1 --quiet 2>"$work/stderr" & pid=$!
for i in $(seq 100); do child=$(pgrep -P $pid | head -1); [ -n "$child" ] && break; sleep 0.02; done
sleep 0.1; kill -9 "$child" 2>/dev/null; wait $pid; status=$?
[ $status -eq 0 ] && [ "$(hashes one)" = "$reference" ]; ok "a member killed goes on from its checkpoint" $? "status $status $(cat "$work/stderr")"
# Two drivers at a time; then stopped politely.
"$KEDJA" batch toy8.lua --out two --jobs 1 --quiet 2>/dev/null & pid=$!
for i in $(seq 600); do [ -s two/driver.lock ] && break; sleep 0.05; done; sleep 0.1
kill -STOP $pid # so that it is not done before the second one has started, however slow that is
"$KEDJA" batch toy8.lua --out two --quiet 2>"$work/stderr"; status=$?
kill -CONT $pid
[ $status -eq 2 ] && grep -q "another kedja batch.*process $pid" "$work/stderr"; ok "a second driver is refused" $? "status $status: $(cat "$work/stderr")"
"$KEDJA" batch cancel toy8.lua --out two >"$work/stdout"; wait $pid; status=$?
same "cancel: the driver ends with status 75" 75 $status
"$KEDJA" batch toy8.lua --out two --quiet; same "and the same command goes on" "$reference" "$(hashes two)"

# A policy with a bug that only some members meet.
mkdir policies; cat >policies/faulty.lua <<'LUA'
policy {
  title = "Faulty", sentence = "Divides a text in some members.",
  parameters = { { name = "wrong", unit = "1", default = 0, min = 0, max = 9 } },
  apply = function(city, p) if p.wrong == 2 then error("no such street") end end,
}
LUA
cat >town.lua <<'LUA'
scenario { title = "Town", map = "toy", stop = 2023, seed = 1, policies = { "faulty" } }
LUA
cat >bug.lua <<'LUA'
experiment { title = "Faulty", scenario = "./town.lua", vary = {}, factors = { { "faulty.wrong", values = { 1, 2, 3 } } }, replicates = 2 }
LUA
"$KEDJA" batch bug.lua --jobs 2 >"$work/stdout" 2>"$work/stderr"; status=$?
same "members with a bug: status 1" 1 $status
same "each is reported with its fault" 2 "$(grep -cE 'member [25]: .*faulty.lua:4: no such street' "$work/stderr")"
same "and the others went on" "6 members: 4 complete, 2 failed" "$(state bug.lua)"
"$KEDJA" batch retry bug.lua 5 --quiet >/dev/null 2>"$work/stderr"; same "retry of a faulty member fails again" 1 $?
echo "-- changed" >>policies/faulty.lua; "$KEDJA" batch bug.lua >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 2 ] && grep -q "faulty.lua has changed" "$work/stderr"; ok "a policy that changed: refused, since members would not belong together" $? "status $status $(cat "$work/stderr")"
# A scenario that stands beside the experiment's file, by its mere name, from another folder.
echo 'experiment { title = "Beside", scenario = "town.lua", vary = {}, replicates = 1 }' >beside.lua
mkdir elsewhere; (cd elsewhere && ! [ -e town.lua ] && "$KEDJA" batch ../beside.lua --dry-run >"$work/stdout" 2>"$work/stderr"); ok "a scenario beside the experiment, named without a path" $? "$(cat "$work/stderr")"
# A disk that fills up: what is there stays, the rest says why, and room enough ends it.
cat >four.lua <<'LUA'
experiment { title = "Four toys", scenario = "toy", years = 3, vary = {}, replicates = 4 }
LUA
mkdir full; full() { "$KEDJA" batch four.lua --out full --jobs 1 --quiet 2>"$work/stderr"; }
if mount -t tmpfs -o size=3584k none full 2>/dev/null; then
  full; status=$?
  [ $status -eq 1 ] && grep -qE 'member [1-4]: .*full/members/member_000[1-4].nc.*: No space left on device' "$work/stderr"; ok "a full disk: told by member, status 1" $? "status $status $(cat "$work/stderr")"
  n=$("$KEDJA" batch status four.lua --out full | tail -1 | sed -nE 's/^4 members: ([0-9]) complete.*/\1/p'); [ "$n" -ge 1 ] && [ "$n" -le 3 ] && [ -z "$(find full -name '*.part')" ]; ok "members that fitted stay, nothing is half-written" $? "$n complete; $(find full | tr '\n' ' ')"
  mount -o remount,size=60m full; full; status=$?; [ $status -eq 0 ] && [ "$(state four.lua --out full)" = "4 members: 4 complete" ]; ok "with room the same command ends it" $? "status $status $(cat "$work/stderr")"
  umount full
else
  for name in "a full disk" "members that fitted" "with room"; do skip "$name" "needs the right to mount a small disk"; done
fi
# Files that are not what they seem.
rm one/members/member_0002.nc; cp one/members/member_0001.nc one/members/member_0002.nc; head -c 5000 one/members/member_0003.nc >x; mv x one/members/member_0003.nc
"$KEDJA" batch toy8.lua --out one --quiet >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 1 ] && grep -q "member 2: .*not of this member" "$work/stderr" && grep -q "member 3: .*member_0003.nc" "$work/stderr"; ok "another member's file and a damaged one are not counted" $? "status $status $(cat "$work/stderr")"
"$KEDJA" batch retry toy8.lua --out one --quiet 2>"$work/stderr"; same "retry makes them anew" "$reference" "$(hashes one)"
# What is shipped.
off=""; while read -r name middle; do
  now=$("$KEDJA" plugins --doc | awk -F'|' -v n="$name" '$2 == " `" n "` " { gsub(/ /, "", $3); print $3 }')
  [ -n "$now" ] && [ "$now" = "$middle" ] || off+="$name: the model has $now, the ensemble $middle; "
done < <(sed -nE 's/.*"([a-z_.]+)", triangle = \{ [0-9.]+, ([0-9.]+), .*/\1 \2/p' "$OLDPWD/scripts/lib/default_ensemble.lua" | grep -v area_luck)
[ -z "$off" ]; ok "the default ensemble is centred on the model's own values" $? "$off"
bad=""; for f in "$OLDPWD"/scripts/experiments/*.lua; do "$KEDJA" batch status "$f" --out shipped >/dev/null 2>"$work/stderr" || bad+="$f: $(cat "$work/stderr")"; rm -rf shipped; done
[ -z "$bad" ]; ok "every shipped experiment can be planned" $? "$bad"
# A cluster without a cluster: what would be submitted, and slips in the profile, are told before anything is.
echo 'profile { partition = "main", account = "town", at_a_time = 3, minutes = 7, setup = { "module load HDF5" } }' >cluster.lua
"$KEDJA" batch toy8.lua --out dry.batch --executor slurm --profile cluster.lua --dry-run >dry_slurm 2>"$work/stderr"; status=$?
grep -q 'submits    8 members: 3 tasks of up to 3, --array=1-3%3' dry_slurm && grep -qE 'a task     1 processor, 7 min, [0-9]+ MB' dry_slurm && grep -qx '  partition  main' dry_slurm && grep -qx '#SBATCH --account=town' dry_slurm && grep -qx "folder='$PWD/dry.batch'" dry_slurm && [ $status -eq 0 ] && [ ! -e dry.batch ]; ok "dry run for slurm: what would be submitted, with its script, and nothing is left" $? "status $status $(cat "$work/stderr" dry_slurm)"
mkdir bin; printf '#!/bin/sh\necho "MaxArraySize            = 3"\n' >bin/scontrol; chmod +x bin/scontrol
PATH=$PWD/bin:$PATH "$KEDJA" batch toy8.lua --out dry.batch --executor slurm --profile cluster.lua --dry-run 2>&1 | grep -q "split into 2 arrays by the cluster's MaxArraySize"; ok "and into how many arrays" $?
printf '#!/bin/sh\necho "slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)" >&2; exit 1\n' >bin/scontrol
PATH=$PWD/bin:$PATH "$KEDJA" batch toy8.lua --out dry.batch --executor slurm >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 2 ] && grep -q 'no Slurm controller (slurmctld) is reached from this machine: expected a login node.*SLURM_CONF.*scontrol says: slurm_load_ctl_conf' "$work/stderr"; ok "a controller that does not answer: what is missing" $? "status $status $(cat "$work/stderr")"
# Wrong use.
refuse() { local name=$1 pattern=$2; shift 2; "$KEDJA" batch "$@" >/dev/null 2>"$work/stderr"; [ $? -eq 2 ] && grep -qE "$pattern" "$work/stderr"; ok "$name" $? "$(cat "$work/stderr")"; }
lua() { echo "experiment { title = 'x', scenario = 'toy', $2 }" >"$1.lua"; }
lua unknown "factors = { { 'densfy.enabled', values = { false, true } } }"; refuse "unknown factor, nearest named" "densify" unknown.lua
echo 'profile { partiton = "main" }' >slip.lua
refuse "a slip in the profile, at a dry run: the nearest key" "slip.lua:1: profile: unknown key 'partiton'; did you mean 'partition'" toy8.lua --dry-run --executor slurm --profile slip.lua
refuse "a profile that is not there, at a dry run" "gone.lua: cannot be read" toy8.lua --dry-run --executor slurm --profile gone.lua
refuse "a profile without a cluster" "option --profile: it is for --executor slurm" toy8.lua --dry-run --profile cluster.lua
lua range "factors = { { 'demography.in_scale', values = { 1, 50 } } }"; refuse "value out of range" "0 to 10.*found 50" range.lua
refuse "no such experiment" "nothere.lua" nothere.lua
refuse "a shipped experiment misspelt: the nearest named" "toy_ensembel: there is no such file, nor a shipped experiment of that name; did you mean 'toy_ensemble'" toy_ensembel
refuse "a member that is not in the list" "from 1 to 8, found 9" member 9 toy8.lua
