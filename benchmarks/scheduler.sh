#!/usr/bin/env bash
# Prints what benchmarks/README.md says of the scheduler: pods a second beside kube-scheduler's, how the cost of an attempt grows with
# the cluster, what an attempt allocates, what its time goes into and how long memory takes. Takes about twelve minutes on a quiet
# machine. Needs benchmarks/target/benchmarks.jar (mvn -DskipTests package) and a java of 25 on the PATH or in JAVA.
# Options go to 'towtank bench scheduler': --workload affinity, --pods 500 …
set -euo pipefail
cd "$(dirname "$0")/.."

java=${JAVA:-java}
if [[ $("$java" -version 2>&1) != *'version "25'* ]]; then
  echo "$java is no JDK 25: set JAVA to the java of one" >&2
  exit 2
fi
jar=benchmarks/target/benchmarks.jar
if [ ! -f "$jar" ]; then
  echo "$jar is not there: mvn -DskipTests package" >&2
  exit 2
fi
results=$(mktemp)
trap 'rm -f "$results" "$results.log"' EXIT

echo "== 5,000 nodes"
./towtank bench scheduler --runs 9 "$@"
echo
echo "== 100,000 nodes"
./towtank bench scheduler --nodes 100000 --runs 5 "$@"
echo
echo "== an attempt, and a pod that goes: nanoseconds and bytes (all workloads, some two minutes)"
if ! "$java" -jar "$jar" AttemptBenchmark -p nodes=5000 -prof gc -rf text -rff "$results" > "$results.log" 2>&1; then
  cat "$results.log" >&2
  exit 1
fi
grep -E '^Benchmark |attempt +|alloc\.rate\.norm' "$results"
echo
echo "== what an attempt's time goes into, at 5,000 and at 100,000 nodes"
for nodes in 5000 100000; do
  "$java" -XX:+UseCompactObjectHeaders -XX:+UseSerialGC -XX:+UseTransparentHugePages -Xmx3g \
    -XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints \
    -cp "$jar" io.towtank.benchmarks.scheduler.AttemptParts "$nodes"
done
echo
echo "== nanoseconds of a load from memory that another waits for"
"$java" -jar "$jar" MemoryLatencyBenchmark 2>&1 | grep -E '^(Benchmark |Memory)'
