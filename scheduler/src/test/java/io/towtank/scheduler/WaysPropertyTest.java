package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPortBuilder;
import io.towtank.api.KubeObject;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityBuilder;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Toleration;
import io.towtank.api.TolerationBuilder;
import io.towtank.api.TopologySpreadConstraintBuilder;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.state.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What would have to change for a pod that fits nowhere is true: who makes the changes that he
 * reads, to the pod, the node or other pods, finds that the pod fits the node. And of what is asked
 * for no more would do. The seed is printed; {@code -Dtowtank.test.seed=N} replays it.
 */
class WaysPropertyTest {
  private static final int CLUSTERS = Integer.getInteger("towtank.test.clusters", 80);
  private static final int PODS = 8;

  @Test
  void whoMakesTheChangesHasThePodFit() {
    Long given = Long.getLong("towtank.test.seed");
    int ways = 0;
    for (long seed = given == null ? 0 : given;
        seed < (given == null ? CLUSTERS : given + 1);
        seed++) {
      try {
        ways += new Life(seed).live();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(ways).as("there are pods that fit nowhere").isPositive();
  }

  private static final class Life {
    private final long seed;
    private final List<KubeObject> objects = new ArrayList<>();
    private final List<Pod> waiting = new ArrayList<>();

    Life(long seed) {
      this.seed = seed;
      Random random = new Random(seed);
      RandomObjects all = new RandomObjects(random);
      int nodes = 1 + random.nextInt(4);
      for (int i = 0; i < nodes; i++) {
        objects.add(RandomObjects.node(random.nextLong(), "node-" + i));
      }
      for (int i = 0; i < 8; i++) {
        objects.add(all.other());
      }
      for (int i = random.nextInt(10); i > 0; i--) {
        Pod pod = all.pod("there-" + i, all.spec());
        objects.add(PodBuilder.builder(pod).nodeName("node-" + random.nextInt(nodes)).build());
      }
      for (int i = 0; i < PODS; i++) {
        waiting.add(all.pod("waiting-" + i, all.spec()));
      }
    }

    int live() {
      OfflineScheduler scheduler = scheduler(objects);
      int count = 0;
      for (Pod pod : waiting) {
        Decision decision = scheduler.decide(pod);
        ImmutableList<Way> ways = scheduler.ways(pod, decision);
        if (decision.outcome() == Decision.Outcome.SCHEDULED) {
          assertThat(ways).isEmpty();
          continue;
        }
        assertThat(ways)
            .as("seed %s: %s %s; %s", seed, decision.preFilter(), decision.infeasible(), pod)
            .isNotEmpty();
        for (Way way : ways) {
          boolean told =
              way.changes().stream().noneMatch(c -> c.matches(".* more|and then perhaps more.*"));
          if (told && !(countsOthers(pod) && way.changes().stream().anyMatch(Life::hasOthersGo))) {
            check(pod, way);
            count++;
          }
        }
        assertThat(scheduler.decide(pod)).as("nothing was changed by it").isEqualTo(decision);
      }
      return count;
    }

    /** For such a pod it matters which of the others go. */
    private static boolean countsOthers(Pod pod) {
      Affinity affinity = pod.spec().affinity();
      return !pod.spec().topologySpreadConstraints().isEmpty()
          || (affinity != null && affinity.podAffinity() != null);
    }

    private static boolean hasOthersGo(String change) {
      return change.contains(" leave the node") || change.startsWith("have no pods in the node's");
    }

    private void check(Pod pod, Way way) {
      Changes changes = new Changes(objects, pod, way.node());
      way.changes().forEach(changes::make);
      Decision after = scheduler(changes.objects).decide(changes.pod);
      assertThat(after.preFilter()).as("seed %s: %s of %s", seed, way, pod).isNull();
      assertThat(after.scores())
          .as("seed %s: %s, where %s; of %s", seed, way, after.infeasible(), pod)
          .containsKey(way.node());
      if (way.changes().size() == 1 && way.changes().getFirst().startsWith("ask for at most")) {
        Changes more = new Changes(objects, pod, way.node());
        more.ask(way.changes().getFirst(), 1);
        assertThat(scheduler(more.objects).decide(more.pod).infeasible())
            .as("seed %s: one more than %s of %s", seed, way, pod)
            .containsKey(way.node());
      }
    }

    private static OfflineScheduler scheduler(List<KubeObject> objects) {
      OfflineScheduler scheduler =
          new OfflineScheduler(SchedulerConfiguration.defaults().withTies(Ties.FIRST));
      objects.forEach(scheduler::add);
      return scheduler;
    }
  }

  /** Objects and a pod, and what becomes of them. */
  private static final class Changes {
    private static final Pattern ASK =
        Pattern.compile("ask for at most (\\S+) of (\\S+) instead of \\S+(, besides .*)?");
    private static final Pattern POD_LABEL =
        Pattern.compile(
            "(?:label|take) .*, or drop that from the pod's (nodeSelector|node"
                + " affinity|nodeSelector and node affinity)");
    private static final Pattern POD_TERM =
        Pattern.compile(
            "(?:have (?:no )?pods|label the node (\\S+),).*?(?: on nodes of the same (\\S+))?, or"
                + " drop that from the pod's (anti-affinity|affinity)");

    private final List<KubeObject> objects;
    private final String node;
    private Pod pod;

    Changes(List<KubeObject> objects, Pod pod, String node) {
      this.objects = new ArrayList<>(objects);
      this.pod = pod;
      this.node = node;
    }

    private interface Make {
      void with(Matcher matcher);
    }

    private final Map<String, Make> vocabulary = vocabulary();

    private Map<String, Make> vocabulary() {
      Map<String, Make> all = new LinkedHashMap<>();
      all.put(ASK.pattern(), m -> ask(m.group(), 0));
      all.put(
          "have pods leave the node that ask for (\\S+) of (\\S+) in all",
          m -> leave(m.group(2), Quantity.parse(m.group(1))));
      all.put(
          "have (?:a|\\d+) pods? leave the node, which takes \\d+ and has \\d+: (.*)",
          m -> leave(m.group(1)));
      all.put("have the node take pods: it takes none", m -> offer("pods"));
      all.put("have the node offer (\\S+), of which it has none", m -> offer(m.group(1)));
      all.put("have the node offer more of (\\S+) than \\S+", m -> offer(m.group(1)));
      all.put("tolerate ([^=:]*)(?:=([^:]*))?:(\\S+)", this::tolerate);
      all.put("uncordon the node, or tolerate .*", m -> uncordon());
      all.put(
          "label the node (\\S+), which it lacks, or have whenUnsatisfiable: ScheduleAnyway over"
              + " it",
          m -> anyway(m.group(1)));
      all.put(
          "allow more than maxSkew \\d+ over (\\S+), or whenUnsatisfiable: ScheduleAnyway",
          m -> anyway(m.group(1)));
      all.put(POD_TERM.pattern(), this::withoutTerm);
      all.put(POD_LABEL.pattern(), m -> relabel(m.group(), m.group(1)));
      all.put("allow node \\S+ in the pod's node affinity, .*", m -> withoutNodeAffinity());
      all.put("drop the pod's required node affinity: .*", m -> withoutNodeAffinity());
      all.put("drop the names in the pod's node affinity .*", m -> withoutNodeAffinity());
      all.put("do without the node's ports? (.*), taken by another pod", this::withoutPorts);
      all.put(
          "have no pods in the node's topology whose required pod anti-affinity is against the"
              + " pod's labels: (.*)",
          m -> leave(m.group(1)));
      all.put(
          "(?:create the|have volumes|have the pod's volumes|have fewer volumes|have no other pod"
              + " use the volumes) .*",
          m -> spec(spec -> spec.volumes(ImmutableList.of())));
      all.put(
          "take off the pod's scheduling gates: .*",
          m -> spec(spec -> spec.schedulingGates(ImmutableList.of())));
      return all;
    }

    void make(String change) {
      for (Map.Entry<String, Make> known : vocabulary.entrySet()) {
        Matcher matcher = Pattern.compile(known.getKey()).matcher(change);
        if (matcher.matches()) {
          known.getValue().with(matcher);
          return;
        }
      }
      throw new IllegalArgumentException("nobody knows how to do that: " + change);
    }

    private void spec(UnaryOperator<PodSpecBuilder> change) {
      pod =
          PodBuilder.builder(pod)
              .spec(change.apply(PodSpecBuilder.builder(pod.spec())).build())
              .build();
    }

    private void node(UnaryOperator<io.towtank.api.Node> change) {
      objects.replaceAll(object ->
          object instanceof io.towtank.api.Node its && its.name().equals(node)
              ? change.apply(its)
              : object);
    }

    // Requests

    /** All for the first container, or for the pod where it asks itself. */
    void ask(String change, int more) {
      Matcher matcher = ASK.matcher(change);
      assertThat(matcher.matches()).isTrue();
      String name = matcher.group(2);
      Quantity most = Quantity.parse(matcher.group(1));
      Quantity amount =
          name.equals("cpu")
              ? Quantity.parse(most.milliValue() + more + "m")
              : Quantity.of(most.value() + more);
      PodSpec spec = pod.spec();
      ResourceRequirements own = spec.resources();
      boolean ofPod = own != null && own.requests().containsKey(name);
      List<Container> containers = new ArrayList<>();
      for (Container container : spec.containers()) {
        containers.add(asking(container, name, containers.isEmpty() ? amount : null));
      }
      spec(builder ->
          builder
              .resources(ofPod ? asking(own, name, amount) : own)
              .containers(ImmutableList.copyOf(containers))
              .initContainers(
                  spec.initContainers().stream()
                      .map(container -> asking(container, name, null))
                      .collect(ImmutableList.toImmutableList())));
    }

    private static Container asking(Container container, String name, @Nullable Quantity amount) {
      return ContainerBuilder.builder(container)
          .resources(asking(container.resources(), name, amount))
          .build();
    }

    private static ResourceRequirements asking(
        @Nullable ResourceRequirements resources, String name, @Nullable Quantity amount) {
      Map<String, Quantity> requests = new LinkedHashMap<>();
      if (resources != null) {
        requests.putAll(resources.requests());
      }
      requests.remove(name);
      if (amount != null) {
        requests.put(name, amount);
      }
      return (resources == null
              ? ResourceRequirementsBuilder.builder()
              : ResourceRequirementsBuilder.builder(resources))
          .requests(ImmutableMap.copyOf(requests))
          .build();
    }

    private void leave(String resource, Quantity amount) {
      OfflineScheduler asked = Life.scheduler(objects);
      Resources resources = asked.state().resources();
      int id = resources.id(resource);
      long rest = id == Resources.CPU ? amount.milliValue() : amount.value();
      for (KubeObject object : ImmutableList.copyOf(objects)) {
        if (rest > 0 && isOnNode(object)) {
          rest -= asked.state().info((Pod) object).request(id);
          objects.remove(object);
        }
      }
    }

    /** Those that are named. */
    private void leave(String names) {
      List<String> leaving = Splitter.on(", ").splitToList(names);
      objects.removeIf(
          object -> object instanceof Pod && leaving.contains(ObjectKey.of(object).toString()));
    }

    private boolean isOnNode(KubeObject object) {
      return object instanceof Pod its && node.equals(its.nodeName());
    }

    private void offer(String resource) {
      node(its -> {
        Map<String, Quantity> allocatable = new LinkedHashMap<>(its.status().allocatable());
        allocatable.put(resource, Quantity.parse(resource.equals("cpu") ? "1000" : "1000Gi"));
        return NodeBuilder.builder(its)
            .status(
                NodeStatusBuilder.builder(its.status())
                    .allocatable(ImmutableMap.copyOf(allocatable))
                    .build())
            .build();
      });
    }

    // Taints

    private void tolerate(Matcher matcher) {
      Toleration toleration =
          TolerationBuilder.builder()
              .key(matcher.group(1))
              .operator("Equal")
              .value(matcher.group(2))
              .effect(matcher.group(3))
              .build();
      spec(spec ->
          spec.tolerations(
              ImmutableList.<Toleration>builder()
                  .addAll(pod.spec().tolerations())
                  .add(toleration)
                  .build()));
    }

    private void uncordon() {
      node(its ->
          NodeBuilder.builder(its)
              .spec(
                  NodeSpecBuilder.builder(its.spec())
                      .unschedulable(false)
                      .taints(
                          its.spec().taints().stream()
                              .filter(taint ->
                                  !taint.key().equals("node.kubernetes.io/unschedulable")
                                      || !taint.effect().equals("NoSchedule"))
                              .collect(ImmutableList.toImmutableList()))
                      .build())
              .build());
    }

    // Labels

    /** The node is labelled where nothing else depends on its labels; else the pod is changed. */
    private void relabel(String change, String where) {
      Affinity affinity = pod.spec().affinity();
      boolean elsewhere =
          change.matches(".*(zone|rack).*")
              || !pod.spec().topologySpreadConstraints().isEmpty()
              || !pod.spec().volumes().isEmpty()
              || (affinity != null
                  && (affinity.podAffinity() != null || affinity.podAntiAffinity() != null));
      Matcher with =
          Pattern.compile(
                  "label the node ([^ =]+) with (more than|less than|anything but) ([^ ,]+).*")
              .matcher(change);
      Matcher is = Pattern.compile("label the node ([^ =,]+)(?:=([^ ,]*))?.*").matcher(change);
      Matcher off = Pattern.compile("take the label (\\S+) off the node.*").matcher(change);
      if (elsewhere && where.startsWith("nodeSelector") && is.matches()) {
        Map<String, String> kept = new LinkedHashMap<>(pod.spec().nodeSelector());
        kept.remove(is.group(1));
        spec(spec -> spec.nodeSelector(ImmutableMap.copyOf(kept)));
        if (where.endsWith("affinity")) {
          withoutNodeAffinity();
        }
      } else if (elsewhere) {
        withoutNodeAffinity();
      } else if (with.matches() && isMet(with)) {
        return;
      } else if (with.matches()) {
        label(
            with.group(1),
            switch (with.group(2)) {
              case "more than" -> "" + (Long.parseLong(with.group(3)) + 1);
              case "less than" -> "" + (Long.parseLong(with.group(3)) - 1);
              default -> "quite-another";
            });
      } else if (is.matches()) {
        label(is.group(1), Objects.requireNonNullElse(is.group(2), "there"));
      } else {
        assertThat(off.matches()).isTrue();
        label(off.group(1), null);
      }
    }

    /** Whether an earlier change of the same label will do. */
    private boolean isMet(Matcher comparison) {
      String has = "";
      for (KubeObject object : objects) {
        if (object instanceof io.towtank.api.Node its && its.name().equals(node)) {
          has = its.metadata().labels().getOrDefault(comparison.group(1), "");
        }
      }
      return has.matches("-?\\d+")
          && (comparison.group(2).startsWith("more")
              ? Long.parseLong(has) > Long.parseLong(comparison.group(3))
              : Long.parseLong(has) < Long.parseLong(comparison.group(3)));
    }

    private void label(String key, @Nullable String value) {
      node(its -> {
        Map<String, String> labels = new LinkedHashMap<>(its.metadata().labels());
        labels.remove(key);
        if (value != null) {
          labels.put(key, value);
        }
        return NodeBuilder.builder(its)
            .metadata(
                ObjectMetaBuilder.builder(its.metadata())
                    .labels(ImmutableMap.copyOf(labels))
                    .build())
            .build();
      });
    }

    private void affinity(UnaryOperator<AffinityBuilder> change) {
      Affinity affinity = Objects.requireNonNull(pod.spec().affinity());
      spec(spec -> spec.affinity(change.apply(AffinityBuilder.builder(affinity)).build()));
    }

    private void withoutNodeAffinity() {
      affinity(affinity ->
          affinity.nodeAffinity(
              NodeAffinityBuilder.builder(Objects.requireNonNull(affinity.nodeAffinity()))
                  .requiredDuringSchedulingIgnoredDuringExecution(null)
                  .build()));
    }

    // Other pods

    private void withoutPorts(Matcher matcher) {
      List<Integer> ports =
          Splitter.on(", ").splitToStream(matcher.group(1)).map(Integer::valueOf).toList();
      spec(spec ->
          spec.containers(without(pod.spec().containers(), ports))
              .initContainers(without(pod.spec().initContainers(), ports)));
    }

    private static ImmutableList<Container> without(
        ImmutableList<Container> containers, List<Integer> hostPorts) {
      return containers.stream()
          .map(container ->
              ContainerBuilder.builder(container)
                  .ports(
                      container.ports().stream()
                          .map(port ->
                              port.hostPort() != null && hostPorts.contains(port.hostPort())
                                  ? ContainerPortBuilder.builder(port).hostPort(null).build()
                                  : port)
                          .collect(ImmutableList.toImmutableList()))
                  .build())
          .collect(ImmutableList.toImmutableList());
    }

    private void anyway(String key) {
      spec(spec ->
          spec.topologySpreadConstraints(
              pod.spec().topologySpreadConstraints().stream()
                  .map(constraint ->
                      constraint.topologyKey().equals(key)
                          ? TopologySpreadConstraintBuilder.builder(constraint)
                              .whenUnsatisfiable("ScheduleAnyway")
                              .build()
                          : constraint)
                  .collect(ImmutableList.toImmutableList())));
    }

    private void withoutTerm(Matcher matcher) {
      String key = Objects.requireNonNullElse(matcher.group(1), matcher.group(2));
      affinity(affinity ->
          matcher.group(3).equals("affinity")
              ? affinity.podAffinity(
                  PodAffinityBuilder.builder(Objects.requireNonNull(affinity.podAffinity()))
                      .requiredDuringSchedulingIgnoredDuringExecution(
                          others(
                              affinity
                                  .podAffinity()
                                  .requiredDuringSchedulingIgnoredDuringExecution(),
                              key))
                      .build())
              : affinity.podAntiAffinity(
                  PodAntiAffinityBuilder.builder(Objects.requireNonNull(affinity.podAntiAffinity()))
                      .requiredDuringSchedulingIgnoredDuringExecution(
                          others(
                              affinity
                                  .podAntiAffinity()
                                  .requiredDuringSchedulingIgnoredDuringExecution(),
                              key))
                      .build()));
    }

    private static ImmutableList<PodAffinityTerm> others(
        ImmutableList<PodAffinityTerm> terms, String key) {
      return terms.stream()
          .filter(term -> !term.topologyKey().equals(key))
          .collect(ImmutableList.toImmutableList());
    }
  }
}
