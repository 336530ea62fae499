package io.towtank.cli;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --plugins}, of all commands that read scenarios. */
final class PluginsOption {
  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description =
          "scheduler plugins that a KubeSchedulerConfiguration may name: a jar, or a directory with"
              + " jars or compiled classes; may be given more than once")
  private List<Path> files = new ArrayList<>();

  /** The files, in the order in which they were given. */
  ImmutableList<Path> get() {
    return ImmutableList.copyOf(files);
  }
}
