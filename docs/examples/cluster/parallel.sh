#!/bin/bash
# A study in parts with GNU parallel, here or on other machines (--sshlogin): parallel numbers the parts from 1.
#   STUDY=study.json PARTS=8 ./parallel.sh
# Run it again after an interruption: finished cells are skipped.
set -euo pipefail
export study=${STUDY:-study.json} results=${RESULTS:-results} parts=${PARTS:-8} more=${MORE:-}
export hardbatch=${HARDBATCH:-npx hardbatch}
seq "$parts" | parallel --halt never -j "${JOBS:-100%}" \
  '$hardbatch compare --study "$study" --shard auto/$parts --threads 1 --out "$results/part-{#}.jsonl" --quiet $more > /dev/null'
