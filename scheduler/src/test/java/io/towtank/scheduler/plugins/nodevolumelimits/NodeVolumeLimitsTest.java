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
          claims that are not there            | missing           | a b                 | Skip
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
