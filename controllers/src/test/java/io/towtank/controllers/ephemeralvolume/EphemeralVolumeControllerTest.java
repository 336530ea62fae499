package io.towtank.controllers.ephemeralvolume;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Event;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that bring templates for claims: as a pure decision, and in a small cluster. */
class EphemeralVolumeControllerTest {
  private static final String POD =
      """
      {'apiVersion': 'v1', 'kind': 'Pod',
       'metadata': {'name': '%s', 'namespace': 'default', 'uid': '1'%s},
       'spec': {'containers': [{'name': 'c', 'image': 'a'}], 'volumes': [%s]}}
      """;

  private static String scratch(String name) {
    return "{'name': '%s', 'ephemeral': {'volumeClaimTemplate': {'metadata': {'labels': {'a': 'b'},"
            .formatted(name)
        + " 'annotations': {'c': 'd'}}, 'spec': {'accessModes': ['ReadWriteOnce'],"
        + " 'storageClassName': 'fast', 'resources': {'requests': {'storage': '1Gi'}}}}}}";
  }

  private static Pod pod(String more, String volumes) {
    return (Pod) TestCluster.read(POD.formatted("p", more, volumes));
  }

  /** The pod p, with uid 1, and claims that are there: those of pod p, and those of nobody. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                         | volumes | own claims | others | created   | conflict
          a claim for each template      | x y     |            |        | p-x p-y   |
          those that are there stay      | x y     | p-x        |        | p-y       |
          nothing is left to do          | x y     | p-x p-y    |        |           |
          another's claim is never used  | x y     |            | p-y    | p-x       | ephemeral volume y: PVC default/p-y was not created for pod default/p (pod is not owner)
          and those after it wait        | x y     |            | p-x    |           | ephemeral volume x: PVC default/p-x was not created for pod default/p (pod is not owner)
          no template, no claim          |         |            |        |           |
          """)
  void decisions(
      String why,
      @Nullable String volumes,
      @Nullable String own,
      @Nullable String others,
      @Nullable String created,
      @Nullable String conflict) {
    Pod pod =
        pod(
            "",
            words(volumes).stream()
                .map(EphemeralVolumeControllerTest::scratch)
                .reduce((a, b) -> a + ", " + b)
                .orElse("{'name': 'v', 'emptyDir': {}}"));
    EphemeralVolumeController.Sync sync =
        EphemeralVolumeController.decide(
            pod,
            key ->
                words(own).contains(key.name())
                    ? claim(key, ImmutableList.of(ControllerRefs.to(pod)))
                    : words(others).contains(key.name()) ? claim(key, ImmutableList.of()) : null);
    assertThat(sync.missing().stream().map(PersistentVolumeClaim::name))
        .as(why)
        .isEqualTo(words(created));
    assertThat(sync.conflict()).as(why).isEqualTo(conflict);
  }

  private static List<String> words(@Nullable String text) {
    return text == null ? List.of() : List.of(text.split(" "));
  }

  private static PersistentVolumeClaim claim(ObjectKey key, ImmutableList<OwnerReference> owners) {
    PersistentVolumeClaim claim =
        (PersistentVolumeClaim)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
                 'metadata': {'name': '%s', 'namespace': 'default'},
                 'spec': {'accessModes': ['ReadWriteOnce']}}
                """
                    .formatted(key.name()));
    return claim.withMetadata(
        ObjectMetaBuilder.builder(claim.metadata()).ownerReferences(owners).build());
  }

  @Test
  void podsThatAreGoingGetNone() {
    Pod going = pod(", 'deletionTimestamp': '2026-01-01T00:00:00Z'", scratch("x"));
    assertThat(EphemeralVolumeController.decide(going, key -> null).missing()).isEmpty();
  }

  // In a cluster

  private TestCluster cluster;

  @BeforeEach
  void start() {
    cluster =
        new TestCluster(1, LatencyProfile.INSTANT)
            .with(EphemeralVolumeController::new)
            .with(GarbageCollector::new)
            .start();
    cluster.storeEvents();
  }

  private void create(String name) {
    cluster.create(POD.formatted(name, "", scratch("x")).replace(", 'uid': '1'", ""));
    cluster.settle();
  }

  private @Nullable PersistentVolumeClaim find(String name) {
    return cluster.store.get(Kinds.PERSISTENT_VOLUME_CLAIM, "default", name);
  }

  @Test
  void aClaimIsMadeAsItsTemplateSaysAndGoesWithThePod() {
    create("p");
    PersistentVolumeClaim claim = Objects.requireNonNull(find("p-x"));
    assertThat(claim.metadata().labels()).containsEntry("a", "b");
    assertThat(claim.metadata().annotations()).containsEntry("c", "d");
    assertThat(claim.spec().storageClassName()).isEqualTo("fast");
    OwnerReference owner = claim.metadata().ownerReferences().getFirst();
    assertThat(owner.kind()).isEqualTo("Pod");
    assertThat(owner.blockOwnerDeletion()).isTrue();
    cluster.delete(Kinds.POD, "p", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(find("p-x")).isNull();
  }

  @Test
  void aClaimThatSomebodyDeletesIsMadeAnew() {
    create("p");
    var before = Objects.requireNonNull(find("p-x")).metadata().uid();
    cluster.delete(Kinds.PERSISTENT_VOLUME_CLAIM, "p-x", DeleteOptions.DEFAULT);
    cluster.settle();
    PersistentVolumeClaim after = Objects.requireNonNull(find("p-x"));
    assertThat(after.metadata().uid()).isNotEqualTo(before);
  }

  @Test
  void aNameThatIsTakenIsToldOfUntilItIsFree() {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
         'metadata': {'name': 'p-x', 'namespace': 'default'},
         'spec': {'accessModes': ['ReadWriteOnce'],
          'resources': {'requests': {'storage': '1Gi'}}}}
        """);
    create("p");
    List<Event> events = cluster.store.list(Kinds.EVENT);
    assertThat(events)
        .anySatisfy(event -> {
          assertThat(event.reason()).isEqualTo("FailedBinding");
          assertThat(event.message()).endsWith("(pod is not owner)");
        });
    cluster.delete(Kinds.PERSISTENT_VOLUME_CLAIM, "p-x", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(Objects.requireNonNull(find("p-x")).metadata().ownerReferences()).hasSize(1);
  }
}
