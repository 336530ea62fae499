package io.towtank.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.ExtensionPoints;
import io.towtank.scheduler.config.PluginSet;
import io.towtank.scheduler.config.ProfileConfiguration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The scheduler's configuration (kube-scheduler: KubeSchedulerConfiguration v1).
 *
 * @param percentageOfNodesToScore 100, the default here: all; 0: kube-scheduler's adaptive formula
 * @param podMaxInUnschedulablePodsNanos after how long a pod is tried again that nothing has helped
 * @param ties which of several best nodes is taken
 */
public record SchedulerConfiguration(
    ImmutableList<ProfileConfiguration> profiles,
    int percentageOfNodesToScore,
    long podInitialBackoffNanos,
    long podMaxBackoffNanos,
    long podMaxInUnschedulablePodsNanos,
    Ties ties) {
  private static final long SECOND = 1_000_000_000L;
  private static final String GROUP = "kubescheduler.config.k8s.io/";

  /** What holds where no file says otherwise: all nodes are scored, ties broken by the seed. */
  public static SchedulerConfiguration defaults() {
    return new SchedulerConfiguration(
        ImmutableList.of(ProfileConfiguration.DEFAULT),
        100,
        SECOND,
        10 * SECOND,
        300 * SECOND,
        Ties.RANDOM);
  }

  /** This configuration with other tie breaking. */
  public SchedulerConfiguration withTies(Ties other) {
    return new SchedulerConfiguration(
        profiles,
        percentageOfNodesToScore,
        podInitialBackoffNanos,
        podMaxBackoffNanos,
        podMaxInUnschedulablePodsNanos,
        other);
  }

  /** This configuration with another share of nodes that are scored. */
  public SchedulerConfiguration withPercentageOfNodesToScore(int percentage) {
    return new SchedulerConfiguration(
        profiles,
        percentage,
        podInitialBackoffNanos,
        podMaxBackoffNanos,
        podMaxInUnschedulablePodsNanos,
        ties);
  }

  /**
   * Reads a KubeSchedulerConfiguration. What concerns the process and not its decisions (leader
   * election, metrics …) is read over.
   *
   * @throws ConfigurationException where something is unknown or wrong
   */
  public static SchedulerConfiguration read(JsonNode document) {
    Arguments top = Arguments.of("KubeSchedulerConfiguration", document);
    if (!top.text("kind", "KubeSchedulerConfiguration").equals("KubeSchedulerConfiguration")
        || !top.text("apiVersion", GROUP + "v1").startsWith(GROUP)) {
      throw new ConfigurationException(
          "expected apiVersion "
              + GROUP
              + "v1, kind KubeSchedulerConfiguration; found "
              + top.text("apiVersion", "")
              + ", "
              + top.text("kind", ""));
    }
    top.allow(
        "profiles",
        "percentageOfNodesToScore",
        "podInitialBackoffSeconds",
        "podMaxBackoffSeconds",
        "parallelism",
        "leaderElection",
        "clientConnection",
        "enableProfiling",
        "enableContentionProfiling",
        "delayCacheUntilActive");
    SchedulerConfiguration defaults = defaults();
    ImmutableList.Builder<ProfileConfiguration> profiles = ImmutableList.builder();
    Set<String> names = new LinkedHashSet<>();
    for (Arguments profile : top.objects("profiles")) {
      ProfileConfiguration read = profile(profile);
      if (!names.add(read.schedulerName())) {
        throw new ConfigurationException(
            profile.place() + ": two profiles are named \"" + read.schedulerName() + "\"");
      }
      profiles.add(read);
    }
    return new SchedulerConfiguration(
        names.isEmpty() ? defaults.profiles : profiles.build(),
        (int) top.number("percentageOfNodesToScore", defaults.percentageOfNodesToScore, 0, 100),
        top.number("podInitialBackoffSeconds", 1, 1, Integer.MAX_VALUE) * SECOND,
        top.number("podMaxBackoffSeconds", 10, 1, Integer.MAX_VALUE) * SECOND,
        defaults.podMaxInUnschedulablePodsNanos,
        defaults.ties);
  }

  private static ProfileConfiguration profile(Arguments profile) {
    profile.allow("schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig");
    Map<String, JsonNode> arguments = new LinkedHashMap<>();
    for (Arguments plugin : profile.objects("pluginConfig")) {
      plugin.allow("name", "args");
      JsonNode args = plugin.get("args");
      if (args != null && arguments.put(plugin.text("name"), args) != null) {
        throw new ConfigurationException(
            plugin.place() + ": \"" + plugin.text("name") + "\" is configured twice");
      }
    }
    Integer percentage =
        profile.get("percentageOfNodesToScore") == null
            ? null
            : (int) profile.number("percentageOfNodesToScore", 0, 0, 100);
    return new ProfileConfiguration(
        profile.text("schedulerName", "default-scheduler"),
        percentage,
        plugins(profile.object("plugins")),
        ImmutableMap.copyOf(arguments));
  }

  private static ImmutableMap<String, PluginSet> plugins(Arguments plugins) {
    plugins.allow(ExtensionPoints.NAMES.toArray(String[]::new));
    ImmutableMap.Builder<String, PluginSet> sets = ImmutableMap.builder();
    for (String point : ExtensionPoints.NAMES) {
      Arguments set = plugins.object(point).allow("enabled", "disabled");
      if (!set.isEmpty()) {
        ImmutableList.Builder<PluginSet.Entry> enabled = ImmutableList.builder();
        for (Arguments entry : set.objects("enabled")) {
          entry.allow("name", "weight");
          enabled.add(
              new PluginSet.Entry(
                  entry.text("name"), (int) entry.number("weight", 0, 0, Integer.MAX_VALUE)));
        }
        ImmutableList.Builder<String> disabled = ImmutableList.builder();
        for (Arguments entry : set.objects("disabled")) {
          disabled.add(entry.allow("name", "weight").text("name"));
        }
        sets.put(point, new PluginSet(enabled.build(), disabled.build()));
      }
    }
    return sets.build();
  }
}
