package io.towtank.scheduler;

import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pods that made room for themselves on a node and wait for it to be free (kube-scheduler:
 * PodNominator). Less important pods must leave that room alone.
 */
public final class PodNominator {
  private record Nomination(Pod pod, String nodeName) {}

  private final Map<ObjectKey, Nomination> byPod = new HashMap<>();
  private final Map<String, Map<ObjectKey, Pod>> byNode = new LinkedHashMap<>();

  /** No nominations. */
  public PodNominator() {}

  /** Nominates a pod, or takes its nomination back where the name is empty. */
  public void nominate(Pod pod, @Nullable String nodeName) {
    remove(ObjectKey.of(pod));
    if (nodeName != null && !nodeName.isEmpty()) {
      byPod.put(ObjectKey.of(pod), new Nomination(pod, nodeName));
      byNode.computeIfAbsent(nodeName, n -> new LinkedHashMap<>()).put(ObjectKey.of(pod), pod);
    }
  }

  /** The pod was bound or is gone. */
  public void remove(ObjectKey pod) {
    Nomination nomination = byPod.remove(pod);
    if (nomination != null) {
      Map<ObjectKey, Pod> pods = byNode.get(nomination.nodeName);
      if (pods != null) {
        pods.remove(pod);
        if (pods.isEmpty()) {
          byNode.remove(nomination.nodeName);
        }
      }
    }
  }

  /** The node for which a pod is nominated, null for none. */
  public @Nullable String nodeOf(ObjectKey pod) {
    Nomination nomination = byPod.get(pod);
    return nomination == null ? null : nomination.nodeName;
  }

  /** The nodes that pods are nominated for, in order of nomination. */
  Collection<String> nodes() {
    return byNode.keySet();
  }

  /** The pods that are nominated for a node, in order of nomination. */
  public Collection<Pod> podsOf(String nodeName) {
    return byNode.getOrDefault(nodeName, Map.of()).values();
  }

  /** Whether there are none. */
  boolean isEmpty() {
    return byPod.isEmpty();
  }
}
