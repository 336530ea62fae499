package io.towtank.benchmarks.engine;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Events scheduled and run a second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders"})
@State(Scope.Thread)
public class EventLoopBenchmark {
  private static final int EVENTS = 1000;

  @Param Design design = Design.TOWTANK;

  @Param({"1000", "10000", "1000000"})
  int pending;

  private Load hold = Load.hold(design.create(), 0);
  private Load burst = hold;
  private Load cancel = hold;

  /** Sets all loads up; the one that is measured is in the cache soon. */
  @Setup
  public void setUp() {
    hold = Load.hold(design.create(), pending);
    burst = Load.burst(design.create(), pending);
    cancel = Load.cancel(design.create(), pending);
  }

  /** One event schedules one other at a random delay. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long hold() {
    return hold.run(EVENTS);
  }

  /** Nine of ten events are due at once. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long burst() {
    return burst.run(EVENTS);
  }

  /** One event schedules one other, takes a time-out back and sets it anew. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public long cancel() {
    return cancel.run(EVENTS);
  }
}
