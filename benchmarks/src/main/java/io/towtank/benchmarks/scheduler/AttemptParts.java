package io.towtank.benchmarks.scheduler;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the time of a scheduling attempt goes into, by part and workload: the JVM's profiler looks
 * every few milliseconds where {@link AttemptBenchmark} is.
 *
 * <p>{@code java -XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints -cp
 * benchmarks/target/benchmarks.jar io.towtank.benchmarks.scheduler.AttemptParts [NODES [SECONDS]]}
 */
public final class AttemptParts {
  private static final String SCHEDULER = "io.towtank.scheduler.";
  private static final String PLUGINS = SCHEDULER + "plugins.";
  private static final int ATTEMPTS = 200;
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A part of an attempt, in the order of an attempt. */
  enum Part {
    /** To know the template, and, of a new one, to work out what its plugins want to know. */
    TEMPLATE("SchedulingCycle.known", "state.ClusterState.info"),
    /** What rules that count pods take in of the rows that changed. */
    COUNTS("plugins.*.catchUp"),
    /** Rows that changed, from class to class. */
    CLASSES("state.TemplateClasses.catchUp"),
    /** Plugins asked about classes that changed; for a new template about all. */
    JUDGING("NodeGroups.judge", "NodeGroups.judgeAll"),
    /** Groups filtered by counts; topology scores, and all that is normalised. */
    NORMALIZING("GroupScores.settle"),
    /** The best class of each group, its nodes, one of them. */
    CHOICE("BestNodes.any"),
    /** The pod noted on its row. */
    BOOKKEEPING("state.ClusterState.assume"),
    /** The way from one to the other. */
    REST;

    private final ImmutableSet<String> methods;

    Part(String... methods) {
      this.methods = ImmutableSet.copyOf(methods);
    }

    /** The methods, with their types, whose calls are of the part. */
    ImmutableSet<String> methods() {
      return methods;
    }

    private boolean has(RecordedFrame frame) {
      String type = frame.getMethod().getType().getName();
      if (methods.isEmpty() || !type.startsWith(SCHEDULER)) {
        return false;
      }
      String method = "." + frame.getMethod().getName();
      return methods.contains(type.substring(SCHEDULER.length()) + method)
          || (type.startsWith(PLUGINS) && methods.contains("plugins.*" + method));
    }

    /** The part that the outermost of some calls is of. */
    static Part of(List<RecordedFrame> frames) {
      for (RecordedFrame frame : frames.reversed()) {
        for (Part part : values()) {
          if (part.has(frame)) {
            return part;
          }
        }
      }
      return REST;
    }
  }

  /**
   * What was measured.
   *
   * @param nanos of an attempt
   * @param shares of each part, 1 together
   */
  record Result(SchedulerWorkload workload, double nanos, Map<Part, Double> shares) {}

  private AttemptParts() {}

  /**
   * Prints a table; the arguments are the number of nodes, 5,000 where there is none, and how many
   * seconds each workload is watched, 8 where there is none.
   */
  public static void main(String[] args) throws IOException {
    int nodes = args.length < 1 ? 5000 : Integer.parseInt(args[0]);
    double seconds = args.length < 2 ? 8 : Double.parseDouble(args[1]);
    System.out.printf(Locale.ROOT, "%-17s %9s", "workload", "ns");
    for (Part part : Part.values()) {
      System.out.print(Strings.padStart(part.name().toLowerCase(Locale.ROOT), 12, ' '));
    }
    System.out.println();
    for (SchedulerWorkload workload : SchedulerWorkload.values()) {
      Result result = measure(workload, nodes, seconds);
      System.out.printf(Locale.ROOT, "%-17s %,9.0f", workload.id(), result.nanos);
      for (Part part : Part.values()) {
        System.out.printf(Locale.ROOT, "%10.0f %%", 100 * result.shares.getOrDefault(part, 0.0));
      }
      System.out.println();
    }
  }

  /**
   * Watches a workload.
   *
   * @param seconds as long, after as long to warm up
   */
  static Result measure(SchedulerWorkload workload, int nodes, double seconds) throws IOException {
    AttemptBenchmark benchmark = new AttemptBenchmark();
    benchmark.workload = workload;
    benchmark.nodes = nodes;
    benchmark.setUp();
    run(benchmark, seconds);
    Path file = Files.createTempFile("attempt", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(5));
      recording.start();
      double nanos = run(benchmark, seconds);
      recording.stop();
      recording.dump(file);
      return result(workload, nanos, RecordingFile.readAllEvents(file));
    } finally {
      Files.delete(file);
    }
  }

  /** CPU time of one that goes and one that comes, in nanoseconds. */
  private static double run(AttemptBenchmark benchmark, double seconds) {
    var threads = ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long attempts = 0;
    while (attempts == 0 || System.nanoTime() - start < seconds * NANOS) {
      for (int i = 0; i < ATTEMPTS; i++) {
        benchmark.attempt();
      }
      attempts += ATTEMPTS;
    }
    return (threads.getCurrentThreadCpuTime() - cpu) / (double) attempts;
  }

  private static Result result(
      SchedulerWorkload workload, double nanosOfBoth, List<RecordedEvent> samples) {
    Map<Part, Integer> counts = new EnumMap<>(Part.class);
    int all = 0;
    int placing = 0;
    for (RecordedEvent sample : samples) {
      List<RecordedFrame> frames =
          sample.getStackTrace() == null ? List.of() : sample.getStackTrace().getFrames();
      int place = first(frames, SCHEDULER + "OfflineScheduler", "place");
      if (place >= 0) {
        counts.merge(Part.of(frames.subList(0, place)), 1, Integer::sum);
        placing++;
      }
      if (first(frames, AttemptBenchmark.class.getName(), "attempt") >= 0) {
        all++;
      }
    }
    Map<Part, Double> shares = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      shares.put(part, counts.getOrDefault(part, 0) / (double) Math.max(1, placing));
    }
    return new Result(workload, nanosOfBoth * placing / Math.max(1, all), shares);
  }

  private static int first(List<RecordedFrame> frames, String type, String method) {
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i).getMethod().getType().getName().equals(type)
          && frames.get(i).getMethod().getName().equals(method)) {
        return i;
      }
    }
    return -1;
  }
}
