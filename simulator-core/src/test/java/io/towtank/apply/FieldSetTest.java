package io.towtank.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FieldSetTest {
  private static FieldSet set(String text) {
    return FieldSet.fromJson(Json.read(text));
  }

  /** Some of each kind; those next to each other are told apart by their content alone. */
  private static final ImmutableList<PathElement> ELEMENTS =
      ImmutableList.of(
          new PathElement.Field("a"),
          new PathElement.Field("b"),
          key("a", 1),
          key("a", 2),
          key("b", 1),
          new PathElement.Value(JsonNodeFactory.instance.textNode("a")),
          new PathElement.Value(JsonNodeFactory.instance.numberNode(1)),
          new PathElement.Value(JsonNodeFactory.instance.booleanNode(true)),
          new PathElement.Index(0),
          new PathElement.Index(12));

  private static PathElement key(String name, int port) {
    return new PathElement.Key(
        ImmutableSortedMap.of(
            "name",
            JsonNodeFactory.instance.textNode(name),
            "port",
            JsonNodeFactory.instance.numberNode(port)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|``",
        "{'f:a':{}}|.a",
        "{'f:a':{'f:b':{}}}|.a.b",
        "{'f:a':{'.':{},'f:b':{}}}|.a;.a.b",
        "{'f:b':{},'f:a':{'f:c':{}}}|.b;.a.c",
        "{'f:a':{'k:{\"name\":\"x\"}':{'.':{},'f:name':{}}}}|.a[name=\"x\"];.a[name=\"x\"].name",
        "{'k:{\"port\":80,\"name\":\"x\"}':{}}|[name=\"x\",port=80]",
        "{'f:a':{'v:\"x\"':{},'v:1':{},'v:true':{}}}|.a[=1];.a[=\"x\"];.a[=true]",
        "{'i:10':{},'i:9':{}}|[9];[10]",
        // A later version may know what it is.
        "{'x:new':{},'f:a':{}}|.a",
      })
  void readsFieldsV1(String json, String paths) {
    assertThat(set(json).toString().replace('\n', ';')).isEqualTo(paths);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{}}|\"a\" is no path element, as f:spec",
        "{'f:a':{'':{}}}|\"\" is no path element, as f:spec",
        "{'k:x':{}}|the path element \"k:x\" has no valid JSON",
        "{'k:1':{}}|the path element \"k:1\" has no key fields",
        "{'i:x':{}}|the path element \"i:x\" has no index",
      })
  void refusesMalformedPaths(String json, String message) {
    assertThatThrownBy(() -> set(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void numbersAreTheSameByAmount() {
    assertThat(set("{'v:1':{}}")).isEqualTo(set("{'v:1.0':{}}"));
    assertThat(set("{'v:1':{}}").difference(set("{'v:1.0':{}}")).isEmpty()).isTrue();
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 300);
  }

  /** Paths of up to three steps, which often begin with one another. */
  private static List<ImmutableList<PathElement>> paths(SplittableRandom random) {
    List<ImmutableList<PathElement>> paths = new ArrayList<>();
    for (int n = random.nextInt(12); n > 0; n--) {
      ImmutableList.Builder<PathElement> path = ImmutableList.builder();
      for (int steps = random.nextInt(1, 4); steps > 0; steps--) {
        path.add(ELEMENTS.get(random.nextInt(ELEMENTS.size() / (1 + random.nextInt(4)))));
      }
      paths.add(path.build());
    }
    return paths;
  }

  private static FieldSet set(List<ImmutableList<PathElement>> paths) {
    FieldSet.Builder builder = new FieldSet.Builder();
    for (ImmutableList<PathElement> path : paths) {
      FieldSet.Builder owner = builder;
      for (PathElement element : path.subList(0, path.size() - 1)) {
        owner = owner.below(element);
      }
      owner.add(path.getLast());
    }
    return builder.build();
  }

  private static Set<String> texts(List<ImmutableList<PathElement>> paths) {
    Set<String> texts = new TreeSet<>();
    paths.forEach(path -> texts.add(FieldSet.text(path)));
    return texts;
  }

  private static Set<String> texts(FieldSet set) {
    List<ImmutableList<PathElement>> paths = new ArrayList<>();
    set.forEach(paths::add);
    return texts(paths);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isASetOfPaths(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ImmutableList<PathElement>> pathsA = paths(random);
    List<ImmutableList<PathElement>> pathsB = paths(random);
    FieldSet a = set(pathsA);
    FieldSet b = set(pathsB);
    String replay = "%s and %s, replay with -Dtowtank.test.seed=%s".formatted(pathsA, pathsB, seed);

    assertThat(texts(a)).as(replay).isEqualTo(texts(pathsA));
    assertThat(FieldSet.fromJson(a.toJson())).as(replay).isEqualTo(a);
    assertThat(pathsA).as(replay).allMatch(a::has);

    Set<String> union = texts(pathsA);
    union.addAll(texts(pathsB));
    assertThat(texts(a.union(b))).as(replay).isEqualTo(union);

    Set<String> intersection = texts(pathsA);
    intersection.retainAll(texts(pathsB));
    assertThat(texts(a.intersection(b))).as(replay).isEqualTo(intersection);

    Set<String> difference = texts(pathsA);
    difference.removeAll(texts(pathsB));
    assertThat(texts(a.difference(b))).as(replay).isEqualTo(difference);

    List<ImmutableList<PathElement>> notBelow = new ArrayList<>(pathsA);
    notBelow.removeIf(path ->
        pathsB.stream()
            .anyMatch(prefix ->
                prefix.size() <= path.size() && path.subList(0, prefix.size()).equals(prefix)));
    assertThat(texts(a.recursiveDifference(b))).as(replay).isEqualTo(texts(notBelow));
    assertThat(a.difference(b).union(a.intersection(b))).as(replay).isEqualTo(a);
    assertThat(a.difference(a).isEmpty()).as(replay).isTrue();
  }
}
