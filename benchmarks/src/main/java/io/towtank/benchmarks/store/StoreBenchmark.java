package io.towtank.benchmarks.store;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.record.RunDigest;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writes of pods a second, with three watchers of pods, which are told of every one, with and
 * without the run's digest. A thousand writes happen at the same virtual time.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders"})
@State(Scope.Thread)
public class StoreBenchmark {
  private static final int WATCHERS = 3;
  private static final int WRITES = 1000;
  private static final long WATCH_DELAY_NANOS = 10_000_000;

  @Param({"1000", "150000"})
  int pods;

  @Param({"false", "true"})
  boolean digesting;

  private Simulation simulation = new Simulation(1, Fleet.START_NANOS);
  private ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private Fleet fleet = new Fleet(store, simulation, 1, 1);
  private RunDigest digest = new RunDigest(simulation);
  private Pod[] running = {};
  private final Pod[] created = new Pod[WRITES];
  private int position;
  private long told;

  /** Has pods run on nodes. */
  @Setup(Level.Trial)
  public void setUp() {
    simulation = new Simulation(1, Fleet.START_NANOS);
    store = new ApiStore(simulation, ImmutableList.of());
    digest = new RunDigest(simulation);
    if (digesting) {
      store.addCommitListener(digest);
    }
    fleet = new Fleet(store, simulation, Math.max(1, pods / 150), Math.max(1, pods / 30));
    for (int i = 0; i < WATCHERS; i++) {
      store.watch(Kinds.POD, WATCH_DELAY_NANOS, new Counter());
    }
    running = new Pod[pods];
    for (int i = 0; i < pods; i++) {
      running[i] = fleet.run(fleet.bind(fleet.create()));
    }
    simulation.run(new StopCondition.Idle());
  }

  /** Pods become ready, and cease to be. */
  @Benchmark
  @OperationsPerInvocation(WRITES)
  public long statusUpdates() {
    for (int i = 0; i < WRITES; i++) {
      // Strides that visit all pods, but not in the order in which they lie in memory.
      position = (position + 7919) % pods;
      running[position] = fleet.flip(running[position], position);
    }
    simulation.run(new StopCondition.Idle());
    return told + digest.value();
  }

  /** Half of the writes create a pod, the others delete it. */
  @Benchmark
  @OperationsPerInvocation(2 * WRITES)
  public long createsAndDeletes() {
    for (int i = 0; i < WRITES; i++) {
      created[i] = fleet.create();
    }
    for (int i = 0; i < WRITES; i++) {
      store.delete(Kinds.POD, "default", created[i].name(), DeleteOptions.DEFAULT);
    }
    simulation.run(new StopCondition.Idle());
    return told + digest.value();
  }

  /** From creation over binding and running to the end: four writes a pod. */
  @Benchmark
  @OperationsPerInvocation(4 * WRITES)
  public long lives() {
    for (int i = 0; i < WRITES; i++) {
      created[i] = fleet.run(fleet.bind(fleet.create()));
    }
    for (int i = 0; i < WRITES; i++) {
      store.delete(Kinds.POD, "default", created[i].name(), DeleteOptions.NOW);
    }
    simulation.run(new StopCondition.Idle());
    return told + digest.value();
  }

  private final class Counter implements WatchListener<Pod> {
    @Override
    public void added(Pod object) {
      told++;
    }

    @Override
    public void modified(Pod previous, Pod object) {
      told++;
    }

    @Override
    public void deleted(Pod last) {
      told++;
    }
  }
}
