package io.towtank.node;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;
import java.util.Map;

/**
 * What kubelets keep from pods of what their nodes have (kubelet: GetNodeAllocatableReservation).
 *
 * @param reserved for Kubernetes itself and for the system, by resource
 * @param eviction the thresholds, of which the hard ones are kept free
 */
public record NodeReservation(ImmutableMap<String, Quantity> reserved, EvictionOptions eviction) {
  private static final String HUGE_PAGES = "hugepages-";

  /** What a node offers to pods of which only its capacity is known. */
  public ImmutableMap<String, Quantity> allocatable(ImmutableMap<String, Quantity> capacity) {
    ImmutableMap.Builder<String, Quantity> allocatable = ImmutableMap.builder();
    for (Map.Entry<String, Quantity> amount : capacity.entrySet()) {
      String resource = amount.getKey();
      Quantity left = amount.getValue().subtract(reserved.getOrDefault(resource, Quantity.ZERO));
      long kept = keptFree(resource, amount.getValue().value());
      if (resource.equals("memory")) {
        for (Map.Entry<String, Quantity> pages : capacity.entrySet()) {
          kept += pages.getKey().startsWith(HUGE_PAGES) ? pages.getValue().value() : 0;
        }
      }
      left = kept == 0 ? left : left.subtract(Quantity.ofBytes(kept));
      allocatable.put(resource, left.sign() < 0 ? Quantity.ZERO : left);
    }
    return allocatable.buildOrThrow();
  }

  /** By hard thresholds (kubelet: cm/node_container_manager.go, hardEvictionReservation). */
  private long keptFree(String resource, long capacity) {
    for (EvictionThreshold threshold : eviction.thresholds()) {
      boolean counts =
          switch (threshold.signal()) {
            case MEMORY_AVAILABLE -> resource.equals("memory");
            case NODEFS_AVAILABLE -> resource.equals("ephemeral-storage");
            default -> false;
          };
      if (counts && threshold.isHard()) {
        return threshold.value().of(capacity);
      }
    }
    return 0;
  }
}
