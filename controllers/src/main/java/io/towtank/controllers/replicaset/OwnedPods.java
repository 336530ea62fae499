package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.LabelSelector;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.Pods;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The active pods that refer to a ReplicaSet as their controller, counted as they change: a change
 * of one pod costs the same whatever the number of the others.
 *
 * <p>Pods may be known before their set is; they are counted once it is.
 */
final class OwnedPods {
  private static final long SECOND = 1_000_000_000L;

  private final Map<String, Pod> selected = new HashMap<>();
  private final Map<String, Pod> unselected = new LinkedHashMap<>();

  private @Nullable LabelSelector selectorAsWritten;
  private Selector selector = Selector.of(null);
  private ImmutableMap<String, String> templateLabels = ImmutableMap.of();
  private boolean templateSelected;
  private int minReadySeconds;

  private int fullyLabeled;
  private int ready;
  private int available;
  // How many ready pods there are by the second since when; only those not yet available, and only
  // where minReadySeconds says that the time matters.
  private final TreeMap<Long, Integer> maturing = new TreeMap<>();
  private long maturedNanos = Timestamps.NONE;

  /** Takes over what the set says of its pods; counts anew where that has changed. */
  @SuppressWarnings("ReferenceEquality")
  void configure(ReplicaSet replicaSet) {
    LabelSelector newSelector = replicaSet.spec().selector();
    PodTemplateSpec template = replicaSet.spec().template();
    ImmutableMap<String, String> newLabels =
        template == null ? ImmutableMap.of() : template.metadata().labels();
    int newMinReadySeconds = ReplicaSetSync.minReadySeconds(replicaSet);
    if (newSelector.equals(selectorAsWritten)
        && newLabels == templateLabels
        && newMinReadySeconds == minReadySeconds) {
      return;
    }
    List<Pod> pods = new ArrayList<>(selected.values());
    pods.addAll(unselected.values());
    selected.clear();
    unselected.clear();
    fullyLabeled = 0;
    ready = 0;
    available = 0;
    maturing.clear();
    selectorAsWritten = newSelector;
    selector = Selector.of(newSelector);
    templateLabels = newLabels;
    templateSelected = selector.matches(newLabels);
    minReadySeconds = newMinReadySeconds;
    pods.forEach(this::put);
  }

  /** Takes in a pod as it is now. */
  void put(Pod pod) {
    if (!Pods.isActive(pod)) {
      remove(pod.name());
      return;
    }
    if (!selects(pod)) {
      remove(pod.name());
      unselected.put(pod.name(), pod);
      return;
    }
    if (!unselected.isEmpty()) {
      unselected.remove(pod.name());
    }
    Pod previous = selected.put(pod.name(), pod);
    if (previous != null) {
      count(previous, -1);
    }
    count(pod, 1);
  }

  /** Forgets a pod. */
  void remove(String name) {
    Pod previous = selected.remove(name);
    if (previous != null) {
      count(previous, -1);
    } else if (!unselected.isEmpty()) {
      unselected.remove(name);
    }
  }

  private void count(Pod pod, int change) {
    if (PodCounts.bearsAll(pod, templateLabels)) {
      fullyLabeled += change;
    }
    PodCondition condition = Pods.ready(pod);
    if (condition == null) {
      return;
    }
    ready += change;
    if (minReadySeconds == 0) {
      available += change;
    } else if (condition.lastTransitionTime() != Timestamps.NONE) {
      if (availableNanos(condition.lastTransitionTime()) < maturedNanos) {
        available += change;
      } else {
        maturing.merge(condition.lastTransitionTime(), change, OwnedPods::sumOrNone);
      }
    }
  }

  private static @Nullable Integer sumOrNone(Integer a, Integer b) {
    return a + b == 0 ? null : a + b;
  }

  private long availableNanos(long readyNanos) {
    return readyNanos + minReadySeconds * SECOND;
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean selects(Pod pod) {
    ImmutableMap<String, String> labels = pod.metadata().labels();
    return labels == templateLabels
        ? templateSelected
        : selectorAsWritten == null || selector.matches(labels);
  }

  /** The counts at a time, in nanoseconds since 1970; times must not decrease. */
  PodCounts counts(long nowNanos) {
    if (minReadySeconds > 0) {
      while (!maturing.isEmpty() && availableNanos(maturing.firstKey()) < nowNanos) {
        available += maturing.pollFirstEntry().getValue();
      }
      maturedNanos = nowNanos;
    }
    return new PodCounts(selected.size(), fullyLabeled, ready, available);
  }

  /** When the next pod becomes available just by waiting; {@link Timestamps#NONE} if none does. */
  long nextAvailableNanos() {
    return maturing.isEmpty() ? Timestamps.NONE : availableNanos(maturing.firstKey()) + 1;
  }

  /** The active pods that the selector matches, as they are when they are looked at. */
  Collection<Pod> selected() {
    return Collections.unmodifiableCollection(selected.values());
  }

  /** The active pods that the selector does not match any more. */
  Collection<Pod> unselected() {
    return unselected.values();
  }

  boolean isEmpty() {
    return selected.isEmpty() && unselected.isEmpty();
  }

  ImmutableMap<String, String> templateLabels() {
    return templateLabels;
  }
}
