#!/usr/bin/env bash
# Prints what benchmarks/README.md says of the scheduler: pods a second beside kube-scheduler's, how the cost of an attempt grows with
# the cluster, and what an attempt allocates. Takes about eight minutes. Needs ./towtank and benchmarks/target/benchmarks.jar
# (mvn -DskipTests package). Options go to 'towtank bench scheduler': --runs 3, --workload affinity …
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== 5,000 nodes"
./towtank bench scheduler --runs 9 "$@"
echo
echo "== 100,000 nodes"
./towtank bench scheduler --nodes 100000 --runs 5 "$@"
echo
echo "== an attempt, and a pod that goes: nanoseconds and bytes"
"${JAVA:-java}" -jar benchmarks/target/benchmarks.jar AttemptBenchmark -p nodes=5000 -prof gc 2>&1 |
  grep -E 'Benchmark|AttemptBenchmark.attempt +|alloc.rate.norm'
