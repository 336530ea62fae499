package io.towtank.controllers.persistentvolume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Event;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.provisioner.ExternalProvisioner;
import io.towtank.controllers.volumeprotection.ClaimProtectionController;
import io.towtank.controllers.volumeprotection.VolumeProtectionController;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.admission.DefaultStorageClass;
import io.towtank.store.admission.PersistentVolumeClaimResize;
import io.towtank.store.admission.StorageObjectInUseProtection;
import io.towtank.store.admission.UpdateRules;
import io.towtank.validation.FeatureGates;
import io.towtank.volume.VolumeKeys;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims and volumes in a small cluster, with all controllers that have to do with them. */
class PersistentVolumeControllerTest {
  private TestCluster cluster;

  @BeforeEach
  void start() {
    cluster =
        new TestCluster(
                1,
                LatencyProfile.INSTANT,
                new DefaultStorageClass(),
                new StorageObjectInUseProtection(),
                new UpdateRules(FeatureGates.DEFAULT),
                new PersistentVolumeClaimResize())
            .with(PersistentVolumeController::new)
            .with(ClaimProtectionController::new)
            .with(VolumeProtectionController::new)
            .with(ExternalProvisioner::new)
            .start();
    cluster.storeEvents();
  }

  private void volume(String name, String size, String more) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': '%s'},
         'spec': {%s 'accessModes': ['ReadWriteOnce'], 'capacity': {'storage': '%s'},
          'nfs': {'server': 's', 'path': '/'}}}
        """
            .formatted(name, more, size));
  }

  private void claim(String name, String size, String more) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
         'metadata': {'name': '%s', 'namespace': 'default'},
         'spec': {%s 'accessModes': ['ReadWriteOnce'],
          'resources': {'requests': {'storage': '%s'}}}}
        """
            .formatted(name, more, size));
  }

  private void storageClass(String name, String annotations, String more) {
    cluster.create(
        """
        {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass',
         'metadata': {'name': '%s', 'annotations': {%s}}, %s
         'provisioner': 'disks.example.com'}
        """
            .formatted(name, annotations, more));
  }

  private void pod(String name, String claim) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '%s', 'namespace': 'default'},
         'spec': {'containers': [{'name': 'c', 'image': 'a'}],
          'volumes': [{'name': 'v', 'persistentVolumeClaim': {'claimName': '%s'}}]}}
        """
            .formatted(name, claim));
  }

  private String phaseOfClaim(String name) {
    PersistentVolumeClaim claim = cluster.get(Kinds.PERSISTENT_VOLUME_CLAIM, name);
    return String.valueOf(Objects.requireNonNull(claim.status()).phase());
  }

  private String phaseOfVolume(String name) {
    PersistentVolume volume = cluster.get(Kinds.PERSISTENT_VOLUME, name);
    return String.valueOf(Objects.requireNonNull(volume.status()).phase());
  }

  private @Nullable PersistentVolumeClaim findClaim(String name) {
    return cluster.store.get(Kinds.PERSISTENT_VOLUME_CLAIM, "default", name);
  }

  private List<PersistentVolume> volumes() {
    return cluster.store.list(Kinds.PERSISTENT_VOLUME);
  }

  private void deleteClaim(String name) {
    cluster.delete(Kinds.PERSISTENT_VOLUME_CLAIM, name, DeleteOptions.DEFAULT);
  }

  private List<String> events(String about) {
    return cluster.store.list(Kinds.EVENT).stream()
        .filter(event -> about.equals(event.involvedObject().name()))
        .map(Event::reason)
        .toList();
  }

  @Test
  void aClaimAndAVolumeAreBoundToOneAnother() {
    volume("v", "5Gi", "");
    cluster.settle();
    assertThat(phaseOfVolume("v")).isEqualTo("Available");
    claim("c", "1Gi", "");
    cluster.settle();
    PersistentVolumeClaim claim = cluster.get(Kinds.PERSISTENT_VOLUME_CLAIM, "c");
    assertThat(claim.spec().volumeName()).isEqualTo("v");
    assertThat(claim.metadata().annotations())
        .containsOnlyKeys(
            "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller");
    assertThat(Objects.requireNonNull(claim.status()).capacity())
        .containsEntry("storage", Quantity.parse("5Gi"));
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
    assertThat(phaseOfVolume("v")).isEqualTo("Bound");
    var owner = cluster.get(Kinds.PERSISTENT_VOLUME, "v").spec().claimRef();
    assertThat(Objects.requireNonNull(owner).uid()).isEqualTo(claim.metadata().uid());
  }

  @Test
  void aClaimThatWaitsIsLookedAtWithTheNextResync() {
    claim("c", "1Gi", "");
    cluster.runFor(4);
    assertThat(phaseOfClaim("c")).isEqualTo("Pending");
    assertThat(events("c")).containsExactly("FailedBinding");
    volume("v", "5Gi", "");
    cluster.runFor(10);
    assertThat(phaseOfClaim("c")).isEqualTo("Pending");
    cluster.runFor(2);
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
    assertThat(events("c")).containsExactly("FailedBinding");
  }

  @Test
  void whatIsRetainedStaysReleasedAndIsNobodysAgainByHandOnly() {
    volume("v", "5Gi", "");
    claim("c", "1Gi", "");
    cluster.settle();
    deleteClaim("c");
    cluster.settle();
    assertThat(findClaim("c")).isNull();
    assertThat(phaseOfVolume("v")).isEqualTo("Released");
    claim("c", "1Gi", "");
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Pending");
    cluster.change(
        Kinds.PERSISTENT_VOLUME,
        "v",
        v -> v.withSpec(PersistentVolumeSpecBuilder.builder(v.spec()).claimRef(null).build()));
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
  }

  @Test
  void whatIsRecycledIsAvailableAgain() {
    volume("v", "5Gi", "'persistentVolumeReclaimPolicy': 'Recycle',");
    claim("c", "1Gi", "");
    cluster.settle();
    deleteClaim("c");
    cluster.settle();
    assertThat(phaseOfVolume("v")).isEqualTo("Available");
    assertThat(cluster.get(Kinds.PERSISTENT_VOLUME, "v").spec().claimRef()).isNull();
    assertThat(events("v")).contains("VolumeRecycled");
  }

  @Test
  void aClaimStaysWhileAPodUsesItAndSoDoesItsVolume() {
    volume("v", "5Gi", "");
    claim("c", "1Gi", "");
    cluster.settle();
    pod("p", "c");
    cluster.settle();
    deleteClaim("c");
    cluster.delete(Kinds.PERSISTENT_VOLUME, "v", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
    assertThat(phaseOfVolume("v")).isEqualTo("Bound");
    cluster.delete(Kinds.POD, "p", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(findClaim("c")).isNull();
    assertThat(volumes()).isEmpty();
  }

  @Test
  void aVolumeIsMadeForAClaimAndGoesWithIt() {
    storageClass("fast", "'towtank.io/provision-after': '7s'", "'reclaimPolicy': 'Delete',");
    claim("c", "1Gi", "'storageClassName': 'fast',");
    cluster.runFor(6);
    assertThat(volumes()).isEmpty();
    assertThat(events("c")).containsExactlyInAnyOrder("ExternalProvisioning", "Provisioning");
    cluster.runFor(2);
    PersistentVolumeClaim claim = cluster.get(Kinds.PERSISTENT_VOLUME_CLAIM, "c");
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
    String name = "pvc-" + claim.metadata().uid();
    assertThat(claim.spec().volumeName()).isEqualTo(name);
    assertThat(phaseOfVolume(name)).isEqualTo("Bound");
    assertThat(events("c")).contains("ProvisioningSucceeded");
    deleteClaim("c");
    cluster.settle();
    assertThat(volumes()).isEmpty();
  }

  @Test
  void whatFailsIsTriedAgainLaterAndLater() {
    storageClass(
        "fast",
        "'towtank.io/provision-after': '0s', 'towtank.io/failure-rate': '1'",
        "'reclaimPolicy': 'Delete',");
    claim("c", "1Gi", "'storageClassName': 'fast',");
    // After 1 s, 2 s, 4 s and 8 s.
    cluster.runFor(20);
    assertThat(cluster.recorder.counter("external-provisioner/failures")[0]).isEqualTo(5);
    assertThat(volumes()).isEmpty();
    deleteClaim("c");
    cluster.settle();
    assertThat(findClaim("c")).isNull();
  }

  @Test
  void aDefaultClassThatComesLaterServesClaimsThatWait() {
    claim("c", "1Gi", "");
    claim("none", "1Gi", "'storageClassName': '',");
    cluster.settle();
    storageClass("fast", "'storageclass.kubernetes.io/is-default-class': 'true'", "");
    claim("later", "1Gi", "");
    assertThat(Objects.requireNonNull(findClaim("later")).spec().storageClassName())
        .isEqualTo("fast");
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
    assertThat(phaseOfClaim("later")).isEqualTo("Bound");
    assertThat(phaseOfClaim("none")).isEqualTo("Pending");
  }

  @Test
  void aClaimWhoseVolumeIsGoneIsLost() {
    volume("v", "5Gi", "");
    claim("c", "1Gi", "");
    cluster.settle();
    cluster.change(
        Kinds.PERSISTENT_VOLUME,
        "v",
        v ->
            v.withMetadata(
                ObjectMetaBuilder.builder(v.metadata())
                    .finalizers(ImmutableList.of("example.com/x"))
                    .build()));
    cluster.delete(Kinds.PERSISTENT_VOLUME, "v", DeleteOptions.DEFAULT);
    cluster.change(
        Kinds.PERSISTENT_VOLUME,
        "v",
        v ->
            v.withMetadata(
                ObjectMetaBuilder.builder(v.metadata()).finalizers(ImmutableList.of()).build()));
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Lost");
    assertThat(events("c")).contains("ClaimLost");
  }

  @Test
  void aClaimThatWaitsForItsPodIsToldTheNodeAndServed() {
    storageClass("late", "", "'volumeBindingMode': 'WaitForFirstConsumer',");
    claim("c", "1Gi", "'storageClassName': 'late',");
    cluster.settle();
    assertThat(events("c")).containsExactly("WaitForFirstConsumer");
    cluster.create("{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': 'node-0'}}");
    select("gone");
    cluster.settle();
    assertThat(Objects.requireNonNull(findClaim("c")).metadata().annotations())
        .as("the scheduler is to choose another")
        .doesNotContainKey("volume.kubernetes.io/selected-node");
    assertThat(events("c")).contains("ProvisioningFailed");
    select("node-0");
    cluster.settle();
    assertThat(phaseOfClaim("c")).isEqualTo("Bound");
  }

  private void select(String node) {
    cluster.change(
        Kinds.PERSISTENT_VOLUME_CLAIM,
        "c",
        c ->
            c.withMetadata(
                VolumeKeys.annotated(c.metadata(), "volume.kubernetes.io/selected-node", node)));
  }

  @Test
  void whatAClaimAsksForChangesOnlyAsItMay() {
    storageClass("stiff", "", "");
    claim("c", "1Gi", "'storageClassName': 'stiff',");
    cluster.settle();
    refuses(
        "2Gi",
        "persistentvolumeclaims \"c\" is forbidden: only dynamically provisioned pvc can be"
            + " resized and the storageclass that provisions the pvc must support resize");
    refuses("512Mi", "field can not be less than status.capacity");
    assertThatThrownBy(() ->
            cluster.change(
                Kinds.PERSISTENT_VOLUME_CLAIM,
                "c",
                c ->
                    c.withSpec(
                        PersistentVolumeClaimSpecBuilder.builder(c.spec())
                            .volumeMode("Block")
                            .build())))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("spec is immutable after creation");
  }

  private void refuses(String size, String why) {
    assertThatThrownBy(() ->
            cluster.change(
                Kinds.PERSISTENT_VOLUME_CLAIM,
                "c",
                c ->
                    c.withSpec(
                        PersistentVolumeClaimSpecBuilder.builder(c.spec())
                            .resources(
                                ResourceRequirementsBuilder.builder()
                                    .requests(ImmutableMap.of("storage", Quantity.parse(size)))
                                    .build())
                            .build())))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(why);
  }

  @Test
  void whereThereAreNoClaimsNothingIsDone() {
    for (int i = 0; i < 10; i++) {
      cluster.create(
          """
          {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p%d', 'namespace': 'default'},
           'spec': {'containers': [{'name': 'c', 'image': 'a'}]}}
          """
              .formatted(i));
    }
    cluster.settle();
    long events = cluster.simulation.events();
    cluster.runFor(86_400);
    assertThat(cluster.simulation.events()).isEqualTo(events);
    assertThat(cluster.store.list(Kinds.POD)).extracting(Pod::nodeName).doesNotContainNull();
  }
}
