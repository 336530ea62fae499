package io.towtank.scenarios.invariant;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.CronJob;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetUpdateStrategy;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentCondition;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Job;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.ReplicaSet;
import io.towtank.api.RollingUpdateStatefulSetStrategy;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetUpdateStrategy;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.InformerFactory;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is true of a cluster in which no fault is left and nothing is going on any more. It asks for
 * no more than a control plane can do: where a quota forbids pods, or there is no room for them, a
 * workload is at rest without being complete.
 */
final class AtRest {
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String JOB_TRACKING = "batch.kubernetes.io/job-tracking";
  private static final String SCHEDULER = "kube-scheduler";

  private static final ImmutableSet<String> LOSS_TAINTS =
      ImmutableSet.of("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready");

  private final ApiStore store;
  private final Predicate<String> runs;
  private final Predicate<String> reachable;
  private final ImmutableMap<String, InformerFactory> informers;

  /** All pods, by their controller. */
  private final Map<Uid, List<Pod>> owned = new HashMap<>();

  AtRest(
      ApiStore store,
      Predicate<String> runs,
      Predicate<String> reachable,
      ImmutableMap<String, InformerFactory> informers) {
    this.store = store;
    this.runs = runs;
    this.reachable = reachable;
    this.informers = informers;
    for (Pod pod : store.list(Kinds.POD)) {
      Uid owner = controller(pod);
      if (owner != null) {
        owned.computeIfAbsent(owner, uid -> new ArrayList<>()).add(pod);
      }
    }
  }

  /** The first thing that is wrong, null for none. */
  @Nullable String first() {
    String wrong = knowledge();
    wrong = wrong != null ? wrong : ofController("node-lifecycle", Kinds.NODE, this::node);
    wrong = wrong != null ? wrong : each(Kinds.POD, this::pod);
    wrong = wrong != null ? wrong : deletions();
    wrong = wrong != null ? wrong : ofController("replicaset", Kinds.REPLICA_SET, this::replicaSet);
    wrong = wrong != null ? wrong : ofController("deployment", Kinds.DEPLOYMENT, this::deployment);
    wrong =
        wrong != null ? wrong : ofController("statefulset", Kinds.STATEFUL_SET, this::statefulSet);
    wrong = wrong != null ? wrong : ofController("daemonset", Kinds.DAEMON_SET, this::daemonSet);
    wrong = wrong != null ? wrong : ofController("job", Kinds.JOB, this::job);
    wrong = wrong != null ? wrong : ofController("cronjob", Kinds.CRON_JOB, this::cronJob);
    wrong = wrong != null ? wrong : ofController("endpointslice", Kinds.SERVICE, this::service);
    PoliciesAtRest policies = new PoliciesAtRest(store);
    wrong =
        wrong != null
            ? wrong
            : ofController("disruption", Kinds.POD_DISRUPTION_BUDGET, policies::budget);
    return wrong != null
        ? wrong
        : ofController("resourcequota", Kinds.RESOURCE_QUOTA, policies::quota);
  }

  private interface Check<T> {
    @Nullable String wrong(T object);
  }

  private <T extends KubeObject> @Nullable String ofController(
      String controller, Kind<T> kind, Check<T> check) {
    return runs.test(controller + "-controller") ? each(kind, check) : null;
  }

  private <T extends KubeObject> @Nullable String each(Kind<T> kind, Check<T> check) {
    for (T object : store.list(kind)) {
      String wrong = check.wrong(object);
      if (wrong != null) {
        return kind.name() + " " + ObjectKey.of(object) + " " + wrong;
      }
    }
    return null;
  }

  // What components know

  private @Nullable String knowledge() {
    for (Map.Entry<String, InformerFactory> entry : informers.entrySet()) {
      String difference = entry.getValue().differenceFromStore();
      if (difference != null) {
        return "what " + entry.getKey() + " knows is not what is stored: " + difference;
      }
    }
    return null;
  }

  // Nodes

  private @Nullable String node(Node node) {
    ConditionStatus ready = node.readiness();
    if (reachable.test(node.name())) {
      if (ready == ConditionStatus.UNKNOWN) {
        return "is believed lost, and its kubelet is heard of";
      }
      for (Taint taint : node.spec().taints()) {
        if (ready == ConditionStatus.TRUE && LOSS_TAINTS.contains(taint.key())) {
          return "is ready and bears the taint " + taint.key();
        }
      }
      return null;
    }
    return ready == ConditionStatus.TRUE
        ? "is believed ready, and nobody has heard of its kubelet"
        : null;
  }

  // Pods

  private @Nullable String pod(Pod pod) {
    String node = pod.nodeName();
    if (isGoing(pod) || pod.status().phase().isTerminal()) {
      return null;
    }
    if (node == null) {
      PodCondition scheduled = pod.status().condition("PodScheduled");
      boolean seen =
          !pod.spec().schedulingGates().isEmpty()
              || (scheduled != null && scheduled.status() == ConditionStatus.FALSE);
      return seen || !runs.test(SCHEDULER) ? null : "was forgotten by the scheduler";
    }
    if (!reachable.test(node) || pod.status().startTime() != Timestamps.NONE) {
      return null;
    }
    return store.get(Kinds.NODE, null, node) == null
        ? null
        : "is bound to " + node + ", whose kubelet never began with it";
  }

  private static boolean isGoing(KubeObject object) {
    return object.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  private static boolean isActive(Pod pod) {
    return !isGoing(pod) && !pod.status().phase().isTerminal();
  }

  private static @Nullable Uid controller(KubeObject object) {
    for (OwnerReference owner : object.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner.uid();
      }
    }
    return null;
  }

  private List<Pod> podsOf(KubeObject owner) {
    Uid uid = owner.metadata().uid();
    return uid == null ? ImmutableList.of() : owned.getOrDefault(uid, ImmutableList.of());
  }

  private static long count(List<Pod> pods, Predicate<Pod> which) {
    return pods.stream().filter(which).count();
  }

  // Deletions

  private @Nullable String deletions() {
    Set<Uid> present = new HashSet<>();
    for (Kind<?> kind : store.kinds()) {
      for (KubeObject object : store.list(kind)) {
        Uid uid = object.metadata().uid();
        if (uid != null) {
          present.add(uid);
        }
      }
    }
    for (Kind<?> kind : store.kinds()) {
      String wrong = each(kind, object -> deletion(object, present));
      if (wrong != null) {
        return wrong;
      }
    }
    return null;
  }

  private @Nullable String deletion(KubeObject object, Set<Uid> present) {
    if (isGoing(object)) {
      return finishes(object)
          ? "is being deleted since "
              + Timestamps.format(object.metadata().deletionTimestamp())
              + " and is still there"
          : null;
    }
    ImmutableList<OwnerReference> owners = object.metadata().ownerReferences();
    boolean orphan =
        !owners.isEmpty()
            && runs.test("garbage-collector-controller")
            && owners.stream().noneMatch(owner -> present.contains(owner.uid()));
    return orphan
        ? "is still there, and what owned it is gone: "
            + owners.get(0).kind()
            + " "
            + owners.get(0).name()
        : null;
  }

  /** Whether those are there who have to finish an object's deletion. */
  private boolean finishes(KubeObject object) {
    for (String finalizer : object.metadata().finalizers()) {
      boolean known =
          switch (finalizer) {
            case "foregroundDeletion", "orphan" -> runs.test("garbage-collector-controller");
            case JOB_TRACKING -> runs.test("job-controller");
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return switch (object) {
      case Pod pod ->
          pod.nodeName() == null
              || reachable.test(pod.nodeName())
              || !pod.metadata().finalizers().isEmpty();
      default -> !object.kind().equals(Kinds.NAMESPACE) || runs.test("namespace-controller");
    };
  }

  // Workloads

  private static @Nullable String observed(KubeObject object, long observedGeneration) {
    long generation = object.metadata().generation();
    return observedGeneration == generation
        ? null
        : "was not looked at since it was changed: generation "
            + generation
            + ", observed "
            + observedGeneration;
  }

  private static @Nullable String differs(String what, long is, long should) {
    return is == should ? null : what + " " + is + ", and there are " + should;
  }

  private @Nullable String replicaSet(ReplicaSet set) {
    List<Pod> pods = podsOf(set);
    if (isGoing(set)) {
      return null;
    }
    long active = count(pods, AtRest::isActive);
    long wanted = set.spec().replicas() == null ? 1 : set.spec().replicas();
    Condition failure = Condition.find(set.status().conditions(), "ReplicaFailure");
    if (failure != null && failure.status() == ConditionStatus.TRUE && active < wanted) {
      return null;
    }
    if (active != wanted) {
      return "has not converged: it is to have " + wanted + " pods and has " + active;
    }
    String wrong = observed(set, set.status().observedGeneration());
    wrong = wrong != null ? wrong : differs("tells of replicas", set.status().replicas(), active);
    return wrong != null
        ? wrong
        : differs(
            "tells of ready replicas",
            set.status().readyReplicas(),
            count(pods, pod -> isActive(pod) && pod.isReady()));
  }

  private @Nullable String deployment(Deployment deployment) {
    if (isGoing(deployment)) {
      return null;
    }
    String wrong = observed(deployment, deployment.status().observedGeneration());
    if (wrong != null) {
      return wrong;
    }
    long replicas = 0;
    long ready = 0;
    long sets = 0;
    boolean allReady = true;
    ReplicaSet old = null;
    for (ReplicaSet set : store.list(Kinds.REPLICA_SET)) {
      if (deployment.metadata().uid() != null
          && deployment.metadata().uid().equals(controller(set))) {
        replicas += set.status().replicas();
        ready += set.status().readyReplicas();
        sets += set.status().replicas() > 0 ? 1 : 0;
        allReady &= set.status().readyReplicas() == set.status().replicas();
        old = set.status().replicas() > 0 && !isOfTemplate(deployment, set) ? set : old;
      }
    }
    wrong = differs("tells of replicas", deployment.status().replicas(), replicas);
    wrong =
        wrong != null
            ? wrong
            : differs("tells of ready replicas", deployment.status().readyReplicas(), ready);
    if (wrong != null) {
      return wrong;
    }
    boolean waits =
        Boolean.TRUE.equals(deployment.spec().paused()) || !allReady || failed(deployment);
    if (waits) {
      return null;
    }
    if (old != null) {
      return "has not converged: " + old.name() + " still has pods of another template";
    }
    long wanted = deployment.spec().replicas() == null ? 1 : deployment.spec().replicas();
    return replicas == wanted && sets <= 1
        ? null
        : "has not converged: it is to have "
            + wanted
            + " pods of one ReplicaSet and has "
            + replicas
            + " of "
            + sets;
  }

  private static boolean isOfTemplate(Deployment deployment, ReplicaSet set) {
    return set.spec().template() != null
        && set.spec().template().spec().equals(deployment.spec().template().spec());
  }

  private static boolean failed(Deployment deployment) {
    ImmutableList<DeploymentCondition> conditions = deployment.status().conditions();
    DeploymentCondition failure = DeploymentCondition.find(conditions, "ReplicaFailure");
    return failure != null && failure.status() == ConditionStatus.TRUE;
  }

  private @Nullable String statefulSet(StatefulSet set) {
    if (isGoing(set)) {
      return null;
    }
    List<Pod> pods = podsOf(set);
    String wrong = observed(set, set.status().observedGeneration());
    wrong =
        wrong != null
            ? wrong
            : differs(
                "tells of ready replicas",
                set.status().readyReplicas(),
                count(pods, pod -> isActive(pod) && pod.isReady()));
    long wanted = set.spec().replicas() == null ? 1 : set.spec().replicas();
    if (wrong != null || pods.stream().anyMatch(pod -> !pod.isReady())) {
      return wrong;
    }
    if (pods.size() != wanted) {
      return "has not converged: it is to have " + wanted + " pods and has " + pods.size();
    }
    StatefulSetUpdateStrategy strategy = set.spec().updateStrategy();
    RollingUpdateStatefulSetStrategy rolling = strategy == null ? null : strategy.rollingUpdate();
    boolean partial = rolling != null && rolling.partition() != null && rolling.partition() > 0;
    return partial || (strategy != null && "OnDelete".equals(strategy.type()))
        ? null
        : outdated(pods, set.spec().template());
  }

  /** Which pod runs other images than its template says. */
  private static @Nullable String outdated(List<Pod> pods, PodTemplateSpec template) {
    for (Pod pod : pods) {
      for (Container container : template.spec().containers()) {
        boolean same =
            pod.spec().containers().stream()
                .anyMatch(other ->
                    other.name().equals(container.name())
                        && Objects.equals(other.image(), container.image()));
        if (!same) {
          return "has not converged: pod "
              + pod.name()
              + " does not run "
              + container.image()
              + " in "
              + container.name();
        }
      }
    }
    return null;
  }

  private @Nullable String daemonSet(DaemonSet set) {
    if (isGoing(set)) {
      return null;
    }
    String wrong = observed(set, set.status().observedGeneration());
    Set<String> nodes = new TreeSet<>();
    for (Pod pod : podsOf(set)) {
      if (wrong == null && isActive(pod) && pod.nodeName() != null && !nodes.add(pod.nodeName())) {
        wrong = "has several pods on " + pod.nodeName();
      }
    }
    long desired = set.status().desiredNumberScheduled();
    long pods = count(podsOf(set), AtRest::isActive);
    if (wrong == null && pods < desired) {
      wrong = "has not converged: it is to be on " + desired + " nodes and has " + pods + " pods";
    }
    wrong =
        wrong != null
            ? wrong
            : differs(
                "tells of ready pods",
                set.status().numberReady(),
                count(podsOf(set), pod -> isActive(pod) && pod.isReady()));
    DaemonSetUpdateStrategy strategy = set.spec().updateStrategy();
    return wrong != null
            || (strategy != null && "OnDelete".equals(strategy.type()))
            || podsOf(set).stream().anyMatch(pod -> !pod.isReady())
        ? wrong
        : outdated(podsOf(set), set.spec().template());
  }

  private @Nullable String job(Job job) {
    if (isGoing(job) || job.spec().managedBy() != null) {
      return null;
    }
    List<Pod> pods = podsOf(job);
    long active = count(pods, AtRest::isActive);
    String wrong = differs("tells of active pods", job.status().active(), active);
    if (wrong != null) {
      return wrong;
    }
    if (JobConditions.isFinished(job.status())) {
      for (Pod pod : pods) {
        if (pod.metadata().finalizers().contains(JOB_TRACKING)) {
          return "is finished, and still keeps pod " + pod.name();
        }
      }
      return active == 0 ? null : "is finished and has " + active + " active pods";
    }
    return active > 0 || Boolean.TRUE.equals(job.spec().suspend())
        ? null
        : "has not converged: it is not finished and has no active pod";
  }

  private @Nullable String cronJob(CronJob cronJob) {
    if (isGoing(cronJob)) {
      return null;
    }
    for (ObjectReference active : cronJob.status().active()) {
      if (active.name() != null
          && store.get(Kinds.JOB, cronJob.metadata().namespace(), active.name()) == null) {
        return "tells of active job " + active.name() + ", which is not there";
      }
    }
    return null;
  }

  // Services

  private @Nullable String service(Service service) {
    ServiceSpec spec = service.spec();
    if (isGoing(service) || spec == null || spec.selector().isEmpty()) {
      return null;
    }
    String namespace = String.valueOf(service.metadata().namespace());
    Set<String> told = new TreeSet<>();
    for (EndpointSlice slice : store.list(Kinds.ENDPOINT_SLICE)) {
      if (namespace.equals(slice.metadata().namespace())
          && service.name().equals(slice.metadata().labels().get(SERVICE_NAME))) {
        for (Endpoint endpoint : slice.endpoints()) {
          ObjectReference target = endpoint.targetRef();
          if (endpoint.conditions() != null
              && Boolean.TRUE.equals(endpoint.conditions().ready())
              && target != null
              && target.name() != null) {
            told.add(target.name());
          }
        }
      }
    }
    Set<String> ready = new TreeSet<>();
    for (Pod pod : store.list(Kinds.POD)) {
      if (namespace.equals(pod.metadata().namespace())
          && pod.metadata().labels().entrySet().containsAll(spec.selector().entrySet())
          && isActive(pod)
          && (pod.isReady() || Boolean.TRUE.equals(spec.publishNotReadyAddresses()))) {
        ready.add(pod.name());
      }
    }
    return told.equals(ready)
        ? null
        : "has not converged: its ready endpoints are " + told + ", its ready pods are " + ready;
  }
}
