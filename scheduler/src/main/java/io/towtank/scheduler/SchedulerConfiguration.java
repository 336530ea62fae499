package io.towtank.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ObjectArrays;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.latency.ClientLimits;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.ConfigurationNote;
import io.towtank.scheduler.config.ExtensionPoints;
import io.towtank.scheduler.config.Faults;
import io.towtank.scheduler.config.PluginCatalog;
import io.towtank.scheduler.config.PluginSet;
import io.towtank.scheduler.config.ProcessFields;
import io.towtank.scheduler.config.ProfileConfiguration;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.extender.ExtenderConfiguration;
import io.towtank.scheduler.extender.ExtenderTransport;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's configuration (kube-scheduler: KubeSchedulerConfiguration v1).
 *
 * @param percentageOfNodesToScore 100, the default here: all; 0: kube-scheduler's adaptive formula
 * @param podMaxInUnschedulablePodsNanos after how long a pod is tried again that nothing has helped
 * @param ties which of several best nodes is taken
 * @param compareSampling whether decisions are made the other way too, from a sample of nodes or
 *     from all, and compared
 * @param annotateResults whether each decision is written onto its pod, in annotations
 * @param extenders services that are asked about nodes, in this order
 * @param extenderTransport sends requests to them
 * @param clientLimits how many requests the scheduler may send ({@code clientConnection}); null for
 *     those of the latency profile
 * @param notes what authors should know
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
    boolean compareSampling,
    boolean annotateResults,
    ImmutableList<ExtenderConfiguration> extenders,
    ExtenderTransport extenderTransport,
    @Nullable ClientLimits clientLimits,
    ImmutableList<ConfigurationNote> notes,
    PluginCatalog catalog) {
  /** The API version of configuration files. */
  public static final String API_VERSION = "kubescheduler.config.k8s.io/v1";

  /** The kind of configuration files. */
  public static final String KIND = "KubeSchedulerConfiguration";

  private static final String GROUP = "kubescheduler.config.k8s.io/";

  /** Since when versions are gone; empty for long since. */
  private static final ImmutableMap<String, String> GONE_VERSIONS =
      ImmutableMap.of(
          GROUP + "v1alpha1", "1.19",
          GROUP + "v1alpha2", "",
          GROUP + "v1beta1", "1.23",
          GROUP + "v1beta2", "1.28",
          GROUP + "v1beta3", "1.29");

  private static final String OTHER_WEIGHTS =
      "; where no weights are given, there TaintToleration has 3, and NodeAffinity,"
          + " PodTopologySpread and InterPodAffinity have 2";

  /** What else a file of a version that is gone means in that of today. */
  private static final ImmutableMap<String, String> VERSION_CHANGES =
      ImmutableMap.of(
          GROUP + "v1beta1", OTHER_WEIGHTS,
          GROUP + "v1beta2", OTHER_WEIGHTS,
          GROUP + "v1beta3", ", which has the same fields");

  private static final String DEFAULT_NAME = "default-scheduler";
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
        false,
        ImmutableList.of(),
        ExtenderTransport.NONE,
        null,
        ImmutableList.of(),
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
   * election, profiling …) is checked, and told as a note.
   *
   * @throws io.towtank.scheduler.config.ConfigurationException where something is unknown or wrong
   */
  public static SchedulerConfiguration read(JsonNode document) {
    Arguments top = Arguments.of(FieldPath.ROOT, document);
    top.word("kind", KIND, KIND);
    checkVersion(top);
    top.allow(
        ObjectArrays.concat(
            new String[] {
              "profiles",
              "percentageOfNodesToScore",
              "podInitialBackoffSeconds",
              "podMaxBackoffSeconds",
              "extenders"
            },
            ProcessFields.names(),
            String.class));
    SchedulerConfiguration defaults = defaults();
    List<ConfigurationNote> notes = new ArrayList<>();
    Faults faults = new Faults();
    SchedulerConfigurationBuilder read = SchedulerConfigurationBuilder.builder(defaults);
    faults.in(() -> read.clientLimits(new ProcessFields(top, notes).read()));
    faults.in(() ->
        read.percentageOfNodesToScore(
            (int)
                top.number("percentageOfNodesToScore", defaults.percentageOfNodesToScore, 0, 100)));
    faults.in(() -> backoff(top, read));
    faults.in(() -> read.extenders(extenders(top, notes)));
    faults.in(() -> read.profiles(profiles(top, defaults)));
    faults.throwIfAny();
    return read.notes(ImmutableList.copyOf(notes)).build();
  }

  /** kube-scheduler 1.34 knows one version; those before are named, for their files are about. */
  private static void checkVersion(Arguments top) {
    String version = top.text("apiVersion", API_VERSION);
    String gone = GONE_VERSIONS.get(version);
    if (gone != null) {
      throw top.wrong(
          "apiVersion",
          version + " is gone" + (gone.isEmpty() ? "" : " since Kubernetes " + gone),
          "write " + API_VERSION + VERSION_CHANGES.getOrDefault(version, ""));
    }
    top.word("apiVersion", API_VERSION, API_VERSION);
  }

  private static void backoff(Arguments top, SchedulerConfigurationBuilder read) {
    long initial = top.number("podInitialBackoffSeconds", 1, 1, Integer.MAX_VALUE);
    long max = top.number("podMaxBackoffSeconds", 10, 1, Integer.MAX_VALUE);
    if (max < initial) {
      throw top.wrong(
          "podMaxBackoffSeconds", max + " is less than podInitialBackoffSeconds, " + initial, null);
    }
    read.podInitialBackoffNanos(initial * SECOND).podMaxBackoffNanos(max * SECOND);
  }

  private static ImmutableList<ProfileConfiguration> profiles(
      Arguments top, SchedulerConfiguration defaults) {
    ImmutableList.Builder<ProfileConfiguration> profiles = ImmutableList.builder();
    Set<String> names = new LinkedHashSet<>();
    ImmutableList<Arguments> given = top.objects("profiles");
    Faults faults = new Faults();
    for (Arguments profile : given) {
      faults.in(() -> {
        ProfileConfiguration read = profile(profile, given.size() == 1);
        if (!names.add(read.schedulerName())) {
          throw profile.wrong(
              "schedulerName", "two profiles are named \"" + read.schedulerName() + "\"", null);
        }
        profiles.add(read);
      });
    }
    faults.throwIfAny();
    return given.isEmpty() ? defaults.profiles : profiles.build();
  }

  /** kube-scheduler: validateExtenders. */
  private static ImmutableList<ExtenderConfiguration> extenders(
      Arguments top, List<ConfigurationNote> notes) {
    ImmutableList.Builder<ExtenderConfiguration> extenders = ImmutableList.builder();
    Set<String> managed = new LinkedHashSet<>();
    Set<String> binders = new LinkedHashSet<>();
    Faults faults = new Faults();
    for (Arguments extender : top.objects("extenders")) {
      faults.in(() -> {
        ExtenderConfiguration read = ExtenderConfiguration.read(extender, managed, notes);
        if (!read.bindVerb().isEmpty()) {
          binders.add(extender.path().toString());
          if (binders.size() > 1) {
            throw extender.wrong("bindVerb", "only one extender can bind", null);
          }
        }
        extenders.add(read);
      });
    }
    faults.throwIfAny();
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

  private static ProfileConfiguration profile(Arguments profile, boolean alone) {
    if (profile.get("schedulerName") == null && !alone) {
      throw new ConfigurationException(
          profile.path(),
          "\"schedulerName\" is missing",
          "where there are several profiles, each has a name of its own",
          false);
    }
    if (profile.text("schedulerName", DEFAULT_NAME).isEmpty()) {
      throw profile.wrong("schedulerName", "must not be empty", null);
    }
    profile.allow("schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig");
    Map<String, Arguments> arguments = new LinkedHashMap<>();
    Faults faults = new Faults();
    for (Arguments plugin : profile.objects("pluginConfig")) {
      faults.in(() -> {
        plugin.allow("name", "args");
        if (arguments.put(plugin.text("name"), plugin.object("args")) != null) {
          throw plugin.wrong("name", "\"" + plugin.text("name") + "\" is configured twice", null);
        }
      });
    }
    faults.throwIfAny();
    Integer percentage =
        profile.get("percentageOfNodesToScore") == null
            ? null
            : (int) profile.number("percentageOfNodesToScore", 0, 0, 100);
    return new ProfileConfiguration(
        profile.path(),
        profile.text("schedulerName", DEFAULT_NAME),
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
