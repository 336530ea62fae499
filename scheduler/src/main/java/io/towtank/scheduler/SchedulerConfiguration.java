package io.towtank.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ExtensionPoints;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginSet;
import io.towtank.scheduler.config.ProfileConfiguration;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderConfiguration;
import io.towtank.scheduler.extender.ExtenderTransport;
import io.towtank.validation.FieldPath;
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
 * @param annotateResults whether each decision is written onto its pod, in annotations
 * @param extenders services that are asked about nodes, in this order
 * @param extenderTransport sends requests to them
 * @param catalog the plugins that profiles may name
 */
@RecordBuilder
public record SchedulerConfiguration(
    ImmutableList<ProfileConfiguration> profiles,
    int percentageOfNodesToScore,
    long podInitialBackoffNanos,
    long podMaxBackoffNanos,
    long podMaxInUnschedulablePodsNanos,
    Ties ties,
    boolean annotateResults,
    ImmutableList<ExtenderConfiguration> extenders,
    ExtenderTransport extenderTransport,
    PluginCatalog catalog) {
  /** The API version of configuration files. */
  public static final String API_VERSION = "kubescheduler.config.k8s.io/v1";

  /** The kind of configuration files. */
  public static final String KIND = "KubeSchedulerConfiguration";

  private static final long SECOND = 1_000_000_000L;

  /** What holds where no file says otherwise: all nodes are scored, ties broken by the seed. */
  public static SchedulerConfiguration defaults() {
    return new SchedulerConfiguration(
        ImmutableList.of(ProfileConfiguration.DEFAULT),
        100,
        SECOND,
        10 * SECOND,
        300 * SECOND,
        Ties.RANDOM,
        false,
        ImmutableList.of(),
        ExtenderTransport.NONE,
        PluginCatalog.INSTALLED);
  }

  /** This configuration with other tie breaking. */
  public SchedulerConfiguration withTies(Ties other) {
    return SchedulerConfigurationBuilder.builder(this).ties(other).build();
  }

  /** This configuration with another share of nodes that are scored. */
  public SchedulerConfiguration withPercentageOfNodesToScore(int percentage) {
    return SchedulerConfigurationBuilder.builder(this).percentageOfNodesToScore(percentage).build();
  }

  /**
   * Reads a KubeSchedulerConfiguration. What concerns the process and not its decisions (leader
   * election, metrics …) is read over.
   *
   * @throws io.towtank.scheduler.config.ConfigurationException where something is unknown or wrong
   */
  public static SchedulerConfiguration read(JsonNode document) {
    Arguments top = Arguments.of(FieldPath.ROOT, document);
    top.word("kind", KIND, KIND);
    top.word("apiVersion", API_VERSION, API_VERSION);
    top.allow(
        "profiles",
        "percentageOfNodesToScore",
        "podInitialBackoffSeconds",
        "podMaxBackoffSeconds",
        "extenders",
        "parallelism",
        "leaderElection",
        "clientConnection",
        "enableProfiling",
        "enableContentionProfiling",
        "delayCacheUntilActive");
    SchedulerConfiguration defaults = defaults();
    ImmutableList<ExtenderConfiguration> extenders = extenders(top);
    ImmutableList.Builder<ProfileConfiguration> profiles = ImmutableList.builder();
    Set<String> names = new LinkedHashSet<>();
    for (Arguments profile : top.objects("profiles")) {
      ProfileConfiguration read = profile(profile);
      if (!names.add(read.schedulerName())) {
        throw profile.wrong(
            "schedulerName", "two profiles are named \"" + read.schedulerName() + "\"", null);
      }
      profiles.add(read);
    }
    long initialBackoff = top.number("podInitialBackoffSeconds", 1, 1, Integer.MAX_VALUE);
    long maxBackoff = top.number("podMaxBackoffSeconds", 10, 1, Integer.MAX_VALUE);
    if (maxBackoff < initialBackoff) {
      throw top.wrong(
          "podMaxBackoffSeconds",
          maxBackoff + " is less than podInitialBackoffSeconds, " + initialBackoff,
          null);
    }
    return SchedulerConfigurationBuilder.builder(defaults)
        .profiles(names.isEmpty() ? defaults.profiles : profiles.build())
        .percentageOfNodesToScore(
            (int) top.number("percentageOfNodesToScore", defaults.percentageOfNodesToScore, 0, 100))
        .podInitialBackoffNanos(initialBackoff * SECOND)
        .podMaxBackoffNanos(maxBackoff * SECOND)
        .extenders(extenders)
        .build();
  }

  private static ImmutableList<ExtenderConfiguration> extenders(Arguments top) {
    ImmutableList.Builder<ExtenderConfiguration> extenders = ImmutableList.builder();
    int binders = 0;
    for (Arguments extender : top.objects("extenders")) {
      ExtenderConfiguration read = ExtenderConfiguration.read(extender);
      binders += read.bindVerb().isEmpty() ? 0 : 1;
      if (binders > 1) {
        throw extender.wrong("bindVerb", "only one extender can bind", null);
      }
      extenders.add(read);
    }
    return extenders.build();
  }

  /** The extenders, ready to be asked. */
  ImmutableList<Extender> makeExtenders() {
    return extenders.stream()
        .map(extender -> new Extender(extender, extenderTransport))
        .collect(ImmutableList.toImmutableList());
  }

  /** What node resources need not have, as an extender sees to it. */
  ImmutableSet<String> ignoredResources() {
    return extenders.stream()
        .flatMap(extender -> extender.ignoredByScheduler().stream())
        .collect(ImmutableSet.toImmutableSet());
  }

  private static ProfileConfiguration profile(Arguments profile) {
    profile.allow("schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig");
    Map<String, Arguments> arguments = new LinkedHashMap<>();
    for (Arguments plugin : profile.objects("pluginConfig")) {
      plugin.allow("name", "args");
      if (arguments.put(plugin.text("name"), plugin.object("args")) != null) {
        throw plugin.wrong("name", "\"" + plugin.text("name") + "\" is configured twice", null);
      }
    }
    Integer percentage =
        profile.get("percentageOfNodesToScore") == null
            ? null
            : (int) profile.number("percentageOfNodesToScore", 0, 0, 100);
    return new ProfileConfiguration(
        profile.path(),
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
