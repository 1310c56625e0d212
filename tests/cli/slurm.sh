#!/usr/bin/env bash
# The Slurm executor on a real Slurm of one node, started here on the loopback address and stopped again: a task killed, a
# node lost, and in the end every member as on this machine alone.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh && . tests/shared/slurm.sh
plan 17
names=("Slurm starts" "submit" "arrays within the cluster's limit" "status while they run" "a second call submits none twice" "a task killed is put back by itself"
  "the node comes back" "all members complete, and merged by the job that waited for them" "the killed member is whole, nothing half-done is left" "every hash equals a local run's" "no two members alike" "short members are packed"
  "cancel" "wrong partition" "wrong account" "no Slurm" "Slurm is stopped")
if [ "$(id -u)" -ne 0 ] || ! command -v slurmctld slurmd munged >/dev/null; then
  for name in "${names[@]}"; do skip "$name" "needs root, slurm-wlm and munge"; done
  exit 0
fi
KEDJA=$(realpath "$KEDJA")
s=$(mktemp -d /tmp/kedja-slurm.XXXXXX); chmod 755 "$s" # munge wants a path that all may pass
trap 'slurm_down "$s"; rm -rf "$work" "$s"' EXIT
port=$((20000 + RANDOM % 10000))
slurm_up "$s" $port 2 >"$work/stdout" 2>&1; status=$?; ok "${names[0]}" $status "$(cat "$work/stdout")"
[ $status -eq 0 ] || exit 1
mkdir "$work/exp" && cd "$work/exp"
cat >twenty.lua <<'LUA'
experiment { title = "Twenty", scenario = "varnamo_2035", years = 3, replicates = 20 }
LUA
echo 'profile { partition = "main", account = "town", chunk_minutes = 0, setup = { "export KEDJA_TEST_SETUP=1" } }' >cluster.lua
hashes() { for f in "$1"/members/member_*.nc; do "$KEDJA" hash "$f"; done | sed 's|.*/||'; }
run="$KEDJA batch twenty.lua --executor slurm --profile cluster.lua"
$run >"$work/stdout" 2>"$work/stderr"; ok "${names[1]}" $? "$(cat "$work/stderr")"
same "${names[2]}" "20 tasks 2 jobs, at most 12 a job" "$(sed -nE 's/.*: ([0-9]+ tasks) of.*/\1/p' "$work/stdout") $(awk '{n++; if ($3 > 12) bad=1} END {print n " jobs, at most " (bad ? "more" : 12) " a job"}' twenty.batch/slurm/jobs)"
# A member killed while it runs.
for i in $(seq 100); do victim=$(pgrep -f "batch member [0-9]+ $PWD/twenty.batch" | head -1); [ -n "$victim" ] && ls -d twenty.batch/members/*.nc.d/year_2021.nc >/dev/null 2>&1 && break; sleep 0.1; done
victim=$(pgrep -f "batch member [0-9]+ $PWD/twenty.batch" | head -1)
killed=$(tr '\0' ' ' <"/proc/$victim/cmdline" | sed -nE 's/.*batch member ([0-9]+) .*/\1/p'); kill -KILL "$victim"
"$KEDJA" batch status twenty.lua >status 2>&1; grep -qE 'Slurm: [0-9]+ tasks run, [0-9]+ wait' status; ok "${names[3]}" $? "$(cat status)"
$run >again 2>&1; queued=$(sed -nE 's/.* complete, ([0-9]+) wait or run already/\1/p' again); ! grep -q submitted again && [ "$queued" -ge 15 ]; ok "${names[4]}" $? "$(cat again)"
for i in $(seq 150); do scontrol show job 2>/dev/null | grep -q 'Restarts=1 ' && break; sleep 0.1; done
scontrol show job | grep -q 'Restarts=1 '; ok "${names[5]}" $? "$(squeue -r)"
# The node dies with all that runs on it, and comes back.
slurm_node_crash "$s" "$PWD/twenty.batch"; sleep 1
slurm_node_start "$s" >"$work/stdout" 2>&1; ok "${names[6]}" $? "$(cat "$work/stdout")"
"$KEDJA" batch twenty.lua --out local --quiet --jobs 1 2>"$work/stderr" & local_run=$!
$run --wait >"$work/stdout" 2>"$work/stderr.slurm"; status=$?
[ $status -ne 0 ] && { $run --wait >>"$work/stdout" 2>>"$work/stderr.slurm"; status=$?; } # tasks lost with the node before Slurm put them back
[ $status -eq 0 ] && grep -h members: "$work/stdout" | tail -1 | grep -q '20 members: 20 complete' && [ -s twenty.batch/twenty.nc ]; ok "${names[7]}" $? "status $status $(cat "$work/stdout" "$work/stderr.slurm")"
[ "$(find twenty.batch/members -name '*.nc.d' | wc -l)" = 0 ] && [ -n "$killed" ] && [ -s "$(printf 'twenty.batch/members/member_%04d.nc' "$killed")" ]; ok "${names[8]}" $? "killed: $killed"
wait $local_run
same "${names[9]}" "$(hashes local)" "$(hashes twenty.batch)"
same "${names[10]}" 20 "$(hashes local | awk '{print $2}' | sort -u | wc -l)"
# Packing, and cancelling.
echo 'profile { at_a_time = 2 }' >packed.lua
"$KEDJA" batch twenty.lua --out packed --executor slurm --profile packed.lua >"$work/stdout" 2>&1
grep -q 'submitted 20 members: 2 tasks of up to 10' "$work/stdout"; ok "${names[11]}" $? "$(cat "$work/stdout")"
"$KEDJA" batch cancel twenty.lua --out packed >"$work/stdout" 2>&1; for i in $(seq 100); do [ -z "$(squeue -h)" ] && break; sleep 0.2; done
[ -z "$(squeue -h)" ] && "$KEDJA" batch status twenty.lua --out packed | grep -q 'Slurm: 0 tasks run, 0 wait'; ok "${names[12]}" $? "$(squeue -r)"
echo 'profile { partition = "nowhere" }' >bad.lua; "$KEDJA" batch twenty.lua --out bad --executor slurm --profile bad.lua >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 2 ] && grep -q 'invalid partition specified: nowhere' "$work/stderr"; ok "${names[13]}" $? "status $status: $(cat "$work/stderr")"
echo 'profile { account = "stranger" }' >bad.lua; "$KEDJA" batch twenty.lua --out bad --executor slurm --profile bad.lua >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 2 ] && grep -q 'Invalid account' "$work/stderr"; ok "${names[14]}" $? "status $status: $(cat "$work/stderr")"
mkdir bin; ln -s "$(command -v true)" bin/true; PATH=$PWD/bin "$KEDJA" batch twenty.lua --out none --executor slurm >/dev/null 2>"$work/stderr"; status=$?
[ $status -eq 2 ] && grep -q 'scontrol is not found: no Slurm on this machine' "$work/stderr"; ok "${names[15]}" $? "status $status: $(cat "$work/stderr")"
slurm_down "$s"; left=$(while read -r name pid; do slurm_is "$name" "$pid" && echo "$name"; done <"$s/pids"; slurm_job_processes "$s" "$work"); [ -z "$left" ]; ok "${names[16]}" $? "$left"
