package io.towtank.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.Affinity;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.Fields;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorRequirement;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodAffinityTerm;
import io.towtank.api.PodAffinityTermBuilder;
import io.towtank.api.PodAntiAffinityBuilder;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpecBuilder;
import io.towtank.scheduler.Fixtures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The classes of pods on rows, held against a list of the pods. */
class PodClassesTest {
  private static final int RUNS = 8;
  private static final int STEPS = 300;
  private static final String[] NAMESPACES = {"default", "blue", "red"};
  private static final String[] APPS = {"web", "db", "cache"};

  private final ClusterState state = new ClusterState();
  private final Map<ObjectKey, Pod> pods = new LinkedHashMap<>();
  private final List<PodSelector> selectors = new ArrayList<>();
  private final List<PodCounts> living = new ArrayList<>();

  /** Pods come, die and go; what is remembered is what a look at all pods finds. */
  @Test
  void agreesWithLookAtAllPods() {
    Long given = Long.getLong("towtank.test.seed");
    for (int run = 0; run < (given == null ? RUNS : 1); run++) {
      long seed = given == null ? run : given;
      new PodClassesTest().live(seed);
    }
  }

  private void live(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 6; i++) {
      state.setNode(Fixtures.node("node-" + i, "32", "64Gi", "zone-1"));
    }
    state.setNamespace("blue", ImmutableMap.of("team", "a"));
    for (int i = 0; i < 10; i++) {
      selectors.add(selector(random));
      living.add(PodCounts.selectedBy(state, selectors.getLast()));
    }
    for (int step = 0; step < STEPS; step++) {
      String place = "-Dtowtank.test.seed=" + seed + ", step " + step;
      change(random, step);
      if (random.nextInt(3) > 0) {
        check(place);
      }
    }
    pods.keySet().forEach(state::removePod);
    assertThat(state.podClasses().size()).as("seed %s, all gone", seed).isZero();
  }

  private void change(Random random, int step) {
    List<ObjectKey> keys = new ArrayList<>(pods.keySet());
    int choice = keys.isEmpty() ? 0 : random.nextInt(5);
    if (choice < 3) {
      put(pod(random, "pod-" + step, "node-" + random.nextInt(6)));
      return;
    }
    ObjectKey key = keys.get(random.nextInt(keys.size()));
    if (choice == 3) {
      pods.remove(key);
      state.removePod(key);
    } else {
      Pod pod = Objects.requireNonNull(pods.get(key));
      put(pod.withMetadata(ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(0).build()));
    }
  }

  private void put(Pod pod) {
    pods.put(ObjectKey.of(pod), pod);
    state.setPod(pod);
  }

  private void check(String place) {
    PodClasses classes = state.podClasses();
    Set<List<Object>> kinds = new LinkedHashSet<>();
    pods.values().forEach(pod -> kinds.add(kind(pod)));
    assertThat(classes.size()).as(place).isEqualTo(kinds.size());
    for (int i = 0; i < selectors.size(); i++) {
      PodSelector selector = selectors.get(i);
      Map<Integer, Long> expected = new TreeMap<>();
      for (Pod pod : pods.values()) {
        if (!terminating(pod) && selector.matches(labels(pod))) {
          expected.merge(row(pod), 1L, Long::sum);
        }
      }
      living.get(i).catchUp(false);
      assertThat(counts(living.get(i))).as(place).isEqualTo(expected);
      PodCounts fresh = PodCounts.selectedBy(state, selector);
      fresh.catchUp(false);
      assertThat(counts(fresh)).as(place).isEqualTo(expected);
    }
    for (String app : APPS) {
      LabelClass about = new LabelClass("default", ImmutableMap.of("app", app));
      Set<AffinityTerm> expected = new LinkedHashSet<>();
      for (Pod pod : pods.values()) {
        for (AffinityTerm term : state.info(pod).terms().requiredAntiAffinity()) {
          if (term.selector().matches(about)) {
            expected.add(term);
          }
        }
      }
      Set<AffinityTerm> found = new LinkedHashSet<>();
      classes.termsAbout(about, AffinityTerms.Kind.REQUIRED_ANTI_AFFINITY, found::add);
      assertThat(found).as(place).isEqualTo(expected);
      expected.forEach(term -> checkOwners(place, term));
    }
  }

  private void checkOwners(String place, AffinityTerm term) {
    Set<Integer> rows = new TreeSet<>();
    state
        .podClasses()
        .withTerm(
            term,
            AffinityTerms.Kind.REQUIRED_ANTI_AFFINITY,
            id -> {
              PodClass owners = state.podClasses().get(id);
              for (int i = 0; i < owners.rows(); i++) {
                rows.add(owners.row(i));
              }
            });
    Set<Integer> expected = new TreeSet<>();
    for (Pod pod : pods.values()) {
      if (state.info(pod).terms().requiredAntiAffinity().contains(term)) {
        expected.add(row(pod));
      }
    }
    assertThat(rows).as(place).isEqualTo(expected);
  }

  /** By row, where it is not 0. */
  private Map<Integer, Long> counts(PodCounts counts) {
    Map<Integer, Long> byRow = new TreeMap<>();
    for (int row = 0; row < state.rows(); row++) {
      if (counts.of(row) != 0) {
        byRow.put(row, counts.of(row));
      }
    }
    Set<Integer> told = new TreeSet<>();
    counts.rows(told::add);
    assertThat(told).isEqualTo(byRow.keySet());
    return byRow;
  }

  private List<Object> kind(Pod pod) {
    return ImmutableList.of(labels(pod), state.info(pod).terms(), terminating(pod));
  }

  private static LabelClass labels(Pod pod) {
    return new LabelClass(
        Objects.requireNonNull(pod.metadata().namespace()), pod.metadata().labels());
  }

  private int row(Pod pod) {
    return state.row(Objects.requireNonNull(pod.nodeName()));
  }

  private static boolean terminating(Pod pod) {
    return pod.metadata().deletionTimestamp() == 0;
  }

  private static Pod pod(Random random, String name, String node) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    labels.put("app", APPS[random.nextInt(APPS.length)]);
    if (random.nextBoolean()) {
      labels.put("tier", "t" + random.nextInt(2));
    }
    Pod pod = Fixtures.pod(name, Fixtures.spec("1m", "1Mi"), labels.buildOrThrow());
    if (random.nextInt(3) == 0) {
      pod = withAntiAffinity(pod, term(random));
    }
    return PodBuilder.builder(pod)
        .metadata(
            ObjectMetaBuilder.builder(pod.metadata())
                .namespace(NAMESPACES[random.nextInt(NAMESPACES.length)])
                .build())
        .nodeName(node)
        .build();
  }

  private static Pod withAntiAffinity(Pod pod, PodAffinityTerm term) {
    Affinity affinity =
        AffinityBuilder.builder()
            .podAntiAffinity(
                PodAntiAffinityBuilder.builder()
                    .requiredDuringSchedulingIgnoredDuringExecution(ImmutableList.of(term))
                    .build())
            .build();
    return PodBuilder.builder(pod)
        .spec(PodSpecBuilder.builder(pod.spec()).affinity(affinity).build())
        .build();
  }

  private static PodAffinityTerm term(Random random) {
    PodAffinityTermBuilder term =
        PodAffinityTermBuilder.builder()
            .labelSelector(labelSelector(random))
            .topologyKey("topology.kubernetes.io/zone");
    switch (random.nextInt(3)) {
      case 0 -> term.namespaces(ImmutableList.of("blue", "default"));
      case 1 ->
          term.namespaceSelector(
              new LabelSelector(ImmutableMap.of("team", "a"), ImmutableList.of(), Fields.NONE));
      default -> {}
    }
    return term.build();
  }

  private PodSelector selector(Random random) {
    LabelSelector ofNamespaces =
        random.nextInt(4) == 0
            ? new LabelSelector(ImmutableMap.of("team", "a"), ImmutableList.of(), Fields.NONE)
            : null;
    ImmutableSortedSet<String> namespaces =
        random.nextBoolean()
            ? ImmutableSortedSet.of("default")
            : ImmutableSortedSet.of("red", "blue");
    return new PodSelector(
        new PodSelector.Definition(
            namespaces,
            ofNamespaces,
            random.nextInt(10) == 0 ? null : labelSelector(random),
            random.nextInt(3) == 0 ? ImmutableMap.of("tier", "t0") : ImmutableMap.of()),
        name -> name.equals("blue") ? ImmutableMap.of("team", "a") : ImmutableMap.of());
  }

  private static LabelSelector labelSelector(Random random) {
    String app = APPS[random.nextInt(APPS.length)];
    return switch (random.nextInt(5)) {
      case 0 -> new LabelSelector(ImmutableMap.of(), ImmutableList.of(), Fields.NONE);
      case 1 -> new LabelSelector(ImmutableMap.of("app", app), ImmutableList.of(), Fields.NONE);
      case 2 ->
          new LabelSelector(
              ImmutableMap.of("app", app, "tier", "t1"), ImmutableList.of(), Fields.NONE);
      case 3 -> expression("app", "In", ImmutableList.of("web", app));
      default -> expression("tier", random.nextBoolean() ? "Exists" : "DoesNotExist");
    };
  }

  private static LabelSelector expression(String key, String operator, ImmutableList<String> in) {
    return new LabelSelector(
        ImmutableMap.of(),
        ImmutableList.of(new LabelSelectorRequirement(key, operator, in, Fields.NONE)),
        Fields.NONE);
  }

  private static LabelSelector expression(String key, String operator) {
    return expression(key, operator, ImmutableList.of());
  }

  /** As Jobs have it: each pod has labels, and here terms, that no other has. */
  @Test
  void forgetsTemplatesThatAreGone() {
    state.setNode(Fixtures.node("node", "32", "64Gi", "zone-1"));
    PodSelector one =
        state.selector(
            "default",
            new LabelSelector(ImmutableMap.of("job", "j-7"), ImmutableList.of(), Fields.NONE),
            ImmutableMap.of());
    PodCounts counts = PodCounts.selectedBy(state, one);
    for (int i = 0; i < 100_000; i++) {
      Pod pod = oneOfAKind(i);
      state.setPod(pod);
      counts.catchUp(false);
      assertThat(counts.of(0)).isEqualTo(i == 7 ? 1 : 0);
      state.removePod(ObjectKey.of(pod));
    }
    assertThat(state.podClasses().size()).isZero();
    assertThat(state.podClasses().bound()).isEqualTo(1);
    assertThat(state.podClasses().indexed()).isZero();
    assertThat(state.podClasses().ofRow(0)).hasSizeLessThan(10);
  }

  private static Pod oneOfAKind(int number) {
    String job = "j-" + number;
    Pod pod = Fixtures.pod("pod", Fixtures.spec("1m", "1Mi"), ImmutableMap.of("job", job));
    PodAffinityTerm apart =
        PodAffinityTermBuilder.builder()
            .labelSelector(
                new LabelSelector(ImmutableMap.of("job", job), ImmutableList.of(), Fields.NONE))
            .topologyKey("kubernetes.io/hostname")
            .build();
    return PodBuilder.builder(withAntiAffinity(pod, apart)).nodeName("node").build();
  }
}
