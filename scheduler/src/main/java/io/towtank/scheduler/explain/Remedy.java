package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaimVolumeSource;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Taint;
import io.towtank.api.TaintBuilder;
import io.towtank.api.Toleration;
import io.towtank.api.TolerationBuilder;
import io.towtank.api.Volume;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A change that makes a plugin which turned a pod down on a node take it. Whether it does is for
 * the plugin to say; here is only what to try.
 *
 * @param pod the changed pod, that what other plugins say can be asked; null where nothing about
 *     the pod would help, so that nobody can tell what comes after
 * @param changes what was changed of the pod, or could be changed of the node or other pods
 * @param leaving pods that have to leave their nodes, or some like them
 */
public record Remedy(
    @Nullable Pod pod, ImmutableList<String> changes, ImmutableList<NodePod> leaving) {
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  private static final Pattern MISSING =
      Pattern.compile(
          "(persistentvolumeclaim|persistentvolume|storageclass)\\S* \"(.*)\" not found");
  private static final ImmutableMap<String, String> KINDS =
      ImmutableMap.of(
          "persistentvolumeclaim",
          "PersistentVolumeClaim",
          "persistentvolume",
          "PersistentVolume",
          "storageclass",
          "StorageClass");

  Remedy(@Nullable Pod pod, ImmutableList<String> changes) {
    this(pod, changes, ImmutableList.of());
  }

  /** What to try where a pod was turned down before any node was looked at; null for nothing. */
  public static @Nullable Remedy ofRejection(Status rejection, Pod pod) {
    PodSpec spec = pod.spec();
    return switch (rejection.plugin()) {
      case Names.SCHEDULING_GATES ->
          new Remedy(
              with(pod, PodSpecBuilder.builder(spec).schedulingGates(ImmutableList.of()).build()),
              ImmutableList.of(
                  "take off the pod's scheduling gates: "
                      + spec.schedulingGates().stream()
                          .map(PodSchedulingGate::name)
                          .collect(Collectors.joining(", "))));
      case Names.NODE_AFFINITY ->
          new Remedy(
              LabelRemedies.withoutRequired(pod),
              ImmutableList.of(
                  "drop the names in the pod's node affinity that exclude each other"));
      case Names.VOLUME_RESTRICTIONS,
          Names.NODE_VOLUME_LIMITS,
          Names.VOLUME_BINDING,
          Names.VOLUME_ZONE ->
          new Remedy(withoutVolumes(pod), ImmutableList.of(usableVolumes(rejection, pod)));
      default -> null;
    };
  }

  private static String usableVolumes(Status rejection, Pod pod) {
    Matcher missing = MISSING.matcher(rejection.message());
    if (missing.matches()) {
      return "create the " + KINDS.get(missing.group(1)) + " " + missing.group(2);
    }
    return rejection.message().contains("unbound immediate")
        ? "have volumes bound to the pod's claims: " + claims(pod)
        : "have the pod's volumes be usable: " + rejection.message();
  }

  /** What to try, the least first; empty where nobody knows. */
  public static ImmutableList<Remedy> of(Status verdict, Pod pod, ClusterState state, int row) {
    PodInfo info = state.info(pod);
    NodeInfo node = state.nodeInfo(row);
    return switch (verdict.plugin()) {
      case Names.NODE_RESOURCES_FIT ->
          ImmutableList.of(smallerRequests(verdict, pod, info, node, state.resources()));
      case Names.TAINT_TOLERATION -> ImmutableList.of(tolerations(pod, node));
      case Names.NODE_UNSCHEDULABLE ->
          just(
              tolerating(
                  pod, TaintBuilder.builder().key(UNSCHEDULABLE).effect("NoSchedule").build()),
              "uncordon the node, or tolerate " + UNSCHEDULABLE + ":NoSchedule");
      case Names.NODE_AFFINITY, "PreFilter" ->
          ImmutableList.of(LabelRemedies.nodeAffinity(pod, node, verdict));
      case Names.NODE_PORTS -> OtherPodsRemedies.hostPorts(pod, info, node);
      case Names.POD_TOPOLOGY_SPREAD -> OtherPodsRemedies.topologySpread(pod, node, verdict);
      case Names.INTER_POD_AFFINITY -> OtherPodsRemedies.podAffinity(verdict, pod, state, row);
      case Names.VOLUME_BINDING ->
          withoutClaims(pod, "have volumes for the pod's claims that the node can reach: ");
      case Names.VOLUME_ZONE -> withoutClaims(pod, "have the pod's volumes in the node's zone: ");
      case Names.NODE_VOLUME_LIMITS ->
          withoutClaims(pod, "have fewer volumes on the node, which takes no more: ");
      case Names.VOLUME_RESTRICTIONS ->
          just(
              withoutVolumes(pod),
              "have no other pod use the volumes that the pod wants for itself");
      default -> just(null, "have " + verdict.plugin() + " take the node: " + verdict.message());
    };
  }

  /** One thing to try. */
  static ImmutableList<Remedy> just(@Nullable Pod pod, String... changes) {
    return ImmutableList.of(new Remedy(pod, ImmutableList.copyOf(changes)));
  }

  static Pod with(Pod pod, PodSpec spec) {
    return PodBuilder.builder(pod).spec(spec).build();
  }

  private static Pod withoutVolumes(Pod pod) {
    return with(pod, PodSpecBuilder.builder(pod.spec()).volumes(ImmutableList.of()).build());
  }

  private static String claims(Pod pod) {
    List<String> claims = new ArrayList<>();
    for (Volume volume : pod.spec().volumes()) {
      PersistentVolumeClaimVolumeSource claim = volume.persistentVolumeClaim();
      claims.add(claim == null ? volume.name() : claim.claimName());
    }
    return String.join(", ", claims);
  }

  private static ImmutableList<Remedy> withoutClaims(Pod pod, String change) {
    return just(withoutVolumes(pod), change + claims(pod));
  }

  // Requests

  /** Only of resources that the verdict tells of: the profile may have some ignored. */
  private static Remedy smallerRequests(
      Status verdict, Pod pod, PodInfo info, NodeInfo node, Resources names) {
    List<String> changes = new ArrayList<>();
    PodSpec spec = pod.spec();
    for (int resource = 0; resource < info.resources(); resource++) {
      String name = names.name(resource);
      if (verdict.reasons().contains("Insufficient " + name)) {
        long allocatable = node.allocatable(resource);
        spec =
            smaller(
                spec,
                name,
                info.request(resource),
                allocatable,
                allocatable - node.requested(resource),
                changes);
      }
    }
    if (node.allowedPods() < 1) {
      changes.add("have the node take pods: it takes none");
      return new Remedy(null, ImmutableList.copyOf(changes));
    }
    ImmutableList<NodePod> leaving = tooMany(node);
    if (!leaving.isEmpty()) {
      changes.add(
          "have "
              + (leaving.size() == 1 ? "a pod" : leaving.size() + " pods")
              + " leave the node, which takes "
              + node.allowedPods()
              + " and has "
              + node.podCount()
              + ": "
              + OtherPodsRemedies.names(leaving));
    }
    return new Remedy(with(pod, spec), ImmutableList.copyOf(changes), leaving);
  }

  /** The least important of the pods that are too many where one comes. */
  private static ImmutableList<NodePod> tooMany(NodeInfo node) {
    return IntStream.range(0, node.podCount())
        .mapToObj(node::pod)
        .sorted(
            Comparator.comparingInt((NodePod other) -> other.info().priority())
                .thenComparing(other -> ObjectKey.of(other.pod())))
        .limit(Math.max(0, node.podCount() + 1 - node.allowedPods()))
        .collect(ImmutableList.toImmutableList());
  }

  /** The spec with as much of a resource as the node could give, or none where others have it. */
  private static PodSpec smaller(
      PodSpec spec, String name, long request, long allocatable, long free, List<String> changes) {
    long overhead = amount(name, spec.overhead().get(name));
    long asked = request - overhead;
    if (asked > 0 && free > overhead) {
      changes.add(atMost(name, free - overhead, asked, overhead));
      return scaled(spec, name, free - overhead, asked);
    }
    if (allocatable <= overhead) {
      changes.add(
          allocatable == 0
              ? "have the node offer " + name + ", of which it has none"
              : "have the node offer more of " + name + " than " + quantity(name, allocatable));
    } else {
      long most = Math.min(asked, allocatable - overhead);
      if (most < asked) {
        changes.add(atMost(name, most, asked, overhead));
      }
      changes.add(
          "have pods leave the node that ask for "
              + quantity(name, most + overhead - free)
              + " of "
              + name
              + " in all");
    }
    // What is left of the pod is judged as if the others had left.
    Map<String, Quantity> others = new LinkedHashMap<>(spec.overhead());
    others.remove(name);
    return PodSpecBuilder.builder(scaled(spec, name, 0, Math.max(1, asked)))
        .overhead(ImmutableMap.copyOf(others))
        .build();
  }

  private static String atMost(String name, long most, long asked, long overhead) {
    return "ask for at most "
        + quantity(name, most)
        + " of "
        + name
        + " instead of "
        + quantity(name, asked)
        + (overhead == 0 ? "" : ", besides the overhead of " + quantity(name, overhead));
  }

  private static PodSpec scaled(PodSpec spec, String name, long numerator, long denominator) {
    return PodSpecBuilder.builder(spec)
        .resources(scaled(spec.resources(), name, numerator, denominator))
        .containers(scaled(spec.containers(), name, numerator, denominator))
        .initContainers(scaled(spec.initContainers(), name, numerator, denominator))
        .build();
  }

  private static ImmutableList<Container> scaled(
      ImmutableList<Container> containers, String name, long numerator, long denominator) {
    ImmutableList.Builder<Container> scaled = ImmutableList.builder();
    for (Container container : containers) {
      scaled.add(
          ContainerBuilder.builder(container)
              .resources(scaled(container.resources(), name, numerator, denominator))
              .build());
    }
    return scaled.build();
  }

  private static @Nullable ResourceRequirements scaled(
      @Nullable ResourceRequirements resources, String name, long numerator, long denominator) {
    Quantity asked = resources == null ? null : resources.requests().get(name);
    if (resources == null || asked == null) {
      return resources;
    }
    Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
    long less = (long) Math.floor((double) amount(name, asked) * numerator / denominator);
    requests.put(name, quantity(name, less));
    return ResourceRequirementsBuilder.builder(resources)
        .requests(ImmutableMap.copyOf(requests))
        .build();
  }

  private static long amount(String name, @Nullable Quantity quantity) {
    if (quantity == null) {
      return 0;
    }
    return name.equals("cpu") ? quantity.milliValue() : quantity.value();
  }

  private static Quantity quantity(String name, long amount) {
    if (name.equals("cpu")) {
      return Quantity.parse(amount + "m");
    }
    long unit = 1024L * 1024;
    return amount % unit == 0 && amount > 0
        ? Quantity.parse(amount / unit + "Mi")
        : Quantity.of(amount);
  }

  // Taints

  private static Remedy tolerations(Pod pod, NodeInfo node) {
    Pod tolerating = pod;
    List<String> changes = new ArrayList<>();
    for (Taint taint = Tolerations.firstUntolerated(node.taints(), tolerating.spec().tolerations());
        taint != null;
        taint = Tolerations.firstUntolerated(node.taints(), tolerating.spec().tolerations())) {
      tolerating = tolerating(tolerating, taint);
      changes.add(
          "tolerate "
              + taint.key()
              + (taint.value() == null || taint.value().isEmpty() ? "" : "=" + taint.value())
              + ":"
              + taint.effect());
    }
    return new Remedy(tolerating, ImmutableList.copyOf(changes));
  }

  private static Pod tolerating(Pod pod, Taint taint) {
    return with(
        pod,
        PodSpecBuilder.builder(pod.spec())
            .tolerations(
                ImmutableList.<Toleration>builder()
                    .addAll(pod.spec().tolerations())
                    .add(
                        TolerationBuilder.builder()
                            .key(taint.key())
                            .operator("Equal")
                            .value(taint.value())
                            .effect(taint.effect())
                            .build())
                    .build())
            .build());
  }
}
