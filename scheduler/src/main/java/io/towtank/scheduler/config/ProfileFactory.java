package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes profiles of their configuration (kube-scheduler: frameworkImpl, expandMultiPointPlugins).
 */
public final class ProfileFactory {
  private final ProfileConfiguration configuration;
  private final PluginContext context;
  private final Map<String, PluginFactory> factories;
  private final Map<String, Plugin> plugins = new LinkedHashMap<>();
  private final PluginSet multiPoint;

  private ProfileFactory(ProfileConfiguration configuration, PluginContext context) {
    this.configuration = configuration;
    this.context = context;
    this.factories = Registry.factories();
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
          new ProfileFactory(profile, context)
              .create(own == null ? configuration.percentageOfNodesToScore() : own));
    }
    return profiles.build();
  }

  private PluginSet set(String point) {
    return configuration.plugins().getOrDefault(point, PluginSet.NONE);
  }

  private Profile create(int percentageOfNodesToScore) {
    for (String name : configuration.pluginArguments().keySet()) {
      factory(name, "pluginConfig");
    }
    ImmutableList<QueueSortPlugin> sorts = at("queueSort", QueueSortPlugin.class);
    if (sorts.size() != 1) {
      throw new ConfigurationException(
          place() + ": exactly one queueSort plugin has to be enabled, found " + sorts.size());
    }
    ImmutableList<BindPlugin> binds = at("bind", BindPlugin.class);
    if (binds.isEmpty()) {
      throw new ConfigurationException(place() + ": at least one bind plugin has to be enabled");
    }
    return new Profile(
        configuration.schedulerName(),
        percentageOfNodesToScore,
        sorts.getFirst(),
        at("preEnqueue", PreEnqueuePlugin.class),
        expand("filter", p -> p instanceof FilterPlugin || p instanceof TopologyFilterPlugin)
            .stream()
            .map(entry -> plugin(entry.name()))
            .collect(ImmutableList.toImmutableList()),
        at("postFilter", PostFilterPlugin.class),
        scores(),
        at("reserve", ReservePlugin.class),
        at("permit", PermitPlugin.class),
        at("preBind", PreBindPlugin.class),
        binds,
        at("postBind", PostBindPlugin.class));
  }

  private String place() {
    return "profile \"" + configuration.schedulerName() + "\"";
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
    for (PluginSet.Entry entry : own.enabled()) {
      if (!fits.test(plugin(entry.name()))) {
        throw new ConfigurationException(
            place() + ": plugin \"" + entry.name() + "\" has nothing to do at " + point);
      }
    }
    for (String name : own.disabled()) {
      if (!name.equals(PluginSet.ALL)) {
        factory(name, point + ".disabled");
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

  private PluginFactory factory(String name, String where) {
    PluginFactory factory = factories.get(name);
    if (factory == null) {
      throw new ConfigurationException(
          place()
              + ", "
              + where
              + ": unknown plugin \""
              + name
              + "\"; there are "
              + String.join(", ", factories.keySet()));
    }
    return factory;
  }

  private Plugin plugin(String name) {
    Plugin made = plugins.get(name);
    if (made == null) {
      made =
          factory(name, "plugins")
              .create(
                  Arguments.of(
                      place() + ", arguments of " + name,
                      configuration.pluginArguments().get(name)),
                  context);
      plugins.put(name, made);
    }
    return made;
  }
}
