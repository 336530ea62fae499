package io.towtank.controllers.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.controllers.TestCluster;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import io.towtank.store.admission.NamespaceLifecycle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The deletion of namespaces. */
class NamespaceControllerTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT, new NamespaceLifecycle())
          .with(NamespaceController::new);

  private void namespace(String name) {
    cluster.create(
        "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '%s'}}".formatted(name));
  }

  private void object(String kind, String namespace, String name) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': '%s', 'metadata': {'name': '%s', 'namespace': '%s'},
         'spec': {'containers': [{'name': 'c', 'image': 'a'}]}}
        """
            .formatted(kind, name, namespace));
  }

  @Test
  void deletesPodsFirstThenTheRestThenTheNamespace() {
    namespace("a");
    namespace("default");
    object("Pod", "a", "p");
    object("ConfigMap", "a", "c");
    object("Service", "a", "s");
    object("ConfigMap", "default", "kept");
    cluster.start();
    List<String> gone = new ArrayList<>();
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (current == null && previous != null) {
        gone.add(previous.kind().name() + " " + cluster.simulation.nanos() / TestCluster.SECOND);
      }
    });
    cluster.settle();
    cluster.store.delete(Kinds.NAMESPACE, null, "a", DeleteOptions.DEFAULT);
    cluster.settle();
    // Five seconds until it begins.
    assertThat(gone.getFirst()).isEqualTo("Pod 5");
    assertThat(gone.getLast()).startsWith("Namespace ");
    assertThat(gone).hasSize(4);
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    assertThat(cluster.store.get(Kinds.NAMESPACE, null, "a")).isNull();
    assertThat(cluster.store.list(Kinds.of("v1", "ConfigMap"))).hasSize(1);
  }

  @Test
  void tellsWhatItWaitsFor() {
    namespace("a");
    object("Pod", "a", "p");
    Pod pod = cluster.store.list(Kinds.POD).getFirst();
    cluster.store.update(
        pod.withMetadata(
            ObjectMetaBuilder.builder(pod.metadata())
                .finalizers(ImmutableList.of("example.com/hold"))
                .build()));
    object("ConfigMap", "a", "c");
    cluster.start();
    cluster.store.delete(Kinds.NAMESPACE, null, "a", DeleteOptions.DEFAULT);
    cluster.runFor(60);
    assertThat(Objects.requireNonNull(cluster.get(Kinds.NAMESPACE, "a").status()).conditions())
        .filteredOn(condition -> condition.status() == ConditionStatus.TRUE)
        .extracting(Condition::type, Condition::message)
        .containsExactly(
            tuple(
                "NamespaceContentRemaining",
                "Some resources are remaining: pods. has 1 resource instances"),
            tuple(
                "NamespaceFinalizersRemaining",
                "Some content in the namespace has finalizers remaining: example.com/hold in 1"
                    + " resource instances"));
    // Nothing else goes before the pods have.
    assertThat(cluster.store.list(Kinds.of("v1", "ConfigMap"))).hasSize(1);
    Pod held = cluster.store.list(Kinds.POD).getFirst();
    cluster.store.update(
        held.withMetadata(
            ObjectMetaBuilder.builder(held.metadata()).finalizers(ImmutableList.of()).build()));
    cluster.settle();
    assertThat(cluster.store.get(Kinds.NAMESPACE, null, "a")).isNull();
  }

  @Test
  void podsThatStayThoughTheirTimeIsOverAreAFailure() {
    namespace("a");
    // On a node that is lost.
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p', 'namespace': 'a'},
         'spec': {'nodeName': 'n', 'containers': [{'name': 'c', 'image': 'a'}]}}
        """);
    cluster.stopNanos = 600 * TestCluster.SECOND;
    cluster.start();
    cluster.runFor(10);
    cluster.store.delete(Kinds.NAMESPACE, null, "a", DeleteOptions.DEFAULT);
    cluster.runFor(20);
    assertThat(failure().status()).isEqualTo(ConditionStatus.FALSE);
    cluster.runFor(40);
    assertThat(failure().status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(failure().message())
        .isEqualTo(
            "Failed to delete all resource types, 1 remaining: unexpected items still remain in"
                + " namespace: a for gvr: /v1, Resource=pods");
    Pod pod = cluster.store.list(Kinds.POD).getFirst();
    cluster.store.delete(Kinds.POD, "a", pod.name(), DeleteOptions.NOW);
    cluster.settle();
    assertThat(cluster.store.get(Kinds.NAMESPACE, null, "a")).isNull();
  }

  private Condition failure() {
    return Objects.requireNonNull(
        Condition.find(
            Objects.requireNonNull(cluster.get(Kinds.NAMESPACE, "a").status()).conditions(),
            "NamespaceDeletionContentFailure"));
  }
}
