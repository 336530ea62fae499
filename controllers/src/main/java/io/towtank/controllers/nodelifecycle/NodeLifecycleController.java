package io.towtank.controllers.nodelifecycle;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Lease;
import io.towtank.api.LeaseSpec;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.node.HollowKubelets;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds nodes whose kubelets are silent and tells so by conditions and taints
 * (kube-controller-manager: node-lifecycle-controller).
 *
 * <pre>
 *            no heartbeat for 50 s                     one node in 10 s and zone
 *   Ready  -----------------------> Ready=Unknown   --------------------------------> taint
 *     ^                             taint NoSchedule   (or slower: see ZoneState)      NoExecute
 *     |                             its pods Ready=False                               |
 *     '---------------------------------- heartbeat, taints go <-----------------------'
 * </pre>
 *
 * <p>The real one looks at all nodes every 5 s. Here a pass looks at those of which something was
 * heard since, and at those that are due to be lost; it falls on the same 5 s. A lease without a
 * renewTime is renewed without being written (see {@link HollowKubelets}): its node needs no timer.
 *
 * <p>One thing is simpler: upstream a pass lasts until all its requests are answered, and the next
 * waits for it; here passes are on time, and their requests wait for one another.
 */
public final class NodeLifecycleController implements Component {
  private static final String NAME = "node-lifecycle-controller";
  private static final String BY_NODE = "spec.nodeName";
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";
  // scheduler.UpdateWorkerSize and podUpdateWorkerSize
  private static final int NODE_WORKERS = 8;
  private static final int POD_WORKERS = 4;
  private static final ImmutableList<String> KUBELET_CONDITIONS =
      ImmutableList.of(NodeTaints.READY, "MemoryPressure", "DiskPressure", "PIDPressure");
  private static final ImmutableList<String> NO_EXECUTE_KEYS =
      ImmutableList.of(NodeTaints.NOT_READY, NodeTaints.UNREACHABLE);

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final NodeLifecycleOptions options;
  private final Informer<Node> nodes;
  private final Informer<Pod> pods;
  private final Informer<Lease> leases;
  private final WorkQueue<String> noSchedule;
  private final WorkQueue<String> lostNodes;
  private final WorkQueue<ObjectKey> lostPods;
  private final Map<String, NodeHealth> health = new HashMap<>();
  private final Map<String, Zone> zones = new TreeMap<>();
  private final List<NodeHealth> dirty = new ArrayList<>();
  private final long[] nodesLost;
  private final long[] nodesTainted;
  private final long[] podsMarked;
  private long startNanos;
  private long passTimer;
  private boolean passInBackground;

  /** How many nodes of a zone are well and how many are not, and who taints the latter. */
  private static final class Zone {
    final ZoneTainter tainter;
    ZoneState state = ZoneState.INITIAL;
    int ready;
    int notReady;

    Zone(ZoneTainter tainter) {
      this.tainter = tainter;
    }
  }

  /** A controller with kube-controller-manager's flags. */
  public NodeLifecycleController(ComponentContext context, NodeLifecycleOptions options) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.options = options;
    this.nodes = context.informers().informer(Kinds.NODE);
    this.pods = context.informers().informer(Kinds.POD);
    this.leases = context.informers().informer(Kinds.LEASE);
    this.noSchedule = new WorkQueue<>(simulation, NODE_WORKERS, this::syncNoSchedule);
    this.lostNodes = new WorkQueue<>(simulation, NODE_WORKERS, this::syncLost);
    this.lostPods = new WorkQueue<>(simulation, POD_WORKERS, this::syncPod);
    this.nodesLost = recorder.counter(NAME + "/nodesLost");
    this.nodesTainted = recorder.counter(NAME + "/nodesTaintedNoExecute");
    this.podsMarked = recorder.counter(NAME + "/podsMarkedNotReady");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    startNanos = simulation.nanos();
    pods.addIndex(BY_NODE, Pod::nodeName);
    leases.addHandler(
        new WatchListener<Lease>() {
          @Override
          public void added(Lease lease) {
            leaseSeen(lease);
          }

          @Override
          public void modified(Lease previous, Lease lease) {
            leaseSeen(lease);
          }

          @Override
          public void deleted(Lease last) {}
        });
    nodes.addHandler(
        new WatchListener<Node>() {
          @Override
          public void added(Node node) {
            nodeAdded(node);
          }

          @Override
          public void modified(Node previous, Node node) {
            nodeModified(previous, node);
          }

          @Override
          public void deleted(Node last) {
            nodeDeleted(last);
          }
        });
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            podPlaced(pod);
          }

          @Override
          public void modified(Pod previous, Pod pod) {
            if (previous.nodeName() == null) {
              podPlaced(pod);
            }
          }

          @Override
          public void deleted(Pod last) {}
        });
  }

  // What is seen.

  private void nodeAdded(Node node) {
    NodeHealth known = new NodeHealth(node.name(), zoneKey(node));
    health.put(node.name(), known);
    known.probedNanos =
        simulation.nanos() + node.metadata().creationTimestamp() - simulation.epochNanos();
    Lease lease = leases.get(HollowKubelets.LEASE_NAMESPACE, node.name());
    if (lease != null) {
      heartbeat(known, lease);
    }
    observe(known, node);
  }

  // An unchanged part of a node is the same instance.
  @SuppressWarnings("ReferenceEquality")
  private void nodeModified(Node previous, Node node) {
    if (previous.status().conditions() == node.status().conditions()
        && previous.spec() == node.spec()
        && previous.metadata().labels() == node.metadata().labels()) {
      return;
    }
    NodeHealth known = health.get(node.name());
    if (known == null) {
      nodeAdded(node);
    } else {
      observe(known, node);
    }
  }

  private void observe(NodeHealth known, Node node) {
    if (!NodeTaints.noScheduleIsRight(node)) {
      noSchedule.add(node.name());
    }
    NodeCondition ready = node.condition(NodeTaints.READY);
    if (ready != null
        && ready.status() != ConditionStatus.UNKNOWN
        && (!known.posted || ready.lastHeartbeatTime() != known.heartbeatTime)) {
      known.posted = true;
      known.heartbeatTime = ready.lastHeartbeatTime();
      known.probedNanos = nextPass();
    } else if (ready != null) {
      known.posted = true;
    }
    watchForLoss(known);
    boolean harmless =
        ready != null
            && ready.status() == ConditionStatus.TRUE
            && NO_EXECUTE_KEYS.stream()
                .noneMatch(key -> NodeTaints.has(node, key, NodeTaints.NO_EXECUTE));
    if (!harmless || known.ready != ConditionStatus.TRUE || !known.zone.equals(zoneKey(node))) {
      lookAt(known, harmless);
    }
  }

  private void nodeDeleted(Node last) {
    NodeHealth known = health.remove(last.name());
    if (known == null) {
      return;
    }
    cancelLoss(known);
    count(known, -1);
    zone(known.zone).tainter.remove(last.name());
    // Its zone may be worse or better off now.
    schedulePass(true);
  }

  private void leaseSeen(Lease lease) {
    if (!HollowKubelets.LEASE_NAMESPACE.equals(lease.metadata().namespace())) {
      return;
    }
    NodeHealth known = health.get(lease.name());
    if (known != null) {
      heartbeat(known, lease);
      watchForLoss(known);
    }
  }

  private void heartbeat(NodeHealth known, Lease lease) {
    LeaseSpec spec = lease.spec();
    long renewed = spec == null ? Timestamps.NONE : spec.renewTime();
    known.renewsSilently =
        spec != null && spec.holderIdentity() != null && renewed == Timestamps.NONE;
    if (known.renewsSilently) {
      known.probedNanos = nextPass();
    } else if (renewed != Timestamps.NONE && renewed > known.renewTime) {
      known.renewTime = renewed;
      // A kubelet that has stopped tells of its last renewal afterwards: it was seen in its time.
      long ago = Math.max(0, simulation.epochNanos() - renewed);
      known.probedNanos = passAtOrAfter(Math.max(startNanos, simulation.nanos() - ago));
    }
  }

  /** Sees to it that a node from which nothing is heard any more will be found lost. */
  private void watchForLoss(NodeHealth known) {
    cancelLoss(known);
    if (known.renewsSilently || known.ready == ConditionStatus.UNKNOWN) {
      return;
    }
    long grace = known.posted ? options.monitorGraceNanos() : options.startupGraceNanos();
    long at = Math.max(nextPass(), passAtOrAfter(known.probedNanos + grace));
    known.lostTimer =
        simulation.schedule(
            at - simulation.nanos(),
            () -> {
              known.lostTimer = 0;
              lookAt(known, false);
            });
  }

  private void cancelLoss(NodeHealth known) {
    if (known.lostTimer != 0) {
      simulation.cancel(known.lostTimer);
      known.lostTimer = 0;
    }
  }

  private void podPlaced(Pod pod) {
    String node = pod.nodeName();
    if (node == null) {
      return;
    }
    NodeHealth known = health.get(node);
    if (known != null && known.ready != null && known.ready != ConditionStatus.TRUE) {
      lostPods.add(ObjectKey.of(pod));
    }
  }

  // Passes.

  private long nextPass() {
    return passAtOrAfter(simulation.nanos());
  }

  private long passAtOrAfter(long nanos) {
    long period = options.monitorPeriodNanos();
    return startNanos + Math.ceilDiv(Math.max(0, nanos - startNanos), period) * period;
  }

  /** Has the next pass look at a node. */
  private void lookAt(NodeHealth known, boolean harmless) {
    if (!known.dirty) {
      known.dirty = true;
      dirty.add(known);
    }
    schedulePass(harmless);
  }

  private void schedulePass(boolean harmless) {
    if (passTimer != 0) {
      if (harmless || !passInBackground) {
        return;
      }
      simulation.cancel(passTimer);
    }
    passInBackground = harmless;
    long delay = nextPass() - simulation.nanos();
    passTimer =
        harmless
            ? simulation.scheduleBackground(delay, this::pass)
            : simulation.schedule(delay, this::pass);
  }

  private void pass() {
    passTimer = 0;
    List<NodeHealth> now = new ArrayList<>(dirty);
    dirty.clear();
    for (NodeHealth known : now) {
      known.dirty = false;
      Node node = nodes.get(null, known.name);
      if (node != null && isCurrent(known)) {
        pass(known, node);
      }
    }
    handleDisruption();
  }

  // A node that was deleted and made again has other health.
  @SuppressWarnings("ReferenceEquality")
  private boolean isCurrent(NodeHealth known) {
    return health.get(known.name) == known;
  }

  private void pass(NodeHealth known, Node node) {
    ConditionStatus before = node.readiness();
    ConditionStatus ready = isLost(known) ? ConditionStatus.UNKNOWN : before;
    if (ready == null) {
      return;
    }
    count(known, -1);
    known.zone = zoneKey(node);
    known.ready = ready;
    known.counted = !node.metadata().labels().containsKey(EXCLUDED);
    count(known, 1);
    if (ready == ConditionStatus.TRUE) {
      reachable(node);
    } else {
      taintEventually(node, ready);
      if (before == ConditionStatus.TRUE) {
        recorder.event(
            node,
            "node-controller",
            "Normal",
            "NodeNotReady",
            "Node " + node.name() + " status is now: NodeNotReady");
        known.marksPods = true;
      }
      if (ready != before) {
        lostNodes.add(node.name());
      }
    }
  }

  private boolean isLost(NodeHealth known) {
    long grace = known.posted ? options.monitorGraceNanos() : options.startupGraceNanos();
    return !known.renewsSilently && simulation.nanos() >= known.probedNanos + grace;
  }

  private void count(NodeHealth known, int sign) {
    if (known.counted && known.ready != null) {
      Zone zone = zone(known.zone);
      if (known.ready == ConditionStatus.TRUE) {
        zone.ready += sign;
      } else {
        zone.notReady += sign;
      }
      if (sign < 0) {
        known.counted = false;
      }
    }
  }

  private Zone zone(String key) {
    Zone zone = zones.get(key);
    if (zone == null) {
      zone = new Zone(new ZoneTainter(simulation, options.evictionRate(), this::taintNoExecute));
      zones.put(key, zone);
    }
    return zone;
  }

  /** Sets how fast each zone's lost nodes are tainted, by what is left of the zones. */
  private void handleDisruption() {
    boolean allAreFull = true;
    boolean allWereFull = true;
    boolean any = false;
    Map<Zone, ZoneState> states = new LinkedHashMap<>();
    for (Zone zone : zones.values()) {
      if (zone.ready + zone.notReady == 0) {
        zone.state = ZoneState.INITIAL;
        continue;
      }
      any = true;
      ZoneState state = ZoneState.of(zone.ready, zone.notReady, options.unhealthyZoneThreshold());
      states.put(zone, state);
      allAreFull &= state == ZoneState.FULL;
      allWereFull &= zone.state == ZoneState.FULL;
    }
    if (!any || (allAreFull && allWereFull)) {
      return;
    }
    if (allAreFull) {
      // Maybe it is the network that is down and not every node: nobody is evicted.
      states.keySet().forEach(zone -> zone.tainter.setRate(0));
      for (NodeHealth known : byName()) {
        Node node = nodes.get(null, known.name);
        if (node != null) {
          reachable(node);
          if (known.ready != null && known.ready != ConditionStatus.TRUE) {
            zone(known.zone).tainter.add(known.name);
          }
        }
      }
      states.keySet().forEach(zone -> zone.state = ZoneState.FULL);
      return;
    }
    if (allWereFull) {
      // Who was not heard of while nobody was heard of gets another grace period.
      for (NodeHealth known : byName()) {
        known.probedNanos = simulation.nanos();
        if (known.lostTimer != 0) {
          watchForLoss(known);
        }
      }
    }
    boolean all = allWereFull;
    states.forEach((zone, state) -> {
      if (all || zone.state != state) {
        zone.tainter.setRate(state.rate(zone.ready + zone.notReady, options));
        zone.state = state;
      }
    });
  }

  private List<NodeHealth> byName() {
    List<NodeHealth> all = new ArrayList<>(health.values());
    all.sort(Comparator.comparing(known -> known.name));
    return all;
  }

  private static String zoneKey(Node node) {
    ImmutableMap<String, String> labels = node.metadata().labels();
    return labels.getOrDefault(REGION, "") + ":" + labels.getOrDefault(ZONE, "");
  }

  // What is written.

  /** A node that is heard of loses its NoExecute taints (markNodeAsReachable). */
  private void reachable(Node node) {
    zone(zoneKey(node)).tainter.remove(node.name());
    if (NO_EXECUTE_KEYS.stream()
        .anyMatch(key -> NodeTaints.has(node, key, NodeTaints.NO_EXECUTE))) {
      swapNoExecute(node.name(), null, NO_EXECUTE_KEYS);
    }
  }

  /**
   * A node that is not ready gets a NoExecute taint when it is its turn; where it has one already,
   * that is made the right one at once (processTaintBaseEviction).
   */
  private void taintEventually(Node node, ConditionStatus ready) {
    String right = keyFor(ready);
    String wrong =
        right.equals(NodeTaints.NOT_READY) ? NodeTaints.UNREACHABLE : NodeTaints.NOT_READY;
    if (NodeTaints.has(node, wrong, NodeTaints.NO_EXECUTE)) {
      swapNoExecute(node.name(), right, ImmutableList.of(wrong));
    } else if (!NodeTaints.has(node, right, NodeTaints.NO_EXECUTE)) {
      zone(zoneKey(node)).tainter.add(node.name());
    }
  }

  private static String keyFor(ConditionStatus ready) {
    return ready == ConditionStatus.FALSE ? NodeTaints.NOT_READY : NodeTaints.UNREACHABLE;
  }

  /** It is a node's turn to get its NoExecute taint (doNoExecuteTaintingPass). */
  private void taintNoExecute(String name) {
    NodeHealth known = health.get(name);
    if (known == null || known.ready == null || known.ready == ConditionStatus.TRUE) {
      return;
    }
    String right = keyFor(known.ready);
    String wrong =
        right.equals(NodeTaints.NOT_READY) ? NodeTaints.UNREACHABLE : NodeTaints.NOT_READY;
    nodesTainted[0]++;
    swapNoExecute(name, right, ImmutableList.of(wrong));
  }

  private void swapNoExecute(String name, @Nullable String add, ImmutableList<String> remove) {
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, name),
        node -> {
          NodeHealth known = health.get(name);
          boolean overtaken = add != null && (known == null || known.ready == ConditionStatus.TRUE);
          return overtaken
              ? node
              : NodeTaints.withNoExecute(node, add, remove, simulation.epochNanos());
        },
        (node, error) -> {
          NodeHealth known = health.get(name);
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND && known != null) {
            zone(known.zone).tainter.again(name);
            lookAt(known, false);
          }
        });
  }

  private void syncNoSchedule(String name, WorkQueue.Done done) {
    Node known = nodes.get(null, name);
    if (known == null || NodeTaints.noScheduleIsRight(known)) {
      done.done(true);
      return;
    }
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, name),
        node -> NodeTaints.withNoSchedule(node, simulation.epochNanos()),
        (node, error) -> done.done(isDone(error)));
  }

  private static boolean isDone(@Nullable ApiException error) {
    return error == null || error.reason() == ApiException.Reason.NOT_FOUND;
  }

  /**
   * Tells of a node that nothing is known of it any more, then of its pods that they are not ready.
   */
  private void syncLost(String name, WorkQueue.Done done) {
    NodeHealth known = health.get(name);
    if (known == null || known.ready != ConditionStatus.UNKNOWN) {
      done.done(true);
      return;
    }
    client.patchStatus(
        Kinds.NODE,
        new ObjectKey(null, name),
        node -> known.ready == ConditionStatus.UNKNOWN ? unknown(node) : node,
        (node, error) -> {
          if (!isDone(error)) {
            done.done(false);
          } else if (node == null || !known.marksPods) {
            done.done(true);
          } else {
            known.marksPods = false;
            nodesLost[0]++;
            markPods(known, pods.byIndex(BY_NODE, name), 0, done);
          }
        });
  }

  /** A node of which nothing was heard for too long (tryUpdateNodeHealth). */
  private Node unknown(Node node) {
    long now = Timestamps.toSecond(simulation.epochNanos());
    Map<String, NodeCondition> conditions = new LinkedHashMap<>();
    node.status().conditions().forEach(condition -> conditions.put(condition.type(), condition));
    boolean changed = false;
    for (String type : KUBELET_CONDITIONS) {
      NodeCondition before = conditions.get(type);
      if (before != null && before.status() == ConditionStatus.UNKNOWN) {
        continue;
      }
      changed = true;
      conditions.put(
          type,
          before == null
              ? new NodeCondition(
                  type,
                  ConditionStatus.UNKNOWN,
                  node.metadata().creationTimestamp(),
                  now,
                  "NodeStatusNeverUpdated",
                  "Kubelet never posted node status.",
                  Fields.NONE)
              : new NodeCondition(
                  type,
                  ConditionStatus.UNKNOWN,
                  before.lastHeartbeatTime(),
                  now,
                  "NodeStatusUnknown",
                  "Kubelet stopped posting node status.",
                  Fields.NONE));
    }
    return changed
        ? node.withStatus(
            NodeStatusBuilder.builder(node.status())
                .conditions(ImmutableList.copyOf(conditions.values()))
                .build())
        : node;
  }

  /** Marks a lost node's pods one after another, unless the node is back meanwhile. */
  private void markPods(NodeHealth known, ImmutableList<Pod> lost, int next, WorkQueue.Done done) {
    if (next == lost.size() || known.ready == ConditionStatus.TRUE) {
      done.done(true);
      return;
    }
    markPod(
        ObjectKey.of(lost.get(next)),
        known.name,
        succeeded -> {
          if (!succeeded) {
            lostPods.add(ObjectKey.of(lost.get(next)));
          }
          markPods(known, lost, next + 1, done);
        });
  }

  private void syncPod(ObjectKey key, WorkQueue.Done done) {
    Pod pod = pods.get(key);
    String node = pod == null ? null : pod.nodeName();
    NodeHealth known = node == null ? null : health.get(node);
    if (node == null || known == null || known.ready == ConditionStatus.TRUE) {
      done.done(true);
    } else {
      markPod(key, node, done);
    }
  }

  /** Has a pod's condition Ready say that it is not (controllerutil.MarkPodsNotReady). */
  private void markPod(ObjectKey key, String nodeName, WorkQueue.Done done) {
    client.patchStatus(
        Kinds.POD,
        key,
        pod -> {
          PodStatus status = pod.status();
          PodCondition ready = status.condition(NodeTaints.READY);
          if (ready == null
              || ready.status() == ConditionStatus.FALSE
              || !nodeName.equals(pod.nodeName())) {
            return pod;
          }
          podsMarked[0]++;
          recorder.event(pod, "node-controller", "Warning", "NodeNotReady", "Node is not ready");
          return pod.withStatus(
              PodConditions.with(
                  status,
                  NodeTaints.READY,
                  ConditionStatus.FALSE,
                  ready.reason(),
                  ready.message(),
                  simulation.epochNanos()));
        },
        (pod, error) -> done.done(isDone(error)));
  }
}
