#!/bin/bash
# A Slurm of one node in a folder of its own, as root and without systemd: starts the daemons, runs a command, ends them.
#   slurm.sh FOLDER COMMAND...
# A requeued task waits as long as credentials last, and the scheduler looks as often as it is told to: seconds here.
set -euo pipefail
folder=$1; shift
mkdir -p "$folder"/{state,spool} /run/munge
chown munge: /run/munge
host=$(hostname -s)
cat > "$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=cred_expire=10
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobRequeue=1
KillWait=2
MessageTimeout=60
MpiDefault=none
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
MinJobAge=300
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$folder/slurm.conf"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait || true
}
trap finish EXIT
if [ ! -S /run/munge/munge.socket.2 ] || ! munge -n > /dev/null 2>&1; then
  rm -f /run/munge/munge.socket.2*
  setpriv --reuid munge --regid munge --clear-groups /usr/sbin/munged --foreground > /dev/null 2>&1 & pids+=($!)
fi
for _ in $(seq 600); do munge -n > /dev/null 2>&1 && break; sleep 0.2; done
slurmctld -D -i > /dev/null 2>&1 & pids+=($!)
slurmd -D > /dev/null 2>&1 & pids+=($!)
for _ in $(seq 600); do sinfo -h -o %T 2> /dev/null | grep -q idle && break; sleep 0.2; done
sinfo -h -o %T | grep -q idle || { tail -5 "$folder"/*.log >&2; exit 1; }
"$@"
