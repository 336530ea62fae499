package io.towtank.scenarios.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.InformerFactory;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each invariant can fail: it is shown a cluster in which it does not hold. */
class InvariantsTest {
  private static final String NODE =
      """
      apiVersion: v1
      kind: Node
      metadata: {name: n1}
      status:
        capacity: {cpu: 2, memory: 4Gi, pods: 2}
        allocatable: {cpu: 2, memory: 4Gi, pods: 2}
      """;

  private final Simulation simulation = new Simulation(1, Timestamps.parse("2026-01-01T00:00:00Z"));
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final Invariants invariants = new Invariants(simulation, store);

  private static List<KubeObject> objects(String yaml) {
    return ManifestReader.read("test.yaml", yaml).documents().stream()
        .<KubeObject>map(ManifestDocument::object)
        .toList();
  }

  private static Pod pod(String name, @Nullable String cpu) {
    return (Pod)
        objects(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  containers:
                  - {name: a, image: "a:1", resources: {requests: {cpu: %s}}}
                """
                    .formatted(name, cpu == null ? "100m" : cpu))
            .get(0);
  }

  private void watch() {
    store.addCommitListener(invariants);
  }

  private @Nullable String atRest() {
    return invariants.firstAtRest(name -> true, node -> true, ImmutableMap.of());
  }

  // After every write

  @Test
  void whatIsInOrderIsNotComplainedOf() {
    watch();
    store.create(objects(NODE).get(0));
    store.create(pod("a", "1"));
    store.bind("default", "a", "n1");
    store.delete(Kinds.POD, "default", "a", new DeleteOptions(0L, null, null));
    assertThat(invariants.firstDifference()).isNull();
    assertThat(atRest()).isNull();
  }

  @Test
  void aPodOnTwoNodes() {
    Pod a = pod("a", null);
    invariants.committed(null, a, 1);
    Pod first = PodBuilder.builder(a).nodeName("n1").build();
    invariants.committed(a, first, 2);
    invariants.committed(first, PodBuilder.builder(a).nodeName("n2").build(), 3);
    assertThat(invariants.firstDifference())
        .isEqualTo("at 0s: Pod default/a is on two nodes: was on n1, is on n2");
  }

  @Test
  void aNodeOverWhatItOffers() {
    watch();
    store.create(objects(NODE).get(0));
    store.create(pod("a", "1500m"));
    store.create(pod("b", "600m"));
    store.bind("default", "a", "n1");
    assertThat(invariants.firstDifference()).isNull();
    store.bind("default", "b", "n1");
    assertThat(invariants.firstDifference())
        .isEqualTo(
            "at 0s: Node n1 is over what it offers: its pods request 2100 of cpu, it has 2000");
  }

  @Test
  void aNodeWithTooManyPods() {
    watch();
    store.create(objects(NODE).get(0));
    for (String name : List.of("a", "b", "c")) {
      store.create(pod(name, null));
      store.bind("default", name, "n1");
    }
    assertThat(invariants.firstDifference())
        .contains("Node n1 is over what it offers: it has 3 pods, and room for 2");
  }

  @Test
  void aWriteThatReplacesAnother() {
    Pod a = pod("a", null);
    invariants.committed(null, a, 1);
    invariants.committed(pod("a", "1"), a, 2);
    assertThat(invariants.firstDifference()).contains("Pod default/a was lost: a write at");
  }

  @Test
  void aRevisionThatIsNotLater() {
    invariants.committed(null, pod("a", null), 7);
    invariants.committed(null, pod("b", null), 7);
    assertThat(invariants.firstDifference())
        .contains("Pod default/b was written at revision 7, after revision 7");
  }

  @Test
  void aWriteThatTheStoreDoesNotHave() {
    invariants.committed(null, pod("a", null), 1);
    assertThat(invariants.firstDifference())
        .isEqualTo("a write was lost: Pod default/a was written at revision 0, the store has none");
  }

  @Test
  void aDeletionThatTheStoreDoesNotKnow() {
    watch();
    Pod a = store.create(pod("a", null));
    store.create(pod("b", null));
    invariants.committed(a, null, 100);
    assertThat(invariants.firstDifference())
        .isEqualTo("a deletion was lost: 1 pods were left, the store has 2");
  }

  // At rest

  private static Arguments wrong(String what, String yaml, String message) {
    return Arguments.of(what, yaml, message);
  }

  private static String owned(String pods, String kind) {
    return pods.replace(
        "OWNER", "{apiVersion: v1, kind: " + kind + ", name: web, uid: u1, controller: true}");
  }

  private static String workload(String kind, String spec, String status) {
    return """
    apiVersion: %s
    kind: %s
    metadata: {name: web, namespace: default, uid: u1, generation: 2}
    spec: %s
    status: %s
    """
        .formatted(kind.contains("Job") ? "batch/v1" : "apps/v1", kind, spec, status);
  }

  private static final String TEMPLATE =
      "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}},"
          + " spec: {containers: [{name: a, image: 'a:1'}]}}";
  private static final String PODS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, namespace: default, uid: p1, labels: {app: web}, ownerReferences: [OWNER]}
      spec: {nodeName: n1, containers: [{name: a, image: "a:1"}]}
      status: {phase: Running, startTime: "2026-01-01T00:00:00Z", conditions: [{type: Ready, status: "True"}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: b, namespace: default, uid: p2, labels: {app: web}, ownerReferences: [OWNER]}
      spec: {nodeName: n1, containers: [{name: a, image: "a:1"}]}
      status: {phase: Running, startTime: "2026-01-01T00:00:00Z", conditions: [{type: Ready, status: "True"}]}
      ---
      """;

  private static final String BUDGET =
      """
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: web, namespace: default, generation: 2}
      spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
      """;
  private static final String QUOTA =
      """
      apiVersion: v1
      kind: ResourceQuota
      metadata: {name: q, namespace: default}
      spec: {hard: {pods: 4, count/services: 1}}
      """;

  static Stream<Arguments> wrong() {
    return Stream.of(
        wrong(
            "a pod that the scheduler has forgotten",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: default}
            spec: {containers: [{name: a, image: "a:1"}]}
            """,
            "Pod default/a was forgotten by the scheduler"),
        wrong(
            "a pod that its kubelet has not begun with",
            NODE
                + """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: default}
                spec: {nodeName: n1, containers: [{name: a, image: "a:1"}]}
                """,
            "Pod default/a is bound to n1, whose kubelet never began with it"),
        wrong(
            "a deletion that does not finish",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, namespace: default, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [foregroundDeletion]}
            """,
            "ConfigMap default/a is being deleted since 2026-01-01T00:00:00Z and is still there"),
        wrong(
            "an object whose owner is gone",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, namespace: default, ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: gone}]}
            """,
            "ConfigMap default/a is still there, and what owned it is gone: Pod p"),
        wrong(
            "a ReplicaSet with too few pods",
            workload("ReplicaSet", "{replicas: 3, " + TEMPLATE + "}", "{replicas: 0}"),
            "ReplicaSet default/web has not converged: it is to have 3 pods and has 0"),
        wrong(
            "a ReplicaSet with too many pods",
            owned(PODS, "ReplicaSet")
                + workload("ReplicaSet", "{replicas: 1, " + TEMPLATE + "}", "{replicas: 2}"),
            "ReplicaSet default/web has not converged: it is to have 1 pods and has 2"),
        wrong(
            "a ReplicaSet that nobody looked at",
            owned(PODS, "ReplicaSet")
                + workload(
                    "ReplicaSet",
                    "{replicas: 2, " + TEMPLATE + "}",
                    "{replicas: 2, readyReplicas: 2, observedGeneration: 1}"),
            "ReplicaSet default/web was not looked at since it was changed: generation 2,"
                + " observed 1"),
        wrong(
            "a ReplicaSet whose status is not true",
            owned(PODS, "ReplicaSet")
                + workload(
                    "ReplicaSet",
                    "{replicas: 2, " + TEMPLATE + "}",
                    "{replicas: 2, readyReplicas: 1, observedGeneration: 2}"),
            "ReplicaSet default/web tells of ready replicas 1, and there are 2"),
        wrong(
            "a Deployment without pods",
            workload("Deployment", "{replicas: 2, " + TEMPLATE + "}", "{observedGeneration: 2}"),
            "Deployment default/web has not converged: it is to have 2 pods of one ReplicaSet and"
                + " has 0 of 0"),
        wrong(
            "a StatefulSet with too few pods",
            owned(PODS, "StatefulSet")
                + workload(
                    "StatefulSet",
                    "{replicas: 3, serviceName: web, " + TEMPLATE + "}",
                    "{replicas: 2, readyReplicas: 2, observedGeneration: 2}"),
            "StatefulSet default/web has not converged: it is to have 3 pods and has 2"),
        wrong(
            "a DaemonSet with two pods on a node",
            owned(PODS, "DaemonSet")
                + workload(
                    "DaemonSet",
                    "{" + TEMPLATE + "}",
                    "{desiredNumberScheduled: 1, currentNumberScheduled: 1, numberReady: 2,"
                        + " numberMisscheduled: 0, observedGeneration: 2}"),
            "DaemonSet default/web has several pods on n1"),
        wrong(
            "a DaemonSet that lacks a pod",
            workload(
                "DaemonSet",
                "{" + TEMPLATE + "}",
                "{desiredNumberScheduled: 1, currentNumberScheduled: 0, numberReady: 0,"
                    + " numberMisscheduled: 0, observedGeneration: 2}"),
            "DaemonSet default/web has not converged: it is to be on 1 nodes and has 0 pods"),
        wrong(
            "a Job that nobody goes on with",
            workload(
                "Job",
                "{template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'a:1'}]}}}",
                "{}"),
            "Job default/web has not converged: it is not finished and has no active pod"),
        wrong(
            "a Job whose status is not true",
            owned(PODS, "Job")
                + workload(
                    "Job",
                    "{template: {spec: {restartPolicy: Never, containers: [{name: a, image:"
                        + " 'a:1'}]}}}",
                    "{active: 1}"),
            "Job default/web tells of active pods 1, and there are 2"),
        wrong(
            "a CronJob that waits for what is gone",
            workload(
                "CronJob",
                "{schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy:"
                    + " Never, containers: [{name: a, image: 'a:1'}]}}}}}",
                "{active: [{kind: Job, namespace: default, name: gone}]}"),
            "CronJob default/web tells of active job gone, which is not there"),
        wrong(
            "a Deployment that was not updated",
            owned(PODS, "ReplicaSet").replace("uid: u1", "uid: r1")
                + workload(
                        "ReplicaSet",
                        "{replicas: 2, " + TEMPLATE + "}",
                        "{replicas: 2, readyReplicas: 2, observedGeneration: 2}")
                    .replace(
                        "uid: u1",
                        "uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name:"
                            + " web, uid: u1, controller: true}]")
                + "---\n"
                + workload(
                    "Deployment",
                    "{replicas: 2, " + TEMPLATE.replace("a:1", "a:2") + "}",
                    "{replicas: 2, readyReplicas: 2, observedGeneration: 2}"),
            "Deployment default/web has not converged: web still has pods of another template"),
        wrong(
            "a StatefulSet that was not updated",
            owned(PODS, "StatefulSet")
                + workload(
                    "StatefulSet",
                    "{replicas: 2, serviceName: web, " + TEMPLATE.replace("a:1", "a:2") + "}",
                    "{replicas: 2, readyReplicas: 2, observedGeneration: 2}"),
            "StatefulSet default/web has not converged: pod a does not run a:2 in a"),
        wrong(
            "a DaemonSet that was not updated",
            owned(PODS, "DaemonSet").replaceFirst("n1", "n2")
                + workload(
                    "DaemonSet",
                    "{" + TEMPLATE.replace("a:1", "a:2") + "}",
                    "{desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2,"
                        + " numberMisscheduled: 0, observedGeneration: 2}"),
            "DaemonSet default/web has not converged: pod a does not run a:2 in a"),
        wrong(
            "a node that came back and still has its taint",
            NODE
                + "  conditions: [{type: Ready, status: 'True'}]\n"
                + "spec: {taints: [{key: node.kubernetes.io/unreachable, effect: NoExecute}]}\n",
            "Node n1 is ready and bears the taint node.kubernetes.io/unreachable"),
        wrong(
            "a node that came back and is believed lost",
            NODE + "  conditions: [{type: Ready, status: Unknown}]\n",
            "Node n1 is believed lost, and its kubelet is heard of"),
        wrong(
            "a budget that was not looked at",
            BUDGET + "status: {observedGeneration: 1}\n",
            "PodDisruptionBudget default/web was not looked at since it was changed: generation 2,"
                + " observed 1"),
        wrong(
            "a budget that counts pods that are not there",
            BUDGET + "status: {observedGeneration: 2, currentHealthy: 3}\n",
            "PodDisruptionBudget default/web tells of 3 healthy pods, and there are 0"),
        wrong(
            "a budget that allows what it may not",
            PODS.replace(", ownerReferences: [OWNER]", "")
                + BUDGET
                + "status: {observedGeneration: 2, currentHealthy: 2, desiredHealthy: 1,"
                + " disruptionsAllowed: 2}\n",
            "PodDisruptionBudget default/web allows 2 disruptions, and may allow 1"),
        wrong(
            "a quota that lags behind",
            QUOTA + "status: {hard: {pods: 4}, used: {pods: 0}}\n",
            "ResourceQuota default/q was not looked at since it was changed"),
        wrong(
            "a quota that has lost count of pods",
            PODS.replace(", ownerReferences: [OWNER]", "")
                + QUOTA
                + "status: {hard: {pods: 4, count/services: 1}, used: {pods: 3, count/services:"
                + " 0}}\n",
            "ResourceQuota default/q tells of 3 used of pods, and there are 2"),
        wrong(
            "a quota that has lost count of other objects",
            QUOTA
                + "status: {hard: {pods: 4, count/services: 1}, used: {pods: 0, count/services:"
                + " 1}}\n",
            "ResourceQuota default/q tells of 1 used of count/services, and there are 0"),
        wrong(
            "a Service without its endpoints",
            PODS.replace(", ownerReferences: [OWNER]", "")
                + """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """,
            "Service default/web has not converged: its ready endpoints are [], its ready pods"
                + " are [a, b]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void isFound(String what, String yaml, String message) {
    objects(yaml).forEach(store::restore);
    assertThat(atRest()).as(what).isEqualTo(message);
  }

  @Test
  void aNodeThatNobodyMisses() {
    objects(NODE + "  conditions: [{type: Ready, status: 'True'}]\n").forEach(store::restore);
    assertThat(invariants.firstAtRest(name -> true, node -> false, ImmutableMap.of()))
        .isEqualTo("Node n1 is believed ready, and nobody has heard of its kubelet");
  }

  @Test
  void whoDoesNotRunIsNotBlamed() {
    objects(workload("ReplicaSet", "{replicas: 3, " + TEMPLATE + "}", "{replicas: 0}"))
        .forEach(store::restore);
    assertThat(invariants.firstAtRest(name -> false, node -> true, ImmutableMap.of())).isNull();
  }

  @Test
  void whatAQuotaForbidsIsNotMissed() {
    objects(
            workload(
                "ReplicaSet",
                "{replicas: 3, " + TEMPLATE + "}",
                "{replicas: 0, conditions: [{type: ReplicaFailure, status: 'True'}]}"))
        .forEach(store::restore);
    assertThat(atRest()).isNull();
  }

  @Test
  void aCacheThatHasMissedSomething() {
    InformerFactory informers = new InformerFactory(store, 5_000_000_000L);
    informers.informer(Kinds.NAMESPACE);
    informers.start();
    objects(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: a}
            """)
        .forEach(store::create);
    ImmutableMap<String, InformerFactory> all = ImmutableMap.of("kube-scheduler", informers);

    assertThat(invariants.firstAtRest(name -> true, node -> true, all))
        .isEqualTo("what kube-scheduler knows is not what is stored: Namespace a is not known");
    simulation.run(new StopCondition.Idle());
    assertThat(invariants.firstAtRest(name -> true, node -> true, all)).isNull();
  }
}
