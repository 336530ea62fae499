package io.towtank.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.Selection;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class InformerTest {
  private static final long DELAY = 10_000_000L;

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Informer<Pod> informer = new Informer<>(Kinds.POD, store, DELAY);

  private static Pod pod(String name, String app) {
    return new Pod(
        ObjectMetaBuilder.builder()
            .name(name)
            .namespace("default")
            .labels(ImmutableMap.of("app", app))
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build(),
        0,
        PodSpecBuilder.builder().build(),
        null,
        PodStatusBuilder.builder().startTime(Timestamps.NONE).build(),
        Fields.NONE);
  }

  /** Writes down what a handler is told, and holds it against a copy made from that alone. */
  private static final class Log implements WatchListener<Pod> {
    final List<String> told = new ArrayList<>();
    final Map<ObjectKey, Pod> copy = new HashMap<>();

    @Override
    public void added(Pod object) {
      told.add("added " + object.name());
      assertThat(copy.put(ObjectKey.of(object), object)).isNull();
    }

    @Override
    public void modified(Pod previous, Pod object) {
      told.add("modified " + object.name());
      assertThat(copy.put(ObjectKey.of(object), object)).isEqualTo(previous);
    }

    @Override
    public void deleted(Pod last) {
      told.add("deleted " + last.name());
      assertThat(copy.remove(ObjectKey.of(last))).isNotNull();
    }
  }

  @Test
  void knowsAfterTheWatchDelay() {
    store.create(pod("a", "web"));
    Log log = new Log();
    informer.addHandler(log);
    assertThat(informer.started()).isFalse();
    informer.start();
    informer.start();
    assertThat(log.told).containsExactly("added a");
    store.create(pod("b", "web"));
    store.bind("default", "b", "n1");
    simulation.step(DELAY - 1);
    assertThat(informer.get("default", "b")).isNull();
    simulation.run(new StopCondition.Idle());
    assertThat(log.told).containsExactly("added a", "added b", "modified b");
    // The store's own instance: a copy costs a reference.
    assertThat(informer.get(new ObjectKey("default", "b")))
        .isSameAs(store.get(Kinds.POD, "default", "b"));
    Log late = new Log();
    informer.addHandler(late);
    assertThat(late.told).containsExactly("added a", "added b");
  }

  @Test
  void findsByIndexAndLabels() {
    informer.addIndex("node", Pod::nodeName);
    informer.start();
    store.create(pod("a", "web"));
    store.create(pod("b", "web"));
    store.create(pod("c", "db"));
    store.bind("default", "a", "n1");
    store.bind("default", "c", "n1");
    simulation.run(new StopCondition.Idle());
    assertThat(informer.byIndex("node", "n1")).extracting(Pod::name).containsExactly("a", "c");
    assertThat(informer.countInIndex("node", "n2")).isZero();
    assertThat(informer.byIndex("node", "n2")).isEmpty();
    List<String> selected = new ArrayList<>();
    informer.forEachSelected(
        "default",
        Selector.of(
            LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", "web")).build()),
        pod -> selected.add(pod.name()));
    assertThat(selected).containsExactlyInAnyOrder("a", "b");
    assertThat(informer.size()).isEqualTo(3);
    assertThat(informer.list()).hasSize(3);
    assertThatThrownBy(() -> informer.byIndex("owner", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mayKnowOnlySomeObjects() {
    Informer<Pod> ofNode =
        new Informer<>(Kinds.POD, store, DELAY, Selection.byField("spec.nodeName", "n1"));
    Log log = new Log();
    ofNode.addHandler(log);
    ofNode.start();
    store.create(pod("a", "web"));
    store.create(pod("b", "web"));
    store.bind("default", "a", "n1");
    store.bind("default", "b", "n2");
    store.delete(Kinds.POD, "default", "a", DeleteOptions.NOW);
    simulation.run(new StopCondition.Idle());
    assertThat(log.told).containsExactly("added a", "deleted a");
  }

  @Test
  void listsAnewWhereHistoryDoesNotReachBack() {
    Log log = new Log();
    informer.addHandler(log);
    for (String name : List.of("stays", "goes", "changes")) {
      store.create(pod(name, "web"));
    }
    informer.start();
    log.told.clear();
    informer.disconnect();
    store.delete(Kinds.POD, "default", "goes", DeleteOptions.NOW);
    store.bind("default", "changes", "n1");
    store.create(pod("comes", "web"));
    store.compact(Kinds.POD);
    simulation.step(1_000_000_000L);
    assertThat(log.told).isEmpty();
    informer.reconnect();
    simulation.run(new StopCondition.Idle());
    assertThat(log.told).containsExactly("deleted goes", "modified changes", "added comes");
    store.bind("default", "comes", "n1");
    simulation.run(new StopCondition.Idle());
    assertThat(log.told).endsWith("modified comes");
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 40);
  }

  /** Whatever is written while it is connected or not, in the end copy and store are the same. */
  @ParameterizedTest
  @MethodSource("seeds")
  void isTheStoreInTheEnd(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String replay = "replay with -Dtowtank.test.seed=" + seed;
    Log log = new Log();
    informer.addIndex("node", Pod::nodeName);
    informer.addHandler(log);
    informer.start();
    for (int i = 0; i < 400; i++) {
      String name = "p" + random.nextInt(12);
      try {
        switch (random.nextInt(8)) {
          case 0, 1 -> store.create(pod(name, "app-" + random.nextInt(3)));
          case 2, 3 -> store.bind("default", name, "n" + random.nextInt(3));
          case 4 -> store.delete(Kinds.POD, "default", name, DeleteOptions.NOW);
          case 5 -> {
            informer.disconnect();
            if (random.nextInt(4) == 0) {
              store.compact(Kinds.POD);
            }
          }
          case 6 -> informer.reconnect();
          default -> simulation.step(simulation.nanos() + random.nextLong(3 * DELAY));
        }
      } catch (ApiException e) {
        // A write that does not fit what is there is no matter here.
      }
      assertThat(informer.difference()).as(replay).isNull();
    }
    informer.reconnect();
    simulation.run(new StopCondition.Idle());
    assertThat(informer.list())
        .as(replay)
        .containsExactlyInAnyOrderElementsOf(store.list(Kinds.POD));
    assertThat(log.copy.values())
        .as(replay)
        .containsExactlyInAnyOrderElementsOf(store.list(Kinds.POD));
  }

  @Test
  void aFactorysInformersLoseTheirWatchesAndList() {
    InformerFactory factory = new InformerFactory(store, DELAY);
    Informer<Pod> pods = factory.informer(Kinds.POD);
    factory.informer(Kinds.NODE);
    Log log = new Log();
    pods.addHandler(log);
    factory.start();
    store.create(pod("a", "web"));
    simulation.run();

    factory.disconnect(ImmutableSet.of(Kinds.POD));
    factory.disconnect(ImmutableSet.of());
    store.delete(Kinds.POD, "default", "a", DeleteOptions.NOW);
    store.create(pod("b", "web"));
    simulation.run();
    assertThat(log.told).containsExactly("added a");
    assertThat(factory.differenceFromStore()).isNull();

    factory.expire(ImmutableSet.of());
    simulation.run();
    assertThat(log.told).as("one of two causes is left").containsExactly("added a");

    factory.expire(ImmutableSet.of(Kinds.POD));
    simulation.run();
    assertThat(log.told).containsExactly("added a", "deleted a", "added b");
    store.create(pod("c", "web"));
    simulation.run();
    assertThat(log.told).endsWith("added b", "added c");
    assertThat(factory.differenceFromStore()).isNull();
  }

  @Test
  void anInformerThatIsAskedForMeanwhileListsWhenItCan() {
    InformerFactory factory = new InformerFactory(store, DELAY);
    factory.start();
    factory.disconnect(ImmutableSet.of());
    store.create(pod("a", "web"));
    Informer<Pod> pods = factory.informer(Kinds.POD);
    simulation.run();
    assertThat(pods.size()).isZero();
    factory.expire(ImmutableSet.of());
    simulation.run();
    assertThat(pods.size()).isEqualTo(1);
  }

  @Test
  void whatIsStoppedLearnsNothingMore() {
    InformerFactory factory = new InformerFactory(store, DELAY);
    Informer<Pod> pods = factory.informer(Kinds.POD);
    factory.start();
    factory.stop();
    store.create(pod("a", "web"));
    pods.reconnect();
    pods.expire();
    simulation.run();
    assertThat(pods.size()).isZero();
  }

  @Test
  void tellsHowItDiffersFromTheStore() {
    informer.start();
    store.create(pod("a", "web"));
    assertThat(informer.differenceFromStore()).isEqualTo("Pod default/a is not known");
    simulation.run();
    assertThat(informer.differenceFromStore()).isNull();
    store.delete(Kinds.POD, "default", "a", DeleteOptions.NOW);
    assertThat(informer.differenceFromStore()).isEqualTo("1 pods are known, the store has 0");
  }

  /** A name that was given to another object meanwhile is told as a deletion and a creation. */
  @Test
  void anotherObjectOfTheSameNameIsNotTakenForTheOld() {
    Log log = new Log();
    informer.addHandler(log);
    informer.start();
    store.create(pod("a", "web"));
    simulation.run();
    informer.disconnect();
    store.delete(Kinds.POD, "default", "a", DeleteOptions.NOW);
    store.create(pod("a", "web"));
    informer.expire();
    simulation.run();
    assertThat(log.told).containsExactly("added a", "deleted a", "added a");
  }

  /**
   * All informers are told by one event; one that is cut off meanwhile is told later, and alone.
   */
  @Test
  void manyInformersCostOneEvent() {
    List<Log> logs = new ArrayList<>();
    List<Informer<Pod>> informers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Log log = new Log();
      Informer<Pod> another = new Informer<>(Kinds.POD, store, DELAY);
      another.addHandler(log);
      another.start();
      logs.add(log);
      informers.add(another);
    }
    store.create(pod("a", "web"));
    informers.get(1).disconnect();
    simulation.run();
    assertThat(simulation.events()).isEqualTo(1);
    assertThat(logs).extracting(log -> log.told.size()).containsExactly(1, 0, 1, 1);
    informers.get(1).reconnect();
    simulation.run();
    assertThat(simulation.events()).isEqualTo(2);
    assertThat(logs).extracting(log -> log.told.size()).containsExactly(1, 1, 1, 1);
    informers.get(0).disconnect();
    informers.get(2).disconnect();
    informers.get(3).disconnect();
    store.create(pod("b", "web"));
    informers.get(1).disconnect();
    simulation.run();
    assertThat(simulation.events()).as("nobody is left to be told").isEqualTo(2);
  }
}
