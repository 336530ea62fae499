package io.towtank.cli;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Takes the time of scheduling attempts: decision and bookkeeping.
 *
 * @param nodes of the cluster
 * @param pods that are counted in a run
 * @param warmup pods of a run that come before those
 */
record SchedulerBenchmark(int nodes, int pods, int warmup, long seed, Ties ties) {
  // The JVM's compilers work beside what they compile: they are done when for so long nothing got
  // faster.
  private static final long SETTLED_NANOS = 2_000_000_000;
  private static final long MOST_WARMUP_NANOS = 30_000_000_000L;
  private static final double FASTER = 1.02;

  /**
   * One run.
   *
   * @param podsPerSecond by the clock on the wall
   * @param podsPerCpuSecond by this thread's CPU time
   * @param p50Microseconds an attempt
   * @param unschedulable pods for which there was no node
   * @param decisions hash of all rows chosen, in order
   */
  record Result(
      SchedulerWorkload workload,
      double podsPerSecond,
      double podsPerCpuSecond,
      double p50Microseconds,
      double p99Microseconds,
      int unschedulable,
      long decisions) {}

  /** The median of several runs, by pods a second, after as many others as the JVM needs. */
  Result median(SchedulerWorkload workload, int runs) {
    // A single run is there for its decisions.
    if (runs > 1) {
      warmUp(workload);
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      results.add(run(workload));
    }
    results.sort(Comparator.comparingDouble(Result::podsPerSecond));
    return results.get(runs / 2);
  }

  private void warmUp(SchedulerWorkload workload) {
    long started = System.nanoTime();
    long settled = started;
    double best = 0;
    for (long now = started;
        now - settled < SETTLED_NANOS && now - started < MOST_WARMUP_NANOS;
        now = System.nanoTime()) {
      double itsPods = run(workload).podsPerCpuSecond();
      if (itsPods > best * FASTER) {
        best = itsPods;
        settled = System.nanoTime();
      }
    }
  }

  /** One run on a cluster of its own. */
  Result run(SchedulerWorkload workload) {
    OfflineScheduler scheduler =
        new OfflineScheduler(SchedulerConfiguration.defaults().withTies(ties), seed);
    for (int i = 0; i < nodes; i++) {
      scheduler.add(SchedulerWorkload.node(i));
    }
    ImmutableList<Pod> all = workload.pods(warmup + pods);
    long decisions = 0;
    int unschedulable = 0;
    for (int i = 0; i < warmup; i++) {
      decisions = mix(decisions, scheduler.place(all.get(i)));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] nanos = new long[pods];
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long before = start;
    for (int i = 0; i < pods; i++) {
      int row = scheduler.place(all.get(warmup + i));
      decisions = mix(decisions, row);
      unschedulable += row < 0 ? 1 : 0;
      long now = System.nanoTime();
      nanos[i] = now - before;
      before = now;
    }
    long wallNanos = Math.max(1, before - start);
    long cpuNanos = Math.max(1, threads.getCurrentThreadCpuTime() - cpu);
    Arrays.sort(nanos);
    return new Result(
        workload,
        pods * 1e9 / wallNanos,
        pods * 1e9 / cpuNanos,
        nanos[pods / 2] / 1e3,
        nanos[(int) (pods * 99L / 100)] / 1e3,
        unschedulable,
        decisions);
  }

  private static long mix(long hash, int row) {
    // FNV-1a, a row at a time.
    return ((hash == 0 ? 0xcbf29ce484222325L : hash) ^ (row + 1)) * 0x100000001b3L;
  }
}
