package io.towtank.controllers.disruption;

import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pods that a budget selects, counted as they change. */
final class GuardedPods {
  /** An owner of pods, as their references name it, and of how many. */
  static final class Owner {
    private final OwnerReference reference;
    private int pods;

    Owner(OwnerReference reference) {
      this.reference = reference;
    }

    OwnerReference reference() {
      return reference;
    }
  }

  private final Map<String, Pod> byName = new HashMap<>();
  private final Map<Uid, Owner> owners = new LinkedHashMap<>();
  private int healthy;
  private int unmanaged;

  /** Takes in a pod as it is now; whether that changes what is counted. */
  boolean put(Pod pod) {
    Pod previous = byName.put(pod.name(), pod);
    if (previous != null
        && isHealthy(previous) == isHealthy(pod)
        && isEnding(previous) == isEnding(pod)
        && previous.metadata().ownerReferences().equals(pod.metadata().ownerReferences())) {
      return false;
    }
    if (previous != null) {
      count(previous, -1);
    }
    count(pod, 1);
    return true;
  }

  /** Forgets a pod; whether it was known. */
  boolean remove(String name) {
    Pod previous = byName.remove(name);
    if (previous != null) {
      count(previous, -1);
    }
    return previous != null;
  }

  private void count(Pod pod, int change) {
    healthy += isHealthy(pod) ? change : 0;
    OwnerReference reference = ControllerRefs.of(pod.metadata());
    if (reference == null) {
      unmanaged += change;
      return;
    }
    Owner owner = owners.computeIfAbsent(reference.uid(), uid -> new Owner(reference));
    owner.pods += change;
    if (owner.pods == 0) {
      owners.remove(reference.uid());
    }
  }

  static boolean isEnding(Pod pod) {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  static boolean isHealthy(Pod pod) {
    return !isEnding(pod) && pod.isReady();
  }

  @Nullable Pod get(String name) {
    return byName.get(name);
  }

  int size() {
    return byName.size();
  }

  /** How many are ready and not being deleted. */
  int healthy() {
    return healthy;
  }

  /** How many have no controller. */
  int unmanaged() {
    return unmanaged;
  }

  Collection<Owner> owners() {
    return Collections.unmodifiableCollection(owners.values());
  }
}
