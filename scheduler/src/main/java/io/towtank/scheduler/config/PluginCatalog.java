package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.plugins.Registry;
import io.towtank.validation.FieldPath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that configurations can name: those of kube-scheduler, and those of users, which are
 * services ({@link ServiceLoader}): a {@link Plugin} with a constructor without parameters, or,
 * where it takes arguments or looks at more than a node, a {@link PluginFactory}.
 */
public final class PluginCatalog {
  /** What comes with Towtank or lies on its class path. */
  public static final PluginCatalog INSTALLED = of(PluginCatalog.class.getClassLoader());

  private final ImmutableMap<String, PluginFactory> factories;

  private PluginCatalog(ImmutableMap<String, PluginFactory> factories) {
    this.factories = factories;
  }

  /**
   * All plugins that a class loader finds.
   *
   * @throws ConfigurationException where two have one name
   * @throws java.util.ServiceConfigurationError where a service cannot be loaded
   */
  public static PluginCatalog of(ClassLoader loader) {
    Map<String, PluginFactory> factories = new LinkedHashMap<>(Registry.factories());
    for (PluginFactory factory : ServiceLoader.load(PluginFactory.class, loader)) {
      add(factories, factory);
    }
    for (ServiceLoader.Provider<Plugin> provider :
        ServiceLoader.load(Plugin.class, loader).stream().toList()) {
      add(factories, new WithoutArguments(provider.get().name(), provider));
    }
    return new PluginCatalog(ImmutableMap.copyOf(factories));
  }

  /**
   * These plugins and another.
   *
   * @throws ConfigurationException where there is one of that name
   */
  public PluginCatalog with(PluginFactory factory) {
    Map<String, PluginFactory> more = new LinkedHashMap<>(factories);
    add(more, factory);
    return new PluginCatalog(ImmutableMap.copyOf(more));
  }

  private static void add(Map<String, PluginFactory> factories, PluginFactory factory) {
    if (factories.putIfAbsent(factory.name(), factory) != null) {
      throw new ConfigurationException(
          FieldPath.ROOT, "two plugins are named \"" + factory.name() + "\"", null, true);
    }
  }

  /** Makes plugins that know nothing but pods and nodes. */
  private record WithoutArguments(String name, ServiceLoader.Provider<Plugin> provider)
      implements PluginFactory {
    @Override
    public Plugin create(Arguments arguments, PluginContext context) {
      arguments.allow();
      return provider.get();
    }
  }

  /** How to make a plugin, null where none has the name. */
  @Nullable PluginFactory get(String name) {
    return factories.get(name);
  }

  /** The names of all plugins: first those of kube-scheduler. */
  public ImmutableSet<String> names() {
    return factories.keySet();
  }
}
