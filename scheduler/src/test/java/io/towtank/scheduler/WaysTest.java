package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.Way;
import io.towtank.scheduler.plugins.PluginCluster;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would have to change for a pod that fits nowhere. */
class WaysTest {
  private static final ImmutableMap<String, String> OBJECTS =
      ImmutableMap.of(
          "claim",
          "{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {name: data, namespace:"
              + " default, annotations: {pv.kubernetes.io/bind-completed: 'yes'}},"
              + " spec: {volumeName: disk, accessModes: [ReadWriteOnce]}}",
          "unbound",
          "{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {name: data, namespace:"
              + " default}, spec: {storageClassName: later, accessModes: [ReadWriteOnce],"
              + " resources: {requests: {storage: 1Gi}}}}",
          "later",
          "{kind: StorageClass, apiVersion: storage.k8s.io/v1, metadata: {name: later},"
              + " provisioner: kubernetes.io/no-provisioner,"
              + " volumeBindingMode: WaitForFirstConsumer}",
          "disk in z2",
          "{kind: PersistentVolume, apiVersion: v1, metadata: {name: disk, labels:"
              + " {topology.kubernetes.io/zone: z2}}, spec: {capacity: {storage: 1Gi},"
              + " accessModes: [ReadWriteOnce]}}",
          "disk of b",
          "{kind: PersistentVolume, apiVersion: v1, metadata: {name: disk}, spec: {capacity:"
              + " {storage: 1Gi}, accessModes: [ReadWriteOnce], nodeAffinity: {required:"
              + " {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname,"
              + " operator: In, values: [b]}]}]}}}}",
          "CSI disk",
          "{kind: PersistentVolume, apiVersion: v1, metadata: {name: disk}, spec: {capacity:"
              + " {storage: 1Gi}, accessModes: [ReadWriteOnce], csi: {driver: d.example.com,"
              + " volumeHandle: h}}}",
          "no room for CSI",
          "{kind: CSINode, apiVersion: storage.k8s.io/v1, metadata: {name: one}, spec: {drivers:"
              + " [{name: d.example.com, nodeID: one, allocatable: {count: 0}}]}}");

  private static final String CLAIM =
      "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]";
  private static final String GCE = "volumes: [{name: v, gcePersistentDisk: {pdName: x}}]";

  private static OfflineScheduler scheduler(String... objects) {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    for (String object : objects) {
      scheduler.add(ObjectCodec.read(YamlReader.read("case", object).getFirst().content()));
    }
    return scheduler;
  }

  private static String changes(OfflineScheduler scheduler, Pod pod) {
    Decision decision = scheduler.decide(pod);
    assertThat(decision.bound()).isNull();
    return scheduler.ways(pod, decision).stream()
        .map(way -> String.join(" AND ", way.changes()))
        .collect(Collectors.joining(" OR "));
  }

  private static String words(String pod) {
    return pod.replace("CLAIM", CLAIM)
        .replace("GCE", GCE)
        .replaceAll(
            "REQUIRE\\(([^()]*)\\)",
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                + " {nodeSelectorTerms: [$1]}}}")
        .replaceAll(
            "(BESIDE|APART)\\(([^()]*)\\)",
            "affinity: {$1: {requiredDuringSchedulingIgnoredDuringExecution: [$2]}}")
        .replace("BESIDE", "podAffinity")
        .replace("APART", "podAntiAffinity")
        .replace("HOST", "topologyKey: kubernetes.io/hostname")
        .replace("MATCH", "labelSelector: {matchLabels")
        .replace("RULE", "matchExpressions");
  }

  /** One node with 4 CPUs, 8Gi, the label zone z1 and disk hdd, and what the row adds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
"""
# NodeResourcesFit: the smallest request
"" | "" | requests: {cpu: 6} | ask for at most 4 of cpu instead of 6
"" | "" | "requests: {cpu: 6, memory: 16Gi}" | ask for at most 4 of cpu instead of 6 AND ask for at most 8Gi of memory instead of 16Gi
"" | requests: {cpu: 3500m} | requests: {cpu: 1} | ask for at most 500m of cpu instead of 1
"" | requests: {cpu: 4} | requests: {cpu: 1} | have pods leave the node that ask for 1 of cpu in all
"" | "requests: {cpu: 4, memory: 8Gi}" | "requests: {cpu: 1, memory: 1Gi}" | have pods leave the node that ask for 1 of cpu in all AND have pods leave the node that ask for 1Gi of memory in all
"" | "" | requests: {example.com/gpu: 1} | have the node offer example.com/gpu, of which it has none
"allocatable: {pods: 1}" | requests: {cpu: 1} | requests: {cpu: 1} | have a pod leave the node, which takes 1 and has 1: default/other
"" | "" | "requests: {cpu: 5}, overhead: {cpu: 500m}" | ask for at most 3500m of cpu instead of 5, besides the overhead of 500m
"" | requests: {cpu: 4} | requests: {cpu: 6} | ask for at most 4 of cpu instead of 6 AND have pods leave the node that ask for 4 of cpu in all
"" | "" | "requests: {cpu: 1}, resources: {requests: {cpu: 6}}" | ask for at most 4 of cpu instead of 6
"allocatable: {example.com/gpu: 2}" | "" | requests: {example.com/gpu: 3} | ask for at most 2 of example.com/gpu instead of 3
"allocatable: {pods: 1}" | requests: {cpu: 1} | "requests: {cpu: 6}, nodeSelector: {disk: hdd}, ports: [{containerPort: 80, hostPort: 8080}]" | ask for at most 3 of cpu instead of 6 AND have a pod leave the node, which takes 1 and has 1: default/other
"allocatable: {pods: 0}" | "" | requests: {cpu: 1} | have the node take pods: it takes none AND and then perhaps more: what is asked later is not known
# before any node: gates, names that exclude each other
"" | "" | "schedulingGates: [{name: a}, {name: b}]" | take off the pod's scheduling gates: a, b
"" | "" | "schedulingGates: [{name: a}], requests: {cpu: 6}" | take off the pod's scheduling gates: a AND ask for at most 4 of cpu instead of 6
"" | "" | "REQUIRE({matchFields: [{key: metadata.name, operator: In, values: [a]}, {key: metadata.name, operator: In, values: [b]}]})" | drop the names in the pod's node affinity that exclude each other
# TaintToleration, NodeUnschedulable: the taint to tolerate
"taints: [{key: gpu, value: a100, effect: NoSchedule}]" | "" | requests: {cpu: 1} | tolerate gpu=a100:NoSchedule
"taints: [{key: gpu, value: a100, effect: NoSchedule}, {key: old, effect: NoExecute}]" | "" | requests: {cpu: 1} | tolerate gpu=a100:NoSchedule AND tolerate old:NoExecute
"taints: [{key: gpu, value: a100, effect: NoSchedule}]" | "" | requests: {cpu: 5} | tolerate gpu=a100:NoSchedule AND ask for at most 4 of cpu instead of 5
unschedulable: true | "" | requests: {cpu: 1} | uncordon the node, or tolerate node.kubernetes.io/unschedulable:NoSchedule
# NodeAffinity: the missing label, of several terms those of the nearest, of a term what does not match
"" | "" | nodeSelector: {gpu: a100} | label the node gpu=a100, which it lacks, or drop that from the pod's nodeSelector
"" | "" | "nodeSelector: {zone: z1, disk: ssd}" | label the node disk=ssd, where it has hdd, or drop that from the pod's nodeSelector
"" | "" | "REQUIRE({RULE: [{key: disk, operator: In, values: [ssd, nvme]}, {key: zone, operator: In, values: [z1, z2]}]}, {RULE: [{key: gpu, operator: Exists}, {key: zone, operator: In, values: [z3]}]})" | label the node disk=ssd or nvme, where it has hdd, or drop that from the pod's node affinity
"" | "" | "REQUIRE({RULE: [{key: gpu, operator: Exists}]})" | label the node gpu, which it lacks, or drop that from the pod's node affinity
"" | "" | "REQUIRE({RULE: [{key: disk, operator: DoesNotExist}]})" | take the label disk off the node, or drop that from the pod's node affinity
"" | "" | "REQUIRE({RULE: [{key: disk, operator: NotIn, values: [hdd]}]})" | label the node disk with anything but hdd, or drop that from the pod's node affinity
"" | "" | "REQUIRE({RULE: [{key: cores, operator: Gt, values: ['8']}]})" | label the node cores with more than 8, which it lacks, or drop that from the pod's node affinity
"" | "" | "REQUIRE({matchFields: [{key: metadata.name, operator: In, values: [m]}]})" | allow node one in the pod's node affinity, where metadata.name is one of m
"" | "" | "nodeSelector: {gpu: a100}, REQUIRE({RULE: [{key: zone, operator: In, values: [z2]}]})" | label the node gpu=a100, which it lacks, or drop that from the pod's nodeSelector AND label the node zone=z2, where it has z1, or drop that from the pod's node affinity
"" | "" | "REQUIRE({RULE: [{key: disk, operator: Exists}, {key: disk, operator: DoesNotExist}]})" | drop the pod's required node affinity: there are no labels that match it
"" | "" | "REQUIRE({})" | drop the pod's required node affinity: there are no labels that match it
"" | "" | "nodeSelector: {gpu: a100}, REQUIRE({RULE: [{key: gpu, operator: Exists}]})" | label the node gpu=a100, which it lacks, or drop that from the pod's nodeSelector and node affinity
"" | "" | "nodeSelector: {gpu: a100}, REQUIRE({RULE: [{key: gpu, operator: DoesNotExist}]})" | label the node gpu=a100, which it lacks, or drop that from the pod's nodeSelector AND drop the pod's required node affinity: there are no labels that match it
# NodePorts: those that are taken
"" | "ports: [{containerPort: 80, hostPort: 8080}]" | "ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 81, hostPort: 8081}]" | do without the node's port 8080, taken by another pod
# PodTopologySpread: the constraint that is in the way
"" | "" | "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule}]" | label the node rack, which it lacks, or have whenUnsatisfiable: ScheduleAnyway over it
"" | "labels: {app: a}" | "labels: {app: a}, topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, MATCH: {app: a}}}, {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, minDomains: 2, MATCH: {app: a}}}]" | allow more than maxSkew 1 over kubernetes.io/hostname, or whenUnsatisfiable: ScheduleAnyway
# InterPodAffinity: the term that is in the way
"" | "" | "BESIDE({HOST, MATCH: {app: db}}})" | have pods with app=db on nodes of the same kubernetes.io/hostname, or drop that from the pod's affinity
"" | "" | "BESIDE({topologyKey: rack, MATCH: {app: db}}})" | label the node rack, which it lacks, as nodes are that have pods with app=db, or drop that from the pod's affinity
"" | "labels: {app: web}" | "BESIDE({HOST, MATCH: {app: web}}}, {topologyKey: zone, MATCH: {app: db}}})" | have pods with app=db, that match the other terms too, on nodes of the same zone, or drop that from the pod's affinity
"" | "labels: {app: web}" | "APART({topologyKey: zone, MATCH: {app: db}}}, {HOST, MATCH: {app: web}}})" | have no pods with app=web on nodes of the same kubernetes.io/hostname, or drop that from the pod's anti-affinity
"" | "labels: {app: web}, APART({topologyKey: zone, MATCH: {app: db}}})" | "labels: {app: db}" | have no pods in the node's topology whose required pod anti-affinity is against the pod's labels: default/other
# Volumes
"" | GCE | GCE | have no other pod use the volumes that the pod wants for itself
""")
  void whatWouldHaveToChange(String node, String others, String pod, String expected) {
    OfflineScheduler scheduler = scheduler();
    scheduler.add(
        PluginCluster.node(
            "name: one, labels: {kubernetes.io/hostname: one, zone: z1, disk: hdd}"
                + (node.isEmpty() ? "" : ", " + node)));
    if (!others.isEmpty()) {
      scheduler.add(PluginCluster.pod("name: other, node: one, " + words(others)));
    }
    assertThat(changes(scheduler, PluginCluster.pod(words(pod)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
                                 | create the PersistentVolumeClaim data
claim                            | create the PersistentVolume disk
claim, disk in z2                | have the pod's volumes in the node's zone: data
claim, disk of b                 | have volumes for the pod's claims that the node can reach: data
unbound, later                   | have volumes for the pod's claims that the node can reach: data
claim, CSI disk, no room for CSI | have fewer volumes on the node, which takes no more: data
""")
  void ofVolumes(@Nullable String objects, String expected) {
    OfflineScheduler scheduler =
        scheduler(
            OBJECTS.entrySet().stream()
                .filter(each ->
                    objects != null && objects.matches("(.*, )?" + each.getKey() + "(, .*)?"))
                .map(Map.Entry::getValue)
                .toArray(String[]::new));
    scheduler.add(
        PluginCluster.node(
            "name: one, labels: {kubernetes.io/hostname: one, topology.kubernetes.io/zone: z1}"));
    assertThat(changes(scheduler, PluginCluster.pod(CLAIM))).isEqualTo(expected);
  }

  @Test
  void theNodeThatLacksLeastComesFirst() {
    OfflineScheduler scheduler = scheduler();
    scheduler.add(PluginCluster.node("name: small, allocatable: {cpu: 2}"));
    scheduler.add(PluginCluster.node("name: large"));
    scheduler.add(PluginCluster.node("name: tainted, taints: [{key: gpu, effect: NoSchedule}]"));
    Pod pod = PluginCluster.pod("requests: {cpu: 5}");
    assertThat(scheduler.ways(pod, scheduler.decide(pod)))
        .extracting(Way::node)
        .containsExactly("large", "tainted");
  }

  @Test
  void aProfilesOwnAffinityIsNothingOfThePods() {
    OfflineScheduler scheduler =
        new OfflineScheduler(
            SchedulerConfiguration.read(
                YamlReader.read(
                        "case",
                        "{profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity:"
                            + " {requiredDuringSchedulingIgnoredDuringExecution:"
                            + " {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator:"
                            + " Exists}]}]}}}}]}]}")
                    .getFirst()
                    .content()));
    scheduler.add(PluginCluster.node("name: one"));
    assertThat(changes(scheduler, PluginCluster.pod("requests: {cpu: 1}")))
        .isEqualTo(
            "have the node match addedAffinity in the arguments of the profile AND and then"
                + " perhaps more: what is asked later is not known");
  }
}
