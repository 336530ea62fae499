package io.towtank.controllers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Selector;
import io.towtank.controllers.TestCluster;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTargetTest {
  private static final String POD =
      "'template': {'metadata': {'labels': {'app': 'a'}}, 'spec': {'containers': [{'name': 'c',"
          + " 'image': 'i'}]}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "apps/v1 | Deployment | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'}}, POD} |"
            + " {'replicas': 2} | 3 | 2 | app=a",
        "apps/v1 | Deployment | {'selector': {'matchLabels': {'app': 'a'}}, POD} | {} | 1 | 0 |"
            + " app=a",
        "apps/v1 | ReplicaSet | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'}}, POD} |"
            + " {'replicas': 3} | 3 | 3 | app=a",
        "apps/v1 | StatefulSet | {'replicas': 0, 'serviceName': 's', 'selector': {'matchLabels':"
            + " {'app': 'a'}}, POD} | {'replicas': 1} | 0 | 1 | app=a",
        "v1 | ReplicationController | {'replicas': 3, 'selector': {'app': 'a'}, POD} |"
            + " {'replicas': 3} | 3 | 3 | app=a",
        "argoproj.io/v1alpha1 | Rollout | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'},"
            + " 'matchExpressions': [{'key': 'b', 'operator': 'In', 'values': ['c', 'd']}]}} |"
            + " {'replicas': 4} | 3 | 4 | app=a,b in (c,d)",
        "example.com/v1 | Farm | {'replicas': 3} | {'replicas': 4, 'selector': 'app=a,!b'} | 3 | 4"
            + " | app in (a),!b",
        "example.com/v1 | Farm | {'replicas': 3} | {'selector': ','} | 3 | 0 | ",
        "example.com/v1 | Farm | {'replicas': 3} | {} | 3 | 0 | ",
      })
  void theScaleOfAWorkloadIsReadAndSet(
      String apiVersion,
      String kind,
      String spec,
      String status,
      int replicas,
      int there,
      @Nullable String selector) {
    ScaleTarget target =
        Objects.requireNonNull(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': '%s', 'kind': '%s', 'metadata': {'name': 'a'}, 'spec': %s,"
                            .formatted(apiVersion, kind, spec.replace("POD", POD))
                        + " 'status': %s}".formatted(status))));
    assertThat(target.specReplicas()).isEqualTo(replicas);
    assertThat(target.statusReplicas()).isEqualTo(there);
    if (selector == null) {
      assertThat(target.selector()).isNull();
    } else {
      assertThat(Selector.of(Objects.requireNonNull(target.selector()))).hasToString(selector);
    }
    ScaleTarget scaled = Objects.requireNonNull(ScaleTarget.of(target.scaledTo(7)));
    assertThat(scaled.specReplicas()).isEqualTo(7);
    assertThat(scaled.statusReplicas()).isEqualTo(there);
  }

  @Test
  void whatHasNoReplicasHasNoScale() {
    assertThat(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'a'}}")))
        .isNull();
    assertThat(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': 'apps/v1', 'kind': 'DaemonSet', 'metadata': {'name': 'a'},"
                        + " 'spec': {'selector': {'matchLabels': {'app': 'a'}}, %s}}"
                            .formatted(POD))))
        .isNull();
  }
}
