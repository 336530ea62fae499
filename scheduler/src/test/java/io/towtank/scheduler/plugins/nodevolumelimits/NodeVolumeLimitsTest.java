package io.towtank.scheduler.plugins.nodevolumelimits;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The node may have two volumes of driver ebs. Claims a to e are bound to volumes of ebs, a2 is
 * another claim for the volume of a; x is bound to one of another driver, local to one without;
 * later waits for a volume of ebs, elsewhere for one of another driver.
 */
class NodeVolumeLimitsTest {
  private static final String FULL = "Unschedulable: node(s) exceed max volume count";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                               | claims of the pod | of pods on the node | verdict
          no claims                            |                   | a b                 | Skip
          volumes of no driver                 | local             | a b                 | Skip
          the first two                        | a b               |                     | Success
          three at once                        | a b c             |                     | full
          a third one                          | c                 | a b                 | full
          one that is attached already         | b                 | a b                 | Success
          another claim for the same volume    | a2                | a b                 | Success
          one claim of two pods is one volume  | c                 | a a                 | Success
          a driver without limit               | x                 | a b                 | Success
          volumes of others do not count       | b                 | a x local           | Success
          one that is still to be made         | later             | a b                 | full
          it counts on the node, too           | b                 | a later             | full
          one that another driver will make    | elsewhere         | a b                 | Success
          claims that are not there            | missing           |                     | UnschedulableAndUnresolvable: looking up PVC default/missing: persistentvolumeclaim "missing" not found
          """)
  void filters(String why, @Nullable String wanted, @Nullable String attached, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("NodeVolumeLimits").nodes("{name: one}").objects(OBJECTS);
    int number = 0;
    for (String claim : attached == null ? new String[0] : attached.split(" ")) {
      cluster.bind("name: other-%d, %s".formatted(number++, volumes(claim)), "one");
    }
    assertThat(cluster.verdict(volumes(wanted == null ? "" : wanted)))
        .as(why)
        .isEqualTo(verdict.equals("full") ? FULL : verdict);
  }

  /** What a node without limits says. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                   | drivers of the node
          a driver without a count | {name: ebs, nodeID: one}
          a driver with an empty count | {name: ebs, nodeID: one, allocatable: {}}
          no drivers               |
          """)
  void noLimit(String why, @Nullable String drivers) {
    PluginCluster cluster =
        PluginCluster.of("NodeVolumeLimits")
            .nodes("{name: one}")
            .objects(OBJECTS)
            .objects(csiNode(drivers == null ? "" : drivers));
    assertThat(cluster.verdict(volumes("a b c"))).as(why).isEqualTo("Success");
  }

  /** Volumes that are attached although no pod of the node uses them any more. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                             | claims of the pod | of pods | attached to the node      | verdict
          both are still there               | a                 |         | ebs/pv-b ebs/pv-c         | full
          one of them is wanted              | b                 |         | ebs/pv-b ebs/pv-c         | Success
          a pod's own does not count twice   | c                 | a       | ebs/pv-a                  | Success
          of another driver                  | a b               |         | other/pv-x                | Success
          of a volume that is gone           | a b               |         | ebs/gone                  | Success
          to another node                    | a b               |         | two:ebs/pv-b two:ebs/pv-c | Success
          """)
  void attachments(
      String why, String wanted, @Nullable String ofPods, String attached, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("NodeVolumeLimits").nodes("{name: one}").objects(OBJECTS);
    if (ofPods != null) {
      cluster.bind("name: other, " + volumes(ofPods), "one");
    }
    for (String each : Splitter.on(' ').split(attached)) {
      String node = each.contains(":") ? each.substring(0, each.indexOf(':')) : "one";
      String volume = each.substring(each.indexOf('/') + 1);
      cluster.objects(
          """
          {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: %s},
           spec: {attacher: %s, nodeName: %s, source: {persistentVolumeName: %s}}}
          """
              .formatted(
                  volume, each.substring(each.indexOf(':') + 1, each.indexOf('/')), node, volume));
    }
    assertThat(cluster.verdict(volumes(wanted)))
        .as(why)
        .isEqualTo(verdict.equals("full") ? FULL : verdict);
  }

  /**
   * Storage that was built in once is today's drivers' (csi-translation-lib); the node takes one.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                | driver                   | of the pod                                        | of the other pod                                  | verdict
          two disks             | ebs.csi.aws.com          | awsElasticBlockStore: {volumeID: v1}              | awsElasticBlockStore: {volumeID: v2}              | full
          the same disk         | ebs.csi.aws.com          | awsElasticBlockStore: {volumeID: v1}              | awsElasticBlockStore: {volumeID: "aws://z/v1"}  | Success
          claims for one, too   | ebs.csi.aws.com          | persistentVolumeClaim: {claimName: ebs}           | awsElasticBlockStore: {volumeID: v1}              | full
          the same by a claim   | ebs.csi.aws.com          | persistentVolumeClaim: {claimName: ebs}           | awsElasticBlockStore: {volumeID: in-tree}         | Success
          one still to be made  | ebs.csi.aws.com          | persistentVolumeClaim: {claimName: to-be}         | awsElasticBlockStore: {volumeID: v1}              | full
          Google's              | pd.csi.storage.gke.io    | gcePersistentDisk: {pdName: v1}                   | gcePersistentDisk: {pdName: v2}                   | full
          Google's, the same    | pd.csi.storage.gke.io    | gcePersistentDisk: {pdName: v1}                   | gcePersistentDisk: {pdName: v1}                   | Success
          Azure's               | disk.csi.azure.com       | azureDisk: {diskName: d, diskURI: v1}           | azureDisk: {diskName: d, diskURI: v2}           | full
          OpenStack's           | cinder.csi.openstack.org | cinder: {volumeID: v1}                            | cinder: {volumeID: v2}                            | full
          Portworx's            | pxd.portworx.com         | portworxVolume: {volumeID: v1}                    | portworxVolume: {volumeID: v2}                    | full
          of another driver     | ebs.csi.aws.com          | cinder: {volumeID: v1}                            | awsElasticBlockStore: {volumeID: v2}              | Success
          files are no disks    | file.csi.azure.com       | azureFile: {secretName: s, shareName: v1}       | azureFile: {secretName: s, shareName: v2}       | Skip
          """)
  void migrated(String why, String driver, String wanted, String other, String verdict) {
    PluginCluster cluster =
        PluginCluster.of("NodeVolumeLimits")
            .nodes("{name: one}")
            .objects(csiNode("{name: %s, nodeID: one, allocatable: {count: 1}}".formatted(driver)))
            .objects(bound("ebs", "pv-in-tree") + ", " + waiting("to-be", "in-tree"))
            .objects(storageClass("in-tree", "kubernetes.io/aws-ebs"))
            .objects(
                "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-in-tree},"
                    + " spec: {awsElasticBlockStore: {volumeID: in-tree}}}")
            .bind("name: other, volumes: [{name: v, %s}]".formatted(other), "one");
    assertThat(cluster.verdict("volumes: [{name: v, %s}]".formatted(wanted)))
        .as(why)
        .isEqualTo(verdict.equals("full") ? FULL : verdict);
  }

  private static String volumes(String claims) {
    return Splitter.on(' ')
        .omitEmptyStrings()
        .splitToStream(claims)
        .map(claim -> "{name: %s, persistentVolumeClaim: {claimName: %s}}".formatted(claim, claim))
        .collect(Collectors.joining(", ", "volumes: [", "]"));
  }

  private static String csiNode(String drivers) {
    return "{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: one}, spec: {drivers: ["
        + drivers
        + "]}}";
  }

  private static String bound(String claim, String volume) {
    return "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: default},"
            .formatted(claim)
        + " spec: {volumeName: %s}}".formatted(volume);
  }

  private static String waiting(String claim, String storageClass) {
    return "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: default},"
            .formatted(claim)
        + " spec: {storageClassName: %s}}".formatted(storageClass);
  }

  private static String volume(String name, String driver) {
    return "{apiVersion: v1, kind: PersistentVolume, metadata: {name: %s}, spec: {".formatted(name)
        + (driver.isEmpty() ? "" : "csi: {driver: %s, volumeHandle: h-%s}".formatted(driver, name))
        + "}}";
  }

  private static String storageClass(String name, String provisioner) {
    return "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s}, provisioner:"
            .formatted(name)
        + " %s, volumeBindingMode: WaitForFirstConsumer}".formatted(provisioner);
  }

  private static final String OBJECTS =
      String.join(
          ", ",
          csiNode("{name: ebs, nodeID: one, allocatable: {count: 2}}"),
          bound("a", "pv-a"),
          bound("a2", "pv-a"),
          bound("b", "pv-b"),
          bound("c", "pv-c"),
          bound("x", "pv-x"),
          bound("local", "pv-local"),
          waiting("later", "ebs"),
          waiting("elsewhere", "other"),
          volume("pv-a", "ebs"),
          volume("pv-b", "ebs"),
          volume("pv-c", "ebs"),
          volume("pv-x", "other"),
          volume("pv-local", ""),
          storageClass("ebs", "ebs"),
          storageClass("other", "other"));
}
