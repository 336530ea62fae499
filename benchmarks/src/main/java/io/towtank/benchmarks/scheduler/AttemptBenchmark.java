package io.towtank.benchmarks.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Scheduling attempts on a cluster that neither fills nor empties: each takes the pod away that has
 * been there longest and places another. So the time is that of an attempt, and of a pod that goes.
 * With {@code -prof gc} it tells what an attempt allocates.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@State(Scope.Thread)
public class AttemptBenchmark {
  private static final int NODES_PER_POD = 5;
  // More than the scheduler remembers, so that a template is new when its turn comes again.
  private static final int TEMPLATES = 20_000;

  @Param({
    "BASIC",
    "ANTIAFFINITY",
    "AFFINITY",
    "PREFANTIAFFINITY",
    "SPREAD",
    "PREFSPREAD",
    "NODEAFFINITY",
    "MIXED",
    "MIXEDREQUESTS"
  })
  SchedulerWorkload workload = SchedulerWorkload.BASIC;

  @Param({"100", "5000", "100000"})
  int nodes;

  private OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
  private ImmutableList<Pod> pods = ImmutableList.of();
  private int running;
  private int last;

  /** Places one pod for every five nodes. */
  @Setup(Level.Trial)
  public void setUp() {
    scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    for (int i = 0; i < nodes; i++) {
      scheduler.add(SchedulerWorkload.node(i));
    }
    running = nodes / NODES_PER_POD;
    boolean sameTemplate =
        workload != SchedulerWorkload.MIXED && workload != SchedulerWorkload.MIXEDREQUESTS;
    pods = workload.pods(sameTemplate ? running + 1 : Math.max(running + 1, TEMPLATES));
    for (int i = 0; i < running; i++) {
      scheduler.place(pods.get(i));
    }
    last = running - 1;
  }

  /** One pod goes, another comes. */
  @Benchmark
  public int attempt() {
    last = last + 1 == pods.size() ? 0 : last + 1;
    int oldest = last - running;
    if (!scheduler.remove(pods.get(oldest < 0 ? oldest + pods.size() : oldest))) {
      throw new IllegalStateException("the pod was not placed");
    }
    int row = scheduler.place(pods.get(last));
    if (row < 0) {
      throw new IllegalStateException("there is no node for the pod");
    }
    return row;
  }
}
