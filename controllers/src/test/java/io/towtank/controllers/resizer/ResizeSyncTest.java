package io.towtank.controllers.resizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Event;
import io.towtank.api.Kinds;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.volume.VolumeMatch;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeSyncTest {
  private static PersistentVolumeClaim claim(
      String phase, String asks, String has, String mode, boolean pending) {
    return (PersistentVolumeClaim)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
             'metadata': {'name': 'c', 'namespace': 'default'},
             'spec': {'accessModes': ['ReadWriteOnce'], 'volumeMode': '%s', 'volumeName': 'v',
              'resources': {'requests': {'storage': '%s'}}},
             'status': {'phase': '%s', 'capacity': {'storage': '%s'}, 'conditions': [%s]}}
            """
                .formatted(
                    mode,
                    asks,
                    phase,
                    has,
                    pending ? "{'type': 'FileSystemResizePending', 'status': 'True'}" : ""));
  }

  private static PersistentVolume volume(String size, String source) {
    return (PersistentVolume)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': 'v'},
             'spec': {'accessModes': ['ReadWriteOnce'], 'capacity': {'storage': '%s'}, %s}}
            """
                .formatted(size, source));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          it has what it asks for         | Bound   | 5Gi | 5Gi | 5Gi | Filesystem | false | csi | true  | NOTHING
          or more than that               | Bound   | 5Gi | 9Gi | 9Gi | Filesystem | false | csi | true  | NOTHING
          it asks for more                | Bound   | 9Gi | 5Gi | 5Gi | Filesystem | false | csi | true  | GROW_VOLUME
          but has no volume yet           | Pending | 9Gi | 5Gi | 5Gi | Filesystem | false | csi | true  | NOTHING
          or nobody can make it larger    | Bound   | 9Gi | 5Gi | 5Gi | Filesystem | false | nfs | true  | NOTHING
          the volume is large enough      | Bound   | 9Gi | 5Gi | 9Gi | Filesystem | false | csi | true  | ASK_NODE
          there is no file system         | Bound   | 9Gi | 5Gi | 9Gi | Block      | false | csi | false | FINISH
          no pod has it mounted           | Bound   | 9Gi | 5Gi | 9Gi | Filesystem | true  | csi | false | NOTHING
          a pod runs with it              | Bound   | 9Gi | 5Gi | 9Gi | Filesystem | true  | csi | true  | GROW_FILE_SYSTEM
          it asks for still more          | Bound   | 20Gi | 5Gi | 9Gi | Filesystem | true | csi | true  | GROW_VOLUME
          """)
  void steps(
      String name,
      String phase,
      String asks,
      String has,
      String size,
      String mode,
      boolean pending,
      String source,
      boolean runs,
      ResizeSync.Step expected) {
    PersistentVolume volume =
        volume(
            size,
            source.equals("csi")
                ? "'csi': {'driver': 'd', 'volumeHandle': 'h'}"
                : "'nfs': {'server': 's', 'path': '/'}");
    assertThat(ResizeSync.next(claim(phase, asks, has, mode, pending), volume, runs))
        .as(name)
        .isEqualTo(expected);
  }

  @Test
  void aFileSystemGrowsWithItsNextPod() {
    TestCluster cluster =
        new TestCluster(1, LatencyProfile.INSTANT).with(ExternalResizer::new).start();
    cluster.storeEvents();
    cluster.store.restore(volume("5Gi", "'csi': {'driver': 'd', 'volumeHandle': 'h'}"));
    cluster.store.restore(claim("Bound", "5Gi", "5Gi", "Filesystem", false));
    cluster.settle();
    cluster.change(
        Kinds.PERSISTENT_VOLUME_CLAIM,
        "c",
        c ->
            c.withSpec(
                PersistentVolumeClaimSpecBuilder.builder(c.spec())
                    .resources(
                        ResourceRequirementsBuilder.builder()
                            .requests(ImmutableMap.of("storage", Quantity.parse("9Gi")))
                            .build())
                    .build()));
    cluster.settle();
    assertThat(VolumeMatch.capacity(cluster.get(Kinds.PERSISTENT_VOLUME, "v")))
        .isEqualTo(Quantity.parse("9Gi"));
    assertThat(status(cluster).capacity()).containsEntry("storage", Quantity.parse("5Gi"));
    assertThat(ResizeSync.hasCondition(status(cluster), "FileSystemResizePending")).isTrue();
    assertThat(events(cluster))
        .containsExactlyInAnyOrder("ExternalExpanding", "Resizing", "FileSystemResizeRequired");
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p', 'namespace': 'default'},
         'spec': {'containers': [{'name': 'c', 'image': 'a'}],
          'volumes': [{'name': 'v', 'persistentVolumeClaim': {'claimName': 'c'}}]}}
        """);
    cluster.settle();
    assertThat(status(cluster).capacity()).containsEntry("storage", Quantity.parse("9Gi"));
    assertThat(ResizeSync.hasCondition(status(cluster), "FileSystemResizePending")).isFalse();
    assertThat(events(cluster)).contains("FileSystemResizeSuccessful");
  }

  private static PersistentVolumeClaimStatus status(TestCluster cluster) {
    return Objects.requireNonNull(cluster.get(Kinds.PERSISTENT_VOLUME_CLAIM, "c").status());
  }

  private static List<String> events(TestCluster cluster) {
    return cluster.store.list(Kinds.EVENT).stream()
        .map(Event::reason)
        .collect(ImmutableList.toImmutableList());
  }
}
