package io.towtank.scenarios.run;

import com.google.common.base.CaseFormat;
import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Durations;
import io.towtank.api.Quantity;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.ExpectationWatch;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.observe.Quantiles;
import io.towtank.scenarios.observe.ResourceUse;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.traffic.TrafficResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A summary for people: the usual questions, answered in a screenful. */
public final class SummaryText {
  private static final int LABEL_WIDTH = 13;
  private static final int BAR_WIDTH = 24;
  private static final int MOST_REASONS = 5;
  private static final int MOST_TIMELINE_LINES = 12;
  private static final int MOST_ROLLOUTS = 5;
  private static final int MOST_SERVICES = 12;

  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final RunSummary summary;
  private final boolean colours;
  private final boolean verbose;
  private final StringBuilder out = new StringBuilder();

  private SummaryText(RunSummary summary, boolean colours, boolean verbose) {
    this.summary = summary;
    this.colours = colours;
    this.verbose = verbose;
  }

  /**
   * The text, with a line break at its end.
   *
   * @param colours whether to colour it for a terminal
   * @param verbose whether nothing is to be left out
   */
  public static String of(RunSummary summary, boolean colours, boolean verbose) {
    return new SummaryText(summary, colours, verbose).text();
  }

  private String text() {
    title();
    pods();
    startup();
    nodes();
    deployments();
    rollouts();
    tallies("Restarts", summary.restarts());
    tallies("Disruptions", summary.disruptions());
    use();
    recommendations();
    scheduling();
    autoscalers();
    traffic();
    endpoints();
    controllers();
    timeline();
    expectations();
    warnings();
    run();
    return out.toString();
  }

  private void title() {
    String end =
        switch (summary.ending()) {
          case IDLE -> "nothing more to happen";
          case TIME -> "its time was up";
          case CONDITION -> "its end condition held";
          case LIMIT -> "reached its limit";
          case INTERRUPTED -> "interrupted";
        };
    out.append(paint(BOLD, summary.scenario()))
        .append(paint(DIM, " · seed " + summary.seed() + " · "))
        .append(Durations.format(summary.virtualNanos()))
        .append(" of virtual time, ")
        .append(end)
        .append("\n\n");
  }

  private void pods() {
    RunSummary.Pods pods = summary.pods();
    List<String> parts = new ArrayList<>();
    parts.add(
        count(pods.running())
            + " running"
            + (pods.ready() == pods.running() ? "" : " (" + count(pods.ready()) + " ready)"));
    parts.add(pods.pending() == 0 ? "0 pending" : paint(RED, count(pods.pending()) + " pending"));
    if (pods.succeeded() > 0) {
      parts.add(count(pods.succeeded()) + " succeeded");
    }
    if (pods.failed() > 0) {
      parts.add(paint(RED, count(pods.failed()) + " failed"));
    }
    parts.add(count(pods.created()) + " created, " + count(pods.deleted()) + " deleted in all");
    line("Pods", String.join(" · ", parts));
  }

  private void startup() {
    if (summary.toScheduled().count() == 0) {
      return;
    }
    line("Startup", paint(DIM, "from creation to    p50      p90      p99      max"));
    quantiles("scheduled", summary.toScheduled());
    quantiles("started", summary.toStarted());
    quantiles("ready", summary.toReady());
  }

  private void quantiles(String name, Quantiles quantiles) {
    if (quantiles.count() == 0) {
      return;
    }
    StringBuilder row = new StringBuilder(Strings.padEnd("  " + name, 14, ' '));
    for (long nanos :
        new long[] {quantiles.p50(), quantiles.p90(), quantiles.p99(), quantiles.max()}) {
      row.append(Strings.padStart(rounded(nanos), 9, ' '));
    }
    line("", row.toString());
  }

  private void nodes() {
    RunSummary.Nodes nodes = summary.nodes();
    List<String> parts = new ArrayList<>();
    parts.add(count(nodes.total()));
    long notReady = nodes.total() - nodes.ready();
    parts.add(notReady == 0 ? "all ready" : paint(RED, count(notReady) + " not ready"));
    if (nodes.cordoned() > 0) {
      parts.add(count(nodes.cordoned()) + " cordoned");
    }
    Quantiles perNode = summary.podsPerNode();
    parts.add(
        "pods on a node: median "
            + count(perNode.p50())
            + ", most "
            + count(perNode.max())
            + ", none on "
            + count(nodes.empty()));
    line("Nodes", String.join(" · ", parts));
    nodeGroups();
  }

  private void nodeGroups() {
    for (CloudProvider.Use use : summary.nodeGroups().groups()) {
      String cost =
          use.group().pricePerHour() == 0
              ? ""
              : String.format(Locale.ROOT, ", cost %,.2f", use.cost());
      String lost = use.lost() == 0 ? "" : paint(RED, ", " + count(use.lost()) + " never came");
      line(
          "",
          "pool "
              + use.group().name()
              + ": "
              + count(use.machines())
              + ", at most "
              + count(use.peak())
              + " · "
              + count(use.added())
              + " added, "
              + count(use.removed())
              + " removed"
              + lost
              + String.format(Locale.ROOT, " · %,.1f node hours", use.nodeHours())
              + cost);
    }
  }

  private void deployments() {
    RunSummary.Deployments deployments = summary.deployments();
    if (deployments.total() > 0) {
      line(
          "Deployments",
          count(deployments.total())
              + " · "
              + count(deployments.available())
              + " available · "
              + count(deployments.complete())
              + " completely rolled out");
    }
  }

  private void rollouts() {
    if (summary.rollouts().isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    for (Rollout.Outcome outcome : Rollout.Outcome.values()) {
      long number = summary.rollouts(outcome);
      if (number > 0) {
        String text = count(number) + " " + outcome;
        parts.add(outcome == Rollout.Outcome.FAILED ? paint(RED, text) : text);
      }
    }
    Quantiles took = summary.rolloutDurations();
    if (took.count() > 0) {
      parts.add(
          "complete after "
              + (took.count() == 1
                  ? rounded(took.max())
                  : rounded(took.p50()) + " (median), at most " + rounded(took.max())));
    }
    line("Rollouts", String.join(" · ", parts));
    List<Rollout> told =
        summary.rollouts().stream().filter(rollout -> verbose || isNews(rollout)).toList();
    int shown = verbose ? told.size() : Math.min(MOST_ROLLOUTS, told.size());
    for (Rollout rollout : told.subList(0, shown)) {
      line("", rollout(rollout));
    }
    if (shown < told.size()) {
      line("", paint(DIM, "… and " + (told.size() - shown) + " more (-v)"));
    }
  }

  /** Updates where there are few, and whatever did not go well. */
  private boolean isNews(Rollout rollout) {
    return rollout.outcome() != Rollout.Outcome.COMPLETE
        || rollout.deadlineExceeded()
        || (rollout.update()
            && summary.rollouts().stream().filter(Rollout::update).count() <= MOST_ROLLOUTS);
  }

  private String rollout(Rollout rollout) {
    StringBuilder text = new StringBuilder();
    text.append(Strings.padEnd(Durations.format(rollout.beganNanos()), 9, ' '))
        .append(rollout.target());
    if (!rollout.revision().isEmpty()) {
      text.append(" revision ").append(rollout.revision());
    }
    String outcome = rollout.outcome() + " after " + rounded(rollout.nanos());
    text.append(": ")
        .append(rollout.outcome() == Rollout.Outcome.FAILED ? paint(RED, outcome) : outcome);
    if (rollout.deadlineExceeded()) {
      text.append(", beyond its progress deadline");
    }
    if (rollout.update()) {
      text.append(", at least ")
          .append(count(rollout.leastAvailable()))
          .append(" of ")
          .append(count(rollout.pods()))
          .append(" available, at most ")
          .append(count(rollout.mostPods()))
          .append(" pods");
    }
    return text.toString();
  }

  private void use() {
    String label = "Requested";
    int width =
        summary.utilization().stream().mapToInt(use -> use.resource().length()).max().orElse(0);
    for (ResourceUse use : summary.utilization()) {
      ResourceUse.Spread spread = use.perNode();
      line(
          label,
          Strings.padEnd(use.resource(), width, ' ')
              + " "
              + bar(use.mean())
              + Strings.padStart(percent(use.mean()), 7, ' ')
              + " on average, "
              + percent(use.peak())
              + " at most, "
              + percent(use.share())
              + " at the end"
              + (spread.max() == 0
                  ? ""
                  : paint(
                      DIM,
                      " ("
                          + percent(spread.min())
                          + " to "
                          + percent(spread.max())
                          + " of a node)")));
      label = "";
    }
  }

  private void scheduling() {
    RunSummary.Scheduling scheduling = summary.scheduling();
    line(
        "Scheduling",
        count(scheduling.attempts())
            + " attempts · "
            + count(scheduling.scheduled())
            + " found a node · "
            + count(scheduling.unschedulable())
            + " did not"
            + (summary.unschedulableReasons().isEmpty() ? "" : "; nodes were refused for"));
    tallies("", summary.unschedulableReasons());
    scheduling.sampling().forEach(this::sampling);
    arrivals();
    tallies("Waiting", summary.waiting());
  }

  private void sampling(SamplingComparison one) {
    long decisions = one.decisions();
    line(
        "Sampling",
        one.schedulerName()
            + (one.sampled()
                ? " scored samples: "
                : " scored all nodes; by samples, kube-scheduler's default, ")
            + count(one.elsewhere())
            + " of "
            + count(decisions)
            + " pods"
            + (decisions == 0 ? "" : " (" + percent((double) one.elsewhere() / decisions) + ")")
            + (one.sampled() ? " got" : " would have got")
            + " a node that is not among the best of all"
            + (one.notCompared() == 0
                ? ""
                : "; not compared, for extenders took part: " + count(one.notCompared())));
    if (decisions > 0) {
      line(
          "",
          String.format(
                  Locale.ROOT,
                  "%,.1f lower in score on average, %s at p99, %s at most; the best had %,.1f",
                  one.meanLoss(),
                  count(one.loss(0.99)),
                  count(one.loss(1)),
                  one.meanBestScore())
              + " · a sample looked at "
              + count(Math.round(one.meanLookedAt()))
              + " of "
              + count(Math.round(one.meanNodes()))
              + " nodes");
    }
  }

  private void arrivals() {
    ArrivalsOutcome arrivals = summary.arrivals();
    if (arrivals.came() == 0) {
      return;
    }
    line(
        "Arrivals",
        count(arrivals.came())
            + " came · "
            + count(arrivals.placed())
            + " were given a node, "
            + (arrivals.waited() == 0 ? "none" : count(arrivals.waited()))
            + " of them after more than a second · "
            + (arrivals.neverPlaced() == 0
                ? "all got one in the end"
                : paint(RED, count(arrivals.neverPlaced()) + " never got one"))
            + " · longest wait "
            + rounded(arrivals.longestWaitNanos()));
    tallies("", arrivals.reasons());
    for (ArrivalsOutcome.Devices most : arrivals.devices()) {
      long free = most.allocatable() - most.requested();
      line(
          "",
          most.resource()
              + ": at most "
              + count(most.requested())
              + " of "
              + count(most.allocatable())
              + " in use, after "
              + rounded(most.atNanos())
              + (free <= 0
                  ? ", none was free"
                  : ", on "
                      + count(most.nodesInUse())
                      + " nodes with "
                      + count(most.freeOnThem())
                      + " more free ("
                      + percent((double) most.freeOnThem() / free)
                      + " of all that were)"));
    }
  }

  private void tallies(String label, ImmutableList<Tally> tallies) {
    int shown = verbose ? tallies.size() : Math.min(MOST_REASONS, tallies.size());
    for (Tally tally : tallies.subList(0, shown)) {
      line(label, Strings.padStart(count(tally.count()), 9, ' ') + " × " + tally.what());
      label = "";
    }
    if (shown < tallies.size()) {
      line("", paint(DIM, "          and " + (tallies.size() - shown) + " other reasons (-v)"));
    }
  }

  private void controllers() {
    String label = "Controllers";
    for (Map.Entry<String, ? extends Map<String, Long>> entry :
        new TreeMap<>(summary.counters()).entrySet()) {
      String counts =
          entry.getValue().entrySet().stream()
              .filter(count -> count.getValue() != 0)
              .map(count -> count(count.getValue()) + " " + words(count.getKey()))
              .collect(Collectors.joining(", "));
      if (!counts.isEmpty()) {
        line(label, entry.getKey() + ": " + counts);
        label = "";
      }
    }
  }

  /** Those that changed most, for there may be hundreds. */
  private void autoscalers() {
    List<HorizontalScaling.Autoscaler> all = new ArrayList<>(summary.autoscalers());
    all.sort(
        Comparator.comparingLong(
                (HorizontalScaling.Autoscaler one) -> one.scaledUp() + one.scaledDown())
            .reversed());
    String label = "Autoscalers";
    int shown = verbose ? all.size() : Math.min(MOST_SERVICES, all.size());
    for (HorizontalScaling.Autoscaler one : all.subList(0, shown)) {
      line(
          label,
          SummaryJson.name(one.name())
              + ": "
              + (one.least() == one.most()
                  ? count(one.most())
                  : count(one.least()) + " to " + count(one.most()))
              + " replicas · up "
              + count(one.scaledUp())
              + " times, down "
              + count(one.scaledDown())
              + (one.turns() > 1 ? ", turned " + count(one.turns()) + " times" : "")
              + (one.failed() == 0
                  ? ""
                  : paint(RED, " · " + count(one.failed()) + " looks came to nothing")));
      label = "";
    }
    if (shown < all.size()) {
      line("", paint(DIM, "and " + (all.size() - shown) + " other autoscalers (-v)"));
    }
  }

  private void traffic() {
    String label = "Traffic";
    int shown =
        verbose ? summary.traffic().size() : Math.min(MOST_SERVICES, summary.traffic().size());
    for (TrafficResult result : summary.traffic().subList(0, shown)) {
      String errors =
          result.succeeded() == result.requests()
              ? "none failed"
              : paint(RED, percent(result.errorShare()) + " failed");
      line(
          label,
          SummaryJson.name(result.service())
              + ": "
              + count(result.requests())
              + " requests, "
              + errors
              + " · p50 "
              + rounded(Math.round(result.quantileNanos().get(0)))
              + ", p99 "
              + rounded(Math.round(result.quantileNanos().get(2)))
              + destinations(result));
      label = "";
    }
    if (shown < summary.traffic().size()) {
      line("", paint(DIM, "and " + (summary.traffic().size() - shown) + " other services (-v)"));
    }
  }

  /** What containers should request, and what that comes to against what they do request. */
  private void recommendations() {
    List<Recommended> all = summary.recommendations();
    int shown = verbose ? all.size() : Math.min(all.size(), MOST_SERVICES);
    long cpu = 0;
    long memory = 0;
    for (int i = 0; i < all.size(); i++) {
      Recommended one = all.get(i);
      cpu += one.savedMilli("cpu");
      memory += one.savedMilli("memory");
      if (i < shown) {
        List<String> parts = new ArrayList<>();
        one.resources()
            .forEach((resource, amounts) ->
                parts.add(
                    resource
                        + " "
                        + (one.pods() == 0
                            ? ""
                            : amount(resource, amounts.requestsMilli() / one.pods()) + " → ")
                        + amount(resource, amounts.targetMilli())));
        line(
            i == 0 ? "Recommended" : "",
            SummaryJson.name(one.autoscaler().toString())
                + " "
                + one.container()
                + " × "
                + count(one.pods())
                + ": "
                + String.join(", ", parts));
      }
    }
    if (shown < all.size()) {
      line("", "and " + count(all.size() - shown) + " other containers (-v)");
    }
    if (!all.isEmpty()) {
      line(
          "",
          "together "
              + amount("cpu", Math.abs(cpu))
              + (cpu < 0 ? " more" : " less")
              + " CPU and "
              + amount("memory", Math.abs(memory))
              + (memory < 0 ? " more" : " less")
              + " memory requested");
    }
  }

  /** For people: of memory no more digits than help. */
  private static String amount(String resource, long milli) {
    if (!resource.equals("memory")) {
      return Quantity.ofMillis(milli).toString();
    }
    double mebibytes = milli / 1000.0 / (1 << 20);
    return mebibytes < 10_000
        ? String.format(Locale.ROOT, "%,.0fMi", mebibytes)
        : String.format(Locale.ROOT, "%,.1fGi", mebibytes / 1024);
  }

  /** What slices of endpoints saved, or cost, against one Endpoints object for each service. */
  private void endpoints() {
    Map<String, Long> counts = summary.counters().get("endpointslice-controller");
    if (counts == null || counts.getOrDefault("endpointsWritesInstead", 0L) == 0) {
      return;
    }
    long writes =
        counts.getOrDefault("slicesCreated", 0L)
            + counts.getOrDefault("slicesUpdated", 0L)
            + counts.getOrDefault("slicesDeleted", 0L);
    line(
        "Endpoints",
        count(writes)
            + " writes of slices, "
            + bytes(counts.getOrDefault("bytesWritten", 0L))
            + " to each node; as Endpoints it would be "
            + count(counts.getOrDefault("endpointsWritesInstead", 0L))
            + " writes, "
            + bytes(counts.getOrDefault("endpointsBytesInstead", 0L)));
  }

  private static String bytes(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  private static String destinations(TrafficResult result) {
    return result.destinations().entrySet().stream()
        .map(one ->
            " · "
                + one.getKey()
                + " "
                + percent((double) one.getValue() / Math.max(1, result.requests())))
        .collect(Collectors.joining());
  }

  private void timeline() {
    String label = "Timeline";
    int shown =
        verbose
            ? summary.timeline().size()
            : Math.min(MOST_TIMELINE_LINES, summary.timeline().size());
    for (TimelineOutcome outcome : summary.timeline()) {
      if (shown-- <= 0 && outcome.problem().isEmpty()) {
        continue;
      }
      line(
          label,
          Strings.padEnd(Durations.format(outcome.atNanos()), 9, ' ')
              + (outcome.problem().isEmpty() ? outcome.text() : paint(RED, "✗ " + outcome.text())));
      label = "";
    }
    int hidden = summary.timeline().size() - MOST_TIMELINE_LINES;
    if (!verbose && hidden > 0) {
      line("", paint(DIM, "… and " + hidden + " more (-v)"));
    }
  }

  private void expectations() {
    if (summary.expectations().isEmpty()) {
      return;
    }
    long passed = summary.expectations().stream().filter(ExpectationWatch.Outcome::passed).count();
    boolean all = passed == summary.expectations().size();
    line(
        "Expected",
        paint(
            all ? GREEN : RED,
            (all ? "✓ all " : "✗ " + count(passed) + " of ")
                + summary.expectations().size()
                + " came true"));
    for (ExpectationWatch.Outcome outcome : summary.expectations()) {
      if (!outcome.passed()) {
        line("", paint(RED, "✗ " + outcome.expectation().text()));
        String actual = outcome.actual();
        // Some outcomes are sentences: it never came true, the run ended before.
        boolean sentence = actual.startsWith("it ") || actual.startsWith("the run ");
        line("", "    but " + (sentence ? "" : "it was ") + actual);
      } else if (verbose) {
        line(
            "",
            paint(GREEN, "✓ ")
                + outcome.expectation().text()
                + paint(DIM, "  " + outcome.actual()));
      }
    }
  }

  private void warnings() {
    String label = "Note";
    for (String warning : summary.warnings()) {
      line(label, warning);
      label = "";
    }
  }

  private void run() {
    line(
        "Run",
        String.format(Locale.ROOT, "%.1f s", summary.wallNanos() / 1e9)
            + " · "
            + count(summary.events())
            + " events, "
            + count(Math.round(summary.eventsPerSecond()))
            + " a second · "
            + count(Math.round(summary.speedup()))
            + " times as fast as real time");
    line("Digest", summary.digest());
  }

  private void line(String label, String text) {
    out.append(paint(BOLD, Strings.padEnd(label, LABEL_WIDTH, ' '))).append(text).append('\n');
  }

  private String bar(double share) {
    int full = (int) Math.round(Math.clamp(share, 0, 1) * BAR_WIDTH);
    return paint(GREEN, "█".repeat(full)) + paint(DIM, "░".repeat(BAR_WIDTH - full));
  }

  private String paint(String colour, String text) {
    return colours && !text.isBlank() ? colour + text + PLAIN : text;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percent(double share) {
    return String.format(
        Locale.ROOT, share > 0 && share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
  }

  /** A duration to about three digits. */
  private static String rounded(long nanos) {
    long unit = 1;
    while (nanos / unit >= 1000) {
      unit *= 10;
    }
    return Durations.format(
        nanos < 60_000_000_000L
            ? (nanos + unit / 2) / unit * unit
            : (nanos + 500_000_000L) / 1_000_000_000L * 1_000_000_000L);
  }

  /** {@code podsCreated} as {@code pods created}. */
  private static String words(String camelCase) {
    return CaseFormat.LOWER_CAMEL.to(CaseFormat.LOWER_UNDERSCORE, camelCase).replace('_', ' ');
  }
}
