package io.towtank.scheduler.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPort;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.HostPort;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinity;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodAntiAffinity;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.TopologySpreadConstraint;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.AffinityTerm;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.LabelClass;
import io.towtank.scheduler.state.LabelColumn;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.PodInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What would have to change where other pods are in the way, or not where they should be. */
final class OtherPodsRemedies {
  private static final String HARD = "DoNotSchedule";
  private static final int MOST_NAMES = 3;

  private OtherPodsRemedies() {}

  // Ports

  static ImmutableList<Remedy> hostPorts(Pod pod, PodInfo info, NodeInfo node) {
    Set<Integer> taken = new LinkedHashSet<>();
    for (HostPort port : info.hostPorts()) {
      for (int i = 0; i < node.podCount(); i++) {
        if (node.pod(i).info().hostPorts().stream().anyMatch(port::conflicts)) {
          taken.add(port.port());
        }
      }
    }
    if (taken.isEmpty()) {
      return ImmutableList.of();
    }
    return Remedy.just(
        Remedy.with(
            pod,
            PodSpecBuilder.builder(pod.spec())
                .containers(without(pod.spec().containers(), taken))
                .initContainers(without(pod.spec().initContainers(), taken))
                .build()),
        "do without the node's "
            + (taken.size() == 1 ? "port " : "ports ")
            + taken.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ", taken by another pod");
  }

  private static ImmutableList<Container> without(
      ImmutableList<Container> containers, Set<Integer> hostPorts) {
    ImmutableList.Builder<Container> changed = ImmutableList.builder();
    for (Container container : containers) {
      ImmutableList.Builder<ContainerPort> ports = ImmutableList.builder();
      for (ContainerPort port : container.ports()) {
        ports.add(
            port.hostPort() != null && hostPorts.contains(port.hostPort())
                ? ContainerPortBuilder.builder(port).hostPort(null).build()
                : port);
      }
      changed.add(ContainerBuilder.builder(container).ports(ports.build()).build());
    }
    return changed.build();
  }

  // Spreading

  /** Each constraint by itself, then all. */
  static ImmutableList<Remedy> topologySpread(Pod pod, NodeInfo node, Status verdict) {
    List<TopologySpreadConstraint> hard = new ArrayList<>();
    for (TopologySpreadConstraint constraint : pod.spec().topologySpreadConstraints()) {
      if (HARD.equals(constraint.whenUnsatisfiable())) {
        hard.add(constraint);
      }
    }
    if (hard.isEmpty()) {
      return Remedy.just(null, "change the profile's default constraints of PodTopologySpread");
    }
    ImmutableMap<String, String> labels = node.node().metadata().labels();
    if (verdict.message().contains("missing required label")) {
      hard.removeIf(constraint -> labels.containsKey(constraint.topologyKey()));
      return ImmutableList.of(without(pod, hard, labels));
    }
    ImmutableList.Builder<Remedy> remedies = ImmutableList.builder();
    if (hard.size() > 1) {
      hard.forEach(each -> remedies.add(without(pod, ImmutableList.of(each), labels)));
    }
    return remedies.add(without(pod, hard, labels)).build();
  }

  private static Remedy without(
      Pod pod, List<TopologySpreadConstraint> dropped, ImmutableMap<String, String> labels) {
    ImmutableList.Builder<String> changes = ImmutableList.builder();
    for (TopologySpreadConstraint constraint : dropped) {
      String key = constraint.topologyKey();
      changes.add(
          labels.containsKey(key)
              ? "allow more than maxSkew "
                  + constraint.maxSkew()
                  + " over "
                  + key
                  + ", or whenUnsatisfiable: ScheduleAnyway"
              : "label the node "
                  + key
                  + ", which it lacks, or have whenUnsatisfiable: ScheduleAnyway over it");
    }
    return new Remedy(
        Remedy.with(
            pod,
            PodSpecBuilder.builder(pod.spec())
                .topologySpreadConstraints(
                    pod.spec().topologySpreadConstraints().stream()
                        .filter(constraint -> !dropped.contains(constraint))
                        .collect(ImmutableList.toImmutableList()))
                .build()),
        changes.build());
  }

  // Affinity

  static ImmutableList<Remedy> podAffinity(Status verdict, Pod pod, ClusterState state, int row) {
    NodeInfo node = state.nodeInfo(row);
    if (verdict.message().contains("existing pods anti-affinity")) {
      ImmutableList<NodePod> against = against(state.info(pod).labelClass(), state, row);
      return ImmutableList.of(
          new Remedy(
              pod,
              ImmutableList.of(
                  "have no pods in the node's topology whose required pod anti-affinity is against"
                      + " the pod's labels: "
                      + names(against)),
              against));
    }
    Affinity affinity = pod.spec().affinity();
    if (affinity == null) {
      return ImmutableList.of();
    }
    boolean apart = verdict.message().contains("anti-affinity");
    ImmutableList<PodAffinityTerm> terms = required(affinity, apart);
    if (terms.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<Remedy> remedies = ImmutableList.builder();
    if (terms.size() > 1) {
      terms.forEach(
          term -> remedies.add(without(pod, node, affinity, apart, ImmutableList.of(term))));
    }
    return remedies.add(without(pod, node, affinity, apart, terms)).build();
  }

  /** Pods in a row's topology that would not have such pods near them. */
  private static ImmutableList<NodePod> against(LabelClass labels, ClusterState state, int row) {
    ImmutableList.Builder<NodePod> against = ImmutableList.builder();
    for (int other = 0; other < state.rows(); other++) {
      for (int i = 0; i < state.podCount(other); i++) {
        NodePod pod = state.pod(other, i);
        for (AffinityTerm term : pod.info().terms().requiredAntiAffinity()) {
          LabelColumn topology = state.labels(term.topologyKey());
          if (topology.value(row) != LabelColumn.NONE
              && topology.value(row) == topology.value(other)
              && term.selector().matches(labels)) {
            against.add(pod);
            break;
          }
        }
      }
    }
    return against.build();
  }

  /** The first few of some pods. */
  static String names(ImmutableList<NodePod> pods) {
    String first =
        pods.stream()
            .limit(MOST_NAMES)
            .map(pod -> ObjectKey.of(pod.pod()).toString())
            .collect(Collectors.joining(", "));
    int more = pods.size() - MOST_NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static Remedy without(
      Pod pod,
      NodeInfo node,
      Affinity affinity,
      boolean apart,
      ImmutableList<PodAffinityTerm> dropped) {
    boolean several = required(affinity, apart).size() > 1;
    ImmutableMap<String, String> labels = node.node().metadata().labels();
    ImmutableList<PodAffinityTerm> kept =
        required(affinity, apart).stream()
            .filter(term -> !dropped.contains(term))
            .collect(ImmutableList.toImmutableList());
    AffinityBuilder changed = AffinityBuilder.builder(affinity);
    if (apart && affinity.podAntiAffinity() != null) {
      changed.podAntiAffinity(
          PodAntiAffinityBuilder.builder(affinity.podAntiAffinity())
              .requiredDuringSchedulingIgnoredDuringExecution(kept)
              .build());
    } else if (affinity.podAffinity() != null) {
      changed.podAffinity(
          PodAffinityBuilder.builder(affinity.podAffinity())
              .requiredDuringSchedulingIgnoredDuringExecution(kept)
              .build());
    }
    return new Remedy(
        Remedy.with(pod, PodSpecBuilder.builder(pod.spec()).affinity(changed.build()).build()),
        dropped.stream()
            .map(term ->
                apart
                    ? "have no pods with "
                        + text(term.labelSelector())
                        + " on nodes of the same "
                        + term.topologyKey()
                        + ", or drop that from the pod's anti-affinity"
                    : beside(term, labels, several) + ", or drop that from the pod's affinity")
            .collect(ImmutableList.toImmutableList()));
  }

  /** Where there are several terms, it takes one pod that matches all of them. */
  private static String beside(
      PodAffinityTerm term, ImmutableMap<String, String> labels, boolean several) {
    String key = term.topologyKey();
    String pods =
        "pods with "
            + text(term.labelSelector())
            + (several ? ", that match the other terms too," : "");
    return labels.containsKey(key)
        ? "have " + pods + " on nodes of the same " + key
        : "label the node " + key + ", which it lacks, as nodes are that have " + pods;
  }

  private static ImmutableList<PodAffinityTerm> required(Affinity affinity, boolean apart) {
    PodAntiAffinity against = affinity.podAntiAffinity();
    PodAffinity beside = affinity.podAffinity();
    if (apart) {
      return against == null
          ? ImmutableList.of()
          : against.requiredDuringSchedulingIgnoredDuringExecution();
    }
    return beside == null
        ? ImmutableList.of()
        : beside.requiredDuringSchedulingIgnoredDuringExecution();
  }

  private static String text(@Nullable LabelSelector selector) {
    if (selector == null) {
      return "no labels";
    }
    List<String> parts = new ArrayList<>();
    selector.matchLabels().forEach((key, value) -> parts.add(key + "=" + value));
    selector
        .matchExpressions()
        .forEach(each ->
            parts.add(
                each.key()
                    + " "
                    + each.operator()
                    + (each.values().isEmpty() ? "" : " " + each.values())));
    return parts.isEmpty() ? "any labels" : String.join(", ", parts);
  }
}
