package io.towtank.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Configurations and objects of all sorts that matter to the scheduler, from small vocabularies, so
 * that they meet. They are written as documents and read as those of users are.
 */
final class RandomObjects {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();
  private static final String[] APPS = {"web", "db", "cache"};
  private static final String[] NAMESPACES = {"default", "other", "third"};
  private static final String[] KEYS = {
    "kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack", "nowhere"
  };
  private static final String[] RESOURCES = {"cpu", "memory", "example.com/gpu", "example.com/nic"};
  private static final String[] EFFECTS = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
  private static final String[] PLUGINS = {
    "NodeUnschedulable",
    "NodeName",
    "TaintToleration",
    "NodeAffinity",
    "NodePorts",
    "NodeResourcesFit",
    "VolumeRestrictions",
    "NodeVolumeLimits",
    "VolumeBinding",
    "VolumeZone",
    "PodTopologySpread",
    "InterPodAffinity",
    "DefaultPreemption",
    "NodeResourcesBalancedAllocation",
    "ImageLocality"
  };
  private static final String[] SCORES = {
    "TaintToleration",
    "NodeAffinity",
    "NodeResourcesFit",
    "PodTopologySpread",
    "InterPodAffinity",
    "NodeResourcesBalancedAllocation",
    "ImageLocality"
  };

  private final Random random;

  RandomObjects(Random random) {
    this.random = random;
  }

  /** Objects from another stream of chance, of the same vocabulary. */
  static RandomObjects of(long seed) {
    return new RandomObjects(new Random(seed));
  }

  // Chance

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private String any(String... of) {
    return of[random.nextInt(of.length)];
  }

  private int upTo(int n) {
    return random.nextInt(n + 1);
  }

  private static String list(int count, Supplier<String> element) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(element.get());
    }
    return "[" + String.join(", ", elements) + "]";
  }

  /** Fields of an object, those that are empty left out. */
  private static String object(String... fields) {
    return java.util.Arrays.stream(fields)
        .filter(field -> !field.isEmpty())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(text, e);
    }
  }

  private static KubeObject read(String text) {
    return ObjectCodec.read(json(text));
  }

  // Configurations

  /**
   * A profile with some plugins off, other weights and other arguments.
   *
   * @param forgotten whether there may be arguments that kube-scheduler's hints forget: what is
   *     ignored when a node's room is judged, and that a node has come to match added affinity
   */
  SchedulerConfiguration configuration(boolean forgotten) {
    if (oneIn(3)) {
      return SchedulerConfiguration.defaults().withTies(Ties.FIRST);
    }
    String off =
        oneIn(2)
            ? ""
            : "multiPoint: {disabled: "
                + "["
                + java.util.Arrays.stream(PLUGINS)
                    .filter(p -> oneIn(6))
                    .map(RandomObjects::named)
                    .collect(Collectors.joining(", "))
                + "]}";
    String weights =
        off.isEmpty() && oneIn(2)
            ? "score: {enabled: ["
                + java.util.Arrays.stream(SCORES)
                    .filter(p -> oneIn(2))
                    .map(p -> "{name: '" + p + "', weight: " + (1 + random.nextInt(20)) + "}")
                    .collect(Collectors.joining(", "))
                + "]}"
            : "";
    String configuration =
        "{profiles: [{plugins: "
            + object(off, weights)
            + ", pluginConfig: ["
            + String.join(
                ", ",
                arguments(
                    "NodeResourcesFit",
                    object(
                        strategy(),
                        forgotten && oneIn(3) ? "ignoredResources: ['example.com/nic']" : "",
                        forgotten && oneIn(5) ? "ignoredResourceGroups: ['example.com']" : "")),
                arguments(
                    "NodeResourcesBalancedAllocation",
                    oneIn(2)
                        ? "{}"
                        : "{resources: ["
                            + java.util.Arrays.stream(RESOURCES)
                                .filter(r -> r.equals("cpu") || oneIn(2))
                                .map(r -> "{name: '" + r + "', weight: 1}")
                                .collect(Collectors.joining(", "))
                            + "]}"),
                arguments(
                    "InterPodAffinity",
                    object(
                        oneIn(2) ? "hardPodAffinityWeight: " + upTo(100) : "",
                        oneIn(4) ? "ignorePreferredTermsOfExistingPods: true" : "")),
                arguments(
                    "NodeAffinity",
                    forgotten && oneIn(3) ? "{addedAffinity: " + nodeAffinity() + "}" : "{}"),
                arguments(
                    "PodTopologySpread",
                    oneIn(2)
                        ? "{}"
                        : "{defaultingType: 'List', defaultConstraints: "
                            + defaultConstraints()
                            + "}"))
            + "]}]}";
    return SchedulerConfiguration.read(json(configuration)).withTies(Ties.FIRST);
  }

  /** At most one of a key and kind. */
  private String defaultConstraints() {
    List<String> constraints = new ArrayList<>();
    for (int key = 0; key < 3; key++) {
      for (String kind : new String[] {"DoNotSchedule", "ScheduleAnyway"}) {
        if (oneIn(3)) {
          constraints.add(
              object(
                  "maxSkew: " + (1 + random.nextInt(3)),
                  "topologyKey: '" + KEYS[key] + "'",
                  "whenUnsatisfiable: '" + kind + "'"));
        }
      }
    }
    return constraints.toString();
  }

  private static String named(String plugin) {
    return "{name: '" + plugin + "'}";
  }

  private static String arguments(String plugin, String arguments) {
    return "{name: '" + plugin + "', args: " + arguments + "}";
  }

  private String strategy() {
    String resources =
        java.util.Arrays.stream(RESOURCES)
            .filter(r -> r.equals("cpu") || oneIn(2))
            .map(r -> "{name: '" + r + "', weight: " + (1 + random.nextInt(5)) + "}")
            .collect(Collectors.joining(", ", "resources: [", "]"));
    return switch (random.nextInt(4)) {
      case 0 -> "scoringStrategy: {type: 'LeastAllocated', " + resources + "}";
      case 1 -> "scoringStrategy: {type: 'MostAllocated', " + resources + "}";
      case 2 ->
          "scoringStrategy: {type: 'RequestedToCapacityRatio', "
              + resources
              + ", requestedToCapacityRatio: {shape: [{utilization: 0, score: "
              + upTo(10)
              + "}, {utilization: 50, score: "
              + upTo(10)
              + "}, {utilization: 100, score: "
              + upTo(10)
              + "}]}}";
      default -> "";
    };
  }

  // Nodes

  /** A node; the same number makes the same one, but for its name. */
  static Node node(long shape, String name) {
    return RandomObjects.of(shape).node(name);
  }

  private Node node(String name) {
    String labels =
        object(
            oneIn(15) ? "" : "'kubernetes.io/hostname': '" + (oneIn(10) ? "shared" : name) + "'",
            oneIn(8) ? "" : "'topology.kubernetes.io/zone': 'zone-" + random.nextInt(3) + "'",
            oneIn(2) ? "rack: 'rack-" + random.nextInt(4) + "'" : "",
            oneIn(2) ? "cores: '" + any("4", "8", "16", "many") + "'" : "",
            oneIn(3) ? "disk: '" + any("ssd", "hdd") + "'" : "");
    String resources =
        object(
            "cpu: '" + any("0", "500m", "1", "2", "4", "8") + "'",
            oneIn(20) ? "" : "memory: '" + any("512Mi", "1Gi", "4Gi", "8Gi") + "'",
            oneIn(2) ? "'ephemeral-storage': '" + any("0", "1Gi", "10Gi") + "'" : "",
            oneIn(3) ? "'example.com/gpu': '" + upTo(4) + "'" : "",
            oneIn(4) ? "'example.com/nic': '" + upTo(2) + "'" : "",
            oneIn(5) ? "'hugepages-2Mi': '" + any("0", "64Mi") + "'" : "",
            "pods: '" + (oneIn(15) ? 0 : 1 + random.nextInt(9)) + "'");
    return (Node)
        read(
            "{apiVersion: 'v1', kind: 'Node', metadata: {name: '"
                + name
                + "', labels: "
                + labels
                + "}, spec: "
                + object(
                    oneIn(3) ? "taints: " + list(1 + random.nextInt(2), this::taint) : "",
                    oneIn(12) ? "unschedulable: true" : "")
                + ", status: {capacity: "
                + resources
                + ", allocatable: "
                + resources
                + ", images: "
                + (oneIn(2) ? "[]" : list(1 + random.nextInt(2), this::image))
                + "}}");
  }

  private String taint() {
    return object(
        "key: '" + any("t", "u", "node.kubernetes.io/unschedulable") + "'",
        oneIn(3) ? "" : "value: '" + any("v", "w") + "'",
        "effect: '" + any(EFFECTS) + "'");
  }

  /** An image of one name is equally large wherever it is: else it counts who was seen first. */
  private String image() {
    return any(
        "{names: ['img0:latest'], sizeBytes: 400000000}",
        "{names: ['img0:latest', 'img2@sha256:0123'], sizeBytes: 400000000}",
        "{names: ['img1:v1', 'docker.io/library/img1:v1'], sizeBytes: 90000000}",
        "{names: ['img3:5000/x:latest'], sizeBytes: 2000000000}");
  }

  // Pods

  /** A pod's spec. */
  String spec() {
    return object(
        "containers: " + list(1 + random.nextInt(2), () -> container(false)),
        oneIn(4) ? "initContainers: " + list(1 + random.nextInt(2), () -> container(true)) : "",
        oneIn(6) ? "overhead: {cpu: '50m', memory: '10Mi'}" : "",
        oneIn(8) ? "resources: {requests: " + requests(false) + "}" : "",
        oneIn(4) ? "" : "priority: " + (random.nextInt(6) * 10 - 10),
        oneIn(15) ? "preemptionPolicy: 'Never'" : "",
        oneIn(3) ? "tolerations: " + list(1 + random.nextInt(2), this::toleration) : "",
        oneIn(6) ? "nodeSelector: {disk: 'ssd'}" : "",
        oneIn(40) ? "schedulingGates: [{name: 'gate'}]" : "",
        oneIn(2) ? "affinity: " + affinity() : "",
        oneIn(3) ? "topologySpreadConstraints: " + list(1 + random.nextInt(2), this::spread) : "",
        oneIn(4) ? "volumes: [" + volumes() + "]" : "");
  }

  private String container(boolean init) {
    return object(
        "name: 'c" + random.nextInt(1000) + "'",
        "image: '"
            + any("img0", "img0:latest", "img1:v1", "img2@sha256:0123", "img3:5000/x", "none")
            + "'",
        init && oneIn(2) ? "restartPolicy: 'Always'" : "",
        oneIn(4) ? "" : "resources: {requests: " + requests(true) + "}",
        oneIn(init ? 10 : 5) ? "ports: " + list(1 + random.nextInt(2), this::port) : "");
  }

  private String requests(boolean extended) {
    return object(
        oneIn(4) ? "" : "cpu: '" + any("0", "50m", "100m", "300m", "1", "1500m") + "'",
        oneIn(4) ? "" : "memory: '" + any("0", "100Mi", "300Mi", "1Gi") + "'",
        extended && oneIn(8) ? "'ephemeral-storage': '" + any("0", "1Gi") + "'" : "",
        extended && oneIn(8) ? "'example.com/gpu': '" + upTo(2) + "'" : "",
        extended && oneIn(12) ? "'example.com/nic': '1'" : "",
        extended && oneIn(12) ? "'hugepages-2Mi': '32Mi'" : "");
  }

  private String port() {
    return object(
        "containerPort: 80",
        oneIn(4) ? "" : "hostPort: " + (80 + random.nextInt(2)),
        oneIn(3) ? "protocol: '" + any("TCP", "UDP") + "'" : "",
        oneIn(3) ? "hostIP: '" + any("0.0.0.0", "10.0.0.1", "10.0.0.2", "") + "'" : "");
  }

  private String toleration() {
    return object(
        oneIn(6) ? "" : "key: '" + any("t", "u", "node.kubernetes.io/unschedulable") + "'",
        switch (random.nextInt(3)) {
          case 0 -> "operator: 'Exists'";
          case 1 -> "operator: 'Equal', value: '" + any("v", "w") + "'";
          default -> "value: 'v'";
        },
        oneIn(2) ? "effect: '" + any(EFFECTS) + "'" : "");
  }

  private String affinity() {
    return object(
        oneIn(3) ? "nodeAffinity: " + nodeAffinity() : "",
        oneIn(3) ? "podAffinity: " + podAffinity() : "",
        oneIn(3) ? "podAntiAffinity: " + podAffinity() : "");
  }

  private String nodeAffinity() {
    return object(
        oneIn(2)
            ? "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
                + list(1 + random.nextInt(2), this::nodeTerm)
                + "}"
            : "",
        oneIn(2)
            ? "preferredDuringSchedulingIgnoredDuringExecution: "
                + list(
                    1 + random.nextInt(3),
                    () ->
                        "{weight: "
                            + (1 + random.nextInt(100))
                            + ", preference: "
                            + nodeTerm()
                            + "}")
            : "");
  }

  private String nodeTerm() {
    if (oneIn(15)) {
      return "{}";
    }
    return object(
        oneIn(8) ? "" : "matchExpressions: " + list(1 + random.nextInt(2), this::nodeRequirement),
        oneIn(8)
            ? "matchFields: [{key: 'metadata.name', operator: '"
                + any("In", "NotIn")
                + "', values: ['node-"
                + random.nextInt(5)
                + "']}]"
            : "");
  }

  private String nodeRequirement() {
    return switch (random.nextInt(6)) {
      case 0 -> "{key: 'cores', operator: 'Gt', values: ['" + any("4", "8") + "']}";
      case 1 -> "{key: 'cores', operator: 'Lt', values: ['" + any("8", "16") + "']}";
      case 2 -> "{key: '" + any("disk", "rack") + "', operator: 'Exists'}";
      case 3 -> "{key: '" + any("disk", "rack") + "', operator: 'DoesNotExist'}";
      case 4 -> "{key: '" + KEYS[1] + "', operator: 'NotIn', values: ['zone-0', 'zone-9']}";
      default ->
          "{key: '" + KEYS[1] + "', operator: 'In', values: ['zone-" + random.nextInt(3) + "']}";
    };
  }

  private String podAffinity() {
    return object(
        oneIn(2)
            ? "requiredDuringSchedulingIgnoredDuringExecution: "
                + list(1 + (oneIn(3) ? 1 : 0), this::podTerm)
            : "",
        oneIn(2)
            ? "preferredDuringSchedulingIgnoredDuringExecution: "
                + list(
                    1 + random.nextInt(2),
                    () ->
                        "{weight: "
                            + (1 + random.nextInt(100))
                            + ", podAffinityTerm: "
                            + podTerm()
                            + "}")
            : "");
  }

  private String podTerm() {
    boolean keys = oneIn(5);
    return object(
        oneIn(12) ? "" : "labelSelector: " + selector(),
        "topologyKey: '" + any(KEYS) + "'",
        oneIn(5) ? "namespaces: ['" + any(NAMESPACES) + "']" : "",
        switch (random.nextInt(8)) {
          case 0 -> "namespaceSelector: {matchLabels: {team: '" + any("a", "b") + "'}}";
          case 1 -> "namespaceSelector: {}";
          default -> "";
        },
        keys ? any("matchLabelKeys", "mismatchLabelKeys") + ": ['tier']" : "");
  }

  private String selector() {
    return switch (random.nextInt(8)) {
      case 0 ->
          "{matchExpressions: [{key: 'app', operator: '"
              + any("In", "NotIn")
              + "', values: ['"
              + any(APPS)
              + "', 'web']}]}";
      case 1 ->
          "{matchExpressions: [{key: 'tier', operator: '" + any("Exists", "DoesNotExist") + "'}]}";
      case 2 -> "{}";
      default -> "{matchLabels: {app: '" + any(APPS) + "'}}";
    };
  }

  private String spread() {
    boolean hard = oneIn(2);
    return object(
        "maxSkew: " + (1 + random.nextInt(3)),
        "topologyKey: '" + any(KEYS) + "'",
        "whenUnsatisfiable: '" + (hard ? "DoNotSchedule" : "ScheduleAnyway") + "'",
        "labelSelector: " + selector(),
        hard && oneIn(3) ? "minDomains: " + (1 + random.nextInt(4)) : "",
        oneIn(3) ? "nodeAffinityPolicy: '" + any("Honor", "Ignore") + "'" : "",
        oneIn(3) ? "nodeTaintsPolicy: '" + any("Honor", "Ignore") + "'" : "",
        oneIn(5) ? "matchLabelKeys: ['tier']" : "");
  }

  private String volumes() {
    return switch (random.nextInt(7)) {
      case 0 ->
          inline("gcePersistentDisk: {pdName: 'd" + upTo(1) + "', readOnly: " + oneIn(2) + "}");
      case 1 -> inline("awsElasticBlockStore: {volumeID: 'd" + upTo(1) + "'}");
      case 2 ->
          inline(
              "iscsi: {targetPortal: 'p', lun: 0, iqn: 'iqn"
                  + upTo(1)
                  + "', readOnly: "
                  + oneIn(2)
                  + "}");
      case 3 ->
          inline(
              "rbd: {monitors: ['m" + upTo(1) + "', 'm2'], image: 'i" + upTo(1) + "', pool: 'p'}");
      default ->
          list(
                  1 + random.nextInt(2),
                  () ->
                      "{name: 'v"
                          + random.nextInt(1000)
                          + "', persistentVolumeClaim: {claimName: 'claim-"
                          + random.nextInt(6)
                          + "'}}")
              .replaceAll("^\\[|]$", "");
    };
  }

  private static String inline(String source) {
    return "{name: 'v', " + source + "}";
  }

  /** A pod that waits, of a spec. */
  Pod pod(String name, String spec) {
    return (Pod)
        read(
            "{apiVersion: 'v1', kind: 'Pod', metadata: {name: '"
                + name
                + "', namespace: '"
                + (oneIn(4) ? any(NAMESPACES) : "default")
                + "', uid: '"
                + name
                + "', labels: "
                + labels()
                + (oneIn(6)
                    ? ", ownerReferences: [{apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs-"
                        + random.nextInt(2)
                        + "', uid: 'u', controller: true}]"
                    : "")
                + "}, spec: "
                + spec
                + ", status: {phase: 'Pending', startTime: '2026-01-01T00:00:0"
                + random.nextInt(10)
                + "Z'}}");
  }

  private String labels() {
    return object(
        oneIn(10) ? "" : "app: '" + any(APPS) + "'",
        oneIn(2) ? "tier: '" + any("front", "back") + "'" : "");
  }

  // All else

  /** An object beside nodes and pods, of a name that others may have, too. */
  KubeObject other() {
    return switch (random.nextInt(9)) {
      case 0 -> namespace(any(NAMESPACES));
      case 1 ->
          read(
              "{apiVersion: 'v1', kind: 'Service', metadata: {name: 's-"
                  + random.nextInt(3)
                  + "', namespace: 'default'}, spec: {selector: {app: '"
                  + any(APPS)
                  + "'}}}");
      case 2 ->
          read(
              "{apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {name: 'rs-"
                  + random.nextInt(2)
                  + "', namespace: 'default'}, spec: {selector: {matchLabels: {app: '"
                  + any(APPS)
                  + "'}}, template: {metadata: {labels: {app: 'web'}}, spec: {containers: []}}}}");
      case 3 -> budget();
      case 4 -> storageClass(random.nextInt(4));
      case 5 -> csiNode("node-" + random.nextInt(6));
      case 6 -> volume(random.nextInt(6));
      case 7 -> storage();
      default -> claim(random.nextInt(6));
    };
  }

  private KubeObject namespace(String name) {
    return read(
        "{apiVersion: 'v1', kind: 'Namespace', metadata: {name: '"
            + name
            + "', labels: {team: '"
            + any("a", "b")
            + "'}}}");
  }

  private KubeObject budget() {
    return read(
        "{apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: {name: 'b-"
            + random.nextInt(2)
            + "', namespace: 'default'}, spec: {selector: "
            + selector()
            + "}, status: {disruptionsAllowed: "
            + upTo(2)
            + ", currentHealthy: 0, desiredHealthy: 0, expectedPods: 0}}");
  }

  KubeObject storageClass(int number) {
    return read(
        "{apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: {name: 'class-"
            + number
            + "'}, provisioner: '"
            + any("csi.example.com", "kubernetes.io/no-provisioner", "kubernetes.io/aws-ebs")
            + "', volumeBindingMode: '"
            + (number == 0 ? "Immediate" : "WaitForFirstConsumer")
            + "'"
            + (oneIn(3)
                ? ", allowedTopologies: [{matchLabelExpressions: [{key: '"
                    + KEYS[1]
                    + "', values: ['zone-0', 'zone-1']}]}]"
                : "")
            + "}");
  }

  private KubeObject csiNode(String name) {
    return read(
        "{apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: {name: '"
            + name
            + "'}, spec: {drivers: [{name: '"
            + any("csi.example.com", "ebs.csi.aws.com")
            + "', nodeID: 'n', topologyKeys: [], allocatable: {count: "
            + upTo(2)
            + "}}]}}");
  }

  private KubeObject volume(int number) {
    boolean bound = oneIn(2);
    return read(
        "{apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name: 'volume-"
            + number
            + "', labels: "
            + object(
                oneIn(4)
                    ? "'topology.kubernetes.io/zone': '" + any("zone-0", "zone-0__zone-1") + "'"
                    : "",
                oneIn(6) ? "'failure-domain.beta.kubernetes.io/zone': 'zone-1'" : "")
            + "}, spec: {capacity: {storage: '"
            + any("1Gi", "5Gi", "10Gi")
            + "'}, accessModes: ['ReadWriteOnce'], storageClassName: 'class-"
            + (1 + random.nextInt(3))
            + "', "
            + (oneIn(2)
                ? "csi: {driver: 'csi.example.com', volumeHandle: 'h" + number + "'}"
                : "local: {path: '/x'}")
            + (oneIn(2)
                ? ", nodeAffinity: {required: {nodeSelectorTerms: [" + nodeTerm() + "]}}"
                : "")
            + (bound ? ", claimRef: {name: 'claim-" + number + "', namespace: 'default'}" : "")
            + "}, status: {phase: '"
            + (bound ? "Bound" : "Available")
            + "'}}");
  }

  private KubeObject claim(int number) {
    boolean bound = oneIn(2);
    return read(
        "{apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: {name: 'claim-"
            + number
            + "', namespace: 'default'"
            + (bound
                ? ", annotations: {'pv.kubernetes.io/bind-completed': 'yes'}"
                : oneIn(6) ? ", annotations: {'volume.kubernetes.io/selected-node': 'node-1'}" : "")
            + (oneIn(15) ? ", deletionTimestamp: '2026-01-01T00:00:00Z'" : "")
            + "}, spec: {accessModes: ['"
            + any("ReadWriteOnce", "ReadWriteOnce", "ReadWriteOncePod")
            + "'], resources: {requests: {storage: '"
            + any("1Gi", "5Gi")
            + "'}}, storageClassName: 'class-"
            + (oneIn(8) ? 0 : 1 + random.nextInt(3))
            + "'"
            + (bound ? ", volumeName: 'volume-" + number + "'" : "")
            + "}, status: {phase: '"
            + (bound ? "Bound" : oneIn(20) ? "Lost" : "Pending")
            + "'}}");
  }

  private KubeObject storage() {
    return switch (random.nextInt(3)) {
      case 0 ->
          read(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: {name:"
                  + " 'csi.example.com'}, spec: {storageCapacity: "
                  + oneIn(2)
                  + "}}");
      case 1 ->
          read(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity', metadata: {name: 'c-"
                  + random.nextInt(3)
                  + "', namespace: 'default'}, storageClassName: 'class-"
                  + (1 + random.nextInt(3))
                  + "', capacity: '"
                  + any("1Gi", "4Gi", "8Gi")
                  + "', nodeTopology: {matchLabels: {'"
                  + KEYS[1]
                  + "': 'zone-"
                  + random.nextInt(3)
                  + "'}}}");
      default ->
          read(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: {name: 'a-"
                  + random.nextInt(6)
                  + "'}, spec: {attacher: 'csi.example.com', nodeName: 'node-"
                  + random.nextInt(6)
                  + "', source: {persistentVolumeName: 'volume-"
                  + random.nextInt(6)
                  + "'}}}");
    };
  }
}
