package io.towtank.scheduler.plugins.volumezone;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeZoneTest {
  private static final String POD =
      "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                              | labels of the volume                                   | labels of the node                                | verdict
          a volume of no zone                 |                                                        | topology.kubernetes.io/zone: a                    | Skip
          the same zone                       | topology.kubernetes.io/zone: a                         | topology.kubernetes.io/zone: a                    | Success
          another zone                        | topology.kubernetes.io/zone: a                         | topology.kubernetes.io/zone: b                    | UnschedulableAndUnresolvable: node(s) had no available volume zone
          a node of no zone takes any         | topology.kubernetes.io/zone: a                         |                                                   | Success
          one of several zones                | topology.kubernetes.io/zone: a__b                      | topology.kubernetes.io/zone: b                    | Success
          none of several zones               | topology.kubernetes.io/zone: a__b                      | topology.kubernetes.io/zone: c                    | UnschedulableAndUnresolvable: node(s) had no available volume zone
          another region                      | topology.kubernetes.io/region: r                       | topology.kubernetes.io/region: s                  | UnschedulableAndUnresolvable: node(s) had no available volume zone
          zone and region                     | topology.kubernetes.io/zone: a, topology.kubernetes.io/region: r | topology.kubernetes.io/zone: a, topology.kubernetes.io/region: s | UnschedulableAndUnresolvable: node(s) had no available volume zone
          a node that has a zone but no region | topology.kubernetes.io/region: r                      | topology.kubernetes.io/zone: a                    | UnschedulableAndUnresolvable: node(s) had no available volume zone
          the old name on both                | failure-domain.beta.kubernetes.io/zone: a              | failure-domain.beta.kubernetes.io/zone: a         | Success
          the old name on the volume          | failure-domain.beta.kubernetes.io/zone: a              | topology.kubernetes.io/zone: a                    | Success
          of another zone                     | failure-domain.beta.kubernetes.io/zone: a              | topology.kubernetes.io/zone: b                    | UnschedulableAndUnresolvable: node(s) had no available volume zone
          the old name on the node only       | topology.kubernetes.io/zone: a                         | failure-domain.beta.kubernetes.io/zone: a         | UnschedulableAndUnresolvable: node(s) had no available volume zone
          """)
  void filters(String why, @Nullable String ofVolume, @Nullable String ofNode, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("VolumeZone")
            .nodes("{name: one, labels: {" + (ofNode == null ? "" : ofNode) + "}}")
            .objects(claim("volumeName: pv"))
            .objects(
                "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv, labels: {%s}}, spec:"
                        .formatted(ofVolume == null ? "" : ofVolume)
                    + " {}}");
    assertThat(cluster.verdict(POD)).as(why).isEqualTo(verdict);
  }

  private static String claim(String spec) {
    return "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace:"
        + " default}, spec: {"
        + spec
        + "}}";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                   | claim                      | class                                  | verdict
          no claim                                 |                            |                                        | UnschedulableAndUnresolvable: persistentvolumeclaim "data" not found
          no volume of that name                   | volumeName: pv             |                                        | UnschedulableAndUnresolvable: persistentvolume "pv" not found
          neither volume nor class                 | accessModes: []            |                                        | UnschedulableAndUnresolvable: PersistentVolumeClaim had no pv name and storageClass name
          no class of that name                    | storageClassName: fast     |                                        | UnschedulableAndUnresolvable: storageclass.storage.k8s.io "fast" not found
          the volume comes with the pod            | storageClassName: fast     | volumeBindingMode: WaitForFirstConsumer | Skip
          the volume should be there               | storageClassName: fast     | volumeBindingMode: Immediate           | UnschedulableAndUnresolvable: PersistentVolume had no name
          a class that does not say                | storageClassName: fast     | provisioner: p                         | UnschedulableAndUnresolvable: VolumeBindingMode not set for StorageClass "fast"
          """)
  void unboundClaims(
      String why, @Nullable String claim, @Nullable String storageClass, String verdict) {
    PluginCluster cluster = PluginCluster.of("VolumeZone").nodes("{name: one}");
    if (claim != null) {
      cluster.objects(claim(claim));
    }
    if (storageClass != null) {
      cluster.objects(
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, "
              + (storageClass.contains("provisioner") ? "" : "provisioner: p, ")
              + storageClass
              + "}");
    }
    assertThat(cluster.verdict(POD)).as(why).isEqualTo(verdict);
  }
}
