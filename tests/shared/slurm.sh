# A real Slurm of one node on this machine, for tests: munged, slurmctld and slurmd on the loopback address alone, without
# systemd, all files in one folder. Nothing under /etc is used or changed. Needs root (slurmd starts jobs as their users).
#   slurm_up DIR PORT CPUS    slurm_down DIR    slurm_node_start DIR    slurm_node_crash DIR
# Every process is ended by the number that it was started with.

slurm_up() {
  local dir=$1 port=$2 cpus=$3 host; host=$(hostname -s)
  mkdir -p "$dir"/munge "$dir"/state "$dir"/spool; chmod 755 "$dir"; chmod 711 "$dir/munge"
  export SLURM_CONF=$dir/slurm.conf
  cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
CredType=cred/munge
# A requeued job waits this long before it may start again (120 s unless it is said).
AuthInfo=socket=$dir/munge/munge.socket,cred_expire=5
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
SlurmdParameters=config_overrides
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=2,sched_min_interval=0,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobRequeue=1
ReturnToService=2
SlurmdTimeout=10
MaxArraySize=13
MinJobAge=600
AccountingStorageType=accounting_storage/none
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=$cpus RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n1 Default=YES MaxTime=60 State=UP
JobSubmitPlugins=lua
CONF
  # A site's own rule about accounts: without a data base of accounts Slurm knows none that is wrong.
  cat >"$dir/job_submit.lua" <<'LUA'
function slurm_job_submit(job, parts, user)
  if job.account and job.account ~= "town" then return slurm.ESLURM_INVALID_ACCOUNT end
  return slurm.SUCCESS
end
function slurm_job_modify() return slurm.SUCCESS end
LUA
  (umask 077; head -c 1024 /dev/urandom >"$dir/munge/munge.key")
  munged --key-file="$dir/munge/munge.key" --socket="$dir/munge/munge.socket" --pid-file="$dir/munge/munged.pid" \
    --log-file="$dir/munge/munged.log" --seed-file="$dir/munge/munged.seed" --num-threads=2 || return 1
  echo "munged $(cat "$dir/munge/munged.pid")" >"$dir/pids"
  slurm_start "$dir" slurmctld slurmctld -D -c -f "$SLURM_CONF"
  slurm_node_start "$dir"
}

# Starts a daemon in the foreground mode and keeps its number; the process becomes the daemon itself.
slurm_start() { # DIR NAME COMMAND…
  local dir=$1 name=$2; shift 2
  setsid "$@" </dev/null >>"$dir/$name.out" 2>&1 &
  echo "$name $!" >>"$dir/pids"
  disown $!
}

slurm_node_start() {
  local state
  slurm_start "$1" slurmd slurmd -D -N n1 -f "$1/slurm.conf"
  for _ in $(seq 150); do
    state=$(timeout 2 sinfo -h -p main -o %t 2>/dev/null)
    [[ $state =~ ^(idle|mix|alloc|comp)$ ]] && return 0
    sleep 0.2
  done
  echo "the node did not come up"; tail -n 3 "$1"/*.log; return 1
}

slurm_is() { [ -r "/proc/$2/stat" ] && awk -v n="($1)" '{exit !($2==n && $3!="Z")}' "/proc/$2/stat" 2>/dev/null; }

# Processes of jobs: the keepers of their steps, which have our log open, their scripts, and the members.
slurm_job_processes() { # DIR FOLDER-OF-MEMBERS
  local process pid
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    if ls -l "$process/fd" 2>/dev/null | grep -q " $1/slurmd.log$"; then slurm_is slurmstepd "$pid" && echo "$pid"
    elif { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -qE "^/bin/bash $1/spool|batch member [0-9]+ $2"; then echo "$pid"; fi
  done
}

# What a power loss does to a node: its daemon and everything that ran there is gone at once.
slurm_node_crash() { # DIR FOLDER-OF-MEMBERS
  local pid; pid=$(awk '$1=="slurmd" {p=$2} END {print p}' "$1/pids")
  kill -KILL "$pid" 2>/dev/null
  for pid in $(slurm_job_processes "$1" "$2"); do kill -KILL "$pid" 2>/dev/null; done
  for pid in $(slurm_job_processes "$1" "$2"); do kill -KILL "$pid" 2>/dev/null; done
}

slurm_down() {
  local name pid left
  [ -e "$1/pids" ] || return 0
  timeout 5 scancel --full -u root 2>/dev/null
  for _ in $(seq 25); do [ -z "$(timeout 2 squeue -h -t R,CG 2>/dev/null)" ] && break; sleep 0.2; done
  tac "$1/pids" >"$1/pids.stop"
  while read -r name pid; do slurm_is "$name" "$pid" && kill -TERM "$pid"; done <"$1/pids.stop"
  for _ in $(seq 50); do
    left=0; while read -r name pid; do slurm_is "$name" "$pid" && left=1; done <"$1/pids.stop"
    [ $left = 0 ] && return 0; sleep 0.1
  done
  while read -r name pid; do slurm_is "$name" "$pid" && kill -KILL "$pid"; done <"$1/pids.stop"
}
