package io.towtank.schema;

import com.google.common.collect.ImmutableList;

/**
 * A kind of objects that the API serves in one version.
 *
 * @param group the API group, empty for the core group
 * @param version as in v1
 * @param kind as in Deployment
 * @param plural as in deployments
 * @param type the name of the objects' type, as in {@code apps/v1.Deployment}
 * @param namespaced whether its objects belong to a namespace
 * @param hasStatus whether status is written apart
 * @param hasScale whether it can be scaled by its scale subresource
 * @param shortNames what kubectl also accepts, as in deploy
 * @param categories groups of kinds that kubectl knows, as in all
 */
public record ApiResource(
    String group,
    String version,
    String kind,
    String plural,
    String type,
    boolean namespaced,
    boolean hasStatus,
    boolean hasScale,
    ImmutableList<String> shortNames,
    ImmutableList<String> categories) {
  /** The group and version as manifests write them, as in {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}
