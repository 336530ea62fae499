package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimBuilder;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeClaimVolumeSourceBuilder;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.PersistentVolumeStatusBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.StorageClassBuilder;
import io.towtank.api.VolumeBuilder;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** kube-scheduler: VolumeBinding's Reserve and PreBind, with the test as PV controller. */
class VolumesAtBindingTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
  private static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";

  private Simulation simulation;
  private ApiStore store;
  private Recorder recorder;

  @BeforeEach
  void start() {
    simulation = new Simulation(1, 0);
    store = new ApiStore(simulation, ImmutableList.of());
    recorder = new Recorder();
    SchedulerAlone.start(
        simulation,
        store,
        recorder,
        LatencyProfile.INSTANT,
        SchedulerConfiguration.defaults().withTies(Ties.FIRST));
    store.create(Fixtures.node("a", "4", "8Gi", "z"));
    store.create(Fixtures.node("b", "4", "8Gi", "z"));
  }

  private void run(long untilNanos) {
    while (simulation.step(untilNanos)) {}
  }

  private void storageClass(String provisioner) {
    store.create(
        StorageClassBuilder.builder()
            .metadata(ObjectMetaBuilder.builder().name("late").build())
            .provisioner(provisioner)
            .volumeBindingMode("WaitForFirstConsumer")
            .build());
  }

  private void createClaim(String name) {
    store.create(
        PersistentVolumeClaimBuilder.builder()
            .metadata(Fixtures.meta(name, ImmutableMap.of()))
            .spec(
                PersistentVolumeClaimSpecBuilder.builder()
                    .storageClassName("late")
                    .accessModes(ImmutableList.of("ReadWriteOnce"))
                    .resources(
                        ResourceRequirementsBuilder.builder()
                            .requests(ImmutableMap.of("storage", Quantity.parse("1Gi")))
                            .build())
                    .build())
            .build());
  }

  private void createVolume(String name) {
    store.create(
        PersistentVolumeBuilder.builder()
            .metadata(ObjectMetaBuilder.builder().name(name).build())
            .spec(
                PersistentVolumeSpecBuilder.builder()
                    .storageClassName("late")
                    .accessModes(ImmutableList.of("ReadWriteOnce"))
                    .capacity(ImmutableMap.of("storage", Quantity.parse("2Gi")))
                    .build())
            .status(PersistentVolumeStatusBuilder.builder().phase("Available").build())
            .build());
    store.updateStatus(
        PersistentVolumeBuilder.builder(volume(name))
            .status(PersistentVolumeStatusBuilder.builder().phase("Available").build())
            .build());
  }

  private void createPod(String name, String claim) {
    PodSpec spec =
        PodSpecBuilder.builder(Fixtures.spec("1", "1Gi"))
            .volumes(
                ImmutableList.of(
                    VolumeBuilder.builder()
                        .name("data")
                        .persistentVolumeClaim(
                            PersistentVolumeClaimVolumeSourceBuilder.builder()
                                .claimName(claim)
                                .build())
                        .build()))
            .build();
    store.create(Fixtures.pod(name, spec));
  }

  private PersistentVolumeClaim claim(String name) {
    return Objects.requireNonNull(store.get(Kinds.PERSISTENT_VOLUME_CLAIM, "default", name));
  }

  private PersistentVolume volume(String name) {
    return Objects.requireNonNull(store.get(Kinds.PERSISTENT_VOLUME, null, name));
  }

  private @Nullable String nodeOf(String pod) {
    Pod found = Objects.requireNonNull(store.get(Kinds.POD, "default", pod));
    return found.nodeName();
  }

  private void bound(String claim, String volume) {
    PersistentVolumeClaim before = claim(claim);
    store.update(
        PersistentVolumeClaimBuilder.builder(before)
            .metadata(
                ObjectMetaBuilder.builder(before.metadata())
                    .annotations(
                        ImmutableMap.<String, String>builder()
                            .putAll(before.metadata().annotations())
                            .put(BIND_COMPLETED, "yes")
                            .buildOrThrow())
                    .build())
            .spec(
                PersistentVolumeClaimSpecBuilder.builder(before.spec()).volumeName(volume).build())
            .build());
  }

  @Test
  void aClaimIsToldTheNodeAndThePodWaitsUntilItIsBound() {
    storageClass("example.com/disks");
    createClaim("data");
    createPod("p", "data");
    run(5 * SECOND);
    assertThat(claim("data").metadata().annotations()).containsEntry(SELECTED_NODE, "a");
    assertThat(nodeOf("p")).isNull();
    createVolume("made");
    bound("data", "made");
    run(5 * SECOND + SECOND / 2);
    assertThat(nodeOf("p")).as("the scheduler looks once a second").isNull();
    run(6 * SECOND);
    assertThat(nodeOf("p")).isEqualTo("a");
  }

  @Test
  void aVolumeThatIsThereIsGivenToOneClaimAlone() {
    storageClass("kubernetes.io/no-provisioner");
    createVolume("v1");
    createClaim("first");
    createClaim("second");
    createPod("p1", "first");
    createPod("p2", "second");
    run(SECOND / 2);
    var owner = Objects.requireNonNull(volume("v1").spec().claimRef());
    assertThat(owner.name()).isEqualTo("first");
    assertThat(owner.uid()).isEqualTo(claim("first").metadata().uid());
    assertThat(volume("v1").metadata().annotations())
        .containsEntry("pv.kubernetes.io/bound-by-controller", "yes");
    assertThat(claim("first").metadata().annotations()).doesNotContainKey(SELECTED_NODE);
    bound("first", "v1");
    run(2 * SECOND);
    assertThat(nodeOf("p1")).isEqualTo("a");
    assertThat(nodeOf("p2")).isNull();
    Pod waiting = Objects.requireNonNull(store.get(Kinds.POD, "default", "p2"));
    assertThat(waiting.status().conditions().getFirst().message())
        .contains("2 node(s) didn't find available persistent volumes to bind");
    createVolume("v2");
    run(20 * SECOND);
    assertThat(Objects.requireNonNull(volume("v2").spec().claimRef()).name()).isEqualTo("second");
  }

  @Test
  void whenTimeIsUpThePodIsTriedAgain() {
    storageClass("example.com/disks");
    createClaim("data");
    createPod("p", "data");
    run(599 * SECOND);
    assertThat(recorder.counter("scheduler/attempts")[0]).isEqualTo(1);
    run(602 * SECOND);
    assertThat(recorder.counter("scheduler/failed")[0]).isEqualTo(1);
    assertThat(recorder.counter("scheduler/attempts")[0]).isEqualTo(2);
  }

  @Test
  void aProvisionerThatTakesTheNodeBackSendsThePodBack() {
    storageClass("example.com/disks");
    createClaim("data");
    createPod("p", "data");
    run(SECOND / 2);
    PersistentVolumeClaim told = claim("data");
    store.update(
        told.withMetadata(
            ObjectMetaBuilder.builder(told.metadata()).annotations(ImmutableMap.of()).build()));
    run(SECOND + SECOND / 2);
    assertThat(recorder.counter("scheduler/failed")[0]).isEqualTo(1);
    run(5 * SECOND);
    assertThat(claim("data").metadata().annotations()).containsEntry(SELECTED_NODE, "a");
  }

  @Test
  void aPodThatIsDeletedMeanwhileLetsGoOfItsVolume() {
    storageClass("kubernetes.io/no-provisioner");
    createVolume("v1");
    createClaim("data");
    createPod("p", "data");
    run(SECOND / 2);
    store.delete(Kinds.POD, "default", "p", DeleteOptions.NOW);
    bound("data", "v1");
    run(3 * SECOND);
    assertThat(recorder.counter("scheduler/scheduled")[0]).isZero();
    createPod("again", "data");
    run(10 * SECOND);
    assertThat(nodeOf("again")).isEqualTo("a");
  }

  @Test
  void aNodeThatGoesMeanwhileSendsThePodBack() {
    storageClass("example.com/disks");
    createClaim("data");
    createPod("p", "data");
    run(SECOND / 2);
    store.delete(Kinds.NODE, null, "a", DeleteOptions.NOW);
    // The scheduler looks when a claim or volume changes.
    createVolume("any");
    run(2 * SECOND);
    assertThat(recorder.counter("scheduler/failed")[0]).isEqualTo(1);
  }
}
