package io.towtank.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FingerprintsTest {
  /** What the digest has beside the content. */
  private static final ImmutableSet<String> ELSEWHERE =
      ImmutableSet.of(".metadata.name", ".metadata.namespace", ".resourceVersion");

  private static Stream<Kind<?>> kinds() {
    return Kinds.ALL.stream();
  }

  /** A field that were left out here could differ between two runs of one digest. */
  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldCounts(Kind<?> kind) {
    KubeObject object = new Samples(0).of(kind);
    Fingerprints fingerprints = new Fingerprints();
    long base = fingerprints.of(object);
    Set<Long> seen = new HashSet<>();
    seen.add(base);
    int changed = change("", object, fingerprints, base, seen, changedObject -> changedObject);
    assertThat(changed).isGreaterThan(5);
  }

  /** Changes each field in turn, however deep, and asks for another hash; how many there were. */
  private static int change(
      String path,
      Object part,
      Fingerprints fingerprints,
      long base,
      Set<Long> seen,
      Function<Object, Object> whole) {
    Record record = (Record) part;
    List<RecordComponent> components = Samples.components(record);
    Object[] values = Samples.values(record);
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      int index = i;
      String name = path + "." + components.get(i).getName();
      if (ELSEWHERE.contains(name)) {
        continue;
      }
      Function<Object, Object> with =
          value -> {
            Object[] next = values.clone();
            next[index] = value;
            return whole.apply(
                Samples.construct(
                    record.getClass(), record.getClass().getRecordComponents(), next));
          };
      Object other = new Samples(100_000).other(components.get(i).getGenericType(), values[i]);
      long hash = fingerprints.of((KubeObject) with.apply(other));
      assertThat(hash).as(name).isNotEqualTo(base);
      assertThat(seen.add(hash)).as(name + " hashes like another change").isTrue();
      count++;
      if (Samples.isComposite(values[i])) {
        count += change(name, values[i], fingerprints, base, seen, with);
      } else if (values[i] instanceof ImmutableList<?> list
          && Samples.isComposite(list.getFirst())) {
        count +=
            change(
                name + "[0]",
                list.getFirst(),
                fingerprints,
                base,
                seen,
                element -> with.apply(ImmutableList.of(element, list.getLast())));
      }
    }
    return count;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void equalObjectsHaveEqualOnes(Kind<?> kind) {
    KubeObject one = new Samples(7).of(kind);
    KubeObject two = new Samples(7).of(kind);
    assertThat(one).isEqualTo(two).isNotSameAs(two);
    assertThat(new Fingerprints().of(one)).isEqualTo(new Fingerprints().of(two));
    Fingerprints both = new Fingerprints();
    assertThat(both.of(one)).isEqualTo(both.of(two));
  }

  /** An empty list is one instance, and stands in fields of any type. */
  @ParameterizedTest
  @MethodSource("kinds")
  void whatWasHashedBeforeDoesNotCount(Kind<?> kind) {
    KubeObject empty = (KubeObject) emptied(new Samples(5).of(kind));
    long expected = new Fingerprints().of(empty);
    for (Kind<?> other : Kinds.ALL) {
      Fingerprints fingerprints = new Fingerprints();
      fingerprints.of((KubeObject) emptied(new Samples(9).of(other)));
      assertThat(fingerprints.of(empty)).as("after a " + other.name()).isEqualTo(expected);
    }
  }

  /** The same with empty lists and maps, however deep. */
  private static Object emptied(Object value) {
    return switch (value) {
      case ImmutableList<?> list -> ImmutableList.of();
      case ImmutableSortedMap<?, ?> map -> ImmutableSortedMap.of();
      case ImmutableMap<?, ?> map -> ImmutableMap.of();
      case Record record -> {
        Object[] values = Samples.values(record);
        for (int i = 0; i < values.length; i++) {
          values[i] = values[i] == null ? null : emptied(values[i]);
        }
        yield Samples.construct(record.getClass(), record.getClass().getRecordComponents(), values);
      }
      default -> value;
    };
  }

  @Test
  void theOrderOfAMapDoesNotCount() {
    Pod pod = new Samples(1).of(Kinds.POD);
    Pod one = withLabels(pod, ImmutableMap.of("a", "1", "b", "2"));
    Pod two = withLabels(pod, ImmutableMap.of("b", "2", "a", "1"));
    assertThat(new Fingerprints().of(one)).isEqualTo(new Fingerprints().of(two));
    Pod three = withLabels(pod, ImmutableMap.of("b", "1", "a", "2"));
    assertThat(new Fingerprints().of(three)).isNotEqualTo(new Fingerprints().of(one));
  }

  private static Pod withLabels(Pod pod, ImmutableMap<String, String> labels) {
    return pod.withMetadata(ObjectMetaBuilder.builder(pod.metadata()).labels(labels).build());
  }

  @Test
  void documentsCountAsTheyAre() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    List<JsonNode> values =
        List.of(
            json.numberNode(1),
            json.textNode("1"),
            json.booleanNode(true),
            json.textNode("true"),
            json.nullNode(),
            json.objectNode(),
            json.arrayNode(),
            json.arrayNode().add(1).add(2),
            json.arrayNode().add(2).add(1),
            json.objectNode().put("a", 1),
            json.objectNode().put("a", "1"));
    Set<Long> hashes = new HashSet<>();
    for (JsonNode value : values) {
      GenericObject object =
          new GenericObject(
              new Kind<>(
                  GenericObject.class,
                  "",
                  "v1",
                  "ConfigMap",
                  "configmaps",
                  true,
                  false,
                  ImmutableList.of()),
              new Samples(3).<Pod>of(Kinds.POD).metadata(),
              0,
              Fields.of(Map.of("data", value)));
      hashes.add(new Fingerprints().of(object));
    }
    assertThat(hashes).hasSameSizeAs(values);
  }
}
