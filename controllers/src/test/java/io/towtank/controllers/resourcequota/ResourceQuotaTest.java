package io.towtank.controllers.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.ResourceQuotaStatus;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.admission.ResourceQuotaAdmission;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Quotas: what admission charges and the controller gives back. */
class ResourceQuotaTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT, new ResourceQuotaAdmission())
          .with(ReplicaSetController::new)
          .with(ResourceQuotaController::new)
          .start();

  private void quota(String name, String spec) {
    cluster.create(
        """
        {'apiVersion': 'v1', 'kind': 'ResourceQuota',
         'metadata': {'name': '%s', 'namespace': 'default'}, 'spec': {%s}}
        """
            .formatted(name, spec));
    cluster.settle();
  }

  private Pod pod(String name, String resources, String more) {
    return (Pod)
        cluster.create(
            """
            {'apiVersion': 'v1', 'kind': 'Pod',
             'metadata': {'name': '%s', 'namespace': 'default'},
             'spec': {%s 'containers': [{'name': 'c', 'image': 'a', 'resources': %s}]}}
            """
                .formatted(name, more, resources));
  }

  private String used(String quota, String name) {
    ResourceQuotaStatus status =
        Objects.requireNonNull(cluster.get(Kinds.RESOURCE_QUOTA, quota).status());
    return String.valueOf(status.used().get(name));
  }

  @Test
  void countsWhatIsThereAndRefusesWhatWouldBeTooMuch() {
    pod("a", "{'requests': {'cpu': '1'}}", "");
    quota("q", "'hard': {'pods': '3', 'requests.cpu': '2'}");
    assertThat(used("q", "pods")).isEqualTo("1");
    pod("b", "{'requests': {'cpu': '500m'}}", "");
    // At once, not when the controller gets to it.
    assertThat(used("q", "requests.cpu")).isEqualTo("1500m");
    assertThatThrownBy(() -> pod("c", "{'requests': {'cpu': '1'}}", ""))
        .isInstanceOf(ApiException.class)
        .hasMessage(
            "pods \"c\" is forbidden: exceeded quota: q, requested: requests.cpu=1, used:"
                + " requests.cpu=1500m, limited: requests.cpu=2");
    assertThatThrownBy(() -> pod("c", "{}", ""))
        .hasMessage("pods \"c\" is forbidden: failed quota: q: must specify requests.cpu for: c");
  }

  @Test
  void givesBackWhatEndsAndWhatGoes() {
    quota("q", "'hard': {'pods': '2', 'count/pods': '5'}");
    pod("a", "{}", "");
    pod("b", "{}", "");
    cluster.settle();
    assertThatThrownBy(() -> pod("c", "{}", "")).hasMessageContaining("exceeded quota");
    cluster.end(cluster.get(Kinds.POD, "a"), PodPhase.SUCCEEDED);
    cluster.settle();
    assertThat(used("q", "pods")).isEqualTo("1");
    assertThat(used("q", "count/pods")).isEqualTo("2");
    pod("c", "{}", "");
    cluster.delete(Kinds.POD, "b", DeleteOptions.NOW);
    cluster.settle();
    assertThat(used("q", "pods")).isEqualTo("1");
    assertThat(used("q", "count/pods")).isEqualTo("2");
  }

  @Test
  void aPodThatShouldBeGoneAndIsNotCountsNoMore() {
    quota("q", "'hard': {'pods': '2', 'requests.cpu': '2', 'count/pods': '9'}");
    pod("a", "{'requests': {'cpu': '1'}}", "");
    pod("b", "{'requests': {'cpu': '1'}}", "");
    cluster.settle();
    // Its node is lost: nothing ends it.
    cluster.stopNanos = 10_000 * TestCluster.SECOND;
    cluster.delete(Kinds.POD, "a", DeleteOptions.DEFAULT);
    cluster.runFor(59);
    assertThat(used("q", "pods")).isEqualTo("2");
    // 30 s of grace for the pod, and as many again; all quotas are looked at every 5 min.
    cluster.runFor(301);
    assertThat(used("q", "pods")).isEqualTo("1");
    assertThat(used("q", "requests.cpu")).isEqualTo("1");
    assertThat(used("q", "count/pods")).isEqualTo("2");
    pod("c", "{'requests': {'cpu': '1'}}", "");
    cluster.delete(Kinds.POD, "a", DeleteOptions.NOW);
    cluster.runFor(1);
    assertThat(used("q", "pods")).isEqualTo("2");
    assertThat(used("q", "count/pods")).isEqualTo("2");
  }

  @Test
  void whatAPodAsksForAsAWholeIsEnough() {
    quota("q", "'hard': {'requests.cpu': '2', 'limits.memory': '1Gi'}");
    pod("a", "{}", "'resources': {'requests': {'cpu': '1'}},");
    assertThat(used("q", "requests.cpu")).isEqualTo("1");
    assertThatThrownBy(() -> pod("b", "{'requests': {'cpu': '1'}}", ""))
        .hasMessage("pods \"b\" is forbidden: failed quota: q: must specify limits.memory for: c");
  }

  @Test
  void countsOnlyWhatIsInScope() {
    quota("best", "'hard': {'pods': '1'}, 'scopes': ['BestEffort']");
    quota("short", "'hard': {'pods': '1'}, 'scopes': ['Terminating']");
    pod("a", "{}", "");
    pod("b", "{'requests': {'cpu': '1'}}", "");
    pod("c", "{'requests': {'cpu': '1'}}", "'activeDeadlineSeconds': 60,");
    cluster.settle();
    assertThat(used("best", "pods")).isEqualTo("1");
    assertThat(used("short", "pods")).isEqualTo("1");
    assertThatThrownBy(() -> pod("d", "{}", "")).hasMessageContaining("quota: best");
  }

  @Test
  void countsObjectsOfAnyKind() {
    String map =
        "{'apiVersion': 'v1', 'kind': 'ConfigMap',"
            + " 'metadata': {'name': '%s', 'namespace': 'default'}}";
    cluster.create(map.formatted("a"));
    quota("q", "'hard': {'configmaps': '2', 'count/replicasets.apps': '1'}");
    cluster.create(map.formatted("b"));
    assertThatThrownBy(() -> cluster.create(map.formatted("c")))
        .hasMessageContaining("exceeded quota: q, requested: configmaps=1, used: configmaps=2");
    cluster.delete(Kinds.of("v1", "ConfigMap"), "a", DeleteOptions.NOW);
    cluster.settle();
    assertThat(used("q", "configmaps")).isEqualTo("1");
  }

  @Test
  void aReplicaSetComesToWhatTheQuotaAllows() {
    quota("q", "'hard': {'pods': '4'}");
    cluster.create(TestCluster.replicaSet("s", 10, ""));
    cluster.runFor(600);
    assertThat(cluster.activePods()).hasSize(4);
    assertThat(used("q", "pods")).isEqualTo("4");
    assertThat(cluster.get(Kinds.REPLICA_SET, "s").status().conditions().getFirst().reason())
        .isEqualTo("FailedCreate");
  }

  @Test
  void whatWasChargedAndNotStoredIsGivenBackInTheEnd() {
    quota("q", "'hard': {'pods': '4'}");
    pod("a", "{}", "");
    assertThatThrownBy(() -> pod("a", "{}", "")).hasMessageContaining("already exists");
    assertThat(used("q", "pods")).isEqualTo("2");
    cluster.settle();
    assertThat(used("q", "pods")).isEqualTo("1");
  }
}
