package io.towtank.codec;

import static io.towtank.codec.Documents.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Deployment;
import io.towtank.api.GenericObject;
import io.towtank.api.IntOrString;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LimitRange;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatus;
import io.towtank.api.Quantity;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectCodecTest {
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod",
       "metadata": {"name": "a", "namespace": "default", "resourceVersion": "17",
         "uid": "0f3b2a1c-0001-4000-8000-00000000002a", "generation": 1,
         "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"app": "x"},
         "managedFields": [{"manager": "kubectl"}]},
       "spec": {"nodeName": "node-1", "restartPolicy": "Always", "hostPID": true,
         "containers": [{"name": "c", "image": "nginx", "env": [{"name": "A", "value": ""}],
           "ports": [{"containerPort": 80}],
           "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}, "claims": []}}],
         "volumes": [{"name": "v", "emptyDir": {}}]},
       "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}],
         "containerStatuses": [{"name": "c", "ready": false, "restartCount": 0,
           "state": {"running": {"startedAt": "2026-01-01T00:00:05Z"}}}]}}
      """;

  @Test
  void readsWhatComponentsInterpret() {
    Pod pod = ObjectCodec.read(Kinds.POD, json(POD));
    assertThat(pod.resourceVersion()).isEqualTo(17);
    assertThat(pod.nodeName()).isEqualTo("node-1");
    assertThat(pod.metadata().uid()).isEqualTo(Uid.of(0x0f3b2a1c00014000L, 0x800000000000002aL));
    assertThat(pod.metadata().creationTimestamp())
        .isEqualTo(Timestamps.parse("2026-01-01T00:00:00Z"));
    assertThat(pod.metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
    assertThat(pod.status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(requireNonNull(pod.spec().containers().getFirst().resources()).limits())
        .containsEntry("cpu", Quantity.parse("500m"));
    assertThat(pod.spec().rest().byName().keySet()).containsExactly("hostPID");
    assertThat(pod.metadata().rest().byName().keySet()).containsExactly("managedFields");
  }

  @Test
  void losesNothing() {
    JsonNode document = json(POD);
    assertThat(Documents.withoutEmpty(ObjectCodec.write(ObjectCodec.read(document))))
        .isEqualTo(Documents.withoutEmpty(document));
  }

  @Test
  void writesAnObjectThatReadsAsTheSame() {
    KubeObject pod = ObjectCodec.read(json(POD));
    assertThat(ObjectCodec.read(ObjectCodec.write(pod))).isEqualTo(pod);
  }

  @Test
  void documentsAndObjectsShareNothing() {
    JsonNode document = json(POD);
    KubeObject pod = ObjectCodec.read(document);
    JsonNode first = ObjectCodec.write(pod);
    ((ObjectNode) document.at("/spec/volumes/0/emptyDir")).put("medium", "Memory");
    ((ObjectNode) first.at("/spec/volumes/0/emptyDir")).put("medium", "Memory");
    assertThat(ObjectCodec.write(pod).at("/spec/volumes/0/emptyDir")).isEmpty();
  }

  @Test
  void absentPartsAreEmpty() {
    Deployment deployment =
        (Deployment)
            ObjectCodec.read(
                json(
                    """
                    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": null}
                    """));
    assertThat(deployment.metadata().name()).isEmpty();
    assertThat(deployment.spec().template().spec().containers()).isEmpty();
    assertThat(deployment.status().replicas()).isZero();
    assertThat(ObjectCodec.write(deployment))
        .isEqualTo(
            json(
                """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {},
                 "spec": {"selector": {}, "template": {"metadata": {}, "spec": {}}}, "status": {}}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apps/v1 | ReplicaSet  | {"replicas":0}
          apps/v1 | Deployment  | {}
          apps/v1 | StatefulSet | {"replicas":0,"availableReplicas":0}
          apps/v1 | DaemonSet   | {"currentNumberScheduled":0,"numberMisscheduled":0,"desiredNumberScheduled":0,"numberReady":0}
          batch/v1 | Job        | {}
          v1      | Pod         | {"phase":"Pending"}
          """)
  void writesTheZerosThatKubernetesWrites(String apiVersion, String kind, String status) {
    ObjectNode document = (ObjectNode) json("{}");
    document.put("apiVersion", apiVersion).put("kind", kind);
    assertThat(ObjectCodec.write(ObjectCodec.read(document)).path("status"))
        .isEqualTo(json(status));
  }

  @Test
  void everyOtherKindIsGeneric() {
    JsonNode document =
        json(
            """
            {"apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
             "metadata": {"name": "reviews", "resourceVersion": "3"},
             "spec": {"hosts": ["reviews"], "empty": {}, "nothing": []}}
            """);
    GenericObject object = (GenericObject) ObjectCodec.read(document);
    assertThat(object.kind().plural()).isEqualTo("virtualservices");
    assertThat(object.kind().group()).isEqualTo("networking.istio.io");
    assertThat(object.kind().namespaced()).isTrue();
    assertThat(object.resourceVersion()).isEqualTo(3);
    assertThat(object.content().byName().keySet()).containsExactly("spec");
    assertThat(ObjectCodec.write(object)).isEqualTo(document);
  }

  @Test
  void componentsMayHaveOtherNamesInDocuments() {
    JsonNode document =
        json(
            """
            {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"},
             "spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}]}}
            """);
    LimitRange range = ObjectCodec.read(Kinds.LIMIT_RANGE, document);
    assertThat(requireNonNull(range.spec()).limits().getFirst().defaultLimit()).containsKey("cpu");
    assertThat(ObjectCodec.write(range)).isEqualTo(document);
  }

  @Test
  void partsAreReadAndWrittenAlone() {
    JsonNode status = json("{\"phase\": \"Failed\", \"reason\": \"Evicted\", \"extra\": 1}");
    PodStatus part = ObjectCodec.readPart(PodStatus.class, status);
    assertThat(part.reason()).isEqualTo("Evicted");
    assertThat(ObjectCodec.writePart(part)).isEqualTo(status);
  }

  @Test
  void intOrStringAndTimesKeepTheirForm() {
    JsonNode document =
        json(
            """
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {},
             "spec": {"selector": {}, "template": {"metadata": {}, "spec": {}},
               "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}},
             "status": {}}
            """);
    Deployment deployment = ObjectCodec.read(Kinds.DEPLOYMENT, document);
    assertThat(
            requireNonNull(requireNonNull(deployment.spec().strategy()).rollingUpdate()).maxSurge())
        .isEqualTo(IntOrString.of("25%"));
    assertThat(ObjectCodec.write(deployment)).isEqualTo(document);
    JsonNode lease =
        json(
            """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {},
             "spec": {"renewTime": "2026-01-01T01:00:00.123456789+01:00"}}
            """);
    assertThat(ObjectCodec.write(ObjectCodec.read(lease)).at("/spec/renewTime").textValue())
        .isEqualTo("2026-01-01T00:00:00.123456Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"kind":"Pod"} | no apiVersion: every document names its apiVersion and kind
          {"apiVersion":"v1"} | no kind: every document names its apiVersion and kind
          {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler"} | apiVersion: autoscaling/v1 is not read as it is: HorizontalPodAutoscaler is autoscaling/v2
          {"apiVersion":"v1","kind":"Pod","metadata":[]} | metadata: expected an object, found a list
          {"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"x"}} | metadata.resourceVersion: "x" is no revision: a whole number in quotes, as the API gave it
          {"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":1}}} | metadata.labels.a: expected a text, found the number 1
          {"apiVersion":"v1","kind":"Pod","metadata":{"creationTimestamp":"now"}} | metadata.creationTimestamp: "now" is no time, as in 2026-01-31T15:04:05Z
          {"apiVersion":"v1","kind":"Pod","spec":{"nodeName":3}} | spec.nodeName: expected a text, found the number 3
          {"apiVersion":"v1","kind":"Pod","spec":{"containers":[{},{"ports":[{"containerPort":"80"}]}]}} | spec.containers[1].ports[0].containerPort: expected a whole number, found the text "80"
          {"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}} | spec.containers[0].resources.limits.cpu: "x" is no quantity, as in 500m or 2Gi
          {"apiVersion":"v1","kind":"Pod","spec":{"priority":4294967296}} | spec.priority: 4294967296 does not fit: a number here has 32 bits
          {"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":"yes"}} | spec.hostNetwork: expected true or false, found the text "yes"
          {"apiVersion":"v1","kind":"Pod","status":{"phase":"Sleeping"}} | status.phase: expected one of Pending, Running, Succeeded, Failed, Unknown, found the text "Sleeping"
          {"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":[]}} | metadata.labels: expected an object, found a list
          """)
  void saysWhereADocumentIsMalformed(String document, String message) {
    assertThatThrownBy(() -> ObjectCodec.read(json(document)))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessage(message);
  }
}
