package io.towtank.scheduler.plugins.noderesources;

/** Kinds of resource names (kubernetes: v1helper). */
final class ResourceNames {
  private ResourceNames() {}

  /** Whether the name belongs to a vendor: neither without a domain nor Kubernetes' own. */
  static boolean isExtended(String name) {
    return name.contains("/") && !name.contains("kubernetes.io/") && !name.startsWith("requests.");
  }

  /** Whether only pods that ask for the resource are concerned by it. */
  static boolean isScalar(String name) {
    return isExtended(name)
        || name.startsWith("hugepages-")
        || name.contains("kubernetes.io/")
        || name.startsWith("attachable-volumes-");
  }
}
