package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.scheduler.Profile;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.plugins.PluginPoints;
import io.towtank.scheduler.plugins.Registry;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes profiles of their configuration (kube-scheduler: frameworkImpl, expandMultiPointPlugins).
 */
public final class ProfileFactory {
  private final ProfileConfiguration configuration;
  private final PluginContext context;
  private final PluginCatalog catalog;
  private final Map<String, Plugin> plugins = new LinkedHashMap<>();
  private final PluginSet multiPoint;
  private final Map<String, ImmutableList<PluginSet.Entry>> enabled = new LinkedHashMap<>();

  private ProfileFactory(
      ProfileConfiguration configuration, PluginCatalog catalog, PluginContext context) {
    this.configuration = configuration;
    this.catalog = catalog;
    this.context = context;
    this.multiPoint = set(ExtensionPoints.MULTI_POINT).over(Registry.DEFAULT_PLUGINS);
  }

  /** All profiles of a configuration, by scheduler name. */
  public static ImmutableMap<String, Profile> create(
      SchedulerConfiguration configuration, PluginContext context) {
    Map<String, Profile> profiles = new LinkedHashMap<>();
    Faults faults = new Faults();
    for (ProfileConfiguration profile : configuration.profiles()) {
      faults.in(() -> {
        Integer own = profile.percentageOfNodesToScore();
        profiles.put(
            profile.schedulerName(),
            new ProfileFactory(profile, configuration.catalog(), context)
                .create(own == null ? configuration.percentageOfNodesToScore() : own));
      });
    }
    faults.throwIfAny();
    ProfileConfiguration first = configuration.profiles().getFirst();
    Iterator<Profile> made = profiles.values().iterator();
    String sort = made.next().queueSort().name();
    for (ProfileConfiguration other : configuration.profiles().subList(1, profiles.size())) {
      checkCommonQueueSort(first, sort, other, made.next().queueSort().name());
    }
    return ImmutableMap.copyOf(profiles);
  }

  /** All profiles' pods wait in one queue (kube-scheduler: validateCommonQueueSort). */
  private static void checkCommonQueueSort(
      ProfileConfiguration first, String sort, ProfileConfiguration other, String otherSort) {
    if (!otherSort.equals(sort)) {
      throw wrong(
          other.path().fields("plugins", "queueSort"),
          "must be the same for all profiles: it is \""
              + otherSort
              + "\" here, and \""
              + sort
              + "\" in "
              + first.path());
    }
    Arguments arguments = first.argumentsOf(sort);
    Arguments otherArguments = other.argumentsOf(sort);
    if (!arguments.saysTheSameAs(otherArguments)) {
      throw wrong(
          otherArguments.path(),
          "the arguments of queueSort's \""
              + sort
              + "\" must be the same for all profiles, and differ from those in "
              + first.path());
    }
  }

  private PluginSet set(String point) {
    return configuration.plugins().getOrDefault(point, PluginSet.NONE);
  }

  private Profile create(int percentageOfNodesToScore) {
    Faults faults = new Faults();
    configuration
        .pluginArguments()
        .forEach((plugin, arguments) -> faults.in(() -> checkArguments(plugin, arguments)));
    ExtensionPoints.NAMES.forEach(point -> faults.in(() -> checkNames(point)));
    faults.throwIfAny();
    for (String point : ExtensionPoints.NAMES) {
      if (!point.equals(ExtensionPoints.MULTI_POINT)) {
        faults.in(() -> enabled.put(point, expand(point)));
      }
    }
    faults.throwIfAny();
    prepare(PluginPoints.PRE_FILTER, PluginPoints.FILTER);
    prepare(PluginPoints.PRE_SCORE, PluginPoints.SCORE);
    checkPreparation();
    ImmutableList<QueueSortPlugin> sorts = at(PluginPoints.QUEUE_SORT, QueueSortPlugin.class);
    if (sorts.size() != 1) {
      throw wrong(
          point(PluginPoints.QUEUE_SORT),
          "exactly one plugin has to be enabled, and there are " + sorts.size());
    }
    ImmutableList<BindPlugin> binds = at(PluginPoints.BIND, BindPlugin.class);
    if (binds.isEmpty()) {
      throw wrong(point(PluginPoints.BIND), "at least one plugin has to be enabled");
    }
    return new Profile(
        configuration.schedulerName(),
        percentageOfNodesToScore,
        sorts.getFirst(),
        at(PluginPoints.PRE_ENQUEUE, PreEnqueuePlugin.class),
        at(PluginPoints.PRE_FILTER, Plugin.class),
        at(PluginPoints.FILTER, Plugin.class),
        at(PluginPoints.POST_FILTER, PostFilterPlugin.class),
        at(PluginPoints.PRE_SCORE, Plugin.class),
        scores(),
        judges(),
        at(PluginPoints.RESERVE, ReservePlugin.class),
        at(PluginPoints.PERMIT, PermitPlugin.class),
        at(PluginPoints.PRE_BIND, PreBindPlugin.class),
        binds,
        at(PluginPoints.POST_BIND, PostBindPlugin.class));
  }

  private FieldPath point(String point) {
    return configuration.path().fields("plugins", point);
  }

  private static ConfigurationException wrong(FieldPath path, String problem) {
    return new ConfigurationException(path, problem, null, false);
  }

  /** kube-scheduler: PluginConfig.DecodeNestedObjects, for the plugins that it knows. */
  private static void checkType(String plugin, Arguments arguments) {
    if (Registry.factories().containsKey(plugin)) {
      String kind = plugin + "Args";
      arguments.word("kind", kind, kind);
      arguments.word(
          "apiVersion", SchedulerConfiguration.API_VERSION, SchedulerConfiguration.API_VERSION);
    }
  }

  private void checkArguments(String plugin, Arguments arguments) {
    if (catalog.get(plugin) == null) {
      FieldPath around = arguments.path().parent();
      throw unknown(plugin, (around == null ? arguments.path() : around).field("name"));
    }
    checkType(plugin, arguments);
    // Wrong arguments are told even where the plugin is not enabled.
    plugin(plugin);
  }

  /**
   * A plugin of a user's that is on at a point is on at the one before, too, where nothing is said
   * against that: its preparation is one method of the same interface.
   */
  private void prepare(String before, String point) {
    PluginSet own = set(before);
    ImmutableList.Builder<PluginSet.Entry> all = ImmutableList.builder();
    all.addAll(enabledAt(before));
    for (PluginSet.Entry entry : enabledAt(point)) {
      if (PluginPoints.isOfUser(plugin(entry.name()))
          && !isEnabled(before, entry.name())
          && !own.disabled().contains(entry.name())
          && !own.disabled().contains(PluginSet.ALL)) {
        all.add(entry);
      }
    }
    enabled.put(before, all.build());
  }

  /**
   * A plugin that reads at a point what it worked out at an earlier one has to be on at both:
   * kube-scheduler would start, and then fail to schedule every pod.
   */
  private void checkPreparation() {
    for (String point : enabled.keySet()) {
      for (PluginSet.Entry entry : enabledAt(point)) {
        String needed = PluginPoints.needs(point, plugin(entry.name()));
        if (needed != null && !isEnabled(needed, entry.name())) {
          throw unprepared(entry.name(), point, needed);
        }
      }
    }
  }

  private ConfigurationException unprepared(String plugin, String point, String needed) {
    String problem =
        "plugin \""
            + plugin
            + "\" is enabled at "
            + point
            + ", which fails for every pod without what it works out at "
            + needed;
    PluginSet earlier = set(needed);
    for (int i = 0; i < earlier.disabled().size(); i++) {
      String name = earlier.disabled().get(i);
      if (name.equals(plugin) || name.equals(PluginSet.ALL)) {
        return new ConfigurationException(
            point(needed).field("disabled").item(i).field("name"),
            problem,
            "disable it at " + point + ", too, or enable it at both",
            false);
      }
    }
    PluginSet own = set(point);
    FieldPath path = point(point);
    for (int i = 0; i < own.enabled().size(); i++) {
      if (own.enabled().get(i).name().equals(plugin)) {
        path = point(point).field("enabled").item(i).field("name");
      }
    }
    return new ConfigurationException(path, problem, "enable it at " + needed + ", too", false);
  }

  private void checkNames(String point) {
    PluginSet set = set(point);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < set.enabled().size(); i++) {
      FieldPath path = point(point).field("enabled").item(i).field("name");
      String name = set.enabled().get(i).name();
      factory(name, path);
      if (!seen.add(name)) {
        throw wrong(path, "plugin \"" + name + "\" is enabled twice");
      }
    }
    for (int i = 0; i < set.disabled().size(); i++) {
      if (!set.disabled().get(i).equals(PluginSet.ALL)) {
        factory(set.disabled().get(i), point(point).field("disabled").item(i).field("name"));
      }
    }
  }

  /** A weight that is 0 or not given is 1 (kube-scheduler: getScoreWeights). */
  private ImmutableList<Profile.WeightedScore> scores() {
    ImmutableList.Builder<Profile.WeightedScore> scores = ImmutableList.builder();
    long most = 0;
    for (PluginSet.Entry entry : enabledAt(PluginPoints.SCORE)) {
      int weight = entry.weight() == 0 ? 1 : entry.weight();
      most += weight * ScorePlugin.MAX_NODE_SCORE;
      Plugin plugin = plugin(entry.name());
      if (PluginPoints.worksAt(PluginPoints.SCORE, plugin)) {
        scores.add(new Profile.WeightedScore(plugin, weight));
      }
    }
    if (most > Integer.MAX_VALUE) {
      throw wrong(
          point(PluginPoints.SCORE),
          "the weights add up to "
              + most / ScorePlugin.MAX_NODE_SCORE
              + ", and more than "
              + Integer.MAX_VALUE / ScorePlugin.MAX_NODE_SCORE
              + " could overflow a node's total score");
    }
    return scores.build();
  }

  /** The plugins of a point that do something there. */
  private <P extends Plugin> ImmutableList<P> at(String point, Class<P> type) {
    ImmutableList.Builder<P> plugins = ImmutableList.builder();
    for (PluginSet.Entry entry : enabledAt(point)) {
      Plugin plugin = plugin(entry.name());
      String without = PluginPoints.isIdleWithout(point, plugin);
      if (PluginPoints.worksAt(point, plugin)
          && (without == null || isEnabled(without, entry.name()))) {
        plugins.add(type.cast(plugin));
      }
    }
    return plugins.build();
  }

  private ImmutableList<Plugin> judges() {
    return Stream.of(PluginPoints.PRE_FILTER, PluginPoints.FILTER, PluginPoints.SCORE)
        .flatMap(point -> at(point, Plugin.class).stream())
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<PluginSet.Entry> enabledAt(String point) {
    return enabled.getOrDefault(point, ImmutableList.of());
  }

  private boolean isEnabled(String point, String plugin) {
    return enabledAt(point).stream().anyMatch(entry -> entry.name().equals(plugin));
  }

  /** First those named at the point and at MultiPoint, then MultiPoint's others, then the rest. */
  private ImmutableList<PluginSet.Entry> expand(String point) {
    PluginSet own = set(point);
    for (int i = 0; i < own.enabled().size(); i++) {
      String name = own.enabled().get(i).name();
      if (!PluginPoints.of(plugin(name)).contains(point)) {
        throw new ConfigurationException(
            point(point).field("enabled").item(i).field("name"),
            "plugin \"" + name + "\" has nothing to do at " + point,
            "it works at " + String.join(", ", PluginPoints.of(plugin(name))),
            true);
      }
    }
    List<PluginSet.Entry> overriding = new ArrayList<>();
    List<PluginSet.Entry> ofMultiPoint = new ArrayList<>();
    if (!own.disabled().contains(PluginSet.ALL)) {
      for (PluginSet.Entry entry : multiPoint.enabled()) {
        if (PluginPoints.of(plugin(entry.name())).contains(point)
            && !own.disabled().contains(entry.name())) {
          own.enabled().stream()
              .filter(e -> e.name().equals(entry.name()))
              .findFirst()
              .ifPresentOrElse(overriding::add, () -> ofMultiPoint.add(entry));
        }
      }
    }
    ImmutableList.Builder<PluginSet.Entry> all = ImmutableList.builder();
    own.enabled().stream().filter(overriding::contains).forEach(all::add);
    all.addAll(ofMultiPoint);
    own.enabled().stream().filter(entry -> !overriding.contains(entry)).forEach(all::add);
    return all.build();
  }

  private PluginFactory factory(String name, FieldPath path) {
    PluginFactory factory = catalog.get(name);
    if (factory == null) {
      throw unknown(name, path);
    }
    return factory;
  }

  private ConfigurationException unknown(String name, FieldPath path) {
    return new ConfigurationException(
        path, "there is no plugin \"" + name + "\"", Arguments.advice(name, catalog.names()), true);
  }

  private Plugin plugin(String name) {
    Plugin made = plugins.get(name);
    if (made == null) {
      Arguments arguments = configuration.argumentsOf(name);
      made = factory(name, arguments.path()).create(arguments, context);
      plugins.put(name, made);
    }
    return made;
  }
}
