package io.towtank.scheduler;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pods that wait for a node (kube-scheduler: PriorityQueue). It knows no timers: it is told
 * what happens and asked what is next.
 *
 * <p>Pods that were turned down for the same reasons and are of one template are helped by the same
 * events; hints are asked once for all of them.
 */
final class SchedulingQueue {
  /** Backoffs are compared in steps of this length, so that priority decides within one. */
  private static final long BACKOFF_WINDOW_NANOS = 1_000_000_000L;

  private record Alike(String schedulerName, PodInfo info, ImmutableSet<String> rejectedBy) {}

  private final SchedulerConfiguration configuration;
  private final LongSupplier clock;
  private final Function<Pod, PodInfo> infos;
  private final Map<ObjectKey, QueuedPod> pods = new HashMap<>();
  private final PodHeap active;
  private final PodHeap backoff;
  private final PodHeap errorBackoff;
  private final Map<Alike, Map<ObjectKey, QueuedPod>> unschedulable = new LinkedHashMap<>();
  private final Map<String, Profile> profiles;
  private final Map<String, List<ClusterEventWithHint>> hints = new HashMap<>();
  private long sequence;
  private int waiting;

  SchedulingQueue(
      SchedulerConfiguration configuration,
      Map<String, Profile> profiles,
      LongSupplier clock,
      Function<Pod, PodInfo> infos) {
    this.configuration = configuration;
    this.profiles = profiles;
    this.clock = clock;
    this.infos = infos;
    QueueSortPlugin sort = profiles.values().iterator().next().queueSort();
    Comparator<QueuedPod> byImportance =
        (a, b) -> {
          int order =
              sort.compare(a.info.priority(), a.queuedAtNanos, b.info.priority(), b.queuedAtNanos);
          return order != 0 ? order : Long.compare(a.sequence, b.sequence);
        };
    Comparator<QueuedPod> byBackoff =
        (a, b) -> {
          int order = Long.compare(a.backoffUntilNanos, b.backoffUntilNanos);
          return order != 0 ? order : byImportance.compare(a, b);
        };
    active = new PodHeap(byImportance);
    backoff = new PodHeap(byBackoff);
    errorBackoff = new PodHeap(byBackoff);
    for (Profile profile : profiles.values()) {
      for (Plugin plugin : profile.filters()) {
        hints.putIfAbsent(plugin.name(), plugin.eventsToRegister());
      }
      for (Plugin plugin : profile.preEnqueue()) {
        hints.putIfAbsent(plugin.name(), plugin.eventsToRegister());
      }
      for (Plugin plugin : profile.reserve()) {
        hints.putIfAbsent(plugin.name(), plugin.eventsToRegister());
      }
      for (Plugin plugin : profile.permit()) {
        hints.putIfAbsent(plugin.name(), plugin.eventsToRegister());
      }
    }
  }

  /** How many pods wait, wherever. */
  int size() {
    return pods.size();
  }

  /** How many pods were turned down and wait for something to happen. */
  int unschedulable() {
    return waiting;
  }

  /** Whether {@link #pop} has a pod to give. */
  boolean isReady() {
    return active.size() > 0 || backoff.size() > 0;
  }

  /** A waiting pod, null where it does not wait. */
  @Nullable QueuedPod get(ObjectKey key) {
    return pods.get(key);
  }

  /** Takes in a pod that has no node. */
  void add(Pod pod) {
    if (pods.containsKey(ObjectKey.of(pod))) {
      update(null, pod);
      return;
    }
    QueuedPod queued = new QueuedPod(pod, infos.apply(pod), sequence++, clock.getAsLong());
    pods.put(queued.key, queued);
    activate(queued);
  }

  /** A waiting pod changed. */
  void update(@Nullable Pod previous, Pod pod) {
    QueuedPod queued = pods.get(ObjectKey.of(pod));
    if (queued == null) {
      add(pod);
      return;
    }
    PodInfo info = infos.apply(pod);
    if (info == queued.info || queued.place == QueuedPod.Place.IN_FLIGHT) {
      queued.pod = pod;
      queued.info = info;
      return;
    }
    QueuedPod.Place place = queued.place;
    int actions = changes(queued.pod, pod);
    Pod before = previous == null ? queued.pod : previous;
    boolean retry =
        place == QueuedPod.Place.UNSCHEDULABLE
            && helps(
                new ClusterEvent(ClusterEvent.Resource.UNSCHEDULED_POD, actions),
                queued,
                before,
                pod);
    takeOut(queued);
    queued.pod = pod;
    queued.info = info;
    switch (place) {
      case GATED, ACTIVE -> activate(queued);
      case BACKOFF -> putBackoff(queued);
      default -> {
        if (retry) {
          afterBackoff(queued);
        } else {
          putUnschedulable(queued);
        }
      }
    }
  }

  /** kube-scheduler: podEvents. */
  private static int changes(Pod before, Pod now) {
    int actions = 0;
    if (!before.metadata().labels().equals(now.metadata().labels())) {
      actions |= ClusterEvent.UPDATE_POD_LABEL;
    }
    if (!before.spec().tolerations().equals(now.spec().tolerations())) {
      actions |= ClusterEvent.UPDATE_POD_TOLERATIONS;
    }
    if (!before.spec().schedulingGates().isEmpty() && now.spec().schedulingGates().isEmpty()) {
      actions |= ClusterEvent.UPDATE_POD_GATES_ELIMINATED;
    }
    if (!before.spec().containers().equals(now.spec().containers())) {
      actions |= ClusterEvent.UPDATE_POD_SCALE_DOWN;
    }
    return actions == 0 ? ClusterEvent.UPDATE_OTHER : actions;
  }

  /** A pod is gone or was bound. */
  void remove(ObjectKey key) {
    QueuedPod queued = pods.remove(key);
    if (queued != null) {
      takeOut(queued);
    }
  }

  /** The pod to try next; null where none is ready. It is in flight until told otherwise. */
  @Nullable QueuedPod pop() {
    QueuedPod next = active.poll();
    if (next == null) {
      // kube-scheduler: SchedulerPopFromBackoffQ: an idle scheduler does not wait for backoffs.
      next = backoff.poll();
    }
    if (next != null) {
      next.place = QueuedPod.Place.IN_FLIGHT;
      next.attempts++;
    }
    return next;
  }

  /** The pod in flight fits no node. */
  void failed(QueuedPod queued, ImmutableSet<String> rejectedBy) {
    queued.failedAtNanos = clock.getAsLong();
    queued.unschedulableCount++;
    queued.errorCount = 0;
    queued.failedWithError = false;
    queued.rejectedBy = rejectedBy;
    queued.place = QueuedPod.Place.OUT;
    putUnschedulable(queued);
  }

  /** Something went wrong with the pod in flight: it is tried again after a backoff. */
  void failedWithError(QueuedPod queued) {
    queued.failedAtNanos = clock.getAsLong();
    queued.errorCount++;
    queued.failedWithError = true;
    queued.rejectedBy = ImmutableSet.of();
    queued.place = QueuedPod.Place.OUT;
    afterBackoff(queued);
  }

  /** A pod that was chosen for a node but not bound comes back. */
  void returnWithError(Pod pod) {
    QueuedPod queued = pods.get(ObjectKey.of(pod));
    if (queued == null) {
      queued = new QueuedPod(pod, infos.apply(pod), sequence++, clock.getAsLong());
      pods.put(queued.key, queued);
    }
    failedWithError(queued);
  }

  /** Something happened in the cluster: pods that it may help are tried again. */
  void moved(ClusterEvent event, @Nullable KubeObject previous, @Nullable KubeObject current) {
    if (unschedulable.isEmpty()) {
      return;
    }
    List<QueuedPod> helped = null;
    for (Map<ObjectKey, QueuedPod> alike : unschedulable.values()) {
      QueuedPod any = alike.values().iterator().next();
      if (helps(event, any, previous, current)) {
        helped = helped == null ? new ArrayList<>() : helped;
        helped.addAll(alike.values());
      }
    }
    if (helped != null) {
      for (QueuedPod queued : helped) {
        takeOut(queued);
        afterBackoff(queued);
      }
    }
  }

  private boolean helps(
      ClusterEvent event,
      QueuedPod queued,
      @Nullable KubeObject previous,
      @Nullable KubeObject current) {
    if (queued.rejectedBy.isEmpty()) {
      return true;
    }
    for (String plugin : queued.rejectedBy) {
      List<ClusterEventWithHint> registered = hints.get(plugin);
      if (registered == null) {
        return true;
      }
      for (ClusterEventWithHint hint : registered) {
        if (hint.event().covers(event) && hint.hint().worthTrying(queued.pod, previous, current)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Has pods go whose backoff is over; returns when the next one's is, Long.MAX_VALUE for none. */
  long flushBackoff() {
    long now = clock.getAsLong();
    flush(backoff, now);
    flush(errorBackoff, now);
    return Math.min(nextBackoff(backoff), nextBackoff(errorBackoff));
  }

  private void flush(PodHeap heap, long now) {
    for (QueuedPod first = heap.peek();
        first != null && first.backoffUntilNanos <= now;
        first = heap.peek()) {
      heap.remove(first);
      activate(first);
    }
  }

  private static long nextBackoff(PodHeap heap) {
    QueuedPod first = heap.peek();
    return first == null ? Long.MAX_VALUE : first.backoffUntilNanos;
  }

  /** Has pods tried again that nothing has helped for too long. */
  void flushUnschedulable() {
    long before = clock.getAsLong() - configuration.podMaxInUnschedulablePodsNanos();
    List<QueuedPod> old = new ArrayList<>();
    for (Map<ObjectKey, QueuedPod> alike : unschedulable.values()) {
      for (QueuedPod queued : alike.values()) {
        if (queued.failedAtNanos < before) {
          old.add(queued);
        }
      }
    }
    for (QueuedPod queued : old) {
      takeOut(queued);
      afterBackoff(queued);
    }
  }

  /** Has a pod tried as soon as possible (kube-scheduler: Activate). */
  void activate(ObjectKey key) {
    QueuedPod queued = pods.get(key);
    if (queued != null
        && (queued.place == QueuedPod.Place.UNSCHEDULABLE
            || queued.place == QueuedPod.Place.BACKOFF)) {
      takeOut(queued);
      activate(queued);
    }
  }

  private void activate(QueuedPod queued) {
    Profile profile = profile(queued);
    for (PreEnqueuePlugin plugin : profile.preEnqueue()) {
      Status status = plugin.preEnqueue(queued.pod);
      if (!status.isSuccess()) {
        queued.place = QueuedPod.Place.GATED;
        queued.rejectedBy = ImmutableSet.of(plugin.name());
        return;
      }
    }
    queued.place = QueuedPod.Place.ACTIVE;
    active.add(queued);
  }

  private Profile profile(QueuedPod queued) {
    Profile profile = profiles.get(Scheduler.schedulerName(queued.pod));
    if (profile == null) {
      throw new IllegalArgumentException("pod " + queued.key + " is not for this scheduler");
    }
    return profile;
  }

  private void afterBackoff(QueuedPod queued) {
    int failures = queued.failedWithError ? queued.errorCount : queued.unschedulableCount;
    queued.backoffUntilNanos = backoffUntil(queued.failedAtNanos, failures);
    if (queued.backoffUntilNanos <= clock.getAsLong()) {
      activate(queued);
    } else {
      putBackoff(queued);
    }
  }

  private long backoffUntil(long failedAtNanos, int failures) {
    long duration = configuration.podInitialBackoffNanos();
    for (int i = 1; i < failures && duration < configuration.podMaxBackoffNanos(); i++) {
      duration *= 2;
    }
    long end = failedAtNanos + Math.min(duration, configuration.podMaxBackoffNanos());
    return end - Math.floorMod(end, BACKOFF_WINDOW_NANOS);
  }

  private void putBackoff(QueuedPod queued) {
    queued.place = QueuedPod.Place.BACKOFF;
    (queued.failedWithError ? errorBackoff : backoff).add(queued);
  }

  private void putUnschedulable(QueuedPod queued) {
    queued.place = QueuedPod.Place.UNSCHEDULABLE;
    waiting++;
    unschedulable
        .computeIfAbsent(
            new Alike(profile(queued).schedulerName(), queued.info, queued.rejectedBy),
            k -> new LinkedHashMap<>())
        .put(queued.key, queued);
  }

  private void takeOut(QueuedPod queued) {
    switch (queued.place) {
      case ACTIVE -> active.remove(queued);
      case BACKOFF -> (queued.failedWithError ? errorBackoff : backoff).remove(queued);
      case UNSCHEDULABLE -> {
        Alike alike = new Alike(profile(queued).schedulerName(), queued.info, queued.rejectedBy);
        Map<ObjectKey, QueuedPod> group = unschedulable.get(alike);
        if (group != null && group.remove(queued.key) != null) {
          waiting--;
          if (group.isEmpty()) {
            unschedulable.remove(alike);
          }
        }
      }
      case IN_FLIGHT, GATED, OUT -> {}
    }
    queued.place = QueuedPod.Place.OUT;
  }
}
