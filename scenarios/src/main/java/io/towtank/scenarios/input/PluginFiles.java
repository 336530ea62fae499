package io.towtank.scenarios.input;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.config.PluginCatalog;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;

/** Finds scheduler plugins of users: jars, or directories with jars or compiled classes in them. */
public final class PluginFiles {
  /** The name of the class loader that plugins are from, as stack traces tell it. */
  public static final String LOADER = "scheduler-plugins";

  private static final String HOW =
      "plugins are named in META-INF/services/io.towtank.scheduler.framework.Plugin, or"
          + " …/io.towtank.scheduler.config.PluginFactory where they take arguments";

  private PluginFiles() {}

  /**
   * The plugins that come with Towtank and those of jars and directories.
   *
   * @throws InvalidInputException where one is not there, has no plugin, or cannot be loaded
   */
  public static PluginCatalog load(List<Path> places) {
    PluginCatalog catalog = PluginCatalog.INSTALLED;
    List<URL> urls = new ArrayList<>();
    for (Path place : places) {
      urls.addAll(urls(place));
      int before = catalog.names().size();
      catalog = catalog(place, urls);
      if (catalog.names().size() == before) {
        throw new InvalidInputException(place, "there is no scheduler plugin here; " + HOW);
      }
    }
    return catalog;
  }

  // The loader lives as long as the plugins: to the end of the process.
  @SuppressWarnings("resource")
  private static PluginCatalog catalog(Path place, List<URL> urls) {
    ClassLoader loader =
        new URLClassLoader(LOADER, urls.toArray(URL[]::new), PluginCatalog.class.getClassLoader());
    try {
      return PluginCatalog.of(loader);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new InvalidInputException(place, "a plugin cannot be loaded: " + e.getMessage());
    } catch (ConfigurationException e) {
      throw new InvalidInputException(place, String.valueOf(e.getMessage()));
    }
  }

  private static ImmutableList<URL> urls(Path place) {
    if (!Files.exists(place)) {
      String similar = InputFiles.similar(place);
      throw new InvalidInputException(
          place, "there is no such file or directory" + (similar == null ? "" : "; " + similar));
    }
    ImmutableList.Builder<URL> urls = ImmutableList.builder();
    try {
      urls.add(place.toUri().toURL());
      if (Files.isDirectory(place)) {
        for (Path jar : jars(place)) {
          urls.add(jar.toUri().toURL());
        }
      }
    } catch (MalformedURLException e) {
      throw new InvalidInputException(place, "is no place for plugins: " + e.getMessage());
    }
    return urls.build();
  }

  private static List<Path> jars(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw InvalidInputException.unreadable(directory, e);
    }
  }
}
