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

  private record Alike(
      String schedulerName,
      PodInfo info,
      ImmutableSet<String> rejectedBy,
      ImmutableSet<String> pendingBy,
      @Nullable String gatedBy) {}

  private record Happened(
      ClusterEvent event, @Nullable KubeObject previous, @Nullable KubeObject current) {}

  /** What an event means for a pod that was turned down (kube-scheduler: queueingStrategy). */
  private enum Help {
    NONE,
    AFTER_BACKOFF,
    AT_ONCE
  }

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
  // Pods that wait on their nodes for a plugin's word, from which event on they have missed some.
  private final Map<ObjectKey, Integer> missedFrom = new HashMap<>();
  private final List<Happened> missed = new ArrayList<>();
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
              sort.compare(a.info.priority(), a.sinceNanos, b.info.priority(), b.sinceNanos);
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
      for (Plugin plugin : profile.preFilters()) {
        hints.putIfAbsent(plugin.name(), plugin.eventsToRegister());
      }
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
    int actions = PodChanges.between(queued.pod, queued.info, pod, info);
    Pod before = previous == null ? queued.pod : previous;
    Help help =
        place == QueuedPod.Place.UNSCHEDULABLE
            ? help(
                new ClusterEvent(ClusterEvent.Resource.UNSCHEDULED_POD, actions),
                queued,
                before,
                pod)
            : Help.NONE;
    takeOut(queued);
    queued.pod = pod;
    queued.info = info;
    switch (place) {
      case GATED, ACTIVE -> activate(queued);
      case BACKOFF -> putBackoff(queued);
      default -> requeue(queued, help);
    }
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
      next.rejectedBy = ImmutableSet.of();
      next.pendingBy = ImmutableSet.of();
    }
    return next;
  }

  /** The pod in flight counts on a node from now on and is no longer in the queue. */
  void assumed(QueuedPod queued) {
    pods.remove(queued.key);
    queued.place = QueuedPod.Place.OUT;
  }

  /** A pod that counts on a node waits there for a plugin's word. */
  void waits(QueuedPod queued) {
    missedFrom.put(queued.key, missed.size());
  }

  /** The pod will not come back, or not because a plugin turned it down. */
  void done(QueuedPod queued) {
    if (missedFrom.remove(queued.key) != null && missedFrom.isEmpty()) {
      missed.clear();
    }
  }

  /**
   * A pod is not bound to its node after all and is in flight again.
   *
   * @param pod as it is by now
   */
  void back(QueuedPod queued, Pod pod) {
    queued.pod = pod;
    queued.info = infos.apply(pod);
    queued.place = QueuedPod.Place.IN_FLIGHT;
    pods.put(queued.key, queued);
  }

  /** The pod in flight fits no node. */
  void failed(QueuedPod queued, ImmutableSet<String> rejectedBy, ImmutableSet<String> pendingBy) {
    queued.sinceNanos = clock.getAsLong();
    queued.unschedulableCount++;
    queued.errorCount = 0;
    queued.failedWithError = false;
    queued.rejectedBy = rejectedBy;
    queued.pendingBy = pendingBy;
    queued.place = QueuedPod.Place.OUT;
    requeue(queued, helpOfMissed(queued));
    done(queued);
  }

  /** What happened while the pod was on its way may help it: it was not there to be told. */
  private Help helpOfMissed(QueuedPod queued) {
    Integer from = missedFrom.get(queued.key);
    Help most = Help.NONE;
    if (from != null) {
      for (int i = from; i < missed.size() && most != Help.AT_ONCE; i++) {
        Happened happened = missed.get(i);
        Help help = help(happened.event, queued, happened.previous, happened.current);
        most = help.compareTo(most) > 0 ? help : most;
      }
    }
    return most;
  }

  /** Something went wrong with the pod in flight: it is tried again after a backoff. */
  void failedWithError(QueuedPod queued) {
    done(queued);
    queued.sinceNanos = clock.getAsLong();
    queued.errorCount++;
    queued.failedWithError = true;
    queued.rejectedBy = ImmutableSet.of();
    queued.pendingBy = ImmutableSet.of();
    queued.place = QueuedPod.Place.OUT;
    afterBackoff(queued);
  }

  /** Something happened in the cluster: pods that it may help are tried again. */
  void moved(ClusterEvent event, @Nullable KubeObject previous, @Nullable KubeObject current) {
    moved(event, previous, current, Integer.MAX_VALUE);
  }

  /** As {@link #moved}, but only of pods of at most a priority. */
  void moved(
      ClusterEvent event,
      @Nullable KubeObject previous,
      @Nullable KubeObject current,
      int maxPriority) {
    if (!missedFrom.isEmpty()) {
      missed.add(new Happened(event, previous, current));
    }
    if (unschedulable.isEmpty()) {
      return;
    }
    List<Map<ObjectKey, QueuedPod>> atOnce = null;
    List<Map<ObjectKey, QueuedPod>> afterBackoff = null;
    var groups = unschedulable.values().iterator();
    while (groups.hasNext()) {
      Map<ObjectKey, QueuedPod> alike = groups.next();
      QueuedPod any = alike.values().iterator().next();
      if (any.info.priority() > maxPriority) {
        continue;
      }
      switch (help(event, any, previous, current)) {
        case NONE -> {}
        case AT_ONCE -> {
          groups.remove();
          atOnce = with(atOnce, alike);
        }
        case AFTER_BACKOFF -> {
          groups.remove();
          afterBackoff = with(afterBackoff, alike);
        }
      }
    }
    requeue(atOnce, Help.AT_ONCE);
    requeue(afterBackoff, Help.AFTER_BACKOFF);
  }

  private static List<Map<ObjectKey, QueuedPod>> with(
      @Nullable List<Map<ObjectKey, QueuedPod>> groups, Map<ObjectKey, QueuedPod> more) {
    List<Map<ObjectKey, QueuedPod>> all = groups == null ? new ArrayList<>() : groups;
    all.add(more);
    return all;
  }

  private void requeue(@Nullable List<Map<ObjectKey, QueuedPod>> helped, Help help) {
    if (helped != null) {
      for (Map<ObjectKey, QueuedPod> alike : helped) {
        for (QueuedPod queued : alike.values()) {
          waiting -= queued.place == QueuedPod.Place.UNSCHEDULABLE ? 1 : 0;
          queued.place = QueuedPod.Place.OUT;
          requeue(queued, help);
        }
      }
    }
  }

  private void requeue(QueuedPod queued, Help help) {
    switch (help) {
      case NONE -> putUnschedulable(queued, QueuedPod.Place.UNSCHEDULABLE);
      case AFTER_BACKOFF -> afterBackoff(queued);
      case AT_ONCE -> activate(queued);
    }
  }

  /** kube-scheduler: isPodWorthRequeuing. */
  private Help help(
      ClusterEvent event,
      QueuedPod queued,
      @Nullable KubeObject previous,
      @Nullable KubeObject current) {
    if (queued.gatedBy != null && !isInterested(queued.gatedBy, event)) {
      return Help.NONE;
    }
    for (String plugin : queued.pendingBy) {
      if (helps(plugin, event, queued, previous, current)) {
        return Help.AT_ONCE;
      }
    }
    for (String plugin : queued.rejectedBy) {
      if (helps(plugin, event, queued, previous, current)) {
        return Help.AFTER_BACKOFF;
      }
    }
    return queued.rejectedBy.isEmpty() && queued.pendingBy.isEmpty()
        ? Help.AFTER_BACKOFF
        : Help.NONE;
  }

  /** Whether an event may open a plugin's gate, whatever its hint says of it. */
  private boolean isInterested(String plugin, ClusterEvent event) {
    List<ClusterEventWithHint> registered = hints.get(plugin);
    return registered == null || registered.stream().anyMatch(hint -> hint.event().covers(event));
  }

  private boolean helps(
      String plugin,
      ClusterEvent event,
      QueuedPod queued,
      @Nullable KubeObject previous,
      @Nullable KubeObject current) {
    List<ClusterEventWithHint> registered = hints.get(plugin);
    if (registered == null) {
      return true;
    }
    for (ClusterEventWithHint hint : registered) {
      if (hint.event().covers(event) && hint.hint().worthTrying(queued.pod, previous, current)) {
        return true;
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
      // PreEnqueue was asked when its backoff began.
      putActive(first);
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
        if (queued.sinceNanos < before) {
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
    if (queued == null) {
      return;
    }
    switch (queued.place) {
      case UNSCHEDULABLE, GATED, BACKOFF -> {
        takeOut(queued);
        activate(queued);
      }
      case ACTIVE, IN_FLIGHT, OUT -> {}
    }
  }

  private void activate(QueuedPod queued) {
    if (!isGated(queued)) {
      putActive(queued);
    }
  }

  private void putActive(QueuedPod queued) {
    queued.place = QueuedPod.Place.ACTIVE;
    active.add(queued);
  }

  /** Asks PreEnqueue; a pod that is not to be tried yet is put where it waits for that. */
  private boolean isGated(QueuedPod queued) {
    for (PreEnqueuePlugin plugin : profile(queued).preEnqueue()) {
      Status status = plugin.preEnqueue(queued.pod);
      if (!status.isSuccess()) {
        // It is helped by what helps those that turned it down before, once the gate is open.
        queued.rejectedBy =
            ImmutableSet.<String>builder().addAll(queued.rejectedBy).add(plugin.name()).build();
        queued.gatedBy = plugin.name();
        putUnschedulable(queued, QueuedPod.Place.GATED);
        return true;
      }
    }
    return false;
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
    queued.backoffUntilNanos = failures == 0 ? 0 : backoffUntil(queued.sinceNanos, failures);
    if (queued.backoffUntilNanos <= clock.getAsLong()) {
      activate(queued);
    } else if (!isGated(queued)) {
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

  private void putUnschedulable(QueuedPod queued, QueuedPod.Place place) {
    queued.place = place;
    waiting += place == QueuedPod.Place.UNSCHEDULABLE ? 1 : 0;
    unschedulable
        .computeIfAbsent(alike(queued), k -> new LinkedHashMap<>())
        .put(queued.key, queued);
  }

  private Alike alike(QueuedPod queued) {
    return new Alike(
        profile(queued).schedulerName(),
        queued.info,
        queued.rejectedBy,
        queued.pendingBy,
        queued.gatedBy);
  }

  private void takeOut(QueuedPod queued) {
    switch (queued.place) {
      case ACTIVE -> active.remove(queued);
      case BACKOFF -> (queued.failedWithError ? errorBackoff : backoff).remove(queued);
      case UNSCHEDULABLE, GATED -> {
        Alike alike = alike(queued);
        Map<ObjectKey, QueuedPod> group = unschedulable.get(alike);
        if (group != null && group.remove(queued.key) != null) {
          waiting -= queued.place == QueuedPod.Place.UNSCHEDULABLE ? 1 : 0;
          if (group.isEmpty()) {
            unschedulable.remove(alike);
          }
        }
      }
      case IN_FLIGHT, OUT -> {}
    }
    queued.place = QueuedPod.Place.OUT;
    queued.gatedBy = null;
  }
}
