package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.PersistentVolumeClaimVolumeSource;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
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
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change that makes a plugin which turned a pod down on a node take it. Whether it does is for
 * the plugin to say; here is only what to try.
 *
 * @param pod the changed pod, that what other plugins say can be asked; null where nothing about
 *     the pod would help, so that nobody can tell what comes after
 * @param changes what was changed of the pod, or could be changed of the node or other pods
 */
public record Remedy(@Nullable Pod pod, ImmutableList<String> changes) {
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

  /** What to try, the least first; empty where nobody knows. */
  public static ImmutableList<Remedy> of(
      Status verdict, Pod pod, PodInfo info, NodeInfo node, Resources names) {
    return switch (verdict.plugin()) {
      case Names.NODE_RESOURCES_FIT -> ImmutableList.of(smallerRequests(pod, info, node, names));
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
      case Names.INTER_POD_AFFINITY -> OtherPodsRemedies.podAffinity(pod, verdict);
      case Names.VOLUME_BINDING ->
          withoutClaims(pod, "have volumes for the pod's claims that the node can reach: ");
      case Names.VOLUME_ZONE -> withoutClaims(pod, "have the pod's volumes in the node's zone: ");
      case Names.NODE_VOLUME_LIMITS ->
          withoutClaims(pod, "have fewer volumes on the node, which takes no more: ");
      case Names.VOLUME_RESTRICTIONS ->
          just(
              with(pod, PodSpecBuilder.builder(pod.spec()).volumes(ImmutableList.of()).build()),
              "have no other pod use the volumes that the pod wants for itself");
      default -> ImmutableList.of();
    };
  }

  /** One thing to try. */
  static ImmutableList<Remedy> just(@Nullable Pod pod, String... changes) {
    return ImmutableList.of(new Remedy(pod, ImmutableList.copyOf(changes)));
  }

  static Pod with(Pod pod, PodSpec spec) {
    return PodBuilder.builder(pod).spec(spec).build();
  }

  private static ImmutableList<Remedy> withoutClaims(Pod pod, String change) {
    List<String> claims = new ArrayList<>();
    for (Volume volume : pod.spec().volumes()) {
      PersistentVolumeClaimVolumeSource claim = volume.persistentVolumeClaim();
      claims.add(claim == null ? volume.name() : claim.claimName());
    }
    return just(
        with(pod, PodSpecBuilder.builder(pod.spec()).volumes(ImmutableList.of()).build()),
        change + String.join(", ", claims));
  }

  // Requests

  private static Remedy smallerRequests(Pod pod, PodInfo info, NodeInfo node, Resources names) {
    if (node.podCount() >= node.allowedPods()) {
      return new Remedy(
          null,
          ImmutableList.of(
              "have a pod leave the node, which takes "
                  + node.allowedPods()
                  + " and has "
                  + node.podCount()));
    }
    PodSpec spec = pod.spec();
    List<String> changes = new ArrayList<>();
    boolean inVain = false;
    for (int resource = 0; resource < info.resources(); resource++) {
      long request = info.request(resource);
      long free = node.allocatable(resource) - node.requested(resource);
      if (request <= free || request == 0) {
        continue;
      }
      String name = names.name(resource);
      long overhead = amount(name, spec.overhead().get(name));
      if (free - overhead <= 0) {
        inVain = true;
        changes.add(none(node.allocatable(resource), name, quantity(name, request - free)));
        continue;
      }
      inVain |= spec.resources() != null;
      spec = scaled(spec, name, free - overhead, request - overhead);
      changes.add(
          "ask for at most "
              + quantity(name, free)
              + " of "
              + name
              + " instead of "
              + quantity(name, request));
    }
    return new Remedy(inVain ? null : with(pod, spec), ImmutableList.copyOf(changes));
  }

  private static String none(long allocatable, String name, Quantity more) {
    return allocatable == 0
        ? "have a node that offers " + name
        : "have pods leave the node that ask for " + more + " of " + name + " in all";
  }

  private static PodSpec scaled(PodSpec spec, String name, long numerator, long denominator) {
    return PodSpecBuilder.builder(spec)
        .containers(scaled(spec.containers(), name, numerator, denominator))
        .initContainers(scaled(spec.initContainers(), name, numerator, denominator))
        .build();
  }

  private static ImmutableList<Container> scaled(
      ImmutableList<Container> containers, String name, long numerator, long denominator) {
    ImmutableList.Builder<Container> scaled = ImmutableList.builder();
    for (Container container : containers) {
      ResourceRequirements resources = container.resources();
      Quantity asked = resources == null ? null : resources.requests().get(name);
      if (resources == null || asked == null) {
        scaled.add(container);
        continue;
      }
      Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
      long less = (long) Math.floor((double) amount(name, asked) * numerator / denominator);
      requests.put(name, quantity(name, less));
      scaled.add(
          ContainerBuilder.builder(container)
              .resources(
                  ResourceRequirementsBuilder.builder(resources)
                      .requests(ImmutableMap.copyOf(requests))
                      .build())
              .build());
    }
    return scaled.build();
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
