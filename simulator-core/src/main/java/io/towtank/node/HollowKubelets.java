package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.ContainerImage;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Lease;
import io.towtank.api.LeaseSpec;
import io.towtank.api.LeaseSpecBuilder;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeSpec;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatus;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerSource;
import io.towtank.client.Reply;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The kubelets of all nodes. Every Node object gets one, which registers the node (writes its
 * status, creates its Lease) and from then on runs the pods that are bound to it. There is one
 * watch on pods for all: a pod is looked up by its uid and goes to its own kubelet only.
 *
 * <p>Heartbeats of nodes that are well are not written. A Lease in the namespace kube-node-lease
 * that bears no renewTime is one whose kubelet renews it on time, every 10 s: {@link
 * #leaseRenewedAt} tells when it last did. When a kubelet stops, the lease's last renewal is
 * written, and whoever watches leases knows that none will follow.
 *
 * <p>A node that comes with a Ready condition other than True, as from another cluster, stays down
 * until it is restored.
 *
 * <p>The context's client is used for all requests of all kubelets and should have no limits of its
 * own: each kubelet keeps to the latency profile's {@code kubeletLimits}.
 */
public final class HollowKubelets implements Component {
  /** Where the leases of nodes are. */
  public static final String LEASE_NAMESPACE = "kube-node-lease";

  // kubelet: nodeLeaseDurationSeconds, renewed after a quarter
  private static final int LEASE_SECONDS = 40;
  private static final long SECOND = 1_000_000_000L;
  private static final long RENEWAL_NANOS = 10 * SECOND;
  // component-helpers: lease controller, the first back-off is 200 ms, the last 7 s
  private static final long LEASE_RETRY_NANOS = SECOND;
  // kubelet: nodeStatusUpdateFrequency (looked at), nodeStatusReportFrequency (told unchanged)
  private static final long STATUS_NANOS = 10 * SECOND;
  private static final long REPORT_NANOS = 300 * SECOND;
  // kubelet: the sync of a pod is tried again after backOffPeriod
  private static final long MIRROR_RETRY_NANOS = 10 * SECOND;
  private static final String NAME = "kubelet";
  private static final String READY = "Ready";

  private final Simulation simulation;
  private final ApiClient client;
  private final InformerSource informers;
  private final LatencyProfile latency;
  private final Recorder recorder;
  private final KubeletOptions options;
  private final NodeImages.Catalogue catalogue;
  private final PodTable table = new PodTable();
  private final PodStatuses statuses = new PodStatuses();
  private final Map<String, HollowKubelet> kubelets = new HashMap<>();
  private final IdentityHashMap<PodSpec, PodPlan> plans = new IdentityHashMap<>();
  private final long[] containersStarted;
  private final long[] containersRestarted;
  private final long[] podsRefused;
  private final long[] podsEnded;
  private final long[] podsDeleted;
  private final long[] podsEvicted;
  private final long[] containersOutOfMemory;
  private final long[] imagesPulled;
  private final long[] stagesPlayed;
  private final @Nullable StagePlayer player;
  private ImmutableList<NodeCondition> healthy = ImmutableList.of();
  private final List<Predicate<String>> registryOutages = new ArrayList<>();
  private int passingOutages;
  private int isolatedNodes;
  private Runnable machinesChanged = () -> {};
  private @Nullable PodVolumes volumes;

  /** Kubelets for all Node objects that there are and will be. */
  public HollowKubelets(ComponentContext context, KubeletOptions options) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.informers = context.informers();
    this.latency = context.latency();
    this.recorder = context.recorder();
    this.options = options;
    this.catalogue = new NodeImages.Catalogue(options.images());
    this.containersStarted = recorder.counter("kubelet/containersStarted");
    this.containersRestarted = recorder.counter("kubelet/containersRestarted");
    this.podsRefused = recorder.counter("kubelet/podsRefused");
    this.podsEnded = recorder.counter("kubelet/podsEnded");
    this.podsDeleted = recorder.counter("kubelet/podsDeleted");
    this.podsEvicted = recorder.counter("kubelet/podsEvicted");
    this.containersOutOfMemory = recorder.counter("kubelet/containersOutOfMemory");
    this.imagesPulled = recorder.counter("kubelet/imagesPulled");
    this.stagesPlayed = recorder.counter("kubelet/stagesPlayed");
    this.player =
        options.stages().isEmpty()
            ? null
            : new StagePlayer(
                this,
                client,
                simulation.random("stages"),
                options.stages(),
                epochNanos(simulation.nanos()));
    simulation.addSelfCheck(new KubeletCheck(this, table, kubelets));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    informers
        .informer(Kinds.NODE)
        .addHandler(
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
    informers
        .informer(Kinds.POD)
        .addHandler(
            new WatchListener<Pod>() {
              @Override
              public void added(Pod pod) {
                observe(pod);
                playStages(pod);
              }

              @Override
              public void modified(Pod previous, Pod pod) {
                observe(pod);
                playStages(pod);
              }

              @Override
              public void deleted(Pod last) {
                podDeleted(last);
              }
            });
  }

  /** What pods with claims wait for. */
  PodVolumes volumes() {
    if (volumes == null) {
      volumes = new PodVolumes(this, informers);
    }
    return volumes;
  }

  // What happens to nodes.

  /**
   * Takes the image registry down. Pulls that begin while it is down fail and are tried again after
   * a back-off; those under way go on.
   *
   * @param images which images cannot be had, by their full names, as in {@code
   *     docker.io/library/web:1}
   * @param forGood whether nobody will bring it back: then what waits for it keeps no run from
   *     being idle
   * @return brings it back
   */
  public Runnable failRegistry(Predicate<String> images, boolean forGood) {
    registryOutages.add(images);
    passingOutages += forGood ? 0 : 1;
    return () -> {
      registryOutages.remove(images);
      passingOutages -= forGood ? 0 : 1;
    };
  }

  /** Whether an image that cannot be had now may be there soon. */
  boolean registryComesBack() {
    return passingOutages > 0;
  }

  /**
   * Crashes nodes: kubelets and containers are gone at once, leases are not renewed any more. Names
   * of nodes that are down or that do not exist are passed over.
   */
  public void fail(Iterable<String> names) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null && node.alive) {
        crash(node);
      }
    }
    machinesChanged.run();
  }

  /** Has somebody told when machines were made to fail, or to run again. */
  public void onMachinesChanged(Runnable listener) {
    machinesChanged = listener;
  }

  /**
   * Brings crashed nodes back: each kubelet registers its node and looks after the pods that are
   * bound to it. Their containers are started again if their restart policy says so; pods that were
   * deleted meanwhile go. Names of nodes that are up or that do not exist are passed over.
   */
  public void restore(Iterable<String> names) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null && node.known && !node.alive) {
        boot(node);
      }
    }
    machinesChanged.run();
  }

  /** Whether a node's kubelet runs. */
  public boolean isAlive(String node) {
    HollowKubelet kubelet = kubelets.get(node);
    return kubelet != null && kubelet.alive;
  }

  /**
   * When a node's kubelet last renewed its Lease, in nanoseconds since 1970; Timestamps.NONE where
   * it never did.
   */
  public long leaseRenewedAt(String node) {
    HollowKubelet kubelet = kubelets.get(node);
    return kubelet == null || !kubelet.leased
        ? Timestamps.NONE
        : epochNanos(beat(kubelet, kubelet.renewedFromNanos, RENEWAL_NANOS));
  }

  /**
   * When a node's kubelet last told the node's status (lastHeartbeatTime of its conditions), in
   * nanoseconds since 1970; Timestamps.NONE where it never did.
   */
  public long statusReportedAt(String node) {
    HollowKubelet kubelet = kubelets.get(node);
    return kubelet == null || !kubelet.registered
        ? Timestamps.NONE
        : epochNanos(beat(kubelet, kubelet.startedNanos, REPORT_NANOS));
  }

  private long beat(HollowKubelet node, long fromNanos, long periodNanos) {
    long until = node.alive && node.isolation == null ? now() : node.silentSinceNanos;
    return until < fromNanos ? fromNanos : until - (until - fromNanos) % periodNanos;
  }

  /** The pods that a node's kubelet knows, in the order in which it met them. */
  ImmutableList<Pod> podsOn(String name) {
    HollowKubelet node = kubelets.get(name);
    ImmutableList.Builder<Pod> pods = ImmutableList.builder();
    for (int row = node == null ? PodTable.NONE : node.firstRow;
        row != PodTable.NONE;
        row = table.next(row)) {
      pods.add(table.pod(row));
    }
    return pods.build();
  }

  /** The kubelet of a node; pods may be bound to a node before anything else is known of it. */
  private HollowKubelet kubelet(String name) {
    HollowKubelet node = kubelets.get(name);
    if (node == null) {
      node =
          new HollowKubelet(
              this, name, simulation.random("kubelet/" + name), latency.kubeletLimits());
      kubelets.put(name, node);
    }
    return node;
  }

  private void nodeAdded(Node object) {
    HollowKubelet node = kubelet(object.name());
    node.known = true;
    node.observe(object);
    for (ContainerImage image : object.status().images()) {
      node.images.add(catalogue.id(image));
    }
    if (node.ips == null) {
      node.ips = new PodIps(podCidr(node, object.spec()));
    }
    if (node.alive) {
      // The object was deleted and made again under a kubelet that went on running.
      register(node);
      return;
    }
    node.broughtUpByStages = player != null && player.bringsUp(object);
    NodeCondition ready = object.condition(READY);
    if (ready == null || ready.status() == ConditionStatus.TRUE || node.broughtUpByStages) {
      boot(node);
    } else {
      node.crashed = true;
      node.crashedNanos = now();
      node.silentSinceNanos = now();
    }
  }

  // An unchanged list of conditions is the same instance.
  @SuppressWarnings("ReferenceEquality")
  private void nodeModified(Node previous, Node object) {
    HollowKubelet node = kubelet(object.name());
    node.observe(object);
    if (player != null && node.alive) {
      player.look(object);
    }
    if (previous.status().conditions() != object.status().conditions()
        && node.registered
        && node.isolation == null) {
      NodeCondition ready = object.condition(READY);
      if (ready != null && ready.status() == ConditionStatus.UNKNOWN) {
        tellStatus(node);
      }
    }
  }

  private Cidr podCidr(HollowKubelet node, NodeSpec spec) {
    for (String text : NodePool.cidrs(spec)) {
      Cidr cidr = Cidr.parseOrNull(text);
      if (cidr != null) {
        options.network().reserve(text);
        return cidr;
      }
    }
    // kube-controller-manager: nodeipam gives a range to a node that comes without one
    String text = options.network().allocatePodCidr();
    client.patch(
        Kinds.NODE,
        new ObjectKey(null, node.name),
        stored ->
            stored.withSpec(
                NodeSpecBuilder.builder(stored.spec())
                    .podCIDR(text)
                    .podCIDRs(ImmutableList.of(text))
                    .build()),
        (stored, error) -> {});
    return Cidr.parse(text);
  }

  private void nodeDeleted(Node last) {
    HollowKubelet node = kubelet(last.name());
    node.known = false;
    node.registered = false;
    if (player != null) {
      player.forget(last);
    }
    if (!node.alive) {
      node.ips = null;
      NodePool.cidrs(last.spec()).forEach(options.network()::release);
    }
  }

  private void boot(HollowKubelet node) {
    node.alive = true;
    node.startedNanos = now();
    // Kubelets do not start at the same moment: their renewals are spread over the period.
    node.renewedFromNanos = now() + node.random.nextLong(RENEWAL_NANOS);
    register(node);
    if (node.isolation != null) {
      node.isolation.started = true;
      return;
    }
    meetAll(node);
  }

  private void meetAll(HollowKubelet node) {
    int row = node.firstRow;
    while (row != PodTable.NONE) {
      int next = table.next(row);
      if (!table.ended[row]) {
        meet(node, row);
      }
      row = next;
    }
    Node object = informers.informer(Kinds.NODE).get(null, node.name);
    if (player != null && object != null) {
      player.look(object);
    }
    for (Pod manifest : options.staticPods().on(node.name)) {
      mirror(node, manifest);
    }
  }

  /** Shows a static pod to the API. From then on it is run as any other. */
  private void mirror(HollowKubelet node, Pod manifest) {
    Node object = node.object();
    if (!node.alive || !node.known || object == null) {
      return;
    }
    Pod mirror = StaticPods.mirror(manifest, object);
    send(
        node,
        1,
        () ->
            client.create(
                mirror,
                (stored, error) -> {
                  if (error != null && error.reason() != ApiException.Reason.ALREADY_EXISTS) {
                    simulation.schedule(MIRROR_RETRY_NANOS, () -> mirror(node, manifest));
                  }
                }));
  }

  /** The mirror of a static pod is gone: the pod itself runs on, and is shown again. */
  private void unmirrored(HollowKubelet node, int row, Pod last) {
    PodWorker worker = table.workers[row];
    if (worker != null) {
      stopWaitingForIp(node, worker, false);
      worker.abandon();
    }
    if (node.unmirrored == null) {
      node.unmirrored = new HashMap<>();
    }
    node.unmirrored.put(last.name(), table.pod(row).status());
    remove(row);
    for (Pod manifest : options.staticPods().on(node.name)) {
      if (last.name().equals(manifest.metadata().name() + "-" + node.name)) {
        mirror(node, manifest);
      }
    }
  }

  private void register(HollowKubelet node) {
    if (node.broughtUpByStages) {
      node.registered = true;
    } else {
      postStatus(node);
    }
    send(node, 1, () -> lease(node));
  }

  private void postStatus(HollowKubelet node) {
    send(
        node,
        1,
        () ->
            client.patchStatus(
                Kinds.NODE,
                new ObjectKey(null, node.name),
                stored ->
                    node.alive ? stored.withStatus(registered(node, stored.status())) : stored,
                (stored, error) -> {
                  node.registered = node.alive && stored != null;
                  if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
                    tellStatus(node);
                  }
                }));
  }

  /**
   * Has the node's status told when the kubelet next looks at it, every 10 s (kubelet:
   * tryUpdateNodeStatus).
   */
  private void tellStatus(HollowKubelet node) {
    if (node.statusTimer != 0 || !node.alive) {
      return;
    }
    long periods = (now() - node.startedNanos) / STATUS_NANOS + 1;
    node.statusTimer =
        simulation.schedule(
            node.startedNanos + periods * STATUS_NANOS - now(),
            () -> {
              node.statusTimer = 0;
              if (node.alive) {
                postStatus(node);
              }
            });
  }

  private NodeStatus registered(HollowKubelet node, NodeStatus stored) {
    NodeStatusBuilder status = NodeStatusBuilder.builder(stored);
    if (stored.allocatable().isEmpty()) {
      status.allocatable(stored.capacity());
    }
    if (stored.addresses().isEmpty()) {
      status.addresses(NodePool.addresses(node.name, options.network().nextAddress()));
    }
    return status.conditions(conditions(node, stored.conditions())).build();
  }

  /**
   * A node's conditions once its kubelet runs: its own ones are well, those of others are left
   * (kubelet: nodestatus/setters.go).
   */
  private ImmutableList<NodeCondition> healthy(
      HollowKubelet node, ImmutableList<NodeCondition> stored) {
    long now = Timestamps.toSecond(epochNanos(now()) + node.clockNanos);
    if (healthy.isEmpty() || healthy.get(0).lastHeartbeatTime() != now) {
      healthy =
          ImmutableList.of(
              condition(
                  "MemoryPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasSufficientMemory",
                  "kubelet has sufficient memory available"),
              condition(
                  "DiskPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasNoDiskPressure",
                  "kubelet has no disk pressure"),
              condition(
                  "PIDPressure",
                  ConditionStatus.FALSE,
                  now,
                  "KubeletHasSufficientPID",
                  "kubelet has sufficient PID available"),
              condition(
                  READY,
                  ConditionStatus.TRUE,
                  now,
                  "KubeletReady",
                  "kubelet is posting ready status"));
    }
    if (stored.isEmpty()) {
      return healthy;
    }
    ImmutableList.Builder<NodeCondition> merged = ImmutableList.builder();
    for (NodeCondition condition : stored) {
      if (healthy.stream().noneMatch(own -> own.type().equals(condition.type()))) {
        merged.add(condition);
      }
    }
    for (NodeCondition own : healthy) {
      NodeCondition before =
          stored.stream().filter(c -> c.type().equals(own.type())).findFirst().orElse(null);
      merged.add(
          before != null && before.status() == own.status()
              ? new NodeCondition(
                  own.type(),
                  own.status(),
                  own.lastHeartbeatTime(),
                  before.lastTransitionTime(),
                  own.reason(),
                  own.message(),
                  Fields.NONE)
              : own);
    }
    return merged.build();
  }

  /** A node's conditions as its kubelet sees them, and those of others as they are. */
  private ImmutableList<NodeCondition> conditions(
      HollowKubelet node, ImmutableList<NodeCondition> stored) {
    ImmutableList<NodeCondition> healthy = healthy(node, stored);
    if (node.shutdown == null && node.pressures.isEmpty()) {
      return healthy;
    }
    long now = Timestamps.toSecond(epochNanos(now()) + node.clockNanos);
    ImmutableList.Builder<NodeCondition> conditions = ImmutableList.builder();
    for (NodeCondition condition : healthy) {
      boolean leaving = node.shutdown != null && condition.type().equals(READY);
      conditions.add(
          leaving
              ? condition(
                  READY, ConditionStatus.FALSE, now, "KubeletNotReady", NodeShutdown.NODE_MESSAGE)
              : node.pressures.getOrDefault(condition.type(), condition));
    }
    return conditions.build();
  }

  private static NodeCondition condition(
      String type, ConditionStatus status, long now, String reason, String message) {
    return new NodeCondition(type, status, now, now, reason, message, Fields.NONE);
  }

  /** Creates a node's Lease, or tells of it that it is renewed again. */
  private void lease(HollowKubelet node) {
    if (node.leased) {
      renewFromNowOn(node);
      return;
    }
    LeaseSpec spec =
        LeaseSpecBuilder.builder()
            .holderIdentity(node.name)
            .leaseDurationSeconds(LEASE_SECONDS)
            .acquireTime(Timestamps.NONE)
            .renewTime(Timestamps.NONE)
            .build();
    Lease lease =
        new Lease(
            ObjectMetaBuilder.builder()
                .name(node.name)
                .namespace(LEASE_NAMESPACE)
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .build(),
            0,
            spec,
            Fields.NONE);
    client.create(
        lease,
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.ALREADY_EXISTS) {
            simulation.schedule(LEASE_RETRY_NANOS, () -> send(node, 1, () -> lease(node)));
            return;
          }
          node.leased = true;
          if (error != null) {
            renewFromNowOn(node);
          }
          if (!node.alive || node.isolation != null) {
            renew(node, lastRenewal(node));
          }
        });
  }

  /**
   * Tells of a lease that it is renewed every 10 s from now on. Where the node's clock was set back
   * it takes until the clock has caught up before a renewal is later than the last one: to whoever
   * watches, the lease is not renewed until then.
   */
  private void renewFromNowOn(HollowKubelet node) {
    cancel(node.renewalTimer);
    node.renewalTimer = 0;
    long behind = node.latestRenewal - epochNanos(now()) - node.clockNanos;
    if (behind <= 0) {
      renew(node, Timestamps.NONE);
      return;
    }
    renew(node, node.latestRenewal);
    node.renewalTimer =
        simulation.scheduleBackground(
            behind,
            () -> {
              node.renewalTimer = 0;
              if (node.alive && node.isolation == null) {
                renew(node, Timestamps.NONE);
              }
            });
  }

  /**
   * Writes what a lease tells from now on. That is how whoever watches learns of many renewals, or
   * that none will follow: it is not one request, and where it is refused it is sent again.
   */
  private void renew(HollowKubelet node, long renewTime) {
    node.toldRenewal = renewTime;
    client.patch(
        Kinds.LEASE,
        new ObjectKey(LEASE_NAMESPACE, node.name),
        stored -> {
          LeaseSpec spec = stored.spec();
          return stored.withSpec(
              LeaseSpecBuilder.builder(spec == null ? LeaseSpecBuilder.builder().build() : spec)
                  .holderIdentity(node.name)
                  .leaseDurationSeconds(LEASE_SECONDS)
                  .renewTime(renewTime)
                  .build());
        },
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            simulation.schedule(
                LEASE_RETRY_NANOS,
                () -> {
                  if (node.toldRenewal == renewTime) {
                    renew(node, renewTime);
                  }
                });
          }
        });
  }

  private long lastRenewal(HollowKubelet node) {
    long renewed = epochNanos(beat(node, node.renewedFromNanos, RENEWAL_NANOS)) + node.clockNanos;
    return Math.max(renewed, node.latestRenewal);
  }

  // Nodes and the API that do not hear one another.

  /**
   * Cuts nodes off from the API: kubelets hear nothing of it and it hears nothing of them, while
   * containers go on. Names of nodes that do not exist are passed over.
   *
   * @param hang whether it is the kubelets that hang: they start no containers either
   */
  public void isolate(Iterable<String> names, boolean hang) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node == null) {
        continue;
      }
      Isolation isolation = node.isolation;
      if (isolation == null) {
        if (node.alive) {
          node.silentSinceNanos = now();
        }
        isolation = new Isolation(now());
        node.isolation = isolation;
        isolatedNodes++;
        cancel(node.renewalTimer);
        node.renewalTimer = 0;
        if (node.alive && node.leased) {
          renew(node, lastRenewal(node));
        }
      }
      isolation.begin(hang);
    }
  }

  /**
   * Ends what {@link #isolate} began. When nothing cuts a node off any more, its kubelet learns
   * what it missed and tells what it could not.
   */
  public void rejoin(Iterable<String> names, boolean hang) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null && node.isolation != null) {
        rejoin(node, node.isolation, hang);
      }
    }
  }

  private void rejoin(HollowKubelet node, Isolation isolation, boolean hang) {
    boolean whole = isolation.end(hang);
    if (!isolation.hangs()) {
      isolation.takeWork().forEach(Runnable::run);
    }
    if (!whole) {
      return;
    }
    node.isolation = null;
    isolatedNodes--;
    boolean alive = node.alive;
    // A kubelet that was started meanwhile learns of its pods as they are now.
    node.alive = alive && !isolation.started;
    for (Isolation.Missed missed : isolation.missed()) {
      if (missed.deleted()) {
        podDeleted(missed.pod());
      } else {
        observe(missed.pod());
      }
    }
    node.alive = alive;
    if (alive) {
      node.renewedFromNanos = now();
      if (isolation.started) {
        meetAll(node);
      }
      for (Runnable request = isolation.nextRequest();
          request != null;
          request = isolation.nextRequest()) {
        request.run();
      }
      lease(node);
      tellStatus(node);
    }
  }

  /** Whether a kubelet that runs and the API hear one another. */
  public boolean isReachable(String name) {
    HollowKubelet node = kubelets.get(name);
    return node != null && node.alive && node.isolation == null;
  }

  // Other troubles.

  /**
   * Makes the disks of nodes slower, or as fast again: what pulls images and starts containers
   * takes so much longer.
   *
   * @param factor of the time; several faults multiply, and 1 / factor undoes one
   */
  public void slowDisks(Iterable<String> names, double factor) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null) {
        double slower = node.diskFactor * factor;
        node.diskFactor = Math.abs(slower - 1) < 1e-9 ? 1 : slower;
      }
    }
  }

  /**
   * Sets the clocks of nodes forward, or back where it is negative. Their kubelets write by them;
   * timers go on as they were.
   */
  public void setClocks(Iterable<String> names, long byNanos) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node == null) {
        continue;
      }
      if (node.leased) {
        node.latestRenewal = lastRenewal(node);
      }
      node.clockNanos += byNanos;
      if (node.alive && node.leased && node.isolation == null) {
        renewFromNowOn(node);
      }
      for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
        PodWorker worker = table.workers[row];
        if (worker != null) {
          worker.clockSet();
        }
      }
    }
  }

  /**
   * Has a pod's containers die by themselves.
   *
   * @param container its name, {@code *} for all
   * @return how many ran and died
   */
  public int crashContainers(Pod pod, String container, int exitCode) {
    int row = table.find(PodTable.uid(pod));
    if (row == PodTable.NONE || !table.node(row).alive || table.ended[row]) {
      return 0;
    }
    return worker(row).crash(container, exitCode);
  }

  /**
   * Shuts nodes down in order (kubelet: shutdownGracePeriod): their pods end, those that are not
   * critical first, then the machines stop. Names of nodes that are down are passed over.
   *
   * @param graceNanos for all pods
   * @param criticalNanos which part of it is for critical ones
   */
  public void shutDown(Iterable<String> names, long graceNanos, long criticalNanos) {
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null && node.alive && node.shutdown == null) {
        node.shutdown = new NodeShutdown(this, node, graceNanos, criticalNanos);
        event(node, "Normal", "Shutdown", "Shutdown manager detected shutdown event");
        postStatus(node);
        node.shutdown.next();
      }
    }
  }

  void powerOff(HollowKubelet node) {
    if (node.alive) {
      crash(node);
    }
  }

  private void crash(HollowKubelet node) {
    if (node.isolation == null) {
      node.silentSinceNanos = now();
    } else {
      node.isolation.forget();
    }
    if (node.shutdown != null) {
      node.shutdown.abort();
      node.shutdown = null;
    }
    cancel(node.statusTimer);
    node.statusTimer = 0;
    cancel(node.renewalTimer);
    node.renewalTimer = 0;
    node.alive = false;
    node.crashed = true;
    node.registered = false;
    node.crashedNanos = now();
    simulation.cancel(node.reportTimer);
    node.reportTimer = 0;
    node.waitingForIp = null;
    node.images.abort(now());
    node.pressure.forget();
    node.pressures.clear();
    if (node.ips != null) {
      node.ips.clear();
    }
    Node object = informers.informer(Kinds.NODE).get(null, node.name);
    if (player != null && object != null) {
      player.forget(object);
    }
    int row = node.firstRow;
    while (row != PodTable.NONE) {
      int next = table.next(row);
      PodWorker worker = table.workers[row];
      if (worker != null) {
        worker.abandon();
        table.workers[row] = null;
      }
      unreserve(node, row);
      table.ips[row] = PodIps.NONE;
      if (player != null) {
        player.forget(table.pod(row));
      }
      if (worker != null && worker.isOrphaned()) {
        remove(row);
      } else {
        // What the API was not told before the crash has to be told again afterwards.
        table.ended[row] = table.pod(row).status().phase().isTerminal();
      }
      row = next;
    }
    if (node.leased) {
      renew(node, lastRenewal(node));
    }
  }

  // What happens to pods.

  private void observe(Pod pod) {
    String nodeName = pod.nodeName();
    if (nodeName == null || isMissed(nodeName, pod, false)) {
      return;
    }
    int row = table.find(PodTable.uid(pod));
    if (row == PodTable.NONE) {
      if (!pod.status().phase().isTerminal()) {
        HollowKubelet node = kubelet(nodeName);
        PodStatus before = node.unmirrored == null ? null : node.unmirrored.remove(pod.name());
        Pod seen = before == null ? pod : pod.withStatus(before);
        row = table.add(seen, node, plan(pod.spec()));
        if (player != null) {
          player.takes(row, pod);
        }
        if (node.alive) {
          meet(node, row);
          if (before != null) {
            worker(row).tell();
          }
        }
      }
      return;
    }
    HollowKubelet node = table.node(row);
    Pod known = table.pod(row);
    PodWorker worker = table.workers[row];
    boolean newer = pod.resourceVersion() > known.resourceVersion();
    if (player != null && player.has(row)) {
      if (pod.status().phase().isTerminal()) {
        remove(row);
      } else if (newer) {
        table.pods[row] = pod;
      }
      return;
    }
    if (table.ended[row] && worker == null) {
      if (pod.status().phase().isTerminal()) {
        remove(row);
      }
      return;
    }
    if (!node.alive) {
      if (newer) {
        table.pods[row] = pod;
        table.ended[row] = pod.status().phase().isTerminal();
      }
      return;
    }
    boolean terminating = pod.metadata().deletionTimestamp() != Timestamps.NONE;
    if (terminating && StaticPods.isMirror(pod)) {
      if (newer) {
        table.pods[row] = pod;
        delete(
            node,
            ObjectKey.of(pod),
            new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, pod.metadata().uid()),
            (deleted, error) -> {});
      }
      return;
    }
    boolean changed = newer && statusChanged(known, pod);
    if (worker == null && (terminating || changed)) {
      worker = PodWorker.resumed(this, row);
      table.workers[row] = worker;
    }
    if (newer) {
      table.pods[row] = pod;
    }
    if (worker != null && terminating) {
      Long grace = pod.metadata().deletionGracePeriodSeconds();
      worker.terminate(grace == null ? table.plan(row).graceSeconds : grace);
    } else if (worker != null && changed) {
      worker.reconcile(pod);
    }
  }

  /** Whether a pod's kubelet is cut off and will have to be told of it later. */
  private boolean isMissed(@Nullable String nodeName, Pod pod, boolean deleted) {
    if (isolatedNodes == 0 || nodeName == null) {
      return false;
    }
    Isolation isolation = kubelet(nodeName).isolation;
    if (isolation == null) {
      return false;
    }
    isolation.miss(PodTable.uid(pod), pod, deleted);
    return true;
  }

  // The kubelet knows what it wrote itself by the instance.
  @SuppressWarnings("ReferenceEquality")
  private static boolean statusChanged(Pod known, Pod seen) {
    return known.status() != seen.status();
  }

  private void podDeleted(Pod last) {
    if (isMissed(last.nodeName(), last, true)) {
      return;
    }
    if (player != null) {
      player.forget(last);
    }
    int row = table.find(PodTable.uid(last));
    if (row == PodTable.NONE) {
      return;
    }
    HollowKubelet node = table.node(row);
    podsDeleted[0]++;
    boolean staged = player != null && player.has(row);
    if (!node.alive || staged || (table.ended[row] && table.workers[row] == null)) {
      remove(row);
      return;
    }
    if (StaticPods.isMirror(last)) {
      unmirrored(node, row, last);
      return;
    }
    PodWorker worker = table.workers[row];
    if (worker == null) {
      worker = PodWorker.resumed(this, row);
      table.workers[row] = worker;
    }
    worker.orphan();
  }

  /** A kubelet that runs meets a pod: new, from before a crash, or running since ever. */
  private void meet(HollowKubelet node, int row) {
    Pod pod = table.pod(row);
    if (player != null && player.has(row)) {
      reserve(node, row);
      keepIp(node, row);
      player.look(pod);
      return;
    }
    if (node.crashed) {
      PodWorker worker = PodWorker.resumed(this, row);
      table.workers[row] = worker;
      worker.restart();
      return;
    }
    boolean running =
        pod.status().containerStatuses().stream()
            .anyMatch(status -> status.state() != null && status.state().running() != null);
    PodWorker worker = running ? PodWorker.resumed(this, row) : PodWorker.fresh(this, row);
    table.workers[row] = worker;
    if (running) {
      worker.adopt();
    }
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
      Long grace = pod.metadata().deletionGracePeriodSeconds();
      worker.terminate(grace == null ? table.plan(row).graceSeconds : grace);
    } else if (!running) {
      worker.start();
    }
  }

  private void playStages(Pod pod) {
    String node = pod.nodeName();
    if (player != null && node != null && kubelet(node).alive) {
      player.look(pod);
    }
  }

  /** A pod belongs to stages from now on: what its kubelet was about to do does not happen. */
  void leaveToStages(int row) {
    PodWorker worker = table.workers[row];
    if (worker != null) {
      stopWaitingForIp(table.node(row), worker, false);
      worker.abandon();
      table.workers[row] = null;
    }
    table.node(row).pressure.ended(row);
  }

  private PodPlan plan(PodSpec spec) {
    return plans.computeIfAbsent(spec, s -> new PodPlan(s, catalogue));
  }

  // What workers ask for.

  PodTable table() {
    return table;
  }

  PodStatuses statuses() {
    return statuses;
  }

  LatencyProfile latency() {
    return latency;
  }

  PodBehaviour behaviour() {
    return options.behaviour();
  }

  long now() {
    return simulation.nanos();
  }

  /** A virtual time as nanoseconds since 1970. */
  long epochNanos(long nanos) {
    return simulation.epochNanos() - simulation.nanos() + nanos;
  }

  long schedule(long delayNanos, Runnable action) {
    return simulation.schedule(delayNanos, action);
  }

  long scheduleBackground(long delayNanos, Runnable action) {
    return simulation.scheduleBackground(delayNanos, action);
  }

  void cancel(long timer) {
    if (timer != 0) {
      simulation.cancel(timer);
    }
  }

  void event(Pod pod, String type, String reason, String message) {
    recorder.event(pod, NAME, pod.nodeName(), type, reason, message);
  }

  /** An event that comes with every pod: what it says is made only where somebody reads it. */
  void usualEvent(Pod pod, String reason, Supplier<String> message) {
    if (recorder.storesEvents()) {
      event(pod, "Normal", reason, message.get());
    } else {
      recorder.countEvent(NAME, reason);
    }
  }

  /** An event that a stage tells. */
  void event(KubeObject about, String type, String reason, String message) {
    if (about instanceof Pod pod) {
      event(pod, type, reason, message);
    } else {
      recorder.event(about, NAME, type, reason, message);
    }
  }

  void event(HollowKubelet node, String type, String reason, String message) {
    Node object = informers.informer(Kinds.NODE).get(null, node.name);
    if (object != null) {
      recorder.event(object, NAME, type, reason, message);
    }
  }

  void podEvicted() {
    podsEvicted[0]++;
  }

  void outOfMemory() {
    containersOutOfMemory[0]++;
  }

  /** The worker of a pod, which is made again where it has none. */
  PodWorker worker(int row) {
    PodWorker worker = table.workers[row];
    if (worker == null) {
      worker = PodWorker.resumed(this, row);
      table.workers[row] = worker;
    }
    return worker;
  }

  /** Tells that a node has a condition, or has it no more. */
  void tell(HollowKubelet node, String type, boolean holds, String reason, String message) {
    long now = Timestamps.toSecond(epochNanos(now()) + node.clockNanos);
    NodeCondition told =
        condition(type, holds ? ConditionStatus.TRUE : ConditionStatus.FALSE, now, reason, message);
    if (holds) {
      node.pressures.put(type, told);
    } else {
      node.pressures.remove(type);
    }
    send(
        node,
        1,
        () ->
            client.patchStatus(
                Kinds.NODE,
                new ObjectKey(null, node.name),
                stored -> {
                  ImmutableList.Builder<NodeCondition> conditions = ImmutableList.builder();
                  for (NodeCondition condition : stored.status().conditions()) {
                    conditions.add(condition.type().equals(type) ? told : condition);
                  }
                  return stored.withStatus(
                      NodeStatusBuilder.builder(stored.status())
                          .conditions(conditions.build())
                          .build());
                },
                (stored, error) -> {}));
  }

  void containerStarted() {
    containersStarted[0]++;
  }

  void containerRestarted() {
    containersRestarted[0]++;
  }

  void stagePlayed() {
    stagesPlayed[0]++;
  }

  void podRefused() {
    podsRefused[0]++;
  }

  /** Whether a container's image would have to be pulled and cannot be. */
  boolean pullFails(HollowKubelet node, PodPlan plan, int container) {
    int image = plan.images[container];
    return switch (plan.pullPolicies.get(container)) {
      case NEVER -> false;
      case IF_NOT_PRESENT -> cannotBeHad(image) && !node.images.has(image, now());
      case ALWAYS -> cannotBeHad(image);
    };
  }

  private boolean cannotBeHad(int image) {
    if (catalogue.bytes(image) < 0) {
      return true;
    }
    for (Predicate<String> outage : registryOutages) {
      if (catalogue.image(image).names().stream().anyMatch(outage)) {
        return true;
      }
    }
    return false;
  }

  /** How long it takes until a container's image is there; -1 where it never will be. */
  long pullNanos(HollowKubelet node, PodPlan plan, int container) {
    int image = plan.images[container];
    long now = now();
    boolean present = node.images.has(image, now);
    switch (plan.pullPolicies.get(container)) {
      case NEVER -> {
        return present ? 0 : -1;
      }
      case IF_NOT_PRESENT -> {
        if (present) {
          return 0;
        }
      }
      case ALWAYS -> {}
    }
    long end =
        node.images.pull(
            image,
            catalogue.bytes(image),
            now,
            latency.imagePullStart().sampleNanos(node.random),
            slowed(latency.imageBytesPerSecond(), node.diskFactor),
            options.serializeImagePulls());
    if (!present) {
      imagesPulled[0]++;
      reportImages(node, end);
    }
    return end - now;
  }

  /** Bytes a second of a slower disk; 0 stays what it means, at once. */
  private static long slowed(long bytesPerSecond, double factor) {
    return factor == 1 || bytesPerSecond == 0
        ? bytesPerSecond
        : Math.max(1, (long) (bytesPerSecond / factor));
  }

  /** What a node's images take of its disk, in bytes. */
  long imageBytes(HollowKubelet node) {
    return node.images.bytes(catalogue);
  }

  /** Removes the images of which no pod's container runs (kubelet: DeleteUnusedImages). */
  void removeUnusedImages(HollowKubelet node) {
    IntOpenHashSet used = new IntOpenHashSet();
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (!table.ended[row]) {
        used.addAll(IntList.of(table.plan(row).images));
      }
    }
    if (node.images.removeUnused(used, now())) {
      reportImages(node, now());
    }
  }

  /** Has the node's status tell of an image when it is next looked at. */
  private void reportImages(HollowKubelet node, long presentAtNanos) {
    long periods = (presentAtNanos - node.startedNanos) / STATUS_NANOS + 1;
    long at = node.startedNanos + periods * STATUS_NANOS;
    if (node.reportTimer != 0 && node.reportAtNanos <= at) {
      return;
    }
    cancel(node.reportTimer);
    node.reportAtNanos = at;
    node.reportTimer =
        simulation.scheduleBackground(
            at - now(),
            () -> {
              node.reportTimer = 0;
              ImmutableList<ContainerImage> images = node.images.report(catalogue, now());
              send(
                  node,
                  1,
                  () ->
                      client.patchStatus(
                          Kinds.NODE,
                          new ObjectKey(null, node.name),
                          stored ->
                              stored.withStatus(
                                  NodeStatusBuilder.builder(stored.status())
                                      .images(images)
                                      .build()),
                          (stored, error) -> {}));
              long next = node.images.nextAfter(now());
              if (next != Long.MAX_VALUE) {
                reportImages(node, next);
              }
            });
  }

  /** Gives a pod an address of its node; false where none is left. */
  boolean takeIp(HollowKubelet node, int row) {
    if (node.ips == null) {
      return false;
    }
    table.ips[row] = node.ips.take();
    return table.ips[row] != PodIps.NONE;
  }

  /** Has a pod keep the address that its status tells. */
  void keepIp(HollowKubelet node, int row) {
    String ip = table.pod(row).status().podIP();
    Cidr address = ip == null ? null : Cidr.parseOrNull(ip + "/32");
    if (!table.plan(row).hostNetwork
        && address != null
        && node.ips != null
        && node.ips.take(address.base())) {
      table.ips[row] = address.base();
    }
  }

  /** The address of a pod, which it gets now if it has none; null where none is left. */
  @Nullable String ipOf(Pod pod) {
    int row = table.find(PodTable.uid(pod));
    if (row == PodTable.NONE) {
      return pod.status().podIP();
    }
    HollowKubelet node = table.node(row);
    if (table.plan(row).hostNetwork) {
      return node.hostIp;
    }
    return table.ips[row] != PodIps.NONE || takeIp(node, row) ? Cidr.text(table.ips[row]) : null;
  }

  /** A node's own address; empty where it has none. */
  String hostIp(String name) {
    HollowKubelet node = kubelets.get(name);
    return node == null || node.hostIp == null ? "" : node.hostIp;
  }

  void waitForIp(HollowKubelet node, PodWorker worker) {
    if (node.waitingForIp == null) {
      node.waitingForIp = new ArrayDeque<>();
    }
    node.waitingForIp.add(worker);
  }

  /** A pod does not want an address any more, or not the one that it was about to get. */
  void stopWaitingForIp(HollowKubelet node, PodWorker worker, boolean retrying) {
    if (node.waitingForIp == null) {
      return;
    }
    node.waitingForIp.remove(worker);
    if (retrying) {
      offerIp(node);
    }
  }

  private void offerIp(HollowKubelet node) {
    PodWorker first = node.waitingForIp == null ? null : node.waitingForIp.poll();
    if (first != null) {
      first.retrySandbox();
    }
  }

  /** Makes free all that a pod had of its node. */
  void release(HollowKubelet node, int row) {
    unreserve(node, row);
    int ip = table.ips[row];
    if (ip != PodIps.NONE && node.ips != null) {
      node.ips.free(ip);
      table.ips[row] = PodIps.NONE;
      offerIp(node);
    }
  }

  /** A pod's containers have all stopped. */
  void podStopped(HollowKubelet node) {
    if (node.shutdown != null) {
      node.shutdown.podStopped();
    }
  }

  void reserve(HollowKubelet node, int row) {
    node.reserve(table.plan(row));
    table.reserved[row] = true;
  }

  void unreserve(HollowKubelet node, int row) {
    if (table.reserved[row]) {
      table.reserved[row] = false;
      node.release(table.plan(row));
    }
  }

  /** The API answered with a version of a pod. */
  void seen(int row, Pod stored) {
    if (stored.resourceVersion() > table.pod(row).resourceVersion()) {
      table.pods[row] = stored;
    }
  }

  /** A pod has ended, the API knows it, and nobody wants it deleted. */
  void podEnded(int row) {
    podsEnded[0]++;
    table.workers[row] = null;
  }

  void remove(int row) {
    PodPlan plan = table.plan(row);
    release(table.node(row), row);
    if (player != null) {
      player.removed(row);
    }
    table.remove(row);
    if (plan.users == 0) {
      plans.remove(plan.spec);
    }
  }

  /** Patches a pod's status; kubelets read the pod before they do. */
  <W extends UnaryOperator<Pod> & Reply<Pod>> void patchStatus(
      HollowKubelet node, ObjectKey pod, W worker) {
    send(node, 2, () -> client.patchStatus(Kinds.POD, pod, worker, worker));
  }

  void delete(HollowKubelet node, ObjectKey pod, DeleteOptions how, Reply<Pod> reply) {
    send(node, 1, () -> client.delete(Kinds.POD, pod, how, reply));
  }

  /** Sends a request as soon as the kubelet's own limit allows. */
  private void send(HollowKubelet node, int tokens, Runnable request) {
    if (node.isolation != null) {
      node.isolation.hold(() -> send(node, tokens, request));
      return;
    }
    ClientLimits limits = latency.kubeletLimits();
    long wait = node.bucket.take(limits, now(), tokens);
    if (wait == 0) {
      request.run();
    } else {
      simulation.schedule(wait, request);
    }
  }
}
