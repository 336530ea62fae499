package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.ObjectKey;
import io.towtank.autoscaler.ClusterAutoscalerOptions;
import io.towtank.autoscaler.ClusterAutoscalerOptionsBuilder;
import io.towtank.autoscaler.Expander;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.autoscaler.Priorities;
import io.towtank.latency.Distribution;
import io.towtank.latency.Distributions;
import io.towtank.manifest.Cursor;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads {@code clusterAutoscaler}, and the {@code autoscaling} of a node pool. */
final class AutoscalerReader {
  private static final long SECOND = 1_000_000_000L;
  private static final Distribution USUAL_PROVISIONING =
      new Distribution.Uniform(60 * SECOND, 120 * SECOND);
  private static final ImmutableList<String> EXPANDERS =
      Arrays.stream(Expander.values())
          .map(Expander::toString)
          .collect(ImmutableList.toImmutableList());

  private AutoscalerReader() {}

  /**
   * How a pool becomes larger and smaller, null where it does not.
   *
   * @param count how many nodes it has at the start
   */
  static @Nullable NodeGroup group(Cursor autoscaling, String pool, int count) {
    if (!autoscaling.isPresent()) {
      return null;
    }
    Cursor max = autoscaling.required("max");
    int most = (int) Values.whole(max, 0, ClusterReader.MOST_NODES, count);
    Cursor min = autoscaling.field("min");
    int least = (int) Values.whole(min, 0, ClusterReader.MOST_NODES, Math.min(1, most));
    if (max.isPresent() && count > most) {
      max.problem("the pool has " + count + " nodes at the start, more than " + most, null);
    }
    if (least > most) {
      min.problem(least + " is more than the most, " + most, null);
      least = most;
    }
    Cursor price = autoscaling.field("pricePerHour");
    double perHour = price.number(0);
    if (perHour < 0) {
      price.problem(perHour + " is less than 0", null);
      perHour = 0;
    }
    NodeGroup group =
        new NodeGroup(
            pool,
            least,
            most,
            perHour,
            Values.parsed(
                autoscaling.field("provisioning"), Distributions::parse, USUAL_PROVISIONING),
            (int)
                Values.whole(autoscaling.field("stock"), 0, Integer.MAX_VALUE, Integer.MAX_VALUE));
    autoscaling.rejectUnknownFields();
    return group;
  }

  /** The flags. */
  static ClusterAutoscalerOptions options(Cursor flags, Cluster cluster) {
    ClusterAutoscalerOptions base = ClusterAutoscalerOptions.DEFAULT;
    if (!flags.isPresent()) {
      return base;
    }
    if (cluster.nodeGroups().isEmpty()) {
      flags.problem(
          "no node pool can become larger or smaller",
          "give a pool under cluster.nodePools an \"autoscaling\"");
    }
    ClusterAutoscalerOptions options =
        ClusterAutoscalerOptionsBuilder.builder(base)
            .expanders(expanders(flags.field("expanders"), base.expanders()))
            .priorities(priorities(flags.field("priorities")))
            .scanIntervalNanos(Values.period(flags.field("scanInterval"), base.scanIntervalNanos()))
            .newPodScaleUpDelayNanos(
                Values.duration(flags.field("newPodScaleUpDelay"), base.newPodScaleUpDelayNanos()))
            .maxNodesTotal(count(flags, "maxNodesTotal", 0, base.maxNodesTotal()))
            .maxNodesPerScaleUp(count(flags, "maxNodesPerScaleUp", 1, base.maxNodesPerScaleUp()))
            .balanceSimilarNodeGroups(
                flags.field("balanceSimilarNodeGroups").flag(base.balanceSimilarNodeGroups()))
            .maxNodeProvisionNanos(
                Values.duration(flags.field("maxNodeProvisionTime"), base.maxNodeProvisionNanos()))
            .expendablePodsPriorityCutoff(
                (int)
                    Values.whole(
                        flags.field("expendablePodsPriorityCutoff"),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        base.expendablePodsPriorityCutoff()))
            .scaleDownEnabled(flags.field("scaleDownEnabled").flag(base.scaleDownEnabled()))
            .scaleDownUtilizationThreshold(
                share(
                    flags.field("scaleDownUtilizationThreshold"),
                    base.scaleDownUtilizationThreshold()))
            .scaleDownGpuUtilizationThreshold(
                share(
                    flags.field("scaleDownGpuUtilizationThreshold"),
                    base.scaleDownGpuUtilizationThreshold()))
            .scaleDownUnneededNanos(
                Values.duration(
                    flags.field("scaleDownUnneededTime"), base.scaleDownUnneededNanos()))
            .scaleDownUnreadyNanos(
                Values.duration(flags.field("scaleDownUnreadyTime"), base.scaleDownUnreadyNanos()))
            .scaleDownDelayAfterAddNanos(
                Values.duration(
                    flags.field("scaleDownDelayAfterAdd"), base.scaleDownDelayAfterAddNanos()))
            .scaleDownDelayAfterDeleteNanos(
                Values.duration(
                    flags.field("scaleDownDelayAfterDelete"),
                    base.scaleDownDelayAfterDeleteNanos()))
            .scaleDownDelayAfterFailureNanos(
                Values.duration(
                    flags.field("scaleDownDelayAfterFailure"),
                    base.scaleDownDelayAfterFailureNanos()))
            .maxScaleDownParallelism(
                count(flags, "maxScaleDownParallelism", 1, base.maxScaleDownParallelism()))
            .maxDrainParallelism(count(flags, "maxDrainParallelism", 1, base.maxDrainParallelism()))
            .maxGracefulTerminationSeconds(
                Values.duration(
                        flags.field("maxGracefulTermination"),
                        base.maxGracefulTerminationSeconds() * SECOND)
                    / SECOND)
            .maxPodEvictionNanos(
                Values.duration(flags.field("maxPodEvictionTime"), base.maxPodEvictionNanos()))
            .skipNodesWithSystemPods(
                flags.field("skipNodesWithSystemPods").flag(base.skipNodesWithSystemPods()))
            .skipNodesWithLocalStorage(
                flags.field("skipNodesWithLocalStorage").flag(base.skipNodesWithLocalStorage()))
            .skipNodesWithCustomControllerPods(
                flags
                    .field("skipNodesWithCustomControllerPods")
                    .flag(base.skipNodesWithCustomControllerPods()))
            .ignoreDaemonSetsUtilization(
                flags.field("ignoreDaemonSetsUtilization").flag(base.ignoreDaemonSetsUtilization()))
            .ignoreMirrorPodsUtilization(
                flags.field("ignoreMirrorPodsUtilization").flag(base.ignoreMirrorPodsUtilization()))
            .minReplicaCount(count(flags, "minReplicaCount", 0, base.minReplicaCount()))
            .okTotalUnreadyCount(count(flags, "okTotalUnreadyCount", 0, base.okTotalUnreadyCount()))
            .maxTotalUnreadyPercentage(
                count(
                    flags, "maxTotalUnreadyPercentage", 0, (int) base.maxTotalUnreadyPercentage()))
            .build();
    flags.rejectUnknownFields();
    return options;
  }

  /** Complains of an expander that goes by priorities where there are none. */
  static void requirePriorities(Cursor flags, Scenario scenario) {
    ClusterAutoscalerOptions options = scenario.autoscaling();
    if (options.expanders().contains(Expander.PRIORITY)
        && options.priorities().isEmpty()
        && scenario.objects().stream()
            .noneMatch(document -> ObjectKey.of(document.object()).equals(Priorities.KEY))) {
      flags
          .field("expanders")
          .problem(
              "the expander \"priority\" needs priorities",
              "priorities: {10: [\"spot-.*\"]}, or a ConfigMap "
                  + Priorities.KEY.name()
                  + " in kube-system");
    }
  }

  private static int count(Cursor flags, String name, int least, int fallback) {
    return (int) Values.whole(flags.field(name), least, Integer.MAX_VALUE, fallback);
  }

  private static double share(Cursor share, double fallback) {
    double read = share.number(fallback);
    if (read < 0 || read > 1) {
      share.problem(read + " is not from 0 to 1", null);
      return fallback;
    }
    return read;
  }

  private static ImmutableList<Expander> expanders(
      Cursor expanders, ImmutableList<Expander> fallback) {
    if (!expanders.isPresent()) {
      return fallback;
    }
    ImmutableList.Builder<Expander> read = ImmutableList.builder();
    for (Cursor item : expanders.items()) {
      String word = item.word(EXPANDERS, Expander.LEAST_WASTE.toString());
      for (Expander expander : Expander.values()) {
        if (expander.toString().equals(word)) {
          read.add(expander);
        }
      }
    }
    return read.build();
  }

  private static ImmutableSortedMap<Integer, ImmutableList<Pattern>> priorities(Cursor field) {
    ImmutableSortedMap.Builder<Integer, ImmutableList<Pattern>> priorities =
        ImmutableSortedMap.naturalOrder();
    for (Map.Entry<String, Cursor> entry : field.entries().entrySet()) {
      ImmutableList.Builder<Pattern> patterns = ImmutableList.builder();
      for (Cursor item : entry.getValue().items()) {
        Pattern pattern = Values.parsed(item, AutoscalerReader::pattern);
        if (pattern != null) {
          patterns.add(pattern);
        }
      }
      try {
        priorities.put(Integer.valueOf(entry.getKey()), patterns.build());
      } catch (NumberFormatException e) {
        entry.getValue().problem("\"" + entry.getKey() + "\" is no priority", "a whole number");
      }
    }
    return priorities.buildOrThrow();
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no regular expression: " + e.getDescription(), e);
    }
  }
}
