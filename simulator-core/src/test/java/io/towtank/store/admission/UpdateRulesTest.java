package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.towtank.api.KubeObject;
import io.towtank.codec.Documents;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.patch.PatchType;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UpdateRulesTest {
  private static final String OBJECTS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: x, namespace: default}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: x}]}
      ---
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata: {name: x, namespace: default}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: x}]}
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: x, namespace: default}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: x}]}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: x, namespace: default}
      spec:
        serviceName: x
        selector: {matchLabels: {a: b}}
        template:
          metadata: {labels: {a: b}}
          spec: {containers: [{name: c, image: x}]}
        volumeClaimTemplates:
        - metadata: {name: data}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: x, namespace: default}
      spec:
        completions: 3
        parallelism: 3
        template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: waiting, namespace: default}
      spec:
        suspend: true
        completionMode: Indexed
        completions: 3
        parallelism: 3
        template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: x, namespace: default}
      spec:
        schedule: "* * * * *"
        jobTemplate:
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: x, namespace: default}
      spec: {activeDeadlineSeconds: 60, containers: [{name: c, image: x}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: gated, namespace: default}
      spec:
        schedulingGates: [{name: g}]
        nodeSelector: {zone: a}
        containers: [{name: c, image: x}]
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: x, namespace: default}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      ---
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: x}
      value: 5
      """;

  private final ApiStore store =
      new ApiStore(
          new Simulation(1, 1_767_225_600_000_000_000L),
          StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain()));

  @BeforeEach
  void begin() {
    SystemObjects.createIn(store);
    YamlReader.read("a.yaml", OBJECTS)
        .forEach(document -> store.create(ObjectCodec.read(document.content())));
  }

  private KubeObject stored(String kind, String name) {
    return store.kinds().stream()
        .filter(known -> known.name().equals(kind))
        .flatMap(known -> store.list(known).stream())
        .filter(object -> object.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private KubeObject patch(String kind, String name, String patch) {
    KubeObject before = stored(kind, name);
    return store.patch(
        before.kind(),
        before.metadata().namespace(),
        name,
        PatchType.STRATEGIC_MERGE,
        Documents.json(patch),
        false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Deployment | {"spec": {"selector": {"matchLabels": {"a": "c"}}}} | [spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`, spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable]
          Deployment | {"spec": {"replicas": -1}} | spec.replicas: Invalid value: -1: must be greater than or equal to 0
          Deployment | {"spec": {"progressDeadlineSeconds": 5, "minReadySeconds": 5}} | spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds
          ReplicaSet | {"spec": {"selector": {"matchLabels": {"c": "d"}}}} | spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable
          DaemonSet | {"spec": {"selector": {"matchLabels": {"a": "b", "c": "d"}}, "template": {"metadata": {"labels": {"c": "d"}}}}} | spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable
          StatefulSet | {"spec": {"serviceName": "y"}} | spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden
          StatefulSet | {"spec": {"podManagementPolicy": "Parallel"}} | spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden
          Job | {"spec": {"completions": 4}} | spec.completions: Invalid value: 4: field is immutable
          Job | {"spec": {"completionMode": "Indexed"}} | spec.completionMode: Invalid value: "Indexed": field is immutable
          CronJob | {"spec": {"schedule": "x"}} | spec.schedule: Invalid value: "x": expected exactly 5 fields (minute, hour, day of month, month, day of week), found 1
          Pod | {"spec": {"containers": [{"name": "d", "image": "y"}]}} | spec.containers: Forbidden: pod updates may not add or remove containers
          Pod | {"spec": {"priority": 7}} | spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
          Pod | {"spec": {"nodeSelector": {"a": "b"}}} | spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
          Pod | {"spec": {"activeDeadlineSeconds": 61}} | spec.activeDeadlineSeconds: Invalid value: 61: must be less than or equal to previous value
          Pod | {"spec": {"activeDeadlineSeconds": null}} | spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value
          Pod | {"spec": {"tolerations": []}} |
          Pod | {"spec": {"tolerations": [{"key": "other", "operator": "Exists"}]}} |
          Pod | {"spec": {"schedulingGates": [{"name": "g2"}]}} | spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g2'
          PersistentVolumeClaim | {"spec": {"accessModes": ["ReadWriteMany"]}} | spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
          PriorityClass | {"value": 6} | value: Forbidden: may not be changed in an update.
          """)
  void whatMayNotChangeIsRefused(String kind, String patch, String why) {
    if (why == null) {
      // A list that is replaced gets the tolerations back that all pods have.
      patch(kind, "x", patch);
      return;
    }
    KubeObject before = stored(kind, "x");
    ApiException refusal = catchThrowableOfType(ApiException.class, () -> patch(kind, "x", patch));
    assertThat(refusal).hasMessage(before.kind() + " \"x\" is invalid: " + why);
    assertThat(refusal.reason()).isEqualTo(ApiException.Reason.INVALID);
    assertThat(stored(kind, "x")).isSameAs(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Deployment | x | {"spec": {"replicas": 3}}
          Deployment | x | {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "y"}]}}}}
          StatefulSet | x | {"spec": {"replicas": 3, "minReadySeconds": 4, "revisionHistoryLimit": 2}}
          StatefulSet | x | {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "y"}]}}}}
          StatefulSet | x | {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 1}}}}
          Job | x | {"spec": {"parallelism": 1}}
          Job | x | {"spec": {"suspend": true}}
          Job | waiting | {"spec": {"suspend": false}}
          Job | waiting | {"spec": {"completions": 5, "parallelism": 5}}
          Job | waiting | {"spec": {"template": {"spec": {"nodeSelector": {"a": "b"}}}}}
          CronJob | x | {"spec": {"suspend": true}}
          Pod | x | {"spec": {"containers": [{"name": "c", "image": "y"}]}}
          Pod | x | {"spec": {"activeDeadlineSeconds": 50}}
          Pod | gated | {"spec": {"nodeSelector": {"more": "b"}}}
          Pod | gated | {"spec": {"schedulingGates": [{"$patch": "delete", "name": "g"}]}}
          PersistentVolumeClaim | x | {"spec": {"volumeName": "pv-1"}}
          PersistentVolumeClaim | x | {"metadata": {"labels": {"a": "b"}}}
          PriorityClass | x | {"description": "for x"}
          """)
  void whatMayChangeChanges(String kind, String name, String patch) {
    long revision = stored(kind, name).resourceVersion();
    assertThat(patch(kind, name, patch).resourceVersion()).isGreaterThan(revision);
  }

  @Test
  void elasticJobsGrowInTandem() {
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class, () -> patch("Job", "waiting", "{\"spec\": {\"completions\": 5}}"));
    assertThat(refusal)
        .hasMessageContaining(
            "spec.completions: Invalid value: 5: can only be modified in tandem with"
                + " spec.parallelism");
  }

  @Test
  void gatedPodsAreDirectedToFewerNodesOnly() {
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () -> patch("Pod", "gated", "{\"spec\": {\"nodeSelector\": {\"zone\": \"b\"}}}"));
    assertThat(refusal)
        .hasMessageContaining(
            "spec.nodeSelector: Invalid value: {\"zone\":\"b\"}: only additions to"
                + " spec.nodeSelector are allowed (no mutations or deletions)");
  }

  @Test
  void aRunningJobIsNotDirectedElsewhere() {
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () ->
                patch(
                    "Job",
                    "x",
                    "{\"spec\": {\"template\": {\"spec\": {\"nodeSelector\": {\"a\": \"b\"}}}}}"));
    assertThat(refusal).hasMessageStartingWith("Job.batch \"x\" is invalid: spec.template:");
    assertThat(refusal).hasMessageEndingWith(": field is immutable");
  }
}
