package io.towtank.scheduler.plugins.volumerestrictions;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeRestrictionsTest {
  private static final String DISK = "Unschedulable: node(s) had no available disk";

  /** Another pod on node a uses the disk; node b is free. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                             | a volume of the pod                                           | of the other pod                                              | a is free
          no disks                           | emptyDir: {}                                                  | gcePersistentDisk: {pdName: d}                                | Skip
          GCE: the same disk                 | gcePersistentDisk: {pdName: d}                                | gcePersistentDisk: {pdName: d}                                | no
          GCE: another disk                  | gcePersistentDisk: {pdName: e}                                | gcePersistentDisk: {pdName: d}                                | yes
          GCE: both read it only             | gcePersistentDisk: {pdName: d, readOnly: true}                | gcePersistentDisk: {pdName: d, readOnly: true}                | yes
          GCE: one of them writes            | gcePersistentDisk: {pdName: d, readOnly: true}                | gcePersistentDisk: {pdName: d}                                | no
          EBS: the same volume               | awsElasticBlockStore: {volumeID: d}                           | awsElasticBlockStore: {volumeID: d}                           | no
          EBS: reading only is no help       | awsElasticBlockStore: {volumeID: d, readOnly: true}           | awsElasticBlockStore: {volumeID: d, readOnly: true}           | no
          EBS: another volume                | awsElasticBlockStore: {volumeID: e}                           | awsElasticBlockStore: {volumeID: d}                           | yes
          iSCSI: the same name               | iscsi: {iqn: d}                                               | iscsi: {iqn: d}                                               | no
          iSCSI: both read it only           | iscsi: {iqn: d, readOnly: true}                               | iscsi: {iqn: d, readOnly: true}                               | yes
          RBD: the same image                | rbd: {monitors: [m, o], image: i, pool: p}                    | rbd: {monitors: [o], image: i, pool: p}                       | no
          RBD: no monitor in common          | rbd: {monitors: [m], image: i, pool: p}                       | rbd: {monitors: [o], image: i, pool: p}                       | yes
          RBD: another pool                  | rbd: {monitors: [m], image: i, pool: p}                       | rbd: {monitors: [m], image: i, pool: q}                       | yes
          RBD: the pool unsaid is rbd        | rbd: {monitors: [m], image: i}                                | rbd: {monitors: [m], image: i, pool: rbd}                     | no
          RBD: both read it only             | rbd: {monitors: [m], image: i, readOnly: true}                | rbd: {monitors: [m], image: i, readOnly: true}                | yes
          another kind of disk               | gcePersistentDisk: {pdName: d}                                | awsElasticBlockStore: {volumeID: d}                           | yes
          """)
  void disks(String why, String volume, String other, String free) {
    PluginCluster cluster =
        PluginCluster.of("VolumeRestrictions")
            .nodes("{name: a}, {name: b}")
            .pods("{name: other, node: a, volumes: [{name: v, " + other + "}]}");
    assertThat(cluster.verdict("volumes: [{name: v, " + volume + "}]"))
        .as(why)
        .isEqualTo(
            switch (free) {
              case "yes" -> "Success";
              case "no" -> "a " + DISK + "; b Success";
              default -> free;
            });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                               | mode             | the other pod                  | verdict
          many pods may have it                | ReadWriteOnce    | name: other                    | Skip
          one pod may, and none has            | ReadWriteOncePod | name: other, volumes: []       | Success
          another has it: no node will do      | ReadWriteOncePod | name: other                    | Unschedulable: node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod
          a claim of another namespace         | ReadWriteOncePod | name: other, namespace: far    | Success
          """)
  void exclusiveClaims(String why, String mode, String other, String verdict) {
    String claim = "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]";
    PluginCluster cluster =
        PluginCluster.of("VolumeRestrictions")
            .nodes("{name: a}, {name: b}")
            .objects(
                """
                {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: default},
                 spec: {accessModes: [%s]}}
                """
                    .formatted(mode))
            .pods("{node: a, " + other + (other.contains("volumes") ? "" : ", " + claim) + "}");
    assertThat(cluster.verdict(claim)).as(why).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource("UnschedulableAndUnresolvable: persistentvolumeclaim \"data\" not found")
  void missingClaims(String verdict) {
    assertThat(
            PluginCluster.of("VolumeRestrictions")
                .nodes("{name: a}")
                .verdict("volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"))
        .isEqualTo(verdict);
  }
}
