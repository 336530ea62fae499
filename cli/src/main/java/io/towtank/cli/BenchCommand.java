package io.towtank.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Strings;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.workload.SchedulerWorkload;
import io.towtank.validation.DidYouMean;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code towtank bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header = "Measures how fast Towtank is on this machine.",
    description = {"", "Try: @|bold towtank bench scheduler --workload basic|@", ""},
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand implements Runnable {
  private static final int MOST_NODES = 1_000_000;
  private static final int MOST_PODS = 10_000_000;
  private static final String ALL = "all";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new InvalidInputException("towtank bench: say what: scheduler");
  }

  @Command(
      name = "scheduler",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      header = "Measures scheduling decisions, on the workloads of kube-scheduler's benchmark.",
      description = {
        "",
        "A cluster of equal nodes (32 CPU, 256 GiB, 110 pods, one of 10 zones) is given pods (100m"
            + " CPU, 500Mi) one after another. An attempt is the decision, with every node filtered"
            + " and scored, and the bookkeeping; there is no API server. The time of each is"
            + " taken.",
        "",
        "Every run has its own cluster, and its first pods are not counted (--warmup). Before the"
            + " first counted run of several others are made until for two seconds none was faster"
            + " than those before, half a minute at most: by then the JVM has compiled what there"
            + " is to compile. Of several runs the median is printed.",
        "",
        "pods/s is by the clock on the wall. On a machine that has other things to do, look at"
            + " pods a second of CPU time beside it. The decisions have a hash: for the same"
            + " workload, numbers, seed and ties it is the same on every machine, however fast.",
        "",
        "Try these:",
        "  @|bold towtank bench scheduler --list|@",
        "  @|bold towtank bench scheduler|@                                all workloads, as a"
            + " table",
        "  @|bold towtank bench scheduler --workload affinity --nodes 100000|@",
        "  @|bold towtank bench scheduler --workload basic --output json|@",
        ""
      },
      optionListHeading = "%n")
  int scheduler(
      @Option(
              names = "--workload",
              paramLabel = "W",
              defaultValue = ALL,
              completionCandidates = Words.Workloads.class,
              description = "what the pods are like; --list names them (default: all)")
          String workload,
      @Option(
              names = "--nodes",
              paramLabel = "N",
              defaultValue = "5000",
              description = "how many nodes (default: 5000)")
          int nodes,
      @Option(
              names = "--pods",
              paramLabel = "N",
              defaultValue = "2000",
              description = "how many pods are counted in a run (default: 2000)")
          int pods,
      @Option(
              names = "--warmup",
              paramLabel = "N",
              defaultValue = "200",
              description = "how many pods of a run come before those (default: 200)")
          int warmup,
      @Option(
              names = "--runs",
              paramLabel = "N",
              defaultValue = "5",
              description = "how many runs are counted (default: 5)")
          int runs,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "1",
              description = "where chance comes from, which is needed for ties (default: 1)")
          long seed,
      @Option(
              names = "--ties",
              paramLabel = "WHICH",
              defaultValue = "RANDOM",
              completionCandidates = Words.TieBreaks.class,
              description =
                  "which of several best nodes is taken: random or first (default: random, as"
                      + " kube-scheduler does)")
          Ties ties,
      @Option(names = "--list", description = "print what workloads there are, and measure nothing")
          boolean list,
      @Option(
              names = "--output",
              paramLabel = "FORMAT",
              defaultValue = "TEXT",
              description =
                  "how the result is printed: text or json; json is an object for one workload, an"
                      + " array of them for all (default: text)")
          OutputFormat output)
      throws IOException {
    require("--nodes", nodes, 1, MOST_NODES);
    require("--pods", pods, 1, MOST_PODS);
    require("--warmup", warmup, 0, MOST_PODS);
    require("--runs", runs, 1, 1000);
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      printList(out, output);
      return ExitCode.OK;
    }
    List<SchedulerWorkload> chosen = workloads(workload);
    SchedulerBenchmark benchmark = new SchedulerBenchmark(nodes, pods, warmup, seed, ties);
    List<SchedulerBenchmark.Result> results = new ArrayList<>();
    if (output == OutputFormat.TEXT) {
      printHeading(out, nodes, pods);
    }
    for (SchedulerWorkload one : chosen) {
      SchedulerBenchmark.Result result = benchmark.median(one, runs);
      results.add(result);
      if (output == OutputFormat.TEXT) {
        print(out, result);
      }
    }
    if (output == OutputFormat.JSON) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      results.forEach(result -> all.add(json(result, nodes, pods, runs)));
      out.print(Json.text(workload.equals(ALL) ? all : all.get(0)));
    }
    return ExitCode.OK;
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidInputException(
          option + " " + value + " is not from " + least + " to " + most);
    }
  }

  private static List<SchedulerWorkload> workloads(String name) {
    List<SchedulerWorkload> all = Arrays.asList(SchedulerWorkload.values());
    if (name.equals(ALL)) {
      return all;
    }
    List<SchedulerWorkload> named = all.stream().filter(w -> w.id().equals(name)).toList();
    if (named.isEmpty()) {
      List<String> known = new ArrayList<>(all.stream().map(SchedulerWorkload::id).toList());
      known.add(ALL);
      String closest = DidYouMean.closest(name, known);
      throw new InvalidInputException(
          "--workload \""
              + name
              + "\": there is no such workload; "
              + (closest == null ? "" : "did you mean \"" + closest + "\"? ")
              + "known: "
              + String.join(", ", known));
    }
    return named;
  }

  private static void printList(PrintWriter out, OutputFormat output) throws IOException {
    if (output == OutputFormat.JSON) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (SchedulerWorkload workload : SchedulerWorkload.values()) {
        all.addObject().put("name", workload.id()).put("description", workload.description());
      }
      out.print(Json.text(all));
      return;
    }
    for (SchedulerWorkload workload : SchedulerWorkload.values()) {
      out.println(Strings.padEnd(workload.id(), 18, ' ') + workload.description());
    }
  }

  private static void printHeading(PrintWriter out, int nodes, int pods) {
    out.printf(
        Locale.ROOT,
        "%,d nodes, %,d pods a run. kube-scheduler: v1.34.1's own code on 2 cores, without an API"
            + " server,%nlooking for a tenth of 5,000 nodes; bar and aim: all of 5,000 nodes"
            + " scored.%n%n%-17s %10s %10s %8s %8s %15s %7s %8s %8s%n",
        nodes,
        pods,
        "workload",
        "pods/s",
        "pods/CPU-s",
        "p50 µs",
        "p99 µs",
        "kube-scheduler",
        "times",
        "bar",
        "aim");
  }

  private static void print(PrintWriter out, SchedulerBenchmark.Result result) {
    int reference = result.workload().referencePodsPerSecond();
    out.printf(
        Locale.ROOT,
        "%-17s %,10.0f %,10.0f %8.2f %8.2f %15s %7s %8s %8s%n",
        result.workload().id(),
        result.podsPerSecond(),
        result.podsPerCpuSecond(),
        result.p50Microseconds(),
        result.p99Microseconds(),
        orDash(reference),
        orDash(reference == 0 ? 0 : Math.round(result.podsPerSecond() / reference)),
        orDash(result.workload().bar()),
        orDash(result.workload().aim()));
    out.flush();
  }

  private static String orDash(long number) {
    return number == 0 ? "-" : String.format(Locale.ROOT, "%,d", number);
  }

  private static ObjectNode json(SchedulerBenchmark.Result result, int nodes, int pods, int runs) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("workload", result.workload().id())
        .put("nodes", nodes)
        .put("pods", pods)
        .put("podsPerSecond", rounded(result.podsPerSecond()))
        .put("podsPerCpuSecond", rounded(result.podsPerCpuSecond()))
        .put("p50Microseconds", rounded(result.p50Microseconds()))
        .put("p99Microseconds", rounded(result.p99Microseconds()))
        .put("unschedulablePods", result.unschedulable())
        .put("decisions", String.format(Locale.ROOT, "%016x", result.decisions()))
        .put("runs", runs);
    if (result.workload().referencePodsPerSecond() > 0) {
      json.put("referencePodsPerSecond", result.workload().referencePodsPerSecond());
    }
    return json;
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
