package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.api.PodStatusBuilder;
import io.towtank.scheduler.explain.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is remembered from pod to pod never changes a decision: a scheduler that lives through
 * random changes decides as every plugin says when it is asked about every node for the first time.
 * Profiles are random, too. The seed is printed; {@code -Dtowtank.test.seed=N} replays it.
 */
class NodeRankingPropertyTest {
  private static final int CLUSTERS = Integer.getInteger("towtank.test.clusters", 15);
  private static final int STEPS = 60;

  /** Nodes that differ, and a handful of templates. */
  @Test
  void livingSchedulerDecidesAsNewOne() {
    forEachSeed(0, seed -> new Life(seed, 3, 12, Integer.MAX_VALUE).live());
  }

  /** Nodes of few shapes, so that many are of one class, and templates that come and go. */
  @Test
  void livingSchedulerDecidesAsNewOneWhereNodesAreAlike() {
    forEachSeed(1_000_000, seed -> new Life(seed, 25, 15, 3).live());
  }

  private static void forEachSeed(long first, LongConsumer test) {
    Long given = Long.getLong("towtank.test.seed");
    if (given != null) {
      test.accept(given);
      return;
    }
    for (long seed = first; seed < first + CLUSTERS; seed++) {
      try {
        test.accept(seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** A cluster, the scheduler that has seen all of it, and what a new one has to be told. */
  private static final class Life {
    private final long seed;
    private final int fewest;
    private final int more;
    private final int shapes;
    private final Random random;
    private final RandomObjects objects;
    private final SchedulerConfiguration configuration;
    private final OfflineScheduler living;
    private final List<String> templates = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Pod> pods = new ArrayList<>();
    private final List<Pod> nominated = new ArrayList<>();
    private final Map<String, KubeObject> others = new LinkedHashMap<>();

    Life(long seed, int fewest, int more, int shapes) {
      this.seed = seed;
      this.fewest = fewest;
      this.more = more;
      this.shapes = shapes;
      this.random = new Random(seed);
      this.objects = new RandomObjects(random);
      this.configuration = objects.configuration(true);
      this.living = new OfflineScheduler(configuration);
    }

    void live() {
      for (int i = 0; i < 6; i++) {
        templates.add(objects.spec());
      }
      for (int i = 0; i < 30; i++) {
        setOther(objects.other());
      }
      int count = fewest + random.nextInt(more);
      for (int i = 0; i < count; i++) {
        addNode("node-" + i);
      }
      // Some are there already, be there room for them or not.
      for (int i = 0; i < count * 3; i++) {
        Pod pod = objects.pod("old-" + i, anyOf(templates));
        String node = anyOf(nodes).name();
        living.bind(pod, node);
        pods.add(PodBuilder.builder(pod).nodeName(node).build());
      }
      for (int step = 0; step < STEPS; step++) {
        for (int change = random.nextInt(3); change >= 0; change--) {
          change(step + "-" + change);
        }
        if (random.nextInt(shapes < 100 ? 2 : 6) == 0) {
          templates.set(random.nextInt(templates.size()), objects.spec());
        }
        decide(objects.pod("new-" + step, anyOf(templates)), "seed " + seed + ", step " + step);
      }
    }

    private <T> T anyOf(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    private void decide(Pod pod, String place) {
      OfflineScheduler fresh = new OfflineScheduler(configuration);
      tell(fresh);
      Decision actual = living.decide(pod);
      same(living.decide(pod), actual, place + ", again");
      same(actual, fresh.decide(pod), place);
      if (actual.outcome() != Decision.Outcome.GATED) {
        compare(actual, plain(fresh, pod), place);
        tie(fresh, pod, place);
        if (actual.outcome() == Decision.Outcome.UNSCHEDULABLE && actual.preFilter() == null) {
          assertThat(actual.preemption()).as(place).isEqualTo(wayOut(fresh, pod));
        }
      }
      if (actual.bound() != null) {
        living.bind(pod, actual.bound());
        nominated.removeIf(other -> other.name().equals(pod.name()));
        pods.add(PodBuilder.builder(pod).nodeName(actual.bound()).build());
      } else if (actual.preemption() != null) {
        nominate(pod, actual.preemption().node());
      }
    }

    private PlainEvaluation plain(OfflineScheduler fresh, Pod pod) {
      return new PlainEvaluation(
          fresh.state(),
          fresh.profile(pod),
          fresh.state().info(pod),
          ImmutableList.copyOf(nominated));
    }

    private Decision.@Nullable Preemption wayOut(OfflineScheduler fresh, Pod pod) {
      return new PlainPreemption(
              fresh.state(),
              fresh.profile(pod),
              fresh.state().info(pod),
              ImmutableList.copyOf(nominated),
              others.values().stream()
                  .filter(PodDisruptionBudget.class::isInstance)
                  .map(PodDisruptionBudget.class::cast)
                  .collect(ImmutableList.toImmutableList()))
          .wayOut();
    }

    /** One of several best nodes is drawn by the same numbers. */
    private void tie(OfflineScheduler fresh, Pod pod, String place) {
      NodeRanking mine = living.ranking(pod);
      NodeRanking its = fresh.ranking(pod);
      if (mine.rejection() == null) {
        assertThat(mine.best(new Random(seed))).as(place).isEqualTo(its.best(new Random(seed)));
      }
    }

    private void compare(Decision actual, PlainEvaluation expected, String place) {
      assertThat(actual.preFilter()).as(place).isEqualTo(expected.rejection);
      if (expected.rejection != null) {
        return;
      }
      assertThat(new TreeMap<>(actual.infeasible())).as(place).isEqualTo(expected.infeasible);
      expected.scores.values().forEach(scores -> scores.values().removeIf(score -> score == 0));
      assertThat(plugins(actual)).as(place).isEqualTo(expected.scores);
      expected.rawScores.values().forEach(scores -> scores.values().removeIf(score -> score == 0));
      assertThat(raw(actual)).as(place).isEqualTo(expected.rawScores);
      assertThat(actual.bound()).as(place).isEqualTo(expected.best);
      assertThat(actual.best()).as(place).isEqualTo(expected.ties);
      for (Decision.NodeScore score : actual.scores().values()) {
        for (Decision.PluginScore its : score.plugins().values()) {
          assertThat(its.normalized()).as(place).isBetween(0L, 100L);
        }
      }
    }

    // What happens between the pods

    private void change(String name) {
      switch (random.nextInt(14)) {
        case 0 -> addNode("more-" + name);
        case 1, 2 -> {
          Node old = anyOf(nodes);
          Node changed = node(old.name());
          nodes.set(nodes.indexOf(old), changed);
          living.add(changed);
        }
        case 3 -> {
          if (nodes.size() > 2) {
            removeNode(anyOf(nodes));
          }
        }
        case 4, 5, 6 -> {
          if (!pods.isEmpty()) {
            Pod gone = pods.remove(random.nextInt(pods.size()));
            living.forget(gone);
          }
        }
        case 7 ->
            changePod(pod ->
                pod.withMetadata(
                    ObjectMetaBuilder.builder(pod.metadata()).deletionTimestamp(0).build()));
        case 8 -> {
          ObjectMetaBuilder labels =
              ObjectMetaBuilder.builder(objects.pod("any", anyOf(templates)).metadata());
          changePod(pod ->
              pod.withMetadata(
                  ObjectMetaBuilder.builder(pod.metadata()).labels(labels.labels()).build()));
        }
        case 9 -> {
          // As a resize in place does, and more than that.
          Pod like = objects.pod("any", anyOf(templates));
          changePod(
              pod -> PodBuilder.builder(pod).spec(like.spec()).nodeName(pod.nodeName()).build());
        }
        case 10 ->
            nominate(objects.pod("nominated-" + name, anyOf(templates)), anyOf(nodes).name());
        case 11 -> {
          if (!others.isEmpty()) {
            String key = anyOf(ImmutableList.copyOf(others.keySet()));
            living.forget(Objects.requireNonNull(others.remove(key)));
          }
        }
        default -> setOther(objects.other());
      }
    }

    private Node node(String name) {
      return RandomObjects.node(random.nextInt(shapes), name);
    }

    private void addNode(String name) {
      Node node = node(name);
      living.add(node);
      nodes.add(node);
    }

    private void removeNode(Node gone) {
      nodes.remove(gone);
      pods.removeIf(pod -> {
        boolean there = gone.name().equals(pod.nodeName());
        if (there) {
          living.forget(pod);
        }
        return there;
      });
      living.forget(gone);
    }

    private void changePod(UnaryOperator<Pod> change) {
      if (!pods.isEmpty()) {
        int index = random.nextInt(pods.size());
        Pod changed = change.apply(pods.get(index));
        pods.set(index, changed);
        living.add(changed);
      }
    }

    private void nominate(Pod pod, String node) {
      Pod changed =
          pod.withStatus(PodStatusBuilder.builder(pod.status()).nominatedNodeName(node).build());
      nominated.removeIf(other -> ObjectKey.of(other).equals(ObjectKey.of(pod)));
      nominated.add(changed);
      living.add(changed);
      if (nominated.size() > 3) {
        living.forget(nominated.removeFirst());
      }
    }

    private void setOther(KubeObject object) {
      String key = object.kind().name() + "/" + ObjectKey.of(object);
      others.remove(key);
      others.put(key, object);
      living.add(object);
    }

    /** The same cluster in the same order of rows. */
    private void tell(OfflineScheduler fresh) {
      others.values().forEach(fresh::add);
      var state = living.state();
      for (int row = 0; row < state.rows(); row++) {
        fresh.add(
            state.isNode(row) ? state.node(row) : Fixtures.node("hole-" + row, "1", "1Gi", "hole"));
      }
      for (int row = 0; row < state.rows(); row++) {
        if (!state.isNode(row)) {
          fresh.state().removeNode("hole-" + row);
        }
        for (int i = 0; i < state.podCount(row); i++) {
          fresh.add(state.pod(row, i).pod());
        }
      }
      nominated.forEach(fresh::add);
    }
  }

  private static void same(Decision actual, Decision expected, String place) {
    assertThat(actual.outcome()).as(place).isEqualTo(expected.outcome());
    assertThat(actual.preFilter()).as(place).isEqualTo(expected.preFilter());
    assertThat(actual.filters()).as(place).isEqualTo(expected.filters());
    assertThat(actual.infeasible())
        .as(place)
        .containsExactlyInAnyOrderEntriesOf(expected.infeasible());
    assertThat(actual.scores()).as(place).containsExactlyInAnyOrderEntriesOf(expected.scores());
    assertThat(actual.best()).as(place).isEqualTo(expected.best());
    assertThat(actual.bound()).as(place).isEqualTo(expected.bound());
    assertThat(actual.message()).as(place).isEqualTo(expected.message());
    assertThat(actual.preemption()).as(place).isEqualTo(expected.preemption());
  }

  /** Without zeros: a plugin that has no opinion and one whose opinion is 0 are the same. */
  private static Map<String, Map<String, Long>> plugins(Decision decision) {
    Map<String, Map<String, Long>> plugins = new TreeMap<>();
    decision
        .scores()
        .forEach((node, score) -> {
          Map<String, Long> scores = new TreeMap<>();
          score
              .plugins()
              .forEach((plugin, its) -> {
                if (its.weighted() != 0) {
                  scores.put(plugin, its.weighted());
                }
              });
          plugins.put(node, scores);
        });
    return plugins;
  }

  /** What plugins gave before normalisation; without zeros, as above. */
  private static Map<String, Map<String, Long>> raw(Decision decision) {
    Map<String, Map<String, Long>> plugins = new TreeMap<>();
    decision
        .scores()
        .forEach((node, score) -> {
          Map<String, Long> scores = new TreeMap<>();
          score.plugins().forEach((plugin, its) -> scores.put(plugin, its.raw()));
          scores.values().removeIf(value -> value == 0);
          plugins.put(node, scores);
        });
    return plugins;
  }
}
