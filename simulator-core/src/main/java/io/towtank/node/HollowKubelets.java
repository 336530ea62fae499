package io.towtank.node;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodStatus;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerSource;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

  private static final String NAME = "kubelet";
  private static final String READY = "Ready";

  private final Simulation simulation;
  private final ApiClient client;
  private final InformerSource informers;
  private final LatencyProfile latency;
  private final Recorder recorder;
  private final KubeletOptions options;
  private final KubeletRequests requests;
  private final NodeLeases leases;
  private final NodeStatusReports reports;
  private final ImagePulls images;
  private final PodAddresses addresses;
  private final MirrorPods mirrors;
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
  private final long[] stagesPlayed;
  private final @Nullable StagePlayer player;
  private int isolatedNodes;
  private Runnable machinesChanged = () -> {};
  private @Nullable PodVolumes volumes;
  private @Nullable PodConfiguration configuration;

  /** Kubelets for all Node objects that there are and will be. */
  public HollowKubelets(ComponentContext context, KubeletOptions options) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.informers = context.informers();
    this.latency = context.latency();
    this.recorder = context.recorder();
    this.options = options;
    this.requests = new KubeletRequests(simulation, client, latency.kubeletLimits());
    this.leases = new NodeLeases(simulation, client, requests);
    this.reports = new NodeStatusReports(simulation, requests, options.network());
    this.images =
        new ImagePulls(
            simulation,
            requests,
            latency,
            table,
            options.images(),
            options.serializeImagePulls(),
            recorder.counter("kubelet/imagesPulled"));
    this.addresses = new PodAddresses(client, options.network(), table);
    this.mirrors = new MirrorPods(this, requests, options.staticPods());
    this.containersStarted = recorder.counter("kubelet/containersStarted");
    this.containersRestarted = recorder.counter("kubelet/containersRestarted");
    this.podsRefused = recorder.counter("kubelet/podsRefused");
    this.podsEnded = recorder.counter("kubelet/podsEnded");
    this.podsDeleted = recorder.counter("kubelet/podsDeleted");
    this.podsEvicted = recorder.counter("kubelet/podsEvicted");
    this.containersOutOfMemory = recorder.counter("kubelet/containersOutOfMemory");
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

  /** What pods with variables and files from elsewhere wait for. */
  PodConfiguration configuration() {
    if (configuration == null) {
      configuration = new PodConfiguration(informers);
    }
    return configuration;
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
    return this.images.failRegistry(images, forGood);
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
    return kubelet == null || !kubelet.leased ? Timestamps.NONE : leases.renewedAt(kubelet);
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
    images.bring(node, object.status().images());
    addresses.nodeAdded(node, object.spec());
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
        reports.postLater(node);
      }
    }
  }

  private void nodeDeleted(Node last) {
    HollowKubelet node = kubelet(last.name());
    node.known = false;
    node.registered = false;
    if (player != null) {
      player.forget(last);
    }
    if (!node.alive) {
      addresses.nodeDeleted(node, last);
    }
  }

  private void boot(HollowKubelet node) {
    node.alive = true;
    node.startedNanos = now();
    leases.start(node);
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
    mirrors.show(node);
  }

  private void register(HollowKubelet node) {
    if (node.broughtUpByStages) {
      node.registered = true;
    } else {
      reports.post(node);
    }
    requests.send(node, () -> leases.tell(node));
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
        if (node.alive) {
          leases.stop(node);
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
      leases.tell(node);
      reports.postLater(node);
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
      leases.setClock(node, byNanos);
      for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
        PodWorker worker = table.workers[row];
        if (worker != null) {
          worker.clockSet();
        }
      }
    }
  }

  /**
   * Breaks devices of nodes: each offers so many less of a resource, and says so with its next
   * status, within 10 s; pods that have them keep them. Nodes that do not have the resource are
   * passed over.
   *
   * @param resource an extended resource, as nvidia.com/gpu
   * @param count how many of each node, the first ones that are well
   * @return mends them
   */
  public Runnable breakDevices(Iterable<String> names, String resource, long count) {
    Map<String, BitSet> broken = new LinkedHashMap<>();
    for (String name : names) {
      HollowKubelet node = kubelets.get(name);
      if (node != null && node.amount(resource) > 0) {
        BitSet breaking = devices(node).breakSome(resource, count, node.amount(resource));
        broken.put(name, breaking);
        devicesChanged(node, resource, breaking);
      }
    }
    return () ->
        broken.forEach((name, mended) -> {
          HollowKubelet node = kubelets.get(name);
          if (node != null) {
            devices(node).mend(resource, mended);
            devicesChanged(node, resource, mended);
          }
        });
  }

  private void devicesChanged(HollowKubelet node, String resource, BitSet changed) {
    reports.postLater(node);
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (node.alive && !table.ended[row] && devices(node).hasAny(row, resource, changed)) {
        worker(row).tell();
      }
    }
  }

  /** The devices that a container of a pod has, by their resources. */
  public ImmutableMap<String, ImmutableList<String>> devices(Pod pod, String container) {
    int row = table.find(PodTable.uid(pod));
    NodeDevices devices = row == PodTable.NONE ? null : table.node(row).devices;
    if (devices != null) {
      PodPlan plan = table.plan(row);
      for (int i = 0; i < plan.containers.size(); i++) {
        if (plan.containers.get(i).name().equals(container)) {
          return devices.of(row, plan, i);
        }
      }
    }
    return ImmutableMap.of();
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
        reports.post(node);
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
    node.alive = false;
    node.crashed = true;
    node.registered = false;
    node.crashedNanos = now();
    images.abort(node);
    addresses.crash(node);
    node.pressure.forget();
    node.pressures.clear();
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
    leases.stop(node);
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
        PodStatus before = mirrors.statusBefore(node, pod);
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
        mirrors.delete(node, pod);
      }
      return;
    }
    boolean changed = newer && statusChanged(known, pod);
    if (worker == null && (terminating || changed)) {
      worker = worker(row);
    }
    if (newer) {
      table.pods[row] = pod;
    }
    if (worker != null && terminating) {
      worker.terminate(pod);
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
      mirrors.gone(node, row, last);
      return;
    }
    worker(row).orphan();
  }

  /** A kubelet that runs meets a pod: new, from before a crash, or running since ever. */
  private void meet(HollowKubelet node, int row) {
    Pod pod = table.pod(row);
    if (player != null && player.has(row)) {
      reserve(node, row);
      addresses.keep(node, row);
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
      worker.terminate(pod);
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
      addresses.stopWaiting(table.node(row), worker, false);
      worker.abandon();
      table.workers[row] = null;
    }
    table.node(row).pressure.ended(row);
  }

  private PodPlan plan(PodSpec spec) {
    return plans.computeIfAbsent(spec, s -> new PodPlan(s, images.catalogue()));
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

  KubeletRequests requests() {
    return requests;
  }

  NodeStatusReports reports() {
    return reports;
  }

  ImagePulls images() {
    return images;
  }

  PodAddresses addresses() {
    return addresses;
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

  EvictionOptions eviction() {
    return options.eviction();
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

  /** A node's own address; empty where it has none. */
  String hostIp(String name) {
    HollowKubelet node = kubelets.get(name);
    return node == null || node.hostIp == null ? "" : node.hostIp;
  }

  /** Makes free all that a pod had of its node. */
  void release(HollowKubelet node, int row) {
    unreserve(node, row);
    addresses.release(node, row);
  }

  /** A pod's containers have all stopped. */
  void podStopped(HollowKubelet node) {
    if (node.shutdown != null) {
      node.shutdown.podStopped();
    }
  }

  void reserve(HollowKubelet node, int row) {
    PodPlan plan = table.plan(row);
    node.reserve(plan);
    if (plan.requestsDevices) {
      devices(node).give(row, plan, node::amount);
    }
    table.reserved[row] = true;
  }

  void unreserve(HollowKubelet node, int row) {
    if (table.reserved[row]) {
      table.reserved[row] = false;
      node.release(table.plan(row));
      if (table.plan(row).requestsDevices) {
        devices(node).takeBack(row);
      }
    }
  }

  private static NodeDevices devices(HollowKubelet node) {
    if (node.devices == null) {
      node.devices = new NodeDevices();
    }
    return node.devices;
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
}
