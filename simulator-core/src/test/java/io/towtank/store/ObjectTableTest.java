package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ObjectTableTest {
  private static final String[] NAMESPACES = {"a", "a-b", "b"};
  private static final String[] APPS = {"web", "db", "cache"};

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 30);
  }

  /** Random changes of a table with indexes, made before and on the way, against a sorted map. */
  @ParameterizedTest
  @MethodSource("seeds")
  void behavesAsASortedMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String replay = "replay with -Dtowtank.test.seed=" + seed;
    ObjectTable<Pod> table = new ObjectTable<>();
    Map<ObjectKey, Pod> model =
        new TreeMap<>((a, b) -> KeyOrder.compare(a.namespace(), a.name(), b.namespace(), b.name()));
    int names = random.nextInt(1, 200);
    int steps = random.nextInt(1, 3000);
    int removals = random.nextInt(1, 10);
    for (int step = 0; step < steps; step++) {
      String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
      ObjectKey key = new ObjectKey(namespace, "p" + random.nextInt(names));
      if (random.nextInt(10) < removals) {
        same(table.remove(namespace, key.name()), model.remove(key), replay);
      } else {
        Pod pod = pod(random, key);
        same(table.put(pod), model.put(key, pod), replay);
      }
      if (random.nextInt(200) == 0) {
        table.addIndex("node", Pod::nodeName);
      }
      if (random.nextInt(300) == 0) {
        compare(table, model, random, replay);
      }
    }
    table.addIndex("node", Pod::nodeName);
    compare(table, model, random, replay);
  }

  // Only a failure is put into words: there are millions of calls.
  @SuppressWarnings("ReferenceEquality")
  private static void same(@Nullable Pod actual, @Nullable Pod expected, String replay) {
    if (actual != expected) {
      assertThat(actual).as(replay).isSameAs(expected);
    }
  }

  private static Pod pod(SplittableRandom random, ObjectKey key) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    if (random.nextInt(5) > 0) {
      labels.put("app", APPS[random.nextInt(APPS.length)]);
    }
    if (random.nextInt(3) == 0) {
      labels.put("tier", "" + random.nextInt(20));
    }
    Pod pod = TestObjects.pod(String.valueOf(key.namespace()), key.name(), labels.build());
    String node = random.nextBoolean() ? null : "n" + random.nextInt(10);
    return PodBuilder.builder(pod).nodeName(node).build();
  }

  private static void compare(
      ObjectTable<Pod> table, Map<ObjectKey, Pod> model, SplittableRandom random, String replay) {
    assertThat(table.difference()).as(replay).isNull();
    assertThat(table.size()).as(replay).isEqualTo(model.size());
    List<Pod> ordered = new ArrayList<>();
    for (int position = 0; position < table.size(); position++) {
      ordered.add(table.inOrder(position));
    }
    assertThat(ordered).as(replay).containsExactlyElementsOf(model.values());
    model.forEach((key, pod) -> same(table.get(key.namespace(), key.name()), pod, replay));
    List<Pod> all = new ArrayList<>();
    table.forEach(all::add);
    assertThat(all).as(replay).containsExactlyInAnyOrderElementsOf(model.values());
    if (table.hasIndex("node")) {
      String node = "n" + random.nextInt(11);
      List<Pod> onNode = new ArrayList<>();
      table.forEachInIndex("node", node, onNode::add);
      assertThat(onNode)
          .as(replay)
          .containsExactlyInAnyOrderElementsOf(
              model.values().stream().filter(pod -> node.equals(pod.nodeName())).toList());
      assertThat(table.countInIndex("node", node)).as(replay).isEqualTo(onNode.size());
    }
    LabelSelectorBuilder asked = LabelSelectorBuilder.builder();
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    if (random.nextBoolean()) {
      labels.put("app", APPS[random.nextInt(APPS.length)]);
    }
    if (random.nextInt(3) == 0) {
      labels.put("tier", "" + random.nextInt(21));
    }
    Selector selector = Selector.of(asked.matchLabels(labels.build()).build());
    String namespace = random.nextBoolean() ? null : NAMESPACES[random.nextInt(3)];
    List<Pod> selected = new ArrayList<>();
    table.forEachSelected(namespace, selector, selected::add);
    assertThat(selected)
        .as(replay)
        .containsExactlyInAnyOrderElementsOf(
            model.values().stream()
                .filter(pod -> namespace == null || namespace.equals(pod.metadata().namespace()))
                .filter(pod -> selector.matches(pod.metadata().labels()))
                .toList());
  }

  @Test
  void refusesAnIndexThatIsNotThere() {
    ObjectTable<Pod> table = new ObjectTable<>();
    assertThatThrownBy(() -> table.countInIndex("node", "n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no index \"node\"");
  }

  @Test
  void namesTheFirstDifference() {
    String[] node = {"n1"};
    ObjectTable<Pod> table = new ObjectTable<>();
    table.addIndex("node", pod -> node[0]);
    table.put(TestObjects.pod("p"));
    node[0] = "n2"; // An index whose function does not always say the same cannot hold.
    assertThat(table.difference())
        .isEqualTo("Pod default/p in slot 0: index \"node\" has it under n1 instead of n2");
  }

  @Test
  void selectsByEveryKindOfCondition() {
    ObjectTable<Pod> table = new ObjectTable<>();
    table.put(TestObjects.pod("default", "p", ImmutableMap.of("app", "web")));
    assertThat(selected(table, null)).isEmpty();
    assertThat(selected(table, LabelSelectorBuilder.builder().build())).containsExactly("p");
  }

  private static List<String> selected(ObjectTable<Pod> table, @Nullable LabelSelector selector) {
    List<String> names = new ArrayList<>();
    table.forEachSelected("default", Selector.of(selector), pod -> names.add(pod.name()));
    return names;
  }
}
