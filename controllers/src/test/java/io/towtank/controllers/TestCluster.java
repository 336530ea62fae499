package io.towtank.controllers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Affinity;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeSelector;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.codec.ObjectCodec;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.Admission;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.StoreOptions;
import io.towtank.store.WatchListener;
import io.towtank.store.admission.ObjectDefaulter;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster for tests of controllers: a store, informers, and in place of scheduler and kubelets
 * something small that binds pods and makes them ready.
 */
public final class TestCluster {
  public static final long SECOND = 1_000_000_000L;

  /** 2026-01-01T00:00:00Z. */
  public static final long EPOCH = 1_767_225_600L * SECOND;

  private static final ObjectMapper JSON = new ObjectMapper();

  public final Simulation simulation;
  public final ApiStore store;
  public final Recorder recorder = new Recorder();
  private final InformerFactory informers;
  private final LatencyProfile latency;

  /** How many nodes pods are bound to, in turn. */
  public int nodes = 3;

  /** From binding to ready, in nanoseconds. */
  public long startNanos = SECOND;

  /** From the mark of deletion to the end, in nanoseconds. */
  public long stopNanos = SECOND;

  /** Which pods become ready. */
  public Predicate<Pod> healthy = pod -> true;

  private long bound;

  /** A cluster with a latency profile, defaults, and no admission but these. */
  public TestCluster(long seed, LatencyProfile latency, Admission... admissions) {
    this.simulation = new Simulation(seed, EPOCH);
    this.latency = latency;
    this.store =
        new ApiStore(
            simulation,
            StoreOptions.PLAIN
                .withAdmissions(
                    ImmutableList.<Admission>builder()
                        .add(new ObjectDefaulter())
                        .add(admissions)
                        .build())
                .withFinalizedNamespaces());
    this.informers = new InformerFactory(store, latency.watchDelayNanos());
  }

  /** Adds a controller and starts it. */
  public TestCluster with(Function<ComponentContext, Component> controller) {
    String name = "controller-" + simulation.events() + "-" + bound;
    controller
        .apply(
            new ComponentContext(
                simulation,
                new ApiClient(
                    name, simulation, store, latency.apiRequest(), latency.controllerLimits()),
                informers,
                simulation.random(name),
                recorder,
                latency))
        .start();
    return this;
  }

  /** Starts informers, and what stands for scheduler and kubelets. */
  public TestCluster start() {
    informers.start();
    store.watch(
        Kinds.POD,
        latency.watchDelayNanos(),
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            simulation.schedule(0, () -> bind(pod));
          }

          @Override
          public void modified(Pod previous, Pod pod) {
            if (previous.metadata().deletionTimestamp() == Timestamps.NONE
                && pod.metadata().deletionTimestamp() != Timestamps.NONE) {
              simulation.schedule(
                  stopNanos, () -> delete(Kinds.POD, pod.name(), DeleteOptions.NOW));
            }
          }

          @Override
          public void deleted(Pod last) {}
        });
    return this;
  }

  /** Has the events that components tell of stored, too. */
  public void storeEvents() {
    recorder.storeEvents(
        simulation,
        name -> new ApiClient(name, simulation, store, Distribution.ZERO, ClientLimits.NONE));
  }

  private void bind(Pod pod) {
    Pod current = store.get(Kinds.POD, pod.metadata().namespace(), pod.name());
    if (current == null
        || current.nodeName() != null
        || current.metadata().deletionTimestamp() != Timestamps.NONE) {
      return;
    }
    String pinned = pinned(pod);
    if (pinned == null && nodes == 0) {
      return;
    }
    store.bind("default", pod.name(), pinned != null ? pinned : "node-" + bound++ % nodes);
    simulation.schedule(startNanos, () -> run(pod));
  }

  /** The node that a pod must be on, as those of DaemonSets must. */
  private static @Nullable String pinned(Pod pod) {
    Affinity affinity = pod.spec().affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector selector =
        ofNodes == null ? null : ofNodes.requiredDuringSchedulingIgnoredDuringExecution();
    return selector == null || selector.nodeSelectorTerms().getFirst().matchFields().isEmpty()
        ? null
        : selector.nodeSelectorTerms().getFirst().matchFields().getFirst().values().getFirst();
  }

  private void run(Pod pod) {
    Pod current = store.get(Kinds.POD, pod.metadata().namespace(), pod.name());
    if (current == null
        || !Objects.equals(current.metadata().uid(), pod.metadata().uid())
        || current.status().phase().isTerminal()
        || current.metadata().deletionTimestamp() != Timestamps.NONE) {
      return;
    }
    setReady(current, healthy.test(current));
  }

  /** Sets a pod running and ready or not. */
  public void setReady(Pod pod, boolean ready) {
    PodCondition condition =
        PodConditionBuilder.builder()
            .type("Ready")
            .status(ready ? ConditionStatus.TRUE : ConditionStatus.FALSE)
            .lastProbeTime(Timestamps.NONE)
            .lastTransitionTime(Timestamps.toSecond(simulation.epochNanos()))
            .build();
    store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .phase(PodPhase.RUNNING)
                .conditions(ImmutableList.of(condition))
                .build()));
  }

  /** Lets a pod end in a phase. */
  public void end(Pod pod, PodPhase phase) {
    store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .phase(phase)
                .conditions(ImmutableList.of())
                .build()));
  }

  /** Reads a JSON document, in which quotes may be single, and creates its object. */
  public KubeObject create(String document) {
    return store.create(read(document));
  }

  /** Reads a JSON document, in which quotes may be single. */
  public static KubeObject read(String document) {
    try {
      return ObjectCodec.read(JSON.readTree(document.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(document, e);
    }
  }

  /** A Deployment as a document; more fields of the spec, each followed by a comma. */
  public static String deployment(String name, int replicas, String image, String more) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'Deployment',
     'metadata': {'name': '%1$s', 'namespace': 'default'},
     'spec': {%4$s 'replicas': %2$d, 'revisionHistoryLimit': 10,
      'selector': {'matchLabels': {'app': '%1$s'}},
      'template': {'metadata': {'labels': {'app': '%1$s'}},
       'spec': {'containers': [{'name': 'c', 'image': '%3$s'}]}}}}
    """
        .formatted(name, replicas, image, more);
  }

  /** A ReplicaSet as a document; more fields of the spec, each followed by a comma. */
  public static String replicaSet(String name, int replicas, String more) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'ReplicaSet',
     'metadata': {'name': '%1$s', 'namespace': 'default'},
     'spec': {%3$s 'replicas': %2$d,
      'selector': {'matchLabels': {'app': '%1$s'}},
      'template': {'metadata': {'labels': {'app': '%1$s'}},
       'spec': {'containers': [{'name': 'c', 'image': 'app'}]}}}}
    """
        .formatted(name, replicas, more);
  }

  /** A StatefulSet as a document; more fields of the spec, each followed by a comma. */
  public static String statefulSet(String name, int replicas, String image, String more) {
    return """
    {'apiVersion': 'apps/v1', 'kind': 'StatefulSet',
     'metadata': {'name': '%1$s', 'namespace': 'default'},
     'spec': {%4$s 'replicas': %2$d, 'serviceName': '%1$s',
      'selector': {'matchLabels': {'app': '%1$s'}},
      'template': {'metadata': {'labels': {'app': '%1$s'}},
       'spec': {'containers': [{'name': 'c', 'image': '%3$s'}]}}}}
    """
        .formatted(name, replicas, image, more);
  }

  /** Changes an object as a user does. */
  public <T extends KubeObject> void change(Kind<T> kind, String name, UnaryOperator<T> change) {
    store.update(change.apply(get(kind, name)));
  }

  /** Scales a Deployment. */
  public void scaleDeployment(String name, int replicas) {
    change(
        Kinds.DEPLOYMENT,
        name,
        d -> d.withSpec(DeploymentSpecBuilder.builder(d.spec()).replicas(replicas).build()));
  }

  /** Scales a ReplicaSet. */
  public void scaleReplicaSet(String name, int replicas) {
    change(
        Kinds.REPLICA_SET,
        name,
        s -> s.withSpec(ReplicaSetSpecBuilder.builder(s.spec()).replicas(replicas).build()));
  }

  /** Gives a Deployment the template of another document of {@link #deployment}. */
  public void setImage(String name, String image) {
    Deployment other = (Deployment) read(deployment(name, 1, image, ""));
    change(
        Kinds.DEPLOYMENT,
        name,
        d ->
            d.withSpec(
                DeploymentSpecBuilder.builder(d.spec()).template(other.spec().template()).build()));
  }

  /** An object of the namespace default. */
  public <T extends KubeObject> T get(Kind<T> kind, String name) {
    return Objects.requireNonNull(
        store.get(kind, kind.namespaced() ? "default" : null, name), name);
  }

  /** Deletes an object; that it is gone is no error. */
  public <T extends KubeObject> void delete(Kind<T> kind, String name, DeleteOptions options) {
    try {
      store.delete(kind, kind.namespaced() ? "default" : null, name, options);
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
        throw e;
      }
    }
  }

  /** Pods that are neither at their end nor being deleted. */
  public List<Pod> activePods() {
    return store.list(Kinds.POD).stream()
        .filter(pod ->
            !pod.status().phase().isTerminal()
                && pod.metadata().deletionTimestamp() == Timestamps.NONE)
        .toList();
  }

  /** The ReplicaSets of the cluster, in order of their names. */
  public List<ReplicaSet> replicaSets() {
    return store.list(Kinds.REPLICA_SET);
  }

  /** Runs until nothing is left to do. */
  public void settle() {
    long last = simulation.events() + 5_000_000;
    StopCondition met =
        simulation.run(
            new StopCondition.Idle(),
            new StopCondition.Holds("too many events", () -> simulation.events() > last),
            new StopCondition.Time(simulation.nanos() + 86_400 * SECOND));
    if (!(met instanceof StopCondition.Idle)) {
      throw new AssertionError("not idle: " + met);
    }
  }

  /** Runs for a while. */
  public void runFor(long seconds) {
    simulation.run(new StopCondition.Time(simulation.nanos() + seconds * SECOND));
  }
}
