package io.towtank.api;

import com.google.common.collect.ImmutableList;

/**
 * A kind of object as the API names it.
 *
 * @param <T> the type of its objects here
 * @param type the type of its objects here
 * @param group the API group, empty for the core group
 * @param version the version that is stored
 * @param name the kind's name in manifests, as in {@code Deployment}
 * @param plural the resource's name in paths, as in {@code deployments}
 * @param namespaced whether its objects belong to a namespace
 * @param hasStatus whether status is written apart from the rest
 * @param shortNames what kubectl also accepts, as in {@code deploy}
 */
public record Kind<T extends KubeObject>(
    Class<T> type,
    String group,
    String version,
    String name,
    String plural,
    boolean namespaced,
    boolean hasStatus,
    ImmutableList<String> shortNames) {
  /** The group and version as manifests write them, as in {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Two kinds are the same where group and name are; versions are but representations. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Kind<?> kind && name.equals(kind.name) && group.equals(kind.group));
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + group.hashCode();
  }

  @Override
  public String toString() {
    return group.isEmpty() ? name : name + "." + group;
  }
}
