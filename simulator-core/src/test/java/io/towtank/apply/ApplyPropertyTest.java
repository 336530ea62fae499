package io.towtank.apply;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.schema.Schema;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for any sequence of applies by several managers. */
class ApplyPropertyTest {
  private static final MergeType TYPE = MergeType.of(Schema.builtIn(), "apps/v1.Deployment");
  private static final ServerSideApply DEPLOYMENTS = ServerSideApply.of(Kinds.DEPLOYMENT);
  private static final ImmutableList<String> MANAGERS = ImmutableList.of("a", "b", "c");

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 300);
  }

  private static ObjectNode nothing() {
    return Json.object("{apiVersion:'apps/v1',kind:'Deployment',metadata:{name:'d'}}");
  }

  /** A configuration with values that are all kept as they are (none is zero or empty). */
  private static ObjectNode configuration(SplittableRandom random) {
    ObjectNode document = nothing();
    if (random.nextBoolean()) {
      ArrayNode finalizers = document.withObject("/metadata").putArray("finalizers");
      some(random).forEach(finalizers::add);
    }
    if (random.nextBoolean()) {
      ObjectNode labels = document.withObject("/metadata").putObject("labels");
      some(random).forEach(name -> labels.put(name, "" + random.nextInt(2)));
    }
    ObjectNode spec = document.putObject("spec");
    if (random.nextBoolean()) {
      spec.put("replicas", random.nextInt(1, 3));
    }
    if (random.nextInt(3) == 0) {
      spec.putObject("selector").putObject("matchLabels").put("app", "" + random.nextInt(2));
    }
    if (random.nextBoolean()) {
      ArrayNode containers = spec.withObject("/template/spec").putArray("containers");
      for (String name : some(random)) {
        ObjectNode container = containers.addObject().put("name", name);
        if (random.nextBoolean()) {
          container.put("image", "i" + random.nextInt(2));
        }
        if (random.nextBoolean()) {
          ArrayNode env = container.putArray("env");
          some(random)
              .forEach(variable ->
                  env.addObject().put("name", variable).put("value", "" + random.nextInt(1, 3)));
        }
        if (random.nextInt(3) == 0) {
          container.putArray("args").add("" + random.nextInt(2));
        }
      }
    }
    if (spec.isEmpty()) {
      document.remove("spec");
    }
    return document;
  }

  private static List<String> some(SplittableRandom random) {
    int first = random.nextInt(4);
    return LongStream.range(0, random.nextInt(1, 4)).mapToObj(i -> "n" + (first + i) % 4).toList();
  }

  private static FieldSet leaves(JsonNode document) {
    return FieldCollection.of(document, TYPE);
  }

  private static FieldSet owned(ObjectNode document) {
    FieldSet owned = FieldSet.EMPTY;
    for (ManagedFields.Entry entry : managed(document).entries.values()) {
      owned = owned.union(entry.fields());
    }
    return owned;
  }

  private static ManagedFields managed(ObjectNode document) {
    return ManagedFields.read(document.path("metadata").get("managedFields"));
  }

  private static ObjectNode withoutManagedFields(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    copy.withObject("/metadata").remove("managedFields");
    return copy;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void managersGetWhatTheyApplyAndNothingIsLeftOver(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FieldSet.Builder identity = new FieldSet.Builder();
    identity.addFields("apiVersion");
    identity.addFields("kind");
    identity.addFields("metadata", "name");
    FieldSet nobodys = identity.build();
    @Nullable ObjectNode live = null;
    for (int step = 0; step < 6; step++) {
      String manager = MANAGERS.get(random.nextInt(MANAGERS.size()));
      ObjectNode configuration = configuration(random);
      ObjectNode before = live;
      ObjectNode after = DEPLOYMENTS.apply(live, configuration, manager, true, step);
      String replay =
          "%s applies %s to %s: %s, replay with -Dtowtank.test.seed=%s"
              .formatted(manager, configuration, before, after, seed);

      ObjectNode plain = withoutManagedFields(after);
      assertThat(Values.same(requireNonNull(Merge.of(plain, configuration, TYPE)), plain))
          .as("all that is applied is there: %s", replay)
          .isTrue();
      assertThat(managed(after).entries.get(ManagedFields.Manager.applying(manager)))
          .as(replay)
          .satisfies(entry -> {
            FieldSet wanted = leaves(configuration).difference(nobodys);
            assertThat(entry == null ? FieldSet.EMPTY : entry.fields()).isEqualTo(wanted);
          });
      assertThat(leaves(plain).difference(nobodys).difference(owned(after)))
          .as("all belongs to somebody: %s", replay)
          .isEqualTo(FieldSet.EMPTY);
      assertThat(owned(after).difference(leaves(plain)))
          .as("nobody owns what is not there: %s", replay)
          .isEqualTo(FieldSet.EMPTY);
      assertThat(DEPLOYMENTS.apply(after, configuration, manager, false, step + 100))
          .as("a second time changes nothing: %s", replay)
          .isEqualTo(after);
      live = after;
    }
    for (String manager : MANAGERS) {
      live = DEPLOYMENTS.apply(live, nothing(), manager, false, 10);
    }
    assertThat(live).as("seed %s", seed).isNotNull();
    assertThat(leaves(requireNonNull(live)).difference(nobodys))
        .as("what nobody wants is gone, replay with -Dtowtank.test.seed=%s", seed)
        .isEqualTo(FieldSet.EMPTY);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRefusedApplyWouldHaveTakenWhatItTells(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ObjectNode live = DEPLOYMENTS.apply(null, configuration(random), "a", false, 0);
    live = DEPLOYMENTS.apply(live, configuration(random), "b", true, 0);
    ObjectNode configuration = configuration(random);
    String replay =
        "%s applied to %s, replay with -Dtowtank.test.seed=%s".formatted(configuration, live, seed);
    FieldSet before = owned(live);
    try {
      ObjectNode after = DEPLOYMENTS.apply(live, configuration, "c", false, 0);
      assertThat(before.difference(owned(after))).as(replay).isEqualTo(FieldSet.EMPTY);
      assertThat(after)
          .as("without conflicts force makes no difference: %s", replay)
          .isEqualTo(DEPLOYMENTS.apply(live, configuration, "c", true, 0));
    } catch (ApplyException refusal) {
      assertThat(refusal.conflicts()).as(replay).isNotEmpty();
      ManagedFields after = managed(DEPLOYMENTS.apply(live, configuration, "c", true, 0));
      ManagedFields earlier = managed(live);
      for (ApplyException.Conflict conflict : refusal.conflicts()) {
        ManagedFields.Manager loser =
            ManagedFields.Manager.applying(conflict.manager().replace("\"", ""));
        assertThat(paths(earlier, loser)).as(replay).contains(conflict.field());
        assertThat(paths(after, loser)).as(replay).doesNotContain(conflict.field());
      }
    }
  }

  private static List<String> paths(ManagedFields managed, ManagedFields.Manager manager) {
    ManagedFields.Entry entry = managed.entries.get(manager);
    return entry == null ? List.of() : entry.fields().toString().lines().toList();
  }
}
