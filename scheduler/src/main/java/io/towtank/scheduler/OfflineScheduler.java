package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiNode;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.api.StorageClass;
import io.towtank.client.ApiClient;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.ProfileFactory;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Volumes;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides for pods on a cluster that is given as objects, outside time: for explanations, for
 * comparisons with recorded decisions, for benchmarks. It is the same scheduling cycle that {@link
 * Scheduler} runs.
 */
public final class OfflineScheduler {
  private final ClusterState state = new ClusterState();
  private final PodNominator nominator = new PodNominator();
  private final WorkloadSelectors workloads = new WorkloadSelectors(state);
  private final Map<ObjectKey, PodDisruptionBudget> budgets = new LinkedHashMap<>();
  private final ImmutableMap<String, Profile> profiles;
  private final SchedulingCycle cycle;
  private final Explainer explainer;

  /**
   * An empty cluster, with seed 0.
   *
   * @throws io.towtank.scheduler.config.ConfigurationException where the configuration is wrong
   */
  public OfflineScheduler(SchedulerConfiguration configuration) {
    this(configuration, 0);
  }

  /**
   * An empty cluster.
   *
   * @param seed where chance comes from
   * @throws io.towtank.scheduler.config.ConfigurationException where the configuration is wrong
   */
  public OfflineScheduler(SchedulerConfiguration configuration, long seed) {
    Simulation simulation = new Simulation(seed, 0);
    ApiStore store = new ApiStore(simulation, ImmutableList.of());
    ApiClient client =
        new ApiClient("offline", simulation, store, Distribution.ZERO, ClientLimits.NONE);
    var random = configuration.ties() == Ties.RANDOM ? simulation.random("scheduler") : null;
    ImmutableList<Extender> extenders = configuration.makeExtenders();
    profiles =
        ProfileFactory.create(
            configuration,
            new PluginContext(
                state,
                client,
                nominator,
                workloads,
                () -> ImmutableList.copyOf(budgets.values()),
                extenders,
                configuration.ignoredResources(),
                new SimulationTimers(simulation),
                simulation::epochNanos,
                random,
                Handle.NONE));
    cycle = new SchedulingCycle(state, nominator, random, extenders);
    explainer = new Explainer(state, cycle);
  }

  /** The cluster as the scheduler sees it. */
  public ClusterState state() {
    return state;
  }

  /** Takes in an object, new or changed; those that do not matter to scheduling are left out. */
  public void add(KubeObject object) {
    switch (object) {
      case Namespace namespace ->
          state.setNamespace(namespace.name(), namespace.metadata().labels());
      case Node node -> state.setNode(node);
      case Pod pod -> {
        if (pod.nodeName() == null) {
          nominator.nominate(pod, pod.status().nominatedNodeName());
        } else if (!pod.status().phase().isTerminal()) {
          state.setPod(pod);
        }
      }
      case Service service -> workloads.set(service);
      case ReplicaSet replicaSet -> workloads.set(replicaSet);
      case StatefulSet statefulSet -> workloads.set(statefulSet);
      case StorageClass storageClass -> state.volumes().set(storageClass);
      case PersistentVolume volume -> state.volumes().set(volume);
      case PersistentVolumeClaim claim -> state.volumes().set(claim);
      case CsiNode csiNode -> state.volumes().set(csiNode);
      case PodDisruptionBudget budget -> budgets.put(ObjectKey.of(budget), budget);
      case GenericObject generic
          when generic.kind().name().equals(WorkloadSelectors.REPLICATION_CONTROLLER) ->
          workloads.setReplicationController(generic);
      case GenericObject generic when Volumes.isKept(generic) -> state.volumes().set(generic);
      default -> {}
    }
  }

  /**
   * Takes an object away that was taken in; those that do not matter to scheduling are left out.
   */
  public void forget(KubeObject object) {
    switch (object) {
      case Namespace namespace -> state.removeNamespace(namespace.name());
      case Node node -> state.removeNode(node.name());
      case Pod pod -> {
        nominator.remove(ObjectKey.of(pod));
        state.removePod(ObjectKey.of(pod));
      }
      case Service service -> workloads.remove(service);
      case ReplicaSet replicaSet -> workloads.remove(replicaSet);
      case StatefulSet statefulSet -> workloads.remove(statefulSet);
      case StorageClass storageClass -> state.volumes().remove(storageClass);
      case PersistentVolume volume -> state.volumes().remove(volume);
      case PersistentVolumeClaim claim -> state.volumes().remove(claim);
      case CsiNode csiNode -> state.volumes().remove(csiNode);
      case PodDisruptionBudget budget -> budgets.remove(ObjectKey.of(budget));
      case GenericObject generic
          when generic.kind().name().equals(WorkloadSelectors.REPLICATION_CONTROLLER) ->
          workloads.removeReplicationController(generic);
      case GenericObject generic when Volumes.isKept(generic) -> state.volumes().remove(generic);
      default -> {}
    }
  }

  /** Has a pod run on a node from now on. */
  public void bind(Pod pod, String node) {
    nominator.remove(ObjectKey.of(pod));
    state.setPod(PodBuilder.builder(pod).nodeName(node).build());
  }

  /**
   * Chooses a node for a pod and has the pod run there: what a benchmark measures.
   *
   * @return the node's row, -1 where none fits
   */
  public int place(Pod pod) {
    int row = cycle.place(profile(pod), pod);
    if (row >= 0) {
      state.assume(pod, state.info(pod), row);
    }
    return row;
  }

  /** Takes a pod away that was placed or bound; false where it is on no node. */
  public boolean remove(Pod pod) {
    return state.removePod(ObjectKey.of(pod));
  }

  /** Whether a profile is for the pod. */
  public boolean isFor(Pod pod) {
    return profiles.containsKey(Scheduler.schedulerName(pod));
  }

  /**
   * The node that suits a pod best, by filters and scores alone: neither extenders nor preemption
   * are asked. The cluster is left as it is.
   *
   * @return the node's row, -1 where none fits
   */
  public int fit(Pod pod) {
    NodeRanking ranking = ranking(pod);
    return state.nodeCount() == 0 || ranking.rejection() != null ? -1 : ranking.best();
  }

  /** What the filters say of a pod on a node; the cluster is left as it is. */
  public Status verdict(Pod pod, int row) {
    NodeRanking ranking = ranking(pod);
    Status rejection = ranking.rejection();
    return rejection != null ? rejection : ranking.verdict(row);
  }

  /** The ranking of nodes for pods like this one, up to date. */
  NodeRanking ranking(Pod pod) {
    return cycle.ranking(profile(pod), state.info(pod));
  }

  /** The profile that a pod asks for. */
  Profile profile(Pod pod) {
    String name = Scheduler.schedulerName(pod);
    Profile profile = profiles.get(name);
    if (profile == null) {
      throw new IllegalArgumentException(
          "pod "
              + pod.name()
              + " asks for scheduler \""
              + name
              + "\"; there are "
              + profiles.keySet());
    }
    return profile;
  }

  /** Decides for a pod and tells everything about it. The cluster is left as it is. */
  public Decision decide(Pod pod) {
    return explainer.explain(profile(pod), pod).decision();
  }

  /** What would have to change for a pod that fits nowhere, the least first. */
  public ImmutableList<Way> ways(Pod pod, Decision decision) {
    return explainer.ways(profile(pod), pod, decision);
  }
}
