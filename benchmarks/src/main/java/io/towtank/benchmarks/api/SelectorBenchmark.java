package io.towtank.benchmarks.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Selector;
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

/** Label selectors read from text, and asked which pods match. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-XX:+UseCompactObjectHeaders")
@State(Scope.Thread)
public class SelectorBenchmark {
  private static final int PODS = 64;

  /** What services and workloads have, and what affinity terms have. */
  @Param({"app=web", "app=web,tier=front,track=stable", "app in (api,db,web),!canary,generation>2"})
  String text = "app=web";

  private Selector selector = Selector.everything();
  private ImmutableList<ImmutableMap<String, String>> pods = ImmutableList.of();

  /** Half of the pods match. */
  @Setup
  public void setUp() {
    selector = Selector.parse(text);
    pods = pods();
  }

  private static ImmutableList<ImmutableMap<String, String>> pods() {
    ImmutableList.Builder<ImmutableMap<String, String>> pods = ImmutableList.builder();
    for (int i = 0; i < PODS; i++) {
      pods.add(
          ImmutableMap.of(
              "app", i % 2 == 0 ? "web" : "batch",
              "tier", "front",
              "track", "stable",
              "generation", "3",
              "pod-template-hash", "hash" + i));
    }
    return pods.build();
  }

  /** Asks of one pod after the other. */
  @Benchmark
  @OperationsPerInvocation(PODS)
  public int matches() {
    int matching = 0;
    for (ImmutableMap<String, String> labels : pods) {
      if (selector.matches(labels)) {
        matching++;
      }
    }
    return matching;
  }

  /** Reads one. */
  @Benchmark
  public Selector parse() {
    return Selector.parse(text);
  }
}
