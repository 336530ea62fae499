package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.Profile;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.plugins.Registry;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
    ImmutableMap.Builder<String, Profile> profiles = ImmutableMap.builder();
    for (ProfileConfiguration profile : configuration.profiles()) {
      Integer own = profile.percentageOfNodesToScore();
      profiles.put(
          profile.schedulerName(),
          new ProfileFactory(profile, configuration.catalog(), context)
              .create(own == null ? configuration.percentageOfNodesToScore() : own));
    }
    return profiles.build();
  }

  private PluginSet set(String point) {
    return configuration.plugins().getOrDefault(point, PluginSet.NONE);
  }

  private Profile create(int percentageOfNodesToScore) {
    configuration.pluginArguments().forEach(this::checkArguments);
    checkNames(ExtensionPoints.MULTI_POINT);
    ImmutableList<QueueSortPlugin> sorts = at("queueSort", QueueSortPlugin.class);
    if (sorts.size() != 1) {
      throw wrong(
          point("queueSort"),
          "exactly one plugin has to be enabled, and there are " + sorts.size());
    }
    ImmutableList<BindPlugin> binds = at("bind", BindPlugin.class);
    if (binds.isEmpty()) {
      throw wrong(point("bind"), "at least one plugin has to be enabled");
    }
    ImmutableList<Plugin> filters =
        expand("filter", p -> p instanceof FilterPlugin || p instanceof TopologyFilterPlugin)
            .stream()
            .map(entry -> plugin(entry.name()))
            .collect(ImmutableList.toImmutableList());
    ImmutableList<Profile.WeightedScore> scores = scores();
    checkBefore("preFilter", "filter", names(filters.stream()));
    checkBefore("preScore", "score", names(scores.stream().map(Profile.WeightedScore::plugin)));
    return new Profile(
        configuration.schedulerName(),
        percentageOfNodesToScore,
        sorts.getFirst(),
        at("preEnqueue", PreEnqueuePlugin.class),
        filters,
        at("postFilter", PostFilterPlugin.class),
        scores,
        at("reserve", ReservePlugin.class),
        at("permit", PermitPlugin.class),
        at("preBind", PreBindPlugin.class),
        binds,
        at("postBind", PostBindPlugin.class));
  }

  private FieldPath point(String point) {
    return configuration.path().fields("plugins", point);
  }

  private static ConfigurationException wrong(FieldPath path, String problem) {
    return new ConfigurationException(path, problem, null, false);
  }

  private static ImmutableSet<String> names(Stream<Plugin> plugins) {
    return plugins.map(Plugin::name).collect(ImmutableSet.toImmutableSet());
  }

  private void checkArguments(String plugin, Arguments arguments) {
    if (catalog.get(plugin) == null) {
      FieldPath around = arguments.path().parent();
      throw unknown(plugin, (around == null ? arguments.path() : around).field("name"));
    }
    // Wrong arguments are told even where the plugin is not enabled.
    plugin(plugin);
  }

  /**
   * A plugin's rule is one object here, which cannot be had without its preparation: a plugin that
   * is on at one of the two points has to be on at the other.
   */
  private void checkBefore(String before, String point, ImmutableSet<String> enabled) {
    checkNames(before);
    PluginSet set = set(before);
    for (int i = 0; i < set.enabled().size(); i++) {
      String name = set.enabled().get(i).name();
      if (!enabled.contains(name)) {
        throw wrong(
            point(before).field("enabled").item(i).field("name"),
            "plugin \"" + name + "\" is not enabled at " + point + ", for which it would prepare");
      }
    }
    for (int i = 0; i < set.disabled().size(); i++) {
      String name = set.disabled().get(i);
      boolean all = name.equals(PluginSet.ALL);
      for (String other : enabled) {
        if (other.equals(name)
            || (all && set.enabled().stream().noneMatch(e -> e.name().equals(other)))) {
          throw wrong(
              point(before).field("disabled").item(i).field("name"),
              "plugin \""
                  + other
                  + "\" is enabled at "
                  + point
                  + ", which needs what it prepares; disable it there, too");
        }
      }
    }
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

  private ImmutableList<Profile.WeightedScore> scores() {
    return expand("score", p -> p instanceof ScorePlugin || p instanceof TopologyScorePlugin)
        .stream()
        .map(entry ->
            new Profile.WeightedScore(
                plugin(entry.name()), entry.weight() == 0 ? 1 : entry.weight()))
        .collect(ImmutableList.toImmutableList());
  }

  private <P extends Plugin> ImmutableList<P> at(String point, Class<P> type) {
    return expand(point, type::isInstance).stream()
        .map(entry -> type.cast(plugin(entry.name())))
        .collect(ImmutableList.toImmutableList());
  }

  /** First those named at the point and at MultiPoint, then MultiPoint's others, then the rest. */
  private List<PluginSet.Entry> expand(String point, Predicate<Plugin> fits) {
    PluginSet own = set(point);
    checkNames(point);
    for (int i = 0; i < own.enabled().size(); i++) {
      String name = own.enabled().get(i).name();
      if (!fits.test(plugin(name))) {
        throw wrong(
            point(point).field("enabled").item(i).field("name"),
            "plugin \"" + name + "\" has nothing to do at " + point);
      }
    }
    List<PluginSet.Entry> overriding = new ArrayList<>();
    List<PluginSet.Entry> ofMultiPoint = new ArrayList<>();
    if (!own.disabled().contains(PluginSet.ALL)) {
      for (PluginSet.Entry entry : multiPoint.enabled()) {
        if (fits.test(plugin(entry.name())) && !own.disabled().contains(entry.name())) {
          own.enabled().stream()
              .filter(e -> e.name().equals(entry.name()))
              .findFirst()
              .ifPresentOrElse(overriding::add, () -> ofMultiPoint.add(entry));
        }
      }
    }
    List<PluginSet.Entry> all = new ArrayList<>();
    own.enabled().stream().filter(overriding::contains).forEach(all::add);
    all.addAll(ofMultiPoint);
    own.enabled().stream().filter(entry -> !overriding.contains(entry)).forEach(all::add);
    return all;
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
      FieldPath unsaid = configuration.path().field("pluginConfig");
      Arguments arguments =
          configuration.pluginArguments().getOrDefault(name, Arguments.of(unsaid, null));
      made = factory(name, unsaid).create(arguments, context);
      plugins.put(name, made);
    }
    return made;
  }
}
