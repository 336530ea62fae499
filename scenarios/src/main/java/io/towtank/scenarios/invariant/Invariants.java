package io.towtank.scenarios.invariant;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.client.InformerFactory;
import io.towtank.scheduler.state.PodRequests;
import io.towtank.scheduler.state.Resources;
import io.towtank.store.ApiStore;
import io.towtank.store.CommitListener;
import io.towtank.time.SelfCheck;
import io.towtank.time.SimClock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What stays true in a cluster whatever happens.
 *
 * <ul>
 *   <li>after every write: no pod changes its node, no node is over what it offers by what the
 *       scheduler binds, every write is later than the one before and replaces what was there;
 *   <li>whenever a run stops: the store has what was written to it, no more and no less;
 *   <li>when all faults are healed and nothing is going on any more ({@link #firstAtRest}):
 *       deletions have finished, what components know is what is stored, nodes are known to be
 *       there or lost, pods are cared for, workloads are as they are asked to be, and budgets and
 *       quotas tell what there is.
 * </ul>
 *
 * The first violation is kept: what comes after it may follow from it.
 */
public final class Invariants implements CommitListener, SelfCheck {
  private final SimClock clock;
  private final ApiStore store;
  private final Map<Kind<?>, Map<ObjectKey, KubeObject>> written = new LinkedHashMap<>();
  private final Resources resources = new Resources();
  private final IdentityHashMap<PodSpec, long[]> requestsOfSpecs = new IdentityHashMap<>();
  private final Map<String, Load> loads = new HashMap<>();
  private long lastRevision;
  private @Nullable String violation;

  /** What pods take of a node. */
  private static final class Load {
    private long pods;
    private long[] requested = new long[0];

    /** Pods that nobody has scheduled: a kubelet may have to refuse them. */
    private long placedByUsers;
  }

  /**
   * Watches a store from its first write on; it has to be added to the store.
   *
   * @param clock tells when something was wrong
   */
  public Invariants(SimClock clock, ApiStore store) {
    this.clock = clock;
    this.store = store;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    if (violation != null) {
      return;
    }
    String wrong = wrong(previous, current, revision);
    if (wrong != null) {
      violation = "at " + Durations.format(clock.nanos()) + ": " + wrong;
    }
  }

  // A write replaces the very object that the store had.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable String wrong(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    KubeObject object = current == null ? previous : current;
    if (object == null) {
      return "a write of nothing";
    }
    String what = object.kind().name() + " " + ObjectKey.of(object);
    if (revision <= lastRevision) {
      return what + " was written at revision " + revision + ", after revision " + lastRevision;
    }
    lastRevision = revision;
    Map<ObjectKey, KubeObject> ofKind =
        written.computeIfAbsent(object.kind(), kind -> new HashMap<>());
    KubeObject known =
        current == null
            ? ofKind.remove(ObjectKey.of(object))
            : ofKind.put(ObjectKey.of(object), current);
    if (known != previous) {
      return what
          + " was lost: a write at revision "
          + revision
          + (previous == null
              ? " creates it, and it was there as of revision "
              : " replaces revision " + previous.resourceVersion() + " and not ")
          + (known == null ? "none" : String.valueOf(known.resourceVersion()));
    }
    if (object.kind().equals(Kinds.POD)) {
      return wrongPod((Pod) previous, (Pod) current);
    }
    return null;
  }

  private @Nullable String wrongPod(@Nullable Pod previous, @Nullable Pod current) {
    if (previous != null && isOn(previous)) {
      count(previous, -1);
    }
    if (current == null) {
      return null;
    }
    if (isOn(current)) {
      count(current, 1);
    }
    String node = current.nodeName();
    String before = previous == null ? null : previous.nodeName();
    if (before != null && !before.equals(node)) {
      return "Pod "
          + ObjectKey.of(current)
          + " is on two nodes: was on "
          + before
          + ", is on "
          + node;
    }
    return previous != null && before == null && node != null ? overload(node) : null;
  }

  /** Whether a pod counts against what its node offers. */
  private static boolean isOn(Pod pod) {
    return pod.nodeName() != null && !pod.status().phase().isTerminal();
  }

  private void count(Pod pod, int sign) {
    Load load = loads.computeIfAbsent(Objects.requireNonNull(pod.nodeName()), name -> new Load());
    long[] requests =
        requestsOfSpecs.computeIfAbsent(pod.spec(), spec -> PodRequests.of(spec, resources));
    load.pods += sign;
    if (requests.length > load.requested.length) {
      load.requested = Arrays.copyOf(load.requested, requests.length);
    }
    for (int i = 0; i < requests.length; i++) {
      load.requested[i] += sign * requests[i];
    }
    load.placedByUsers += isPlacedByUser(pod) ? sign : 0;
  }

  private static boolean isPlacedByUser(Pod pod) {
    return pod.status().conditions().stream()
        .noneMatch(condition -> condition.type().equals("PodScheduled"));
  }

  private @Nullable String overload(String name) {
    Node node = store.get(Kinds.NODE, null, name);
    Load load = loads.get(name);
    if (node == null || load == null || load.placedByUsers > 0) {
      return null;
    }
    long[] offered = resources.amounts(node.status().allocatable());
    long[] there = resources.amounts(node.status().capacity());
    for (int i = 0; i < load.requested.length; i++) {
      long most = i < offered.length ? offered[i] : 0;
      if (i < there.length && resources.name(i).indexOf('/') >= 0) {
        // Devices may break between a decision and its binding, and under pods that have them.
        most = Math.max(most, there[i]);
      }
      if (load.requested[i] > most) {
        return "Node "
            + name
            + " is over what it offers: its pods request "
            + load.requested[i]
            + " of "
            + resources.name(i)
            + ", it has "
            + most;
      }
    }
    Quantity pods = node.status().allocatable().get("pods");
    return pods != null && load.pods > pods.value()
        ? "Node "
            + name
            + " is over what it offers: it has "
            + load.pods
            + " pods, and room for "
            + pods.value()
        : null;
  }

  @Override
  public String name() {
    return "invariants";
  }

  /** What was wrong first so far, or is wrong with the store now; null where nothing is. */
  @Override
  public @Nullable String firstDifference() {
    return violation == null ? lostWrite() : violation;
  }

  // What is stored is the very object that was written.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable String lostWrite() {
    for (Map.Entry<Kind<?>, Map<ObjectKey, KubeObject>> ofKind : written.entrySet()) {
      Kind<?> kind = ofKind.getKey();
      for (Map.Entry<ObjectKey, KubeObject> entry : new TreeMap<>(ofKind.getValue()).entrySet()) {
        ObjectKey key = entry.getKey();
        KubeObject stored = store.get(kind, key.namespace(), key.name());
        if (stored != entry.getValue()) {
          return "a write was lost: "
              + kind.name()
              + " "
              + key
              + " was written at revision "
              + entry.getValue().resourceVersion()
              + ", the store has "
              + (stored == null ? "none" : "revision " + stored.resourceVersion());
        }
      }
      if (store.count(kind) != ofKind.getValue().size()) {
        return "a deletion was lost: "
            + ofKind.getValue().size()
            + " "
            + kind.plural()
            + " were left, the store has "
            + store.count(kind);
      }
    }
    return null;
  }

  /**
   * What is wrong first in a cluster in which nothing is going on any more and no fault is left;
   * null where nothing is.
   *
   * @param runs whether a component runs, by its name: a controller, kube-scheduler
   * @param reachable whether a node's kubelet runs and is heard of, by the node's name
   * @param informers what components know, by the names of these
   */
  public @Nullable String firstAtRest(
      Predicate<String> runs,
      Predicate<String> reachable,
      ImmutableMap<String, InformerFactory> informers) {
    String wrong = firstDifference();
    return wrong == null ? new AtRest(store, runs, reachable, informers).first() : wrong;
  }
}
