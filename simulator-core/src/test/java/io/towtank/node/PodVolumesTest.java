package io.towtank.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaimVolumeSourceBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.VolumeBuilder;
import io.towtank.codec.ObjectCodec;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.latency.VolumeLatency;
import io.towtank.volume.VolumeAttachments;
import io.towtank.volume.VolumeKeys;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** kubelet: volumemanager. Mounting takes 3 s, all else no time. */
class PodVolumesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static LatencyProfile latency() {
    LatencyProfile instant = LatencyProfile.INSTANT;
    Distribution none = Distribution.ZERO;
    return new LatencyProfile(
        "mounting",
        none,
        0,
        instant.schedulerLimits(),
        instant.controllerLimits(),
        instant.kubeletLimits(),
        0,
        0,
        0,
        none,
        0,
        none,
        none,
        none,
        none,
        new VolumeLatency(none, none, none, none, TestCluster.seconds(3), none));
  }

  private final TestCluster cluster = TestCluster.of(latency());

  private KubeObject create(String document) {
    try {
      return cluster.store.create(ObjectCodec.read(JSON.readTree(document.replace('\'', '"'))));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(document, e);
    }
  }

  private void volume(String source) {
    create(
        """
        {'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': 'v'},
         'spec': {'accessModes': ['ReadWriteOnce'], 'capacity': {'storage': '1Gi'},
          'claimRef': {'namespace': 'default', 'name': 'c'}, %s}}
        """
            .formatted(source));
  }

  private void claim(String more) {
    create(
        """
        {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
         'metadata': {'name': 'c', 'namespace': 'default'},
         'spec': {'accessModes': ['ReadWriteOnce'], %s
          'resources': {'requests': {'storage': '1Gi'}}}}
        """
            .formatted(more));
  }

  private void bind() {
    var claim =
        Objects.requireNonNull(cluster.store.get(Kinds.PERSISTENT_VOLUME_CLAIM, "default", "c"));
    cluster.store.update(
        claim.withMetadata(
            VolumeKeys.annotated(claim.metadata(), VolumeKeys.BIND_COMPLETED, "yes")));
  }

  private void pod() {
    PodSpec spec =
        PodSpecBuilder.builder(TestCluster.spec(TestCluster.container("c", "app")))
            .volumes(
                ImmutableList.of(
                    VolumeBuilder.builder()
                        .name("data")
                        .persistentVolumeClaim(
                            PersistentVolumeClaimVolumeSourceBuilder.builder()
                                .claimName("c")
                                .build())
                        .build()))
            .build();
    cluster.run("p", "node-00000", spec);
  }

  private PodPhase phase() {
    return cluster.pod("p").status().phase();
  }

  private long complaints() {
    return cluster.recorder.counter("events/kubelet/FailedMount")[0];
  }

  @Test
  void aVolumeThatIsNotAttachedIsMountedAtOnce() {
    cluster.nodes(1);
    volume("'nfs': {'server': 's', 'path': '/'}");
    claim("'volumeName': 'v',");
    bind();
    pod();
    cluster.until(2.9);
    assertThat(phase()).isEqualTo(PodPhase.PENDING);
    cluster.until(3.1);
    assertThat(phase()).isEqualTo(PodPhase.RUNNING);
  }

  @Test
  void aClaimThatIsNotBoundIsWaitedForAndTold() {
    cluster.nodes(1);
    volume("'hostPath': {'path': '/x'}");
    claim("'volumeName': 'v',");
    pod();
    cluster.until(122);
    assertThat(complaints()).isZero();
    cluster.until(124);
    assertThat(complaints()).isEqualTo(1);
    bind();
    cluster.until(128);
    assertThat(phase()).isEqualTo(PodPhase.RUNNING);
    cluster.until(600);
    assertThat(complaints()).isEqualTo(1);
  }

  @Test
  void aDisksAttachmentIsWaitedFor() {
    cluster.nodes(1);
    volume("'csi': {'driver': 'd', 'volumeHandle': 'h'}");
    claim("'volumeName': 'v',");
    bind();
    pod();
    cluster.until(10);
    PersistentVolume volume =
        Objects.requireNonNull(cluster.store.get(Kinds.PERSISTENT_VOLUME, null, "v"));
    cluster.store.create(VolumeAttachments.create("d", volume, "other"));
    var attachment = cluster.store.create(VolumeAttachments.create("d", volume, "node-00000"));
    cluster.until(20);
    assertThat(phase()).isEqualTo(PodPhase.PENDING);
    cluster.store.updateStatus(VolumeAttachments.attached(attachment));
    cluster.until(23.1);
    assertThat(phase()).isEqualTo(PodPhase.RUNNING);
  }

  @Test
  void aDriverMaySayThatItsVolumesNeedNoAttaching() {
    cluster.nodes(1);
    create(
        """
        {'apiVersion': 'storage.k8s.io/v1', 'kind': 'CSIDriver', 'metadata': {'name': 'd'},
         'spec': {'attachRequired': false}}
        """);
    volume("'csi': {'driver': 'd', 'volumeHandle': 'h'}");
    claim("'volumeName': 'v',");
    bind();
    pod();
    cluster.until(3.1);
    assertThat(phase()).isEqualTo(PodPhase.RUNNING);
  }

  @Test
  void aPodThatIsDeletedWaitsNoMore() {
    cluster.nodes(1);
    claim("");
    pod();
    cluster.until(10);
    cluster.delete("p");
    cluster.untilIdle();
    assertThat(cluster.store.get(Kinds.POD, "default", "p")).isNull();
    volume("'hostPath': {'path': '/x'}");
    cluster.until(300);
    assertThat(complaints()).isZero();
  }
}
