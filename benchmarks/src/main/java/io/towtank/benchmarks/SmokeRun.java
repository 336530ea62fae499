package io.towtank.benchmarks;

import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every benchmark once, in this JVM and without warming up, with the first value of each
 * parameter, which therefore is the smallest by convention: it shows that they work, not how fast.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.towtank.benchmarks.SmokeRun [REGEX]}
 */
public final class SmokeRun {
  private SmokeRun() {}

  /** Runs the benchmarks whose names match the argument, or all; says how many there were. */
  public static void main(String[] args) throws RunnerException {
    String regex = args.length == 0 ? ".*" : args[0];
    int ran = 0;
    for (String name : names(regex)) {
      ran += run(name).size();
      System.out.println("ran " + name);
    }
    if (ran == 0) {
      System.err.println("no benchmark matches \"" + regex + "\"");
      System.exit(2);
    }
  }

  /** The names of all benchmarks whose name matches, in order. */
  static Collection<String> names(String regex) {
    Collection<String> names = new TreeSet<>();
    for (BenchmarkListEntry entry : entries(regex)) {
      names.add(entry.getUsername());
    }
    return names;
  }

  /** Runs one benchmark; an error of its own is the cause of what is thrown. */
  static Collection<RunResult> run(String name) throws RunnerException {
    String exactly = "^" + name.replace(".", "\\.") + "$";
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(exactly)
            .mode(org.openjdk.jmh.annotations.Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    for (BenchmarkListEntry entry : entries(exactly)) {
      for (Map.Entry<String, String[]> param :
          entry.getParams().orElse(Map.<String, String[]>of()).entrySet()) {
        if (param.getValue().length > 1) {
          options.param(param.getKey(), param.getValue()[0]);
        }
      }
    }
    return new Runner(options.build()).run();
  }

  private static Collection<BenchmarkListEntry> entries(String regex) {
    return BenchmarkList.defaultList()
        .find(
            OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT),
            java.util.List.of(regex),
            java.util.List.of());
  }
}
