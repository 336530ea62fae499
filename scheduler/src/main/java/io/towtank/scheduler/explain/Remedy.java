package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Taint;
import io.towtank.api.TaintBuilder;
import io.towtank.api.TolerationBuilder;
import io.towtank.api.TopologySpreadConstraint;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.tainttoleration.Tolerations;
import io.towtank.scheduler.state.HostPort;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A change of a pod that makes a plugin which turned it down on a node take it. Whether it does is
 * for the plugin to say; here is only what to try.
 *
 * @param pod the changed pod
 * @param changes what was changed, and what could be changed of the node instead
 */
public record Remedy(Pod pod, ImmutableList<String> changes) {
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

  /** What to try; null where nothing about the pod would help. */
  public static @Nullable Remedy of(
      Status verdict, Pod pod, PodInfo info, NodeInfo node, Resources names) {
    return switch (verdict.plugin()) {
      case Names.NODE_RESOURCES_FIT -> smallerRequests(pod, info, node, names);
      case Names.TAINT_TOLERATION -> tolerations(pod, node);
      case Names.NODE_UNSCHEDULABLE ->
          of(
              tolerating(
                  pod, TaintBuilder.builder().key(UNSCHEDULABLE).effect("NoSchedule").build()),
              "uncordon the node, or tolerate " + UNSCHEDULABLE + ":NoSchedule");
      case Names.NODE_AFFINITY, "PreFilter" -> nodeAffinity(pod, node);
      case Names.NODE_PORTS -> hostPorts(pod, info);
      case Names.POD_TOPOLOGY_SPREAD -> topologySpread(pod);
      case Names.INTER_POD_AFFINITY -> podAffinity(pod, verdict);
      default -> null;
    };
  }

  private static Remedy of(Pod pod, String... changes) {
    return new Remedy(pod, ImmutableList.copyOf(changes));
  }

  private static Pod with(Pod pod, PodSpec spec) {
    return PodBuilder.builder(pod).spec(spec).build();
  }

  // Requests

  private static @Nullable Remedy smallerRequests(
      Pod pod, PodInfo info, NodeInfo node, Resources names) {
    if (node.podCount() >= node.allowedPods()) {
      return null;
    }
    PodSpec spec = pod.spec();
    List<String> changes = new ArrayList<>();
    for (int resource = 0; resource < info.resources(); resource++) {
      long request = info.request(resource);
      long free = node.allocatable(resource) - node.requested(resource);
      if (request <= free || request == 0) {
        continue;
      }
      String name = names.name(resource);
      long overhead = amount(name, spec.overhead().get(name));
      if (free - overhead <= 0 || spec.resources() != null) {
        return null;
      }
      spec = scaled(spec, name, free - overhead, request - overhead);
      changes.add(
          "ask for at most "
              + quantity(name, free)
              + " of "
              + name
              + " instead of "
              + quantity(name, request));
    }
    return changes.isEmpty() ? null : new Remedy(with(pod, spec), ImmutableList.copyOf(changes));
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

  private static @Nullable Remedy tolerations(Pod pod, NodeInfo node) {
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
    return changes.isEmpty() ? null : new Remedy(tolerating, ImmutableList.copyOf(changes));
  }

  private static Pod tolerating(Pod pod, Taint taint) {
    return with(
        pod,
        PodSpecBuilder.builder(pod.spec())
            .tolerations(
                ImmutableList.<io.towtank.api.Toleration>builder()
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

  // Labels

  private static @Nullable Remedy nodeAffinity(Pod pod, NodeInfo node) {
    PodSpec spec = pod.spec();
    ImmutableMap<String, String> labels = node.node().metadata().labels();
    PodSpecBuilder changed = PodSpecBuilder.builder(spec);
    List<String> changes = new ArrayList<>();
    ImmutableMap.Builder<String, String> kept = ImmutableMap.builder();
    spec.nodeSelector()
        .forEach((key, value) -> {
          String has = labels.get(key);
          if (value.equals(has)) {
            kept.put(key, value);
          } else {
            changes.add(
                "label the node "
                    + key
                    + "="
                    + value
                    + (has == null ? ", which it lacks" : ", where it has " + has)
                    + ", or drop that from the pod's nodeSelector");
          }
        });
    changed.nodeSelector(kept.build());
    Affinity affinity = spec.affinity();
    NodeAffinity ofNodes = affinity == null ? null : affinity.nodeAffinity();
    NodeSelector required =
        ofNodes == null ? null : ofNodes.requiredDuringSchedulingIgnoredDuringExecution();
    if (changes.isEmpty() && affinity != null && ofNodes != null && required != null) {
      changes.add("match the pod's required node affinity: " + text(required));
      changed.affinity(
          AffinityBuilder.builder(affinity)
              .nodeAffinity(
                  NodeAffinityBuilder.builder(ofNodes)
                      .requiredDuringSchedulingIgnoredDuringExecution(null)
                      .build())
              .build());
    }
    return changes.isEmpty()
        ? null
        : new Remedy(with(pod, changed.build()), ImmutableList.copyOf(changes));
  }

  private static String text(NodeSelector selector) {
    return selector.nodeSelectorTerms().stream()
        .map(Remedy::text)
        .collect(Collectors.joining(" or "));
  }

  private static String text(NodeSelectorTerm term) {
    List<String> requirements = new ArrayList<>();
    term.matchExpressions().forEach(requirement -> requirements.add(text("", requirement)));
    term.matchFields().forEach(requirement -> requirements.add(text("field ", requirement)));
    return String.join(" and ", requirements);
  }

  private static String text(String of, NodeSelectorRequirement requirement) {
    return of
        + requirement.key()
        + " "
        + requirement.operator()
        + (requirement.values().isEmpty() ? "" : " " + requirement.values());
  }

  // Other pods

  private static @Nullable Remedy hostPorts(Pod pod, PodInfo info) {
    if (info.hostPorts().isEmpty()) {
      return null;
    }
    ImmutableList.Builder<Container> containers = ImmutableList.builder();
    for (Container container : pod.spec().containers()) {
      containers.add(
          ContainerBuilder.builder(container)
              .ports(
                  container.ports().stream()
                      .map(port -> ContainerPortBuilder.builder(port).hostPort(null).build())
                      .collect(ImmutableList.toImmutableList()))
              .build());
    }
    return of(
        with(pod, PodSpecBuilder.builder(pod.spec()).containers(containers.build()).build()),
        "take no ports of the node, or free ones; the pod asks for "
            + info.hostPorts().stream()
                .map(HostPort::port)
                .map(String::valueOf)
                .collect(Collectors.joining(", ")));
  }

  private static @Nullable Remedy topologySpread(Pod pod) {
    ImmutableList.Builder<TopologySpreadConstraint> kept = ImmutableList.builder();
    List<String> changes = new ArrayList<>();
    for (TopologySpreadConstraint constraint : pod.spec().topologySpreadConstraints()) {
      if ("DoNotSchedule".equals(constraint.whenUnsatisfiable())) {
        changes.add(
            "allow more than maxSkew "
                + constraint.maxSkew()
                + " over "
                + constraint.topologyKey()
                + ", or whenUnsatisfiable: ScheduleAnyway");
      } else {
        kept.add(constraint);
      }
    }
    return changes.isEmpty()
        ? null
        : new Remedy(
            with(
                pod,
                PodSpecBuilder.builder(pod.spec()).topologySpreadConstraints(kept.build()).build()),
            ImmutableList.copyOf(changes));
  }

  private static @Nullable Remedy podAffinity(Pod pod, Status verdict) {
    Affinity affinity = pod.spec().affinity();
    if (affinity == null) {
      return null;
    }
    boolean attracted =
        affinity.podAffinity() != null && !verdict.message().contains("anti-affinity");
    AffinityBuilder changed = AffinityBuilder.builder(affinity);
    if (attracted) {
      changed.podAffinity(null);
    } else if (affinity.podAntiAffinity() != null) {
      changed.podAntiAffinity(null);
    } else {
      return null;
    }
    return of(
        with(pod, PodSpecBuilder.builder(pod.spec()).affinity(changed.build()).build()),
        attracted
            ? "have pods in the node's topology that the required pod affinity asks for"
            : "have no pods in the node's topology that the required pod anti-affinity is against");
  }
}
