package io.towtank.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.codec.Documents;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultingTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/io/towtank/defaults");

  private static ObjectNode defaulted(String yaml) {
    ObjectNode document = ManifestReader.read("a.yaml", yaml).documents().getFirst().content();
    Defaulting.apply(document);
    return document;
  }

  /**
   * {@code expected-specs.json} has what a real control plane (v1.34) printed for {@code
   * defaults.yaml}.
   */
  @Test
  void fillsInWhatTheApiServerFillsIn() throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(DIRECTORY.resolve("expected-specs.json").toFile());
    List<ManifestDocument> documents =
        ManifestReader.read(
                "defaults.yaml",
                Files.readString(DIRECTORY.resolve("defaults.yaml"), StandardCharsets.UTF_8))
            .documents();
    for (ManifestDocument document : documents) {
      ObjectNode content = document.content();
      String name = content.path("metadata").path("name").asText();
      Defaulting.apply(content);
      JsonNode actual = content.path("spec");
      if (expected.has(name)) {
        assertThat(actual).as("%s", name).isEqualTo(withoutAdmission(expected.get(name), document));
      } else {
        ((ObjectNode) content.path("metadata")).remove("name");
        assertThat(content)
            .isEqualTo(
                Documents.json(
                    name.equals("fast")
                        ? """
                        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {},
                         "provisioner": "csi.example.com", "reclaimPolicy": "Delete",
                         "volumeBindingMode": "Immediate"}
                        """
                        : """
                        {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                         "metadata": {}, "value": 1000,
                         "preemptionPolicy": "PreemptLowerPriority"}
                        """));
      }
    }
    assertThat(documents).hasSize(11);
    assertThat(expected).hasSize(9);
  }

  /** Without what admission plugins add to pods and what the registry allocates to services. */
  private static JsonNode withoutAdmission(JsonNode spec, ManifestDocument document) {
    ObjectNode rest = spec.deepCopy();
    if (document.object().kind().equals(Kinds.POD)) {
      rest.remove(List.of("priority", "preemptionPolicy"));
      ArrayNode tolerations = (ArrayNode) rest.path("tolerations");
      for (int i = tolerations.size() - 1; i >= 0; i--) {
        if (tolerations.get(i).path("key").asText().startsWith("node.kubernetes.io/")) {
          tolerations.remove(i);
        }
      }
      if (tolerations.isEmpty()) {
        rest.remove("tolerations");
      }
    } else if (document.object().kind().equals(Kinds.SERVICE)) {
      rest.remove(List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"));
    }
    return rest;
  }

  @Test
  void doingItTwiceIsDoingItOnce() throws IOException {
    for (ManifestDocument document :
        ManifestReader.read(
                "defaults.yaml",
                Files.readString(DIRECTORY.resolve("defaults.yaml"), StandardCharsets.UTF_8))
            .documents()) {
      KubeObject once = Defaulting.apply(document.object());
      assertThat(Defaulting.apply(once)).isSameAs(once);
      ObjectNode content = document.content();
      Defaulting.apply(content);
      assertThat(ObjectCodec.read(content)).isEqualTo(once);
    }
  }

  @Test
  void whatIsThereStays() {
    String full =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec:
          replicas: 0
          selector: {matchLabels: {a: b}}
          strategy: {type: Recreate}
          revisionHistoryLimit: 0
          progressDeadlineSeconds: 5
          template:
            metadata: {labels: {a: b}}
            spec:
              restartPolicy: Always
              terminationGracePeriodSeconds: 0
              dnsPolicy: None
              dnsConfig: {nameservers: [1.1.1.1]}
              schedulerName: mine
              securityContext: {runAsUser: 5}
              serviceAccountName: robot
              serviceAccount: robot
              containers:
              - name: c
                image: x
                imagePullPolicy: Never
                terminationMessagePath: /m
                terminationMessagePolicy: FallbackToLogsOnError
                resources: {limits: {cpu: 1}}
        """;
    ObjectNode document = ManifestReader.read("a.yaml", full).documents().getFirst().content();
    ObjectNode before = document.deepCopy();
    Defaulting.apply(document);
    assertThat(document).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "nginx, Always",
    "nginx:latest, Always",
    "nginx:1.27, IfNotPresent",
    "localhost:5000/app, Always",
    "localhost:5000/app:v1, IfNotPresent",
    "nginx@sha256:abc, IfNotPresent",
    "nginx:latest@sha256:abc, IfNotPresent",
    "'', IfNotPresent"
  })
  void imagesWithoutTagAreTheLatest(String image, String policy) {
    assertThat(PodDefaults.pullPolicy(image)).isEqualTo(policy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {apiVersion: v1, kind: Namespace, metadata: {name: a}} | /metadata/labels | {"kubernetes.io/metadata.name":"a"}
          {apiVersion: v1, kind: Namespace, metadata: {name: a}} | /status | {"phase":"Active"}
          {apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {p: hi}} | /data | {"p":"aGk="}
          {apiVersion: v1, kind: Secret, metadata: {name: a}} | /type | "Opaque"
          {apiVersion: v1, kind: Node, metadata: {name: a}, status: {capacity: {cpu: 2}}} | /status/allocatable | {"cpu":2}
          {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}} | /status | {"phase":"Pending"}
          {apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /x}}} | /spec | {"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"hostPath":{"path":"/x","type":""},"persistentVolumeReclaimPolicy":"Retain","volumeMode":"Filesystem"}
          {apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, max: {cpu: 2}, min: {memory: 1Mi}}]}} | /spec/limits/0 | {"type":"Container","max":{"cpu":2},"min":{"memory":"1Mi"},"default":{"cpu":2},"defaultRequest":{"cpu":2,"memory":"1Mi"}}
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None, selector: {a: b}}} | /spec | {"clusterIP":"None","selector":{"a":"b"},"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster"}
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ExternalName, externalName: b.c}} | /spec | {"type":"ExternalName","externalName":"b.c","sessionAffinity":"None"}
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: LoadBalancer, ports: [{port: 80, targetPort: 8080}]}} | /spec | {"type":"LoadBalancer","ports":[{"port":80,"targetPort":8080,"protocol":"TCP"}],"sessionAffinity":"None","externalTrafficPolicy":"Cluster","allocateLoadBalancerNodePorts":true,"internalTrafficPolicy":"Cluster"}
          {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, egress: [{ports: [{port: 53}]}]}} | /spec | {"podSelector":{},"egress":[{"ports":[{"port":53,"protocol":"TCP"}]}],"policyTypes":["Ingress","Egress"]}
          {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}]} | /subjects/0/apiGroup | "rbac.authorization.k8s.io"
          """)
  void everyKindHasItsDefaults(String yaml, String pointer, String expected) {
    assertThat(defaulted(yaml).at(pointer)).isEqualTo(Documents.json(expected));
  }

  @Test
  void statefulSets() {
    ObjectNode document =
        defaulted(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: a}
            spec:
              selector: {matchLabels: {a: b}}
              template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """);
    ObjectNode spec = (ObjectNode) document.path("spec");
    spec.remove(List.of("template", "selector"));
    assertThat(spec)
        .isEqualTo(
            Documents.json(
                """
                {"podManagementPolicy": "OrderedReady", "replicas": 1, "revisionHistoryLimit": 10,
                 "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                 "persistentVolumeClaimRetentionPolicy":
                   {"whenDeleted": "Retain", "whenScaled": "Retain"},
                 "volumeClaimTemplates": [{"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                   "metadata": {"name": "data"},
                   "spec": {"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
                     "resources": {"requests": {"storage": "1Gi"}}},
                   "status": {"phase": "Pending"}}]}
                """));
  }

  @Test
  void daemonSetsAndAutoscalers() {
    assertThat(
            defaulted(
                    """
                    apiVersion: apps/v1
                    kind: DaemonSet
                    metadata: {name: a}
                    spec:
                      selector: {matchLabels: {a: b}}
                      template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}
                    """)
                .at("/spec/updateStrategy"))
        .isEqualTo(
            Documents.json(
                """
                {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
                """));
    assertThat(
            defaulted(
                    """
                    apiVersion: autoscaling/v2
                    kind: HorizontalPodAutoscaler
                    metadata: {name: a}
                    spec:
                      scaleTargetRef: {kind: Deployment, name: a}
                      maxReplicas: 3
                      behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}
                    """)
                .at("/spec/behavior"))
        .isEqualTo(
            Documents.json(
                """
                {"scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": [
                   {"type": "Pods", "value": 4, "periodSeconds": 15},
                   {"type": "Percent", "value": 100, "periodSeconds": 15}]},
                 "scaleDown": {"selectPolicy": "Max", "policies": [
                   {"type": "Pods", "value": 1, "periodSeconds": 60}]}}
                """));
  }

  @Test
  void volumesProbesAndHostPorts() {
    ObjectNode spec =
        (ObjectNode)
            defaulted(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: a}
                    spec:
                      hostNetwork: true
                      serviceAccount: robot
                      resources: {limits: {cpu: 2, memory: 1Gi}}
                      initContainers:
                      - {name: i, image: x, resources: {requests: {cpu: 1500m}}}
                      - {name: s, image: x, restartPolicy: Always, resources: {requests: {cpu: 100m}}}
                      containers:
                      - name: c
                        image: x
                        ports: [{containerPort: 80}]
                        resources: {requests: {cpu: 500m}}
                        livenessProbe: {grpc: {port: 5}, periodSeconds: 3}
                        lifecycle: {preStop: {httpGet: {port: 80}}}
                      volumes:
                      - {name: none}
                      - {name: s, secret: {secretName: s}}
                      - name: p
                        projected:
                          sources:
                          - {serviceAccountToken: {path: t}}
                          - {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}
                    """)
                .path("spec");
    assertThat(spec.path("serviceAccountName").asText()).isEqualTo("robot");
    assertThat(spec.at("/resources/requests"))
        .isEqualTo(Documents.json("{\"cpu\": \"1500m\", \"memory\": \"1Gi\"}"));
    JsonNode container = spec.at("/containers/0");
    assertThat(container.at("/ports/0/hostPort").asInt()).isEqualTo(80);
    assertThat(container.path("livenessProbe"))
        .isEqualTo(
            Documents.json(
                """
                {"grpc": {"port": 5, "service": ""}, "periodSeconds": 3, "timeoutSeconds": 1,
                 "successThreshold": 1, "failureThreshold": 3}
                """));
    assertThat(container.at("/lifecycle/preStop/httpGet/scheme").asText()).isEqualTo("HTTP");
    assertThat(spec.path("volumes"))
        .isEqualTo(
            Documents.json(
                """
                [{"name": "none", "emptyDir": {}},
                 {"name": "s", "secret": {"secretName": "s", "defaultMode": 420}},
                 {"name": "p", "projected": {"defaultMode": 420, "sources": [
                   {"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}},
                   {"downwardAPI": {"items": [
                     {"path": "l", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}]}}]}}]
                """));
  }

  @Test
  void podsOfOneTemplateCanShareTheFilledInSpec() {
    Pod pod =
        (Pod)
            ManifestReader.read(
                    "a.yaml",
                    "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c,"
                        + " image: x}]}}")
                .documents()
                .getFirst()
                .object();
    Pod filled = (Pod) Defaulting.apply(pod);
    assertThat(filled.spec()).isEqualTo(Defaulting.podSpec(pod.spec()));
    assertThat(Defaulting.podSpec(filled.spec())).isSameAs(filled.spec());
    assertThat(Map.copyOf(filled.spec().rest().byName())).containsKey("enableServiceLinks");
  }
}
