package io.towtank.benchmarks.api;

import io.towtank.api.Quantity;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Quantities read from text, written and added. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-XX:+UseCompactObjectHeaders")
@State(Scope.Thread)
public class QuantityBenchmark {
  /** The forms of manifests, from short to rare; the last one needs more than 64 bits. */
  @Param({"2", "100m", "64Mi", "1.5Gi", "1e3", "12345678901234567890Ki"})
  String text = "2";

  private final Quantity other = Quantity.ofMillis(1500);

  /** Reads one. */
  @Benchmark
  public Quantity parse() {
    return Quantity.parse(text);
  }

  /** Reads one and writes its canonical form. */
  @Benchmark
  public String canonical() {
    return Quantity.parse(text).toString();
  }

  /** Reads one and adds it to another. */
  @Benchmark
  public Quantity add() {
    return other.add(Quantity.parse(text));
  }
}
