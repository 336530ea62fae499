package io.towtank.scheduler.plugins.volumebinding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes a and b are in zones of their names. The claims are called data and more. */
class VolumeBindingTest {
  private static final String BOUND = "pv.kubernetes.io/bind-completed: 'yes'";

  private static PluginCluster cluster() {
    return PluginCluster.of("VolumeBinding")
        .nodes("{name: a, labels: {zone: a}}, {name: b, labels: {zone: b}}")
        .objects(
            storageClass("static", "kubernetes.io/no-provisioner", "")
                + storageClass("static-b", "kubernetes.io/no-provisioner", "")
                + storageClass("dynamic", "csi.example.com", "")
                + storageClass(
                    "dynamic-b",
                    "csi.example.com",
                    ", allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [b, c]}]}]")
                + "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: now},"
                + " provisioner: csi.example.com, volumeBindingMode: Immediate}");
  }

  private static String storageClass(String name, String provisioner, String more) {
    return "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s}, provisioner:"
            .formatted(name)
        + " %s, volumeBindingMode: WaitForFirstConsumer%s}, ".formatted(provisioner, more);
  }

  private static String claim(String name, String metadata, String spec) {
    return "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: default,"
            .formatted(name)
        + " uid: uid-%s%s}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage:"
            .formatted(name, metadata)
        + " 10Gi}}"
        + spec
        + "}}";
  }

  /** A volume of class static; words override what it has else. */
  private static String volume(String name, @Nullable String zone, String spec) {
    return "{apiVersion: v1, kind: PersistentVolume, metadata: {name: %s}, status: {phase:"
            .formatted(name)
        + " Available}, spec: {capacity: {storage: 10Gi}, accessModes: [ReadWriteOnce],"
        + " storageClassName: static"
        + (zone == null
            ? ""
            : ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone,"
                + " operator: In, values: [%s]}]}]}}".formatted(zone))
        + spec
        + "}}";
  }

  private static String pod(String claims) {
    return Splitter.on(' ')
        .splitToStream(claims)
        .map(claim -> "{name: %s, persistentVolumeClaim: {claimName: %s}}".formatted(claim, claim))
        .collect(Collectors.joining(", ", "volumes: [", "]"));
  }

  /** Claims as they are when the pod comes, whatever the nodes are. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                              | metadata and spec of the claim                                   | verdict
          no claim of that name               |                                                                  | UnschedulableAndUnresolvable: persistentvolumeclaim "data" not found
          it is being deleted                 | ", deletionTimestamp: '2026-01-01T00:00:00Z'" ; ", storageClassName: dynamic" | UnschedulableAndUnresolvable: persistentvolumeclaim "data" is being deleted
          not bound, and should be            | "" ; ", storageClassName: now"                                   | UnschedulableAndUnresolvable: pod has unbound immediate PersistentVolumeClaims
          without a class it should be, too   | "" ; ""                                                          | UnschedulableAndUnresolvable: pod has unbound immediate PersistentVolumeClaims
          bound by half is not bound          | "" ; ", storageClassName: static, volumeName: pv"                | UnschedulableAndUnresolvable: pod has unbound immediate PersistentVolumeClaims
          bound to a volume that is gone      | ", annotations: {BOUND}" ; ", volumeName: pv"                    | UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)
          """)
  void claimsThatNoNodeHelps(String why, @Nullable String claim, String verdict) {
    PluginCluster cluster = cluster();
    if (claim != null) {
      String words = claim.replace("\"", "").replace("BOUND", BOUND);
      cluster.objects(
          claim(
              "data",
              words.substring(0, words.indexOf(';')).strip(),
              words.substring(words.indexOf(';') + 1).strip()));
    }
    assertThat(cluster.verdict(pod("data"))).as(why).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      "UnschedulableAndUnresolvable: persistentvolumeclaim \"data\" bound to non-existent"
          + " persistentvolume \"pv\"")
  void claimsThatLostTheirVolume(String verdict) {
    PluginCluster cluster =
        cluster()
            .objects(
                claim("data", "", ", volumeName: pv")
                    .replaceFirst("}$", ", status: {phase: Lost}}"));
    assertThat(cluster.verdict(pod("data"))).isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                    | zone | verdict
          it can be used anywhere   |      | Success
          on one node only          | a    | a Success; b UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity
          nowhere here              | c    | UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity
          """)
  void boundVolumes(String why, @Nullable String zone, String verdict) {
    PluginCluster cluster =
        cluster()
            .objects(claim("data", ", annotations: {" + BOUND + "}", ", volumeName: pv"))
            .objects(volume("pv", zone, ""));
    assertThat(cluster.verdict(pod("data"))).as(why).isEqualTo(verdict);
  }

  /**
   * Nodes a and b are in zones of their names, and drivers have it the other way round: from which
   * node a volume of what was once built in can be reached, by what drivers have taken over there.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # source             | zone, asked by the volume's affinity                | zone, its labels                            | taken over                                   | from
          awsElasticBlockStore | topology.kubernetes.io/zone: a                      |                                             |                                              | a
          awsElasticBlockStore | topology.kubernetes.io/zone: a                      |                                             | kubernetes.io/gce-pd                         | a
          awsElasticBlockStore | topology.kubernetes.io/zone: a                      |                                             | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore | topology.kubernetes.io/zone: a                      |                                             | 'kubernetes.io/gce-pd,kubernetes.io/aws-ebs' | b
          gcePersistentDisk    | topology.kubernetes.io/zone: a                      |                                             | 'kubernetes.io/gce-pd,kubernetes.io/aws-ebs' | b
          cinder               | topology.kubernetes.io/zone: a                      |                                             | kubernetes.io/cinder                         | b
          azureDisk            | topology.kubernetes.io/zone: a                      |                                             | kubernetes.io/azure-disk                     | a
          nfs                  | topology.kubernetes.io/zone: a                      |                                             | kubernetes.io/nfs                            | a
          awsElasticBlockStore | failure-domain.beta.kubernetes.io/zone: a           |                                             |                                              | none
          awsElasticBlockStore | failure-domain.beta.kubernetes.io/zone: a           |                                             | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore | topology.kubernetes.io/zone: a                      | topology.kubernetes.io/zone: b              | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore |                                                     | topology.kubernetes.io/zone: a              |                                              | a b
          awsElasticBlockStore |                                                     | topology.kubernetes.io/zone: a              | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore |                                                     | topology.kubernetes.io/zone: a__c           | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore |                                                     | topology.kubernetes.io/zone: b__a           | kubernetes.io/aws-ebs                        | a b
          awsElasticBlockStore |                                                     | failure-domain.beta.kubernetes.io/zone: a   | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore |                                                     |                                             | kubernetes.io/aws-ebs                        | a b
          awsElasticBlockStore | kubernetes.io/hostname: a                           | topology.kubernetes.io/zone: b              | kubernetes.io/aws-ebs                        | a
          awsElasticBlockStore | kubernetes.io/hostname: b                           | topology.kubernetes.io/zone: b              | kubernetes.io/aws-ebs                        | none
          awsElasticBlockStore | failure-domain.beta.kubernetes.io/zone: a, failure-domain.beta.kubernetes.io/region: r |          | kubernetes.io/aws-ebs                        | b
          awsElasticBlockStore | topology.kubernetes.io/zone: a, failure-domain.beta.kubernetes.io/region: r |                     | kubernetes.io/aws-ebs                        | none
          """)
  void volumesThatDriversHaveTakenOver(
      String source,
      @Nullable String asked,
      @Nullable String labels,
      @Nullable String takenOver,
      String from) {
    PluginCluster cluster =
        PluginCluster.of("VolumeBinding")
            .nodes(migratedNode("a", "b") + "," + migratedNode("b", "a"));
    for (String node : new String[] {"a", "b"}) {
      cluster.objects(
          "{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: %s".formatted(node)
              + (takenOver == null
                  ? ""
                  : ", annotations: {storage.alpha.kubernetes.io/migrated-plugins: '"
                      + takenOver
                      + "'}")
              + "}, spec: {drivers: []}}");
    }
    String terms =
        asked == null
            ? ""
            : Splitter.on(", ")
                .splitToStream(asked)
                .map(each -> Splitter.on(": ").splitToList(each))
                .map(each ->
                    "{key: %s, operator: In, values: [%s]}".formatted(each.get(0), each.get(1)))
                .collect(
                    Collectors.joining(
                        ", ",
                        ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [",
                        "]}]}}"));
    cluster
        .objects(claim("data", ", annotations: {" + BOUND + "}", ", volumeName: pv"))
        .objects(
            volume("pv", null, terms + ", " + source + ": {volumeID: v, pdName: v, path: p}")
                .replace(
                    "{name: pv}", "{name: pv, labels: {" + (labels == null ? "" : labels) + "}}"));
    String conflict =
        "UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity";
    assertThat(cluster.verdict(pod("data")))
        .isEqualTo(
            switch (from) {
              case "a b" -> "Success";
              case "none" -> conflict;
              case "a" -> "a Success; b " + conflict;
              default -> "a " + conflict + "; b Success";
            });
  }

  private static String migratedNode(String name, String driversZone) {
    return """
    {name: %s, labels: {topology.kubernetes.io/zone: %s, topology.kubernetes.io/region: r,
     kubernetes.io/hostname: %s, topology.ebs.csi.aws.com/zone: %s, topology.gke.io/zone: %s,
     topology.cinder.csi.openstack.org/zone: %s}}
    """
        .formatted(name, name, name, driversZone, driversZone, driversZone);
  }

  /** What a claim of class static that waits for its consumer finds: a volume in zone a. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                          | the volume                                                            | the claim                                  | found
          it suits                        |                                                                       |                                            | yes
          it is too small                 | capacity: {storage: 9Gi}                                              |                                            | no
          larger will do                  | capacity: {storage: 100Gi}                                            |                                            | yes
          of another class                | storageClassName: other                                               |                                            | no
          it lacks an access mode         |                                                                       | accessModes: [ReadWriteOnce, ReadWriteMany] | no
          it has more of them             | accessModes: [ReadWriteOnce, ReadWriteMany]                           |                                            | yes
          a device, not a file system     | volumeMode: Block                                                     |                                            | no
          a device is wanted              | volumeMode: Block                                                     | volumeMode: Block                          | yes
          it is another claim's           | claimRef: {name: other, namespace: default}                           |                                            | no
          it is this claim's              | claimRef: {name: data, namespace: default}                            |                                            | yes
          so it is, but of another class  | claimRef: {name: data, namespace: default}                            | storageClassName: static-b                | no
          of a claim of that name before  | claimRef: {name: data, namespace: default, uid: gone}                 |                                            | no
          labels are asked that it lacks  |                                                                       | selector: {matchLabels: {disk: ssd}}       | no
          """)
  void volumesThatWait(
      String why, @Nullable String ofVolume, @Nullable String ofClaim, String found) {
    PluginCluster cluster =
        cluster()
            .objects(overriding(claim("data", "", ", storageClassName: static"), ofClaim))
            .objects(overriding(volume("pv", "a", ""), ofVolume));
    assertThat(cluster.verdict(pod("data")))
        .as(why)
        .isEqualTo(
            (found.equals("yes") ? "a Success; b " : "")
                + "UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes"
                + " to bind");
  }

  /** A document with fields of its spec put in the place of what it has. */
  private static String overriding(String document, @Nullable String fields) {
    if (fields == null) {
      return document;
    }
    String key = fields.substring(0, fields.indexOf(':'));
    String before =
        document
            .replaceFirst(", " + key + ": (\\[[^]]*]|\\{[^}]*}|[^,{}]*)", "")
            .replaceFirst("spec: \\{" + key + ": (\\[[^]]*]|\\{[^}]*}+|[^,{}]*), ", "spec: {");
    return before.substring(0, before.length() - 2) + ", " + fields + "}}";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                        | volumes       | claims    | verdict
          two claims need two volumes                   | x a           | data more | UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind
          and find them                                 | x a, w a      | data more | a Success; b UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind
          on one node                                   | x a, w b      | data more | UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind
          """)
  void severalClaims(String why, String volumes, String claims, String verdict) {
    PluginCluster cluster =
        cluster()
            .objects(claim("data", "", ", storageClassName: static"))
            .objects(claim("more", "", ", storageClassName: static"));
    for (String volume : Splitter.on(", ").split(volumes)) {
      cluster.objects(volume("pv-" + volume.charAt(0), volume.substring(2), ""));
    }
    assertThat(cluster.verdict(pod(claims))).as(why).isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                          | class     | annotations                                | verdict
          it can be made anywhere         | dynamic   |                                            | Success
          in some zones only              | dynamic-b |                                            | a UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind; b Success
          it is being made for a node     | dynamic   | volume.kubernetes.io/selected-node: a      | a Success; b UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind
          """)
  void volumesThatCanBeMade(
      String why, String storageClass, @Nullable String annotations, String verdict) {
    PluginCluster cluster =
        cluster()
            .objects(
                claim(
                    "data",
                    annotations == null ? "" : ", annotations: {" + annotations + "}",
                    ", storageClassName: " + storageClass));
    assertThat(cluster.verdict(pod("data"))).as(why).isEqualTo(verdict);
  }

  private static String capacity(String name, String content) {
    return "{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: %s,"
            .formatted(name)
        + " namespace: default}, %s}".formatted(content);
  }

  /** KEP-1472: the driver tells where it has room; the claim asks for 10Gi. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                | capacities                                                                       | fits
          none is told                          |                                                                                  |
          enough in zone a                      | storageClassName: dynamic, capacity: 10Gi, nodeTopology: {matchLabels: {zone: a}} | a
          too little                            | storageClassName: dynamic, capacity: 9Gi, nodeTopology: {matchLabels: {zone: a}} |
          in two places, one of them large      | storageClassName: dynamic, capacity: 9Gi, nodeTopology: {} ; storageClassName: dynamic, capacity: 11Gi, nodeTopology: {matchLabels: {zone: b}} | b
          enough, but not for one volume        | storageClassName: dynamic, capacity: 100Gi, maximumVolumeSize: 9Gi, nodeTopology: {} |
          one volume may be as large            | storageClassName: dynamic, capacity: 1Gi, maximumVolumeSize: 10Gi, nodeTopology: {} | a b
          for all nodes                         | storageClassName: dynamic, capacity: 10Gi, nodeTopology: {}                       | a b
          nobody knows for which nodes          | storageClassName: dynamic, capacity: 10Gi                                        |
          nobody knows how much                 | storageClassName: dynamic, nodeTopology: {}                                      |
          of another class                      | storageClassName: dynamic-b, capacity: 10Gi, nodeTopology: {}                     |
          """)
  void room(String why, @Nullable String capacities, @Nullable String fits) {
    PluginCluster cluster =
        cluster()
            .objects(
                "{apiVersion: storage.k8s.io/v1, kind: CSIDriver,"
                    + " metadata: {name: csi.example.com}, spec: {storageCapacity: true}}")
            .objects(claim("data", "", ", storageClassName: dynamic"));
    int number = 0;
    for (String content : Splitter.on(';').split(capacities == null ? "" : capacities)) {
      if (!content.isBlank()) {
        cluster.objects(capacity("c" + number++, content));
      }
    }
    assertThat(cluster.verdict(pod("data")))
        .as(why)
        .isEqualTo(
            switch (fits == null ? "" : fits) {
              case "a" -> "a Success; b " + NO_SPACE;
              case "b" -> "a " + NO_SPACE + "; b Success";
              case "a b" -> "Success";
              default -> NO_SPACE;
            });
  }

  private static final String NO_SPACE =
      "UnschedulableAndUnresolvable: node(s) did not have enough free storage";

  /** A driver that does not tell where it has room is believed to have it. */
  @ParameterizedTest
  @CsvSource({"storageCapacity: false", "attachRequired: true"})
  void roomThatIsNotTold(String driver) {
    PluginCluster cluster =
        cluster()
            .objects(
                "{apiVersion: storage.k8s.io/v1, kind: CSIDriver,"
                    + " metadata: {name: csi.example.com}, spec: {%s}}".formatted(driver))
            .objects(claim("data", "", ", storageClassName: dynamic"));
    assertThat(cluster.verdict(pod("data"))).isEqualTo("Success");
  }

  /**
   * The first bound claim that is in the way says why; a volume that is gone is not looked past.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # claims in order | verdict
          data more         | a UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s); b UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity
          more data         | UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)
          """)
  void theFirstProblemOfBoundClaims(String claims, String verdict) {
    PluginCluster cluster =
        cluster()
            .objects(claim("data", ", annotations: {" + BOUND + "}", ", volumeName: pv"))
            .objects(claim("more", ", annotations: {" + BOUND + "}", ", volumeName: gone"))
            .objects(volume("pv", "a", ""));
    assertThat(cluster.verdict(pod(claims))).isEqualTo(verdict);
  }

  /** Pod p, whose uid is 1, brings a template for the claim p-data. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                    | owner of p-data                                                             | verdict
          it is still to be made    |                                                                             | UnschedulableAndUnresolvable: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-data"
          it is the pod's own       | {apiVersion: v1, kind: Pod, name: p, uid: '1', controller: true}            | Success
          of a pod of that name     | {apiVersion: v1, kind: Pod, name: p, uid: '0', controller: true}            | UnschedulableAndUnresolvable: PVC default/p-data was not created for pod default/p (pod is not owner)
          the pod is one of several | {apiVersion: v1, kind: Pod, name: p, uid: '1'}                              | UnschedulableAndUnresolvable: PVC default/p-data was not created for pod default/p (pod is not owner)
          """)
  void claimsThatAreMadeForThePod(String why, @Nullable String owner, String verdict) {
    PluginCluster cluster = cluster();
    if (owner != null) {
      cluster.objects(
          claim("p-data", ", ownerReferences: [" + owner + "]", ", storageClassName: dynamic"));
    }
    String volumes =
        "volumes: [{name: data, ephemeral: {volumeClaimTemplate: {spec: {accessModes:"
            + " [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]";
    assertThat(cluster.verdict("uid: '1', " + volumes)).as(why).isEqualTo(verdict);
    // Another pod of the same template has another claim.
    assertThat(cluster.verdict("name: q, uid: '2', " + volumes))
        .as(why)
        .contains("waiting for ephemeral volume controller", "\"q-data\"");
  }

  @ParameterizedTest
  @CsvSource(PluginCluster.SKIP)
  void podsWithoutClaims(String verdict) {
    assertThat(cluster().verdict("volumes: [{name: v, emptyDir: {}}]")).isEqualTo(verdict);
  }
}
