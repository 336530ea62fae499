package io.towtank.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version, which the build writes into the jar. */
final class Version implements IVersionProvider {
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"towtank " + text() + " (Kubernetes v1.34)"};
  }
}
