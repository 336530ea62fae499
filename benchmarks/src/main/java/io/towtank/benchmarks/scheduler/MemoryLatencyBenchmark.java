package io.towtank.benchmarks.scheduler;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a load from memory takes that another has to wait for, by how much memory is loaded from
 * at random: what limits attempts on clusters that no cache holds.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:+UseTransparentHugePages"})
@State(Scope.Thread)
public class MemoryLatencyBenchmark {
  private static final int INTS_PER_LINE = 16;

  @Param({"32", "1024", "8192", "32768", "262144"})
  int kilobytes;

  // In the first number of each line, where the next line begins: one cycle through all lines.
  private int[] next = new int[0];
  private int at;

  /** Links the lines in an order that no prefetcher guesses. */
  @Setup
  public void setUp() {
    int lines = kilobytes * 1024 / Integer.BYTES / INTS_PER_LINE;
    int[] order = new int[lines];
    Random random = new Random(1);
    for (int i = 0; i < lines; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    next = new int[lines * INTS_PER_LINE];
    for (int i = 0; i < lines; i++) {
      next[order[i] * INTS_PER_LINE] = order[(i + 1) % lines] * INTS_PER_LINE;
    }
    at = 0;
  }

  /** One load, and the next has to wait for it. */
  @Benchmark
  public int load() {
    at = next[at];
    return at;
  }
}
