package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.codec.ObjectCodec;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.ProfileFactory;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which events have a pod tried again, by the plugin that turned it down (kube-scheduler:
 * EventsToRegister and the hints). Each row is a kind of event, each column a plugin: W wakes the
 * pod, a point does not.
 */
class QueueingHintsTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();

  private static final ImmutableList<String> PLUGINS =
      ImmutableList.of(
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
          "SchedulingGates");

  /** Wants a bit of everything. */
  private static final String WAITING =
      """
      {apiVersion: 'v1', kind: 'Pod',
       metadata: {name: 'waiting', namespace: 'default', labels: {app: 'choosy'}},
       spec: {
         containers: [{name: 'c', image: 'pause', ports: [{containerPort: 80, hostPort: 80}],
                       resources: {requests: {cpu: '1', memory: '1Gi'}}}],
         nodeSelector: {'topology.kubernetes.io/zone': 'wanted'},
         topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone',
                                      whenUnsatisfiable: 'DoNotSchedule', labelSelector: {matchLabels: {app: 'choosy'}}}],
         affinity: {
           podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
             {topologyKey: 'kubernetes.io/hostname', labelSelector: {matchLabels: {app: 'friend'}}}]},
           podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
             {topologyKey: 'kubernetes.io/hostname', labelSelector: {matchLabels: {app: 'enemy'}}}]}},
         volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'data'}},
                   {name: 'disk', gcePersistentDisk: {pdName: 'disk-1'}},
                   {name: 'inline', csi: {driver: 'd'}}]}}
      """;

  private final ClusterState state = new ClusterState();
  private final SchedulingQueue queue = queue();

  private SchedulingQueue queue() {
    Simulation simulation = new Simulation(1, 0);
    SchedulerConfiguration configuration = SchedulerConfiguration.defaults();
    var profiles =
        ProfileFactory.create(
            configuration,
            new PluginContext(
                state,
                new ApiClient(
                    "test",
                    simulation,
                    new ApiStore(simulation, ImmutableList.of()),
                    Distribution.ZERO,
                    ClientLimits.NONE),
                new PodNominator(),
                new WorkloadSelectors(state),
                ImmutableList::of,
                ImmutableList.of(),
                ImmutableSet.of(),
                new SimulationTimers(simulation),
                () -> 0,
                null,
                Handle.NONE));
    return new SchedulingQueue(configuration, profiles, () -> 0, state::info);
  }

  private static <T extends KubeObject> T read(Kind<T> kind, String json)
      throws JsonProcessingException {
    return ObjectCodec.read(kind, JSON.readTree(json));
  }

  private static Pod waiting(String... replacements) throws JsonProcessingException {
    String json = WAITING;
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(json).contains(replacements[i]);
      json = json.replace(replacements[i], replacements[i + 1]);
    }
    return read(Kinds.POD, json);
  }

  /** Who turned the pod down and lets it be tried again because of something that happens. */
  private String woken(Happening happening) throws JsonProcessingException {
    StringBuilder woken = new StringBuilder();
    for (String plugin : PLUGINS) {
      Pod pod = waiting();
      queue.add(pod);
      QueuedPod queued = Objects.requireNonNull(queue.pop());
      queue.failed(queued, ImmutableSet.of(plugin), ImmutableSet.of());
      assertThat(queued.place).isEqualTo(QueuedPod.Place.UNSCHEDULABLE);
      happening.happen();
      woken.append(queued.place == QueuedPod.Place.UNSCHEDULABLE ? ". " : "W ");
      queue.remove(queued.key);
    }
    return woken.toString().strip();
  }

  private interface Happening {
    void happen() throws JsonProcessingException;
  }

  // Nodes: a zone, and what else is to be said.

  private static @Nullable Node node(String text) throws JsonProcessingException {
    if (text.equals("-")) {
      return null;
    }
    String zone = text.contains("elsewhere") ? "elsewhere" : "wanted";
    String host = text.contains("other host") ? "other" : "n";
    String labels =
        text.contains("unlabelled")
            ? "{}"
            : "{'topology.kubernetes.io/zone': '"
                + zone
                + "', 'kubernetes.io/hostname': '"
                + host
                + "'"
                + (text.contains("extra label") ? ", extra: 'yes'" : "")
                + "}";
    String taints =
        text.contains("tainted") ? "taints: [{key: 'k', value: 'v', effect: 'NoSchedule'}]," : "";
    String images = text.contains("image") ? ", images: [{names: ['i:1'], sizeBytes: 5}]" : "";
    String cpu = text.contains("small") ? "500m" : text.contains("large") ? "8" : "4";
    String pods = text.contains("no pods") ? "0" : "110";
    return read(
        Kinds.NODE,
        "{apiVersion: 'v1', kind: 'Node', metadata: {name: 'n', annotations: "
            + (text.contains("annotated") ? "{a: 'b'}" : "{}")
            + ", labels: "
            + labels
            + "},"
            + " spec: {"
            + taints
            + " unschedulable: "
            + text.contains("cordoned")
            + "},"
            + " status: {allocatable: {cpu: '"
            + cpu
            + "', memory: '8Gi', pods: '"
            + pods
            + "'}, conditions: [{type: 'Ready', status: '"
            + (text.contains("not ready") ? "False" : "True")
            + "'}]"
            + images
            + "}}");
  }

  @ParameterizedTest(name = "node {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # before       | now                | NU NN TT NA NP RF VR VL VB VZ TS IA SG
          -              | fits               | W W W W W W W . W W W W .
          -              | fits, small        | W W W W W . W . W W W W .
          -              | fits, no pods      | W W W W W . W . W W W W .
          -              | elsewhere          | W W W . W W W . W W W W .
          -              | tainted            | W W . W W W W . W W W W .
          -              | cordoned           | . W W W W W W . W W W W .
          -              | unlabelled         | W W W . W W W . W W . W .
          small          | fits               | . . . . . W . . . . . . .
          fits           | large              | . . . . . W . . . . . . .
          fits           | small              | . . . . . . . . . . . . .
          no pods        | fits               | . . . . . W . . . . . . .
          elsewhere      | fits               | . . . W . . . . W W W . .
          fits           | elsewhere          | . . . . . . . . W W W . .
          unlabelled     | fits               | . . . W . . . . W W W W .
          fits           | unlabelled         | . . . . . . . . W W W W .
          fits           | other host         | . . . . . . . . W W . W .
          fits           | extra label        | . . . . . . . . W W . . .
          tainted        | fits               | . . W . . . . . . . W . .
          fits           | tainted            | . . . . . . . . . . W . .
          cordoned       | fits               | W . . . . . . . . . . . .
          fits           | cordoned           | . . . . . . . . . . . . .
          fits           | image              | . . . . . . . . . . . . .
          fits           | annotated          | . . . . . . . . . . . . .
          not ready      | fits               | . . . . . . . . . . . . .
          fits           | -                  | . . . . . . . . . . W . .
          unlabelled     | -                  | . . . . . . . . . . . . .
          """)
  void nodes(String before, String now, String wakes) throws JsonProcessingException {
    Node previous = node(before);
    Node current = node(now);
    int actions =
        previous == null
            ? ClusterEvent.ADD
            : current == null ? ClusterEvent.DELETE : NodeChanges.between(previous, current);
    assertThat(actions).as("it is an event").isNotZero();
    assertThat(
            woken(() ->
                queue.moved(
                    new ClusterEvent(ClusterEvent.Resource.NODE, actions), previous, current)))
        .isEqualTo(wakes);
  }

  // Pods that have nodes: an app, and what else is to be said.

  private static @Nullable Pod pod(String text) throws JsonProcessingException {
    if (text.equals("-")) {
      return null;
    }
    String app = text.split(",", 2)[0];
    String namespace = text.contains("other namespace") ? "elsewhere" : "default";
    String port = text.contains("port 80") ? "80" : text.contains("port 81") ? "81" : "0";
    String volumes =
        text.contains("claim data")
            ? "[{name: 'v', persistentVolumeClaim: {claimName: 'data'}}]"
            : text.contains("claim else")
                ? "[{name: 'v', persistentVolumeClaim: {claimName: 'else'}}]"
                : text.contains("disk")
                    ? "[{name: 'v', gcePersistentDisk: {pdName: 'disk-1'}}]"
                    : "[]";
    String affinity =
        text.contains("shy")
            ? "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: ["
                + "{topologyKey: 'kubernetes.io/hostname',"
                + " labelSelector: {matchLabels: {app: 'choosy'}}}]}},"
            : "";
    String cpu = text.contains("big") ? "2" : "1";
    return read(
        Kinds.POD,
        "{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p', namespace: '"
            + namespace
            + "', labels: {app: '"
            + app
            + "'}}, spec: {nodeName: 'n', "
            + affinity
            + " volumes: "
            + volumes
            + ", containers: [{name: 'c', image: 'pause', ports: "
            + (port.equals("0") ? "[]" : "[{containerPort: 8080, hostPort: " + port + "}]")
            + ", resources: {requests: {cpu: '"
            + cpu
            + "'}}}]}"
            + (text.contains("still has")
                ? ", status: {containerStatuses: [{name: 'c', resources: {requests: {cpu: '2'}}}]}"
                : "")
            + "}");
  }

  @ParameterizedTest(name = "pod {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # before                 | now             | NU NN TT NA NP RF VR VL VB VZ TS IA SG
          -                        | other           | . . . . . . . . . . . . .
          -                        | choosy          | . . . . . . . . . . W . .
          -                        | friend          | . . . . . . . . . . . W .
          -                        | enemy           | . . . . . . . . . . . . .
          -                        | friend, other namespace | . . . . . . . . . . . . .
          -                        | choosy, other namespace | . . . . . . . . . . . . .
          other                    | -               | . . . . . W . . . . . . .
          choosy                   | -               | . . . . . W . . . . W . .
          friend                   | -               | . . . . . W . . . . . . .
          enemy                    | -               | . . . . . W . . . . . W .
          enemy, other namespace   | -               | . . . . . W . . . . . . .
          other, shy               | -               | . . . . . W . . . . . W .
          other, port 80           | -               | . . . . W W . . . . . . .
          other, port 81           | -               | . . . . . W . . . . . . .
          other, claim data        | -               | . . . . . W W W . . . . .
          other, claim data, other namespace | -     | . . . . . W . W . . . . .
          other, claim else        | -               | . . . . . W . W . . . . .
          other, disk              | -               | . . . . . W W W . . . . .
          other, big               | other           | . . . . . W . . . . . . .
          other                    | other, big      | . . . . . . . . . . . . .
          other, still has 2       | other           | . . . . . W . . . . . . .
          other                    | other, still has 2 | . . . . . . . . . . . . .
          other, big               | other, still has 2 | . . . . . . . . . . . . .
          other                    | friend          | . . . . . . . . . . . W .
          friend                   | other           | . . . . . . . . . . . . .
          enemy                    | other           | . . . . . . . . . . . W .
          other                    | choosy          | . . . . . . . . . . W . .
          choosy                   | other           | . . . . . . . . . . W . .
          other                    | another         | . . . . . . . . . . . . .
          """)
  void pods(String before, String now, String wakes) throws JsonProcessingException {
    Pod previous = pod(before);
    Pod current = pod(now);
    int actions =
        previous == null
            ? ClusterEvent.ADD
            : current == null
                ? ClusterEvent.DELETE
                : PodChanges.between(previous, state.info(previous), current, state.info(current));
    assertThat(
            woken(() ->
                queue.moved(
                    new ClusterEvent(ClusterEvent.Resource.ASSIGNED_POD, actions),
                    previous,
                    current)))
        .isEqualTo(wakes);
  }

  // Terms of affinity, one by one.

  private boolean wakes(
      String terms,
      ClusterEvent.Resource resource,
      @Nullable KubeObject previous,
      @Nullable KubeObject current)
      throws JsonProcessingException {
    queue.add(
        read(
            Kinds.POD,
            "{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'waiting', namespace: 'default',"
                + " labels: {app: 'choosy', tier: 'one'}}, spec: {containers: [{name: 'c', image:"
                + " 'pause'}], affinity: {"
                + terms
                + "}}}"));
    QueuedPod queued = Objects.requireNonNull(queue.pop());
    queue.failed(queued, ImmutableSet.of("InterPodAffinity"), ImmutableSet.of());
    int actions =
        previous == null
            ? ClusterEvent.ADD
            : current == null
                ? ClusterEvent.DELETE
                : current instanceof Node
                    ? ClusterEvent.UPDATE_NODE_LABEL
                    : ClusterEvent.UPDATE_POD_LABEL;
    queue.moved(new ClusterEvent(resource, actions), previous, current);
    return queued.place != QueuedPod.Place.UNSCHEDULABLE;
  }

  private static String required(String kind, String more) {
    return kind
        + ": {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey:"
        + " 'kubernetes.io/hostname', labelSelector: {matchLabels: {app: 'other'}}"
        + more
        + "}]}";
  }

  @ParameterizedTest(name = "{0}, node {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the pod has   | before     | now         | is it tried again?
          podAffinity     | -          | fits        | true
          podAffinity     | -          | unlabelled  | false
          podAffinity     | fits       | extra label | false
          podAffinity     | fits       | other host  | true
          podAffinity     | unlabelled | fits        | true
          podAffinity     | fits       | unlabelled  | false
          podAntiAffinity | -          | fits        | true
          podAntiAffinity | -          | unlabelled  | true
          podAntiAffinity | fits       | extra label | false
          podAntiAffinity | fits       | other host  | true
          podAntiAffinity | unlabelled | fits        | false
          podAntiAffinity | fits       | unlabelled  | true
          neither         | -          | unlabelled  | true
          neither         | unlabelled | fits        | false
          """)
  void nodesByTerm(String kind, String before, String now, boolean wakes)
      throws JsonProcessingException {
    assertThat(
            wakes(
                kind.equals("neither") ? "" : required(kind, ""),
                ClusterEvent.Resource.NODE,
                node(before),
                node(now)))
        .isEqualTo(wakes);
  }

  @ParameterizedTest(name = "{0} with {1}, pod {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the pod has   | for namespaces                                   | before                 | now                    | is it tried again?
          podAffinity     | namespaceSelector: {matchLabels: {team: 'far'}}  | -                      | other, other namespace | true
          podAffinity     | namespaceSelector: {matchLabels: {team: 'near'}} | -                      | other, other namespace | false
          podAffinity     | namespaceSelector: {matchLabels: {team: 'far'}}  | -                      | other                  | false
          podAffinity     | namespaceSelector: {}                            | -                      | other, other namespace | true
          podAffinity     | namespaces: ['elsewhere']                        | -                      | other, other namespace | true
          podAffinity     | matchLabelKeys: ['tier']                         | -                      | other                  | false
          podAntiAffinity | namespaceSelector: {matchLabels: {team: 'far'}}  | other, other namespace | -                      | true
          podAntiAffinity | namespaceSelector: {matchLabels: {team: 'near'}} | other, other namespace | -                      | false
          podAntiAffinity | namespaceSelector: {matchLabels: {team: 'far'}}  | other, other namespace | friend, other namespace | true
          podAntiAffinity | namespaceSelector: {matchLabels: {team: 'near'}} | other, other namespace | friend, other namespace | false
          """)
  void podsByNamespaceOfATerm(
      String kind, String namespaces, String before, String now, boolean wakes)
      throws JsonProcessingException {
    state.setNamespace("elsewhere", ImmutableMap.of("team", "far"));
    assertThat(
            wakes(
                required(kind, ", " + namespaces),
                ClusterEvent.Resource.ASSIGNED_POD,
                pod(before),
                pod(now)))
        .isEqualTo(wakes);
  }

  // Volumes and what belongs to them.

  private static KubeObject storage(String text) throws JsonProcessingException {
    String name = text.split(" ", 3)[1];
    String metadata = "metadata: {name: '" + name + "'";
    return switch (text.split(" ", 2)[0]) {
      case "claim" ->
          read(
              Kinds.PERSISTENT_VOLUME_CLAIM,
              "{apiVersion: 'v1', kind: 'PersistentVolumeClaim', "
                  + metadata
                  + ", namespace: 'default'}, spec: {volumeName: '"
                  + (text.contains("bound") ? "pv" : "")
                  + "'}}");
      case "volume" ->
          read(
              Kinds.PERSISTENT_VOLUME,
              "{apiVersion: 'v1', kind: 'PersistentVolume', "
                  + metadata
                  + ", labels: {'topology.kubernetes.io/zone': '"
                  + (text.contains("moved") ? "b" : "a")
                  + "'}}, spec: {capacity: {storage: '"
                  + (text.contains("larger") ? "2Gi" : "1Gi")
                  + "'}}}");
      case "class" ->
          read(
              Kinds.STORAGE_CLASS,
              "{apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', "
                  + metadata
                  + "}, provisioner: 'p', volumeBindingMode: '"
                  + (text.contains("waits") ? "WaitForFirstConsumer" : "Immediate")
                  + "', allowVolumeExpansion: "
                  + text.contains("expands")
                  + ", allowedTopologies: "
                  + (text.contains("anywhere")
                      ? "[]"
                      : "[{matchLabelExpressions: [{key: 'zone', values: ['a']}]}]")
                  + "}");
      case "csinode" ->
          read(
              Kinds.CSI_NODE,
              "{apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', "
                  + metadata
                  + ", annotations: {'storage.alpha.kubernetes.io/migrated-plugins': '"
                  + (text.contains("migrated") ? "x" : "")
                  + "'}}, spec: {drivers: ["
                  + (text.contains("driver")
                      ? "{name: 'd', nodeID: 'n', topologyKeys: [], allocatable: {"
                          + (text.contains("of two") ? "count: 2" : "")
                          + "}}"
                      : "")
                  + "]}}");
      case "driver" ->
          generic(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', "
                  + metadata
                  + "}, spec: {storageCapacity: "
                  + text.contains("capacity")
                  + "}}");
      case "capacity" ->
          generic(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity', "
                  + metadata
                  + ", namespace: 'default'}, storageClassName: 'c', nodeTopology: {}"
                  + (text.contains("Gi")
                      ? ", capacity: '" + text.substring(text.lastIndexOf(' ') + 1) + "'"
                      : "")
                  + "}");
      case "attachment" ->
          generic(
              "{apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', "
                  + metadata
                  + "}, spec: {attacher: 'd', nodeName: 'n', source: {persistentVolumeName:"
                  + " 'v'}}}");
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static KubeObject generic(String json) throws JsonProcessingException {
    return ObjectCodec.read(JSON.readTree(json));
  }

  private static ClusterEvent.Resource resource(KubeObject object) {
    return switch (object.kind().name()) {
      case "PersistentVolumeClaim" -> ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM;
      case "PersistentVolume" -> ClusterEvent.Resource.PERSISTENT_VOLUME;
      case "StorageClass" -> ClusterEvent.Resource.STORAGE_CLASS;
      case "CSINode" -> ClusterEvent.Resource.CSI_NODE;
      case "CSIDriver" -> ClusterEvent.Resource.CSI_DRIVER;
      case "CSIStorageCapacity" -> ClusterEvent.Resource.CSI_STORAGE_CAPACITY;
      case "VolumeAttachment" -> ClusterEvent.Resource.VOLUME_ATTACHMENT;
      default -> throw new IllegalArgumentException(object.kind().name());
    };
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # before         | now                  | NU NN TT NA NP RF VR VL VB VZ TS IA SG
          -                | claim data           | . . . . . . W W W W . . .
          -                | claim else           | . . . . . . . . . . . . .
          claim data       | claim data bound     | . . . . . . . . W W . . .
          claim else       | claim else bound     | . . . . . . . . . . . . .
          claim data       | -                    | . . . . . . . . . . . . .
          -                | volume v             | . . . . . . . . W W . . .
          volume v         | volume v larger      | . . . . . . . . W . . . .
          volume v         | volume v moved       | . . . . . . . . W W . . .
          volume v         | -                    | . . . . . . . . . . . . .
          -                | class c              | . . . . . . . . W . . . .
          -                | class c waits        | . . . . . . . . W W . . .
          class c          | class c anywhere     | . . . . . . . . W . . . .
          class c          | class c expands      | . . . . . . . . . . . . .
          class c          | -                    | . . . . . . . . . . . . .
          -                | csinode n            | . . . . . . . W W . . . .
          csinode n        | csinode n driver     | . . . . . . . . . . . . .
          csinode n        | csinode n driver of two | . . . . . . . W . . . . .
          csinode n driver of two | csinode n driver | . . . . . . . . . . . . .
          csinode n        | csinode n migrated   | . . . . . . . . W . . . .
          -                | driver d             | . . . . . . . . . . . . .
          driver d capacity | driver d            | . . . . . . . . W . . . .
          driver d         | driver d capacity    | . . . . . . . . . . . . .
          driver e capacity | driver e            | . . . . . . . . . . . . .
          -                | capacity c 1Gi       | . . . . . . . . W . . . .
          capacity c 1Gi   | capacity c 2Gi       | . . . . . . . . W . . . .
          capacity c       | capacity c 1Gi       | . . . . . . . . W . . . .
          capacity c 2Gi   | capacity c 1Gi       | . . . . . . . . . . . . .
          capacity c 1Gi   | -                    | . . . . . . . . . . . . .
          -                | attachment a         | . . . . . . . . . . . . .
          attachment a     | -                    | . . . . . . . W . . . . .
          csinode n        | -                    | . . . . . . . . . . . . .
          """)
  void storage(String before, String now, String wakes) throws JsonProcessingException {
    KubeObject previous = before.equals("-") ? null : storage(before);
    KubeObject current = now.equals("-") ? null : storage(now);
    int actions =
        previous == null
            ? ClusterEvent.ADD
            : current == null ? ClusterEvent.DELETE : ClusterEvent.UPDATE_OTHER;
    ClusterEvent event =
        new ClusterEvent(
            resource(Objects.requireNonNull(current == null ? previous : current)), actions);
    assertThat(woken(() -> queue.moved(event, previous, current))).isEqualTo(wakes);
  }

  // What happens to the pod itself.

  private static Pod changed(String change) throws JsonProcessingException {
    return switch (change) {
      case "tolerates all" ->
          waiting("nodeSelector", "tolerations: [{operator: 'Exists'}], nodeSelector");
      case "tolerates k" ->
          waiting("nodeSelector", "tolerations: [{key: 'k', operator: 'Exists'}], nodeSelector");
      case "asks for less" -> waiting("cpu: '1'", "cpu: '500m'");
      case "asks for more" -> waiting("cpu: '1'", "cpu: '2'");
      case "does not count" -> waiting("labels: {app: 'choosy'}", "labels: {app: 'changed'}");
      case "labelled" -> waiting("labels: {app: 'choosy'}", "labels: {app: 'choosy', a: 'b'}");
      case "prioritized" -> waiting("nodeSelector", "priority: 5, nodeSelector");
      default -> throw new IllegalArgumentException(change);
    };
  }

  @ParameterizedTest(name = "the pod {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # change       | NU NN TT NA NP RF VR VL VB VZ TS IA SG
          tolerates all  | W . W . . . . . . . . . .
          tolerates k    | . . W . . . . . . . . . .
          asks for less  | . . . . . W . . . . . . .
          asks for more  | . . . . . . . . . . . . .
          does not count | . . . . . . . . . . W W .
          labelled       | . . . . . . . . . . . W .
          prioritized    | . . . . . . . . . . . . .
          """)
  void itself(String change, String wakes) throws JsonProcessingException {
    Pod now = changed(change);
    assertThat(woken(() -> queue.update(waiting(), now))).isEqualTo(wakes);
  }

  /** Where taints count in its constraint, tolerations do too. */
  @Test
  void tolerationsThatSpreadingHonours() throws JsonProcessingException {
    Pod pod = waiting("maxSkew: 1,", "maxSkew: 1, nodeTaintsPolicy: 'Honor',");
    queue.add(pod);
    QueuedPod queued = Objects.requireNonNull(queue.pop());
    queue.failed(queued, ImmutableSet.of("PodTopologySpread"), ImmutableSet.of());
    queue.update(
        pod,
        waiting(
            "maxSkew: 1,",
            "maxSkew: 1, nodeTaintsPolicy: 'Honor',",
            "nodeSelector",
            "tolerations: [{key: 'k', operator: 'Exists'}], nodeSelector"));
    assertThat(queued.place).isNotEqualTo(QueuedPod.Place.UNSCHEDULABLE);
  }

  @Test
  void gatesThatGo() throws JsonProcessingException {
    Pod gated = waiting("nodeSelector", "schedulingGates: [{name: 'g'}], nodeSelector");
    queue.add(gated);
    QueuedPod queued = Objects.requireNonNull(queue.get(io.towtank.api.ObjectKey.of(gated)));
    assertThat(queued.place).isEqualTo(QueuedPod.Place.GATED);
    queue.update(gated, waiting());
    assertThat(queued.place).isEqualTo(QueuedPod.Place.ACTIVE);
  }
}
